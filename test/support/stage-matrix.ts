import type { Execution, StageContext } from '../../src/model/execution';
import type { Application } from '../../src/model/application';
import { east } from '../dcos/builders';
import { applicationOf } from './child-kit';
import { jobXml } from './jenkins-jobs';
import { describeCluster, type createStageBench } from './stage-kit';

export type Bench = ReturnType<typeof createStageBench>;

/** What a stage type does in each of six situations; states are as `stateOf` tells them. */
export type Row = {
  readonly context: StageContext;
  readonly success: readonly string[];
  /** How it fails, once: `code` is that of the failure. */
  readonly failure: { readonly by?: (bench: Bench) => void; readonly context?: StageContext; readonly code: string };
  /** When it is canceled, what holds it until then, and what is left. */
  readonly cancel: {
    readonly when: (bench: Bench, execution: Execution) => boolean;
    readonly by?: (bench: Bench) => void;
    readonly left: readonly string[];
  };
  /** What keeps it from ending; without `code` there is nothing that could, and it succeeds. */
  readonly timeout: {
    readonly by?: (bench: Bench) => void;
    readonly context?: StageContext;
    readonly code?: string;
    readonly left: readonly string[];
  };
  /** What is restarted, one that failed or one that succeeded, and what is left then. */
  readonly restart: { readonly of: 'failed' | 'succeeded'; readonly left: readonly string[] };
};

/** `foo-dev`: v000 out of service, v001 with two instances and v002 with three. */
export function seedMatrix({ serverGroups, jenkins, jobs }: Bench): void {
  for (const [index, desired] of [0, 2, 3].entries()) {
    const name = `foo-dev-v00${index}`;
    serverGroups.seed({ location: east, name, desired, lastSize: 2, createdTime: index, image: `repo/foo:1.${index}` });
  }
  jobs.onEffect = (moment) => serverGroups.onEffect(moment);
  const names = ['SCRIPT_PATH', 'COMMAND', 'IMAGE_ID', 'REGION_PARAM', 'ENV_PARAM', 'CLUSTER_PARAM', 'CMC'];
  const texts = [...names, 'REPO_URL', 'REPO_BRANCH', 'COXSWAIN_KEY'].map((name) => [name, ''] as const);
  jenkins.create('run-script', jobXml({ script: 'sleep 20', parameters: Object.fromEntries(texts) }));
  jenkins.create('build', jobXml({ script: 'sleep 20', parameters: { COXSWAIN_KEY: '' } }));
  jenkins.create('broken', jobXml({ script: 'exit 1', parameters: Object.fromEntries(texts) }));
  jenkins.create('endless', jobXml({ script: 'sleep 9000', parameters: Object.fromEntries(texts) }));
}

/** The groups and their sizes, how the runs of jobs and the builds stand. */
export const stateOf = ({ serverGroups, jobs, jenkins, webhooks, clock }: Bench): readonly string[] => [
  ...serverGroups.sizes(east).map((line) => line.replace('foo-dev-', '')),
  ...jobs.runs.map(({ runId, endsAt, outcome }) => `${runId} ${endsAt > clock.now() ? 'RUNNING' : outcome}`),
  ...['run-script', 'build', 'broken', 'endless'].flatMap((job) => jenkins.builds(job)),
  ...webhooks.states(),
];

const untouched = ['v000 ×0', 'v001 ×2', 'v002 ×3'];
const oneLeft = ['v000 ×0', 'v001 ×0', 'v002 ×3'];
const name = (version: string) => `foo-dev-${version}`;

const refuses = (operation: 'get' | 'list' | 'create' | 'clone') => ({
  by: ({ serverGroups }: Bench) => serverGroups.fail(operation, 'INVALID_INPUT'),
  code: 'INVALID_INPUT',
});
const locked = (version: string, left: readonly string[] = untouched) => ({
  by: ({ serverGroups }: Bench) => serverGroups.lock(east, name(version), 'dep-17'),
  context: { stageTimeoutMs: 60_000 },
  code: 'TASK_TIMEOUT',
  left,
});
const sees = (state: string) => (bench: Bench) => stateOf(bench).includes(state);
const runs = (_: Bench, { stages }: Execution) => stages[0]?.status === 'RUNNING';
const hasRun = ({ jobs }: Bench) => jobs.runs.length > 0;

