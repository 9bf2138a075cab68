import { plainText } from '../model/text';
import type { View } from '../model/view';
import type { BotClient } from './bot-client';
import { executionReply, type ExecutionReply } from './bot-replies';
import { CliError } from './cli-error';
import { pause, type CliSession } from './cli-session';
import { exitCodes, type ExitCode } from './exit-codes';
import { renderChoices, renderStep, renderView } from './render-view';

const waitMs = 10_000;

/** How many times in a row the bot may be out of reach before watching ends; a restart takes seconds. */
const mostMisses = 10;

const complete = ['SUCCEEDED', 'SKIPPED', 'FAILED_CONTINUE', 'TERMINAL', 'CANCELED', 'STOPPED'];

async function nextLook(session: CliSession, client: BotClient, id: string, since: number): Promise<ExecutionReply> {
  const path = `/api/executions/${encodeURIComponent(id)}?waitMs=${waitMs}&since=${since}`;
  for (let misses = 1; ; misses += 1) {
    try {
      return await client.get(path, executionReply, { waitMs });
    } catch (error) {
      const isOutage = error instanceof CliError && error.exitCode === exitCodes.unreachable;
      if (!isOutage || misses >= mostMisses) throw error;
      if (misses === 1) session.note(`${error.message} Trying again; the execution does not depend on this terminal.`);
      await pause(session, 1000);
    }
  }
}

/** What a view shows that has not been shown: changed steps and choices, or the headline when there are no steps. */
function newLines(session: CliSession, id: string, view: View, shown: ReadonlySet<string>) {
  const steps = (view.steps ?? []).flatMap((step, index) =>
    // The place tells steps of one name in several regions apart.
    step.state === 'waiting'
      ? []
      : [{ key: `${index} ${JSON.stringify(step)}`, line: renderStep(step, session.colors) }],
  );
  const headline = plainText(view.headline);
  const lines = steps.length === 0 ? [{ key: headline, line: headline }] : steps;
  // Cancelling is always on offer and was named at the start.
  const asking = { ...view, choices: (view.choices ?? []).filter(({ name }) => name !== 'cancelExecution') };
  const choices = renderChoices(asking, { kind: 'execution', id }, session.colors);
  return [...lines, ...choices.map((line) => ({ key: line, line }))].filter(({ key }) => !shown.has(key));
}

/** Watches an execution until it ends, a line per change; 0 when it succeeded, else 1. */
export async function followExecution(session: CliSession, client: BotClient, id: string): Promise<ExitCode> {
  session.print([`Watching ${id}. Ctrl-C ends the watching only; \`coxswain cancel ${id}\` stops the execution.`]);
  const shown = new Set<string>();
  for (let since = 0; ;) {
    const look = await nextLook(session, client, id, since);
    const isOver = complete.includes(look.status);
    if (look.version > since || isOver) session.printJson({ type: 'execution', ...look });
    if (isOver) {
      session.print(renderView(look.view, { kind: 'execution', id }, session.colors));
      return look.status === 'SUCCEEDED' ? exitCodes.done : exitCodes.failed;
    }
    const lines = newLines(session, id, look.view, shown);
    lines.forEach(({ key }) => shown.add(key));
    session.print(lines.map(({ line }) => line));
    since = look.version;
  }
}
