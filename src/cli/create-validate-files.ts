import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { DefinitionProblem } from '../model/application';
import type { ValidateFiles } from './cli-world';
import { systemCodeOf } from './system-error';

type Parsed<A> = { readonly accounts?: A; readonly problems: readonly DefinitionProblem[] };

/** The parsers of definitions, with what they need besides file and text already bound. */
export type DefinitionParsers<A> = {
  readonly parseAccounts: (input: { readonly file: string; readonly text: string }) => Parsed<A>;
  /** `accounts`: those of the accounts.yaml beside the file. */
  readonly parseApplication: (input: { readonly file: string; readonly text: string; readonly accounts: A }) => {
    readonly problems: readonly DefinitionProblem[];
  };
};

const accountsFile = 'accounts.yaml';

async function readText(file: string): Promise<{ text: string } | { problems: readonly DefinitionProblem[] }> {
  try {
    return { text: await readFile(file, 'utf8') };
  } catch (error) {
    const code = systemCodeOf(error) ?? 'unreadable';
    return { problems: [{ file, line: 1, column: 1, message: `The file cannot be read (${code}). Check its name.` }] };
  }
}

/** The definitions of a folder, those of folders in it left out; anything else is a file. */
async function filesOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory() && /^[^.].*\.ya?ml$/.test(entry.name))
    .map((entry) => join(path, entry.name))
    .sort();
}

/** Makes `validateFiles` of the parsers: a file called accounts.yaml holds accounts, every other an application. */
export function createValidateFiles<A>(parsers: DefinitionParsers<A>): ValidateFiles {
  const readAccounts = async (file: string): Promise<Parsed<A>> => {
    const read = await readText(file);
    return 'problems' in read ? read : parsers.parseAccounts({ file, text: read.text });
  };
  const validateOne = async (file: string): Promise<readonly DefinitionProblem[]> => {
    if (basename(file) === accountsFile) return (await readAccounts(file)).problems;
    const read = await readText(file);
    if ('problems' in read) return read.problems;
    const { accounts, problems } = await readAccounts(join(dirname(file), accountsFile));
    // Without accounts, regions cannot be judged: their problems are what is to be mended first.
    return accounts === undefined ? problems : parsers.parseApplication({ file, text: read.text, accounts }).problems;
  };
  return async (paths) => {
    const files = (await Promise.all(paths.map(filesOf))).flat();
    const found = (await Promise.all(files.map(validateOne))).flat();
    const unique = new Map(found.map((problem) => [JSON.stringify(problem), problem]));
    return { files: files.length, problems: [...unique.values()] };
  };
}
