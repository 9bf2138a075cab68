import type { ServerGroups } from './dcos/server-groups';
import { keyLabel } from './dcos/server-groups';
import type { Clock } from './engine/clock';
import type { Expiries } from './engine/contracts/expiries';
import type { TrafficGuard } from './engine/contracts/guard';
import { lockCluster, unlockCluster } from './engine/cluster-lock';
import { executionKind, expiryKind } from './engine/document-kinds';
import { threadIdOf } from './engine/drain-execution';
import { putMessage } from './engine/messages';
import type { Claimed, DocumentStore } from './engine/ports/document-store';
import type { DueHandler } from './engine/ports/wake';
import { auditedSelf, auditFact, type AuditFact } from './model/audit';
import { asCoxswainError } from './model/errors';
import { expiryId, type Expiry } from './model/expiry';
import { parseMoniker } from './model/moniker';
import { isDisabled, locationName, type ServerGroup } from './model/server-group';
import { isComplete } from './model/status';
import type { Text } from './model/text';
import { readStop } from './policy/stop';

/** When to look again: while something is under way or cannot be seen, and after the deletion was sent. */
const laterMs = 60_000;
const soonMs = 5_000;
/** How long it is remembered that we destroyed a group: longer than a cluster is out of sight. */
const rememberedMs = 24 * 3_600_000;

/** A size that was set later than this after the end of its deploy is somebody's wish; DC/OS and we may read different clocks. */
const clocksDifferMs = 60_000;

/** After so many failures in a row the thread is told; it is tried on. */
const failuresTold = 10;
/** How long a DC/OS cluster may be missing from accounts.yaml before its groups are given up: it may be a mistake. */
const unconfiguredMs = 24 * 3_600_000;

type Parts = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly serverGroups: ServerGroups;
  readonly trafficGuard: TrafficGuard;
  /** Writes facts to the audit log, each once however often it is told. */
  readonly record: (facts: readonly AuditFact[]) => Promise<void>;
  /** Told of every failed try; the next one comes by itself. */
  readonly onError: (error: unknown, expiryId: string) => void;
};

type End = 'destroyed' | 'gone' | 'spared' | 'used' | 'abandoned';

/** What a look came to: look again then, go on to destroying, or an end with what is said of it. */
type Look =
  | { readonly again: number; readonly refused?: string; readonly unconfiguredSince?: number }
  | { readonly next: 'destroying' }
  | { readonly end: End };

/** Plans expiries as due documents of their own. */
export const createExpiries = (store: DocumentStore): Expiries => ({
  plan: async (expiry) => {
    await store.create(expiryKind, expiryId(expiry), expiry, { due: expiry.destroyAt });
  },
});

async function isBusy(store: DocumentStore, cluster: string): Promise<boolean> {
  const index = { name: 'cluster', value: cluster };
  const newest = await store.list(executionKind, { index, newestFirst: true, limit: 5 });
  return newest.some(({ document }) => !isComplete(document.status));
}

/** Whether a group that is out of service has been in service since its deploy was over: it may be the way back by now. */
async function wasUsed({ store }: Parts, { executionId }: Expiry, { scaledTime }: ServerGroup): Promise<boolean> {
  const endTime = (await store.get(executionKind, executionId))?.document.endTime;
  return endTime !== undefined && scaledTime !== undefined && scaledTime > endTime + clocksDifferMs;
}

type Moment = End | 'destroying';

/** What is written down of an expiry: that the group is about to be destroyed, and what became of it. */
function expiryFact({ clock }: Parts, expiry: Expiry, moment: Moment): AuditFact {
  const { cluster, serverGroupName, location, executionId, keptSince } = expiry;
  const isEffect = moment === 'destroying' || moment === 'destroyed';
  const kept = expiry.why === 'adoption' ? 'kept after an adoption' : 'kept for diagnosis';
  return auditFact({
    id: `${expiryId(expiry)}/expiry/${moment}`,
    at: clock.now(),
    kind: isEffect ? 'effect' : 'background',
    action: 'expire',
    who: auditedSelf,
    what: `DC/OS: ${serverGroupName} in ${locationName(location)}`,
    why: `${kept} since ${new Date(keptSince).toISOString()}`,
    from: { surface: 'coxswain' },
    outcome: moment === 'destroying' ? 'INTENDED' : moment.toUpperCase(),
    executionId,
    ...applicationOf(cluster),
  });
}

