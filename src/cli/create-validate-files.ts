import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Application, DefinitionProblem } from '../model/application';
import type { ValidateFiles } from './cli-world';
import { systemCodeOf } from './system-error';

/** What is said of one file. */
type Judged = { readonly problems: readonly DefinitionProblem[]; readonly warnings?: readonly DefinitionProblem[] };

const eachOnce = (problems: readonly DefinitionProblem[]): readonly DefinitionProblem[] => [
  ...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values(),
];

type Parsed<A> = { readonly accounts?: A; readonly problems: readonly DefinitionProblem[] };

/** The parsers of definitions, with what they need besides file and text already bound. */
export type DefinitionParsers<A> = {
  readonly parseAccounts: (input: { readonly file: string; readonly text: string }) => Parsed<A>;
  /** `accounts`: those of the accounts.yaml beside the file. */
  readonly parseApplication: (input: { readonly file: string; readonly text: string; readonly accounts: A }) => {
    readonly application?: Application;
    readonly problems: readonly DefinitionProblem[];
    readonly warnings?: readonly DefinitionProblem[];
  };
  /** What is wrong in an application, seen beside all others of its folder. @default nothing */
  readonly findMistakes?: (
    application: Application,
    known: { readonly applications: ReadonlyMap<string, Application>; readonly names: ReadonlySet<string> },
  ) => readonly DefinitionProblem[];
};

/** The applications of a folder that can be read, and the names of all. */
type Folder = { readonly applications: readonly Application[]; readonly names: readonly string[] };

/** Each folder is read once. */
type Folders = Map<string, Promise<Folder>>;

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
  /** What the files of a folder have; what is wrong in them is told where they are asked about. */
  const readFolder = async (folder: string, accounts: A): Promise<Folder> => {
    const files = (await filesOf(folder)).filter((file) => basename(file) !== accountsFile);
    const read = await Promise.all(files.map(async (file) => ({ file, ...(await readText(file)) })));
    const applications = read.flatMap((each) => {
      if ('problems' in each) return [];
      return parsers.parseApplication({ file: each.file, text: each.text, accounts }).application ?? [];
    });
    const names = [
      ...applications.map(({ name }) => name),
      ...files.map((file) => basename(file).replace(/\.ya?ml$/, '')),
    ];
    return { applications, names };
  };
  const judgeBesideOthers = async (own: Application, accounts: A, folders: Folders) => {
    if (parsers.findMistakes === undefined) return [];
    const folder = dirname(own.file);
    const reading = folders.get(folder) ?? readFolder(folder, accounts);
    folders.set(folder, reading);
    const { applications, names } = await reading;
    const known = new Map([...applications, own].map((each) => [each.name, each]));
    return parsers.findMistakes(own, { applications: known, names: new Set([...names, own.name]) });
  };
  const validateOne = async (file: string, folders: Folders): Promise<Judged> => {
    if (basename(file) === accountsFile) return readAccounts(file);
    const read = await readText(file);
    if ('problems' in read) return read;
    const { accounts, problems } = await readAccounts(join(dirname(file), accountsFile));
    // Without accounts, regions cannot be judged: their problems are what is to be mended first.
    if (accounts === undefined) return { problems };
    const parsed = parsers.parseApplication({ file, text: read.text, accounts });
    if (parsed.application === undefined) return parsed;
    const mistakes = await judgeBesideOthers(parsed.application, accounts, folders);
    return { ...parsed, problems: [...parsed.problems, ...mistakes] };
  };
  return async (paths) => {
    const folders: Folders = new Map();
    const files = (await Promise.all(paths.map(filesOf))).flat();
    const found = await Promise.all(files.map((file) => validateOne(file, folders)));
    const warnings = eachOnce(found.flatMap((one) => one.warnings ?? []));
    const problems = eachOnce(found.flatMap((one) => one.problems));
    return { files: files.length, problems, ...(warnings.length === 0 ? {} : { warnings }) };
  };
}
