import { auditedSelf, auditFact, type AuditFact, type AuditOrigin } from '../model/audit';
import type { ErrorCode } from '../model/errors';
import type { Execution, Stage, Task } from '../model/execution';
import type { ExecutionEvent } from '../model/execution-event';
import { isComplete } from '../model/status';
import { actingUser, actingUserOf } from './acting-user';
import { describeEffect } from './audit-effect';
import { openLockOf } from './deployment-lock';
import type { OutsideSystem } from './contracts/task';
import type { StageRegistry } from './contracts/stage';
import { contextOf, stageById } from './graph';
import { tasksOf } from './registry';
import type { Signal } from './signals';
import { failureOf } from './failure-of';

type Settings<S> = { readonly registry: StageRegistry<S>; readonly now: number };

const eventOf = (fact: AuditFact): ExecutionEvent => ({ id: `audit/${fact.id}`, type: 'audit', fact });

/** What is the same in everything that an execution does. */
function baseOf({ id, application, definition }: Execution, now: number) {
  const { environment } = definition;
  return { at: now, application, ...(environment === '' ? {} : { environment }), executionId: id };
}

const originOf = ({ trigger }: Execution): AuditOrigin =>
  trigger.type === 'pipeline'
    ? { surface: 'execution', executionId: trigger.parentExecutionId }
    : (trigger.origin ?? { surface: auditedSelf });

/** Not begun, or over: the next start is one that is told. */
const isAtRest = ({ status }: Execution): boolean => status === 'NOT_STARTED' || isComplete(status);

function startFacts(before: Execution, after: Execution, now: number): readonly AuditFact[] {
  const isBegun = isAtRest(before) && after.startTime !== undefined && before.status !== after.status;
  if (!isBegun || (isAtRest(after) && before.startTime === after.startTime)) return [];
  const { trigger, name, id } = after;
  return [
    auditFact({
      ...baseOf(after, now),
      id: `${id}/started/${now}`,
      kind: 'execution',
      action: 'started',
      who: actingUser(after),
      what: name,
      why: trigger.reason,
      from: originOf(after),
    }),
  ];
}

function endFacts(before: Execution, after: Execution, now: number): readonly AuditFact[] {
  if (isComplete(before.status) || !isComplete(after.status)) return [];
  const { id, name, status, canceled } = after;
  const code = failureOf(after)?.code;
  return [
    auditFact({
      ...baseOf(after, now),
      id: `${id}/ended/${now}`,
      kind: 'execution',
      action: 'ended',
      who: canceled?.by ?? auditedSelf,
      what: name,
      // What failed is told by its code: the words may quote what a server answered.
      why: canceled === undefined ? code : canceled.reason,
      from: { surface: 'execution', executionId: id },
      outcome: status,
    }),
  ];
}

/** A task at two moments, of the same attempt of its stage. */
type Moved = { readonly stage: Stage; readonly earlier: Task | undefined; readonly task: Task };

function movedTasks(before: Execution, after: Execution): readonly Moved[] {
  const known = new Map(before.stages.map((stage) => [stage.id, stage]));
  return after.stages.flatMap((stage) => {
    const old = known.get(stage.id);
    if (old === stage) return [];
    const earlier = old?.attempt === stage.attempt ? old.tasks : [];
    return stage.tasks
      .map((task) => ({ stage, task, earlier: earlier.find(({ id }) => id === task.id) }))
      .filter(({ task, earlier: was }) => task !== was && task.memo !== undefined);
  });
}

/** The system that a task acts on; undefined for one that only looks. */
function systemOf<S>(
  execution: Execution,
  { stage, task }: Moved,
  registry: StageRegistry<S>,
): OutsideSystem | undefined {
  const definition = registry.find(stage.type);
  if (definition === undefined) return undefined;
  const tasks = tasksOf(definition, () => ({ execution, stage, context: contextOf(execution, stage) }));
  return tasks.find(({ name }) => name === task.name)?.acts;
}

