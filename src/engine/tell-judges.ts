import type { Execution } from '../model/execution';
import type { ExecutionEvent } from '../model/execution-event';
import type { Message } from '../model/message';
import type { Clock } from './clock';
import { messageKind } from './document-kinds';
import { putMessage } from './messages';
import type { DocumentStore } from './ports/document-store';

/** Brings a judgment's copies up to date. */
export type CopiesEvent = Extract<ExecutionEvent, { type: 'copies' }>;

/** What telling takes; `judges` names the chat users who are to have a copy of their own. */
export type TellingParts = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly judges: (
    execution: Execution,
    stageId: string,
    whom: Exclude<CopiesEvent['to'], 'nobody'>,
  ) => Promise<readonly string[]>;
};

const mostCopies = 100;

/**
 * Gives all copies of a question the view of the question itself, so that none keeps its buttons once it is decided, and sends
 * those that are due. A reminder is a message of its own, since an edit tells nobody.
 */
export async function tellJudges(parts: TellingParts, execution: Execution, event: CopiesEvent): Promise<void> {
  const { store, clock } = parts;
  const { messageId, view, to, stageId } = event;
  const put = ({ id, target }: Pick<Message, 'id' | 'target'>) =>
    putMessage(store, {
      now: clock.now(),
      teamId: execution.teamId,
      id,
      target,
      copyOf: messageId,
      view,
      urgent: true,
    });
  const index = { name: 'copyOf', value: messageId };
  const copies = await store.list(messageKind, { index, limit: mostCopies });
  if (to !== 'everybody') for (const { document } of copies) await put(document);
  if (to === 'nobody') return;
  for (const user of await parts.judges(execution, stageId, to))
    await put({ id: `${messageId}/${to}/${user}`, target: { kind: 'direct', user } });
}
