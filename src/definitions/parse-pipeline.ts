import type { Pipeline, PipelineStage } from '../model/application';
import type { StageContext } from '../model/execution';
import type { PipelineParameter } from '../model/pipeline-parameter';
import { checkParameterReferences, checkStageReferences } from './check-references';
import { didYouMean } from './did-you-mean';
import { isSpelledOut } from './open-parts';
import { parseStage, type StageTypes, type WrittenStage } from './parse-stage';
import { parseWindow } from './parse-window';
import { readCalls } from './read-calls';
import { readLimits } from './read-limits';
import { readParameters } from './read-parameters';
import { checkStrategyStages } from './check-strategies';
import { preconditionContexts } from './read-preconditions';
import { refuseNeverOpen } from './refuse-never-open';
import { withoutAbsent } from './without-absent';
import type { YamlObject } from './yaml-object';
import type { YamlValue } from './yaml-value';

function readNames(value: YamlValue): readonly YamlValue[] {
  return value.isList ? (value.list() ?? []) : [value];
}

function resolveAfter(stage: WrittenStage, index: number, stages: readonly WrittenStage[]): readonly string[] {
  if (stage.fields.refuseBoth('after', 'requisiteStageRefIds')) return [];
  const after = stage.fields.get('after');
  const refIds = stages.map((other, place) => other.fields.get('refId')?.text() ?? String(place + 1));
  const find = (item: YamlValue, names: readonly string[]): readonly string[] => {
    const written = item.text();
    if (written === undefined) return [];
    const found = names.indexOf(written);
    if (found === -1 && item.refusesExpression('Name the stage as it is written.')) return [];
    if (found === -1) item.fail(`No stage is called '${written}'. ${didYouMean(written, names)}`);
    else if (names.includes(written, found + 1))
      item.fail(`Two stages are called '${written}'. Give each its own name.`);
    else return [String(found + 1)];
    return [];
  };
  const names = stages.map((other) => other.name);
  if (after !== undefined) return [...new Set(readNames(after).flatMap((item) => find(item, names)))];
  const requisites = stage.fields.get('requisiteStageRefIds');
  if (requisites !== undefined) return (requisites.list() ?? []).flatMap((item) => find(item, refIds));
  return index === 0 ? [] : [String(index)];
}

function refuseCycles(stages: readonly PipelineStage[], written: readonly WrittenStage[]): void {
  const done = new Set<string>();
  let isMoving = true;
  while (isMoving) {
    const ready = stages.filter(
      (stage) => !done.has(stage.refId) && stage.requisiteStageRefIds.every((id) => done.has(id)),
    );
    for (const stage of ready) done.add(stage.refId);
    isMoving = ready.length > 0;
  }
  const stuck = stages.findIndex((stage) => !done.has(stage.refId));
  const at = written[stuck];
  const value = at?.fields.get('after') ?? at?.fields.get('requisiteStageRefIds');
  value?.fail(`Stage '${at?.name ?? ''}' waits, directly or through others, for itself. Break the circle.`);
}

const known = [
  'parameters',
  'parameterConfig',
  'limitConcurrent',
  'maxConcurrentExecutions',
  'keepWaitingPipelines',
  'startExpiry',
  'disabled',
  'strategy',
  'description',
  'window',
  'stages',
];
const advice = {
  type: 'A pipeline is a list of stages, or a map with that list below stages: [{ type: deploy }]',
  startTimeExpiry: 'Write startExpiry, a duration from when the pipeline is asked for: startExpiry: 2h',
};

/** Where the stages of a pipeline stand, which is a list of them or a map with one; undefined where there are none. */
export const stagesAt = (pipeline: YamlValue): YamlValue | undefined =>
  pipeline.isObject ? pipeline.object({ known: undefined })?.get('stages') : pipeline;

/** Which parameters the stages find. */
type Wanted = { readonly parameters: readonly PipelineParameter[]; readonly isStrategy: boolean };

