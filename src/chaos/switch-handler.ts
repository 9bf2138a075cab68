import type { DueHandler } from '../engine/ports/wake';
import type { ChaosWorld } from './chaos-world';
import { switchKind, type ChaosSwitch } from './documents';

/** Handles a switch that was turned: writes that to the audit log. */
export function createSwitchHandler({
  store,
  clock,
  record,
}: Pick<ChaosWorld, 'store' | 'clock' | 'record'>): DueHandler {
  return async (claimed, owner) => {
    const { facts } = claimed.document as ChaosSwitch;
    await record(facts);
    const told = new Set(facts.map(({ id }) => id));
    const forget = (before: ChaosSwitch): ChaosSwitch =>
      told.size === 0 ? before : { ...before, facts: before.facts.filter(({ id }) => !told.has(id)) };
    await store.update(switchKind, claimed.id, forget, {
      due: (after) => (after.facts.length > 0 ? clock.now() : null),
      release: owner,
    });
  };
}
