import { exitCodeOf, say, showAnswer } from './await-answer';
import { askYesNo } from './ask-yes-no';
import { choose, word } from './run';
import { connect, type CliSession } from './cli-session';
import { exitCodes, type ExitCode } from './exit-codes';
import { followExecution } from './follow-execution';

/** Words for the bot; with `yes` a plan is confirmed unasked, and what starts is watched until it ends. */
export type CarryOut = { readonly words: readonly string[]; readonly yes: boolean };

/**
 * Says the words and shows the answer. A plan is carried out where it is agreed to, by `--yes` or on a terminal, and watched:
 * 0 when it succeeded, else 1. Without both it is only shown, and 1 says that it was not carried out. What needed no plan is
 * done with its answer.
 */
export async function carryOut(session: CliSession, { words, yes }: CarryOut): Promise<ExitCode> {
  const client = await connect(session);
  let command = await say(session, client, words.map(word).join(' '));
  showAnswer(session, command);
  const isPlan = command.reply?.choices?.some(({ name }) => name === 'confirm') === true;
  const isAsked = session.world.stdin.isTTY === true && !session.json;
  if (isPlan) {
    if (!yes && !isAsked) {
      session.note('Nothing was started. Add --yes to carry the plan out.');
      return exitCodes.failed;
    }
    const isAgreed = yes || (await askYesNo(session, 'Carry this out?'));
    command = await choose(session, client, command, isAgreed ? 'confirm' : 'cancel');
    showAnswer(session, command);
    if (!isAgreed) return exitCodes.failed;
  }
  const { executionId } = command;
  if (executionId !== undefined && exitCodeOf(command) === exitCodes.done && (isPlan || yes))
    return followExecution(session, client, executionId);
  const isRefused = yes && command.reply?.tone === 'attention';
  if (!isPlan && !isRefused) return exitCodeOf(command);
  session.note('Nothing was started.');
  return exitCodes.failed;
}
