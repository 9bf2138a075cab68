import { z } from 'zod';

/** Which requests a fault meets: the method (any case) and a pattern of the path; `times` uses, for ever when absent. */
type RequestMatch = { readonly method?: string; readonly path?: string; readonly times?: number };

/**
 * Something that goes wrong on purpose. `apps` and `path` are patterns in which `*` stands for anything: `apps` must
 * match the whole id, `path` and `image` any part.
 *
 * | kind | effect |
 * | --- | --- |
 * | `noOffers` | matching apps are never offered resources; the queue shows `reason` (InsufficientCpus when absent) |
 * | `crash` | tasks of matching apps or images fail `afterMs` (100) after they run; `running: true` also those that run now |
 * | `unhealthy` | health checks of matching apps fail |
 * | `http` | a matching request is refused with `status` (503), as HTML when `html` |
 * | `slow` | the reply to a matching request comes `delayMs` later |
 * | `lostReply` | a matching request takes effect, then the connection is cut |
 * | `agentLost` | agents whose id or hostname matches are cut off: their tasks are unreachable until the fault is cleared |
 * | `noLeader` | Marathon has no leader: 503 with an empty body, and 404 from /v2/leader |
 * | `dropEvents` | events of these types (all when absent) are never sent |
 * | `dropStreams` | every open event stream is cut, once |
 * | `refuseStreams` | new event streams are refused with 503 |
 */
export type Fault =
  | { readonly kind: 'noOffers'; readonly apps: string; readonly reason?: string }
  | {
      readonly kind: 'crash';
      readonly apps?: string;
      readonly image?: string;
      readonly afterMs?: number;
      readonly running?: boolean;
      readonly message?: string;
    }
  | { readonly kind: 'unhealthy'; readonly apps: string }
  | ({ readonly kind: 'http'; readonly status?: number; readonly html?: boolean } & RequestMatch)
  | ({ readonly kind: 'slow'; readonly delayMs: number } & RequestMatch)
  | ({ readonly kind: 'lostReply' } & RequestMatch)
  | { readonly kind: 'agentLost'; readonly agent: string }
  | { readonly kind: 'noLeader' }
  | { readonly kind: 'dropEvents'; readonly events?: readonly string[] }
  | { readonly kind: 'dropStreams' }
  | { readonly kind: 'refuseStreams' };

/** The faults in force. */
export type FaultBox = {
  /** Adds a fault and returns the id to remove it by. */
  readonly add: (fault: Fault) => string;
  /** Removes one fault, or all when no id is given. */
  readonly clear: (id?: string) => void;
  readonly list: () => readonly (Fault & { readonly id: string })[];
  /** The first fault of a kind that `matches` accepts. */
  readonly find: <K extends Fault['kind']>(
    kind: K,
    matches: (fault: Extract<Fault, { kind: K }>) => boolean,
  ) => Extract<Fault, { kind: K }> | undefined;
  /** As `find` for a request; a fault with `times` is used up by it. */
  readonly takeForRequest: <K extends 'http' | 'slow' | 'lostReply'>(
    kind: K,
    method: string,
    path: string,
  ) => Extract<Fault, { kind: K }> | undefined;
};

/** Whether text matches a pattern in which `*` stands for anything; `whole` forbids text before and after. */
export function matchesPattern(pattern: string, text: string, whole: boolean): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(whole ? `^${source}$` : source).test(text);
}

const pattern = z.string();
const requestMatch = { method: z.string().optional(), path: pattern.optional(), times: z.int().min(1).optional() };
const crash = z.object({
  kind: z.literal('crash'),
  apps: pattern.optional(),
  image: pattern.optional(),
  afterMs: z.number().min(0).optional(),
  running: z.boolean().optional(),
  message: z.string().optional(),
});

const faultSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('noOffers'), apps: pattern, reason: z.string().optional() }),
  crash,
  z.object({ kind: z.literal('unhealthy'), apps: pattern }),
  z.object({
    kind: z.literal('http'),
    status: z.int().min(200).max(599).optional(),
    html: z.boolean().optional(),
    ...requestMatch,
  }),
  z.object({ kind: z.literal('slow'), delayMs: z.number().min(0), ...requestMatch }),
  z.object({ kind: z.literal('lostReply'), ...requestMatch }),
  z.object({ kind: z.literal('agentLost'), agent: pattern }),
  z.object({ kind: z.literal('noLeader') }),
  z.object({ kind: z.literal('dropEvents'), events: z.array(z.string()).optional() }),
  z.object({ kind: z.literal('dropStreams') }),
  z.object({ kind: z.literal('refuseStreams') }),
]);

/** Reads a fault out of a request body; undefined when it is none. Fields that its kind does not have are left out. */
export function parseFault(value: unknown): Fault | undefined {
  const { data } = faultSchema.safeParse(value);
  // What is absent stays so: the schema gives no field that was not given.
  return data as Fault | undefined;
}

function meetsRequest(fault: RequestMatch, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  return fault.path === undefined || matchesPattern(fault.path, path, false);
}

/** Creates the box of faults, with some in it from the start. */
export function createFaultBox(initial: readonly Fault[] = []): FaultBox {
  let sequence = 0;
  let entries: { readonly id: string; readonly fault: Fault; left: number }[] = [];
  const add = (fault: Fault) => {
    const id = `fault-${++sequence}`;
    entries.push({ id, fault, left: 'times' in fault ? (fault.times ?? Infinity) : Infinity });
    return id;
  };
  initial.forEach(add);
  const isKind = <K extends Fault['kind']>(fault: Fault, kind: K): fault is Extract<Fault, { kind: K }> =>
    fault.kind === kind;

  return {
    add,
    clear: (id) => {
      entries = id === undefined ? [] : entries.filter((entry) => entry.id !== id);
    },
    list: () => entries.map(({ id, fault }) => ({ ...fault, id })),
    find(kind, matches) {
      for (const { fault } of entries) if (isKind(fault, kind) && matches(fault)) return fault;
      return undefined;
    },
    takeForRequest(kind, method, path) {
      for (const entry of entries) {
        const { fault } = entry;
        if (!isKind(fault, kind) || entry.left <= 0) continue;
        if (!meetsRequest(fault, method, path)) continue;
        entry.left -= 1;
        if (entry.left <= 0) entries = entries.filter((other) => other !== entry);
        return fault;
      }
      return undefined;
    },
  };
}
