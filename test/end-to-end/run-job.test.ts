import { join } from 'node:path';
import { createExecutorHandlers, stageRegistry, executorKinds } from '../../src/app';
import { openConnections } from '../../src/dcos/cluster-connections';
import { createJobs } from '../../src/dcos/metronome-jobs';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import type { Accounts } from '../../src/definitions/parse-accounts';
import { parseApplication } from '../../src/definitions/parse-application';
import { resolvePipeline } from '../../src/definitions/resolve-pipeline';
import { startDcosEmulator, type RunningDcosEmulator } from '../../src/emulators/dcos/start-dcos-emulator';
import { systemClock } from '../../src/engine/clock';
import { executionKind } from '../../src/engine/document-kinds';
import { planPipeline } from '../../src/engine/plan-stages';
import type { Execution } from '../../src/model/execution';
import { isComplete } from '../../src/model/status';
import { createEmbeddedWake } from '../../src/queue/embedded-wake';
import { buildExecution } from '../support/api-fixture';
import { stageOf } from '../support/engine-kit';
import { createFakeServerGroups } from '../support/fake-server-groups';
import { fetchNothing } from '../support/fetch-nothing';
import { createMemoryStore } from '../support/memory-store';
import { sendSignal } from '../support/send-signal';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);

const folder = join(__dirname, '../../pipelines');
const loaded = loadDefinitions({ folder, stageTypes: stageRegistry, environment: {} });
const accounts: Accounts = loaded.accounts.accounts ?? new Map();

const fileOf = (job: string) => `application: foo
image: registry.example.com/demo/foo
jobs:
  smoke: ${job}
environments:
  prod: { regions: [nonprod/east], instances: 1, pipeline: check }
pipelines:
  check:
    - { name: smoke, type: runJob, job: smoke }
    - { type: checkPreconditions, preconditions: [{ type: expression, context: { expression: 'passed == 12' } }] }
    - { name: tell, type: evaluateVariables, variables: { said: '\${passed} checks passed against \${target}' } }
`;

const scriptFile = (command: string) => `application: foo
image: registry.example.com/demo/foo
environments:
  prod: { regions: [nonprod/east], instances: 1, pipeline: check }
pipelines:
  check:
    - { name: count, type: script, command: ${JSON.stringify(command)}, cmc: twelve, propertyFile: result.json }
    - { name: tell, type: evaluateVariables, variables: { said: '\${passed} checks passed, \${target}' } }
`;

let emulator: RunningDcosEmulator;
let stop: () => Promise<void>;

/** An executor whose jobs are processes of this machine. */
async function startBench(job: string, text = fileOf(job)) {
  emulator = await startDcosEmulator({ tasks: 'process', speed: 10 });
  const connections = openConnections(new Map([['lab', { name: 'lab', url: emulator.url, auth: { type: 'none' } }]]));
  const store = createMemoryStore(() => systemClock.now());
  const errors: unknown[] = [];
  const handlers = createExecutorHandlers({
    store,
    clock: systemClock,
    newId: () => 'N',
    teamId: 'T1',
    definitions: () => ({ applications: new Map(), clusters: new Map() }),
    serverGroups: createFakeServerGroups(systemClock),
    jobs: createJobs({ connections: () => connections, clock: systemClock }),
    fetchText: fetchNothing,
    onError: (error) => errors.push(error),
  });
  const wake = createEmbeddedWake({
    store,
    clock: systemClock,
    kinds: executorKinds,
    owner: 'test',
    onError: (error) => errors.push(error),
  });
  wake.start(handlers);
  stop = async () => {
    await wake.stop(1000);
    await emulator.close();
  };
  const { application, problems } = parseApplication({
    file: 'foo.yaml',
    text,
    accounts,
    stageTypes: stageRegistry,
  });
  const environment = application?.environments.get('prod');
  if (application === undefined || environment === undefined) throw new Error(JSON.stringify(problems));
  const image = 'registry.example.com/demo/foo:1.9.0';
  const stages = planPipeline(resolvePipeline(application, environment, { image }));
  const { definition } = buildExecution();
  const execution = buildExecution({
    status: 'NOT_STARTED',
    stages,
    definition: { ...definition, image, writtenAs: 'yaml' },
  });
  await store.create(executionKind, 'E1', execution, { due: systemClock.now() });
  wake.hint();
  const read = async (): Promise<Execution | undefined> => (await store.get(executionKind, 'E1'))?.document;
  const until = (what: string, holds: (execution: Execution) => boolean) =>
    waitFor(
      what,
      async () => {
        const seen = await read();
        return seen !== undefined && holds(seen) && seen;
      },
      30_000,
      async () => JSON.stringify([await read(), errors.map(String)]),
    );
  return { store, wake, until, ended: () => until('it ends', ({ status }) => isComplete(status)) };
}

