import { createHash } from 'node:crypto';
import type { AuditEntry, AuditFact } from '../../model/audit';

/** What comes before the first entry of all. */
export const noHash = '0'.repeat(64);

/** The chain of what names no application; no application can have this name. */
export const ownChain = '@coxswain';

/** The chain that a fact belongs to. */
export const chainOf = ({ application }: Pick<AuditFact, 'application'>): string => application ?? ownChain;

/** The UTC day of an instant, as `2026-01-31`. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** JSON whose keys are in the order of their UTF-16 units at every depth and which has no blanks: one text for one value. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}

/** What an entry's hash must be. */
export const hashOf = ({ hash: _hash, ...entry }: Partial<AuditEntry>): string =>
  createHash('sha256').update(canonicalJson(entry)).digest('hex');

/** Where a chain stands: its day, how many entries that has, and the hash of the last of all. */
export type ChainPlace = Pick<AuditEntry, 'chain' | 'day' | 'seq' | 'follows'> & { readonly hash: string };

/** The entry that comes after `place`. */
export function seal(fact: AuditFact, { chain, day, seq, hash, follows }: ChainPlace): AuditEntry {
  const entry = {
    ...fact,
    schema: 1 as const,
    chain,
    day,
    seq: seq + 1,
    previous: hash,
    ...(seq === 0 && follows !== undefined ? { follows } : {}),
  };
  return { ...entry, hash: hashOf(entry) };
}
