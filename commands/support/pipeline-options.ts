import { planRun, type RunPlan } from '../../src/definitions/plan-run';
import { describeParameter, pinnedFirst } from '../../src/engine/resolve-parameters';
import type { Application, Pipeline } from '../../src/model/application';
import type { PipelineRun } from '../../src/model/execution';
import type { View } from '../../src/model/view';
import { runChoice } from './suggest';
import { textOfWords, type Words } from './words';

/** How many options of a missing parameter become buttons. */
const mostChoices = 5;

/** The command again, with one more option. */
const withOption = (words: Words, name: string, value: string): string =>
  textOfWords({ ...words, options: new Map([...words.options, [name, value]]) });

/** What an execution of a pipeline carries when the options of a command, without the command's `own`, are its parameters. */
export function planOptions(
  application: Application,
  pipeline: Pipeline,
  { options }: Words,
  own: readonly string[],
): RunPlan {
  const given = Object.fromEntries([...options].filter(([name]) => !own.includes(name)));
  return planRun(application, pipeline, given);
}

/** The answer where no execution starts: why, what the parameters in question are for, and the options of a missing one. */
export function refusedView(
  { refused, problems }: Extract<RunPlan, { refused: string }>,
  { parameters = [] }: Pipeline,
  words: Words,
): View {
  const asked = pinnedFirst(parameters).filter(({ name }) => problems.some(({ parameter }) => parameter === name));
  const [only, ...others] = problems;
  const missing = only?.type === 'missing' && others.length === 0 ? asked[0] : undefined;
  const choices = (missing?.options ?? [])
    .slice(0, mostChoices)
    .map((option) => runChoice(withOption(words, missing?.name ?? '', option)));
  return {
    headline: refused,
    tone: 'attention',
    undone: true,
    lines: asked.map(describeParameter),
    ...(choices.length === 0 ? {} : { choices }),
  };
}

const valueText = (value: unknown): string => {
  if (value === null) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** The values of a run, as its plan shows them; none for a pipeline without parameters. */
export function parameterFacts({ parameters }: PipelineRun, pipeline: Pipeline): NonNullable<View['facts']> {
  const names = pinnedFirst(pipeline.parameters ?? []).map(({ name }) => name);
  if (names.length === 0) return [];
  return [{ label: 'Parameters', value: names.map((name) => `${name} = ${valueText(parameters[name])}`).join(', ') }];
}

/** The values of a run, as the facts that a plan depends on. */
export const parameterHashFacts = ({ parameters }: PipelineRun): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`parameter ${name}`, valueText(value)]));
