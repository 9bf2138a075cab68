import type { Execution } from '../model/execution';
import type { Clock } from './clock';
import type { ExecutionRenderer } from './fold';
import { putMessage } from './messages';
import type { DocumentStore } from './ports/document-store';
import { leaveQueue } from './wait-in-queue';

/** The id of an execution's live message. */
export const liveMessageId = (executionId: string): string => `${executionId}/live`;

/** What draining needs; `tellsRequester` says whether the person who asked wants to hear of this outcome themselves. */
export type DrainParts = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly render: ExecutionRenderer;
  readonly tellsRequester: (execution: Execution) => Promise<boolean>;
};

/**
 * Applies an execution's events to its messages: the live one in the channel, the others in its thread, and a direct one
 * to the requester. Where it ended, its place in the queue of its pipeline goes to others.
 */
export function createExecutionDrain({ store, clock, render, tellsRequester }: DrainParts) {
  return async (execution: Execution, event: Execution['events'][number]): Promise<void> => {
    if (event.type === 'queue') {
      await leaveQueue({ store, clock }, execution, event.round);
      return;
    }
    const { report, teamId } = execution;
    if (report === undefined) return;
    const parentId = liveMessageId(execution.id);
    if (event.type === 'live') {
      const target = { kind: 'channel', channel: report.channel } as const;
      await putMessage(store, {
        now: clock.now(),
        id: parentId,
        teamId,
        target,
        view: render.live(execution),
        urgent: event.urgent,
      });
      return;
    }
    if (event.type === 'requester') {
      if (!(await tellsRequester(execution))) return;
      const { user } = execution.trigger;
      const target = { kind: 'direct', user } as const;
      await putMessage(store, { now: clock.now(), id: event.id, teamId, target, view: event.view, urgent: true });
      return;
    }
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
