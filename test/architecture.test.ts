import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const root = join(__dirname, '..');

/** Folders from the innermost to the outermost; a file may import its own folder and any earlier level. */
const levels: readonly (readonly string[])[] = [
  ['src/model'],
  ['src/engine'],
  ['src/store', 'src/queue', 'src/http-client'],
  ['src/dcos', 'src/load-balancers', 'src/jenkins', 'src/registry', 'src/git', 'src/definitions', 'src/policy'],
  ['src/services.ts'],
  ['src/strategies'],
  ['src/guards', 'src/triggers', 'src/notifications'],
  ['src/stages', 'src/chaos'],
  ['src/slack', 'src/api', 'src/background', 'src/drift'],
  ['commands'],
  ['entry'],
];

/** Folders that start the others, and the emulators, which have a rule of their own. */
const entryFolders = ['src/cli', 'src/demo', 'src/emulators', 'src/stages-page'];

/** Package → the only place that may import it. */
const owners: Readonly<Record<string, string>> = {
  'expr-eval': 'src/engine/expressions',
  re2js: 'src/engine/linear-pattern.ts',
  'json-p3': 'src/engine/json-path.ts',
  axios: 'src/http-client',
  keyv: 'src/store',
  '@keyv/redis': 'src/store',
  libsql: 'src/store',
  bullmq: 'src/queue',
  bree: 'src/background',
  '@slack/bolt': 'src/slack',
  '@slack/web-api': 'src/slack',
};

type SourceFile = { readonly path: string; readonly text: string; readonly imports: readonly string[] };

function readSources(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const path = relative(root, join(entry.parentPath, entry.name)).split(sep).join('/');
      const text = readFileSync(join(root, path), 'utf8');
      const imports = [...text.matchAll(/(?:from|import|require)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
      return { path, text, imports };
    });
}

const sources = [...readSources('src'), ...readSources('commands')];

function levelOf(path: string): number {
  const found = levels.findIndex((folders) =>
    folders.some((folder) => path === folder || path === folder.replace(/\.ts$/, '') || path.startsWith(`${folder}/`)),
  );
  return found === -1 ? levels.length - 1 : found;
}

function folderOf(path: string): string {
  const all = levels.flat();
  return all.find((folder) => path === folder || path.startsWith(`${folder}/`)) ?? 'entry';
}

const isEmulator = (path: string) => path.startsWith('src/emulators/');
const localImports = (file: SourceFile) =>
  file.imports
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) =>
      relative(root, resolve(root, dirname(file.path), specifier))
        .split(sep)
        .join('/'),
    )
    .map((target) => (target === 'src/services' ? 'src/services.ts' : target));

describe('architecture', () => {
  it('reads the sources it judges', () => expect(sources.length).toBeGreaterThan(0));

  it('gives every folder of src a level', () => {
    const known = [...levels.flat(), ...entryFolders];
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `src/${name}`);
    expect(folders.filter((folder) => !known.includes(folder))).toEqual([]);
  });

  it('lets imports point one way only', () => {
    const wrong = sources
      .filter((file) => !isEmulator(file.path))
      .flatMap((file) =>
        localImports(file)
          .filter((target) => {
            const [from, to] = [levelOf(file.path), levelOf(target)];
            const sameLevelOtherFolder = from === to && folderOf(file.path) !== folderOf(target);
            return to > from || sameLevelOtherFolder;
          })
          .map((target) => `${file.path} imports ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it('keeps the emulators apart from our own code, and from each other', () => {
    const emulatorImports = sources
      .filter((file) => isEmulator(file.path))
      .flatMap((file) => {
        const own = file.path.split('/').slice(0, 3).join('/');
        return localImports(file)
          .filter((target) => !target.startsWith(`${own}/`))
          .map((target) => `${file.path} imports ${target}`);
      });
    const starters = ['src/cli.ts', 'src/demo.ts', 'src/cli/', 'src/demo/'];
    const ours = sources
      .filter((file) => !isEmulator(file.path) && !starters.some((starter) => file.path.startsWith(starter)))
      .flatMap((file) =>
        localImports(file)
          .filter(isEmulator)
          .map((target) => `${file.path} imports ${target}`),
      );
    expect([...emulatorImports, ...ours]).toEqual([]);
  });

  it('gives each package one owner', () => {
    const wrong = sources.flatMap((file) =>
      file.imports
        .filter((specifier) => owners[specifier] !== undefined && !file.path.startsWith(owners[specifier]))
        .map((specifier) => `${file.path} imports ${specifier}, which belongs to ${owners[specifier] ?? ''}`),
    );
    expect(wrong).toEqual([]);
  });

  it('reads the environment in config.ts only', () => {
    const readers = sources
      .filter((file) => file.path !== 'src/config.ts' && /process\.env|process\['env'\]/.test(file.text))
      .map((file) => file.path);
    expect(readers).toEqual([]);
  });

  it('takes the time from an injected clock', () => {
    const allowed = ['src/engine/clock.ts'];
    const tellers = sources
      .filter((file) => !allowed.includes(file.path) && !/^src\/emulators\/[^/]+\/clock\.ts$/.test(file.path))
      .filter((file) => /\bDate\.now\(\)|new Date\(\)/.test(file.text))
      .map((file) => file.path);
    expect(tellers).toEqual([]);
  });

  it('keeps files under 300 lines', () => {
    const long = sources.filter((file) => file.text.split('\n').length > 301).map((file) => file.path);
    expect(long).toEqual([]);
  });

  it('lists every extension of a folder in its index', () => {
    const folders = ['src/stages', 'src/strategies', 'src/guards', 'src/chaos/checks', 'commands'];
    const missing = folders.flatMap((folder) => {
      const index = sources.find((file) => file.path === `${folder}/index.ts`);
      if (index === undefined) return [];
      const files = sources.filter((file) => dirname(file.path) === folder && file.path !== index.path);
      const listed = new Set(localImports(index));
      return files.map((file) => file.path.replace(/\.ts$/, '')).filter((path) => !listed.has(path));
    });
    expect(missing).toEqual([]);
  });
});