/** Every list of groups is as this says, for ever. */
const lists = (list: Bench['serverGroups']['list']) => (bench: Bench) => void (bench.serverGroups.list = list);
const withoutImage = (bench: Bench) => {
  const list = bench.serverGroups.list.bind(bench.serverGroups);
  bench.serverGroups.list = async (...call) => (await list(...call)).map((group) => ({ ...group, image: undefined }));
};
const unreachable = (bench: Bench) => {
  const fails = bench.serverGroups.list.bind(bench.serverGroups);
  lists((...call) => {
    bench.serverGroups.fail('list', 'UNREACHABLE');
    return fails(...call);
  })(bench);
};
const killsNothing = ({ serverGroups }: Bench) =>
  void (serverGroups.terminate = () => Promise.resolve({ deploymentId: undefined }));
const hasKilled = ({ serverGroups }: Bench) => serverGroups.effects.some((effect) => effect.startsWith('kill'));

/** A change of size of one group. */
const sizeRow = (version: string, context: StageContext, change: string): Row => {
  const success = untouched.map((line) => (line.startsWith(version) ? change : line));
  return {
    context: { serverGroupName: name(version), ...context },
    success,
    failure: refuses('get'),
    cancel: { when: sees(change), left: untouched },
    timeout: locked(version),
    restart: { of: 'failed', left: success },
  };
};

/** A stage that takes v001 out, and destroys it where `left` has it no more. */
const clusterRow = (context: StageContext, left: readonly string[]): Row => ({
  context,
  success: left,
  failure: refuses('list'),
  cancel: { when: sees('v001 ×0'), left: untouched },
  timeout: locked('v001'),
  restart: { of: 'failed', left },
});

const rollbackRow = (context: StageContext, version: string, failure: Row['failure']): Row => {
  const success = ['v000 ×0', 'v001 ×2', 'v002 ×0'].map((line) => (line.startsWith(version) ? `${version} ×3` : line));
  return {
    context,
    success,
    failure,
    cancel: { when: sees(`${version} ×3`), left: untouched },
    timeout: locked(version),
    restart: { of: 'failed', left: success },
  };
};

/** A creation of v003; where it does not come up, it is kept out of service. */
const creationRow = (
  {
    context,
    sick,
    success,
  }: { readonly context: StageContext; readonly sick: StageContext; readonly success: readonly string[] },
  created: string,
  operation: 'create' | 'clone',
): Row => ({
  context,
  success,
  failure: refuses(operation),
  cancel: { when: sees(created), left: [...untouched, 'v003 ×0'] },
  timeout: { context: { ...sick, stageTimeoutMs: 60_000 }, code: 'TASK_TIMEOUT', left: [...untouched, 'v003 ×0'] },
  restart: { of: 'failed', left: success },
});

/** A build that takes 20 s. */
const buildRow = (context: StageContext): Row => ({
  context,
  success: [...untouched, '1 SUCCESS'],
  failure: { context: { job: 'broken' }, code: 'JOB_FAILED' },
  cancel: { when: (bench) => stateOf(bench).includes('1 RUNNING'), left: [...untouched, '1 ABORTED'] },
  timeout: {
    context: { job: 'endless', stageTimeoutMs: 60_000 },
    code: 'TASK_TIMEOUT',
    left: [...untouched, '1 ABORTED'],
  },
  restart: { of: 'succeeded', left: [...untouched, '1 SUCCESS', '2 SUCCESS'] },
});

