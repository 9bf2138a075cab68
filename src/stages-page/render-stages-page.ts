import type { z } from 'zod';
import { commonFields, failureChoices } from '../definitions/common-fields';
import { durationText } from '../engine/task-timeout';
import type { PipelineStage } from '../model/application';
import type { CoxswainStage } from '../services';
import type { Strategy } from '../strategies';
import { fieldsOf } from './fields-of';
import { markdownTable } from './markdown-table';
import { allTasksOf } from './tasks-of';

/** An example of a stage type: the text of its file, and the stage of this type in it, ready to run. */
export type StageExample = { readonly text: string; readonly stage: PipelineStage };

/** What the page is made of. */
export type StagesPageInput = {
  readonly stages: readonly CoxswainStage[];
  readonly strategies: readonly Strategy[];
  /** Throws where a type has none. */
  readonly exampleOf: (type: string) => StageExample;
  /** The text of the example of a strategy. Throws where it has none. */
  readonly strategyExampleOf: (name: string) => string;
};

const introduction = `# Stages

Every stage type that a pipeline may name, as \`pipelines/<application>.yaml\` and Spinnaker's JSON spell them, and every strategy of a deploy. Each has an example in \`pipelines/examples\` that the tests run to its end.

This page is made from the code by \`npm run docs:stages\`.`;

const everyStage = `## Fields of every stage

Texts of a stage may hold [expressions](expressions.md), which are evaluated just before it starts. What a stage puts out, expressions of later stages find under its name, and with \`#stage('name')\`.`;

const afterFields = `A canceled execution takes back what its stages did, also those that had ended: what served before serves again. What each type does then stands below.

A restart ("Retry stage") runs a stage anew, and with it the stages after it that had ended. Its effects have keys of their own, so that nothing is adopted of the attempt before. A crash is no restart: the stage goes on where it was, and nothing is done twice.`;

const fieldTable = (schema: z.ZodType): string =>
  markdownTable(
    ['field', 'type', 'default', 'what it says'],
    fieldsOf(schema).map(({ name, type, byDefault, description }) => [`\`${name}\``, type, byDefault, description]),
  );

const pairs = (titles: readonly string[], entries: Readonly<Record<string, string>> = {}): string =>
  markdownTable(
    titles,
    Object.entries(entries).map(([name, text]) => [`\`${name}\``, text]),
  );

function taskTable(stage: CoxswainStage, example: PipelineStage): string {
  const rows = allTasksOf(stage, example).map(({ name, timeoutMs, timeoutFromStage }) => [
    `\`${name}\``,
    durationText(timeoutMs),
    timeoutFromStage ? 'yes' : 'no',
  ]);
  return markdownTable(['task', 'takes at most', '`timeout` replaces that'], rows);
}

const exampleBlock = (text: string): string => `\`\`\`yaml\n${text.trimEnd()}\n\`\`\``;

const join = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join('\n\n');

function stageSection(stage: CoxswainStage, example: StageExample): string {
  const { about, aliases = [] } = stage;
  if (about === undefined) throw new Error(`The stage ${stage.type} does not say what it is about.`);
  const names = aliases.map((name) => `\`${name}\``).join(', ');
  const tasks = taskTable(stage, example.stage);
  return join([
    `## ${stage.type}`,
    `${about.summary}${names === '' ? '' : ` It may also be called ${names}.`}`,
    fieldTable(stage.config),
    pairs(['in a file also', 'what it says'], about.shorthand),
    pairs(['puts out', 'what it is'], about.puts),
    tasks === '' ? 'It has no tasks of its own: its parts have.' : tasks,
    `Canceled: ${about.cancel}`,
    `Restarted: ${about.restart}`,
    exampleBlock(example.text),
  ]);
}

function promiseOf({ name, promise }: Strategy): string {
  if (promise === undefined) throw new Error(`The strategy ${name} promises nothing.`);
  return promise;
}

const strategySection = (strategy: Strategy, example: string): string =>
  join([`### ${strategy.name}`, promiseOf(strategy), exampleBlock(example)]);

function internalSection(stages: readonly CoxswainStage[]): string {
  const names = stages.filter(({ isInternal }) => isInternal === true).map(({ type }) => `\`${type}\``);
  return `## Stages of Coxswain's own\n\n${names.join(', ')} are planned by Coxswain around others; a file may not name them.`;
}

/** The page docs/stages.md, as Prettier leaves it. Throws where a type or a strategy has no example or says nothing. */
export function renderStagesPage({ stages, strategies, exampleOf, strategyExampleOf }: StagesPageInput): string {
  const forFiles = stages.filter(({ isInternal }) => isInternal !== true);
  const sections = forFiles.map((stage) => stageSection(stage, exampleOf(stage.type)));
  const strategiesText =
    '## Strategies\n\nWhat becomes of the other server groups of a cluster once a new one is up: `strategy` of `deploy`, `createServerGroup` and `cloneServerGroup`.';
  return `${join([
    introduction,
    everyStage,
    fieldTable(commonFields),
    'What becomes of the pipeline when it fails:',
    fieldTable(failureChoices),
    afterFields,
    ...sections,
    strategiesText,
    ...strategies.map((strategy) => strategySection(strategy, strategyExampleOf(strategy.name))),
    internalSection(stages),
  ])}\n`;
}
