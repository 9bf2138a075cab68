import type { Command } from '../src/model/command';
import type { Execution } from '../src/model/execution';
import { countServing, isDisabled, locationName, type ServerGroup } from '../src/model/server-group';
import { joinTexts, type Text } from '../src/model/text';
import type { Choice, View } from '../src/model/view';
import { failureOf } from '../src/engine/failure-of';
import { retryChoice } from '../src/engine/retry-choice';
import { durationText } from '../src/engine/task-timeout';
import { blindText, whyBlind } from './support/blindness';
import { clusterOf } from '../src/model/cluster-of';
import { explainPlace, type ExplainedPlace } from './support/explain-place';
import { findTarget, type Target } from './support/find-target';
import { familyIn, latestExecution, readHistory, worksOnCluster } from '../src/engine/read-history';
import { groupLine } from './support/live-groups';
import { runChoice, UserMistake } from './support/suggest';
import type { Verb, VerbAnswer, VerbWorld } from './support/verb';
import type { Words } from './support/words';

const usage = '/cox why APPLICATION ENVIRONMENT[/REGION]';

/** `v012: 0/6 healthy`, and for one that was taken out of service: `v012: out of service`. */
function healthLine(group: ServerGroup): string {
  const name = `v${String(group.moniker.sequence).padStart(3, '0')}`;
  return isDisabled(group)
    ? `${name}: out of service, kept for diagnosis`
    : `${name}: ${countServing(group)}/${group.desired} healthy`;
}

/** `v012: 6/8 healthy, being resized`. */
const scalingLine = (group: ServerGroup): string => `${healthLine(group)}, being resized`;

function firstLine(place: ExplainedPlace): Text {
  switch (place.state) {
    case 'blind':
      return joinTexts([blindText(place), ` (${whyBlind(place.error)})`]);
    case 'empty':
      return 'nothing runs';
    case 'well':
      return `${groupLine(place.group)}: nothing is wrong`;
    case 'scaling':
      return scalingLine(place.group);
    case 'ailing':
      return [{ strong: healthLine(place.group) }];
  }
}

function linesOf(place: ExplainedPlace): readonly Text[] {
  const head = joinTexts([[{ code: locationName(place.location) }, ' '], firstLine(place)]);
  if (place.state !== 'ailing' && place.state !== 'scaling') return [head];
  const { reasons } = place.diagnosis;
  return [head, ...(reasons.length === 0 && place.state === 'ailing' ? ['DC/OS says nothing about why.'] : reasons)];
}

/** The newest execution where it failed: what it said, which stays known when its server group is gone. */
function failureLines(last: Execution | undefined, now: number): readonly Text[] {
  const failure = last === undefined ? undefined : failureOf(last);
  if (last?.endTime === undefined || failure === undefined) return [];
  return [[{ strong: last.name }, ` failed ${durationText(now - last.endTime)} ago: ${failure.message}`]];
}

/** What can be done: the failed stage again; the way back where a deployment runs, or where what serves is not whole. */
function choicesOf(target: Target, places: readonly ExplainedPlace[], last: Execution | undefined): readonly Choice[] {
  const retry = last === undefined ? undefined : retryChoice(last);
  const isRunning = last !== undefined && last.endTime === undefined;
  const canGoBack = isRunning
    ? last.definition.kind === 'deploy' && last.ending === undefined
    : places.some((place) => place.state === 'ailing' && place.hasEarlier);
  const isSick = places.some((place) => place.state === 'ailing');
  const [only, ...others] = target.locations;
  const where =
    target.others.length > 0 && only !== undefined && others.length === 0
      ? `${target.environment.name}/${only.region}`
      : target.environment.name;
  const back = { ...runChoice(`rollback ${target.application.name} ${where}`), label: 'Roll back' };
  return [...(retry === undefined ? [] : [retry]), ...(isSick && canGoBack ? [back] : [])];
}

/** What is true of all places together: the worst of them first. */
function headOf(name: string, places: readonly ExplainedPlace[], hasFailed: boolean): Pick<View, 'headline' | 'tone'> {
  const groupsThat = (state: 'ailing' | 'scaling') =>
    places.flatMap((place) => (place.state === state ? [place.group] : []));
  const [ailing, scaling] = [groupsThat('ailing'), groupsThat('scaling')];
  if (ailing.length > 0) return { headline: [{ strong: name }, ` ${ailing.map(healthLine).join(', ')}`], tone: 'bad' };
  if (hasFailed || places.some(({ state }) => state === 'blind'))
    return { headline: [{ strong: name }], tone: 'attention' };
  return scaling.length > 0
    ? { headline: [{ strong: name }, ` ${scaling.map(scalingLine).join(', ')}`], tone: 'running' }
    : { headline: `${name}: nothing is wrong.`, tone: 'good' };
}

function explain(
  target: Target,
  places: readonly ExplainedPlace[],
  { last, now }: { readonly last: Execution | undefined; readonly now: number },
): View {
  const ailing = places.flatMap((place) => (place.state === 'ailing' ? [place] : []));
  const name = `${target.application.name} ${target.environment.name}`;
  const failure = failureLines(last, now);
  const output = ailing.flatMap(({ diagnosis }) => diagnosis.output ?? [])[0] ?? (last && failureOf(last)?.output);
  const choices = choicesOf(target, places, last);
  return {
    ...headOf(name, places, failure.length > 0),
    lines: [...places.flatMap(linesOf), ...failure],
    ...(output === undefined ? {} : { output }),
    ...(choices.length === 0 ? {} : { choices }),
  };
}

async function run(words: Words, _command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const target = findTarget(world.definitions(), words, usage);
  const surplus = words.words.slice(3).join(' ');
  if (surplus !== '') throw new UserMistake(`I do not understand '${surplus}'. ${usage}.`);
  const cluster = clusterOf(target.application, target.environment);
  const history = (await readHistory(world.store, cluster)).filter(worksOnCluster);
  const last = latestExecution(history);
  const family = last === undefined ? [] : familyIn(history, last);
  const places = await Promise.all(
    target.locations.map((location) => explainPlace(world.serverGroups, location, { cluster, last: family })),
  );
  return { type: 'reply', view: explain(target, places, { last, now: world.clock.now() }) };
}

/** Why something does not come up. */
export const why: Verb = {
  name: 'why',
  usage,
  summary: 'why a server group does not come up: what DC/OS says, and the end of stderr',
  examples: ['/cox why foo prod', '/cox why foo prod/east'],
  options: [],
  run,
};