const { location, ...described } = describeCluster({ strategy: 'none' });
const sickImage = { docker: { image: { imageId: 'repo/foo:sick' } } };
const kill = (type: 'replaced' | 'forGood'): Row => {
  const left = type === 'replaced' ? untouched : ['v000 ×0', 'v001 ×2', 'v002 ×2'];
  const [cluster, ids] = [undefined, ['foo-dev-v002.0']];
  return {
    context: { cluster, instanceIds: ids },
    success: left,
    failure: refuses('get'),
    cancel: { when: hasKilled, left },
    timeout: { by: killsNothing, context: { stageTimeoutMs: 60_000 }, code: 'TASK_TIMEOUT', left: untouched },
    restart: { of: 'failed', left },
  };
};

/** A stage that reads only. */
const reading = (context: StageContext, slow: (bench: Bench) => void): Row => ({
  context,
  success: untouched,
  failure: refuses('list'),
  cancel: { when: runs, by: slow, left: untouched },
  timeout: { by: slow, code: 'TASK_TIMEOUT', left: untouched },
  restart: { of: 'failed', left: untouched },
});

const smoke: StageContext = { location: east, general: { id: 'smoke', cmd: 'true' } };

/** What runs in the stage's own pipeline, and in that which a stage starts. */
export const matrixApplications: ReadonlyMap<string, Application> = new Map([
  applicationOf('foo', { child: [{ ref: '1', type: 'runJob', context: smoke }] }),
]);

