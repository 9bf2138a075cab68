import type { AuditFact } from '../model/audit';
import type { Execution } from '../model/execution';
import type { View } from '../model/view';
import type { Clock } from './clock';
import type { Review } from '../model/review';
import { executionKind, reviewKind } from './document-kinds';
import type { ExecutionRenderer } from './fold';
import { putMessage } from './messages';
import type { DocumentStore } from './ports/document-store';
import { tellJudges, type TellingParts } from './tell-judges';
import { leaveQueue } from './wait-in-queue';

/** The id of an execution's live message. */
export const liveMessageId = (executionId: string): string => `${executionId}/live`;

/** The message in whose thread an execution tells what happens; there are no threads in threads. */
export const threadIdOf = ({ id, report }: Pick<Execution, 'id' | 'report'>): string =>
  report?.threadOf ?? liveMessageId(id);

/**
 * What draining needs; `tellsRequester` says whether the person who asked wants to hear of this outcome themselves, `adopt`
 * lets the parent of an execution that runs again wait for it again, `abandon` cancels what a retry was to wait for, `passOn`
 * pauses and resumes what a stage waits for, `judges` names who is to have a judgment's question by themselves.
 */
export type DrainParts = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly render: ExecutionRenderer;
  readonly tellsRequester: (execution: Execution) => Promise<boolean>;
  readonly adopt: (child: Execution, event: RetriedEvent) => Promise<void>;
  readonly abandon: (event: AbandonedEvent) => Promise<void>;
  /** Writes facts to the audit log, each once however often it is told. */
  readonly record: (facts: readonly AuditFact[]) => Promise<void>;
  readonly passOn: (event: PassedOnEvent) => Promise<void>;
  /** Shows whoever asked for an execution the plan of now; absent: nobody is asked. */
  readonly askAgain?: (execution: Execution) => Promise<void>;
  /** Locks the environment of a rollback that succeeded; absent: nothing is locked. */
  readonly lockAfter?: (rollback: Execution, eventId: string) => Promise<void>;
  readonly judges: TellingParts['judges'];
};

type Event = Execution['events'][number];
/** Tells the parent of an execution that it runs again. */
export type RetriedEvent = Extract<Event, { type: 'retried' }>;
/** Tells what a stage waits for that who waits was paused or goes on. */
export type PassedOnEvent = Extract<Event, { type: 'passedOn' }>;
/** Tells what a retry was to wait for that nobody waits for it. */
export type AbandonedEvent = Extract<Event, { type: 'abandoned' }>;

async function wakeParent({ store, clock }: DrainParts, { trigger }: Execution): Promise<void> {
  if (trigger.type === 'pipeline') await store.touch(executionKind, trigger.parentExecutionId, clock.now());
}

async function askForReview({ store }: DrainParts, review: Review): Promise<void> {
  await store.create(reviewKind, review.id, review, { due: review.at + review.reviewWithinMs });
}

/** All that is to be written down at once: the first of these events takes the others along. */
const auditFactsOf = ({ events }: Execution): readonly AuditFact[] =>
  events.flatMap((event) => (event.type === 'audit' ? [event.fact] : []));

const tellDirectly = (
  { store, clock }: DrainParts,
  { teamId }: Execution,
  user: string,
  { id, view }: { readonly id: string; readonly view: View },
): Promise<void> =>
  putMessage(store, { now: clock.now(), id, teamId, target: { kind: 'direct', user }, view, urgent: true });

/**
 * Applies an execution's events to its messages: the live one in the channel, the others in its thread, and a direct one
 * to the requester; to the execution that started it; and to the audit log. Where it ended, its place in the queue of its pipeline goes to
 * others.
 */
export function createExecutionDrain(parts: DrainParts) {
  const { store, clock, render, tellsRequester } = parts;
  return async (execution: Execution, event: Event): Promise<void> => {
    if (event.type === 'audit') return parts.record(auditFactsOf(execution));
    if (event.type === 'queue') return leaveQueue(parts, execution, event.round);
    if (event.type === 'review') return askForReview(parts, event.review);
    const { report, teamId, trigger } = execution;
    if (event.type === 'direct') return tellDirectly(parts, execution, event.user, event);
    if (event.type === 'ended') return wakeParent(parts, execution);
    if (event.type === 'retried') return parts.adopt(execution, event);
    if (event.type === 'abandoned') return parts.abandon(event);
    if (event.type === 'passedOn') return parts.passOn(event);
    if (event.type === 'askAgain') return parts.askAgain?.(execution);
    if (event.type === 'rolledBack') return parts.lockAfter?.(execution, event.id);
    if (report === undefined) return;
    if (event.type === 'copies') return tellJudges(parts, execution, event, threadIdOf(execution));
    const parentId = threadIdOf(execution);
    if (event.type === 'live') {
      const isInThread = report.threadOf !== undefined;
      await putMessage(store, {
        now: clock.now(),
        id: liveMessageId(execution.id),
        teamId,
        target: isInThread
          ? { kind: 'thread', parentId, broadcast: false }
          : { kind: 'channel', channel: report.channel },
        view: render.live(execution),
        urgent: event.urgent,
      });
      return;
    }
    if (event.type === 'requester')
      return (await tellsRequester(execution)) ? tellDirectly(parts, execution, trigger.user, event) : undefined;
    const target = { kind: 'thread', parentId, broadcast: event.broadcast } as const;
    await putMessage(store, {
      now: clock.now(),
      id: event.messageId,
      teamId,
      target,
      view: event.view,
      urgent: event.broadcast,
    });
  };
}
