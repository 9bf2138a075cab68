import type { Command } from '../src/model/command';
import { locationName, shortName } from '../src/model/server-group';
import type { View } from '../src/model/view';
import { clusterOf } from '../src/model/cluster-of';
import { draftExecution, inSequence } from './support/draft';
import { askGuard, refuseStranger } from './support/checks';
import { findGroups } from './support/find-group';
import { findTarget, placesText } from './support/find-target';
import { factsOf, readPlaces, runningVersion, type LivePlace } from './support/live-groups';
import { UserMistake } from './support/suggest';
import type { Verb, VerbAnswer, VerbWorld } from './support/verb';
import type { Words } from './support/words';

const usage = '/resize APPLICATION ENVIRONMENT[/REGION] INSTANCES-PER-REGION [group=vNNN] [anyway=yes]';
const largest = 1000;

function sizeOf(word: string | undefined): number {
  if (word === undefined) throw new UserMistake(`Say how many instances per region: ${usage}.`);
  if (/^\d{1,4}$/.test(word) && Number(word) <= largest) return Number(word);
  throw new UserMistake(`'${word}' is not a size: give a whole number from 0 to ${largest}, per region.`);
}

/** Which server group is meant in each place: the named one, else the one in service. Throws a UserMistake for none. */
function meantIn(places: readonly LivePlace[], { words, options }: Words, name: string): readonly LivePlace[] {
  const named = options.get('group');
  if (named === undefined) return places;
  const again = (word: string) => `${words.slice(0, 4).join(' ')} group=${word}`;
  const found = findGroups(places, named, { name, again });
  return places.map((place) => ({ ...place, current: found.find((each) => each.place === place)?.group }));
}

/** The name of the group where one was named. */
const groupText = ({ options }: Words, places: readonly LivePlace[]): string =>
  options.has('group') ? ` ${shortName(places.find(({ current }) => current !== undefined)?.current?.name ?? '')}` : '';

async function run(words: Words, command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const { application, environment, locations } = findTarget(world.definitions(), words, usage);
  const size = sizeOf(words.words[3]);
  const name = `${application.name} ${environment.name}`;
  const refusal = await refuseStranger(world, command, environment, name);
  if (refusal !== undefined) return { type: 'reply', view: refusal };
  const cluster = clusterOf(application, environment);
  const places = meantIn(await readPlaces(world.serverGroups, locations, cluster), words, name);
  const serving = places.flatMap(({ location, current }) => (current === undefined ? [] : [{ location, current }]));
  if (serving.length === 0)
    throw new UserMistake(`Nothing serves in ${name} now, so there is nothing to resize. Deploy first.`);
  const leaving = places.flatMap((place) =>
    place.current === undefined || size >= place.current.desired ? [] : [{ place, going: [place.current.name] }],
  );
  const operation = size === 0 ? 'Removal of all instances in' : `A size of ${size} of`;
  const verdict = askGuard(world, { operation, cluster, leaving, keeping: size }, words);
  if ('refusal' in verdict) return { type: 'reply', view: verdict.refusal };
  const stages = inSequence(
    serving.map(({ location, current }) => ({
      type: 'resizeServerGroup',
      name: `Resize ${current.name} in ${locationName(location)}`,
      context: { location, cluster, serverGroupName: current.name, action: 'scale_exact', capacity: { desired: size } },
    })),
  );
  const before = [...new Set(serving.map(({ current }) => current.desired))].join('/');
  const draft = draftExecution({
    kind: 'resize',
    name: `Resize ${name}${groupText(words, places)} from ${before} to ${size}`,
    application,
    environment,
    locations: serving.map(({ location }) => location),
    stages,
    command,
    toVersion: runningVersion(places),
  });
  const view: View = {
    headline: [`${name}: ${before} → `, { strong: String(size) }, ` per region, ${size * serving.length} in all.`],
    tone: 'neutral',
    lines: [
      `In ${placesText(serving.map(({ location }) => location))}.`,
      `The next deployment uses ${environment.instances} per region again, as ${application.name}.yaml says.`,
      ...verdict.lines,
    ],
  };
  return {
    type: 'plan',
    plan: { draft, facts: factsOf(places), view, confirmLabel: 'Resize' },
    confirm: environment.confirm || verdict.isDenied,
  };
}

/** Changes how many instances serve, per region. */
export const resize: Verb = {
  name: 'resize',
  usage,
  summary: 'change how many instances serve, per region',
  examples: ['/resize foo prod 5', '/resize shop prod/west 2'],
  options: ['group', 'anyway'],
  run,
};
