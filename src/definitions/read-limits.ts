import type { ConcurrencyLimits } from '../model/execution';
import type { YamlObject } from './yaml-object';

/**
 * Reads how many executions of a pipeline run at once, and what becomes of the others. Without fields: one, as Spinnaker's
 * editor proposes, and the others wait in their order. A strategy is limited where it says so only: each deploy that uses it
 * waits for its own cluster.
 */
export function readLimits(fields: YamlObject | undefined, isStrategy: boolean): ConcurrencyLimits {
  const mostAt = fields?.get('maxConcurrentExecutions');
  const most = mostAt?.integer();
  const isLimited = fields?.get('limitConcurrent')?.boolean();
  if (isLimited === true && mostAt !== undefined) {
    mostAt.failAtKey(
      "'limitConcurrent: true' lets one execution run at a time, so that 'maxConcurrentExecutions' never counts. Keep one of them.",
    );
  }
  return {
    limitConcurrent: isLimited ?? (mostAt === undefined && !isStrategy),
    ...(most === undefined ? {} : { maxConcurrentExecutions: most }),
    keepWaitingPipelines: fields?.get('keepWaitingPipelines')?.boolean() ?? true,
  };
}
