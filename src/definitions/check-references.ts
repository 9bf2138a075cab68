import type { Pipeline, PipelineStage } from '../model/application';
import { strategyParameterNames, type PipelineParameter } from '../model/pipeline-parameter';
import { executionNames } from '../engine/expression-scope';
import { barePlainReference, plainReferences, type PlainReference } from '../engine/expressions';
import { literalAdvice } from './check-expressions';
import { didYouMean } from './did-you-mean';
import { conditionsOf, type StageTypes, type WrittenStage } from './parse-stage';
import { keysAtStart } from './resolve-pipeline';
import { textOf, textsBelow, textsOfItems, type YamlText } from './yaml-text';
import type { YamlValue } from './yaml-value';

/** Names that expressions may use; undefined where nobody can say which there are. */
type Names = readonly string[] | undefined;

/** Texts of a stage whose expressions see the same names. */
type Part = {
  readonly texts: readonly YamlText[];
  /** What they see beside what the whole stage sees. */
  readonly names: Names;
  /** Variables of the same stage that have no value yet. */
  readonly later: readonly string[];
};

const everywhere = ['application', 'environment', 'image.tag', ...executionNames];

/** The names of the variables that a stage sets, in their order, as they are written. */
function variablesOf({ type, context }: PipelineStage): readonly string[] {
  if (type !== 'evaluateVariables') return [];
  return ((context.variables ?? []) as readonly { readonly key: string }[]).map(({ key }) => key);
}

/** Undefined where one of the names is computed. */
const asNames = (keys: readonly string[]): Names => (keys.some((key) => key.includes('${')) ? undefined : keys);

const outputsOf = (stage: PipelineStage, stageTypes: StageTypes): Names =>
  stage.type === 'evaluateVariables' ? asNames(variablesOf(stage)) : stageTypes.find(stage.type)?.outputs;

/** All names of several lists; undefined where one of them is. */
function joinNames(lists: readonly Names[]): Names {
  const known = lists.filter((list) => list !== undefined);
  return known.length < lists.length ? undefined : known.flat();
}

function upstreamOf(stage: PipelineStage, stages: readonly PipelineStage[]): readonly PipelineStage[] {
  const found = new Set<string>();
  const waiting = [...stage.requisiteStageRefIds];
  for (let refId = waiting.pop(); refId !== undefined; refId = waiting.pop()) {
    if (found.has(refId)) continue;
    found.add(refId);
    waiting.push(...(stages.find((other) => other.refId === refId)?.requisiteStageRefIds ?? []));
  }
  return stages.filter(({ refId }) => found.has(refId));
}

// What fails stays as it is written then, which may be what is wanted.
const mayFail = ({ context }: PipelineStage): boolean => context.failOnFailedExpressions === false;

function isKnown([first, second]: PlainReference['path'], names: readonly string[]): boolean {
  if (names.includes(first)) return true;
  return first === 'image' && (second === undefined || second === 'tag');
}

function describeUnknown({ path, expression }: PlainReference, names: readonly string[], when: string): string {
  const wanted = path[0] === 'image' ? path.slice(0, 2).join('.') : path[0];
  return `Nothing is called '${wanted}' when ${when} starts. ${didYouMean(wanted, [...new Set(names)])} ${literalAdvice(expression)}`;
}

/** Each variable sees those above it. */
function partsOfVariables(value: YamlValue | undefined, keys: readonly string[]): readonly Part[] {
  const items = value === undefined ? [] : textsOfItems(value);
  // Otherwise one could not be read, which is told already.
  if (items.length !== keys.length) return [];
  return items.map((texts, index) => ({ texts, names: asNames(keys.slice(0, index)), later: keys.slice(index) }));
}

function partsOf(stage: PipelineStage, { value, fields }: WrittenStage): readonly Part[] {
  if (stage.type !== 'evaluateVariables') return [{ texts: textsBelow(value), names: [], later: [] }];
  const others = fields.entries().filter(([name]) => name !== 'variables');
  const texts = others.flatMap(([, other]) => textsBelow(other));
  return [{ texts, names: [], later: [] }, ...partsOfVariables(fields.get('variables'), variablesOf(stage))];
}

const describeOrder = (name: string): string =>
  `'${name}' has no value here yet: order matters, a variable sees neither itself nor those below it. Use only variables above it.`;

