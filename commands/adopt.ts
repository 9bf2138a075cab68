import type { Application, Environment } from '../src/model/application';
import type { Command } from '../src/model/command';
import { asCoxswainError } from '../src/model/errors';
import { parseMoniker } from '../src/model/moniker';
import {
  countServing,
  imageVersion,
  isDisabled,
  locationName,
  type Location,
  type UnmanagedApp,
} from '../src/model/server-group';
import { joinTexts, type Text } from '../src/model/text';
import type { View } from '../src/model/view';
import { blindText, whyBlind, type BlindPlace } from './support/blindness';
import { refuseStranger } from './support/checks';
import { clusterOf } from '../src/model/cluster-of';
import { draftExecution, inSequence } from './support/draft';
import { findApplication, findTarget } from './support/find-target';
import { factsOf, groupLine, readPlaces, type LivePlace } from './support/live-groups';
import { runChoice, UserMistake } from './support/suggest';
import type { Verb, VerbAnswer, VerbWorld } from './support/verb';
import type { Words } from './support/words';

const usage = '/cox adopt APPLICATION [ENVIRONMENT[/REGION]]';

/** Whether an unmanaged app can be meant for an environment: `foo` for any, `foo-prod` for prod. */
export function isFor(environment: Environment, app: UnmanagedApp): boolean {
  const moniker = parseMoniker(app.name);
  return moniker?.detail === null && (moniker.stack === null || moniker.stack === environment.name);
}

async function unmanagedAt(
  world: VerbWorld,
  application: Application,
  environment: Environment,
  location: Location,
): Promise<readonly UnmanagedApp[]> {
  const { value } = await world.serverGroups.look(location);
  return value.unmanaged(location, application.name).filter((app) => isFor(environment, app));
}

async function unmanagedIn(
  world: VerbWorld,
  application: Application,
  environment: Environment,
  locations: readonly Location[],
): Promise<readonly UnmanagedApp[]> {
  const found = locations.map((location) => unmanagedAt(world, application, environment, location));
  return (await Promise.all(found)).flat();
}

const nothingToAdopt = (where: string): View => ({
  headline: `I see no app of ${where} without a version in its name: nothing to adopt.`,
  tone: 'neutral',
});

/** An environment, the places of it that can be seen, whether one of them has an app to adopt, and the others. */
type Sighting = {
  readonly environment: Environment;
  readonly locations: readonly Location[];
  readonly isAble: boolean;
  readonly blind: readonly BlindPlace[];
};

async function sight(world: VerbWorld, application: Application, environment: Environment): Promise<Sighting> {
  const looks = await Promise.all(
    environment.locations.map(async (location) => {
      try {
        return { location, apps: await unmanagedAt(world, application, environment, location), error: undefined };
      } catch (error) {
        return { location, apps: [], error: asCoxswainError(error) };
      }
    }),
  );
  return {
    environment,
    locations: looks.flatMap(({ location, error }) => (error === undefined ? [location] : [])),
    isAble: looks.some(({ apps }) => apps.length > 0),
    blind: looks.flatMap(({ location, error }) => (error === undefined ? [] : [{ location, error }])),
  };
}

/** What is left open by places that cannot be seen, one line for each. */
function blindLines(blind: readonly BlindPlace[]): readonly Text[] {
  const byPlace = new Map(blind.map((place) => [locationName(place.location), place]));
  return [...byPlace.values()].map((place) =>
    joinTexts([blindText(place), ` Whether it has an app to adopt is not known (${whyBlind(place.error)})`]),
  );
}

const withLines = (view: View, lines: readonly Text[]): View =>
  lines.length === 0 ? view : { ...view, tone: 'attention', lines: [...(view.lines ?? []), ...lines] };

/** Without an environment: the only one that an app can be meant for, or a question. */
function chooseEnvironment(application: Application, sightings: readonly Sighting[]): Sighting | View {
  const able = sightings.filter(({ isAble }) => isAble);
  const [first, ...others] = able;
  if (first === undefined) return nothingToAdopt(application.name);
  if (others.length === 0) return first;
  return {
    headline: `As which environment shall ${application.name} be adopted?`,
    tone: 'attention',
    undone: true,
    choices: able.map(({ environment }) => runChoice(`adopt ${application.name} ${environment.name}`)),
  };
}

/** The apps as they are now, read uncached; those that went meanwhile are left out. */
async function readNow(world: VerbWorld, apps: readonly UnmanagedApp[]): Promise<readonly UnmanagedApp[]> {
  const read = await Promise.all(apps.map(({ location, name }) => world.serverGroups.unmanaged(location, name)));
  return read.flatMap((app) => app ?? []);
}

const appFact = (app: UnmanagedApp) => `${imageVersion(app.image)} ×${app.desired} (${app.marathonVersion})`;

const besideOf = (places: readonly LivePlace[], { location }: UnmanagedApp) =>
  places.find((place) => locationName(place.location) === locationName(location))?.groups ?? [];

/**
 * The refusal where a server group of the cluster is in service beside an app: the copy would be the newer of two that
 * serve, and so count as the present version whatever it runs. A group that is to serve counts, healthy or not.
 */
