import axios from 'axios';
import { createExecutorHandlers } from '../../src/app';
import { connectClusters } from '../../src/dcos/cluster-connections';
import { createServerGroups } from '../../src/dcos/marathon-server-groups';
import { lockCluster } from '../../src/engine/cluster-lock';
import { executionKind } from '../../src/engine/document-kinds';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import { retryChoice } from '../../src/engine/retry-choice';
import type { Execution } from '../../src/model/execution';
import { isComplete } from '../../src/model/status';
import { parentOf } from './child-kit';
import { createEmulatedMarathon, type Mishap } from './emulated-marathon';
import type { Step } from './engine-kit';
import { fetchNothing } from './fetch-nothing';
import { createManualClock } from './manual-clock';
import { createMemoryStore } from './memory-store';
import { noJobs } from './no-jobs';
import { sendSignal } from './send-signal';
import { describeCluster } from './stage-kit';
import { drawCase, type Site, type StrategyCase, type Trouble } from './strategy-case';
import { withStrategy } from './strategy-pipelines';
import { watchSite } from './strategy-watch';

const longestMs = 45 * 60_000;
const gently: readonly Step[] = [
  { ref: '1', type: 'deploy', name: 'Create', context: { strategy: 'none' } },
  { ref: '2', type: 'wait', name: 'Rest', after: ['1'], context: { waitTime: 20 } },
  { ref: '3', type: 'manualJudgment', name: 'Ask', after: ['2'], context: {} },
  { ref: '4', type: 'disableCluster', name: 'Take out', after: ['3'], context: {} },
];

type Core = ReturnType<typeof createEmulatedMarathon>['core'];

/** An app of the emulator as far as the rules go by it. */
export type App = {
  readonly id: string;
  readonly instances: number;
  readonly tasksHealthy: number;
  readonly tasks?: readonly { readonly id: string }[];
};

/** All apps of the emulator. */
export const appsOf = (core: Core): readonly App[] =>
  (core.handle({ method: 'GET', path: '/v2/apps' }).body as { readonly apps: readonly App[] }).apps;

/** How the ids of a site's server groups begin. */
export const prefixOf = ({ location, cluster }: Site): string => `/${location.account}/${location.group}/${cluster}-v`;

/** What became of one deployment of a case. */
export type Round = {
  readonly execution: Execution;
  readonly troubles: readonly Trouble[];
  readonly sites: readonly {
    readonly prefix: string;
    /** What served there when it began, or when the first attempt of it did. */
    readonly before: readonly App[];
    /** What stood there then. */
    readonly stood: readonly App[];
    readonly after: readonly App[];
    /** How many healthy instances each request that took from the old would have left. */
    readonly left: readonly number[];
    /** The fewest healthy instances at any time. */
    readonly fewest: number;
  }[];
};

/** How long a process is gone: whatever it was at when it stopped writes nothing more. */
const downMs = 100;

/** A store that loses its process now and then while there is that trouble: before a write, or right after it. */
function crashing(
  store: DocumentStore,
  { isNow, now, random }: { isNow: () => boolean; now: () => number; random: () => number },
): DocumentStore {
  let upAt = 0;
  const stop = () => {
    if (now() >= upAt && isNow() && random() < 0.2) upAt = now() + downMs;
    if (now() < upAt) throw new Error('The process stopped here.');
  };
  return {
    ...store,
    create: async (...call) => {
      if (now() < upAt) stop();
      return store.create(...call);
    },
    update: async (...call) => {
      stop();
      const result = await store.update(...call);
      stop();
      return result;
    },
  };
}

/** How a request of that trouble ends: never arrived, its answer lost or cut, an error page, or late. */
function drawMishap(random: () => number): Mishap {
  const effectAfterMs = random() < 0.5 ? 0 : undefined;
  switch (Math.floor(random() * 5)) {
    case 0:
      return { effectAfterMs, answerAfterMs: 50, answer: 'refused' };
    case 1:
      return { effectAfterMs, answerAfterMs: 50, answer: 'reset' };
    case 2:
      return { effectAfterMs: 0, answerAfterMs: 50, answer: 'cut' };
    case 3:
      return { effectAfterMs, answerAfterMs: 50, answer: { status: 502, html: true } };
    default:
      return { effectAfterMs: 3000, answerAfterMs: 7000, answer: 'reply' };
  }
}

