import { isComplete } from '../../src/model/status';
import type { Execution } from '../../src/model/execution';
import type { createQueueBench, Wanted } from './queue-kit';

type Bench = ReturnType<typeof createQueueBench>;

/** All executions, and who has the places in the queue of each pipeline, at one moment. */
type Sight = {
  readonly executions: readonly Execution[];
  readonly places: ReadonlyMap<string, readonly string[]>;
};

const familyId = (id: string) => id.replace(/-+$/, '');
const hasEnd = ({ status, canceled, ending }: Execution) =>
  isComplete(status) || status === 'PAUSED' || canceled !== undefined || ending !== undefined;

/** Whether an execution gets to its end if those in `able` do, and nobody does anything. */
function getsOn({ executions, places }: Sight, execution: Execution, able: ReadonlySet<string>): boolean {
  const byId = (id: string) => executions.find((other) => other.id === id);
  const clusterIsFree = (cluster: string) =>
    executions
      .filter(({ status }) => status !== 'NOT_STARTED' && !isComplete(status))
      .filter(({ definition, id }) => definition.cluster === cluster && familyId(id) !== familyId(execution.id))
      .every(({ id }) => able.has(id));
  const hasTurn = () => {
    const all = places.get(execution.pipelineConfigId ?? '') ?? [];
    return all.length === 0 || all.some((id) => id === execution.id || byId(id) === undefined || able.has(id));
  };
  if (hasEnd(execution)) return true;
  if (execution.status === 'NOT_STARTED') return hasTurn() && clusterIsFree(execution.definition.cluster);
  const stage = execution.stages.find(({ status }) => status === 'RUNNING');
  if (stage?.type !== 'pipeline') return true;
  const wanted = stage.context.child as Wanted;
  return byId(wanted.id) === undefined ? clusterIsFree(wanted.cluster ?? '') : able.has(wanted.id);
}

/** The ids of those that get to their end if nobody does anything. */
function ableIn(sight: Sight): ReadonlySet<string> {
  const able = new Set<string>();
  for (let before = -1; before < able.size;) {
    before = able.size;
    for (const execution of sight.executions) if (getsOn(sight, execution, able)) able.add(execution.id);
  }
  return able;
}

const endedByCircle = ({ canceled, stages }: Execution): boolean =>
  [canceled?.reason, ...stages.map(({ failure }) => failure?.message)].some(
    (reason) => reason?.startsWith('It would wait for ever') === true,
  );

/** Throws where an execution has given up that would have got to its end; `before` and `after` are told of each turn. */
export function watchCircles(bench: Bench) {
  let sight: Sight = { executions: [], places: new Map() };
  const known = new Set<string>();
  const look = async (): Promise<Sight> => {
    const queues = ['p', 'q', 'r'].map(async (pipeline) => {
      const running = (await bench.queue(pipeline))?.running ?? [];
      return [`foo/${pipeline}`, running.map(({ executionId }) => executionId)] as const;
    });
    return { executions: await bench.all(), places: new Map(await Promise.all(queues)) };
  };
  return {
    before: async () => {
      sight = await look();
    },
    after: async () => {
      const ended = (await bench.all()).filter((execution) => endedByCircle(execution) && !known.has(execution.id));
      const able = ended.length === 0 ? new Set() : ableIn(sight);
      for (const { id } of ended) {
        known.add(id);
        if (able.has(id)) throw new Error(`${id} gave up, though it would have got to its end.`);
      }
    },
    count: () => known.size,
  };
}