function refuseSecond(name: string, apps: readonly UnmanagedApp[], places: readonly LivePlace[]): View | undefined {
  const lines = apps.flatMap((app) => {
    const [group] = besideOf(places, app).filter((beside) => !isDisabled(beside));
    if (group === undefined) return [];
    const version = group.name.slice(group.moniker.cluster.length + 1);
    const where = locationName(app.location);
    const isDeployable = app.image !== undefined && !app.image.includes('@');
    const orDeploy = isDeployable ? `, or /cox deploy ${name} ${imageVersion(app.image)}` : '';
    return [
      `${app.name} ${imageVersion(app.image)} ×${app.desired}: ${group.name} is in service beside it in ${where} (${groupLine(group)}).`,
      `If ${app.name} is the one to keep: scale ${version} to 0 in Marathon first and adopt again${orDeploy}.`,
      `If ${version} is the one to keep: there is nothing to adopt; scale ${app.name} down in Marathon.`,
    ];
  });
  if (lines.length === 0) return undefined;
  return {
    headline: 'Adopting would make a second, newer version serve beside the present one. Nothing was started.',
    tone: 'attention',
    undone: true,
    lines,
  };
}

/** `foo-prod 1.0, 3 instances, 3 serve now; beside it v004 1.0 disabled`. */
const nowOf = (app: UnmanagedApp, places: readonly LivePlace[]): string => {
  const beside = besideOf(places, app).map(groupLine).join(', ');
  const now = `${app.name} ${imageVersion(app.image)}, ${app.desired} instances, ${countServing(app)} serve now`;
  return `${now}; ${beside === '' ? 'no server group beside it' : `beside it ${beside}`}`;
};

function planView(
  application: Application,
  environment: Environment,
  apps: readonly UnmanagedApp[],
  places: readonly LivePlace[],
): View {
  const cluster = clusterOf(application, environment);
  return {
    headline: [`Adopt ${application.name} as `, { strong: cluster }, '-vNNN'],
    tone: 'neutral',
    lines: [
      'Each app is recreated beside itself under a name with a version, as it is. Once the copy is healthy the first is scaled down and removed.',
      `The next deployment makes of it what ${application.name}.yaml says.`,
    ],
    facts: apps.map((app) => ({
      label: locationName(app.location),
      value: nowOf(app, places),
    })),
  };
}

async function planFor(
  world: VerbWorld,
  command: Command,
  target: {
    readonly application: Application;
    readonly environment: Environment;
    readonly locations: readonly Location[];
  },
): Promise<VerbAnswer> {
  const { application, environment, locations } = target;
  const name = `${application.name} ${environment.name}`;
  const refusal = await refuseStranger(world, command, environment, name);
  if (refusal !== undefined) return { type: 'reply', view: refusal };
  const cluster = clusterOf(application, environment);
  const places = await readPlaces(world.serverGroups, locations, cluster);
  const apps = await readNow(world, await unmanagedIn(world, application, environment, locations));
  const [first] = apps;
  if (first === undefined) return { type: 'reply', view: nothingToAdopt(name) };
  const second = refuseSecond(name, apps, places);
  if (second !== undefined) return { type: 'reply', view: second };
  const draft = draftExecution({
    kind: 'adopt',
    name: `Adopt ${name}`,
    application,
    environment,
    locations: apps.map(({ location }) => location),
    stages: inSequence(
      apps.map((app) => ({
        type: 'adoptServerGroup',
        name: `Adopt ${app.name} in ${locationName(app.location)}`,
        context: { location: app.location, cluster, unmanagedName: app.name },
      })),
    ),
    command,
    toVersion: imageVersion(first.image),
  });
  const unmanaged = apps.map((app) => [`${locationName(app.location)}/${app.name}`, appFact(app)]);
  const facts = { ...factsOf(places), ...(Object.fromEntries(unmanaged) as Record<string, string>) };
  const view = planView(application, environment, apps, places);
  return { type: 'plan', plan: { draft, facts, view, confirmLabel: 'Adopt' }, confirm: true };
}

/** Chooses among what can be seen, and says what cannot. */
async function planWithoutPlace(world: VerbWorld, command: Command, application: Application): Promise<VerbAnswer> {
  const environments = [...application.environments.values()];
  const sightings = await Promise.all(environments.map((environment) => sight(world, application, environment)));
  const lines = blindLines(sightings.flatMap(({ blind }) => blind));
  const chosen = chooseEnvironment(application, sightings);
  if ('headline' in chosen) return { type: 'reply', view: withLines(chosen, lines) };
  const { environment, locations } = chosen;
  const answer = await planFor(world, command, { application, environment, locations });
  if (answer.type !== 'plan') return answer;
  return { ...answer, plan: { ...answer.plan, view: withLines(answer.plan.view, lines) } };
}

async function run(words: Words, command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const [, name, place] = words.words;
  if (name === undefined) throw new UserMistake(`Say which application: ${usage}.`);
  if (place !== undefined) {
    if (words.words.length > 3)
      throw new UserMistake(`I do not understand '${words.words.slice(3).join(' ')}'. ${usage}.`);
    return planFor(world, command, findTarget(world.definitions(), words, usage));
  }
  return planWithoutPlace(
    world,
    command,
    findApplication(world.definitions(), name, (word) => `adopt ${word}`),
  );
}

/** Makes server groups of apps that Marathon has without a version in their names. */
export const adopt: Verb = {
  name: 'adopt',
  usage,
  summary: 'take over apps that have no version in their names',
  examples: ['/cox adopt foo', '/cox adopt foo prod/east'],
  options: [],
  run,
};
