import { Command, CommanderError } from 'commander';
import { CliError } from './cli-error';
import { createSession, type CliSession } from './cli-session';
import type { CliWorld } from './cli-world';
import { addAuditCommands } from './add-audit-commands';
import { addBotCommands } from './add-bot-commands';
import { addLocalCommands } from './add-local-commands';
import { exitCodes, type ExitCode } from './exit-codes';

/** Runs one subcommand in a session and keeps its exit code. */
export type RunAction = (action: (session: CliSession) => Promise<ExitCode>) => Promise<void>;

const helpAfter = `
Start here:
  $ npm run demo                         a bot, a fake DC/OS and a fake Slack, without any account
  $ coxswain login                       once per bot; ties this terminal to your Slack user
  $ coxswain run foo prod 1.2.0          show the plan, ask, deploy, watch
  $ coxswain status foo                  what runs where
  $ coxswain validate pipelines/*.yaml   check files without a bot

Environment:
  COXSWAIN_URL     the bot's local API (http://127.0.0.1:3001)
  COXSWAIN_TOKEN   a token, instead of the one \`coxswain login\` keeps in ~/.config/coxswain
  NO_COLOR         no colours, even on a terminal

Exit codes:
  0 done   1 failed, refused or canceled   2 wrong usage   3 no bot answers   4 not logged in`;

function reportError(session: CliSession, error: unknown): ExitCode {
  const isOurs = error instanceof CliError;
  const message = error instanceof Error ? error.message : String(error);
  const advice = isOurs ? error.advice : undefined;
  const code = isOurs ? error.code : 'INTERNAL';
  session.printJson({ type: 'error', code, message, ...(advice === undefined ? {} : { advice }) });
  session.note(message);
  if (advice !== undefined) session.note(advice);
  return isOurs ? error.exitCode : exitCodes.failed;
}

/**
 * Runs the command line with these words (without node and script) and resolves to its exit code; never throws and never
 * exits the process. stdout gets results, stderr what stands beside them.
 */
export async function runCli(argv: readonly string[], world: CliWorld): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.done;
  const end = argv.indexOf('--');
  const isJson = argv.slice(0, end === -1 ? undefined : end).includes('--json');
  const session = createSession(world, isJson);
  const program = new Command('coxswain')
    .description('Deploys services to DC/OS from a terminal, through the same bot the team talks to in Slack.')
    .option('--json', 'one JSON document per line on stdout, and nothing else')
    .addHelpText('after', helpAfter)
    .showHelpAfterError('`coxswain --help` shows what can be done.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  const runAction: RunAction = async (action) => {
    exitCode = await action(session);
  };
  addBotCommands(program, runAction);
  addLocalCommands(program, runAction);
  addAuditCommands(program, runAction);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportError(session, error);
    if (error.exitCode === 0) return exitCodes.done;
    session.printJson({ type: 'error', code: 'INVALID_INPUT', message: error.message });
    return exitCodes.usage;
  }
  return exitCode;
}
