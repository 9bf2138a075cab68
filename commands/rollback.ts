import type { Command } from '../src/model/command';
import type { Execution } from '../src/model/execution';
import { imageVersion, locationName, type Location, type ServerGroup } from '../src/model/server-group';
import type { View } from '../src/model/view';
import { changeOf } from '../src/strategies';
import { clusterOf, draftExecution, inSequence } from './support/draft';
import { refuseStranger } from './support/checks';
import { findTarget, type Target } from './support/find-target';
import { readHistory, runningExecution } from './support/history';
import { factsOf, readPlaces, runningVersion, type LivePlace } from './support/live-groups';
import { UserMistake } from './support/suggest';
import { readVerdicts, verdictName, type Verdict } from './support/verdicts';
import type { Verb, VerbAnswer, VerbWorld } from './support/verb';
import type { Words } from './support/words';

const usage = '/rollback APPLICATION ENVIRONMENT[/REGION] [vNNN or VERSION]';

type Way = { readonly location: Location; readonly from: ServerGroup; readonly to: ServerGroup };

const isNamed = (group: ServerGroup, name: string) =>
  group.name === name || group.name.endsWith(`-${name}`) || imageVersion(group.image) === name;

/** The last group before the present one that was not rolled back from and did not fail. */
export function rollbackTarget(
  place: LivePlace,
  verdicts: ReadonlyMap<string, Verdict>,
  named?: string,
): ServerGroup | undefined {
  const { current, groups } = place;
  const others = groups.filter((group) => group.name !== current?.name);
  if (named !== undefined) {
    const found = others.find((group) => isNamed(group, named));
    if (found !== undefined && verdicts.get(verdictName(found)) === 'bad') {
      const version = imageVersion(found.image);
      throw new UserMistake(
        `${found.name} failed, was rejected or was rolled back from: a rollback never goes there. Deploy ${version} instead, so that it is judged again.`,
      );
    }
    return found;
  }
  return others.find(
    (group) =>
      group.createdTime <= (current?.createdTime ?? Number.POSITIVE_INFINITY) &&
      verdicts.get(verdictName(group)) !== 'bad',
  );
}

/** Where a running deployment has created something, the way back is to what served before it. */
function waysOfRunning(running: Execution, places: readonly LivePlace[]): readonly Way[] {
  const changes = running.stages.flatMap((stage) =>
    stage.type === 'createServerGroup' ? (changeOf(stage) ?? []) : [],
  );
  return changes.flatMap(({ location, created, source }) => {
    const groups = places.find((place) => locationName(place.location) === locationName(location))?.groups ?? [];
    const from = groups.find((group) => group.name === created);
    const to = groups.find((group) => group.name === source?.serverGroupName);
    return from === undefined || to === undefined ? [] : [{ location, from, to }];
  });
}

function waysOf(
  places: readonly LivePlace[],
  running: Execution | undefined,
  verdicts: ReadonlyMap<string, Verdict>,
  named: string | undefined,
): readonly Way[] {
  if (running !== undefined && named === undefined) return waysOfRunning(running, places);
  return places.flatMap((place) => {
    const to = rollbackTarget(place, verdicts, named);
    return to === undefined || place.current === undefined
      ? []
      : [{ location: place.location, from: place.current, to }];
  });
}

function nothingToRestore(
  target: Target,
  places: readonly LivePlace[],
  running: Execution | undefined,
  named: string | undefined,
): View {
  const where = `${target.application.name} ${target.environment.name}`;
  const present = `${where} stays on ${runningVersion(places)}.`;
  if (running !== undefined && named === undefined) {
    return {
      headline: `${running.name} has not replaced anything yet, so there is nothing to roll back.`,
      tone: 'attention',
      lines: ['Cancel it on its message.', present],
    };
  }
  const known = places.flatMap(({ groups }) => groups.map((group) => `${group.name} (${imageVersion(group.image)})`));
  const why =
    named === undefined
      ? `There is no earlier version of ${where} that succeeded: nothing to roll back to.`
      : `${where} has no server group '${named}' to roll back to.`;
  return { headline: why, tone: 'attention', lines: [present, `Server groups: ${known.join(', ') || 'none'}.`] };
}

const shortName = ({ name }: ServerGroup) => name.slice(name.lastIndexOf('-') + 1);

function planView(target: Target, ways: readonly Way[], running: Execution | undefined): View {
  const { application, environment } = target;
  const [first] = ways;
  const to = first === undefined ? '' : `${imageVersion(first.to.image)} (${shortName(first.to)})`;
  const from = first === undefined ? '' : imageVersion(first.from.image);
  const cancels =
    running === undefined
      ? []
      : [`Cancels '${running.name}' first: whatever it has changed goes back, in every region.`];
  return {
    headline: [`Roll back ${application.name} ${environment.name}: ${from} → `, { strong: to }],
    tone: 'neutral',
    lines: [...cancels, 'The old group comes up first, then the present one goes out of service.'],
    facts: ways.map((way) => ({ label: locationName(way.location), value: `${way.from.name} → ${way.to.name}` })),
  };
}

async function run(words: Words, command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const target = findTarget(world.definitions(), words, usage);
  const { application, environment, locations } = target;
  const refusal = await refuseStranger(world, command, environment, `${application.name} ${environment.name}`);
  if (refusal !== undefined) return { type: 'reply', view: refusal };
  const cluster = clusterOf(application, environment);
  const running = runningExecution(await readHistory(world.store, cluster));
  if (running !== undefined && running.definition.kind !== 'deploy') {
    throw new UserMistake(
      `${running.name} is under way. Wait for it or cancel it on its message; nothing was started.`,
    );
  }
  if (running?.ending !== undefined) {
    throw new UserMistake(`${running.name} is on its way back already. Watch its message; nothing was started.`);
  }
  const places = await readPlaces(world.serverGroups, locations, cluster);
  const named = words.words[3];
  const ways = waysOf(places, running, await readVerdicts(world.store, cluster, places), named);
  if (ways.length === 0) return { type: 'reply', view: nothingToRestore(target, places, running, named) };
  const restore = Object.fromEntries(ways.map((way) => [locationName(way.location), way.to.name]));
  const changed = ways.map((way) => way.location);
  const [first] = ways;
  const draft = draftExecution({
    kind: 'rollback',
    name: `Roll back ${application.name} ${environment.name} to ${imageVersion(first?.to.image)}`,
    application,
    environment,
    locations: changed,
    stages: inSequence([
      { type: 'rollbackCluster', name: 'Roll back', context: { cluster, locations: changed, restore } },
    ]),
    command,
    fromVersion: imageVersion(first?.from.image),
    toVersion: imageVersion(first?.to.image),
    ...(running === undefined ? {} : { cancels: running.id }),
  });
  const view = planView(target, ways, running);
  return {
    type: 'plan',
    plan: { draft, facts: factsOf(places), view, confirmLabel: 'Roll back' },
    confirm: environment.confirm,
  };
}

/** Goes back to the last version that succeeded. */
export const rollback: Verb = {
  name: 'rollback',
  usage,
  summary: 'go back to the last version that succeeded',
  examples: ['/rollback foo prod', '/rollback foo prod v000', '/rollback foo prod 1.0'],
  options: ['yes'],
  run,
};
