import type { Command } from '../src/model/command';
import type { Execution } from '../src/model/execution';
import { imageVersion, locationName } from '../src/model/server-group';
import type { View } from '../src/model/view';
import { clusterOf } from '../src/model/cluster-of';
import { draftExecution, inSequence } from './support/draft';
import { refuseStranger } from './support/checks';
import { findTarget, type Target } from './support/find-target';
import { familyIn, readHistory, runningExecution } from '../src/engine/read-history';
import { factsOf, lookAtPlace, readPlaces, type LivePlace } from './support/live-groups';
import { rollbackView, scopeOf, stayLines, versionsOf } from './support/rollback-view';
import { rollbackWays, waysOfRunning, type RollbackWays, type Stay } from './support/rollback-ways';
import { UserMistake } from './support/suggest';
import { readVerdicts } from './support/verdicts';
import type { PlanCard, Verb, VerbAnswer, VerbWorld } from './support/verb';
import { keeperOf, passKeeper, waysOfKeeper, type Keeper } from './support/way-past';
import type { Words } from './support/words';

const usage = '/rollback APPLICATION ENVIRONMENT[/REGION] [vNNN or VERSION] [cancel=yes]';

function nothingToRestore(
  target: Target,
  { stays }: RollbackWays,
  {
    places,
    running,
    named,
  }: { places: readonly LivePlace[]; running: Execution | undefined; named: string | undefined },
): View {
  const where = `${target.application.name} ${target.environment.name}`;
  const present = stayLines(target, stays);
  if (running !== undefined) {
    return {
      headline: `${running.name} has not replaced anything yet, so there is nothing to roll back.`,
      tone: 'attention',
      undone: true,
      lines: ['Cancel it on its message.', ...present],
    };
  }
  const why =
    named === undefined
      ? `There is no earlier version of ${where} that succeeded: nothing to roll back to.`
      : `${where} cannot go back to '${named}'.`;
  const known = places.flatMap(({ groups }) => groups.map((group) => `${group.name} (${imageVersion(group.image)})`));
  const groups = `Server groups: ${[...new Set(known)].join(', ') || 'none'}.`;
  return { headline: why, tone: 'attention', undone: true, lines: [...present, groups] };
}

/** The regions that were not asked about, as they are; one that cannot be seen just stays. */
const readOthers = async (target: Target, world: VerbWorld, cluster: string): Promise<readonly Stay[]> =>
  Promise.all(
    target.others.map((location) =>
      lookAtPlace(world.serverGroups, location, cluster).then(
        ({ current }) => ({ location, current }),
        () => ({ location, current: undefined }),
      ),
    ),
  );

/** The deployment under way, which is called off. Throws a UserMistake where that cannot be, or not with these words. */
function deploymentToCallOff(history: readonly Execution[], { words }: Words): Execution | undefined {
  const underWay = runningExecution(history);
  // Only a deployment is called off without being asked about.
  const running = underWay?.definition.kind === 'deploy' ? underWay : undefined;
  if (running?.ending !== undefined) {
    throw new UserMistake(`${running.name} is on its way back already. Watch its message; nothing was started.`);
  }
  if (running !== undefined && words[3] !== undefined) {
    throw new UserMistake(
      `${running.name} is under way, and canceling it goes back to what served before. Name a version once it is over.`,
      [`rollback ${words[1] ?? ''} ${words[2] ?? ''}`],
    );
  }
  return running;
}

/** Who is at work where the rollback is to work, and what is there. */
type Scene = {
  readonly cluster: string;
  readonly history: readonly Execution[];
  readonly running: Execution | undefined;
  readonly keeper: Keeper | undefined;
  readonly places: readonly LivePlace[];
};

async function findWays(scene: Scene, named: string | undefined, { store }: VerbWorld): Promise<RollbackWays> {
  const { history, running, keeper, places, cluster } = scene;
  if (running !== undefined) return waysOfRunning(familyIn(history, running), places);
  const undone = keeper === undefined || named !== undefined ? undefined : waysOfKeeper(keeper, history, places);
  return undone ?? rollbackWays(places, await readVerdicts(store, cluster, places), named);
}

async function lookAround(target: Target, words: Words, command: Command, world: VerbWorld): Promise<Scene> {
  const cluster = clusterOf(target.application, target.environment);
  const history = await readHistory(world.store, cluster);
  const running = deploymentToCallOff(history, words);
  const keeper = running === undefined ? await keeperOf(world, cluster, command) : undefined;
  const places = await readPlaces(world.serverGroups, target.locations, cluster);
  return { cluster, history, running, keeper, places };
}

function draftOfWays(target: Target, ways: RollbackWays['ways'], { cluster, running }: Scene, command: Command) {
  const { application, environment } = target;
  const restore = Object.fromEntries(ways.map((way) => [locationName(way.location), way.to.name]));
  const locations = ways.map((way) => way.location);
  const { from, to } = versionsOf(target, ways);
  return draftExecution({
    kind: 'rollback',
    name: `Roll back ${scopeOf(target, ways)} to ${to}`,
    application,
    environment,
    locations,
    stages: inSequence([{ type: 'rollbackCluster', name: 'Roll back', context: { cluster, locations, restore } }]),
    command,
    fromVersion: from,
    toVersion: to,
    ...(running === undefined ? {} : { cancels: running.id }),
  });
}

async function run(words: Words, command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const target = findTarget(world.definitions(), words, usage);
  const { application, environment } = target;
  const refusal = await refuseStranger(world, command, environment, `${application.name} ${environment.name}`, 'halt');
  if (refusal !== undefined) return { type: 'reply', view: refusal };
  const named = words.words[3];
  const scene = await lookAround(target, words, command, world);
  const { cluster, running, keeper, places } = scene;
  const found = await findWays(scene, named, world);
  const { ways } = found;
  if (ways.length === 0) return { type: 'reply', view: nothingToRestore(target, found, { places, running, named }) };
  const stays = [...found.stays, ...(await readOthers(target, world, cluster))];
  const plan: PlanCard = {
    draft: draftOfWays(target, ways, scene, command),
    facts: factsOf(places),
    view: rollbackView(target, { ways, stays }, running?.name),
    confirmLabel: 'Roll back',
  };
  if (keeper !== undefined) return passKeeper(plan, keeper, { cluster, words }, environment.confirm);
  return { type: 'plan', plan, confirm: environment.confirm };
}

/** Goes back to the last version that succeeded. */
export const rollback: Verb = {
  name: 'rollback',
  usage,
  summary: 'go back to the last version that succeeded',
  examples: [
    '/rollback foo prod',
    '/rollback foo prod v000',
    '/rollback foo prod 1.0',
    '/rollback foo prod cancel=yes',
  ],
  options: ['cancel'],
  run,
};
