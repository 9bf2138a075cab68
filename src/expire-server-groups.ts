import type { ServerGroups } from './dcos/server-groups';
import { keyLabel } from './dcos/server-groups';
import type { Clock } from './engine/clock';
import type { Expiries } from './engine/contracts/expiries';
import type { TrafficGuard } from './engine/contracts/guard';
import { executionKind, expiryKind } from './engine/document-kinds';
import { liveMessageId } from './engine/drain-execution';
import { putMessage } from './engine/messages';
import type { DocumentStore } from './engine/ports/document-store';
import type { DueHandler } from './engine/ports/wake';
import { expiryId, type Expiry } from './model/expiry';
import { isDisabled, locationName, type ServerGroup } from './model/server-group';
import { isComplete } from './model/status';
import type { Text } from './model/text';

/** When to look again: while something is under way or cannot be seen, and after the deletion was sent. */
const laterMs = 60_000;
const soonMs = 5_000;
/** How long it is remembered that we destroyed a group: longer than a cluster is out of sight. */
const rememberedMs = 24 * 3_600_000;

type Parts = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly serverGroups: ServerGroups;
  readonly trafficGuard: TrafficGuard;
};

/** What a look came to: look again then, go on to destroying, or an end with what is said of it. */
type Look =
  { readonly again: number } | { readonly next: 'destroying' } | { readonly end: 'destroyed' | 'gone' | 'spared' };

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
  if (!answer.allowed) return { again: laterMs };
  await parts.serverGroups.destroy(location, group.name, { force: false });
  return { again: soonMs };
}

async function look(parts: Parts, expiry: Expiry): Promise<Look> {
  const group = await parts.serverGroups.get(expiry.location, expiry.serverGroupName);
  if (group?.labels[keyLabel] !== expiry.key) return { end: expiry.state === 'destroying' ? 'destroyed' : 'gone' };
  if (await isBusy(parts.store, expiry.cluster)) return { again: laterMs };
  if (!isDisabled(group)) return { end: 'spared' };
  return expiry.state === 'kept' ? { next: 'destroying' } : destroy(parts, expiry, group);
}

const headlines: Readonly<Record<'destroyed' | 'gone' | 'spared', string>> = {
  destroyed: ' had not come up. Kept for diagnosis until now, it is destroyed.',
  gone: ' had not come up and was to be destroyed now; somebody removed it before.',
  spared: ' had not come up and was to be destroyed now; it is in service again, so it stays.',
};

/** Says in the thread of the deploy what became of the group. */
async function tell({ store, clock }: Parts, expiry: Expiry, end: keyof typeof headlines): Promise<void> {
  const execution = (await store.get(executionKind, expiry.executionId))?.document;
  if (execution?.report === undefined) return;
  const where = `${expiry.serverGroupName} in ${locationName(expiry.location)}`;
  const headline: Text = [{ strong: where }, headlines[end]];
  await putMessage(store, {
    now: clock.now(),
    teamId: expiry.teamId,
    id: `${expiryId(expiry)}/expired`,
    target: { kind: 'thread', parentId: liveMessageId(expiry.executionId), broadcast: false },
    view: { headline, tone: end === 'spared' ? 'attention' : 'neutral' },
  });
}

/**
 * Handles the expiry of a server group that did not come up: waits while an execution works on the cluster, spares a
 * group that is in service again, and destroys behind the traffic guard. What cannot be done now is tried again; what was
 * destroyed is remembered for a day.
 */
export function createExpiryHandler(parts: Parts): DueHandler {
  const { store, clock, trafficGuard } = parts;
  return async (claimed, owner) => {
    const expiry = claimed.document as Expiry;
    if (expiry.state === 'destroyed') {
      await store.delete(expiryKind, claimed.id);
      return;
    }
    const found = await look(parts, expiry).catch((): Look => ({ again: laterMs }));
    if ('end' in found) {
      await trafficGuard.release(expiry.location, expiry.cluster, expiryId(expiry));
      await tell(parts, expiry, found.end);
      if (found.end === 'destroyed') {
        const destroyed = (document: Expiry): Expiry => ({ ...document, state: 'destroyed' });
        const forgottenAt = clock.now() + rememberedMs;
        await store.update(expiryKind, claimed.id, destroyed, { due: () => forgottenAt, release: owner });
        return;
      }
      await store.delete(expiryKind, claimed.id);
      return;
    }
    const due = clock.now() + ('again' in found ? found.again : 0);
    const change = (document: Expiry): Expiry =>
      'next' in found && document.state !== found.next ? { ...document, state: found.next } : document;
    await store.update(expiryKind, claimed.id, change, { due: () => due, release: owner });
  };
}