/** One emulated DC/OS with the executor over it, and the troubles of the round that runs. */
function createTrial({ random, sites, over, isJudgedAfter, waitTimeBetweenRegions }: StrategyCase) {
  const clock = createManualClock();
  let round: { readonly beganAt: number; readonly troubles: readonly Trouble[] } = { beganAt: 0, troubles: [] };
  const isNow = (kind: Trouble['kind']) =>
    round.troubles.some((each) => {
      const at = clock.now() - round.beganAt;
      return each.kind === kind && at >= each.from && at < each.to;
    });
  const meet = () => (isNow('requests') && random() < 0.5 ? drawMishap(random) : undefined);
  const timings = { startMs: 1500, healthIntervalMs: 3000 };
  const { core, adapter } = createEmulatedMarathon(clock, random, meet, { timings });
  axios.defaults.adapter = adapter;
  const memory = createMemoryStore(() => clock.now());
  const clusters = connectClusters(
    new Map([['np1', { name: 'np1', url: 'http://dcos.invalid', auth: { type: 'none' as const } }]]),
    { clock },
  );
  let ids = 0;
  const handlers = createExecutorHandlers({
    fetchText: fetchNothing,
    jobs: noJobs,
    store: crashing(memory, { isNow: () => isNow('crash'), now: () => clock.now(), random }),
    clock,
    newId: () => `N${(ids += 1)}`,
    teamId: 'T1',
    definitions: () => ({ applications: withStrategy(gently), clusters: new Map() }),
    serverGroups: createServerGroups({ clusters, clock }),
    onError: () => undefined,
  });
  const descriptions = sites.map(({ location, cluster }) => {
    const place = { location, group: location.group, region: `np1_${location.region}` };
    return describeCluster({ ...over, ...place, freeFormDetails: cluster.replace(/^foo-dev-?/, '') });
  });
  const deploy: Step = { ref: '1', type: 'deploy', context: { clusters: descriptions, waitTimeBetweenRegions } };
  const ask: Step = { ref: '2', type: 'manualJudgment', after: ['1'], context: { onReject: 'rollback' } };
  const execution = (id: string) => parentOf(isJudgedAfter ? [deploy, ask] : [deploy], { id });
  const begin = (troubles: readonly Trouble[]) => (round = { beganAt: clock.now(), troubles });
  return { clock, core, memory, handlers, random, execution, begin };
}
type Trial = ReturnType<typeof createTrial>;

function seedSites({ core }: Trial, sites: readonly Site[]): void {
  const healthChecks = [{ protocol: 'HTTP', path: '/health', gracePeriodSeconds: 10, intervalSeconds: 10 }];
  for (const site of sites)
    site.sizes.forEach((instances, sequence) => {
      const id = `${prefixOf(site)}00${sequence}`;
      core.seed({ id, cmd: 'serve', instances, cpus: 0.1, mem: 32, healthChecks });
    });
}

/** The id of the server group that a deployment is to create at a site. */
const nextId = (core: Core, site: Site): string => {
  const own = appsOf(core).filter(({ id }) => id.startsWith(prefixOf(site)));
  return `${prefixOf(site)}${String(own.length === 0 ? 0 : Math.max(...own.map(({ id }) => Number(id.slice(-3)))) + 1).padStart(3, '0')}`;
};

function setTrouble({ core, clock, random }: Trial, site: Site, { kind, from, to }: Trouble): void {
  const apps = nextId(core, site);
  const between = (fault: Parameters<Core['setFault']>[0]) => {
    const begin = () => {
      const id = core.setFault(fault);
      clock.after(to - from, () => core.clearFaults(id));
    };
    if (from === 0) begin();
    else clock.after(from, begin);
  };
  if (kind === 'neverHealthy' || kind === 'sickLater') between({ kind: 'unhealthy', apps });
  if (kind === 'newTasks') between({ kind: 'crash', apps, afterMs: 4000, running: true });
  if (kind === 'noOffers') between({ kind: 'noOffers', apps });
  if (kind === 'noLeader') between({ kind: 'noLeader' });
  if (kind === 'agent') {
    const agents = (core.handle({ method: 'GET', path: '/mesos/master/state' }).body as { slaves: { id: string }[] })
      .slaves;
    between({ kind: 'agentLost', agent: agents[Math.floor(random() * agents.length)]?.id ?? '' });
  }
  if (kind === 'oldTasks')
    clock.after(from, () => {
      // Without a leader nobody says which they are.
      const body = core.handle({ method: 'GET', path: '/v2/tasks' }).body as
        { readonly tasks: readonly { readonly id: string; readonly appId: string }[] } | undefined;
      const tasks = body?.tasks ?? [];
      const old = tasks.filter(({ appId }) => appId < apps && appId.startsWith(prefixOf(site)));
      core.failTasks(old.slice(0, 3).map(({ id }) => id));
    });
}

const allOf = async ({ memory }: Trial): Promise<readonly Execution[]> =>
  (await memory.list(executionKind)).map(({ document }) => document);

/** Answers every question that is open: one in five with no. */
async function answer(trial: Trial, executions: readonly Execution[]): Promise<void> {
  for (const { id, stages, status } of executions) {
    if (isComplete(status)) continue;
    for (const stage of stages) {
      if (stage.type !== 'manualJudgment' || stage.status !== 'RUNNING') continue;
      if (stage.context.judgmentStatus !== undefined) continue;
      const decision = trial.random() < 0.2 ? 'stop' : 'continue';
      const signal = { type: 'judge', decision, stageId: stage.id, user: 'UANN' } as const;
      await sendSignal({ store: trial.memory, clock: trial.clock }, signal, id);
    }
  }
}

