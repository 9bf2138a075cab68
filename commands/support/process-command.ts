import type { Command } from '../../src/model/command';
import type { View } from '../../src/model/view';
import { asCoxswainError } from '../../src/model/errors';
import { commandKind } from '../../src/engine/document-kinds';
import type { StartRefusal } from '../../src/engine/start-execution';
import { putMessage } from '../../src/engine/messages';
import type { Claimed } from '../../src/engine/ports/document-store';
import { answerChoice, startedOrQueued, startedView } from './answer-choice';
import { answerText, type Outcome } from './answer-text';
import { commandFacts, lossFact, subjectOf } from './audit-command';
import { lostView } from './lost-view';
import { UnfinishedStart } from './start-or-repeat';
import { startPlan } from './start-plan';
import type { Verb, VerbWorld } from './verb';

/** Slack lets people of another workspace press buttons in a channel that is shared with it. */
const otherWorkspace: View = {
  headline: 'Only members of the workspace that I serve may ask me for something.',
  tone: 'bad',
  denied: true,
};

async function outcomeOf(verbs: readonly Verb[], command: Command, world: VerbWorld): Promise<Outcome> {
  const { request } = command;
  if (command.teamId !== world.teamId) return { reply: otherWorkspace };
  try {
    if (request.type === 'text') return await answerText(verbs, request.text, command, world);
    return await answerChoice(verbs, request, command, world);
  } catch (error) {
    if (error instanceof UnfinishedStart) throw error;
    const { message } = asCoxswainError(error);
    return { reply: { headline: message, tone: 'bad', footer: `Command ${command.id}` } };
  }
}

type Answered = { readonly executionId: string; readonly events: NonNullable<Command['events']> };

function withOutcome(command: Command, outcome: Outcome, { executionId, events }: Answered): Command {
  const { reply, plan, startNow, quiet, audit, wish, executionId: known } = outcome;
  const started = plan !== undefined && startNow === true;
  const decided = started ? { ...plan, state: 'confirmed' as const, decidedBy: command.id, executionId } : plan;
  const acted = started ? executionId : known;
  return {
    ...command,
    state: 'answered',
    events,
    ...(audit === undefined ? {} : { audit }),
    ...(wish === undefined ? {} : { wish }),
    reply: started ? startedView(plan.draft) : reply,
    ...(decided === undefined ? {} : { plan: decided }),
    ...(quiet === undefined ? {} : { quiet }),
    ...(acted === undefined ? {} : { executionId: acted }),
    // A click on a private card is answered in its place; what everybody sees is left alone.
    ...(command.source.surface === 'slack' && command.source.onPrivateMessage === true
      ? { replaceOriginal: true }
      : {}),
  };
}

function withLoss({ executionId: _executionId, ...command }: Command, refusal: StartRefusal, now: number): Command {
  if (command.plan === undefined) return command;
  const { executionId: _planned, ...plan } = command.plan;
  const reply = lostView(refusal);
  const events = [...(command.events ?? []), lossFact(command, reply, now)];
  return { ...command, reply, events, plan: { ...plan, state: 'canceled' } };
}

/** Starts what was confirmed by the command itself; where it could not start, the answer says so. */
async function startConfirmed(command: Command, world: VerbWorld): Promise<Command> {
  const { plan } = command;
  if (plan?.decidedBy !== command.id || plan.executionId === undefined) return command;
  const refusal = await startPlan(world, { id: plan.executionId, draft: plan.draft }, command);
  if (refusal === undefined) {
    const reply = await startedOrQueued(world, plan.executionId, plan.draft);
    return (
      (await world.store.update(commandKind, command.id, (document) => ({ ...document, reply })))?.document ?? command
    );
  }
  const saved = await world.store.update(commandKind, command.id, (document) =>
    withLoss(document, refusal, world.clock.now()),
  );
  return saved?.document ?? command;
}

/** Starts what was to start, sends the answer and writes down what was asked; all of it may be repeated. */
async function drainCommand(answered: Command, world: VerbWorld): Promise<void> {
  const command = await startConfirmed(answered, world);
  await sendReply(command, world);
  await world.record(command.events ?? []);
}

/** Answers where the person sees it whenever they look: nobody waits for this answer now. */
const sendDirectly = ({ id, teamId, source }: Command, view: View, { store, clock }: VerbWorld): Promise<void> =>
  putMessage(store, {
    now: clock.now(),
    id: `${id}/reply`,
    teamId,
    target: { kind: 'direct', user: source.user },
    view,
    urgent: true,
  });

async function sendReply(command: Command, world: VerbWorld): Promise<void> {
  const { reply, source } = command;
  if (command.answersDirectly === true && reply !== undefined) return sendDirectly(command, reply, world);
  if (source.surface !== 'slack' || command.quiet === true || reply === undefined) return;
  const { user, channel, responseUrl } = source;
  const target = {
    kind: 'private' as const,
    user,
    channel,
    ...(responseUrl === undefined ? {} : { responseUrl }),
    ...(command.replaceOriginal === true ? { replaceOriginal: true } : {}),
  };
  await putMessage(world.store, {
    now: world.clock.now(),
    id: `${command.id}/reply`,
    teamId: command.teamId,
    target,
    view: reply,
    urgent: true,
  });
}

/** Handles one claimed command: plans and answers it once, then sends what came of it. */
export async function processCommand(
  verbs: readonly Verb[],
  world: VerbWorld,
  claimed: Claimed,
  owner: string,
): Promise<void> {
  const loaded = claimed.document as Command;
  let command = loaded;
  if (loaded.state === 'received') {
    const outcome = await outcomeOf(verbs, loaded, world);
    const executionId = world.newId();
    const now = world.clock.now();
    const events = commandFacts(loaded, outcome, { subject: await subjectOf(loaded, outcome, world), now });
    const saved = await world.store.update(commandKind, loaded.id, (document) =>
      document.state === 'received' ? withOutcome(document, outcome, { executionId, events }) : document,
    );
    if (saved === undefined) return;
    command = saved.document;
  }
  await drainCommand(command, world);
  const forget = ({ events: _events, ...document }: Command): Command => document;
  await world.store.update(commandKind, command.id, forget, { due: () => null, release: owner });
}
