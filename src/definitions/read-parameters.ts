import { linearPattern, PatternError } from '../engine/linear-pattern';
import { refusesValue } from '../engine/resolve-parameters';
import { parameterComparators, reservedParameterNames, type PipelineParameter } from '../model/pipeline-parameter';
import { didYouMean } from './did-you-mean';
import { withoutAbsent } from './without-absent';
import type { YamlObject } from './yaml-object';
import type { YamlValue } from './yaml-value';

const known = [
  'name',
  'label',
  'description',
  'default',
  'required',
  'hasOptions',
  'options',
  'constraint',
  'pinned',
  'conditional',
];

/** A parameter as read, with where it stands. */
type Written = { readonly fields: YamlObject; readonly parameter: PipelineParameter };

function readName(fields: YamlObject): string | undefined {
  const value = fields.require('name', 'name: size');
  const name = value?.matching(
    /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/,
    'may hold letters, digits, _ and - only, a letter or _ first: it is typed as name=value.',
  );
  if (name !== undefined && reservedParameterNames.includes(name))
    value?.fail(`No parameter can be called '${name}': the name has a meaning of its own. Choose another.`);
  return name;
}

/** Text that is a value, blank too. */
const readValue = (value: YamlValue | undefined): string | undefined =>
  value?.refusesExpression('Write the value itself.') === true ? undefined : value?.anyText();

function readOption(item: YamlValue): string | undefined {
  if (!item.isObject) return readValue(item);
  return readValue(item.object({ known: ['value'] })?.require('value', "value: '4'"));
}

function readOptions(fields: YamlObject): readonly string[] | undefined {
  const options = fields.get('options')?.texts(readOption);
  const hasOptions = fields.get('hasOptions');
  const counts = hasOptions?.boolean() ?? options !== undefined;
  if (counts && (options === undefined || options.length === 0)) {
    (fields.get('options') ?? hasOptions)?.failAtKey("There is no option. Add some: options: ['2', '4']");
  }
  return counts ? options : undefined;
}

function readConstraint(value: YamlValue | undefined): string | undefined {
  const constraint = value?.refusesExpression('Write the pattern itself.') === true ? undefined : value?.text();
  if (constraint === undefined) return undefined;
  try {
    linearPattern(constraint);
    return constraint;
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return value?.fail(`${value.label} does not work: ${error.message}.`);
  }
}

function readConditional(value: YamlValue | undefined): PipelineParameter['conditional'] {
  const fields = value?.object({ known: ['parameter', 'comparator', 'comparatorValue'] });
  const parameter = fields?.require('parameter', 'parameter: mode')?.text();
  const comparator = fields?.require('comparator', "comparator: '='")?.oneOf(parameterComparators);
  const comparatorValue = readValue(fields?.require('comparatorValue', 'comparatorValue: slow'));
  if (parameter === undefined || comparator === undefined || comparatorValue === undefined) return undefined;
  return { parameter, comparator, comparatorValue };
}

/** Refuses a default that the parameter would refuse from a person. */
function checkDefault({ fields, parameter }: Written): void {
  const refused = parameter.default === undefined ? undefined : refusesValue(parameter, parameter.default);
  if (refused !== undefined) fields.get('default')?.fail(`The default of parameter ${parameter.name} ${refused}`);
}

function readParameter(value: YamlValue): Written | undefined {
  const fields = value.object({ known });
  const name = fields === undefined ? undefined : readName(fields);
  if (fields === undefined || name === undefined) return undefined;
  const parameter: PipelineParameter = withoutAbsent<PipelineParameter>({
    name,
    label: fields.get('label')?.text(),
    description: fields.get('description')?.text(),
    default: readValue(fields.get('default')),
    required: fields.get('required')?.boolean() ?? false,
    options: readOptions(fields),
    constraint: readConstraint(fields.get('constraint')),
    pinned: fields.get('pinned')?.boolean(),
    conditional: readConditional(fields.get('conditional')),
  });
  checkDefault({ fields, parameter });
  return { fields, parameter };
}

/** Whether a condition stands, directly or through others, on itself. */
function isCircular({ name, conditional }: PipelineParameter, all: readonly PipelineParameter[]): boolean {
  const seen = new Set<string>();
  for (let next = conditional; next !== undefined && !seen.has(next.parameter);) {
    const wanted = next.parameter;
    seen.add(wanted);
    next = all.find((other) => other.name === wanted)?.conditional;
  }
  return seen.has(name);
}

function checkConditions(written: readonly Written[]): void {
  const all = written.map(({ parameter }) => parameter);
  const names = all.map(({ name }) => name);
  for (const { fields, parameter } of written) {
    const at = fields.get('conditional')?.object({ known: undefined })?.get('parameter');
    const wanted = parameter.conditional?.parameter;
    if (wanted === undefined) continue;
    if (!names.includes(wanted)) at?.fail(`No parameter is called '${wanted}'. ${didYouMean(wanted, names)}`);
    else if (isCircular(parameter, all))
      at?.fail(`Whether '${parameter.name}' counts would stand, directly or through others, on itself.`);
  }
}

/** Reads what a pipeline asks for, `parameters` or, as Spinnaker says, `parameterConfig`; empty for nothing. */
export function readParameters(fields: YamlObject): readonly PipelineParameter[] {
  if (fields.refuseBoth('parameters', 'parameterConfig')) return [];
  const items = (fields.get('parameters') ?? fields.get('parameterConfig'))?.list() ?? [];
  const written = items.flatMap((item) => readParameter(item) ?? []);
  written.forEach(({ fields: own, parameter: { name } }, index) => {
    const isSecond = written.slice(0, index).some(({ parameter }) => parameter.name === name);
    if (isSecond) own.get('name')?.fail(`Two parameters are called '${name}'. Give each its own name.`);
  });
  checkConditions(written);
  return written.map(({ parameter }) => parameter);
}
