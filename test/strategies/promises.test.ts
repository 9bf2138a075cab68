import axios from 'axios';
import { createExecutorHandlers } from '../../src/app';
import { connectClusters } from '../../src/dcos/cluster-connections';
import { createServerGroups } from '../../src/dcos/marathon-server-groups';
import { executionKind } from '../../src/engine/document-kinds';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { ServerGroupDescription } from '../../src/model/description';
import type { Execution } from '../../src/model/execution';
import { isComplete } from '../../src/model/status';
import { createEmulatedMarathon, type Mishap } from '../support/emulated-marathon';
import { buildPipeline } from '../support/engine-kit';
import { fetchNothing } from '../support/fetch-nothing';
import { createManualClock, type ManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';
import { noJobs } from '../support/no-jobs';
import { createRandom, type Random } from '../support/random';
import { sendSignal } from '../support/send-signal';
import { describeCluster } from '../support/stage-kit';

/** How many deployments are tried; a failure names its seed, and STRATEGY_SEED repeats it. */
const runs = Number(process.env.STRATEGY_RUNS ?? 40);
const names = ['none', 'highlander', 'redblack', 'rollingredblack', 'canary'] as const;
const oldId = '/nonprod/east/foo-dev-v000';
const newId = '/nonprod/east/foo-dev-v001';
const longestMs = 45 * 60_000;
const troubleKinds = ['requests', 'agent', 'neverHealthy', 'sickLater', 'noOffers', 'cancel', 'crash'] as const;
type Trouble = { readonly kind: (typeof troubleKinds)[number]; readonly from: number; readonly to: number };

/** The fewest healthy instances that a strategy leaves when it goes from M that serve to N: see each one's docstring. */
const promises: Readonly<Record<(typeof names)[number], (full: number, before: number) => number>> = {
  none: (_full, before) => before,
  highlander: (full, before) => Math.min(full, before),
  redblack: (full, before) => Math.min(full, before),
  rollingredblack: (full, before) => Math.min(full, before),
  canary: (full, before) => Math.min(full, before),
};

type App = { readonly id: string; readonly instances: number; readonly tasksHealthy: number };
type Core = ReturnType<typeof createEmulatedMarathon>['core'];
const appsOf = (core: Core): readonly App[] =>
  (core.handle({ method: 'GET', path: '/v2/apps' }).body as { readonly apps: readonly App[] }).apps;

/** One deployment that is to be tried: everything follows from its seed. */
function drawCase(seed: number) {
  const random = createRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const strategy = names[seed % names.length] ?? 'none';
  const full = 1 + below(20);
  const before = random() < 0.5 ? full : 1 + below(20);
  const troubles: readonly Trouble[] = Array.from({ length: below(3) }, () => {
    const from = Math.floor(random() ** 2 * 60_000);
    const kind = troubleKinds[below(troubleKinds.length)] ?? 'requests';
    return { kind, from: kind === 'neverHealthy' ? 0 : from, to: from + 2000 + below(40_000) };
  });
  const over: Partial<ServerGroupDescription> = {
    strategy,
    desiredCapacity: full,
    cpus: 0.1,
    mem: 32,
    stageTimeoutMs: 120_000,
    rollback: { onFailure: true },
    delayBeforeDisableSec: below(2) * 15,
    targetPercentages: [1 + below(60), 61 + below(39)],
    canary: [{ percentage: 1 + below(50), durationSec: 20, toleranceSec: 10 }],
    healthChecks: [
      {
        protocol: 'HTTP',
        path: '/health',
        gracePeriodSeconds: 10,
        intervalSeconds: 10,
        timeoutSeconds: 2,
        maxConsecutiveFailures: 3,
      },
    ],
  };
  return { random, strategy, full, before, troubles, over };
}

/** A store that loses its process now and then while there is that trouble: before a write, or right after it. */
function crashing(store: DocumentStore, isNow: () => boolean, random: Random): DocumentStore {
  const stop = () => {
    if (isNow() && random() < 0.2) throw new Error('The process stopped here.');
  };
  return {
    ...store,
    update: async (...call) => {
      stop();
      const result = await store.update(...call);
      stop();
      return result;
    },
  };
}

function setTrouble(core: Core, clock: ManualClock, { kind, from, to }: Trouble, random: Random): void {
  const between = (fault: Parameters<Core['setFault']>[0], end = to) => {
    clock.after(from, () => {
      const id = core.setFault(fault);
      clock.after(end - from, () => core.clearFaults(id));
    });
  };
  if (kind === 'neverHealthy') core.setFault({ kind: 'unhealthy', apps: newId });
  if (kind === 'sickLater') between({ kind: 'unhealthy', apps: newId }, longestMs);
  if (kind === 'noOffers') between({ kind: 'noOffers', apps: newId });
  if (kind === 'agent') {
    const agents = (core.handle({ method: 'GET', path: '/mesos/master/state' }).body as { slaves: { id: string }[] })
      .slaves;
    between({ kind: 'agentLost', agent: agents[Math.floor(random() * agents.length)]?.id ?? '' });
  }
}

/** What each request that takes from the old group would leave, before anything has gone back. */
function watchSteps(core: Core, isGoingBack: () => boolean) {
  const left: number[] = [];
  const handle = core.handle.bind(core);
  const look = (request: Parameters<Core['handle']>[0]): void => {
    if (request.method !== 'PUT' || !request.path.endsWith(oldId) || isGoingBack()) return;
    const size = (JSON.parse(String(request.body)) as { instances?: number }).instances;
    const apps = appsOf(core);
    const old = apps.find(({ id }) => id === oldId);
    if (size === undefined || old === undefined || size >= old.instances) return;
    const others = apps.filter(({ id }) => id !== oldId).reduce((sum, { tasksHealthy }) => sum + tasksHealthy, 0);
    left.push(others + Math.min(size, Math.max(0, old.tasksHealthy - (old.instances - size))));
  };
  Object.assign(core, {
    handle: (request: Parameters<Core['handle']>[0]) => {
      look(request);
      return handle(request);
    },
  });
  return left;
}

/** The fewest healthy instances, of all groups together, that any look after a change showed. */
function watchServing(core: Core, before: number) {
  let fewest = before;
  let isChanged = true;
  core.onChange(() => (isChanged = true));
  return {
    look: (): void => {
      if (!isChanged) return;
      isChanged = false;
      const serving = appsOf(core).reduce((sum, { tasksHealthy }) => sum + tasksHealthy, 0);
      fewest = Math.min(fewest, serving);
    },
    fewest: () => fewest,
  };
}

async function deployUnderTrouble(seed: number) {
  const { random, strategy, full, before, troubles, over } = drawCase(seed);
  const clock = createManualClock();
  const beganAt = clock.now();
  let seeded = false;
  const isNow = (kind: Trouble['kind']) =>
    seeded &&
    troubles.some(
      (each) => each.kind === kind && clock.now() - beganAt >= each.from && clock.now() - beganAt < each.to,
    );
  const meet = (): Mishap | undefined => {
    if (!isNow('requests') || random() < 0.5) return undefined;
    const effectAfterMs = random() < 0.5 ? 0 : undefined;
    const answer = (['refused', 'reset', 'cut'] as const)[Math.floor(random() * 3)] ?? 'reset';
    return { effectAfterMs: answer === 'cut' ? 0 : effectAfterMs, answerAfterMs: 50, answer };
  };
  const { core, adapter } = createEmulatedMarathon(clock, random, meet, { timings: { startMs: 1500 } });
  const healthChecks = [{ protocol: 'HTTP', path: '/health', gracePeriodSeconds: 10, intervalSeconds: 10 }];
  core.seed({ id: oldId, cmd: 'serve', instances: before, cpus: 0.1, mem: 32, healthChecks });
  await clock.advance(10_000);
  axios.defaults.adapter = adapter;
  const memory = createMemoryStore(() => clock.now());
  const store = crashing(memory, () => isNow('crash'), random);
  const clusters = connectClusters(
    new Map([['np1', { name: 'np1', url: 'http://dcos.invalid', auth: { type: 'none' as const } }]]),
    { clock },
  );
  let ids = 0;
  const handlers = createExecutorHandlers({
    fetchText: fetchNothing,
    jobs: noJobs,
    store,
    clock,
    newId: () => `N${(ids += 1)}`,
    teamId: 'T1',
    definitions: () => ({ applications: new Map(), clusters: new Map() }),
    serverGroups: createServerGroups({ clusters, clock }),
    onError: () => undefined,
  });
  seeded = true;
  for (const trouble of troubles) setTrouble(core, clock, trouble, random);
  const context = { clusters: [describeCluster(over)] };
  const execution = buildPipeline([{ ref: '1', type: 'deploy', context }]);
  await memory.create(executionKind, execution.id, execution, { due: clock.now() });
  let latest: Execution = execution;
  const isGoingBack = () => latest.stages.some(({ type }) => type === 'undoServerGroup');
  const left = watchSteps(core, isGoingBack);
  const serving = watchServing(core, before);
  const cancelAt = troubles.find(({ kind }) => kind === 'cancel')?.from;
  let isCanceled = false;
  for (let turn = 0; clock.now() - beganAt < longestMs && !isComplete(latest.status); turn += 1) {
    if (!isCanceled && cancelAt !== undefined && clock.now() - beganAt >= cancelAt) {
      isCanceled = true;
      await sendSignal({ store: memory, clock }, { type: 'cancel', user: 'UANN' });
    }
    const owner = `owner-${turn}`;
    const claimed = await memory.claimDue({
      kinds: [executionKind],
      owner,
      now: clock.now(),
      leaseMs: 3000,
      limit: 1,
    });
    for (const { id, version, document } of claimed) {
      const handled = handlers.execution({ kind: 'execution', id, version, document }, owner);
      const done = { is: false };
      void handled.catch(() => undefined).finally(() => (done.is = true));
      while (!done.is) {
        await clock.advance(50);
        serving.look();
      }
    }
    latest = (await memory.get(executionKind, execution.id))?.document ?? latest;
    if (claimed.length > 0) continue;
    const due = (await memory.nextDue(['execution'], clock.now())) ?? clock.now() + 1000;
    await clock.advance(Math.min(1000, Math.max(50, due - clock.now())));
    serving.look();
  }
  await clock.advance(60_000);
  const apps = appsOf(core);
  await core.stop();
  return { strategy, full, before, troubles, latest, left, fewest: serving.fewest(), apps };
}

/** What must hold all the time and at the end; the broken rules in words. */
function brokenRules(run: Awaited<ReturnType<typeof deployUnderTrouble>>): readonly string[] {
  const { strategy, full, before, troubles, latest, left, fewest, apps } = run;
  const promise = promises[strategy](full, before);
  const old = apps.find(({ id }) => id === oldId);
  const fresh = apps.find(({ id }) => id === newId);
  const has = (...kinds: readonly Trouble['kind'][]) => troubles.some(({ kind }) => kinds.includes(kind));
  const serves = (app: App | undefined, size: number) => app?.instances === size && app.tasksHealthy === size;
  // Where instances fall ill by themselves, only what the strategy takes out is its doing.
  const isQuiet = !has('agent', 'sickLater');
  const isNewSick = has('sickLater', 'neverHealthy');
  const broken: string[] = [];
  if (!isComplete(latest.status)) broken.push(`it never ended: ${latest.status}`);
  if (left.some((count) => count < promise)) broken.push(`steps left ${left.join(', ')}, promised ${promise}`);
  if (isQuiet && fewest < promise) broken.push(`only ${fewest} of ${promise} served at some time`);
  if (strategy === 'none' && !serves(old, before)) broken.push('the old was touched');
  if (latest.status === 'SUCCEEDED') {
    if (fresh?.instances !== full) broken.push(`succeeded with ${fresh?.instances} of ${full}`);
    if (!isNewSick && !serves(fresh, full)) broken.push('succeeded, but not all of the new serve');
    if (strategy !== 'none' && (old?.instances ?? 0) !== 0) broken.push('succeeded, but the old is in service');
    return broken;
  }
  // What highlander destroyed cannot come back: then the new one stays.
  if (!serves(old, before) && !(strategy === 'highlander' && fresh?.instances === full))
    broken.push(`${latest.status}, but the old has ${old?.tasksHealthy}/${old?.instances} of ${before}`);
  if (serves(old, before) && ['redblack', 'rollingredblack', 'canary'].includes(strategy) && fresh?.instances)
    broken.push(`${latest.status}, but the new has ${fresh.instances}`);
  return broken;
}

describe('strategies while DC/OS, the process and people do their worst', () => {
  it(`keep their promises in ${runs} random deployments of 1 to 20 instances`, async () => {
    const first = Number(process.env.STRATEGY_SEED ?? 1);
    const failures: unknown[] = [];
    const ends: Record<string, number> = {};
    for (let seed = first; seed < first + runs && failures.length < 3; seed += 1) {
      const run = await deployUnderTrouble(seed);
      ends[run.latest.status] = (ends[run.latest.status] ?? 0) + 1;
      const broken = brokenRules(run);
      const { strategy, full, before, troubles } = run;
      if (broken.length > 0) failures.push({ seed, broken, strategy, full, before, troubles });
    }
    expect(failures).toEqual([]);
    if (runs < 40) return;
    // Both ways to end were met often, or this proves nothing.
    expect(ends.SUCCEEDED ?? 0).toBeGreaterThan(runs / 4);
    expect((ends.TERMINAL ?? 0) + (ends.CANCELED ?? 0)).toBeGreaterThan(runs / 8);
  }, 280_000);
});
