import type { Command } from 'commander';
import { Argument, InvalidArgumentError } from 'commander';
import { emulator } from './emulator';
import type { RunAction } from './run-cli';
import { validate } from './validate';

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('Give a whole number from 0 to 65535; 0 takes a free port.');
}

/** Adds the subcommands that need no bot. */
export function addLocalCommands(program: Command, runAction: RunAction): void {
  program
    .command('validate')
    .description('check definition files; needs no bot')
    .argument('<files...>', 'accounts.yaml and application files')
    .addHelpText('after', '\nPrints `file:line:column: message` per problem, and exits with 1 when there is one.')
    .addHelpText('after', '\nExample:\n  $ coxswain validate pipelines/*.yaml')
    .action((files: string[]) => runAction((session) => validate(session, files)));
  program
    .command('emulator')
    .description('run a fake DC/OS or Slack until it is stopped; for trying things out and for tests')
    .addArgument(new Argument('<kind>', 'which one').choices(['dcos', 'slack']))
    .option('--port <number>', 'where it listens on 127.0.0.1; 0 takes a free port', parsePort, 0)
    .addHelpText('after', '\nPrints one line of JSON with its addresses when it is ready; Ctrl-C stops it.')
    .addHelpText('after', '\nExample:\n  $ coxswain emulator dcos --port 8080')
    .action((kind: 'dcos' | 'slack', options: { port: number }) =>
      runAction((session) => emulator(session, kind, options.port)),
    );
}