/** Of every stage type that files may name. */
export const matrix: Readonly<Record<string, Row>> = {
  checkPreconditions: reading({ preconditions: [{ type: 'clusterSize', context: { expected: 3 } }] }, unreachable),
  cloneServerGroup: creationRow(
    { context: { source: { serverGroupName: name('v002') } }, sick: sickImage, success: [...untouched, 'v003 ×3'] },
    'v003 ×3',
    'clone',
  ),
  createServerGroup: creationRow(
    { context: described, sick: sickImage, success: [...untouched, 'v003 ×2'] },
    'v003 ×2',
    'create',
  ),
  deploy: creationRow(
    {
      context: { clusters: [describeCluster()] },
      sick: { clusters: [{ ...describeCluster(), ...sickImage, stageTimeoutMs: 60_000 }] },
      // Two remain: the new one, and the newer of those that served.
      success: ['v002 ×0', 'v003 ×2'],
    },
    'v003 ×2',
    'create',
  ),
  destroyServerGroup: {
    ...sizeRow('v001', {}, 'v001 ×0'),
    success: ['v000 ×0', 'v002 ×3'],
    restart: { of: 'failed', left: ['v000 ×0', 'v002 ×3'] },
  },
  disableCluster: clusterRow({}, oneLeft),
  disableServerGroup: sizeRow('v001', {}, 'v001 ×0'),
  enableServerGroup: sizeRow('v000', {}, 'v000 ×2'),
  evaluateVariables: {
    context: { variables: [{ key: 'a', value: 1 }] },
    success: untouched,
    failure: { context: { variables: [{}] }, code: 'INVALID_INPUT' },
    cancel: { when: ({ clock }) => clock.now() >= 0, left: untouched },
    timeout: { context: { stageTimeoutMs: 1 }, left: untouched },
    restart: { of: 'succeeded', left: untouched },
  },
  findImage: reading({}, withoutImage),
  jenkins: buildRow({ master: 'ci', job: 'build' }),
  manualJudgment: {
    context: {},
    success: untouched,
    failure: { context: { rejects: true }, code: 'JUDGMENT_REJECTED' },
    cancel: { when: runs, left: untouched },
    timeout: { context: { stageTimeoutMs: 60_000 }, code: 'TASK_TIMEOUT', left: untouched },
    restart: { of: 'succeeded', left: untouched },
  },
  pipeline: {
    context: { locations: undefined, cluster: undefined, pipeline: 'child' },
    success: [...untouched, 'R1 SUCCEEDED'],
    failure: { by: ({ jobs }) => void (jobs.outcome = 'FAILED'), code: 'STAGE_FAILED' },
    cancel: { when: hasRun, left: [...untouched, 'R1 FAILED'] },
    timeout: {
      by: ({ jobs }) => void (jobs.runMs = 9_000_000),
      context: { stageTimeoutMs: 60_000 },
      code: 'TASK_TIMEOUT',
      left: [...untouched, 'R1 FAILED'],
    },
    restart: { of: 'succeeded', left: [...untouched, 'R1 SUCCEEDED', 'R2 SUCCEEDED'] },
  },
  resizeServerGroup: sizeRow('v002', { capacity: { desired: 5 } }, 'v002 ×5'),
  rollbackCluster: rollbackRow({}, 'v001', refuses('list')),
  rollbackServerGroup: rollbackRow(
    { rollbackContext: { rollbackServerGroupName: name('v002'), restoreServerGroupName: name('v000') } },
    'v000',
    refuses('get'),
  ),
  runJob: {
    context: { locations: undefined, location, general: { id: 'smoke', cmd: 'true' } },
    success: [...untouched, 'R1 SUCCEEDED'],
    failure: { by: ({ jobs }) => void (jobs.outcome = 'FAILED'), code: 'JOB_FAILED' },
    cancel: { when: hasRun, left: [...untouched, 'R1 FAILED'] },
    timeout: {
      by: ({ jobs }) => void (jobs.runMs = 9_000_000),
      context: { stageTimeoutMs: 60_000 },
      code: 'TASK_TIMEOUT',
      left: [...untouched, 'R1 FAILED'],
    },
    restart: { of: 'succeeded', left: [...untouched, 'R1 SUCCEEDED', 'R2 SUCCEEDED'] },
  },
  scaleDownCluster: clusterRow({ allowScaleDownActive: true }, oneLeft),
  script: buildRow({ command: './check.sh' }),
  shrinkCluster: clusterRow({ allowDeleteActive: true }, ['v002 ×3']),
  terminateInstanceAndDecrementServerGroup: kill('forGood'),
  terminateInstances: kill('replaced'),
  verify: {
    context: { durationSec: 60, serverGroups: [{ location: east, serverGroupName: name('v002') }] },
    success: untouched,
    failure: { by: ({ serverGroups }) => void serverGroups.sickNames.add(name('v002')), code: 'VERIFICATION_FAILED' },
    cancel: { when: runs, left: untouched },
    timeout: { context: { stageTimeoutMs: 10_000 }, code: 'TASK_TIMEOUT', left: untouched },
    restart: { of: 'succeeded', left: untouched },
  },
  wait: {
    context: { waitTime: 300 },
    success: untouched,
    failure: { context: { waitTime: 'soon' }, code: 'INVALID_INPUT' },
    cancel: { when: runs, left: untouched },
    timeout: { context: { stageTimeoutMs: 1000 }, code: 'TASK_TIMEOUT', left: untouched },
    restart: { of: 'succeeded', left: untouched },
  },
  webhook: {
    context: {
      url: 'https://tests.example.com/runs',
      waitForCompletion: true,
      statusJsonPath: '$.state',
      successStatuses: 'passed',
      terminalStatuses: 'failed',
      canceledStatuses: 'canceled',
      cancelEndpoint: 'https://tests.example.com/runs/cancel',
    },
    success: [...untouched, 'passed'],
    failure: { by: ({ webhooks }) => void (webhooks.outcome = 'failed'), code: 'WEBHOOK_FAILED' },
    cancel: { when: ({ webhooks }) => webhooks.states().includes('running'), left: [...untouched, 'canceled'] },
    timeout: {
      by: ({ webhooks }) => void (webhooks.runMs = 9_000_000),
      context: { stageTimeoutMs: 60_000 },
      code: 'TASK_TIMEOUT',
      left: [...untouched, 'canceled'],
    },
    restart: { of: 'succeeded', left: [...untouched, 'passed', 'passed'] },
  },
};
