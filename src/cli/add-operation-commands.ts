import type { Command } from 'commander';
import { carryOut } from './carry-out';
import type { RunAction } from './run-cli';
import { word } from './run';
import { chooseOffered, talk } from './talk';

type Operation = { readonly verb: string; readonly description: string; readonly examples: readonly string[] };

const operations: readonly Operation[] = [
  {
    verb: 'destroy',
    description: 'remove a server group for good, never the last that serves',
    examples: ['destroy foo prod v003', 'destroy foo prod/east v003 --yes'],
  },
  {
    verb: 'enable',
    description: 'bring a server group back into service',
    examples: ['enable foo prod v003', 'enable foo prod v003 size=2 --yes'],
  },
  {
    verb: 'disable',
    description: 'take a server group out of service and keep it, never the last that serves',
    examples: ['disable foo prod v003 --yes'],
  },
  {
    verb: 'clone',
    description: 'make a new server group of one that there is',
    examples: ['clone foo prod', 'clone foo prod from=v003 to=staging --yes'],
  },
  {
    verb: 'terminate',
    description: 'kill one instance; without its id, list them with their state',
    examples: ['terminate foo prod', 'terminate foo prod foo-prod-v003.4f2a decrement=yes --yes'],
  },
  {
    verb: 'pipeline',
    description: 'list, run, show, cancel, pause, resume, retry or skip',
    examples: ['pipeline list foo', 'pipeline run foo release prod 1.1 key=value --yes', 'pipeline show foo prod'],
  },
];

const answers: readonly Operation[] = [
  {
    verb: 'history',
    description: 'the last runs in an environment: who, which version, how long, what became of it',
    examples: ['history foo prod', 'history foo prod all'],
  },
  {
    verb: 'logs',
    description: 'the last lines that an instance wrote: one that fails, else the newest',
    examples: ['logs foo prod', 'logs foo prod/east group=v003 lines=200', 'logs foo prod file=stderr'],
  },
];

const holdings: readonly Operation[] = [
  {
    verb: 'lock',
    description: 'keep others from changing an environment for a while; with take, also from whoever holds the lock',
    examples: ['lock foo prod 2h migration', 'lock take foo prod 1h fix for the login'],
  },
  { verb: 'unlock', description: 'lift your lock of an environment', examples: ['unlock foo prod'] },
  { verb: 'locks', description: 'what is locked, by whom, since when, until when and why', examples: ['locks'] },
  {
    verb: 'stop',
    description: 'hold everything new back, pause what runs, turn chaos off; lift lets it go on',
    examples: ['stop the database is down', 'stop lift the database is back'],
  },
  {
    verb: 'chaos',
    description: 'Chaos Monkey: status, on, off, run, history',
    examples: ['chaos status foo', 'chaos off foo reason="load test"', 'chaos run foo prod', 'chaos history foo'],
  },
];

const exampleText = (lines: readonly string[]) =>
  `\nExamples:\n${lines.map((line) => `  $ coxswain ${line}`).join('\n')}`;

const acts = [
  { verb: 'pause', choices: ['pause'], description: 'stop an execution between two steps; resume lets it go on' },
  { verb: 'resume', choices: ['resume'], description: 'let a paused execution go on' },
  {
    verb: 'retry',
    choices: ['retryStage'],
    description: 'run the stage that failed again, or any that has run, with all that follows',
    isOfStage: true,
  },
  {
    verb: 'skip',
    choices: ['skipWait', 'skipStage', 'startNow'],
    description: 'end a wait now, start before a window opens, or go on without a pipeline that may be skipped',
    isOfStage: true,
    takesReason: true,
  },
] as const;

function addActs(program: Command, runAction: RunAction): void {
  for (const { verb, choices, description, ...more } of acts) {
    const command = program
      .command(verb)
      .description(description)
      .argument('<execution>', 'its id, as `run` and `status` show it')
      .addHelpText('after', exampleText([`${verb} 01JZX3`]));
    if ('isOfStage' in more) command.option('--stage <stage>', 'the stage, where several offer it');
    if ('takesReason' in more)
      command.option('--reason <text>', 'why it cannot wait; needed to start before a window opens');
    command.action((id: string, { reason, ...options }: { stage?: string; reason?: string }) =>
      runAction((session) =>
        chooseOffered(session, { id, names: choices, ...options, ...(reason === undefined ? {} : { answer: reason }) }),
      ),
    );
  }
}

/** Adds the subcommands that act on server groups, pipelines and executions, and those that tell of them. */
export function addOperationCommands(program: Command, runAction: RunAction): void {
  for (const { verb, description, examples } of operations) {
    program
      .command(verb)
      .description(description)
      .argument('<words...>')
      .option('-y, --yes', 'carry the plan out without being asked, and watch until it is done', false)
      .allowUnknownOption()
      .addHelpText('after', exampleText(examples))
      .addHelpText('after', '\nWhat was carried out exits with 0 when it succeeded, else with 1.')
      .action((words: string[], { yes }: { yes: boolean }) =>
        runAction((session) => carryOut(session, { words: [verb, ...words], yes })),
      );
  }
  for (const { verb, description, examples } of answers) {
    program
      .command(verb)
      .description(description)
      .argument('<words...>')
      .allowUnknownOption()
      .addHelpText('after', exampleText(examples))
      .action((words: string[]) => runAction((session) => talk(session, [verb, ...words.map(word)])));
  }
  for (const { verb, description, examples } of holdings) {
    program
      .command(verb)
      .description(description)
      .argument('[words...]')
      .allowUnknownOption()
      .addHelpText('after', exampleText(examples))
      .action((words: string[]) => runAction((session) => talk(session, [verb, ...words.map(word)])));
  }
  addActs(program, runAction);
}
