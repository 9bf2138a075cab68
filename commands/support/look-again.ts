import { commandKind } from '../../src/engine/document-kinds';
import type { LookAgain, SecondLook } from '../../src/engine/contracts/look-again';
import type { Command, PlannedAction } from '../../src/model/command';
import { asCoxswainError } from '../../src/model/errors';
import type { Execution } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import { planVerb } from './answer-text';
import { Blindness } from './blindness';
import { holdFactPrefix } from './hold-plan';
import { planHash, whatMoved } from './plan-hash';
import type { Verb, VerbAnswer, VerbWorld } from './verb';

/** What a plan depends on besides locks: whoever waited for one saw it change. */
const targetFacts = (facts: PlannedAction['facts']): PlannedAction['facts'] =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => !name.startsWith(holdFactPrefix)));

/** Whom a plan was made to go past has gone by the time it is looked at again, so that nothing is canceled any more. */
function draftAfter(draft: PlannedAction['draft']): PlannedAction['draft'] {
  const { cancels, ...rest } = draft;
  return draft.awaitsCanceled === undefined ? draft : rest;
}

function compare({ draft, facts }: PlannedAction, answer: VerbAnswer): SecondLook {
  if (answer.type === 'reply') return { type: 'moved', reason: plainText(answer.view.headline) };
  const [before, now] = [targetFacts(facts), targetFacts(answer.plan.facts)];
  if (planHash({ draft: draftAfter(draft), facts: before }) === planHash({ draft: answer.plan.draft, facts: now }))
    return { type: 'same' };
  const moved = whatMoved(before, now).join('; ');
  return { type: 'moved', reason: `Something moved while it waited, so it was not started: ${moved}` };
}

async function plannedBy({ store }: VerbWorld, { confirmedPlan = '' }: Execution): Promise<Command | undefined> {
  return (await store.get(commandKind, confirmedPlan))?.document;
}

/** Plans again what an execution was confirmed to do. */
export const createLookAgain =
  (verbs: readonly Verb[], world: VerbWorld): LookAgain =>
  async (execution) => {
    const planned = await plannedBy(world, execution);
    if (planned?.plan === undefined) return { type: 'same' };
    try {
      return compare(planned.plan, await planVerb(verbs, planned.plan.text, planned, world));
    } catch (error) {
      const { canRetry, message } = asCoxswainError(error);
      return error instanceof Blindness || canRetry ? { type: 'unseen' } : { type: 'moved', reason: message };
    }
  };

/** Plans again, for whoever had confirmed it, what an execution was to do; once for each execution. */
export const createAskAgain =
  (world: VerbWorld) =>
  async (execution: Execution): Promise<void> => {
    const planned = await plannedBy(world, execution);
    if (planned?.plan === undefined) return;
    const { store, clock } = world;
    const { teamId, source, plan } = planned;
    const id = `${execution.id}/again`;
    const request = { type: 'text', text: plan.text } as const;
    const asked: Command = {
      schema: 1,
      teamId,
      id,
      source,
      request,
      createdAt: clock.now(),
      state: 'received',
      answersDirectly: true,
    };
    await store.create(commandKind, id, asked, { due: clock.now() });
  };
