import { quoteWord } from '../../src/model/quote-word';
import type { Command, CommandRequest, PlannedAction, Wish } from '../../src/model/command';
import type { Choice, View } from '../../src/model/view';
import type { ErrorCode } from '../../src/model/errors';
import type { Text } from '../../src/model/text';
import { commandKind, executionKind } from '../../src/engine/document-kinds';
import { approvalsNeeded } from '../../src/engine/approvals';
import { stageById } from '../../src/engine/graph';
import { judgmentAnswers } from '../../src/engine/judgment-answers';
import type { Signal } from '../../src/engine/signals';
import type { Execution } from '../../src/model/execution';
import { askChoice, askOthers, wishFor } from './ask-others';
import { answerText, mishapView, offerPlan, runVerb, type Outcome } from './answer-text';
import { lostView } from './lost-view';
import { queueLine } from './queue-line';
import { planHash, whatMoved } from './plan-hash';
import { sendSignal } from './send-signal';
import { startOrRepeat } from './start-or-repeat';
import { startPlan } from './start-plan';
import type { Verb, VerbAnswer, VerbWorld } from './verb';

type ChoiceRequest = Extract<CommandRequest, { type: 'choice' }>;

const say = (headline: Text, tone: View['tone'] = 'neutral'): Outcome => ({ reply: { headline, tone, lines: [] } });

/** The answer to what came too late, or is not of what is there: somebody may have been first, or have tried it. */
const refuse = (headline: Text, code: ErrorCode): Outcome => ({
  reply: { headline, tone: 'attention', lines: [], undone: true, denied: code },
});

/** The answer to somebody who may not do this. */
const deny = (headline: Text, choices: readonly Choice[] = [], wish?: Wish): Outcome => ({
  reply: { headline, tone: 'bad', lines: [], denied: true, choices },
  ...(wish === undefined ? {} : { wish }),
});

const watchLines = ({ report }: PlannedAction['draft']): readonly string[] =>
  report === undefined ? [] : [`Watch it in #${report.channel}.`];

/** The answer to a start: that it is on its way, or that it waits for others on its cluster. */
export async function startedOrQueued(world: VerbWorld, id: string, draft: PlannedAction['draft']): Promise<View> {
  const execution = (await world.store.get(executionKind, id))?.document;
  const ahead = execution === undefined ? undefined : await queueLine(world, draft, execution);
  if (ahead === undefined) return startedView(draft);
  return {
    headline: [{ strong: draft.name }, ' waits for its turn.'],
    tone: 'running',
    lines: [ahead, ...watchLines(draft)],
  };
}

/** The answer to a confirmation: the execution runs, and where to watch it. */
export function startedView(draft: PlannedAction['draft']): View {
  const where = watchLines(draft);
  return { headline: [{ strong: draft.name }, ' is on its way.'], tone: 'running', lines: where };
}

/** A plan whose first way is the one of this hash. */
function chosenWay(plan: PlannedAction, hash: string | undefined): PlannedAction {
  const { other, text, facts, draft } = plan;
  if (other === undefined || hash !== other.hash) return plan;
  return { ...plan, ...other, other: { text, hash: plan.hash, facts, draft } };
}

async function decidePlan(
  world: VerbWorld,
  planned: Command,
  command: Command,
  state: 'confirmed' | 'canceled',
  hash?: string,
): Promise<PlannedAction | undefined> {
  const executionId = world.newId();
  const saved = await world.store.update(commandKind, planned.id, (document) =>
    document.plan?.state === 'open'
      ? {
          ...document,
          plan: {
            ...chosenWay(document.plan, hash),
            state,
            decidedBy: command.id,
            ...(state === 'confirmed' ? { executionId } : {}),
          },
        }
      : document,
  );
  return saved?.document.plan;
}

/** What the words of a plan mean now; a mistake or a failure is an answer too, as when they were typed. */
async function replan(
  verbs: readonly Verb[],
  { text }: PlannedAction,
  planned: Command,
  world: VerbWorld,
): Promise<VerbAnswer> {
  try {
    return await runVerb(verbs, text, planned, world);
  } catch (error) {
    return { type: 'reply', view: mishapView(error) };
  }
}

