import type { BotClient } from './bot-client';
import { commandReply, createdReply, type CommandReply } from './bot-replies';
import { CliError } from './cli-error';
import type { CliSession } from './cli-session';
import { exitCodes, type ExitCode } from './exit-codes';
import { renderView } from './render-view';

const waitMs = 10_000;

/** Makes a command with a POST, and waits for its answer; exit code 3 when none comes within a minute. */
export async function sendAndAwait(
  session: CliSession,
  client: BotClient,
  request: { readonly path: string; readonly body: object },
): Promise<CommandReply> {
  const { clock, answerTimeoutMs = 60_000 } = session.world;
  const { id } = await client.post(request.path, request.body, createdReply);
  const deadline = clock.now() + answerTimeoutMs;
  for (;;) {
    const command = await client.get(`/api/commands/${encodeURIComponent(id)}?waitMs=${waitMs}`, commandReply, {
      waitMs,
    });
    if (command.state === 'answered') return command;
    if (clock.now() < deadline) continue;
    throw new CliError(exitCodes.unreachable, 'TIMED_OUT', {
      message: `The bot took command ${id} but has not answered it within ${Math.round(answerTimeoutMs / 1000)} s.`,
      advice:
        'It stays written down and may still be carried out. Check that a worker runs, then look at `coxswain status`.',
    });
  }
}

/** Sends words as a command and waits for its answer. */
export const say = (session: CliSession, client: BotClient, text: string): Promise<CommandReply> =>
  sendAndAwait(session, client, { path: '/api/commands', body: { text } });

/** Shows an answer. */
export function showAnswer(session: CliSession, command: CommandReply): void {
  session.printJson({ type: 'reply', ...command });
  const { reply, id } = command;
  session.print(reply === undefined ? ['Done.'] : renderView(reply, { kind: 'command', id }, session.colors));
}

/** 1 for an answer that tells of a failure or refusal, else 0. */
export const exitCodeOf = (command: CommandReply): ExitCode =>
  command.reply?.tone === 'bad' || command.reply?.undone === true ? exitCodes.failed : exitCodes.done;
