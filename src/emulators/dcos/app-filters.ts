import type { AppSpec } from './world';

/** The app filters of GET /v2/apps: `id` and `cmd` are substrings in any case, `label` a list of selectors, all true. */
export function matchesFilters(spec: AppSpec, query: URLSearchParams): boolean {
  const contains = (text: string, part: string | null) =>
    part === null || text.toLowerCase().includes(part.toLowerCase());
  if (!contains(spec.id, query.get('id'))) return false;
  if (!contains(spec.cmd ?? '', query.get('cmd'))) return false;
  const label = query.get('label');
  return label === null || splitSelectors(label).every((selector) => matchesSelector(spec.labels, selector));
}

/** The names in `embed`, whatever their prefix (`apps.`, `app.`, `group.apps.`). */
export function embedsOf(query: URLSearchParams): ReadonlySet<string> {
  const names = query.getAll('embed').flatMap((value) => value.split(','));
  return new Set(names.map((name) => name.trim().replace(/^(group\.apps|apps|app)\./, '')));
}

/** Splits at commas outside of parentheses; a backslash takes the next character as it is. */
function splitSelectors(text: string): readonly string[] {
  const parts = text.match(/(?:\([^)]*\)|\\.|[^,])+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function matchesSelector(labels: Readonly<Record<string, string>>, selector: string): boolean {
  const clean = (text = '') => text.trim().replace(/\\(.)/g, '$1');
  const valueOf = (label: string | undefined) => {
    const name = clean(label);
    return Object.hasOwn(labels, name) ? labels[name] : undefined;
  };
  const set = /^(.+?)\s+(in|notin)\s*\(([^)]*)\)$/.exec(selector);
  if (set !== null) {
    const value = valueOf(set[1]);
    const isIn = value !== undefined && (set[3] ?? '').split(',').map(clean).includes(value);
    return set[2] === 'in' ? isIn : value !== undefined && !isIn;
  }
  const pair = /^(.+?)\s*(==|!=)\s*(.*)$/.exec(selector);
  if (pair === null) return valueOf(selector) !== undefined;
  const value = valueOf(pair[1]);
  if (value === undefined) return false;
  return (value === clean(pair[3])) === (pair[2] === '==');
}
