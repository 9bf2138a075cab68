import type { Application, Environment } from '../src/model/application';
import type { Command } from '../src/model/command';
import type { Execution } from '../src/model/execution';
import { imageVersion, locationName } from '../src/model/server-group';
import { asCoxswainError } from '../src/model/errors';
import { textParts, type Text, type TextPart } from '../src/model/text';
import type { View } from '../src/model/view';
import { durationText } from '../src/engine/task-timeout';
import { isFor } from './adopt';
import { blindText, whyBlind } from './support/blindness';
import { clusterOf } from '../src/model/cluster-of';
import { findApplication } from './support/find-target';
import { readHistory, runningExecution } from '../src/engine/read-history';
import { groupLine, lookAtPlace } from './support/live-groups';
import { UserMistake } from './support/suggest';
import type { Verb, VerbAnswer, VerbWorld } from './support/verb';
import { windowWait } from './support/window-text';
import type { Words } from './support/words';

const usage = '/cox status [APPLICATION]';

type EnvironmentStatus = {
  readonly environment: Environment;
  readonly lines: readonly Text[];
  /** Why places cannot be seen; most share one DC/OS cluster, so that it is said once for all. */
  readonly reasons: readonly string[];
  readonly running: Execution | undefined;
};

async function placeLine(
  world: VerbWorld,
  application: Application,
  environment: Environment,
  index: number,
): Promise<{ readonly line: Text; readonly reason?: string }> {
  const location = environment.locations[index];
  if (location === undefined) return { line: '' };
  const name = locationName(location);
  try {
    const { groups, current } = await lookAtPlace(world.serverGroups, location, clusterOf(application, environment));
    if (groups.length === 0) return { line: [{ code: name }, ' nothing runs'] };
    const age = current === undefined ? '' : `, ${durationText(world.clock.now() - current.createdTime)} old`;
    const serving: Text = current === undefined ? 'nothing serves' : [{ strong: groupLine(current) }, age];
    const kept = groups.filter((group) => group !== current).map(groupLine);
    const others = kept.length === 0 ? '' : ` · ${kept.join(', ')}`;
    return { line: [{ code: name }, ' ', ...(typeof serving === 'string' ? [serving] : serving), others] };
  } catch (error) {
    const failure = asCoxswainError(error);
    return { line: blindText({ location, error: failure }), reason: whyBlind(failure) };
  }
}

/** Apps of a place that could be adopted; nothing where it cannot be seen, which its own line says. */
async function unmanagedLines(
  world: VerbWorld,
  application: Application,
  environment: Environment,
): Promise<readonly Text[]> {
  const lines = environment.locations.map(async (location): Promise<readonly Text[]> => {
    const view = await world.serverGroups.look(location).catch(() => undefined);
    const apps = (view?.value.unmanaged(location, application.name) ?? []).filter((app) => isFor(environment, app));
    return apps.map((app) => [
      { code: locationName(location) },
      ` ${app.name} ${imageVersion(app.image)} ×${app.desired} is unmanaged: `,
      { code: `/cox adopt ${application.name} ${environment.name}` },
    ]);
  });
  return (await Promise.all(lines)).flat();
}

/** What a line says of the window that an execution waits for; nothing where it waits for none. */
function waitOf(execution: Execution): readonly TextPart[] {
  const wait = windowWait(execution);
  return wait === undefined ? [] : [' · ', ...textParts(wait)];
}

async function environmentStatus(
  world: VerbWorld,
  application: Application,
  environment: Environment,
): Promise<EnvironmentStatus> {
  const [places, unmanaged] = await Promise.all([
    Promise.all(environment.locations.map((_location, index) => placeLine(world, application, environment, index))),
    unmanagedLines(world, application, environment),
  ]);
  const running = runningExecution(await readHistory(world.store, clusterOf(application, environment)));
  const working: readonly Text[] =
    running === undefined ? [] : [[`${running.name} · `, { code: running.id }, ...waitOf(running)]];
  const lines = [...places.map(({ line }) => line), ...unmanaged, ...working];
  return { environment, lines, reasons: places.flatMap(({ reason }) => reason ?? []), running };
}

/** The first line: what blocks, and who unblocks it. */
function headlineOf(application: Application, statuses: readonly EnvironmentStatus[]): Text {
  const running = statuses.flatMap((status) => status.running ?? []);
  const waiting = running.find(
    (execution) =>
      execution.status !== 'PAUSED' &&
      execution.stages.some((stage) => stage.type === 'manualJudgment' && stage.status === 'RUNNING'),
  );
  if (waiting !== undefined) {
    const { groups, anyone } = waiting.definition.policy.approvers;
    const who =
      groups.length === 0
        ? [anyone === true ? 'anyone' : 'nobody: no approvers are named']
        : groups.flatMap((group, index) => (index === 0 ? [{ group }] : [', ', { group }]));
    return [{ strong: waiting.name }, ' waits for a decision by ', ...who];
  }
  const held = running.find((execution) => windowWait(execution) !== undefined);
  if (held !== undefined) return [{ strong: held.name }, ' ', ...textParts(windowWait(held) ?? '')];
  const [first] = running;
  if (first !== undefined) return [{ strong: first.name }, ' is under way, asked by ', { person: first.trigger.user }];
  return `${application.name}: nothing is under way.`;
}

async function applicationStatus(world: VerbWorld, application: Application): Promise<View> {
  const statuses = await Promise.all(
    [...application.environments.values()].map((environment) => environmentStatus(world, application, environment)),
  );
  return {
    headline: headlineOf(application, statuses),
    tone: 'neutral',
    lines: [
      ...statuses.flatMap(({ environment, lines }): readonly Text[] => [[{ strong: environment.name }], ...lines]),
      ...new Set(statuses.flatMap(({ reasons }) => reasons)),
    ],
  };
}

async function overview(world: VerbWorld): Promise<View> {
  const applications = [...world.definitions().applications.values()];
  const lines = await Promise.all(
    applications.flatMap((application) =>
      [...application.environments.values()].map(async (environment): Promise<Text> => {
        const cluster = clusterOf(application, environment);
        const versions = await Promise.all(
          environment.locations.map((location) =>
            lookAtPlace(world.serverGroups, location, cluster).then(
              ({ current }) => (current === undefined ? 'nothing runs' : imageVersion(current.image)),
              () => 'not visible',
            ),
          ),
        );
        return [{ strong: `${application.name} ${environment.name}` }, ` ${[...new Set(versions)].join(', ')}`];
      }),
    ),
  );
  return { headline: `${applications.length} applications. For one: ${usage}.`, tone: 'neutral', lines };
}

async function run(words: Words, _command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const [, name, ...rest] = words.words;
  if (rest.length > 0) throw new UserMistake(`status takes one application: ${usage}.`, [`status ${name ?? ''}`]);
  if (name === undefined) return { type: 'reply', view: await overview(world) };
  const application = findApplication(world.definitions(), name, (word) => `status ${word}`);
  return { type: 'reply', view: await applicationStatus(world, application) };
}

/** What runs where, and what blocks. */
export const status: Verb = {
  name: 'status',
  usage,
  summary: 'what runs where, and what blocks',
  examples: ['/cox status foo', '/cox status'],
  options: [],
  run,
};
