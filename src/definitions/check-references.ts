import type { Pipeline, PipelineStage } from '../model/application';
import { barePlainReference, plainReferences, type PlainReference } from '../engine/expressions';
import { literalAdvice } from './check-expressions';
import { didYouMean } from './did-you-mean';
import { conditionsOf, type StageTypes, type WrittenStage } from './parse-stage';
import { textOf, textsBelow } from './yaml-text';
import type { YamlValue } from './yaml-value';

/** Names that expressions may use; undefined where nobody can say which there are. */
type Names = readonly string[] | undefined;

const everywhere = [
  'application',
  'environment',
  'image.tag',
  'execution',
  'trigger',
  'parameters',
  'scmInfo',
  'deployedServerGroups',
  'templateVariables',
];

/** The names of variables that a stage sets, itself included; undefined where one is computed. */
function variablesOf({ type, context }: PipelineStage): Names {
  if (type !== 'evaluateVariables') return [];
  const variables = (context.variables ?? []) as readonly { readonly key: string }[];
  const keys = variables.map(({ key }) => key);
  return keys.some((key) => key.includes('${')) ? undefined : keys;
}

const outputsOf = (stage: PipelineStage, stageTypes: StageTypes): Names =>
  stage.type === 'evaluateVariables' ? variablesOf(stage) : stageTypes.find(stage.type)?.outputs;

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

function checkTexts(value: YamlValue, own: readonly string[], names: readonly string[], when: string): void {
  for (const { text, fail } of textsBelow(value)) {
    for (const reference of plainReferences(text)) {
      if (!isKnown(reference.path, [...own, ...names])) fail(reference.column, describeUnknown(reference, names, when));
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
    const names = joinNames([everywhere, variablesOf(stage), ...outputs]);
    if (at === undefined || names === undefined || mayFail(stage)) return;
    const own = [...Object.keys(stage.context), ...at.fields.entries().map(([name]) => name)];
    checkTexts(at.value, own, names, 'this stage');
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
  const own = ['clusters', ...deploys.flatMap(({ context }) => Object.keys(context))];
  checkTexts(service, own, names, 'a deployment');
}
