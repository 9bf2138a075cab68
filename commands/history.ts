import { executionKind } from '../src/engine/document-kinds';
import { readHistory } from '../src/engine/read-history';
import { durationText } from '../src/engine/task-timeout';
import type { Environment } from '../src/model/application';
import { clusterOf } from '../src/model/cluster-of';
import type { Command } from '../src/model/command';
import type { Execution } from '../src/model/execution';
import { imageVersion, locationName, versionWord } from '../src/model/server-group';
import { isComplete } from '../src/model/status';
import type { Text } from '../src/model/text';
import type { Choice, View } from '../src/model/view';
import { diffRuns, isDescribed } from './support/diff-runs';
import { findTarget, type Target } from './support/find-target';
import { outcomeText, outcomeWord } from './support/outcome-text';
import { nearest, UserMistake } from './support/suggest';
import type { Verb, VerbAnswer, VerbWorld } from './support/verb';
import { wordOf, type Words } from './support/words';

const usage = '/cox history APPLICATION ENVIRONMENT [all] [diff=EXECUTION-ID [with=EXECUTION-ID]]';

/** How many runs are shown, how many of those have buttons, and how many are shown of `all`. */
const [usualRuns, runsWithButtons, allRuns] = [10, 5, 40];

/**
 * Where a run was, as it is typed: all of its environment, or one region of it; undefined for what words cannot say. What
 * touched no region is of the environment.
 */
function whereOf({ definition: { environment, regions } }: Execution, { locations }: Environment): string | undefined {
  const isWhole = regions.length === 0 || locations.every((location) => regions.includes(locationName(location)));
  if (isWhole) return environment;
  const [region, ...others] = new Set(
    locations.filter((at) => regions.includes(locationName(at))).map((at) => at.region),
  );
  if (region === undefined || others.length > 0) return undefined;
  const named = locations.filter((location) => location.region === region).map(locationName);
  return named.length === regions.length ? `${environment}/${region}` : undefined;
}

/** The parameters as they are typed; undefined for values that words cannot say. Null is none. */
function parameterWords({ trigger }: Execution): readonly string[] | undefined {
  const given = Object.entries(trigger.parameters).filter(([, value]) => value !== null && value !== undefined);
  const isTyped = ([name, value]: readonly [string, unknown]) =>
    /^[A-Za-z_][\w-]*$/.test(name) && name !== 'reason' && ['string', 'number', 'boolean'].includes(typeof value);
  return given.every(isTyped) ? given.map(([name, value]) => `${name}=${wordOf(String(value))}`) : undefined;
}

/** The words that do the same again; undefined for what is not done twice, what is a part of another, or what words cannot say. */
function againText(run: Execution, target: Environment): string | undefined {
  if (run.trigger.type === 'pipeline') return undefined;
  const { application, definition, pipelineConfigId = '' } = run;
  const { kind, image } = definition;
  const where = whereOf(run, target);
  const parameters = parameterWords(run);
  if (where === undefined || parameters === undefined) return undefined;
  if (kind === 'deploy' && image !== undefined)
    return ['deploy', application, where, versionWord(image), ...parameters].join(' ');
  if (kind !== 'pipeline') return undefined;
  const pipeline = wordOf(pipelineConfigId.slice(application.length + 1));
  const version = image === undefined ? [] : [versionWord(image)];
  return ['pipeline', 'run', application, pipeline, where, ...version, ...parameters].join(' ');
}

/** `3 min`, or so far where it is not over. */
const tookText = (run: Execution, now: number): string =>
  run.endTime === undefined ? `${durationText(now - run.buildTime)} so far` : durationText(run.endTime - run.buildTime);

function versionText({ definition: { fromVersion, toVersion } }: Execution): string {
  if (toVersion === undefined) return '';
  return fromVersion === undefined || fromVersion === toVersion
    ? ` · ${toVersion}`
    : ` · ${fromVersion} → ${toVersion}`;
}

const lineOf = (run: Execution, number: number, now: number): Text => [
  `${number}. `,
  { strong: run.name },
  `${versionText(run)} · ${isComplete(run.status) ? outcomeText(run, now) : outcomeWord(run)} · ${tookText(run, now)} · `,
  { person: run.trigger.user },
  ' ',
  { code: run.id },
];

