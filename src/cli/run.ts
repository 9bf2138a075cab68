import { sendAndAwait, exitCodeOf, say, showAnswer } from './await-answer';
import { askYesNo } from './ask-yes-no';
import type { BotClient } from './bot-client';
import type { CommandReply } from './bot-replies';
import { CliError } from './cli-error';
import { connect, type CliSession } from './cli-session';
import { exitCodes, type ExitCode } from './exit-codes';
import { followExecution } from './follow-execution';

/** What `run` was asked to deploy; `rest` holds at most one version and any number of `key=value`. */
export type RunRequest = {
  readonly application: string;
  readonly environment: string;
  readonly rest: readonly string[];
  /** Confirms the plan without asking. */
  readonly yes: boolean;
};

const offers = (command: CommandReply, name: string) =>
  command.reply?.choices?.some((choice) => choice.name === name) === true;

const quoted = (text: string) => (/[\s"']/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text);

/** A word as it is typed, quoted where it must be; of a parameter only the value: all of it in quotes would be one plain word. */
export function word(text: string): string {
  const [, name = '', value = text] = /^((?:--)?[A-Za-z_][\w-]*=)(.*)$/s.exec(text) ?? [];
  return `${name}${quoted(value)}`;
}

function deployText({ application, environment, rest }: RunRequest): string {
  const [version, ...others] = rest.filter((part) => !part.includes('='));
  if (others.length > 0) {
    throw new CliError(exitCodes.usage, 'INVALID_INPUT', {
      message: `Only one version can be deployed, not '${[version, ...others].join("', '")}'.`,
      advice: 'Parameters are written key=value.',
    });
  }
  const parameters = rest.filter((part) => part.includes('='));
  return ['deploy', application, environment, ...(version === undefined ? [] : [version]), ...parameters]
    .map(word)
    .join(' ');
}

/** Makes a choice that an answer offers. */
export const choose = (session: CliSession, client: BotClient, command: CommandReply, name: string) =>
  sendAndAwait(session, client, { path: `/api/commands/${encodeURIComponent(command.id)}/choices`, body: { name } });

async function isConfirmed(session: CliSession, request: RunRequest): Promise<boolean> {
  if (request.yes) return true;
  if (session.world.stdin.isTTY === true && !session.json) return askYesNo(session, 'Start this deployment?');
  throw new CliError(exitCodes.usage, 'INVALID_INPUT', {
    message: 'The plan has to be confirmed, and there is no terminal to ask on. Nothing was started.',
    advice: 'Add --yes to start without being asked.',
  });
}

/** Deploys and watches: shows the plan, asks, confirms, then one line per change until the execution ends. */
export async function run(session: CliSession, request: RunRequest): Promise<ExitCode> {
  const text = deployText(request);
  const client = await connect(session);
  let command = await say(session, client, text);
  showAnswer(session, command);
  // A plan that changed while it was read comes back as a new one: a person is asked again, --yes agreed to one only.
  for (let plans = 1; command.executionId === undefined && offers(command, 'confirm'); plans += 1) {
    if (request.yes && plans > 1) {
      session.note(
        'The plan changed before it could start. Nothing was started; run this again to agree to the new one.',
      );
      return exitCodes.failed;
    }
    if (!(await isConfirmed(session, request))) {
      if (offers(command, 'cancel')) await choose(session, client, command, 'cancel');
      session.print(['Nothing was started.']);
      return exitCodes.failed;
    }
    command = await choose(session, client, command, 'confirm');
    showAnswer(session, command);
  }
  if (command.executionId !== undefined && exitCodeOf(command) === exitCodes.done) {
    return followExecution(session, client, command.executionId);
  }
  session.note('Nothing was started.');
  return exitCodes.failed;
}
