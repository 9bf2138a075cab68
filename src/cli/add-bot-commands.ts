import type { Command } from 'commander';
import { Argument } from 'commander';
import { addOperationCommands } from './add-operation-commands';
import { login } from './login';
import { run } from './run';
import type { RunAction } from './run-cli';
import { choose, talk, type ChoiceMade } from './talk';

const examples = (...lines: readonly string[]) =>
  `\nExamples:\n${lines.map((line) => `  $ coxswain ${line}`).join('\n')}`;

function addRun(program: Command, runAction: RunAction): void {
  program
    .command('run')
    .description('deploy an application to an environment, and watch until it is done')
    .argument('<application>')
    .argument('<environment>')
    .argument('[version-and-parameters...]', 'a version, and any number of key=value')
    .option('-y, --yes', 'start without being asked to confirm the plan', false)
    .addHelpText('after', examples('run foo dev 1.2.0', 'run foo prod 1.2.0 --yes', 'run foo prod --json --yes'))
    .addHelpText(
      'after',
      '\nExits with 0 when the deployment succeeded, with 1 when it failed, was canceled or refused.',
    )
    .action((application: string, environment: string, rest: string[], options: { yes: boolean }) =>
      runAction((session) => run(session, { application, environment, rest, yes: options.yes })),
    );
}

type ChoiceOptions = { readonly stage?: string; readonly answer?: string; readonly picked?: string };

type Decision = {
  readonly name: string;
  readonly id: string;
  readonly stage?: string;
  readonly reason?: string;
  readonly input?: string;
};

function decide(runAction: RunAction, { name, id, stage, reason, input = reason }: Decision): Promise<void> {
  const choice: ChoiceMade = {
    kind: 'execution',
    id,
    name,
    ...(stage === undefined ? {} : { stage }),
    ...(input === undefined ? {} : { answer: input }),
  };
  return runAction((session) => choose(session, choice));
}

function addDecisions(program: Command, runAction: RunAction): void {
  const stageHelp = 'the judgment, by name or id; only needed when several wait';
  program
    .command('approve')
    .description('approve a judgment that waits')
    .argument('<execution>', 'its id, as `run` and `status` show it')
    .option('--input <value>', 'the answer, where the judgment offers several')
    .option('--stage <stage>', stageHelp)
    .addHelpText(
      'after',
      examples('approve 01JZX3', 'approve 01JZX3 --input rollback', "approve 01JZX3 --stage 'Go to prod?'"),
    )
    .action((id: string, options: { input?: string; stage?: string }) =>
      decide(runAction, { name: 'approve', id, ...options }),
    );
  program
    .command('reject')
    .description('reject a judgment that waits; the execution stops')
    .argument('<execution>', 'its id')
    .requiredOption('--reason <text>', 'why; everybody who watches reads it')
    .option('--stage <stage>', stageHelp)
    .addHelpText('after', examples("reject 01JZX3 --reason 'error rate is up'"))
    .action((id: string, options: { stage?: string; reason: string }) =>
      decide(runAction, { name: 'reject', id, ...options }),
    );
  program
    .command('cancel')
    .description('stop an execution; what it has changed goes back')
    .argument('<execution>', 'its id')
    .option('--reason <text>', 'why; everybody who watches reads it')
    .addHelpText('after', examples('cancel 01JZX3', "cancel 01JZX3 --reason 'wrong version'"))
    .action((id: string, options: { reason?: string }) =>
      decide(runAction, { name: 'cancelExecution', id, ...options }),
    );
}

const slashVerbs = [
  {
    verb: 'deploy',
    description: 'what /deploy says: a plan to choose from (`run` confirms and watches)',
    example: 'deploy foo prod 1.1',
  },
  { verb: 'rollback', description: 'what /rollback says: the way back, to choose from', example: 'rollback foo prod' },
  { verb: 'resize', description: 'what /resize says: instances per region', example: 'resize foo prod 5' },
] as const;

function addTalk(program: Command, runAction: RunAction): void {
  program
    .command('status')
    .description('what runs where, and what is going on')
    .argument('[application]')
    .addHelpText('after', examples('status', 'status foo', 'status foo --json'))
    .action((application?: string) =>
      runAction((session) => talk(session, application === undefined ? ['status'] : ['status', application])),
    );
  program
    .command('why')
    .description('why a server group does not come up: what DC/OS says, and the end of stderr')
    .argument('<application>')
    .argument('<environment>', 'one region of it: ENVIRONMENT/REGION')
    .addHelpText('after', examples('why foo prod', 'why foo prod/east', 'why foo prod --json'))
    .action((application: string, environment: string) =>
      runAction((session) => talk(session, ['why', application, environment])),
    );
  program
    .command('cox')
    .description('say anything the bot understands after /cox')
    .argument('<words...>')
    .allowUnknownOption()
    .addHelpText('after', examples('cox help', 'cox resize foo dev 3'))
    .action((words: string[]) => runAction((session) => talk(session, words)));
  for (const { verb, description, example } of slashVerbs) {
    program
      .command(verb)
      .description(description)
      .argument('<words...>')
      .allowUnknownOption()
      .addHelpText('after', examples(example))
      .action((words: string[]) => runAction((session) => talk(session, [verb, ...words])));
  }
  program
    .command('choose')
    .description('make any other choice that an answer or an execution offers')
    .addArgument(new Argument('<kind>', 'what offers it').choices(['command', 'execution']))
    .argument('<id>')
    .argument('<name>', 'the choice, such as confirm or retryStage')
    .option('--stage <stage>', 'the stage, where several offer it')
    .option('--answer <text>', 'the answer to what the choice asks')
    .option('--picked <option>', 'what the choice asks for beside that')
    .addHelpText('after', examples('choose command 01JZX3 confirm', 'choose execution 01JZX3 retryStage --stage 2'))
    .action((kind: ChoiceMade['kind'], id: string, name: string, options: ChoiceOptions) =>
      runAction((session) => choose(session, { kind, id, name, ...options })),
    );
}

/** Adds the subcommands that talk to a bot. */
export function addBotCommands(program: Command, runAction: RunAction): void {
  program
    .command('login')
    .description('tie this terminal to your Slack user')
    .addHelpText('after', '\nPrints a code to type in Slack as `/cox login CODE`, and waits until you did.')
    .action(() => runAction(login));
  addRun(program, runAction);
  addDecisions(program, runAction);
  addTalk(program, runAction);
  addOperationCommands(program, runAction);
}