function applicationOf(cluster: string): { readonly application?: string; readonly environment?: string } {
  const moniker = parseMoniker(cluster);
  if (moniker === undefined) return {};
  return { application: moniker.app, ...(moniker.stack === null ? {} : { environment: moniker.stack }) };
}

async function destroy(parts: Parts, expiry: Expiry, group: ServerGroup): Promise<Look> {
  const { location, cluster, executionId } = expiry;
  const request = {
    location,
    cluster,
    operation: 'Destroying',
    going: [group.name],
    key: expiryId(expiry),
    executionId,
  };
  const answer = await parts.trafficGuard.reserve(request);
  if ('moved' in answer) return { again: 0 };
  if (!answer.allowed) return { again: laterMs, refused: answer.reason };
  await parts.record([expiryFact(parts, expiry, 'destroying')]);
  await parts.serverGroups.destroy(location, group.name, { force: false });
  return { again: soonMs };
}

async function look(parts: Parts, expiry: Expiry): Promise<Look> {
  if ((await readStop(parts.store, expiry.teamId)) !== undefined) return { again: laterMs };
  const group = await parts.serverGroups.get(expiry.location, expiry.serverGroupName);
  if (group?.labels[keyLabel] !== expiry.key) return { end: expiry.state === 'destroying' ? 'destroyed' : 'gone' };
  if (await isBusy(parts.store, expiry.cluster)) return { again: laterMs };
  if (!isDisabled(group)) return { end: 'spared' };
  if (await wasUsed(parts, expiry, group)) return { end: 'used' };
  return expiry.state === 'kept' ? { next: 'destroying' } : destroy(parts, expiry, group);
}

/** The last look and the deletion are one act: no execution starts on the cluster between them. */
async function lookLocked(parts: Parts, expiry: Expiry): Promise<Look> {
  const holder = { executionId: expiry.executionId, expiryId: expiryId(expiry) };
  if ((await lockCluster(parts.store, expiry.cluster, holder)) !== undefined) return { again: laterMs };
  try {
    return await look(parts, expiry);
  } finally {
    // Also after a failure: who wants to deploy must not wait for what cannot be destroyed.
    await unlockCluster(parts.store, expiry.cluster, holder);
  }
}

const headlines: Readonly<Record<End, string>> = {
  destroyed: ' had not come up. Kept for diagnosis until now, it is destroyed.',
  gone: ' had not come up and was to be destroyed now; it is gone already.',
  abandoned:
    ' had not come up and was to be destroyed. Its DC/OS cluster has not been in accounts.yaml for a day, so it is left as it is: remove it by hand if it is still there.',
  spared: ' had not come up and was to be destroyed now; it is in service again, so it stays.',
  used: ' had not come up and was to be destroyed now; it has been in service since, so it stays.',
};

type Telling = { readonly id: 'expired' | 'failing'; readonly words: string; readonly tone: 'attention' | 'neutral' };

/** Says something of the group in the thread of its deploy. */
async function tell({ store, clock }: Parts, expiry: Expiry, { id, words, tone }: Telling): Promise<void> {
  const execution = (await store.get(executionKind, expiry.executionId))?.document;
  if (execution?.report === undefined) return;
  const where = `${expiry.serverGroupName} in ${locationName(expiry.location)}`;
  const headline: Text = [{ strong: where }, words];
  await putMessage(store, {
    now: clock.now(),
    teamId: expiry.teamId,
    id: `${expiryId(expiry)}/${id}`,
    target: { kind: 'thread', parentId: threadIdOf(execution), broadcast: false },
    view: { headline, tone },
  });
}