async function confirmPlan(
  verbs: readonly Verb[],
  planned: Command,
  command: Command,
  { world, hash }: { readonly world: VerbWorld; readonly hash: string | undefined },
): Promise<Outcome> {
  if (planned.plan === undefined) return refuse('This plan no longer exists. Ask again.', 'NOT_FOUND');
  const plan = chosenWay(planned.plan, hash);
  if (plan.state === 'open') {
    const answer = await replan(verbs, plan, planned, world);
    if (answer.type === 'reply') return { reply: answer.view };
    if (planHash(answer.plan) !== plan.hash) {
      const moved = whatMoved(plan.facts, answer.plan.facts);
      const fresh = offerPlan(command.id, plan.text, answer.plan);
      const lines = [['Something moved since the plan was shown:'], ...moved, ...(fresh.reply.lines ?? [])];
      return { ...fresh, reply: { ...fresh.reply, tone: 'attention', undone: true, lines } };
    }
  }
  const decided = await decidePlan(world, planned, command, 'confirmed', plan.hash);
  if (decided?.decidedBy !== command.id || decided.executionId === undefined) {
    return refuse(
      decided?.state === 'canceled' ? 'This plan was dropped. Ask again.' : 'This plan was confirmed already.',
      'ALREADY_DECIDED',
    );
  }
  const { executionId: id, draft } = decided;
  const holder = await startOrRepeat(world, id, () => startPlan(world, { id, draft, plannedBy: planned.id }, command));
  if (holder !== undefined) return { reply: lostView(holder) };
  const reply = await startedOrQueued(world, decided.executionId, decided.draft);
  return { reply, executionId: decided.executionId };
}

async function answerPlanChoice(
  verbs: readonly Verb[],
  request: ChoiceRequest,
  command: Command,
  world: VerbWorld,
): Promise<Outcome> {
  const { id, hash } = request.target.kind === 'command' ? request.target : { id: '', hash: undefined };
  const planned = (await world.store.get(commandKind, id))?.document;
  if (planned === undefined) return refuse('This plan no longer exists. Ask again.', 'NOT_FOUND');
  if (planned.source.user !== command.source.user)
    return deny('Only who asked can confirm this plan. Type the command yourself.');
  const { plan } = planned;
  if (hash !== undefined && plan !== undefined && hash !== plan.hash && hash !== plan.other?.hash)
    return refuse('This button is of another plan. Ask again.', 'PLAN_CHANGED');
  if (request.name === 'confirm' || request.name === 'confirmOther')
    return confirmPlan(verbs, planned, command, { world, hash });
  const decided = await decidePlan(world, planned, command, 'canceled');
  return decided?.state === 'canceled'
    ? say('Canceled. Nothing was started.')
    : refuse('Too late: it was confirmed already.', 'ALREADY_DECIDED');
}

/** An answer such as `foo: customers see errors`: the application's name as it was typed, and why. */
function overrideOf({ target, answer = '' }: ChoiceRequest, stageId: string, user: string): Signal {
  const [, application = '', reason = ''] = /^\s*([^\s:,]+)[\s:,]*([^]*)$/.exec(answer) ?? [];
  const hash = target.kind === 'execution' ? (target.hash ?? '') : '';
  return { type: 'override', stageId, user, application, reason: reason.trim(), hash };
}

function breakGlassOf({ target, answer = '', picked }: ChoiceRequest, stageId: string, user: string): Signal {
  const hash = target.kind === 'execution' && target.hash !== undefined ? { hash: target.hash } : {};
  const input = picked === undefined ? {} : { input: picked.trim() };
  return { type: 'breakGlass', stageId, user, reason: answer, ...hash, ...input };
}

function startNowOf({ target, answer = '' }: ChoiceRequest, stageId: string, user: string): Signal {
  const hash = target.kind === 'execution' && target.hash !== undefined ? { hash: target.hash } : {};
  return { type: 'startNow', stageId, user, reason: answer, ...hash };
}

function forceOf({ target, answer = '' }: ChoiceRequest, stageId: string, user: string): Signal {
  const hash = target.kind === 'execution' ? (target.hash ?? '') : '';
  return { type: 'force', stageId, user, reason: answer, hash };
}

