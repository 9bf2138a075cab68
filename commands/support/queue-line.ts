import { clusterHolder } from '../../src/engine/cluster-lock';
import { executionKind } from '../../src/engine/document-kinds';
import { estimateStart } from '../../src/engine/estimate-start';
import { ancestorIdsOf } from '../../src/engine/lineage';
import { worksOnCluster } from '../../src/engine/read-history';
import { ordinal } from '../../src/engine/waiting-text';
import { waitingAhead } from '../../src/engine/waiting-ahead';
import type { ExecutionDraft } from '../../src/model/command';
import { isComplete } from '../../src/model/status';
import type { Execution } from '../../src/model/execution';
import { joinTexts, type Text } from '../../src/model/text';
import type { VerbAnswer, VerbWorld } from './verb';

type Ahead = { readonly first: Execution; readonly waiting: readonly Execution[] };

/** Who works on a cluster, or waits for it longest, and all that wait there before an execution; undefined: it is yet to be asked for. */
async function aheadOf({ store }: VerbWorld, draft: ExecutionDraft, known?: Execution): Promise<Ahead | undefined> {
  const { cluster } = draft.definition;
  const holder = await clusterHolder(store, cluster, known === undefined ? [] : [known.id]);
  const asked = { ...draft, id: '', buildTime: Number.POSITIVE_INFINITY, trigger: { type: 'manual' } } as const;
  const waiting = await waitingAhead(store, known ?? asked);
  const working = holder === undefined ? undefined : (await store.get(executionKind, holder.executionId))?.document;
  const first = working === undefined || isComplete(working.status) ? waiting[0] : working;
  return first === undefined ? undefined : { first, waiting };
}

/** Whether an execution is the one whose way back was confirmed to be waited for, or one that stages of it started. */
async function isAwaited({ store }: VerbWorld, { awaitsCanceled }: ExecutionDraft, first: Execution): Promise<boolean> {
  if (awaitsCanceled === undefined) return false;
  return [first.id, ...(await ancestorIdsOf(store, first))].includes(awaitsCanceled.executionId);
}

/** Behind whom an execution waits, in which place and until about when; undefined where nobody is before it. */
export async function queueLine(world: VerbWorld, draft: ExecutionDraft, known?: Execution): Promise<Text | undefined> {
  const worksBeside = draft.cancels !== undefined && draft.awaitsCanceled === undefined;
  if (worksBeside || !worksOnCluster(draft)) return undefined;
  const ahead = await aheadOf(world, draft, known);
  if (ahead === undefined) return undefined;
  const { first, waiting } = ahead;
  if (await isAwaited(world, draft, first)) return known && [{ strong: first.name }, ' goes back first.'];
  const now = world.clock.now();
  const at = await estimateStart(world.store, draft.definition.cluster, { before: first.id, ahead: waiting, now });
  const when: Text = at === undefined ? '' : [', and starts about ', { time: at }];
  return joinTexts([
    [{ strong: first.name }, ' is under way, asked by ', { person: first.trigger.user }],
    `. This waits for it, ${ordinal(waiting.length + 1)} in the queue`,
    when,
    '. Its plan is looked at again then.',
  ]);
}

/** A plan that says behind whom it would wait. */
export async function showQueue(answer: VerbAnswer, world: VerbWorld): Promise<VerbAnswer> {
  if (answer.type === 'reply' || answer.text !== undefined) return answer;
  const line = await queueLine(world, answer.plan.draft);
  const { view, other } = answer.plan;
  const waits = line === undefined || other === undefined ? line : joinTexts(['Otherwise: ', line]);
  const lines = [...(other?.lines ?? []), ...(waits === undefined ? [] : [waits])];
  return { ...answer, plan: { ...answer.plan, view: { ...view, lines: [...lines, ...(view.lines ?? [])] } } };
}
