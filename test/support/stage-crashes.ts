import type { Execution } from '../../src/model/execution';
import { createCrashPoints } from './crash-points';
import { drive } from './engine-kit';
import { createStageBench } from './stage-kit';

type Bench = ReturnType<typeof createStageBench>;

/** An execution over a seeded DC/OS, and what of its end must be the same wherever the process stopped. */
export type Crashing = {
  readonly seed: (bench: Bench) => void;
  readonly execution: () => Execution;
  /** Stops at each so many points only, where what is run is long and its parts are tried by themselves. @default 1 */
  readonly every?: number;
  readonly end: (done: Execution, bench: Bench) => unknown;
  /** What files define; nothing by default. */
  readonly applications?: Parameters<typeof createStageBench>[1];
  /** @default true */
  readonly hasJenkins?: boolean;
};

async function runWith({ seed, execution, end, applications, hasJenkins = true }: Crashing, points: readonly number[]) {
  const crashes = createCrashPoints(new Set(points));
  const bench = createStageBench(crashes.wrap, applications, { hasJenkins });
  seed(bench);
  bench.serverGroups.onEffect = () => crashes.point();
  const built = execution();
  await bench.start(built);
  const handle = (loaded: Execution, owner: string) => {
    crashes.boot();
    return bench.handle(loaded, owner);
  };
  const done = await drive({ store: bench.store, clock: bench.clock, id: built.id, handle, maxMs: 7_200_000 });
  return { end: await end(done, bench), passed: crashes.passed() };
}

/**
 * Runs an execution through, then again and again with a stop before and after each of its writes and effects. Answers the
 * end without a stop, and every other end that differs from it, with the point it came from; none is the aim.
 */
export async function crashEverywhere(crashing: Crashing) {
  const { every = 1 } = crashing;
  const whole = await runWith(crashing, []);
  const differing: { readonly point: number; readonly end: unknown }[] = [];
  for (let point = 1; point <= whole.passed; point += every) {
    const { end } = await runWith(crashing, [point]);
    if (JSON.stringify(end) !== JSON.stringify(whole.end)) differing.push({ point, end });
  }
  return { end: whole.end, points: whole.passed, differing };
}
