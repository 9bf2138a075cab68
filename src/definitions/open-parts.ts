import type { PipelineStage } from '../model/application';
import type { StageContext } from '../model/execution';
import type { StageType } from './parse-stage';
import type { YamlObject } from './yaml-object';

const isGiven = (context: StageContext, key: string): boolean => context[key] !== undefined && context[key] !== null;

/** Whether places stand there in Spinnaker's spelling, `credentials` (or `account`) with regions of their own. */
export const isSpelledOut = (context: StageContext): boolean =>
  ['credentials', 'account'].some((key) => isGiven(context, key));

/** Whether a cluster stands there, of a moniker or a server group too. */
export const isClusterGiven = (context: StageContext): boolean =>
  ['cluster', 'moniker', 'serverGroupName', 'asgName'].some((key) => isGiven(context, key));

/** What of its places and its cluster a stage leaves to the run; undefined for nothing. Reports regions of no account. */
export function openPartsOf(
  fields: YamlObject,
  context: StageContext,
  { needsPlaces, namesCluster }: Pick<StageType, 'needsPlaces' | 'namesCluster'>,
): PipelineStage['leavesOpen'] {
  const isPlaced = isSpelledOut(context) || ['location', 'locations'].some((key) => isGiven(context, key));
  if (needsPlaces !== true || isPlaced) return undefined;
  fields.get('region')?.failAtKey("'region' needs 'credentials'. Write regions: [account/region] instead.");
  fields.get('regions')?.texts();
  return isClusterGiven(context) || namesCluster?.(context) === true ? ['places'] : ['places', 'cluster'];
}
