import { randomBytes } from 'node:crypto';
import { createExecutorHandlers } from '../../src/app';
import { executionKind, messageKind } from '../../src/engine/document-kinds';
import type { Execution } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import type { ServerGroupDescription } from '../../src/model/description';
import { wordsOf } from '../support/command-kit';
import { buildPipeline, drive, stageOf } from '../support/engine-kit';
import { createEmulatedCluster, groupsOver } from '../support/emulated-cluster';
import { createManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';
import { createStageBench, describeCluster } from '../support/stage-kit';
import { fetchNothing } from '../support/fetch-nothing';
import { noJobs } from '../support/no-jobs';

const check = { protocol: 'HTTP', path: '/', gracePeriodSeconds: 30, intervalSeconds: 1, timeoutSeconds: 1 } as const;
const healthChecks = [{ ...check, maxConsecutiveFailures: 0 }];

/** Deploys over an emulated cluster until it fails by its time, and says what the thread and the live message showed. */
async function failedDeploy(over: Partial<ServerGroupDescription>, stageTimeoutMs = 60_000) {
  const clock = createManualClock();
  const store = createMemoryStore(() => clock.now());
  const cluster = createEmulatedCluster('np1', clock);
  const serverGroups = groupsOver({ np1: cluster }, clock);
  const definitions = () => ({ applications: new Map(), clusters: new Map() });
  const handlers = createExecutorHandlers({
    fetchText: fetchNothing,
    jobs: noJobs,
    store,
    clock,
    newId: () => 'N',
    teamId: 'T1',
    definitions,
    serverGroups,
    onError: () => undefined,
  });
  const handle = (loaded: Execution, owner: string) =>
    handlers.execution({ kind: 'execution', id: loaded.id, version: 0, document: loaded }, owner);
  const clusters = [describeCluster({ ...over, stageTimeoutMs })];
  const report = { teamId: 'T1', channel: 'C1' };
  const execution = buildPipeline([{ ref: '1', type: 'deploy', context: { clusters } }], { report });
  await store.create(executionKind, execution.id, execution, { due: clock.now() });
  const done = await drive({ store, clock, id: execution.id, handle });
  expect(done.status).toBe('TERMINAL');
  const messages = (await store.list(messageKind)).map(({ document }) => document);
  const find = (part: string) => messages.find(({ id }) => id.includes(part))?.view;
  return { thread: find('/outcome/'), live: find('/live'), requests: cluster.core.requests.list() };
}

describe('a deployment that does not come up says why', () => {
  it('in the thread whole, and shortly on the live message, when no agent has what it asks for', async () => {
    const { thread, live } = await failedDeploy({ cpus: 17.3 });
    expect(wordsOf(thread)).toContain('foo-dev-v000 0/2 healthy. No agent offers 17.3 cpus: 5 of 5 offers declined.');
    expect(wordsOf(live)).toContain('No agent offers 17.3 cpus: 5 of 5 offers declined.');
    expect(thread?.output).toBeUndefined();
  });

  it('and counts the instances that serve while the last finds no agent', async () => {
    const { thread } = await failedDeploy({ cpus: 9, desiredCapacity: 6, strategy: 'none' });
    expect(wordsOf(thread)).toMatch(/foo-dev-v000 5\/6 healthy\. .*No agent offers 9 cpus/);
  });

  it('by the answer of its health check', async () => {
    const { thread } = await failedDeploy({ healthChecks, labels: { EMULATOR_HEALTH: '418' } });
    expect(wordsOf(thread)).toMatch(/The health check fails on 2 of 2 tasks, \d+ times in a row: 418 I'm a Teapot\./);
  });

  it.each([12_000, 60_000])(
    'by the message of a crash and its stderr, with %i ms to come up',
    async (stageTimeoutMs) => {
      const message = `broken ${randomBytes(6).toString('hex')} ${'long '.repeat(90)}`.trim();
      const stderr = randomBytes(6).toString('hex');
      const labels = { EMULATOR_CRASH: '100', EMULATOR_MESSAGE: message, EMULATOR_STDERR: `a\n${stderr}\n` };
      const { thread, live } = await failedDeploy({ healthChecks, labels }, stageTimeoutMs);
      expect(wordsOf(thread)).toContain(`UTC: ${message}.`);
      expect(thread?.output).toBe(`a\n${stderr}`);
      expect(live?.output).toBeUndefined();
      expect(live?.lines?.every((line) => plainText(line).length <= 500)).toBe(true);
    },
  );

  it('also where nothing was odd until its time was nearly over', async () => {
    const { thread, requests } = await failedDeploy({ labels: { EMULATOR_START_MS: '600000' } });
    expect(wordsOf(thread)).toContain('2 of 2 tasks not started so far: the agent fetches the image or starts it.');
    expect(requests.filter(({ path }) => path.endsWith('/v2/queue')).length).toBeLessThanOrEqual(3);
  });
});

const deployOf = (over: Partial<ServerGroupDescription>) =>
  buildPipeline([{ ref: '1', type: 'deploy', context: { clusters: [describeCluster(over)] } }]);
const sick = { docker: { image: { imageId: 'repo/foo:sick' } } };

describe('the wait for capacity', () => {
  it('is diagnosed at most once a minute, and again shortly before its end', async () => {
    const bench = createStageBench();
    bench.serverGroups.diagnoses.set('foo-dev-v000', { reasons: ['The moon is full.'], output: 'howl' });
    const startedAt = bench.clock.now();
    const done = await bench.run(deployOf({ ...sick, stageTimeoutMs: 150_000 }));
    expect(stageOf(done, '1').failure).toMatchObject({
      message: expect.stringMatching(/Last seen: foo-dev-v000 0\/2 healthy\. The moon is full\.$/) as unknown,
      output: 'howl',
    });
    const seconds = bench.serverGroups.diagnosed.map(({ at }) => Math.round((at - startedAt) / 1000));
    expect(seconds.filter((at) => at < 140).length).toBeLessThanOrEqual(3);
    expect(seconds.at(-1)).toBeGreaterThanOrEqual(140);
  });

  it('is not diagnosed at all where all comes up', async () => {
    const bench = createStageBench();
    expect((await bench.run(deployOf({}))).status).toBe('SUCCEEDED');
    expect(bench.serverGroups.diagnosed).toEqual([]);
  });

  it('keeps the last failure in its message where the diagnosis says nothing', async () => {
    const bench = createStageBench();
    const done = await bench.run(deployOf({ ...sick, stageTimeoutMs: 60_000 }));
    expect(stageOf(done, '1').failure?.message).toContain('last failure: TASK_FAILED: no health');
  });
});
