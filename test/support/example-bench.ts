import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createExecutorHandlers, stageRegistry } from '../../src/app';
import { parseAccounts } from '../../src/definitions/parse-accounts';
import { parseApplication } from '../../src/definitions/parse-application';
import { resolvePipeline } from '../../src/definitions/resolve-pipeline';
import { createWebhooks, type Webhooks } from '../../src/http-client/webhooks';
import { executionKind } from '../../src/engine/document-kinds';
import { judgmentAnswers } from '../../src/engine/judgment-answers';
import type { Signal } from '../../src/engine/signals';
import type { Application } from '../../src/model/application';
import { clusterOf } from '../../src/model/cluster-of';
import type { Execution, StageContext } from '../../src/model/execution';
import { locationName } from '../../src/model/server-group';
import { planPipeline } from '../../src/engine/plan-stages';
import { buildExecution } from './api-fixture';
import { createEmulatedCluster, groupsOver, jobsOver } from './emulated-cluster';
import { createEmulatedJenkins } from './emulated-jenkins';
import { drive } from './engine-kit';
import type { ClusterState } from './example-promise';
import { fetchNothing } from './fetch-nothing';
import { createManualClock } from './manual-clock';
import { createMemoryStore } from './memory-store';
import { sendSignal } from './send-signal';
import { jobXml } from './jenkins-jobs';

/** Where the examples are. */
export const examplesFolder = join(__dirname, '../../pipelines/examples');
const accountsFile = join(examplesFolder, 'accounts.yaml');

/** What a job of an example leaves, which no image of an example runs. */
const jobFiles = { 'EMULATOR_FILE:result.json': '{"passed": 12, "failed": 0}' };
const scriptParameters = ['SCRIPT_PATH', 'COMMAND', 'IMAGE_ID', 'REGION_PARAM', 'ENV_PARAM', 'CLUSTER_PARAM', 'CMC'];

/** The text of an example. */
export const readExample = (file: string): string => readFileSync(join(examplesFolder, file), 'utf8');

/** The application of an example; throws with what is wrong in it. */
export function parseExample(file: string): Application {
  const read = parseAccounts({ file: accountsFile, text: readFileSync(accountsFile, 'utf8'), environment: {} });
  const { accounts = new Map() } = read;
  const path = join(examplesFolder, file);
  const parsed = parseApplication({ file: path, text: readExample(file), accounts, stageTypes: stageRegistry });
  const problems = [...read.problems, ...parsed.problems].map(
    ({ line, message }) => `${basename(path)}:${line} ${message}`,
  );
  if (parsed.application === undefined || problems.length > 0) throw new Error(problems.join('\n'));
  return parsed.application;
}

/** A Jenkins with the jobs that examples name. */
function seedJenkins({ create }: ReturnType<typeof createEmulatedJenkins>, application: string): void {
  const script = 'echo passed=12 > result.properties\necho failed=0 >> result.properties';
  create(`${application}-test`, jobXml({ script, parameters: { VERSION: '' } }));
  const names = [...scriptParameters, 'REPO_URL', 'REPO_BRANCH'];
  create('run-script', jobXml({ parameters: Object.fromEntries(names.map((name) => [name, ''])) }));
}

/** Where examples send their webhooks to. */
const webhookHost = 'https://hooks.example.com';

/** How a test decides on judgments. @default every one is approved */
export type Verdict = { readonly answer?: string; readonly rejects?: true };

type Judged = { readonly stageId: string; readonly context: StageContext };

function decisionOf({ stageId, context }: Judged, { answer, rejects }: Verdict): Signal {
  const by = { type: 'judge', stageId, user: 'U0ANN' } as const;
  if (rejects === true) return { ...by, decision: 'stop', reason: 'no' };
  const input = answer ?? judgmentAnswers(context)[0];
  return { ...by, decision: 'continue', ...(input === undefined ? {} : { input }) };
}

/** Webhooks that go to a server of the test's instead. */
function webhooksTo(hooksUrl: string): Webhooks {
  const webhooks = createWebhooks({ allowedHosts: ['127.0.0.1'] });
  return {
    send: (request, signal) => webhooks.send({ ...request, url: request.url.replace(webhookHost, hooksUrl) }, signal),
  };
}

/**
 * The executor over an emulated DC/OS called `lab`, and a Jenkins called `ci`, on virtual time, which knows one application.
 * What goes to hooks.example.com goes to `hooksUrl`.
 */
