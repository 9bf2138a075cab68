import { z } from 'zod';
import type { TaskLook, TaskResult } from '../../engine/contracts/task';
import { isDisabled, safeRegion, type ServerGroup } from '../../model/server-group';
import type { Services } from '../../services';
import { clusterOf, placesFor } from '../server-group/place';
import { flagOr, wholeNumberOr } from '../server-group/spinnaker-values';
import { failPipelineField, failureMessageField, unmet } from './unmet';

const comparisons = {
  '<': (actual: number, expected: number) => actual < expected,
  '<=': (actual: number, expected: number) => actual <= expected,
  '==': (actual: number, expected: number) => actual === expected,
  '>=': (actual: number, expected: number) => actual >= expected,
  '>': (actual: number, expected: number) => actual > expected,
} as const;

/** A precondition about how many server groups a cluster has in each place; what it leaves out its stage may give. */
export const clusterSize = z.looseObject({
  type: z.literal('clusterSize').describe('What is checked.'),
  failPipeline: failPipelineField,
  context: z
    .looseObject({
      cluster: z
        .string()
        .nullish()
        .describe('`clusterSize`: the cluster. Default: that of the stage, or the environment.'),
      credentials: z
        .string()
        .nullish()
        .describe('`clusterSize`: the account, where `regions` are spelt as Spinnaker does.'),
      regions: z
        .array(z.string())
        .nullish()
        .describe('`clusterSize`: where it must hold. Default: every place of the run.'),
      comparison: z
        .enum(['<', '<=', '==', '>=', '>'])
        .default('==')
        .describe('`clusterSize`: how many there are, compared with `expected`.'),
      expected: wholeNumberOr(1).describe('`clusterSize`: how many server groups. Default: 1.'),
      onlyEnabledServerGroups: flagOr(false).describe(
        '`clusterSize`: whether only those in service count. Default: false.',
      ),
      failureMessage: failureMessageField,
    })
    .describe('How it is checked.'),
});

type Settings = z.infer<typeof clusterSize>['context'];

/** What is wrong with the number of groups in one place; undefined where nothing is. Pure. */
export function misfit(
  groups: readonly ServerGroup[],
  {
    comparison,
    expected,
    onlyEnabledServerGroups,
  }: Pick<Settings, 'comparison' | 'expected' | 'onlyEnabledServerGroups'>,
  region: string,
): string | undefined {
  const counted = onlyEnabledServerGroups ? groups.filter((group) => !isDisabled(group)) : groups;
  if (comparisons[comparison](counted.length, expected)) return undefined;
  const kind = onlyEnabledServerGroups ? 'enabled server groups' : 'server groups';
  const names = counted.map(({ name }) => name).join(', ');
  return `Precondition check failed: expected ${comparison} ${expected} ${kind} in ${region} but found ${counted.length}: [${names}].`;
}

/** Counts in every place; all must fit. A cluster that is not there has none. Throws INVALID_INPUT where it is not said which. */
export async function checkClusterSize(
  look: TaskLook<Pick<Services, 'serverGroups'>>,
  settings: Settings,
): Promise<TaskResult> {
  const given = Object.entries(settings).filter(([, value]) => value !== null);
  const input = { context: look.context, stage: { ...look.stage, context: Object.fromEntries(given) } };
  const cluster = clusterOf(input);
  const misfits: string[] = [];
  for (const place of placesFor(input)) {
    const groups = await look.services.serverGroups.list(place, cluster, look.signal);
    misfits.push(...[misfit(groups, settings, safeRegion(place)) ?? []].flat());
  }
  return misfits.length === 0 ? { status: 'SUCCEEDED' } : unmet(misfits.join(' '), settings.failureMessage);
}
