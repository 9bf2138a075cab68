import { Option, type Command } from 'commander';
import { auditExport, auditFormats, auditVerify, type AuditChoices } from './audit';
import type { RunAction } from './run-cli';

const ranged = (command: Command): Command =>
  command.option('--from <date>', 'the first day, of UTC, such as 2026-01-31').option('--to <date>', 'the last day');

/** Adds `audit`: the log of who did what, out of the bot and checked. */
export function addAuditCommands(program: Command, runAction: RunAction): void {
  const audit = program.command('audit').description('export and verify the log of who did what');
  ranged(audit.command('export').description('write the audit log to standard output, oldest first'))
    .argument('[application]', 'all that you may read, unless given')
    .addOption(new Option('--format <format>', 'how it is written').choices(auditFormats).default('jsonl'))
    .addHelpText('after', '\nExample:\n  $ coxswain audit export foo --from 2026-01-01 > foo.jsonl')
    .action((application: string | undefined, options: AuditChoices & { format: (typeof auditFormats)[number] }) =>
      runAction((session) =>
        auditExport(session, { ...options, ...(application === undefined ? {} : { application }) }),
      ),
    );
  ranged(audit.command('verify').description('check that an export, or the log of the bot, is as it was written'))
    .argument('[file]', 'an export as JSON lines, - for standard input; the log of the bot, unless given')
    .option('--application <name>', 'of the log of the bot; all that you may read, unless given')
    .addHelpText(
      'after',
      '\nNames the first entry of each chain that was changed, moved or put in, or is missing; then',
    )
    .addHelpText('after', 'the exit code is 1.\n\nExample:\n  $ coxswain audit verify foo.jsonl')
    .action((file: string | undefined, options: AuditChoices) =>
      runAction((session) => auditVerify(session, { ...options, ...(file === undefined ? {} : { file }) })),
    );
}
