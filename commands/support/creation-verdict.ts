import { z } from 'zod';
import { parseEffectKey, type EffectKey } from '../../src/engine/effect-key';
import { stageById } from '../../src/engine/graph';
import type { Execution, SucceededAttempt } from '../../src/model/execution';
import { isComplete } from '../../src/model/status';

/** What became of a server group: it served as deployed, or it failed, was rejected, canceled or rolled back from. */
export type Verdict = 'good' | 'bad';

/** An execution, and those above it that wait for one another, the nearest first. */
export type Creator = { readonly execution: Execution; readonly awaitedBy: readonly Execution[] };

const undone = z.object({ keys: z.array(z.string()) });

/** How the keys begin of what an execution took back, or tried to. */
export const undoneKeysOf = ({ stages }: Execution): readonly string[] =>
  stages.flatMap(({ type, context }) =>
    type === 'undoServerGroup' ? (undone.safeParse(context).data?.keys ?? []) : [],
  );

const tookBack = (execution: Execution, key: string): boolean =>
  undoneKeysOf(execution).some((prefix) => key.startsWith(prefix));

const wasRejected = ({ stages }: Execution): boolean =>
  stages.some(({ type, context }) => type === 'manualJudgment' && context.judgmentStatus === 'stop');

/** Whether an end is bad for all that an execution did, and those that it waited for on the same cluster. */
const endedBadly = (execution: Execution): boolean => execution.status === 'CANCELED' || wasRejected(execution);

/** The attempts that succeeded, of stages of the pipeline, before they were run again, where the execution had succeeded too. */
const keptAttempts = ({ stages }: Execution): readonly (SucceededAttempt & { readonly stageId: string })[] =>
  stages.flatMap(({ id, succeeded = [] }) =>
    succeeded
      .filter(({ executionStatus }) => executionStatus === 'SUCCEEDED')
      .map((kept) => ({ ...kept, stageId: id })),
  );

const isBelow = (stageId: string, topId: string): boolean =>
  stageId === topId || (stageId.startsWith(topId) && /^[<>]/.test(stageId.slice(topId.length)));

/** Whether an attempt ended well with all else, and its stage was run again later: what comes of that says nothing of it. */
const wasKept = (execution: Execution, { stageId, attempt }: EffectKey): boolean =>
  keptAttempts(execution).some((kept) => kept.attempt === attempt && isBelow(stageId, kept.stageId));

/** Only the last attempt of a stage can have succeeded, and those before it that were run again after that. */
function ownVerdict(execution: Execution, creation: EffectKey, key: string): Verdict | undefined {
  if (wasKept(execution, creation)) return tookBack(execution, key) ? 'bad' : 'good';
  const { stageId, attempt } = creation;
  if (!isComplete(execution.status)) return undefined;
  const stage = stageById(execution, stageId);
  if (stage?.status !== 'SUCCEEDED' || stage.attempt !== attempt) return 'bad';
  if (execution.status === 'SUCCEEDED') return 'good';
  return endedBadly(execution) || tookBack(execution, key) ? 'bad' : 'good';
}

/** Whether the stage that started an execution has run again since, and started another. */
export const isSuperseded = (parent: Execution, { id, trigger }: Execution): boolean =>
  trigger.type === 'pipeline' && stageById(parent, trigger.parentStageId)?.context.executionId !== id;

function verdictOfParent(parent: Execution, child: Execution, key: string): Verdict | undefined {
  if (keptAttempts(parent).some(({ children = [] }) => children.includes(child.id)))
    return tookBack(parent, key) ? 'bad' : 'good';
  if (!isComplete(parent.status)) return undefined;
  if (isSuperseded(parent, child) || tookBack(parent, key)) return 'bad';
  return endedBadly(parent) && parent.definition.cluster === child.definition.cluster ? 'bad' : 'good';
}

/**
 * What the creation of what carries this key came to; undefined while that is open. What failed in another region says
 * nothing about this one, unless it was taken back with it. What a pipeline created that others wait for is judged by them too.
 */
export function creationVerdict({ execution, awaitedBy }: Creator, key: string): Verdict | undefined {
  const parsed = parseEffectKey(key);
  if (parsed === undefined) return undefined;
  let verdict = ownVerdict(execution, parsed, key);
  let child = execution;
  for (const parent of awaitedBy) {
    if (verdict !== 'good') return verdict;
    verdict = verdictOfParent(parent, child, key);
    child = parent;
  }
  return verdict;
}
