import { liveMessageId, threadIdOf } from '../../src/engine/drain-execution';
import { judgmentRoles } from '../../src/engine/approvals';
import { commandKind, executionKind, messageKind } from '../../src/engine/document-kinds';
import { stageById } from '../../src/engine/graph';
import { putMessage } from '../../src/engine/messages';
import type { Command, Wish } from '../../src/model/command';
import type { Execution } from '../../src/model/execution';
import type { MessageTarget } from '../../src/model/message';
import { principalsText } from '../../src/model/principal';
import type { Text, TextPart } from '../../src/model/text';
import { runChoice, type Choice, type View } from '../../src/model/view';
import { hidesValues, subjectOfText, textOf, toldText } from './audit-command';
import type { VerbWorld } from './verb';

/** The button of a refusal that asks those who may; it names the refused command, which says all else. */
export const askChoice = ({ id }: Pick<Command, 'id'>): Choice => ({
  name: 'ask',
  label: 'Ask them',
  target: { kind: 'command', id },
});

/** Where others are asked, who they are, and what they are asked for. */
type Plea = {
  readonly names: readonly string[];
  readonly target: MessageTarget;
  readonly what: readonly TextPart[];
  readonly choices: readonly Choice[];
};

const deciding = ['approve', 'reject', 'startNow', 'override', 'force'];

type Wanted = Omit<Wish, 'executionId' | 'asks' | 'stageId'> & {
  readonly stageId: string;
  /** Those whom the refusal names; where it names nobody, a judgment asks those of its roles. */
  readonly ask: readonly string[] | undefined;
};

/** What others can be asked for where somebody was refused to act on an execution; undefined where there is nobody to ask. */
export function wishFor(execution: Execution, { name, stageId, ask, text }: Wanted): Wish | undefined {
  if (ask === undefined) return undefined;
  const isJudgment = name === 'approve' || name === 'reject';
  const roles = isJudgment ? judgmentRoles(stageById(execution, stageId)?.context ?? {}) : [];
  const asks = ask.length > 0 ? ask : roles;
  if (asks.length === 0) return undefined;
  return {
    executionId: execution.id,
    name,
    asks,
    ...(stageId === '' ? {} : { stageId }),
    ...(text === undefined ? {} : { text }),
  };
}

/** In the thread of the execution, whose message has the buttons; what was said in words has one of its own. */
async function pleaAbout(world: VerbWorld, { wish }: Command): Promise<Plea | undefined> {
  if (wish === undefined) return undefined;
  const { executionId, stageId, name, asks, text } = wish;
  const execution = (await world.store.get(executionKind, executionId))?.document;
  if (execution?.report === undefined) return undefined;
  const stage = stageId === undefined ? undefined : stageById(execution, stageId);
  const on = stage === undefined ? execution.name : `'${stage.name}' of ${execution.name}`;
  const verb = deciding.includes(name) ? 'for a decision on' : `for ${name} on`;
  const parentId = execution.report.threadOf === undefined ? liveMessageId(executionId) : threadIdOf(execution);
  return {
    names: asks,
    target: { kind: 'thread', parentId, broadcast: false },
    what: [`${verb} ${on}.`],
    choices: text === undefined ? [] : [runChoice(`${name} ${on}`, text)],
  };
}

/**
 * In the channel of the environment, with a button that asks for the same in the name of whoever presses it; without one where
 * the words have values that may be secrets.
 */
function pleaFor(world: VerbWorld, { request }: Command): Plea | undefined {
  const text = textOf(request);
  if (text === undefined) return undefined;
  const { application, environment } = subjectOfText(text, world);
  const found = world
    .definitions()
    .applications.get(application ?? '')
    ?.environments.get(environment ?? '');
  if (found?.channel === undefined) return undefined;
  return {
    names: found.policy.deployers,
    target: { kind: 'channel', channel: found.channel },
    what: ['for ', { code: toldText(text) }, '. Whoever runs it is the one who asked for it.'],
    choices: hidesValues(text) ? [] : [runChoice(`Run: ${text}`, text)],
  };
}

/** Whether a button of an execution was pressed; what such a refusal wants of whom was not kept in older documents. */
const isOnExecution = ({ request }: Command): boolean =>
  request.type === 'choice' && request.target.kind === 'execution';

/** One message for one refusal, however often its button is pressed. */
const messageIdOf = ({ teamId, id }: Command): string => `${teamId}/ask/${id}`;

/** Asks those who may do what a command was refused for; the answer says where. Asking again changes nothing. */
export async function askOthers(world: VerbWorld, refusedId: string, command: Command): Promise<View> {
  const refused = (await world.store.get(commandKind, refusedId))?.document;
  const isOwn = refused?.source.user === command.source.user && refused.reply?.denied === true;
  if (refused === undefined || !isOwn)
    return { headline: 'There is nothing to ask for any more.', tone: 'attention', undone: true };
  if (refused.wish === undefined && isOnExecution(refused))
    return {
      headline: 'Press the button again that was refused, and ask from there.',
      tone: 'attention',
      undone: true,
    };
  const plea = (await pleaAbout(world, refused)) ?? pleaFor(world, refused);
  if (plea === undefined || plea.names.length === 0)
    return { headline: 'I do not know whom to ask, or where.', tone: 'attention', undone: true };
  const { user } = command.source;
  const headline: Text = [...principalsText(plea.names), ': ', { person: user }, ' asks ', ...plea.what];
  const view: View = { headline, tone: 'attention', choices: plea.choices };
  const id = messageIdOf(refused);
  if ((await world.store.get(messageKind, id)) !== undefined)
    return { headline: ['Asked ', ...principalsText(plea.names), ' already.'], tone: 'neutral', undone: true };
  await putMessage(world.store, {
    now: world.clock.now(),
    id,
    teamId: refused.teamId,
    target: plea.target,
    view,
    urgent: true,
  });
  return { headline: ['Asked ', ...principalsText(plea.names), '.'], tone: 'good' };
}
