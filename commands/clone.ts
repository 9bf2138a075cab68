import type { Command } from '../src/model/command';
import { isDisabled, locationName, type Location, type ServerGroup } from '../src/model/server-group';
import type { Text } from '../src/model/text';
import { heldByWindows } from '../src/definitions/held-by-windows';
import { clusterOf } from '../src/model/cluster-of';
import { refuseStranger } from './support/checks';
import { draftExecution, inSequence } from './support/draft';
import { askWhichGroup, findGroups, type Asking } from './support/find-group';
import { findTarget, placesText, type Target } from './support/find-target';
import { factsOf, groupLine, readPlaces, type LivePlace } from './support/live-groups';
import { openTarget } from './support/open-target';
import { servingText, versionsText } from './support/plan-operation';
import { sizeOption } from './support/size-option';
import { UserMistake } from './support/suggest';
import type { PlanCard, Verb, VerbAnswer, VerbWorld } from './support/verb';
import { windowFacts } from './support/window-text';
import type { Words } from './support/words';

const usage = '/cox clone APPLICATION ENVIRONMENT[/REGION] [from=vNNN] [to=ENVIRONMENT[/REGION]] [size=N]';

/** Labels by which load balancers find what they send traffic to. */
const isBalanced = /^(HAPROXY_|VIP_|DCOS_SERVICE_|EDGELB_|traefik\.)/;

/** Where a copy is made, and of what. */
type Copy = { readonly place: LivePlace; readonly source: ServerGroup; readonly size: number };

/** The environment that the copies are made in: the same one, unless `to` names another. */
function goalOf(words: Words, world: VerbWorld, from: Target): Target {
  const to = words.options.get('to');
  if (to === undefined) return from;
  return findTarget(world.definitions(), { words: ['clone', from.application.name, to], options: new Map() }, usage);
}

/** The group of the region of the same name where there is one, else the first. */
function sourceFor(location: Location, sources: readonly ServerGroup[]): ServerGroup | undefined {
  return sources.find((group) => group.location.region === location.region) ?? sources[0];
}

/** The group to copy in each place: the named one, else the one in service. */
function sourcesOf(from: readonly LivePlace[], named: string | undefined, asking: Asking): readonly ServerGroup[] {
  if (named !== undefined) return findGroups(from, named, asking).map(({ group }) => group);
  return from.flatMap(({ current }) => current ?? []);
}

async function sizeOf(world: VerbWorld, source: ServerGroup, given: number | undefined): Promise<number> {
  const known = given ?? (source.desired > 0 ? source.desired : undefined);
  const size = known ?? (await world.serverGroups.lastNonZeroSize(source.location, source.name));
  if (size !== undefined && size > 0) return size;
  throw new UserMistake(`Marathon remembers no size of ${source.name}. Say how many instances per region: size=N.`);
}

async function copiesOf(
  world: VerbWorld,
  places: readonly LivePlace[],
  { sources, isSame, given }: { sources: readonly ServerGroup[]; isSame: boolean; given: number | undefined },
): Promise<readonly Copy[]> {
  const copies = places.map(async (place): Promise<readonly Copy[]> => {
    const here = sources.find((group) => locationName(group.location) === locationName(place.location));
    const source = isSame ? here : sourceFor(place.location, sources);
    return source === undefined ? [] : [{ place, source, size: await sizeOf(world, source, given) }];
  });
  return (await Promise.all(copies)).flat();
}

function linesOf(from: Target, to: Target, copies: readonly Copy[]): readonly Text[] {
  const beside = copies.flatMap(({ place }) => place.groups.filter((group) => !isDisabled(group)).map(groupLine));
  const stays = beside.length === 0 ? [] : [`It serves beside ${[...new Set(beside)].join(', ')}, which stays.`];
  const [old, fresh] = [from.environment.name, to.environment.name];
  if (old === fresh) return stays;
  const balanced = [
    ...new Set(copies.flatMap(({ source }) => Object.keys(source.labels).filter((label) => isBalanced.test(label)))),
  ];
  const labels = balanced.length === 0 ? '' : ` (${balanced.join(', ')})`;
  return [
    `It is an exact copy: variables, secrets and addresses are those of ${old}, not of ${fresh}.`,
    `Its load balancer labels and virtual addresses${labels} are those of ${old} too: where a load balancer or a VIP is shared, it takes traffic of ${old}.`,
    ...stays,
  ];
}