async function conclude(parts: Parts, claimed: Claimed, owner: string, end: End): Promise<void> {
  const { store, clock, trafficGuard } = parts;
  const expiry = claimed.document as Expiry;
  await trafficGuard.release(expiry.location, expiry.cluster, expiryId(expiry));
  const tone = end === 'spared' || end === 'used' || end === 'abandoned' ? 'attention' : 'neutral';
  await tell(parts, expiry, { id: 'expired', words: headlines[end], tone });
  await parts.record([expiryFact(parts, expiry, end)]);
  if (end !== 'destroyed') {
    await store.delete(expiryKind, claimed.id);
    return;
  }
  const destroyed = (document: Expiry): Expiry => ({ ...document, state: 'destroyed' });
  const forgottenAt = clock.now() + rememberedMs;
  await store.update(expiryKind, claimed.id, destroyed, { due: () => forgottenAt, release: owner });
}

/** Counts failures in a row, and tells the thread of it once they are many. */
async function countFailure(parts: Parts, expiry: Expiry, why: string | undefined): Promise<number> {
  if (why === undefined) return 0;
  const failures = (expiry.failures ?? 0) + 1;
  if (failures < failuresTold) return failures;
  const words = ` had not come up and is to be destroyed, which failed ${failuresTold} times: ${why} It is tried again every minute.`;
  await tell(parts, expiry, { id: 'failing', words, tone: 'attention' });
  return failures;
}

/** A failed try: the same again later, or the end where the DC/OS cluster has not been configured for long. */
function lookAfter(error: unknown, { unconfiguredSince }: Expiry, now: number): Look {
  const { code, fields, message } = asCoxswainError(error);
  if (code !== 'NOT_FOUND' || fields.dcosCluster === undefined) return { again: laterMs, refused: message };
  const since = unconfiguredSince ?? now;
  if (now - since >= unconfiguredMs) return { end: 'abandoned' };
  return { again: laterMs, refused: message, unconfiguredSince: since };
}

/** What is kept of a look that was not the last: the state, and what went wrong in a row until now. */
const changeBy =
  (found: Exclude<Look, { readonly end: End }>, failures: number) =>
  ({ failures: _failures, unconfiguredSince: _since, ...document }: Expiry): Expiry => ({
    ...document,
    ...('next' in found ? { state: found.next } : {}),
    ...(failures === 0 ? {} : { failures }),
    ...('again' in found && found.unconfiguredSince !== undefined
      ? { unconfiguredSince: found.unconfiguredSince }
      : {}),
  });

/**
 * Handles the expiry of a server group that did not come up: waits while everything is stopped and while an execution works on the cluster, spares a
 * group that is in service again or has been since, and destroys behind the traffic guard with the cluster locked. What cannot be done now
 * is tried again, for a day where the DC/OS cluster is not configured any more; what was destroyed is remembered for a day.
 */
export function createExpiryHandler(parts: Parts): DueHandler {
  const { store, clock, onError } = parts;
  return async (claimed, owner) => {
    const expiry = claimed.document as Expiry;
    if (expiry.state === 'destroyed') {
      await store.delete(expiryKind, claimed.id);
      return;
    }
    const found = await (expiry.state === 'kept' ? look : lookLocked)(parts, expiry).catch((error: unknown): Look => {
      onError(error, claimed.id);
      return lookAfter(error, expiry, clock.now());
    });
    if ('end' in found) {
      await conclude(parts, claimed, owner, found.end);
      return;
    }
    const failures = await countFailure(parts, expiry, 'again' in found ? found.refused : undefined);
    const due = clock.now() + ('again' in found ? found.again : 0);
    await store.update(expiryKind, claimed.id, changeBy(found, failures), { due: () => due, release: owner });
  };
}