afterEach(() => stop());

it('uses what a real process has written in a later stage', async () => {
  const cmd = `printf '{"passed": 12, "target": "%s"}' "$TARGET" > result.json`;
  const { ended } = await startBench(
    `{ image: 'demo/smoke:3', propertyFile: result.json, cmd: ${JSON.stringify(cmd)}, env: { TARGET: 'foo \${image.tag}' } }`,
  );
  const done = await ended();
  expect(done.stages.map(({ status, failure }) => failure?.message ?? status)).not.toContain('TERMINAL');
  expect(done.status).toBe('SUCCEEDED');
  expect(stageOf(done, '1').outputs).toMatchObject({ jobStatus: 'Succeeded', passed: 12, target: 'foo 1.9.0' });
  expect(stageOf(done, '3').outputs.said).toBe('12 checks passed against foo 1.9.0');
  const { body } = emulator.core.handle({ method: 'GET', path: '/service/metronome/v1/jobs?embed=history' });
  expect(body).toMatchObject([{ id: 'nonprod.east.foo-prod-smoke', history: { successCount: 1, failureCount: 0 } }]);
});

it('tells the last words of a real process that failed', async () => {
  const { ended } = await startBench(`{ cmd: 'echo checking; echo "foo does not answer" >&2; exit 7' }`);
  const done = await ended();
  expect(done.status).toBe('TERMINAL');
  const failure = stageOf(done, '1').failure;
  expect(failure).toMatchObject({ code: 'JOB_FAILED', output: 'foo does not answer' });
  expect(failure?.message).toMatch(/^Job: 'nonprod\.east\.foo-prod-smoke' failed\. .* exited with status 7/);
});

it('ends a real process when it is canceled', async () => {
  const { store, wake, until, ended } = await startBench(`{ cmd: 'exec sleep 600' }`);
  await until('the job runs', ({ stages }) => String(stages[0]?.context.progress).endsWith(' runs'));
  await sendSignal({ store, clock: systemClock }, { type: 'cancel', user: 'U0BOB' });
  wake.hint();
  expect((await ended()).status).toBe('CANCELED');
  const { body } = emulator.core.handle({ method: 'GET', path: '/service/metronome/v1/jobs?embed=history' });
  expect(body).toMatchObject([{ history: { successCount: 0, failureCount: 1 } }]);
});

it('runs a script as a real process where no Jenkins is configured', async () => {
  const command = `printf '{"passed": 12, "target": "%s"}' "$CMC" > result.json`;
  const { ended } = await startBench('', scriptFile(command));
  const done = await ended();
  expect(done.stages.map(({ failure }) => failure?.message)).toEqual([undefined, undefined]);
  expect(stageOf(done, '2').outputs.said).toBe('12 checks passed, twelve');
});

it('tells the last words of a script that failed', async () => {
  const { ended } = await startBench('', scriptFile('echo "no such check" >&2; exit 3'));
  expect(stageOf(await ended(), '1').failure).toMatchObject({ code: 'JOB_FAILED', output: 'no such check' });
});
