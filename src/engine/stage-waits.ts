import type { Execution, Stage } from '../model/execution';
import type { TaskResult } from './contracts/task';
import { stageById } from './graph';

type Span = { readonly from: number; readonly to: number };

/** Whether something keeps a stage from its first act now. */
export const isHeldNow = ({ status, waits = [] }: Stage): boolean =>
  status === 'RUNNING' && waits.some(({ until }) => until === undefined);

/** A stage whose wait begins, lasts or ends with a look that came to this. */
export function withWait(stage: Stage, result: TaskResult, now: number): Stage {
  const { waits = [] } = stage;
  const isHeld = result.status === 'RUNNING' && result.isHeld === true;
  if (isHeld === isHeldNow(stage)) return stage;
  if (isHeld) return { ...stage, waits: [...waits, { at: now }] };
  return { ...stage, waits: waits.map((wait) => ({ until: now, ...wait })) };
}

/** Whether a stage is another, or was planned below it. */
function isWithin(execution: Execution, stage: Stage, other: Stage): boolean {
  if (stage.id === other.id) return true;
  const parent = stage.parentStageId === undefined ? undefined : stageById(execution, stage.parentStageId);
  return parent !== undefined && isWithin(execution, parent, other);
}

/** How long several spans last together; what two of them share counts once. */
function lengthOf(spans: readonly Span[]): number {
  let [sum, end] = [0, Number.NEGATIVE_INFINITY];
  for (const { from, to } of spans.toSorted((one, other) => one.from - other.from)) {
    sum += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return sum;
}

const since = (spans: readonly Span[], start: number): readonly Span[] =>
  spans.map(({ from, to }) => ({ from: Math.max(from, start), to })).filter(({ from, to }) => to > from);

/** How long an execution was paused since `start`, in milliseconds. */
export const pausedMs = ({ pauses = [] }: Execution, start: number): number =>
  lengthOf(
    since(
      pauses.map(({ at, resumedAt }) => ({ from: at, to: resumedAt })),
      start,
    ),
  );

/** How long a stage stood still since `start`: paused, or with it or a part of it kept from acting, in milliseconds. */
export function standstillMs(execution: Execution, stage: Stage, start: number): number {
  const { pauses = [], stages } = execution;
  const held = stages.filter((other) => other.waits !== undefined && isWithin(execution, other, stage));
  const waits = held.flatMap(({ waits: all = [] }) =>
    all.flatMap(({ at, until }) => (until === undefined ? [] : [{ from: at, to: until }])),
  );
  return lengthOf(since([...pauses.map(({ at, resumedAt }) => ({ from: at, to: resumedAt })), ...waits], start));
}
