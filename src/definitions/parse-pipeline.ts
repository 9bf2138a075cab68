import type { Pipeline, PipelineStage } from '../model/application';
import { checkStageReferences } from './check-references';
import { didYouMean } from './did-you-mean';
import { parseStage, type StageTypes, type WrittenStage } from './parse-stage';
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

/** Reads one pipeline: stages follow one another unless `after` says otherwise. */
export function parsePipeline(name: string, value: YamlValue, stageTypes: StageTypes): Pipeline | undefined {
  const items = value.list();
  if (items === undefined) return undefined;
  if (items.length === 0) return value.fail(`Pipeline '${name}' has no stages. Add one: [{ type: deploy }]`);
  const written = items.flatMap((item) => parseStage(item, stageTypes) ?? []);
  if (written.length < items.length) return undefined;
  const stages = written.map((stage, index) => ({
    refId: String(index + 1),
    requisiteStageRefIds: resolveAfter(stage, index, written),
    type: stage.type,
    name: stage.name,
    context: stage.context,
  }));
  refuseCycles(stages, written);
  checkStageReferences(stages, written, stageTypes);
  return { name, stages };
}

/** Refuses regions of deploy stages that no account has. */
export function checkRegions(value: YamlValue, known: readonly string[]): void {
  for (const item of value.isList ? (value.list() ?? []) : []) {
    const regions = item.isObject ? item.object({ known: undefined })?.get('regions') : undefined;
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