function checkPart(part: Part, own: readonly string[], around: readonly string[], when: string): void {
  if (part.names === undefined) return;
  const names = [...around, ...part.names];
  for (const { text, fail } of part.texts) {
    for (const reference of plainReferences(text)) {
      const [wanted] = reference.path;
      if (isKnown(reference.path, [...own, ...names])) continue;
      const isEarly = part.later.includes(wanted);
      fail(reference.column, isEarly ? describeOrder(wanted) : describeUnknown(reference, names, when));
    }
  }
}

function checkConditions(written: WrittenStage, own: readonly string[], names: readonly string[]): void {
  for (const value of conditionsOf(written)) {
    const at = textOf(value);
    const reference = at === undefined || at.text.includes('${') ? undefined : barePlainReference(at.text);
    if (at !== undefined && reference !== undefined && !isKnown(reference.path, [...own, ...names])) {
      const [wanted] = reference.path;
      at.fail(reference.column, `Nothing is called '${wanted}' when this stage starts. ${didYouMean(wanted, names)}`);
    }
  }
}

/**
 * Reports expressions of a pipeline's stages that are only a name which can have no value there. Where that is not
 * certain, such as behind a stage that may put out anything, nothing is reported.
 */
export function checkStageReferences(
  stages: readonly PipelineStage[],
  written: readonly WrittenStage[],
  stageTypes: StageTypes,
): void {
  stages.forEach((stage, index) => {
    const at = written[index];
    const outputs = upstreamOf(stage, stages).map((other) => outputsOf(other, stageTypes));
    const names = joinNames([everywhere, ...outputs]);
    if (at === undefined || names === undefined || mayFail(stage)) return;
    const own = keysAtStart(stage);
    for (const part of partsOf(stage, at)) checkPart(part, own, names, 'this stage');
    checkConditions(at, own, names);
  });
}

/** As `checkStageReferences`, for a service, which any deploy stage of the application's pipelines may deploy. */
export function checkServiceReferences(
  service: YamlValue,
  pipelines: readonly Pipeline[],
  stageTypes: StageTypes,
): void {
  const stages = pipelines.flatMap((pipeline) => pipeline.stages);
  const deploys = stages.filter(({ type, context }) => type === 'deploy' && context.clusters === undefined);
  const names = joinNames([everywhere, ...stages.map((stage) => outputsOf(stage, stageTypes))]);
  if (names === undefined || deploys.length === 0 || deploys.some(mayFail)) return;
  const part = { texts: textsBelow(service), names: [], later: [] };
  checkPart(part, deploys.flatMap(keysAtStart), names, 'a deployment');
}

/** The parameter that a path asks for, as `parameters.size` and `trigger.parameters.size` do. */
function parameterOf(path: readonly string[]): string | undefined {
  const [first, ...rest] = path;
  if (first === 'parameters') return rest[0];
  return first === 'trigger' && rest[0] === 'parameters' ? rest[1] : undefined;
}

/**
 * Reports expressions that are only a parameter which the pipeline does not have. Nothing is reported for a pipeline that
 * has none, since what another pipeline passes to it need not be declared.
 */
export function checkParameterReferences(
  pipeline: string,
  written: readonly WrittenStage[],
  { parameters, isStrategy }: { readonly parameters: readonly PipelineParameter[]; readonly isStrategy: boolean },
): void {
  const given = isStrategy ? strategyParameterNames : [];
  const names = parameters.length === 0 ? [] : [...parameters.map(({ name }) => name), ...given];
  const check = ({ fail }: YamlText, { path, column }: PlainReference): void => {
    const name = parameterOf(path);
    if (name === undefined || names.includes(name)) return;
    fail(column, `Pipeline '${pipeline}' has no parameter '${name}'. ${didYouMean(name, names)}`);
  };
  for (const stage of names.length === 0 ? [] : written) {
    if (stage.context.failOnFailedExpressions === false) continue;
    for (const at of textsBelow(stage.value)) for (const reference of plainReferences(at.text)) check(at, reference);
    for (const at of conditionsOf(stage).flatMap((value) => textOf(value) ?? [])) {
      const reference = at.text.includes('${') ? undefined : barePlainReference(at.text);
      if (reference !== undefined) check(at, reference);
    }
  }
}
