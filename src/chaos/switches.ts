import type { DocumentStore } from '../engine/ports/document-store';
import { auditFact, type AuditFact, type AuditOrigin } from '../model/audit';
import { forAll, switchKind, type ChaosSwitch } from './documents';

/** Who turns chaos on or off, for one application or, without one, for all; again under the same id it changes nothing. */
export type TurnRequest = {
  readonly id: string;
  readonly teamId: string;
  readonly application?: string | undefined;
  readonly isOff: boolean;
  readonly by: string;
  readonly from: AuditOrigin;
  readonly reason: string;
  readonly now: number;
};

const mostApplied = 10;

const factOf = ({ id, application, isOff, by, from, reason, now }: TurnRequest): AuditFact =>
  auditFact({
    id: `chaos/${id}/${isOff ? 'off' : 'on'}`,
    at: now,
    kind: 'lock',
    action: isOff ? 'chaosOff' : 'chaosOn',
    who: by,
    what: `chaos of ${application ?? 'all applications'} is turned ${isOff ? 'off' : 'on'}`,
    why: reason,
    from,
    ...(application === undefined ? {} : { application }),
  });

/** The same object where it was done already. Pure. */
function foldTurn(before: ChaosSwitch, request: TurnRequest): ChaosSwitch {
  const { id, isOff, by, reason, now } = request;
  if (before.applied.includes(id)) return before;
  const applied = [...before.applied, id].slice(-mostApplied);
  return { ...before, isOff, by, at: now, reason, applied, facts: [...before.facts, factOf(request)] };
}

/** Turns chaos off, or on again; answers the switch as it stands then, which somebody else may have turned since. */
export async function turn(store: DocumentStore, request: TurnRequest): Promise<ChaosSwitch> {
  const { teamId, application = forAll, by, reason, now } = request;
  const untouched = { schema: 2, teamId, isOff: false, by, at: now, reason, applied: [], facts: [] } as const;
  const first = foldTurn(untouched, request);
  if (await store.create(switchKind, application, first, { due: now })) return first;
  const saved = await store.update(switchKind, application, (before) => foldTurn(before, request), { due: () => now });
  return saved?.document ?? first;
}

/** Why chaos is off by a switch, in a sentence that begins with `what`; undefined where nobody has turned it off. */
export const offText = (found: ChaosSwitch | undefined, what: string): string | undefined =>
  found?.isOff === true ? `${what} was turned off: ${found.reason}` : undefined;