/** What is said with an approval: one of the answers that are offered; where none are, a word to those who must approve too. */
function saidWithApproval(answer: string | undefined, stageId: string, execution: Execution | undefined) {
  const said = answer?.trim() ?? '';
  const stage = execution === undefined ? undefined : stageById(execution, stageId);
  if (execution === undefined || stage === undefined || answer === undefined) return {};
  const isAWord = judgmentAnswers(stage.context).length === 0 && approvalsNeeded(execution) > 1;
  if (!isAWord) return { input: said };
  return said === '' ? {} : { reason: said };
}

const signalOf = (
  request: ChoiceRequest,
  stageId: string,
  user: string,
  execution: Execution | undefined,
): Signal | undefined => {
  const reason = request.answer === undefined ? {} : { reason: request.answer };
  switch (request.name) {
    case 'approve':
      return {
        type: 'judge',
        decision: 'continue',
        stageId,
        user,
        ...saidWithApproval(request.answer, stageId, execution),
      };
    case 'reject':
      return { type: 'judge', decision: 'stop', stageId, user, ...reason };
    case 'cancelExecution':
      return { type: 'cancel', user, ...reason };
    case 'pause':
    case 'resume':
      return { type: request.name, user };
    case 'notify':
      return { type: 'notify', user };
    case 'breakGlass':
      return breakGlassOf(request, stageId, user);
    case 'override':
      return overrideOf(request, stageId, user);
    case 'force':
      return forceOf(request, stageId, user);
    case 'startNow':
      return startNowOf(request, stageId, user);
    case 'skipWait':
    case 'skipStage':
    case 'retryStage':
      return { type: request.name, stageId, user };
    default:
      return undefined;
  }
};

async function answerExecutionChoice(request: ChoiceRequest, command: Command, world: VerbWorld): Promise<Outcome> {
  const { target } = request;
  const id = target.kind === 'execution' ? target.id : '';
  const execution = (await world.store.get(executionKind, id))?.document;
  const stageId = target.kind === 'execution' ? (target.stageId ?? '') : '';
  const signal = signalOf(request, stageId, command.source.user, execution);
  if (execution === undefined || signal === undefined) return refuse('This execution no longer exists.', 'NOT_FOUND');
  if (request.name === 'reject' && (request.answer ?? '').trim() === '') {
    return refuse('Say why you reject it, so that the requester can act on it.', 'INVALID_INPUT');
  }
  const sent = await sendSignal(world, execution, signal, command);
  if (sent.type === 'lost') return { reply: lostView(sent.holder) };
  if (sent.type === 'forbidden') {
    const { name } = request;
    const wish = wishFor(execution, { name, stageId, ask: sent.ask });
    return deny(sent.reason, wish === undefined ? [] : [askChoice(command)], wish);
  }
  if (sent.type !== 'accepted') return refuse(sent.reason, sent.code);
  if (signal.type === 'notify')
    return { ...say(['You will be told when ', { strong: execution.name }, ' starts.'], 'good'), executionId: id };
  return {
    ...say([`Done: ${request.name} on `, { strong: execution.name }, '.'], 'good'),
    quiet: true,
    executionId: id,
  };
}

/** The words of a button; the answer to what it asked is their reason. */
const textOf = ({ answer }: ChoiceRequest, text: string): string =>
  answer === undefined ? text : `${text} reason=${quoteWord(answer.trim().replaceAll(/\s+/g, ' '))}`;

/** Answers a choice made on something the bot showed. */
export function answerChoice(
  verbs: readonly Verb[],
  request: ChoiceRequest,
  command: Command,
  world: VerbWorld,
): Promise<Outcome> {
  if (request.target.kind === 'run') return answerText(verbs, textOf(request, request.target.text), command, world);
  if (request.target.kind === 'command' && request.name === 'ask')
    return askOthers(world, request.target.id, command).then((reply) => ({ reply }));
  if (request.target.kind === 'command') return answerPlanChoice(verbs, request, command, world);
  return answerExecutionChoice(request, command, world);
}
