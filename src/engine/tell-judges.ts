import type { Execution } from '../model/execution';
import type { ExecutionEvent } from '../model/execution-event';
import type { Message } from '../model/message';
import type { Clock } from './clock';
import { messageKind } from './document-kinds';
import { stageById } from './graph';
import { listAll } from './list-all';
import { putMessage } from './messages';
import type { DocumentStore } from './ports/document-store';

/** Brings a judgment's copies up to date. */
export type CopiesEvent = Extract<ExecutionEvent, { type: 'copies' }>;

/** Who has a copy of their own, as chat users, and how many more may decide for whom there are too many. */
export type Judges = { readonly users: readonly string[]; readonly others: number };

/** What telling takes; `judges` names those who are to have a copy of their own. */
export type TellingParts = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly judges: (
    execution: Execution,
    stageId: string,
    whom: Exclude<CopiesEvent['to'], 'nobody'>,
  ) => Promise<Judges>;
};

/** Names in the thread who decides, where not each of them has a copy: a group that is named there is told of it. */
async function tellOthers(
  { store, clock }: TellingParts,
  execution: Execution,
  { messageId, stageId, view }: CopiesEvent,
  { parentId, others }: { readonly parentId: string; readonly others: number },
): Promise<void> {
  const name = stageById(execution, stageId)?.name ?? '';
  const told = (view.facts ?? []).filter(({ label }) => ['Decide by', 'Who decides', 'Approvals'].includes(label));
  const word = others === 1 ? 'One more person' : `${others} more people`;
  await putMessage(store, {
    now: clock.now(),
    teamId: execution.teamId,
    id: `${messageId}/others`,
    target: { kind: 'thread', parentId, broadcast: false },
    view: {
      headline: [`${execution.name}: the time of `, { strong: name }, ' is nearly over'],
      tone: 'attention',
      lines: [`${word} may decide than were told by themselves. The question above has the buttons.`],
      facts: told,
    },
    urgent: true,
  });
}

/**
 * Gives all copies of a question the view of the question itself, so that none keeps its buttons once it is decided, and sends
 * those that are due. A reminder is a message of its own, since an edit tells nobody. `parentId` is the message whose thread is
 * the execution's.
 */
export async function tellJudges(
  parts: TellingParts,
  execution: Execution,
  event: CopiesEvent,
  parentId: string,
): Promise<void> {
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
  const copies = listAll(store, messageKind, { name: 'copyOf', value: messageId });
  if (to !== 'everybody') for await (const { document } of copies) await put(document);
  if (to === 'nobody') return;
  const { users, others } = await parts.judges(execution, stageId, to);
  for (const user of users) await put({ id: `${messageId}/${to}/${user}`, target: { kind: 'direct', user } });
  if (to === 'everybody' && others > 0) await tellOthers(parts, execution, event, { parentId, others });
}
