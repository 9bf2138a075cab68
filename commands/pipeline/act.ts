import { openWindowOf } from '../../src/engine/execution-window';
import { foreignDigest, foreignWaitOf } from '../../src/engine/foreign-window';
import { retryRefusal } from '../../src/engine/retry-choice';
import { isSkippable, type Signal } from '../../src/engine/signals';
import type { Execution, Stage } from '../../src/model/execution';
import { isComplete } from '../../src/model/status';
import type { Choice, View } from '../../src/model/view';
import { topLevelStages } from '../../src/engine/graph';
import type { Text } from '../../src/model/text';
import { askChoice, wishFor } from '../support/ask-others';
import { findExecution } from '../support/find-execution';
import { lostView } from '../support/lost-view';
import { sendSignal } from '../support/send-signal';
import { nearest, UserMistake } from '../support/suggest';
import type { VerbAnswer } from '../support/verb';
import { textOfWords, type Words } from '../support/words';
import type { Subverb } from './subverb';

/** What a person may do to an execution in words; the same signals as its buttons send. */
type Act = {
  readonly name: 'cancel' | 'pause' | 'resume' | 'retry' | 'skip';
  readonly label: string;
  /** The buttons that do the same to one stage; absent where the execution is meant as a whole. */
  readonly choices?: readonly ('retryStage' | 'skipWait' | 'skipStage' | 'startNow')[];
  /** Whether people may say why. */
  readonly takesReason?: true;
  readonly canBeOver: boolean;
  readonly done: string;
};

const acts: readonly Act[] = [
  { name: 'cancel', label: 'Cancel', takesReason: true, canBeOver: false, done: 'is being canceled' },
  { name: 'pause', label: 'Pause', canBeOver: false, done: 'is paused' },
  { name: 'resume', label: 'Resume', canBeOver: false, done: 'goes on' },
  { name: 'retry', label: 'Retry', choices: ['retryStage'], canBeOver: true, done: 'is under way again' },
  {
    name: 'skip',
    label: 'Skip',
    choices: ['skipWait', 'skipStage', 'startNow'],
    takesReason: true,
    canBeOver: false,
    done: 'waits no longer',
  },
];

const stageNames = ({ name, refId }: Stage): string => `${name} (${refId})`;
const stageIdOf = ({ target }: Choice): string => (target.kind === 'execution' ? (target.stageId ?? '') : '');

/** The stage that words name, by name, number or id. Throws a UserMistake with the nearest. */
function namedStage(execution: Execution, word: string, again: (stage: string) => string): Stage {
  const stages = [...topLevelStages(execution), ...execution.stages];
  const found =
    stages.find(({ id, refId, name }) => [id, refId, name].includes(word)) ??
    stages.find(({ name }) => name.toLowerCase() === word.toLowerCase());
  if (found !== undefined) return found;
  const known = topLevelStages(execution);
  const lowerCase = nearest(
    word.toLowerCase(),
    known.map(({ name }) => name.toLowerCase()),
  );
  const meant = known.find(({ name }) => name.toLowerCase() === lowerCase)?.name;
  const list = known.map(stageNames).join(', ');
  throw new UserMistake(
    `${execution.name} has no stage '${word}' (${list}).`,
    meant === undefined ? [] : [again(meant)],
  );
}

/** How a stage that succeeded is run again; nothing where none may be. */
function againLines(execution: Execution, again: (stage: string) => string): readonly string[] {
  const isAgain = ({ id, status }: Stage) => isComplete(status) && retryRefusal(execution, id) === undefined;
  const stage = isComplete(execution.status) ? topLevelStages(execution).find(isAgain) : undefined;
  return stage === undefined ? [] : [`Name the stage that is to run again: /cox ${again(stage.name)}`];
}

/** The stage that is meant: the named one, else the only one whose button is there; or the question which. */
function stageFor(
  act: Act,
  execution: Execution,
  { words, choices }: { readonly words: readonly string[]; readonly choices: readonly Choice[] },
): { readonly stageId: string } | { readonly question: View } {
  const again = (stage: string) => `pipeline ${act.name} ${execution.id} ${stage}`;
  if (words.length > 0) return { stageId: namedStage(execution, words.join(' '), again).id };
  const offered = choices.filter(({ name }) => act.choices?.some((own) => own === name) === true);
  const [first, ...others] = offered;
  if (first === undefined) {
    const headline =
      act.name === 'skip' ? `${execution.name} waits for nothing now.` : `${execution.name} has nothing to retry.`;
    const lines = ['Nothing was changed.', ...(act.name === 'retry' ? againLines(execution, again) : [])];
    return { question: { headline, tone: 'attention', undone: true, lines } };
  }
  if (others.length === 0) return { stageId: stageIdOf(first) };
  const headline = `${offered.length} stages of ${execution.name} wait. Which?`;
  return { question: { headline, tone: 'attention', undone: true, choices: offered } };
}

