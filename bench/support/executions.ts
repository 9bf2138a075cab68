import { executionRenderer, stageRegistry } from '../../src/app';
import { systemClock } from '../../src/engine/clock';
import { executionKind } from '../../src/engine/document-kinds';
import { dueOf, fold } from '../../src/engine/fold';
import { ulid } from '../../src/engine/ids';
import { planPipeline } from '../../src/engine/plan-stages';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { PipelineStage } from '../../src/model/application';
import type { ServerGroupDescription } from '../../src/model/description';
import type { Execution } from '../../src/model/execution';
import { openSqliteStore } from '../../src/store/sqlite-store';
import { inParallel } from './figures';

/** Opens a database to fill it or to look at it: large commits, no rests. */
export const openForSeeding = (file: string): DocumentStore =>
  openSqliteStore({ file, clock: systemClock, groupCommit: { max: 500, pauseMs: 0 } });

function newExecution(stages: readonly PipelineStage[]): Execution {
  const now = systemClock.now();
  const id = ulid(now);
  return {
    schema: 2,
    teamId: 'T0BENCH',
    id,
    type: 'PIPELINE',
    application: 'foo',
    name: 'deploy foo 1.1 to prod',
    status: 'NOT_STARTED',
    buildTime: now,
    trigger: { type: 'manual', user: 'U0REQUESTER', parameters: {}, correlationId: `command-${id}` },
    stages: planPipeline(stages),
    definition: {
      kind: 'deploy',
      environment: 'prod',
      cluster: `foo-${id.toLowerCase()}`,
      regions: ['prod/east', 'prod/west'],
      image: 'registry.example.com/foo:1.1',
      toVersion: '1.1',
      policy: { deployers: [], approvers: { groups: [], anyone: true, count: 1, excludeRequester: true } },
      notify: { channel: [], requester: [] },
    },
    events: [],
  };
}

const waitStage = (position: number, waitTime: number): PipelineStage => ({
  refId: String(position),
  requisiteStageRefIds: position === 1 ? [] : [String(position - 1)],
  type: 'wait',
  name: `Wait ${position}`,
  context: { waitTime },
});

/** An execution that waits `length` times for no time at all, one stage after the other; it reports nowhere. */
export const trivialExecution = (length: number): Execution =>
  newExecution(Array.from({ length }, (_, index) => waitStage(index + 1, 0)));

/** The judgment of `waitingExecution`. */
export const judgmentStageId = '1';

const judgment: PipelineStage = {
  refId: judgmentStageId,
  requisiteStageRefIds: [],
  type: 'manualJudgment',
  name: 'Approve prod',
  context: { instructions: 'Look at the dashboards of nonprod before you approve.' },
};

/** A running execution whose judgment is open, its messages sent; after the approval an hour's wait begins. */
export function waitingExecution(channel: string): Execution {
  const stages = [judgment, ...[2, 3, 4].map((position) => waitStage(position, 3600))];
  const started: Execution = { ...newExecution(stages), report: { teamId: 'T0BENCH', channel } };
  const settings = { registry: stageRegistry, now: systemClock.now(), render: executionRenderer };
  return { ...fold(started, (execution) => execution, settings), events: [] };
}

/** A red/black deployment of `name` to `prod` in `prod/east` on the DC/OS cluster `pe1`; it reports nowhere. */
export function deployExecution(name: string, instances: number): Execution {
  const location = { account: 'prod', region: 'east', dcosCluster: 'pe1', group: 'east' };
  const cluster: ServerGroupDescription = {
    cloudProvider: 'dcos',
    account: 'prod',
    application: name,
    stack: 'prod',
    freeFormDetails: '',
    dcosCluster: 'pe1',
    group: 'east',
    region: 'pe1_east',
    location,
    desiredCapacity: instances,
    cpus: 0.01,
    mem: 1,
    docker: { image: { imageId: 'registry.example.com/demo/foo:1.1' } },
    serviceEndpoints: [],
    healthChecks: [
      {
        protocol: 'HTTP',
        path: '/health',
        gracePeriodSeconds: 30,
        intervalSeconds: 1,
        timeoutSeconds: 1,
        maxConsecutiveFailures: 3,
      },
    ],
    strategy: 'redblack',
  };
  const stage = {
    refId: '1',
    requisiteStageRefIds: [],
    type: 'deploy',
    name: 'Deploy',
    context: { clusters: [cluster] },
  };
  const execution = newExecution([stage]);
  return { ...execution, application: name, definition: { ...execution.definition, cluster: `${name}-prod` } };
}

/** Stores executions, each due when the engine would have it. */
export const seedExecutions = (store: DocumentStore, executions: readonly Execution[]): Promise<void> =>
  inParallel(executions, 500, (execution) => {
    const now = systemClock.now();
    return store.create(executionKind, execution.id, execution, { due: dueOf(execution, stageRegistry, now) });
  });
