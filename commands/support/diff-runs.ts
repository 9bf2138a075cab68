import { z } from 'zod';
import { topLevelStages } from '../../src/engine/graph';
import type { Execution, StageContext } from '../../src/model/execution';
import { locationName } from '../../src/model/server-group';
import type { Text } from '../../src/model/text';

const place = z.object({ account: z.string(), region: z.string(), dcosCluster: z.string(), group: z.string() });
const described = z.looseObject({
  location: place,
  docker: z.looseObject({ image: z.looseObject({ imageId: z.string() }) }).optional(),
});
const clusters = z.object({ clusters: z.array(described) });

type Description = z.infer<typeof described>;

/** What each region was to get, by region: of a stage that lists them, or of one that is for one region itself. */
function descriptionsOf(run: Execution): ReadonlyMap<string, Description> {
  const found = topLevelStages(run).flatMap(({ context }) => {
    const several = clusters.safeParse(context);
    if (several.success) return several.data.clusters;
    const single = described.safeParse(context);
    return single.success && single.data.docker !== undefined ? [single.data] : [];
  });
  return new Map(found.map((description) => [locationName(description.location), description]));
}

/** Whether a run says what server groups are made of, so that it can be compared with another. */
export const isDescribed = (run: Execution): boolean => descriptionsOf(run).size > 0;

/** Fields that say where it is, not what it is; the image is told by itself. */
const places: readonly string[] = [
  'location',
  'account',
  'region',
  'group',
  'dcosCluster',
  'application',
  'cloudProvider',
];
/** Fields of names and values, whose values may be secrets: only names are told. */
const named: readonly string[] = ['env', 'labels'];
const sizes: ReadonlyMap<string, string> = new Map([
  ['desiredCapacity', 'instances'],
  ['mem', 'memory MB'],
]);

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);
const scalarText = (value: unknown): string => (isScalar(value) ? String(value) : 'not given');
const isEqual = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
const keysOf = (...values: readonly StageContext[]): readonly string[] =>
  [...new Set(values.flatMap(Object.keys))].sort();

const asMap = (value: unknown): StageContext =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as StageContext) : {};

/** `env: + NEW, − OLD, changed LOG_LEVEL`. */
function namesDiff(field: string, before: StageContext, after: StageContext): string {
  const names = keysOf(before, after);
  const added = names.filter((name) => before[name] === undefined);
  const removed = names.filter((name) => after[name] === undefined);
  const changed = names.filter((name) => ![...added, ...removed].includes(name) && !isEqual(before[name], after[name]));
  const parts = [
    ...(added.length === 0 ? [] : [`added ${added.join(', ')}`]),
    ...(removed.length === 0 ? [] : [`removed ${removed.join(', ')}`]),
    ...(changed.length === 0 ? [] : [`changed ${changed.join(', ')}`]),
  ];
  return `${field}: ${parts.join('; ')}`;
}

function fieldDiff(field: string, before: unknown, after: unknown): string {
  if (named.includes(field)) return namesDiff(field, asMap(before), asMap(after));
  const isPlain = [before, after].every((value) => value === undefined || isScalar(value));
  if (isPlain) return `${sizes.get(field) ?? field}: ${scalarText(before)} → ${scalarText(after)}`;
  return `${field} differs`;
}

function descriptionDiff(before: Description, after: Description): readonly string[] {
  const [old, fresh] = [before.docker?.image.imageId, after.docker?.image.imageId];
  const image = old === fresh ? [] : [`image: ${scalarText(old)} → ${scalarText(fresh)}`];
  const fields = keysOf(before, after).filter((field) => field !== 'docker' && !places.includes(field));
  const differing = fields.filter((field) => !isEqual(before[field], after[field]));
  return [...image, ...differing.map((field) => fieldDiff(field, before[field], after[field]))];
}

/** The stages by name, where they are others. */
function stagesDiff(before: Execution, after: Execution): readonly Text[] {
  const [old, fresh] = [before, after].map((run) =>
    topLevelStages(run)
      .map(({ type }) => type)
      .join(' → '),
  );
  return old === fresh ? [] : [`stages: ${old ?? ''}; now ${fresh ?? ''}`];
}

/**
 * What differs between what two runs were defined to do, a line each: images, sizes, and of variables and labels only their
 * names, since their values may be secrets.
 */
export function diffRuns(before: Execution, after: Execution): readonly Text[] {
  const [old, fresh] = [descriptionsOf(before), descriptionsOf(after)];
  const regions = [...new Set([...old.keys(), ...fresh.keys()])].sort();
  const byRegion = regions.map((region) => {
    const [one, other] = [old.get(region), fresh.get(region)];
    if (one === undefined) return { region, lines: ['only in the later one'] };
    if (other === undefined) return { region, lines: ['only in the earlier one'] };
    return { region, lines: descriptionDiff(one, other) };
  });
  const [first] = byRegion;
  const isSame = byRegion.length > 1 && byRegion.every(({ lines }) => isEqual(lines, first?.lines));
  const shown = isSame && first !== undefined ? [{ region: 'everywhere', lines: first.lines }] : byRegion;
  const lines = shown.flatMap(({ region, lines: own }) => own.map((line): Text => [{ code: region }, ` ${line}`]));
  return [...lines, ...stagesDiff(before, after)];
}
