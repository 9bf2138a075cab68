import { reachedEnvironments, type ReachedEnvironment } from '../../src/definitions/reached-environments';
import type { PipelinePlace } from '../../src/definitions/find-pipeline';
import { changesForward } from '../../src/definitions/held-by-windows';
import { foreignClusters } from '../../src/definitions/touched-clusters';
import { clusterHolders } from '../../src/engine/cluster-lock';
import { executionKind } from '../../src/engine/document-kinds';
import type { Command } from '../../src/model/command';
import { joinTexts, type Text } from '../../src/model/text';
import type { View } from '../../src/model/view';
import { holdText } from '../../src/model/hold';
import { holdOfLock, readLock } from '../../src/policy/locks/locks';
import { refuseStranger } from './checks';
import type { VerbWorld } from './verb';
import { closedText } from './window-text';

/** How far a pipeline reaches beyond the environment that it is run for. */
export type Reach = {
  /** Whether an environment that it reaches asks for a confirmation. */
  readonly confirm: boolean;
  /** What the plan says of it. */
  readonly lines: readonly Text[];
};

const nameOf = ({ application, environment }: ReachedEnvironment): string => `${application.name} ${environment.name}`;

/** What a stage would wait for that names a cluster where somebody is at work; what a pipeline runs is not looked at. */
async function busyAt({ store }: VerbWorld, { named }: ReachedEnvironment): Promise<readonly Text[]> {
  const [other] = named === undefined ? [] : await clusterHolders(store, named);
  if (named === undefined || other === undefined) return [];
  const execution = (await store.get(executionKind, other.executionId))?.document;
  const name = execution?.name ?? other.executionId;
  const by: Text = execution === undefined ? '' : [', asked by ', { person: execution.trigger.user }];
  return [joinTexts([[{ strong: name }, ` is at work on ${named}`], by, '. The stage waits for that.'])];
}

/** A lock of somebody else in the environment of a cluster that a stage names. */
async function lockAt({ store, teamId, clock }: VerbWorld, reached: ReachedEnvironment, user: string) {
  const place = { teamId, application: reached.application.name, environment: reached.environment.name };
  const lock = reached.named === undefined ? undefined : await readLock(store, place, clock.now());
  if (lock === undefined || lock.by === user) return [];
  return [joinTexts([`${nameOf(reached)} is `, holdText(holdOfLock(lock)), '. The stage waits for that.'])];
}

/** The window of such an environment, where it is closed and one of the stages begins a change there. */
function windowAt(
  { definitions, clock }: VerbWorld,
  { application, environment, named }: ReachedEnvironment,
  place: PipelinePlace,
): readonly Text[] {
  const { window, name } = environment;
  if (window === undefined || named === undefined) return [];
  const stages = place.pipeline.stages.filter(changesForward);
  const forward = foreignClusters(definitions(), { ...place, pipeline: { stages } });
  const closed = closedText({ of: `environment ${name}`, window }, clock.now());
  if (closed === undefined || !forward.some(({ cluster }) => cluster === named)) return [];
  return [joinTexts([`The window of ${application.name} ${name} is `, closed, '. The stage waits for that.'])];
}

/** What stages would wait for in an environment that they name. */
const waitsAt = async (world: VerbWorld, reached: ReachedEnvironment, place: PipelinePlace, user: string) => [
  ...(await lockAt(world, reached, user)),
  ...windowAt(world, reached, place),
  ...(await busyAt(world, reached)),
];

/**
 * Which other environments a pipeline changes, by the names in its stages and through the pipelines that they run; or the
 * refusal, where the requester may not change one of them.
 */
export async function reachOf(
  place: PipelinePlace,
  command: Command,
  world: VerbWorld,
): Promise<Reach | { readonly refusal: View }> {
  const { application, environment, pipeline } = place;
  const { name, stages } = pipeline;
  const all = reachedEnvironments(world.definitions(), { application, environment, stages });
  for (const reached of all) {
    const refusal = await refuseStranger(world, command, reached.environment, nameOf(reached));
    const why = `Pipeline ${name} is run for ${environment.name}, but ${reached.why}.`;
    if (refusal !== undefined) return { refusal: { ...refusal, lines: [...(refusal.lines ?? []), why] } };
  }
  return {
    confirm: all.some((reached) => reached.environment.confirm),
    lines: [
      ...all.map((reached): Text => `It changes ${nameOf(reached)} too: ${reached.why}.`),
      ...(await Promise.all(all.map((reached) => waitsAt(world, reached, place, command.source.user)))).flat(),
    ],
  };
}