function planClone(
  { from, to }: { readonly from: Target; readonly to: Target },
  copies: readonly Copy[],
  { command, facts, now }: { readonly command: Command; readonly facts: PlanCard['facts']; readonly now: number },
): PlanCard {
  const { application, environment } = to;
  const cluster = clusterOf(application, environment);
  const names = [...new Set(copies.map(({ source }) => source.name))].join(', ');
  const locations = copies.map(({ place }) => place.location);
  const stages = inSequence(
    copies.map(({ place: { location }, source, size }) => ({
      type: 'cloneServerGroup',
      name: `Clone ${source.name} in ${locationName(location)}`,
      context: {
        location,
        cluster,
        source: { location: source.location, serverGroupName: source.name },
        desiredCapacity: size,
      },
    })),
  ).map((stage) => heldByWindows(stage, { environment }));
  const draft = draftExecution({
    kind: 'operation',
    name: `Clone ${names} as ${cluster}-vNNN in ${placesText(locations)}`,
    application,
    environment,
    locations,
    stages,
    command,
    toVersion: versionsText(copies.map(({ source }) => source)),
  });
  const view = {
    headline: ['Clone ', { strong: names }, ` in ${placesText(locations)}`],
    tone: 'neutral',
    lines: linesOf(from, to, copies),
    facts: [
      ...copies.map(({ place, source, size }) => ({
        label: locationName(place.location),
        value: `${versionsText([source])} ×${size} · ${servingText(place, size)}`,
      })),
      ...windowFacts(stages, now),
    ],
  } as const;
  return { draft, facts, view, confirmLabel: 'Clone' };
}

const groupFact = (group: ServerGroup): string => `${group.name} ${versionsText([group])} (${group.marathonVersion})`;

/** The places that are copied from, and what is asked when no group there is named or serves. */
async function readSources(words: Words, world: VerbWorld, from: Target) {
  const [, application = '', where = ''] = words.words;
  const goal = words.options.get('to');
  const to = goal === undefined ? '' : ` to=${goal}`;
  const asking: Asking = {
    name: `${from.application.name} ${from.environment.name}`,
    again: (word) => `clone ${application} ${where} from=${word}${to}`,
  };
  const places = await readPlaces(world.serverGroups, from.locations, clusterOf(from.application, from.environment));
  return { sources: sourcesOf(places, words.options.get('from'), asking), asking, places };
}

async function run(words: Words, command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const given = sizeOption(words);
  const from = findTarget(world.definitions(), words, usage);
  const surplus = words.words.slice(3).join(' ');
  if (surplus !== '') throw new UserMistake(`I do not understand '${surplus}'. ${usage}.`);
  const goal = goalOf(words, world, from);
  const isAcross = goal.environment.name !== from.environment.name;
  const source = `${from.application.name} ${from.environment.name}`;
  // The copy takes the source's secrets and, perhaps, its traffic along.
  const stranger = isAcross ? await refuseStranger(world, command, from.environment, source) : undefined;
  if (stranger !== undefined) return { type: 'reply', view: stranger };
  const to = await openTarget(goal, command, world);
  if ('refusal' in to) return { type: 'reply', view: to.refusal };
  const { sources, asking, places } = await readSources(words, world, from);
  if (sources.length === 0) return { type: 'reply', view: askWhichGroup(places, asking, () => true) };
  const copies = await copiesOf(world, to.places, { sources, isSame: !words.options.has('to'), given });
  const copied = copies.map(({ source }) => [`clone of ${locationName(source.location)}`, groupFact(source)]);
  const facts = { ...factsOf(to.places), ...(Object.fromEntries(copied) as Record<string, string>) };
  const plan = planClone({ from, to }, copies, { command, facts, now: world.clock.now() });
  return { type: 'plan', plan, confirm: isAcross || to.environment.confirm };
}

/** Makes a new server group of one that there is. */
export const clone: Verb = {
  name: 'clone',
  usage,
  summary: 'make a new server group of one that there is, beside it or in another environment',
  examples: ['/cox clone foo prod', '/cox clone foo prod from=v003 to=staging size=1'],
  options: ['from', 'to', 'size'],
  run,
};
