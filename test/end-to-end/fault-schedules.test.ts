import axios from 'axios';
import { createExecutorHandlers } from '../../src/app';
import { openEventStream } from '../../src/dcos/event-stream';
import { connectClusters } from '../../src/dcos/cluster-connections';
import { createServerGroups } from '../../src/dcos/marathon-server-groups';
import { executionKind } from '../../src/engine/document-kinds';
import { planPipeline } from '../../src/engine/plan-stages';
import type { DcosCluster, Definitions } from '../../src/model/application';
import type { Execution } from '../../src/model/execution';
import { isComplete } from '../../src/model/status';
import { createEmbeddedWake } from '../../src/queue/embedded-wake';
import { createEventWaker } from '../../src/wake-by-events';
import { buildExecution } from '../support/api-fixture';
import { createEmulatedMarathon, type Mishap } from '../support/emulated-marathon';
import { createManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';
import { createRandom, type Random } from '../support/random';
import { describeCluster } from '../support/stage-kit';

const runs = Number(process.env.FAULT_RUNS ?? 2000);
const size = 3;
const oldGroup = '/nonprod/east/foo-dev-v000';
const newGroup = '/nonprod/east/foo-dev-v001';
const longestMs = 2 * 3_600_000;
const health = {
  protocol: 'HTTP',
  path: '/health',
  gracePeriodSeconds: 10,
  intervalSeconds: 2,
  timeoutSeconds: 2,
  maxConsecutiveFailures: 3,
} as const;

/** A stretch of time in which something is wrong, from the start of the deployment. */
type Trouble = {
  readonly kind:
    'refused' | 'reset' | 'slow' | 'errors' | 'html' | 'cut' | 'silentEvents' | 'leader' | 'lock' | 'crash';
  readonly from: number;
  readonly to: number;
  /** The share of requests that it meets. */
  readonly share: number;
};

const troubleKinds = [
  ...(['refused', 'reset', 'slow', 'errors', 'html', 'cut', 'silentEvents', 'leader', 'lock'] as const),
];

function createSchedule(random: Random): readonly Trouble[] {
  const troubles: Trouble[] = Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
    const from = Math.floor(random() ** 2 * 8_000);
    const kind = troubleKinds[Math.floor(random() * troubleKinds.length)] ?? 'refused';
    return { kind, from, to: from + 500 + Math.floor(random() * 25_000), share: 0.3 + random() * 0.7 };
  });
  // In every fifth run the new version never comes up, so that the way back is taken under trouble, too.
  return random() < 0.2 ? [...troubles, { kind: 'crash', from: 0, to: longestMs, share: 1 }] : troubles;
}

function mishapFor(kind: Trouble['kind'], random: Random): Mishap | undefined {
  const late = Math.floor(random() * 8_000);
  const takesEffect = random() < 0.5 ? 0 : undefined;
  switch (kind) {
    case 'refused':
    case 'leader':
      return { effectAfterMs: undefined, answerAfterMs: 0, answer: 'refused' };
    case 'reset':
      return { effectAfterMs: takesEffect, answerAfterMs: 50, answer: 'reset' };
    case 'slow':
      return { effectAfterMs: random() < 0.5 ? 0 : late, answerAfterMs: late + 1, answer: 'reply' };
    case 'errors':
      return {
        effectAfterMs: takesEffect,
        answerAfterMs: 5,
        answer: { status: 500 + Math.floor(random() * 4), html: false },
      };
    case 'html':
      return { effectAfterMs: undefined, answerAfterMs: 5, answer: { status: 502, html: true } };
    case 'cut':
      return { effectAfterMs: 0, answerAfterMs: 5, answer: 'cut' };
    default:
      return undefined;
  }
}

const deployment = (): Execution =>
  buildExecution({
    status: 'NOT_STARTED',
    stages: planPipeline([
      {
        refId: '1',
        requisiteStageRefIds: [],
        type: 'deploy',
        name: 'Deploy',
        context: {
          stageTimeoutMs: 60_000,
          clusters: [
            describeCluster({
              desiredCapacity: size,
              healthChecks: [health],
              rollback: { onFailure: true },
              stageTimeoutMs: 60_000,
            }),
          ],
        },
      },
    ]),
  });

const cluster: DcosCluster = { name: 'np1', url: 'http://dcos.invalid', auth: { type: 'none' } };