/** Again and Diff of one run. */
function choicesOf(run: Execution, number: number, { words }: Words, target: Environment): readonly Choice[] {
  const [, application = '', where = ''] = words;
  const again = againText(run, target);
  const what = run.definition.kind === 'pipeline' ? 'Run again' : 'Redeploy';
  const version = run.definition.image === undefined ? '' : ` ${imageVersion(run.definition.image)}`;
  const diff = `history ${application} ${where} diff=${run.id}`;
  return [
    ...(again === undefined
      ? []
      : [{ name: 'run', label: `${number}. ${what}${version}`, target: { kind: 'run', text: again } } as const]),
    ...(isDescribed(run)
      ? [{ name: 'run', label: `${number}. Diff`, target: { kind: 'run', text: diff } } as const]
      : []),
  ];
}

function historyView(target: Target, history: readonly Execution[], words: Words, now: number): View {
  const name = `${target.application.name} ${target.environment.name}`;
  const isAll = words.words[3] === 'all';
  const shown = history.slice(0, isAll ? allRuns : usualRuns);
  if (shown.length === 0) return { headline: `Nothing has been run in ${name} yet.`, tone: 'neutral' };
  const more = history.length - shown.length;
  const [, application = '', where = ''] = words.words;
  const rest = more > 0 && !isAll ? [`${more} earlier: /cox history ${application} ${where} all`] : [];
  const choices = shown
    .slice(0, runsWithButtons)
    .flatMap((run, index) => choicesOf(run, index + 1, words, target.environment));
  return {
    headline: [{ strong: name }, `: the last ${shown.length === 1 ? 'run' : `${shown.length} runs`}`],
    tone: 'neutral',
    lines: [...shown.map((run, index) => lineOf(run, index + 1, now)), ...rest],
    ...(choices.length === 0 ? {} : { choices }),
  };
}

async function findRun(world: VerbWorld, id: string, history: readonly Execution[]): Promise<Execution> {
  const cluster = history[0]?.definition.cluster;
  const found = history.find((run) => run.id === id) ?? (await world.store.get(executionKind, id))?.document;
  if (found !== undefined && found.definition.cluster === cluster) return found;
  const meant = nearest(
    id,
    history.map((run) => run.id),
  );
  throw new UserMistake(`There was no execution '${id}' here.${meant === undefined ? '' : ` Did you mean ${meant}?`}`);
}

async function diffView(
  world: VerbWorld,
  history: readonly Execution[],
  { id, other }: { readonly id: string; readonly other: string | undefined },
): Promise<View> {
  const after = await findRun(world, id, history);
  const before =
    other === undefined
      ? history.find((run) => run.buildTime < after.buildTime && isDescribed(run))
      : await findRun(world, other, history);
  if (before === undefined)
    return {
      headline: [{ strong: after.name }, ' is the first: there is nothing to compare it with.'],
      tone: 'neutral',
    };
  const lines = diffRuns(before, after);
  return {
    headline: ['From ', { strong: before.name }, ' to ', { strong: after.name }],
    tone: 'neutral',
    lines: lines.length === 0 ? ['Nothing differs in what they were defined to do.'] : lines,
  };
}

async function run(words: Words, _command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const target = findTarget(world.definitions(), words, usage);
  const surplus = words.words.slice(3).filter((word, index) => index > 0 || word !== 'all');
  if (surplus.length > 0) throw new UserMistake(`I do not understand '${surplus.join(' ')}'. ${usage}.`);
  const history = await readHistory(world.store, clusterOf(target.application, target.environment));
  const id = words.options.get('diff');
  if (id === undefined) return { type: 'reply', view: historyView(target, history, words, world.clock.now()) };
  return { type: 'reply', view: await diffView(world, history, { id, other: words.options.get('with') }) };
}

/** What was done in an environment. */
export const history: Verb = {
  name: 'history',
  usage,
  summary: 'the last runs: who, which version, how long, what became of it; and what differs between two',
  examples: ['/cox history foo prod', '/cox history foo prod all'],
  options: ['diff', 'with'],
  run,
};
