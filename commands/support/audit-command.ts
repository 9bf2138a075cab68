import { quoteWord } from '../../src/model/quote-word';
import { commandKind, executionKind } from '../../src/engine/document-kinds';
import { auditFact, type AuditFact, type AuditOrigin } from '../../src/model/audit';
import type { Command, CommandRequest, CommandSource } from '../../src/model/command';
import { joinTexts, plainText, type Text } from '../../src/model/text';
import type { View } from '../../src/model/view';
import type { Outcome } from './answer-text';
import type { VerbWorld } from './verb';
import { parseWords, type Words } from './words';

/** Where a command came from, as the audit log has it. */
export function originOf(source: CommandSource): AuditOrigin {
  if (source.surface === 'cli') return { surface: 'cli' };
  const { channel, message } = source;
  return { surface: 'slack', channel, ...(message === undefined ? {} : { message }) };
}

/** What a command is about; whatever is not known is absent. */
export type CommandSubject = {
  readonly application?: string;
  readonly environment?: string;
  readonly executionId?: string;
};

const nothing: Words = { words: [], options: new Map() };

function wordsOf(text: string): Words {
  try {
    return parseWords(text);
  } catch {
    return nothing;
  }
}

/** The words of a command, typed or behind a button; undefined for any other choice. */
export const textOf = (request: CommandRequest): string | undefined => {
  if (request.type === 'text') return request.text;
  return request.target.kind === 'run' ? request.target.text : undefined;
};

/** Options whose values are told; what is given to a pipeline may be a secret, so that only its name is. */
const toldOptions = [
  'group',
  'size',
  'from',
  'to',
  'by',
  'kind',
  'diff',
  'with',
  'before',
  'after',
  'of',
  'cancel',
  'yes',
  'anyway',
];

/**
 * A word without what may be a secret: of `db.password=…`, which is mistyped and so no option, only the name; of what follows
 * such a name as `--db.password` nothing.
 */
function toldWord(word: string, index: number, words: readonly string[]): string {
  if (index > 0 && words[index - 1]?.startsWith('-') === true) return '…';
  const end = word.indexOf('=');
  return end === -1 ? word : `${word.slice(0, end)}=…`;
}

/** The words of a command: of a login nothing but the verb, whose code is as good as a token; `then` are words themselves. */
function toldWords({ words, options }: Words): string {
  if (words[0]?.toLowerCase() === 'login') return 'login';
  const given = [...options].map(([name, value]) => {
    if (name === 'then') return `then=${quoteWord(toldText(value))}`;
    return toldOptions.includes(name) ? `${name}=${value}` : `${name}=…`;
  });
  return [...words.map(toldWord), ...given].join(' ');
}

/** The words of a text without the values that may be secrets. */
export const toldText = (text: string): string => toldWords(wordsOf(text));

/** Whether a text has values that may be secrets. */
export const hidesValues = (text: string): boolean => toldText(text).includes('…');

/** Which application and environment some words name; whatever they do not is absent. */
export function subjectOfText(text: string, world: VerbWorld): CommandSubject {
  const [, ...words] = wordsOf(text).words;
  const { applications } = world.definitions();
  const index = words.findIndex((word) => applications.has(word));
  const application = index === -1 ? undefined : words[index];
  if (application === undefined) return {};
  const environments = applications.get(application)?.environments;
  const environment = words
    .slice(index + 1)
    .map((word) => word.split('/')[0] ?? '')
    .find((word) => environments?.has(word) === true);
  return { application, ...(environment === undefined ? {} : { environment }) };
}

async function subjectOfExecution(executionId: string, { store }: VerbWorld): Promise<CommandSubject> {
  const execution = (await store.get(executionKind, executionId))?.document;
  if (execution === undefined) return {};
  return { application: execution.application, environment: execution.definition.environment, executionId };
}

async function subjectOfPlan(commandId: string, { store }: VerbWorld): Promise<CommandSubject> {
  const draft = (await store.get(commandKind, commandId))?.document.plan?.draft;
  return draft === undefined ? {} : { application: draft.application, environment: draft.definition.environment };
}