/** One deployment under one schedule; what came of it, in facts from the emulator. */
async function deployUnderTrouble(seed: number) {
  const random = createRandom(seed);
  const schedule = createSchedule(random);
  const clock = createManualClock();
  const beganAt = clock.now();
  const isNow = ({ from, to }: Trouble) => clock.now() - beganAt >= from && clock.now() - beganAt < to;
  const marathon = createEmulatedMarathon(clock, random, () => {
    const met = schedule.find((trouble) => isNow(trouble) && random() < trouble.share);
    return met === undefined ? undefined : mishapFor(met.kind, random);
  });
  const { core } = marathon;
  core.seed({
    id: oldGroup,
    cmd: 'serve',
    instances: size,
    healthChecks: [{ protocol: 'HTTP', path: '/health', gracePeriodSeconds: 10, intervalSeconds: 2 }],
  });
  axios.defaults.adapter = marathon.adapter;
  const clusters = connectClusters(new Map([['np1', cluster]]), { clock });
  const store = createMemoryStore(() => clock.now());
  const definitions = (): Definitions => ({ applications: new Map(), clusters: new Map() });
  let ids = 0;
  const newId = () => `N${String((ids += 1))}`;
  const serverGroups = createServerGroups({ clusters, clock });
  const wake = createEmbeddedWake({ store, clock, owner: 'executor', onError: () => undefined });
  const waker = createEventWaker(store, clock, () => wake.hint());
  const client = clusters.get('np1');
  const stream = openEventStream({
    client: client!,
    clock,
    random,
    onAppChanged: (appId) => {
      serverGroups.clusterChanged('np1');
      waker.appChanged(appId, () => undefined);
    },
    onResync: () => {
      serverGroups.clusterChanged('np1');
      void waker.missedEvents().catch(() => undefined);
    },
    onState: () => undefined,
  });
  for (const trouble of schedule) {
    if (trouble.kind === 'crash') core.setFault({ kind: 'crash', apps: newGroup });
    if (trouble.kind === 'leader') clock.after(trouble.from, marathon.cutStreams);
    if (trouble.kind === 'silentEvents') {
      let id = '';
      clock.after(trouble.from, () => (id = core.setFault({ kind: 'dropEvents' })));
      clock.after(trouble.to, () => core.clearFaults(id));
    }
    if (trouble.kind === 'lock') {
      // Somebody else changes the old group, and their deployment finds no room for a while.
      let id = '';
      clock.after(trouble.from, () => {
        id = core.setFault({ kind: 'noOffers', apps: oldGroup });
        core.handle({ method: 'PUT', path: `/v2/apps/${oldGroup}`, body: { env: { CHANGED: String(seed) } } });
      });
      clock.after(trouble.to, () => core.clearFaults(id));
    }
  }
  const execution = deployment();
  await store.create(executionKind, execution.id, execution, { due: clock.now() });
  wake.start(
    createExecutorHandlers({ store, clock, newId, teamId: 'T1', definitions, serverGroups, onError: () => undefined }),
  );
  const read = async () => (await store.get(executionKind, execution.id))!.document;
  while (!isComplete((await read()).status) && clock.now() - beganAt < longestMs) await clock.advance(1_000);
  // Whatever is still under way gets its time.
  await clock.advance(30_000);
  const after = await read();
  await wake.stop(0);
  stream.close();
  await core.stop();
  const { apps } = core.handle({ method: 'GET', path: '/v2/apps' }).body as {
    readonly apps: readonly { readonly id: string; readonly instances: number; readonly tasksHealthy: number }[];
  };
  const creations = core.requests
    .list({ method: 'POST' })
    .filter(({ path, status }) => path === '/v2/apps' && status === 201);
  const find = (id: string) => apps.find((app) => app.id === id);
  return {
    schedule,
    after,
    apps,
    creations,
    old: find(oldGroup),
    fresh: find(newGroup),
    tookMs: clock.now() - beganAt,
  };
}

/** What must hold at the end, whatever happened; the broken rules in words. */
function brokenRules({ after, apps, creations, old, fresh }: Awaited<ReturnType<typeof deployUnderTrouble>>) {
  const broken: string[] = [];
  const serves = (group: typeof old) => group?.instances === size && group.tasksHealthy === size;
  if (!isComplete(after.status)) broken.push(`it never ended: ${after.status}`);
  if (creations.length > 1) broken.push(`${creations.length} creations`);
  if (apps.length > 2) broken.push(`groups: ${apps.map(({ id }) => id).join(', ')}`);
  if (after.status === 'SUCCEEDED') {
    if (!serves(fresh)) broken.push(`succeeded, but the new group is ${JSON.stringify(fresh)}`);
    if (old?.instances !== 0) broken.push(`succeeded, but the old group has ${old?.instances} instances`);
  } else {
    if (!serves(old))
      broken.push(`${after.status}, but the old group has ${old?.tasksHealthy} of ${old?.instances} healthy`);
    if ((fresh?.instances ?? 0) > 0)
      broken.push(`${after.status}, but the new group has ${fresh?.instances} instances`);
  }
  return broken;
}

describe('a red/black deployment while DC/OS fails in random ways', () => {
  it(`ends deployed or with the old group serving, in ${runs} random schedules`, async () => {
    const first = Number(process.env.FAULT_SEED ?? 1);
    const failures: unknown[] = [];
    const ends = new Map<string, number>();
    for (let seed = first; seed < first + runs && failures.length < 3; seed += 1) {
      const run = await deployUnderTrouble(seed);
      ends.set(run.after.status, (ends.get(run.after.status) ?? 0) + 1);
      const broken = brokenRules(run);
      if (broken.length > 0) failures.push({ seed, broken, schedule: run.schedule });
    }
    expect(failures).toEqual([]);
    // Both ways to end were met often, or the schedules test nothing.
    expect(ends.get('SUCCEEDED') ?? 0).toBeGreaterThan(runs / 4);
    expect(ends.get('TERMINAL') ?? 0).toBeGreaterThan(runs / 20 - 1);
  }, 280_000);
});