type Asked = { readonly stageId: string; readonly user: string; readonly reason: string | undefined };

/** What ends the waiting of a stage: for a window, for what it has started, or of a wait. */
function skipOf(execution: Execution, { stageId, user, reason = '' }: Asked): Signal {
  const stage = execution.stages.find(({ id }) => id === stageId);
  const foreign = stage === undefined ? undefined : foreignWaitOf(execution, stage);
  if (foreign !== undefined) return { type: 'startNow', stageId, user, reason, hash: foreignDigest(foreign) };
  if (stage !== undefined && openWindowOf(execution, stage) !== undefined)
    return { type: 'startNow', stageId, user, reason };
  return { type: stage !== undefined && isSkippable(stage) ? 'skipStage' : 'skipWait', stageId, user };
}

function signalOf(act: Act, execution: Execution, asked: Asked): Signal {
  const { stageId, user, reason } = asked;
  switch (act.name) {
    case 'cancel':
      return { type: 'cancel', user, ...(reason === undefined ? {} : { reason }) };
    case 'pause':
    case 'resume':
      return { type: act.name, user };
    case 'retry':
      return { type: 'retryStage', stageId, user };
    case 'skip':
      return skipOf(execution, asked);
  }
}

const reply = (view: View): VerbAnswer => ({ type: 'reply', view });

/** The answer to what was not done. */
const refused = (headline: Text, denied: NonNullable<View['denied']>, choices: readonly Choice[] = []) =>
  ({ type: 'reply', view: { headline, tone: 'bad', lines: ['Nothing was changed.'], denied, choices } }) as const;

/** The words that do this to this very execution, and to this stage of it, whatever runs by then. */
const wordsFor = (
  act: Act,
  { id }: Execution,
  { stageId, options }: { readonly stageId: string; readonly options: Words['options'] },
): string => textOfWords({ words: ['pipeline', act.name, id, ...(stageId === '' ? [] : [stageId])], options });

/**
 * What others are asked for. Whoever lets a stage begin before its window says why themselves, with the button of the execution;
 * all else they run in the same words.
 */
function wantedOf(act: Act, execution: Execution, signal: Signal, options: Words['options']) {
  if (signal.type === 'startNow') return { name: signal.type };
  const stageId = 'stageId' in signal ? signal.stageId : '';
  return { name: act.name, text: wordsFor(act, execution, { stageId, options }) };
}

function subverbOf(act: Act): Subverb {
  const isOfStage = act.choices !== undefined;
  return {
    name: act.name,
    usage: `[EXECUTION-ID or APPLICATION ENVIRONMENT]${isOfStage ? ' [STAGE]' : ''}${act.takesReason === true ? ' [reason="…"]' : ''}`,
    options: act.takesReason === true ? ['reason'] : [],
    run: async ({ words, options }, command, world) => {
      const again = (id: string) => `pipeline ${act.name} ${id}`;
      const found = await findExecution(world, words.slice(2), { label: act.label, again, canBeOver: act.canBeOver });
      if ('question' in found) return reply(found.question);
      const { execution, rest } = found;
      if (!isOfStage && rest.length > 0)
        throw new UserMistake(`I do not understand '${rest.join(' ')}'.`, [again(execution.id)]);
      const { choices = [] } = world.show(execution);
      const stage = isOfStage ? stageFor(act, execution, { words: rest, choices }) : { stageId: '' };
      if ('question' in stage) return reply(stage.question);
      const signal = signalOf(act, execution, { ...stage, user: command.source.user, reason: options.get('reason') });
      const sent = await sendSignal(world, execution, signal, command);
      if (sent.type === 'lost') return reply(lostView(sent.holder));
      if (sent.type === 'forbidden') {
        const wish = wishFor(execution, { ...wantedOf(act, execution, signal, options), ...stage, ask: sent.ask });
        const choices = wish === undefined ? [] : [askChoice(command)];
        return { ...refused(sent.reason, true, choices), ...(wish === undefined ? {} : { wish }) };
      }
      if (sent.type === 'refused') return refused(sent.reason, sent.code);
      return reply({ headline: [{ strong: execution.name }, ` ${act.done}.`], tone: 'good' });
    },
  };
}

/** `cancel`, `pause`, `resume`, `retry` and `skip`. */
export const actSubverbs: readonly Subverb[] = acts.map(subverbOf);
