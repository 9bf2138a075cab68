import type { PlanInput } from '../engine/contracts/stage';
import type { TaskDefinition } from '../engine/contracts/task';
import { planPipeline } from '../engine/plan-stages';
import { tasksOf } from '../engine/registry';
import type { PipelineStage } from '../model/application';
import type { Execution, Stage } from '../model/execution';
import type { CoxswainStage, Services } from '../services';

type Task = TaskDefinition<Services>;

/** An execution of one stage that nobody started. */
const executionOf = (stages: readonly Stage[]): Execution => ({
  schema: 2,
  teamId: '',
  id: '',
  type: 'PIPELINE',
  application: '',
  name: '',
  status: 'NOT_STARTED',
  buildTime: 0,
  trigger: { type: 'manual', user: '', parameters: {}, correlationId: '' },
  stages,
  definition: {
    kind: 'pipeline',
    environment: '',
    cluster: '',
    regions: [],
    policy: { deployers: [], approvers: { groups: [], count: 1, excludeRequester: false } },
    notify: { channel: [], requester: [] },
  },
  events: [],
});

/** The tasks of a stage of this type, and of the parts of the same type that it plans, each once. */
export function allTasksOf(definition: CoxswainStage, written: PipelineStage): readonly Task[] {
  const stages = planPipeline([{ ...written, requisiteStageRefIds: [] }]);
  const [stage] = stages;
  if (stage === undefined) return [];
  const inputOf = (context: Stage['context']): PlanInput => {
    const one = { ...stage, context };
    return { execution: executionOf([one]), stage: one, context };
  };
  const input = inputOf(stage.context);
  const parts = (definition.before?.(input) ?? []).filter(({ type }) => type === definition.type);
  const inputs = [input, ...parts.map(({ context }) => inputOf(context))];
  const tasks = inputs.flatMap((each) => tasksOf(definition, () => each));
  return [...new Map(tasks.map((task) => [task.name, task])).values()];
}