export function createExampleBench(example: Application, hooksUrl: string) {
  const application = example.name;
  const clock = createManualClock();
  const store = createMemoryStore(() => clock.now());
  const cluster = createEmulatedCluster('lab', clock);
  const serverGroups = groupsOver({ lab: cluster }, clock);
  const jobs = jobsOver({ lab: cluster }, clock);
  const jenkins = createEmulatedJenkins(clock, { scriptJob: 'run-script' });
  seedJenkins(jenkins, application);
  let count = 0;
  const handlers = createExecutorHandlers({
    fetchText: fetchNothing,
    jobs: {
      ...jobs,
      run: (location, job, ...rest) => jobs.run(location, { ...job, labels: { ...job.labels, ...jobFiles } }, ...rest),
    },
    jenkins: jenkins.masters,
    store,
    clock,
    newId: () => `N${(count += 1)}`,
    teamId: 'T1',
    webhooks: webhooksTo(hooksUrl),
    definitions: () => ({ applications: new Map([[application, example]]), clusters: new Map() }),
    serverGroups,
    onError: () => undefined,
  });
  const handle = (loaded: Execution, owner: string) =>
    handlers.execution({ kind: 'execution', id: loaded.id, version: 0, document: loaded }, owner);
  /** Puts groups there, each running an image of its own and created after the one before; one of size 0 had 2 instances. */
  const seed = async (state: ClusterState): Promise<void> => {
    for (const [place, groups] of Object.entries(state)) {
      for (const [index, [name, instances]] of Object.entries(groups).entries()) {
        const container = { type: 'DOCKER', docker: { image: `registry.example.com/demo/${application}:1.${index}` } };
        const id = `/${place}/${name}`;
        cluster.core.seed({ id, instances: Math.max(instances, 2), cpus: 0.1, mem: 32, container });
        await clock.advance(10_000);
        cluster.core.handle({
          method: 'PUT',
          path: `/v2/apps/${id}`,
          query: new URLSearchParams(),
          body: { instances },
        });
        await clock.advance(10_000);
      }
    }
  };
  const stateOf = (places: readonly string[]): ClusterState => {
    const { body } = cluster.core.handle({ method: 'GET', path: '/v2/apps' });
    const { apps } = body as {
      readonly apps: readonly { readonly id: string; readonly instances: number; readonly tasksRunning: number }[];
    };
    const below = (place: string) => apps.filter(({ id }) => id.startsWith(`/${place}/`));
    const size = ({ instances, tasksRunning }: (typeof apps)[number]) => (instances === tasksRunning ? instances : NaN);
    const named = (place: string) => below(place).map((app) => [app.id.slice(place.length + 2), size(app)] as const);
    return Object.fromEntries(places.map((place) => [place, Object.fromEntries(named(place))]));
  };
  return {
    seed,
    /** Groups and their sizes of places; NaN while an app has not as many tasks as it is to have. */
    stateOf,
    /** The ids of the tasks of a group of a place. */
    instancesOf: (place: string, name: string): readonly string[] => {
      const { body } = cluster.core.handle({ method: 'GET', path: `/v2/apps//${place}/${name}` });
      return (body as { readonly app: { readonly tasks: readonly { readonly id: string }[] } }).app.tasks.map(
        ({ id }) => id,
      );
    },
    /**
     * Runs the pipeline of the first environment to its end; every judgment is approved, with `answer` or the first that it
     * offers, or rejected.
     */
    run: async (parameters: StageContext, verdict: Verdict = {}): Promise<Execution> => {
      const [environment] = example.environments.values();
      if (environment === undefined) throw new Error('The example has no environment.');
      const image = `${example.image}:2.0`;
      const execution = buildExecution({
        application,
        pipelineConfigId: `${application}/${environment.pipeline.name}`,
        status: 'NOT_STARTED',
        trigger: { type: 'manual', user: 'U0ANN', parameters, correlationId: 'C1' },
        stages: planPipeline(resolvePipeline(example, environment, { image })),
        definition: {
          ...buildExecution().definition,
          writtenAs: 'yaml',
          environment: environment.name,
          cluster: clusterOf(example, environment),
          regions: environment.locations.map(locationName),
          image,
          toVersion: '2.0',
        },
      });
      await store.create(executionKind, execution.id, execution, { due: clock.now() });
      for (;;) {
        const now = await drive({ store, clock, id: execution.id, handle, maxMs: 4 * 3_600_000 - 60_000 });
        const all = (await store.list(executionKind)).map(({ document }) => document);
        const [judged] = all.flatMap(({ id, stages }) =>
          stages.flatMap((stage) =>
            stage.type === 'manualJudgment' && stage.status === 'RUNNING'
              ? [{ id, stageId: stage.id, context: stage.context }]
              : [],
          ),
        );
        if (judged === undefined) {
          // What Marathon starts in the place of something killed is not waited for.
          await clock.advance(10_000);
          return now;
        }
        const said = await sendSignal({ store, clock }, decisionOf(judged, verdict), judged.id);
        if (said !== '') throw new Error(said);
      }
    },
  };
}
