import { lockCluster } from '../../src/engine/cluster-lock';
import { executionKind } from '../../src/engine/document-kinds';
import type { Application, Environment, PipelineStage } from '../../src/model/application';
import type { Execution, Policy, StageContext } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { buildExecution } from './api-fixture';
import type { Step } from './engine-kit';
import { writtenPipeline } from './expression-kit';
import type { createStageBench } from './stage-kit';

type Bench = ReturnType<typeof createStageBench>;

const everybody: Policy = {
  deployers: [],
  approvers: { groups: [], anyone: true, count: 1, excludeRequester: false },
};

/** Stages of a file's pipeline, as a test writes those of an execution. */
const stagesOf = (steps: readonly Step[]): readonly PipelineStage[] =>
  steps.map(({ ref, type, name = `Stage ${ref}`, after = [], context = {} }) => ({
    refId: ref,
    requisiteStageRefIds: after,
    type,
    name,
    context,
  }));

/** An application with these pipelines and the environments `dev` and `staging`, both in east. */
export function applicationOf(
  name: string,
  pipelines: Readonly<Record<string, readonly Step[]>>,
  over: Partial<Environment> = {},
): readonly [string, Application] {
  const all = new Map(Object.entries(pipelines).map(([key, steps]) => [key, { name: key, stages: stagesOf(steps) }]));
  const [first = { name: 'none', stages: [] }] = all.values();
  const environmentOf = (environment: string): readonly [string, Environment] => [
    environment,
    {
      name: environment,
      locations: [east],
      instances: 2,
      pipeline: first,
      service: { cpus: 1, mem: 512, serviceEndpoints: [], healthChecks: [] },
      channel: `${name}-deploys`,
      policy: everybody,
      confirm: false,
      ...over,
    },
  ];
  const application: Application = {
    name,
    file: `${name}.yaml`,
    image: `repo/${name}`,
    notify: { channel: ['failed'], requester: ['failed'] },
    pipelines: all,
    environments: new Map([environmentOf('dev'), environmentOf('staging')]),
  };
  return [name, application];
}

/** An execution of `foo` for dev, run from its pipeline `main`, which deploys 2.0. */
export const parentOf = (steps: readonly Step[], fields: Partial<Execution> = {}): Execution => {
  const { definition } = buildExecution();
  const dev = { environment: 'dev', cluster: 'foo-dev', image: 'repo/foo:2.0', regions: ['nonprod/east'] } as const;
  return writtenPipeline(steps, {
    name: 'Deploy foo 2.0 to dev',
    pipelineConfigId: 'foo/main',
    definition: { ...definition, ...dev, writtenAs: 'yaml' },
    ...fields,
  });
};

/** One `pipeline` stage, which runs `foo/child` unless it says otherwise. */
export const runs = (context: StageContext = {}, more: Partial<Step> = {}): Step => ({
  ref: '1',
  type: 'pipeline',
  context: { pipeline: 'child', ...context },
  ...more,
});

/** Stores an execution that works on its cluster, as the executor starts one. */
export async function startLocked(bench: Bench, execution: Execution): Promise<void> {
  await bench.start(execution);
  await lockCluster(bench.store, execution.definition.cluster, { executionId: execution.id });
}

/** All executions that stages started, oldest first. */
export async function childrenIn(bench: Pick<Bench, 'store'>): Promise<readonly Execution[]> {
  const all = await bench.store.list(executionKind);
  return all.map(({ document }) => document).filter(({ trigger }) => trigger.type === 'pipeline');
}

/** The only execution that a stage started; fails the test where there is none, or are several. */
export async function childIn(bench: Pick<Bench, 'store'>): Promise<Execution> {
  const [child, ...others] = await childrenIn(bench);
  if (child === undefined || others.length > 0) throw new Error(`There are ${others.length + 1} or no children.`);
  return child;
}
