import { clipText, plainText, type Text } from './text';
import { hideTokens } from './hide-tokens';

/** What sort of thing happened. `lock` and `override` are people's too: a lock taken or lifted, a guard set aside. */
export const auditKinds = [
  'command',
  'decision',
  'refusal',
  'override',
  'lock',
  'execution',
  'effect',
  'background',
] as const;

/** One of the kinds. */
export type AuditKind = (typeof auditKinds)[number];

/** Where something came from: a chat, a terminal, a webhook, an execution at work, or Coxswain by itself. */
export type AuditOrigin =
  | { readonly surface: 'slack'; readonly channel: string; readonly message?: string }
  | { readonly surface: 'cli' }
  | { readonly surface: 'webhook'; readonly source: string }
  | { readonly surface: 'execution'; readonly executionId: string }
  | { readonly surface: 'coxswain' };

/** Who did it where nobody asked for it. */
export const auditedSelf = 'coxswain';

/** What happened, before it has its place in a log; plain JSON without secrets, its texts short. Made by `auditFact` only. */
export type AuditFact = {
  /** The event's own id: what has an id of the log's already is not written again. */
  readonly id: string;
  /** When it happened, in milliseconds since the epoch. */
  readonly at: number;
  readonly kind: AuditKind;
  /** One word for it: a verb of ours, the name of a task, what an execution did. */
  readonly action: string;
  /** Slack user id of whose doing it was; `coxswain` where nobody asked. */
  readonly who: string;
  readonly what: string;
  /** The reason that was given, or why it was refused; absent where there is none. */
  readonly why?: string;
  readonly from: AuditOrigin;
  /** How it went, in a word; absent where there is nothing to tell. */
  readonly outcome?: string;
  /** Absent for what names no application. */
  readonly application?: string;
  readonly environment?: string;
  readonly executionId?: string;
};

/** An entry of a log: a fact in its place, tied to the entry before. */
export type AuditEntry = AuditFact & {
  readonly schema: 1;
  /** The application, or `@coxswain` for what names none. */
  readonly chain: string;
  /** The UTC day on which it was written down, as `2026-01-31`. */
  readonly day: string;
  /** Counts from 1 on each day. */
  readonly seq: number;
  /** The hash of the entry before, 64 zeros before the first. */
  readonly previous: string;
  /** The last entry of the day before, in the first entry of each day but the first. */
  readonly follows?: { readonly day: string; readonly seq: number };
  /** SHA-256 of all else, as canonical JSON, in lower-case hex. */
  readonly hash: string;
};

type Fields = Omit<AuditFact, 'what' | 'why'> & { readonly what: Text; readonly why?: Text | undefined };

const longest = { what: 300, why: 500, word: 200, read: 4000 } as const;

function brief(text: Text, limit: number): string {
  // Control characters, line ends among them: an entry is one line wherever it is shown.
  const line = plainText(text)
    .slice(0, longest.read)
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  return clipText(hideTokens(line.replaceAll(/\p{Surrogate}/gu, '')).trim(), limit);
}

const briefly = (value: object): object =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]: [string, unknown]) => [
        name,
        typeof field === 'string' ? brief(field, longest.word) : field,
      ]),
  );

/**
 * The one way into the log: whatever happens is told by a function that ends here. Cuts every text to a few hundred characters
 * and takes out what looks like a secret; callers give names, ids and people's own words, never a body, a header, the value of
 * a variable or what a server answered.
 */
export function auditFact({ what, why, id, from, ...fields }: Fields): AuditFact {
  const reason = why === undefined ? '' : brief(why, longest.why);
  return {
    ...(briefly(fields) as typeof fields),
    id,
    from: briefly(from) as AuditOrigin,
    what: brief(what, longest.what),
    ...(reason === '' ? {} : { why: reason }),
  };
}
