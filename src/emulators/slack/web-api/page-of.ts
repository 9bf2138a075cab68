import type { JsonObject } from '../json';
import { asFilledText } from '../json';

const mostPerPage = 1000;

/** One page of a list by Slack's `limit` and `cursor`; `next` is '' on the last page. */
export function page<T>(
  all: readonly T[],
  args: JsonObject,
): { readonly members: readonly T[]; readonly next: string } {
  const asked = Number(asFilledText(args.limit) ?? '100');
  const limit = Number.isInteger(asked) && asked > 0 ? Math.min(asked, mostPerPage) : 100;
  const start = Number(Buffer.from(asFilledText(args.cursor) ?? '', 'base64').toString('utf8')) || 0;
  const end = start + limit;
  const next = end < all.length ? Buffer.from(String(end)).toString('base64') : '';
  return { members: all.slice(start, end), next };
}