/** Reads the list of stages: they follow one another unless `after` says otherwise. */
function parseStages(
  name: string,
  value: YamlValue,
  { stageTypes, timeZone, ...wanted }: Wanted & { readonly stageTypes: StageTypes; readonly timeZone: string },
): readonly PipelineStage[] | undefined {
  const items = value.list();
  if (items === undefined) return undefined;
  if (items.length === 0) return value.fail(`Pipeline '${name}' has no stages. Add one: [{ type: deploy }]`);
  const written = items.flatMap((item) => parseStage(item, stageTypes, timeZone) ?? []);
  if (written.length < items.length) return undefined;
  const stages = written.map((stage, index): PipelineStage => {
    const calls = readCalls(stage);
    return {
      refId: String(index + 1),
      requisiteStageRefIds: resolveAfter(stage, index, written),
      type: stage.type,
      name: stage.name,
      context: stage.context,
      ...(stage.leavesOpen === undefined ? {} : { leavesOpen: stage.leavesOpen }),
      ...(calls.length === 0 ? {} : { calls }),
      ...(stage.window === undefined ? {} : { windows: [{ of: 'this stage', window: stage.window }] }),
    };
  });
  refuseCycles(stages, written);
  checkStageReferences(stages, written, stageTypes);
  checkParameterReferences(name, written, wanted);
  return stages;
}

/**
 * Reads one pipeline: a list of stages, or a map of them and of what holds for the whole. Without another word one
 * execution runs at a time, and others wait for it in their order. `timeZone` is that of windows that name none.
 */
export function parsePipeline(
  name: string,
  value: YamlValue,
  { stageTypes, timeZone }: { readonly stageTypes: StageTypes; readonly timeZone: string },
): Pipeline | undefined {
  const fields = value.isObject ? value.object({ known, notYet: ['triggers', 'notifications'], advice }) : undefined;
  const isStrategy = fields?.get('strategy')?.boolean() === true;
  const limits = readLimits(fields, isStrategy);
  const at = fields === undefined ? value : fields.require('stages', 'stages: [{ type: deploy }]');
  const parameters = fields === undefined ? [] : readParameters(fields);
  if (at !== undefined && isStrategy) checkStrategyStages(at);
  const stages = at === undefined ? undefined : parseStages(name, at, { stageTypes, timeZone, parameters, isStrategy });
  const windowAt = fields?.get('window');
  const window = windowAt && parseWindow(windowAt, timeZone);
  if (at !== undefined)
    refuseNeverOpen(windowAt ?? at, stages ?? [], { pipeline: { name, ...(window === undefined ? {} : { window }) } });
  const rest = {
    description: fields?.get('description')?.text(),
    startExpiryMs: fields?.get('startExpiry')?.durationMs(),
    disabled: fields?.get('disabled')?.boolean(),
    window,
    ...(isStrategy ? { strategy: true } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
  };
  return stages === undefined ? undefined : withoutAbsent<Pipeline>({ name, stages, ...limits, ...rest });
}

/** The maps of a stage in which regions of accounts may stand: the stage itself and the contexts of its preconditions. */
function placesIn(stage: YamlValue): readonly YamlObject[] {
  const fields = stage.isObject ? stage.object({ known: undefined }) : undefined;
  if (fields === undefined) return [];
  const contexts = preconditionContexts(fields).flatMap((context) => context.object({ known: undefined }) ?? []);
  return [fields, ...contexts].filter(({ value }) => !isSpelledOut(value.data() as StageContext));
}

/** Refuses regions that no account has, but for those in Spinnaker's spelling, with `credentials`. */
export function checkRegions(value: YamlValue, known: readonly string[]): void {
  const stages = stagesAt(value);
  const items = stages?.isList === true ? (stages.list() ?? []) : [];
  for (const fields of items.flatMap(placesIn)) {
    const regions = fields.get('regions');
    if (regions?.isList !== true) continue;
    for (const region of regions.list() ?? []) {
      const name = region.text();
      if (name === undefined || known.includes(name)) continue;
      if (!region.refusesExpression('Write account/region.')) {
        region.fail(`Unknown region '${name}'. ${didYouMean(name, known)}`);
      }
    }
  }
}