/** Claims what is due and handles it; whether there was anything. */
async function takeTurn({ memory, clock, handlers }: Trial, owner: string, look: () => void): Promise<boolean> {
  const query = { kinds: [executionKind], owner, now: clock.now(), leaseMs: 3000, limit: 1 };
  const claimed = await memory.claimDue(query);
  for (const { id, version, document } of claimed) {
    const handled = handlers.execution({ kind: 'execution', id, version, document }, owner);
    const done = { is: false };
    void handled.catch(() => undefined).finally(() => (done.is = true));
    while (!done.is) {
      await clock.advance(50);
      look();
    }
  }
  return claimed.length > 0;
}

/** Lets time pass until every execution is over. */
async function driveRound(trial: Trial, id: string, troubles: readonly Trouble[], look: () => void): Promise<void> {
  const { clock, memory } = trial;
  const beganAt = clock.now();
  const cancelAt = troubles.find(({ kind }) => kind === 'cancel')?.from ?? Infinity;
  let isCanceled = false;
  for (let turn = 0; clock.now() - beganAt < longestMs; turn += 1) {
    if (!isCanceled && clock.now() - beganAt >= cancelAt) {
      isCanceled = true;
      await sendSignal({ store: memory, clock }, { type: 'cancel', user: 'UANN' }, id);
    }
    const hasWorked = await takeTurn(trial, `owner-${turn}`, look);
    const executions = await allOf(trial);
    if (executions.every(({ status }) => isComplete(status))) return;
    await answer(trial, executions);
    if (hasWorked) continue;
    const due = (await memory.nextDue(['execution'], clock.now())) ?? clock.now() + 1000;
    await clock.advance(Math.min(1000, Math.max(50, due - clock.now())));
    look();
  }
}

const at = (apps: readonly App[], prefix: string): readonly App[] => apps.filter(({ id }) => id.startsWith(prefix));

/** One deployment to its end, and until what was wrong has passed. */
async function runRound(
  trial: Trial,
  { sites }: StrategyCase,
  {
    id,
    troubles,
    start,
  }: { readonly id: string; readonly troubles: readonly Trouble[]; readonly start: () => Promise<unknown> },
): Promise<Round> {
  const { clock, core, memory } = trial;
  const beganAt = clock.now();
  const stood = appsOf(core);
  const watched = sites.map((site) => watchSite(core, prefixOf(site), stood));
  trial.begin(troubles);
  for (const trouble of troubles) {
    const site = sites[Math.floor(trial.random() * sites.length)];
    if (site !== undefined) setTrouble(trial, site, trouble);
  }
  await start();
  await driveRound(trial, id, troubles, () => watched.forEach(({ look }) => look()));
  const passesAt = beganAt + Math.max(0, ...troubles.map(({ to }) => to));
  await clock.advance(Math.max(0, passesAt - clock.now()) + 60_000);
  watched.toReversed().forEach(({ leave }) => leave());
  const apps = appsOf(core);
  const execution = (await memory.get(executionKind, id))?.document;
  if (execution === undefined) throw new Error(`No execution ${id}.`);
  return {
    execution,
    troubles,
    sites: watched.map(({ prefix, left, fewest }) => {
      const before = at(stood, prefix);
      const serving = before.filter(({ instances }) => instances > 0);
      return { prefix, stood: before, before: serving, after: at(apps, prefix), left, fewest: fewest() };
    }),
  };
}

/** Runs the deployments of a seed, each to its end. */
export async function tryStrategy(
  seed: number,
): Promise<{ readonly drawn: StrategyCase; readonly rounds: readonly Round[] }> {
  const drawn = drawCase(seed);
  const trial = createTrial(drawn);
  const { memory, clock } = trial;
  seedSites(trial, drawn.sites);
  await clock.advance(10_000);
  const create = async (id: string) => {
    const execution = trial.execution(id);
    await memory.create(executionKind, id, execution, { due: clock.now() });
    await lockCluster(memory, execution.definition.cluster, { executionId: id });
  };
  const [first, second] = drawn.rounds;
  if (first === undefined || second === undefined) throw new Error('A case has two rounds.');
  const rounds = [await runRound(trial, drawn, { id: 'E1', troubles: first.troubles, start: () => create('E1') })];
  const stageId = rounds.map(({ execution }) => retryOf(execution))[0];
  if (first.next === 'anew')
    rounds.push(await runRound(trial, drawn, { id: 'E2', troubles: second.troubles, start: () => create('E2') }));
  if (first.next === 'retry' && stageId !== undefined) {
    const start = () => sendSignal({ store: memory, clock }, { type: 'retryStage', stageId, user: 'UANN' });
    rounds.push(await runRound(trial, drawn, { id: 'E1', troubles: second.troubles, start }));
  }
  await trial.core.stop();
  return { drawn, rounds };
}

/** The stage that people may retry; undefined where none is. */
function retryOf(execution: Execution): string | undefined {
  const target = retryChoice(execution)?.target;
  return target?.kind === 'execution' ? target.stageId : undefined;
}