function effectFacts<S>(after: Execution, moved: Moved, { registry, now }: Settings<S>): readonly AuditFact[] {
  const { stage, task, earlier } = moved;
  const isIntended = earlier?.memo === undefined;
  const isOver = isComplete(task.status) && !isComplete(earlier?.status ?? 'RUNNING');
  if (!isIntended && !isOver) return [];
  const system = systemOf(after, moved, registry);
  if (system === undefined) return [];
  const { id } = after;
  const key = `${id}/${stage.id}/${stage.attempt}/${task.id}`;
  const fact = (moment: 'intended' | 'over', outcome: string) =>
    auditFact({
      ...baseOf(after, now),
      id: `${key}/${moment}`,
      kind: 'effect',
      action: task.name,
      who: actingUserOf(after, stage),
      what: describeEffect(after, stage, task, system),
      why: isOver ? stage.failure?.code : undefined,
      from: { surface: 'execution', executionId: id },
      outcome,
    });
  return [...(isIntended ? [fact('intended', 'INTENDED')] : []), ...(isOver ? [fact('over', task.status)] : [])];
}

const refusals: readonly string[] = ['NOT_ALLOWED', 'TRAFFIC_GUARD'] satisfies readonly ErrorCode[];
const timeouts: readonly string[] = ['TASK_TIMEOUT'] satisfies readonly ErrorCode[];

/** A stage that was refused by a policy or a guard, or whose time ran out, a judgment's too. */
function stageFacts(before: Execution, after: Execution, now: number): readonly AuditFact[] {
  return after.stages.flatMap((stage) => {
    const { failure, id, attempt, type, tasks } = stage;
    const old = stageById(before, id);
    const isNew = failure !== undefined && (old?.failure === undefined || old.attempt !== attempt);
    // A stage above takes over the failure of its parts.
    if (!isNew || !tasks.some(({ status }) => status === 'TERMINAL')) return [];
    const isRefused = refusals.includes(failure.code);
    if (!isRefused && !timeouts.includes(failure.code)) return [];
    return [
      auditFact({
        ...baseOf(after, now),
        id: `${after.id}/${id}/${attempt}/failed`,
        kind: isRefused ? 'refusal' : 'background',
        action: isRefused ? type : 'expired',
        who: isRefused ? actingUserOf(after, stage) : auditedSelf,
        what: `${type} of ${after.name}`,
        // The words of a policy or a guard are our own.
        why: isRefused ? failure.message : failure.code,
        from: { surface: 'execution', executionId: after.id },
        outcome: failure.code,
      }),
    ];
  });
}

/** What is to be written down of the way from one state of an execution to the next; pure. */
export function auditEvents<S>(before: Execution, after: Execution, settings: Settings<S>): Execution['events'] {
  if (before === after) return [];
  const { now } = settings;
  const effects = movedTasks(before, after).flatMap((moved) => effectFacts(after, moved, settings));
  const around = [stageFacts(before, after, now), endFacts(before, after, now)].flat();
  return [...startFacts(before, after, now), ...effects, ...around].map(eventOf);
}

/** Signals that set aside what would hold an execution back. */
const overrides: readonly Signal['type'][] = ['startNow', 'override', 'breakGlass', 'force'];

/** The deployments that a signal has broken off: ` over deployment 7`; empty for any other. */
function forcedText(stage: Stage | undefined, { type }: Signal): string {
  const lock = stage === undefined || (type !== 'force' && type !== 'breakGlass') ? undefined : openLockOf(stage);
  return lock === undefined ? '' : ` over deployment ${lock.holders.join(', ')}`;
}

/** What a person, or an execution, has decided about an execution: one fact for each signal that counted. */
export function signalFact(
  execution: Execution,
  signal: Signal,
  { id, now }: { readonly id: string; readonly now: number },
): ExecutionEvent {
  const judged = signal.type === 'judge' ? { judge: signal.decision === 'continue' ? 'approve' : 'reject' } : undefined;
  const stage = 'stageId' in signal ? stageById(execution, signal.stageId) : undefined;
  const input = 'input' in signal ? ` with '${signal.input}'` : '';
  const where = stage === undefined ? '' : `stage ${stage.refId} (${stage.type}) of `;
  return eventOf(
    auditFact({
      ...baseOf(execution, now),
      id: `${execution.id}/signal/${id}`,
      kind: overrides.includes(signal.type) ? 'override' : 'decision',
      action: judged?.judge ?? signal.type,
      who: signal.user,
      what: `${where}${execution.name}${input}${forcedText(stage, signal)}`,
      why: 'reason' in signal ? signal.reason : undefined,
      from: signal.origin ?? { surface: auditedSelf },
      outcome: 'ACCEPTED',
    }),
  );
}
