import { z } from 'zod';
import { auditKinds, type AuditEntry } from '../../model/audit';
import { chainOf, hashOf } from './chain';

const text = z.string();
const day = text.regex(/^\d{4}-\d\d-\d\d$/);
const seq = z.number().int().min(1);
const hash = text.regex(/^[0-9a-f]{64}$/);

const origin = z.discriminatedUnion('surface', [
  z.strictObject({ surface: z.literal('slack'), channel: text, message: text.optional() }),
  z.strictObject({ surface: z.literal('cli') }),
  z.strictObject({ surface: z.literal('webhook'), source: text }),
  z.strictObject({ surface: z.literal('execution'), executionId: text }),
  z.strictObject({ surface: z.literal('coxswain') }),
]);

const entrySchema = z.strictObject({
  schema: z.literal(1),
  chain: text.min(1),
  day,
  seq,
  previous: hash,
  follows: z.strictObject({ day, seq }).optional(),
  hash,
  id: text,
  at: z.number(),
  kind: z.enum(auditKinds),
  action: text,
  who: text,
  what: text,
  why: text.optional(),
  from: origin,
  outcome: text.optional(),
  application: text.optional(),
  environment: text.optional(),
  executionId: text.optional(),
});

const endSchema = z.strictObject({
  type: z.literal('end'),
  chain: text.min(1),
  from: day.optional(),
  day: day.optional(),
  seq: z.number().int().min(0),
  hash,
});

/** The last line of a chain in an export: its last entry, and the first day that was asked for, where one was. */
export type AuditEnd = z.infer<typeof endSchema>;

/** An entry as it is read, or the end of its chain. */
export type AuditRecord = AuditEntry | AuditEnd;

/** What a line of an export is; `broken` is what is neither an entry of its own chain whose hash is right nor the end of a chain. */
export type AuditLine =
  | { readonly type: 'entry'; readonly entry: AuditEntry }
  | { readonly type: 'end'; readonly end: AuditEnd }
  | { readonly type: 'broken' };

/** Reads what a line holds, already parsed. */
export function readAuditLine(value: unknown): AuditLine {
  const end = endSchema.safeParse(value);
  if (end.success) return { type: 'end', end: end.data };
  if (!entrySchema.safeParse(value).success) return { type: 'broken' };
  // The value itself, since parsing sets the fields that are absent in another way than they were hashed.
  const entry = value as AuditEntry;
  return hashOf(entry) === entry.hash && chainOf(entry) === entry.chain ? { type: 'entry', entry } : { type: 'broken' };
}

/** The line of a text; one that is no JSON is broken too. */
export function parseAuditLine(line: string): AuditLine {
  try {
    return readAuditLine(JSON.parse(line));
  } catch {
    return { type: 'broken' };
  }
}

/** Whether a record is an entry, and not the end of a chain. */
export const isEntry = (record: AuditRecord): record is AuditEntry => !('type' in record);
