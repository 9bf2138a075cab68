import { executionKind } from '../../src/engine/document-kinds';
import { isNewest } from '../../src/engine/is-newest';
import type { Execution } from '../../src/model/execution';
import { buildExecution } from '../support/api-fixture';
import { createMemoryStore } from '../support/memory-store';

/** One that is over, and began last when `startTime` says; undefined for never. */
const began = (id: string, startTime?: number, more: Partial<Execution> = {}): Execution =>
  buildExecution({ id, status: 'TERMINAL', ...(startTime === undefined ? {} : { startTime }), ...more });

const below = (parentExecutionId: string): Partial<Execution> => ({
  trigger: {
    type: 'pipeline',
    user: 'UANN',
    parameters: {},
    correlationId: 'C2',
    parentExecutionId,
    parentStageId: '1',
  },
});

const nowhere = { definition: { ...buildExecution().definition, regions: [] } };
const waitsForRetry: Partial<Execution> = {
  status: 'NOT_STARTED',
  admission: { round: 1, state: 'waiting' },
  retry: { stageId: '1', user: 'UANN', ended: { status: 'TERMINAL' } },
};

const many = (count: number, make: (id: string, index: number) => Execution) =>
  Array.from({ length: count }, (_, index) => make(`F${String(index).padStart(3, '0')}`, index));

/** Of `E`, which began at 10. */
const rows: readonly (readonly [string, boolean, readonly Execution[]])[] = [
  ['is alone', true, []],
  ['is followed', false, [began('F', 11)]],
  ['is followed by one that was asked for before it', false, [began('D', 11)]],
  ['follows one that was asked for after it', true, [began('F', 9)]],
  ['is followed by one that was asked for in the same millisecond', false, [began('F', 10)]],
  ['is followed by one that touches no region', true, [began('F', 11, nowhere)]],
  ['has one after it that left the queue', true, [began('F', undefined, { status: 'CANCELED' })]],
  ['has one after it that is about to begin', true, [began('F', undefined, { status: 'NOT_STARTED' })]],
  ['has one before it whose retry waits', true, [began('F', 9, waitsForRetry)]],
  ['has one before it that was retried', false, [began('D', 11, { buildTime: 1 })]],
  ['is followed by what it started itself', true, [began('F', 11, below('E'))]],
  ['is followed by its own after another', false, [began('F', 11), began('G', 12, below('E'))]],
  ['is followed, and then by very many that never began', false, [began('EX', 11), ...many(60, (id) => began(id))]],
  [
    'is followed, and then by very many of its own',
    false,
    [began('EX', 11), ...many(60, (id, index) => began(id, 12 + index, below('E')))],
  ],
  ['is followed by very many that never began', true, many(60, (id) => began(id))],
];

describe('an execution is the newest of its cluster or not, by when each began last, where it', () => {
  it.each(rows)('%s: %s', async (_what, expected, others) => {
    const store = createMemoryStore(() => 0);
    const own = began('E', 10);
    for (const each of [own, ...others]) await store.create(executionKind, each.id, each);
    expect(await isNewest(store, own)).toBe(expected);
  });
});