/** What a command is about, by what it names and by what became of it. */
export async function subjectOf({ request }: Command, outcome: Outcome, world: VerbWorld): Promise<CommandSubject> {
  const { plan, executionId } = outcome;
  if (plan !== undefined)
    return { application: plan.draft.application, environment: plan.draft.definition.environment };
  if (executionId !== undefined) return subjectOfExecution(executionId, world);
  const text = textOf(request);
  if (text === undefined) {
    const { target } = request as Extract<CommandRequest, { type: 'choice' }>;
    if (target.kind === 'execution') return subjectOfExecution(target.id, world);
    return target.kind === 'command' ? subjectOfPlan(target.id, world) : {};
  }
  const subject = subjectOfText(text, world);
  if (subject.application !== undefined) return subject;
  const found = await Promise.all(
    wordsOf(text)
      .words.slice(1)
      .map((word) => subjectOfExecution(word, world)),
  );
  return found.find(({ application }) => application !== undefined) ?? {};
}

const isDenied = (reply: View | undefined): boolean => reply?.denied !== undefined;

function outcomeWord({ reply, plan, startNow }: Outcome): string {
  if (isDenied(reply)) return 'REFUSED';
  if (plan !== undefined) return startNow === true ? 'CONFIRMED' : 'PLANNED';
  return reply.undone === true || reply.tone === 'bad' ? 'NOT_DONE' : 'DONE';
}

function reasonOf(request: CommandRequest): string | undefined {
  if (request.type === 'choice' && request.answer !== undefined) return request.answer;
  const text = textOf(request);
  return text === undefined ? undefined : wordsOf(text).options.get('reason');
}

const whatOf = (request: CommandRequest): string => {
  const text = textOf(request);
  if (text !== undefined) return toldWords(wordsOf(text));
  const { name, target } = request as Extract<CommandRequest, { type: 'choice' }>;
  if (target.kind === 'run') return name;
  const stage = target.kind === 'execution' && target.stageId !== undefined ? ` stage ${target.stageId}` : '';
  return `${name} ${target.kind} ${target.id}${stage}`;
};

const actionOf = (request: CommandRequest): string => {
  const text = textOf(request);
  if (text !== undefined) return wordsOf(text).words.map(toldWord)[0] ?? 'unreadable';
  return (request as Extract<CommandRequest, { type: 'choice' }>).name;
};

/** The words of a refusal, with what stands below its headline. */
const refusalText = ({ headline, lines = [] }: View): Text => joinTexts([headline, ...lines], ' ');

/**
 * What is to be written down of a command that was answered: what was asked, and that it was refused where it was. Pure. What it
 * has started or decided is told by the execution itself.
 */
export function commandFacts(
  command: Command,
  outcome: Outcome,
  { subject, now }: { readonly subject: CommandSubject; readonly now: number },
): readonly AuditFact[] {
  const { id, source, request, createdAt } = command;
  const base = {
    action: actionOf(request),
    who: source.user,
    what: whatOf(request),
    from: originOf(source),
    ...subject,
  };
  const asked = auditFact({
    ...base,
    id,
    at: createdAt,
    kind: 'command',
    why: reasonOf(request),
    outcome: outcomeWord(outcome),
  });
  if (!isDenied(outcome.reply)) return [asked];
  const why = plainText(refusalText(outcome.reply));
  const { denied } = outcome.reply;
  const outcomeCode = denied === undefined || denied === true ? 'NOT_ALLOWED' : denied;
  return [asked, auditFact({ ...base, id: `${id}/refused`, at: now, kind: 'refusal', why, outcome: outcomeCode })];
}

/** That a confirmed plan could not be started after all, since somebody else was first. */
export function lossFact(command: Command, reply: View, now: number): AuditFact {
  const { id, source, request, plan } = command;
  return auditFact({
    id: `${id}/lost`,
    at: now,
    kind: 'refusal',
    action: actionOf(request),
    who: source.user,
    what: plan?.draft.name ?? whatOf(request),
    why: refusalText(reply),
    from: originOf(source),
    outcome: 'ALREADY_DECIDED',
    ...(plan === undefined
      ? {}
      : { application: plan.draft.application, environment: plan.draft.definition.environment }),
  });
}
