import type { YamlValue } from './yaml-value';

const names = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** The number of a day's name or of its first letters, three at least; 1 is Monday. */
export function readDay(text: string): number | undefined {
  const found = names.findIndex((name) => text.length >= 3 && name.startsWith(text.toLowerCase()));
  return found === -1 ? undefined : found + 1;
}

function readRange(text: string): readonly number[] | undefined {
  const [first, last, ...more] = text.split('-').map((part) => readDay(part.trim()));
  if (first === undefined || more.length > 0) return undefined;
  if (!text.includes('-')) return [first];
  if (last === undefined) return undefined;
  const length = ((last - first + 7) % 7) + 1;
  return Array.from({ length }, (_each, index) => ((first - 1 + index) % 7) + 1);
}

function readItem(item: YamlValue): readonly number[] {
  const written = item.data();
  if (typeof written === 'number') {
    // Spinnaker counts from Sunday, 1, to Saturday, 7.
    const day = item.integer({ min: 1, max: 7 });
    return day === undefined ? [] : [((day + 5) % 7) + 1];
  }
  const text = item.text("days such as 'Mon-Fri'");
  if (text === undefined || item.refusesExpression('Write the days themselves.')) return [];
  const ranges = text.split(',').map(readRange);
  const days = ranges.flatMap((range) => range ?? []);
  return ranges.includes(undefined)
    ? (item.fail(
        `${item.label} '${text}' must be days such as 'Mon-Fri' or 'Mon, Wed', or numbers from 1 (Sunday) to 7 (Saturday).`,
      ) ?? [])
    : days;
}

/** Reads days of the week, `Mon-Fri`, `[Mon, Wed]` or Spinnaker's numbers, as numbers from 1 (Monday) to 7 (Sunday), sorted. */
export function readDays(value: YamlValue): readonly number[] {
  const items = value.isList ? (value.list() ?? []) : [value];
  return [...new Set(items.flatMap(readItem))].sort((one, other) => one - other);
}
