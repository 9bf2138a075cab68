import { exitCodeOf, say, sendAndAwait, showAnswer } from './await-answer';
import { executionReply, type CommandReply } from './bot-replies';
import { connect, type CliSession } from './cli-session';
import type { ExitCode } from './exit-codes';

const show = (session: CliSession, command: CommandReply): ExitCode => {
  showAnswer(session, command);
  return exitCodeOf(command);
};

/** Sends words as somebody would type them after `/cox`, and shows the answer. */
export async function talk(session: CliSession, words: readonly string[]): Promise<ExitCode> {
  return show(session, await say(session, await connect(session), words.join(' ')));
}

/** A choice: on what, which, for which stage, and the answer to its question. */
export type ChoiceMade = {
  readonly kind: 'command' | 'execution';
  readonly id: string;
  readonly name: string;
  readonly stage?: string;
  readonly answer?: string;
  /** What it asks for beside an answer. */
  readonly picked?: string;
};

/** Makes a choice and shows what came of it. */
export async function choose(session: CliSession, choice: ChoiceMade): Promise<ExitCode> {
  const { kind, id, name, stage, answer, picked } = choice;
  const body = {
    name,
    ...(stage === undefined ? {} : { stageId: stage }),
    ...(answer === undefined ? {} : { answer }),
    ...(picked === undefined ? {} : { picked }),
  };
  const client = await connect(session);
  const path = `/api/${kind}s/${encodeURIComponent(id)}/choices`;
  return show(session, await sendAndAwait(session, client, { path, body }));
}

/** Something to be done to an execution, whichever of these choices it offers. */
export type OfferedChoice = {
  readonly id: string;
  /** At least one; the first is meant where none is offered, so that the bot says why not. */
  readonly names: readonly [string, ...string[]];
  readonly stage?: string;
  /** The answer to its question. */
  readonly answer?: string;
};

/** Makes the choice that an execution offers, and shows what came of it. */
export async function chooseOffered(session: CliSession, { id, names, ...more }: OfferedChoice): Promise<ExitCode> {
  const [first, ...others] = names;
  if (others.length === 0) return choose(session, { kind: 'execution', id, name: first, ...more });
  const client = await connect(session);
  const { view } = await client.get(`/api/executions/${encodeURIComponent(id)}`, executionReply);
  const offered = (view.choices ?? []).find(
    ({ name, target }) =>
      names.includes(name) &&
      (more.stage === undefined || (target.kind === 'execution' && target.stageId === more.stage)),
  );
  return choose(session, { kind: 'execution', id, name: offered?.name ?? first, ...more });
}
