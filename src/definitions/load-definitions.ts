import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Application, Definitions, DefinitionProblem } from '../model/application';
import type { Variables } from './accounts-context';
import { findCallMistakes } from './find-call-mistakes';
import { findCircles } from './find-circles';
import { parseAccounts, type ParsedAccounts } from './parse-accounts';
import { parseApplication } from './parse-application';
import type { StageTypes } from './parse-stage';

/** Where definitions stand and what they are read with. */
export type DefinitionsInput = {
  readonly folder: string;
  readonly stageTypes: StageTypes;
  readonly environment: Variables;
  /** Of execution windows that name none. @default 'UTC' */
  readonly timeZone?: string;
};

/** What the files say, what is wrong in them, and the good parts that a later load may fall back on. */
export type LoadedDefinitions = {
  readonly definitions: Definitions;
  readonly problems: readonly DefinitionProblem[];
  readonly accounts: ParsedAccounts;
};

const accountsFile = 'accounts.yaml';

function readFile(folder: string, file: string): { text: string } | { problem: DefinitionProblem } {
  try {
    return { text: readFileSync(join(folder, file), 'utf8') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return { problem: { file, line: 1, column: 1, message: `The file cannot be read (${code}). Put it in place.` } };
  }
}

function loadAccounts(input: DefinitionsInput): ParsedAccounts {
  const read = readFile(input.folder, accountsFile);
  if ('problem' in read) return { problems: [read.problem] };
  return parseAccounts({ ...input, file: accountsFile, text: read.text });
}

function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && /^[^.].*\.ya?ml$/.test(entry.name) && entry.name !== accountsFile)
      .map((entry) => entry.name)
      .sort();
  } catch {
    // A folder that cannot be listed shows as accounts.yaml that cannot be read.
    return [];
  }
}

/** The application that a file must be of. */
const nameOfFile = (file: string): string => basename(file).replace(/\.ya?ml$/, '');

function loadApplication(input: DefinitionsInput, file: string, accounts: ParsedAccounts) {
  const read = readFile(input.folder, file);
  if ('problem' in read) return { problems: [read.problem] };
  const parsed = parseApplication({
    file,
    text: read.text,
    accounts: accounts.accounts ?? new Map(),
    stageTypes: input.stageTypes,
    ...(input.timeZone === undefined ? {} : { timeZone: input.timeZone }),
  });
  const expected = nameOfFile(file);
  if (parsed.application === undefined || parsed.application.name === expected) return parsed;
  const { name } = parsed.application;
  const line = read.text.split('\n').findIndex((text) => /^['"]?application['"]?\s*:/.test(text)) + 1;
  const message = `Application '${name}' must stand in ${name}.yaml. Rename the file or the application.`;
  return { problems: [{ file, line: Math.max(1, line), column: 1, message }] };
}

/**
 * Reads accounts.yaml and every application's file of a folder; subfolders are not read. Where a file has problems, its
 * part of `lastGood` stays. Never throws.
 */
export function loadDefinitions(input: DefinitionsInput, lastGood?: LoadedDefinitions): LoadedDefinitions {
  const read = loadAccounts(input);
  const accounts = read.accounts === undefined && lastGood?.accounts.accounts !== undefined ? lastGood.accounts : read;
  const problems = [...read.problems];
  const applications = new Map<string, Application>();
  if (accounts.accounts !== undefined) {
    for (const file of listFiles(input.folder)) {
      const parsed = loadApplication(input, file, accounts);
      problems.push(...parsed.problems);
      const former = [...(lastGood?.definitions.applications.values() ?? [])].find((known) => known.file === file);
      const application = 'application' in parsed ? parsed.application : undefined;
      const kept = application ?? former;
      if (kept !== undefined) applications.set(kept.name, kept);
    }
  }
  const names = new Set([...applications.keys(), ...listFiles(input.folder).map(nameOfFile)]);
  const mistakes = [
    ...findCircles(applications),
    ...[...applications.values()].flatMap((each) => findCallMistakes(each, { applications, names })),
  ];
  problems.push(...mistakes);
  for (const [name, { file }] of [...applications]) {
    if (!mistakes.some((problem) => problem.file === file)) continue;
    const former = lastGood?.definitions.applications.get(name);
    if (former === undefined) applications.delete(name);
    else applications.set(name, former);
  }
  const { clusters = new Map(), jenkins = new Map() } = accounts;
  return { definitions: { applications, clusters, jenkins }, problems, accounts };
}
