import type { StageContext } from '../model/execution';
import { nearest } from '../model/nearest';
import type { PipelineParameter } from '../model/pipeline-parameter';
import { linearPattern } from './linear-pattern';

/** Why a value cannot be taken; `message` is a sentence for people that names the parameter. */
export type ParameterProblem = {
  /** The parameter, or what was given as one. */
  readonly parameter: string;
  readonly type: 'missing' | 'unknown' | 'notOne' | 'condition';
  readonly message: string;
};

/** The value of every declared parameter, in their order, and what was given beside; or what is wrong, all of it. */
export type ResolvedParameters =
  | { readonly values: StageContext; readonly problems?: undefined }
  | { readonly problems: readonly ParameterProblem[]; readonly values?: undefined };

/** What becomes of values that no parameter asks for: refused, or passed on as a parent pipeline's are. */
export type ParameterExtras = 'refuse' | 'pass';

const textOfValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

const isGiven = (given: StageContext, name: string): boolean => Object.hasOwn(given, name) && given[name] !== undefined;

/** Whether a comparison holds; the order is that of numbers, and nothing is before or after what is no number. */
function compares(value: unknown, { comparator, comparatorValue }: NonNullable<PipelineParameter['conditional']>) {
  const [left, right] = [Number.parseFloat(textOfValue(value)), Number.parseFloat(comparatorValue)];
  switch (comparator) {
    case '=':
      return textOfValue(value) === comparatorValue;
    case '!=':
      return textOfValue(value) !== comparatorValue;
    case '>':
      return left > right;
    case '<':
      return left < right;
    case '>=':
      return left >= right;
    case '<=':
      return left <= right;
  }
}

/** Why a value is none that the parameter may have, as the end of a sentence; undefined where it may. */
export function refusesValue({ options, constraint, required }: PipelineParameter, value: unknown): string | undefined {
  const text = textOfValue(value);
  if (text === '' && !required) return undefined;
  if (options !== undefined && !options.includes(text)) {
    const meant = nearest(text, options);
    const hint = meant === undefined ? '' : ` Did you mean '${meant}'?`;
    return `must be one of ${options.join(', ')}, not '${text}'.${hint}`;
  }
  if (constraint !== undefined && !linearPattern(constraint).matches(text))
    return `must match ${constraint}, which '${text}' does not.`;
  return undefined;
}

const comparisonText = ({ parameter, comparator, comparatorValue }: NonNullable<PipelineParameter['conditional']>) =>
  `${parameter} ${comparator} ${comparatorValue}`;

/** `size (how many instances; one of 2, 4)`: a parameter, what it is for and what it may be, for a person to choose. */
export function describeParameter(parameter: PipelineParameter): string {
  const { name, label, description, options, constraint, conditional } = parameter;
  const parts = [
    ...(label === undefined ? [] : [label]),
    ...(description === undefined ? [] : [description]),
    ...(options === undefined ? [] : [`one of ${options.join(', ')}`]),
    ...(constraint === undefined ? [] : [`must match ${constraint}`]),
    ...(parameter.default === undefined ? [] : [`default ${parameter.default === '' ? 'empty' : parameter.default}`]),
    ...(conditional === undefined ? [] : [`only where ${comparisonText(conditional)}`]),
  ];
  return parts.length === 0 ? name : `${name} (${parts.join('; ')})`;
}

/** The parameters that a person sees first are first. */
export const pinnedFirst = (parameters: readonly PipelineParameter[]): readonly PipelineParameter[] => [
  ...parameters.filter(({ pinned }) => pinned === true),
  ...parameters.filter(({ pinned }) => pinned !== true),
];

/**
 * The value of one parameter by its name, and whether it counts; conditions may stand on conditional ones. `asked` holds
 * those whose condition is being looked at, so that a circle ends.
 */
function createReader(parameters: readonly PipelineParameter[], given: StageContext) {
  const counts = ({ name, conditional }: PipelineParameter, asked: readonly string[] = []): boolean =>
    conditional === undefined ||
    asked.includes(name) ||
    compares(valueOf(conditional.parameter, [...asked, name]), conditional);
  const valueOf = (name: string, asked: readonly string[] = []): unknown => {
    const parameter = parameters.find((other) => other.name === name);
    const isTaken = isGiven(given, name) && (parameter === undefined || counts(parameter, asked));
    return isTaken ? given[name] : (parameter?.default ?? null);
  };
  return { counts, valueOf };
}

function problemOf(
  parameter: PipelineParameter,
  given: StageContext,
  counts: (parameter: PipelineParameter) => boolean,
): ParameterProblem | undefined {
  const { name, required, conditional } = parameter;
  if (!counts(parameter)) {
    if (!isGiven(given, name) || conditional === undefined) return undefined;
    const message = `Parameter ${name} counts only where ${comparisonText(conditional)}. Leave it out.`;
    return { parameter: name, type: 'condition', message };
  }
  if (!isGiven(given, name)) {
    const isMissing = required && parameter.default === undefined;
    const message = `Required parameter ${name} is missing.`;
    return isMissing ? { parameter: name, type: 'missing', message } : undefined;
  }
  const refused = refusesValue(parameter, given[name]);
  return refused === undefined
    ? undefined
    : { parameter: name, type: 'notOne', message: `Parameter ${name} ${refused}` };
}

function unknownProblem(name: string, names: readonly string[]): ParameterProblem {
  const meant = nearest(name, names);
  const known = names.length === 0 ? 'It has none.' : `It has ${names.join(', ')}.`;
  const hint = meant === undefined ? known : `Did you mean ${meant}? ${known}`;
  return { parameter: name, type: 'unknown', message: `The pipeline has no parameter '${name}'. ${hint}` };
}

/**
 * The values that a pipeline runs with (semantics §6.8): a given one wins, also an empty one, then the default, then null.
 * A required parameter without a default must be given; options and constraint hold for whatever is given, but not for an
 * empty value of one that is not required. A conditional parameter whose condition does not hold has its default: giving
 * it is a mistake, except where extras pass. Pure.
 */
export function resolveParameters(
  parameters: readonly PipelineParameter[],
  given: StageContext,
  extras: ParameterExtras = 'refuse',
): ResolvedParameters {
  const { counts, valueOf } = createReader(parameters, given);
  const names = parameters.map(({ name }) => name);
  const others = Object.keys(given).filter((name) => !names.includes(name) && isGiven(given, name));
  const unknown = extras === 'refuse' ? others.map((name) => unknownProblem(name, names)) : [];
  const problems = [...unknown, ...parameters.flatMap((parameter) => problemOf(parameter, given, counts) ?? [])].filter(
    ({ type }) => extras === 'refuse' || type !== 'condition',
  );
  if (problems.length > 0) return { problems };
  const own = names.map((name) => [name, valueOf(name)] as const);
  return { values: Object.fromEntries([...own, ...others.map((name) => [name, given[name]] as const)]) };
}
