import type { Agent } from './context';

/** Where a task stands: its agent's value of a field, such as `hostname`; undefined where the agent has no such value. */
export type Place = (field: string) => string | undefined;

/** One constraint: field, operator, and a value for most operators. */
export type Constraint = readonly (string | undefined)[];

/** The place that an agent is; every agent stands in the emulated region and zone. */
export function placeOf({ hostname, attributes = {} }: Pick<Agent, 'hostname' | 'attributes'>): Place {
  return (name) => {
    const field = name.replace(/^@/, '');
    if (field === 'hostname') return hostname;
    if (name.startsWith('@')) return `emulated-${field}`;
    return Object.hasOwn(attributes, field) ? attributes[field] : undefined;
  };
}

/** Whether one more task may stand at a place beside those that stand at others (Marathon's Constraints). */
export function isFulfilled(
  [field = '', operator, value]: Constraint,
  place: Place,
  others: readonly Place[],
): boolean {
  const own = place(field);
  if (own === undefined) return operator === 'UNLIKE';
  const counts = countsOf(field, others);
  const count = counts.get(own) ?? 0;
  switch (operator) {
    case 'UNIQUE':
      return count === 0;
    case 'CLUSTER':
      return value === undefined || value === '' ? counts.size === 0 || count > 0 : own === value;
    case 'GROUP_BY':
      return count === 0 || (counts.size >= Number(value ?? 0) && count <= Math.min(...counts.values()));
    case 'MAX_PER':
      return count < Number(value);
    case 'LIKE':
      return isLike(own, value);
    case 'UNLIKE':
      return !isLike(own, value);
    default:
      return own === value;
  }
}

/** How many of some tasks stand at each value of a field. */
export function countsOf(field: string, places: readonly Place[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const place of places) {
    const value = place(field);
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** Whether text can be the value of LIKE and UNLIKE: a regular expression. */
export function isPattern(text = ''): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

function isLike(text: string, pattern = ''): boolean {
  return new RegExp(`^(?:${pattern})$`).test(text);
}
