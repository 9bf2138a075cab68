import type { Execution, Trigger } from '../model/execution';
import type { DocumentStore } from './ports/document-store';
import { readHistory } from './read-history';

const states: readonly string[] = ['yielding', 'blocked', 'admitted'];

const waits = ({ status, admission, canceled, trigger }: Execution): boolean =>
  status === 'NOT_STARTED' &&
  canceled === undefined &&
  trigger.type === 'manual' &&
  states.includes(admission?.state ?? '');

/** One that waits for a cluster, or would. */
export type Asking = Pick<Execution, 'id' | 'definition' | 'buildTime' | 'pipelineConfigId'> & {
  readonly trigger: Pick<Trigger, 'type'>;
};

/** Whether another was asked for before; the queue of one pipeline has an order of its own within one millisecond. */
const isEarlier = (other: Execution, { id, buildTime, pipelineConfigId }: Asking): boolean =>
  other.buildTime < buildTime ||
  (other.buildTime === buildTime && other.pipelineConfigId !== pipelineConfigId && other.id < id);

/**
 * Those that wait for the same cluster and were asked for before, the first of them first. Only what a person started waits
 * behind others: it holds nothing that these could wait for, so that no circle comes of it.
 */
export async function waitingAhead(store: DocumentStore, asking: Asking): Promise<readonly Execution[]> {
  if (asking.trigger.type !== 'manual') return [];
  const history = await readHistory(store, asking.definition.cluster);
  return history.filter((other) => other.id !== asking.id && isEarlier(other, asking) && waits(other)).toReversed();
}
