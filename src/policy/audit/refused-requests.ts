import type { Clock } from '../../engine/clock';
import type { NewId } from '../../engine/ids';
import { auditFact, type AuditOrigin } from '../../model/audit';
import type { AuditLog } from './audit-log';

/** A request that was refused before it became a command. It never holds what the request carried. */
export type RefusedRequest = {
  /** One word for it. */
  readonly action:
    'forgedRequest' | 'untimelyRequest' | 'replayedRequest' | 'staleButton' | 'unknownToken' | 'refusedRequest';
  /** Slack user id, where it is known for certain who asks; absent for anybody. */
  readonly user?: string;
  /** Whose requests are counted together where nobody is known: an address. */
  readonly address?: string;
  /** What was asked, in our own words: `POST /slack/events`. */
  readonly what: string;
  readonly why: string;
  readonly from: AuditOrigin;
};

/** Counts what is refused, and writes it to the audit log. */
export type RefusedRequests = {
  readonly note: (request: RefusedRequest) => void;
  /** Writes down what was counted so far. Never rejects. */
  readonly flush: () => Promise<void>;
};

/** What counting takes. */
export type RefusedRequestsParts = {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly record: AuditLog['record'];
  /** Told why the log could not be written; what was counted is lost then. */
  readonly onError: (error: unknown) => void;
};

type Counted = { readonly request: RefusedRequest; readonly at: number; readonly count: number };

const periodMs = 60_000;
/** Further ones are counted together, so that a minute adds no more than a few dozen entries whoever attacks. */
const mostSources = 20;
const unknownPerson = 'unknown';
const others = 'many addresses';

const keyOf = ({ action, user, address }: RefusedRequest): string => `${action} ${user ?? ''} ${address ?? ''}`;

/** The request as one of those whose sources are not told apart. */
function oneOfMany({ user: _user, address: _address, ...request }: RefusedRequest): RefusedRequest {
  return { ...request, address: others, ...(request.from.surface === 'webhook' ? { from: manyOrigin } : {}) };
}

const manyOrigin = { surface: 'webhook', source: others } as const;

function factOf({ request, at, count }: Counted, id: string) {
  const { action, user = unknownPerson, address, what, why, from } = request;
  const whence = address === undefined ? '' : ` from ${address}`;
  const often = count === 1 ? 'once' : `${count} times within a minute`;
  return auditFact({
    id: `refused/${id}`,
    at,
    kind: 'refusal',
    action,
    who: user,
    what: `${what}${whence}, ${often}`,
    why,
    from,
    outcome: 'NOT_ALLOWED',
  });
}

/**
 * Writes what is refused before anybody's command is stored to the chain `@coxswain`: for each source and kind one entry a
 * minute, with the first instant and how often. It is written a minute after the first, so that a crash loses a minute of it.
 */
export function createRefusedRequests({ clock, newId, record, onError }: RefusedRequestsParts): RefusedRequests {
  let counted = new Map<string, Counted>();
  let disarm: () => void = () => undefined;
  const flush = async (): Promise<void> => {
    disarm();
    const facts = [...counted.values()].map((one) => factOf(one, newId()));
    counted = new Map();
    if (facts.length > 0) await record(facts).catch(onError);
  };
  return {
    note: (wanted) => {
      if (counted.size === 0) disarm = clock.after(periodMs, () => void flush());
      const request = counted.has(keyOf(wanted)) || counted.size < mostSources ? wanted : oneOfMany(wanted);
      const key = keyOf(request);
      const known = counted.get(key) ?? { request, at: clock.now(), count: 0 };
      counted.set(key, { ...known, count: known.count + 1 });
    },
    flush,
  };
}
