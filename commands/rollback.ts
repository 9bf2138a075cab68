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
import type { Verb, VerbAnswer, VerbWorld } from './support/verb';
import type { Words } from './support/words';

const usage = '/rollback APPLICATION ENVIRONMENT[/REGION] [vNNN or VERSION]';

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

async function run(words: Words, command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const target = findTarget(world.definitions(), words, usage);
  const { application, environment, locations } = target;
  const refusal = await refuseStranger(world, command, environment, `${application.name} ${environment.name}`);
  if (refusal !== undefined) return { type: 'reply', view: refusal };
  const cluster = clusterOf(application, environment);
  const history = await readHistory(world.store, cluster);
  const underWay = runningExecution(history);
  // Only a deployment is called off for it; for anything else it waits.
  const running = underWay?.definition.kind === 'deploy' ? underWay : undefined;
  if (running?.ending !== undefined) {
    throw new UserMistake(`${running.name} is on its way back already. Watch its message; nothing was started.`);
  }
  const named = words.words[3];
  if (running !== undefined && named !== undefined) {
    throw new UserMistake(
      `${running.name} is under way, and canceling it goes back to what served before. Name a version once it is over.`,
      [`rollback ${words.words[1] ?? ''} ${words.words[2] ?? ''}`],
    );
  }
  const places = await readPlaces(world.serverGroups, locations, cluster);
  const found =
    running !== undefined
      ? waysOfRunning(familyIn(history, running), places)
      : rollbackWays(places, await readVerdicts(world.store, cluster, places), named);
  const { ways } = found;
  if (ways.length === 0) return { type: 'reply', view: nothingToRestore(target, found, { places, running, named }) };
  const restore = Object.fromEntries(ways.map((way) => [locationName(way.location), way.to.name]));
  const changed = ways.map((way) => way.location);
  const { from, to } = versionsOf(target, ways);
  const draft = draftExecution({
    kind: 'rollback',
    name: `Roll back ${scopeOf(target, ways)} to ${to}`,
    application,
    environment,
    locations: changed,
    stages: inSequence([
      { type: 'rollbackCluster', name: 'Roll back', context: { cluster, locations: changed, restore } },
    ]),
    command,
    fromVersion: from,
    toVersion: to,
    ...(running === undefined ? {} : { cancels: running.id }),
  });
  const stays = [...found.stays, ...(await readOthers(target, world, cluster))];
  return {
    type: 'plan',
    plan: {
      draft,
      facts: factsOf(places),
      view: rollbackView(target, { ways, stays }, running?.name),
      confirmLabel: 'Roll back',
    },
    confirm: environment.confirm,
  };
}

/** Goes back to the last version that succeeded. */
export const rollback: Verb = {
  name: 'rollback',
  usage,
  summary: 'go back to the last version that succeeded',
  examples: ['/rollback foo prod', '/rollback foo prod v000', '/rollback foo prod 1.0'],
  options: [],
  run,
};
