import { auditedSelf, auditFact, type AuditFact } from '../model/audit';
import { plainText } from '../model/text';
import type { DriftPlace } from './drift-view';
import { driftView } from './drift-view';
import type { GroupChange } from './find-changes';
import type { Outcome } from './outcome-of';

const words: Readonly<Record<Outcome, string>> = { putRight: 'PUT_RIGHT', changedAgain: 'CHANGED_AGAIN' };

/** What is written down of a change made outside, under the id of its message; and once more when there is an outcome. */
export function driftFact(
  change: GroupChange,
  place: DriftPlace,
  seen: { readonly id: string; readonly at: number; readonly outcome: Outcome | undefined },
): AuditFact {
  const { id, at, outcome } = seen;
  return auditFact({
    id: outcome === undefined ? id : `${id}/${outcome}`,
    at,
    kind: 'background',
    action: 'drift',
    who: auditedSelf,
    what: plainText(driftView(change, place, { seenAt: at, outcome: undefined }).headline),
    from: { surface: 'coxswain' },
    outcome: outcome === undefined ? 'SEEN' : words[outcome],
    application: place.application,
    environment: place.environment,
  });
}
