import type { Command } from 'commander';
import { Argument } from 'commander';
import { emulator } from './emulator';
import { addEmulatorOptions, emulatorKinds, type DcosEmulatorChoices, type EmulatorKind } from './emulator-options';
import type { RunAction } from './run-cli';
import { evalCommand, type EvalChoices } from './eval';
import { validate } from './validate';
import { windowCommand, type WindowChoices } from './window';

function addEvalCommand(program: Command, runAction: RunAction): void {
  program
    .command('eval')
    .description('evaluate the expressions in a text, as a stage would; needs no bot')
    .argument('[text]', 'with ${ } in it; in single quotes, so that the shell leaves it alone')
    .option('--context <file>', 'what bare names are; JSON or YAML')
    .option('--execution <file>', 'what execution and trigger are, as Spinnaker writes executions; JSON or YAML')
    .option('--stage <refId>', "evaluate as this stage of the execution would: its context lies beneath --context's")
    .option('--stdin', 'read requests from standard input instead, one JSON object per line')
    .addHelpText(
      'after',
      '\nPrints one line of JSON: {"value": …, "errors": [{"level": "INFO"|"ERROR", "message": …}]}.',
    )
    .addHelpText('after', 'A text that could not be evaluated stays as it was; the exit code is 0 then too.')
    .addHelpText('after', '\nWith --stdin each line is {"id", "text", "context", "execution"?, "stage"?}, text being a')
    .addHelpText('after', 'text, list or map, and is answered at once by {"id", "value", "errors"}.')
    .addHelpText('after', "\nExample:\n  $ coxswain eval '${replicas * 2} of ${name}' --context context.yaml")
    .action((text: string | undefined, choices: EvalChoices) =>
      runAction((session) => evalCommand(session, text, choices)),
    );
}

function addWindowCommand(program: Command, runAction: RunAction): void {
  program
    .command('window')
    .description('say whether an execution window is open, and when it opens; needs no bot')
    .option('--window <json>', "as a file has it, or Spinnaker's restrictedExecutionWindow; JSON or YAML")
    .option('--at <instant>', 'ISO, with its offset; now, unless given')
    .option('--time-zone <zone>', 'of a window that names none; DEFAULT_TIME_ZONE or UTC, unless given')
    .option('--stdin', 'read questions from standard input instead, one JSON object per line')
    .addHelpText(
      'after',
      '\nWith --json: {"open": true|false, "opensAt": instant|null}, the first open instant from then on.',
    )
    .addHelpText(
      'after',
      'With --stdin each line is {"id", "window", "at"?, "timeZone"?}, and is answered by {"id", "open",',
    )
    .addHelpText('after', '"opensAt"} or {"id", "error"}.')
    .addHelpText('after', '\nExample:\n  $ coxswain window --window \'{"days":"Mon-Fri","hours":"09:00-16:00"}\'')
    .action((choices: WindowChoices) => runAction((session) => windowCommand(session, choices)));
}

/** Adds the subcommands that need no bot. */
export function addLocalCommands(program: Command, runAction: RunAction): void {
  program
    .command('validate')
    .description('check definition files; needs no bot')
    .argument('<paths...>', 'accounts.yaml and application files, or folders of them')
    .addHelpText('after', '\nPrints `file:line:column: message` per problem, and exits with 1 when there is one.')
    .addHelpText('after', '\nExample:\n  $ coxswain validate pipelines/*.yaml')
    .action((paths: string[]) => runAction((session) => validate(session, paths)));
  addEvalCommand(program, runAction);
  addWindowCommand(program, runAction);
  const emulatorCommand = program
    .command('emulator')
    .description('run a fake DC/OS, Slack or Jenkins until it is stopped; for trying things out and for tests')
    .addArgument(new Argument('<kind>', 'which one').choices(emulatorKinds));
  addEmulatorOptions(emulatorCommand)
    .addHelpText('after', '\nPrints one line of JSON with its addresses when it is ready; Ctrl-C stops it.')
    .addHelpText('after', '\nExample:\n  $ coxswain emulator dcos --port 8080 --auth enterprise')
    .action((kind: EmulatorKind, choices: DcosEmulatorChoices) =>
      runAction((session) => emulator(session, kind, choices)),
    );
}
