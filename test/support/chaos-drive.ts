import type { Kill } from '../../src/chaos';
import type { Environment } from '../../src/model/application';
import { CoxswainError } from '../../src/model/errors';
import { chaosApplication, chaosEnvironment, createChaosBench, type ChaosBenchOptions } from './chaos-kit';

/** Milliseconds. */
export const hourMs = 3_600_000;
/** Milliseconds. */
export const dayMs = 24 * hourMs;

/** `foo-prod` with three instances in one place. */
export function benchOf(over: Partial<Environment> = {}, more: Partial<ChaosBenchOptions> = {}) {
  const bench = createChaosBench({
    applications: [chaosApplication('foo', [chaosEnvironment('prod', over)])],
    ...more,
  });
  bench.seed('foo-prod-v001');
  return bench;
}

/** What `benchOf` makes. */
export type Bench = ReturnType<typeof benchOf>;

/** Runs until the one kill of the day is in some state. */
export async function runUntilIt(bench: Bench, is: Kill['state']['is']): Promise<Kill> {
  await bench.start();
  const end = bench.clock.now() + dayMs;
  while (bench.clock.now() < end) {
    const found = (await bench.kills()).find(({ state }) => state.is === is);
    if (found !== undefined) return found;
    if (!(await bench.handleDue())) {
      const next = await bench.store.nextDue(['kill', 'execution', 'chaos-schedule'], bench.clock.now());
      await bench.clock.advance(Math.max(1, (next ?? end) - bench.clock.now()));
    }
  }
  throw new Error(`It never was ${is}: ${JSON.stringify(await bench.kills())}`);
}

/** Handles what is due, and lets time pass, until something holds. */
export async function driveUntil(bench: Bench, holds: () => Promise<boolean>): Promise<void> {
  const end = bench.clock.now() + dayMs;
  while (!(await holds())) {
    if (bench.clock.now() >= end) throw new Error(`It never came: ${JSON.stringify(await bench.kills())}`);
    if (!(await bench.handleDue())) await bench.clock.advance(100);
  }
}

/** Until the execution has all but killed, which DC/OS does not answer; it does once the answer is called. */
export async function driveToTheKill(bench: Bench): Promise<() => void> {
  let tries = 0;
  bench.serverGroups.onEffect = (moment) => {
    if (moment === 'after') return;
    tries += 1;
    throw new CoxswainError('UNREACHABLE', { message: 'DC/OS does not answer.' });
  };
  await driveUntil(bench, () => Promise.resolve(tries > 0));
  return () => (bench.serverGroups.onEffect = () => undefined);
}

/** What chaos killed; who scales a group down kills for good. */
export const killsIn = ({ serverGroups }: Bench) =>
  serverGroups.effects.filter((effect) => effect.startsWith('kill ') && !effect.endsWith(' for good'));
/** How the one kill ended; undefined where it has not. */
export const endOf = async (bench: Bench) => {
  const { state } = await bench.kill();
  return state.is === 'ended' ? state : undefined;
};
