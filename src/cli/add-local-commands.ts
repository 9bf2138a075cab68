import type { Command } from 'commander';
import { Argument } from 'commander';
import { emulator } from './emulator';
import { addEmulatorOptions, type DcosEmulatorChoices } from './emulator-options';
import type { RunAction } from './run-cli';
import { validate } from './validate';

/** Adds the subcommands that need no bot. */
export function addLocalCommands(program: Command, runAction: RunAction): void {
  program
    .command('validate')
    .description('check definition files; needs no bot')
    .argument('<files...>', 'accounts.yaml and application files')
    .addHelpText('after', '\nPrints `file:line:column: message` per problem, and exits with 1 when there is one.')
    .addHelpText('after', '\nExample:\n  $ coxswain validate pipelines/*.yaml')
    .action((files: string[]) => runAction((session) => validate(session, files)));
  const emulatorCommand = program
    .command('emulator')
    .description('run a fake DC/OS or Slack until it is stopped; for trying things out and for tests')
    .addArgument(new Argument('<kind>', 'which one').choices(['dcos', 'slack']));
  addEmulatorOptions(emulatorCommand)
    .addHelpText('after', '\nPrints one line of JSON with its addresses when it is ready; Ctrl-C stops it.')
    .addHelpText('after', '\nExample:\n  $ coxswain emulator dcos --port 8080 --auth enterprise')
    .action((kind: 'dcos' | 'slack', choices: DcosEmulatorChoices) =>
      runAction((session) => emulator(session, kind, choices)),
    );
}
