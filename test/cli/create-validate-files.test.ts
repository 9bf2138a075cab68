import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createValidateFiles } from '../../src/cli/create-validate-files';

const folder = mkdtempSync(join(tmpdir(), 'coxswain-validate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const accountsFile = join(folder, 'accounts.yaml');
const fooFile = join(folder, 'foo.yaml');
const problemOf = (file: string, message: string) => ({ file, line: 1, column: 1, message });
const validate = createValidateFiles<string>({
  parseAccounts: ({ file, text }) =>
    text === 'broken' ? { problems: [problemOf(file, 'broken')] } : { accounts: text, problems: [] },
  parseApplication: ({ file, text, accounts }) => ({
    problems: text.includes(accounts) ? [] : [problemOf(file, `no ${accounts}`)],
  }),
});

describe('createValidateFiles', () => {
  it('judges applications by the accounts beside them', async () => {
    writeFileSync(accountsFile, 'lab');
    writeFileSync(fooFile, 'deploys to lab');
    expect(await validate([accountsFile, fooFile])).toEqual({ files: 2, problems: [] });
    writeFileSync(fooFile, 'deploys to nowhere');
    expect(await validate([fooFile])).toEqual({ files: 1, problems: [problemOf(fooFile, 'no lab')] });
  });

  it('judges all definitions of a folder', async () => {
    writeFileSync(join(folder, 'notes.txt'), 'nothing');
    mkdirSync(join(folder, 'templates'));
    writeFileSync(join(folder, 'templates', 'bar.yaml'), 'nothing');
    expect(await validate([folder])).toEqual({ files: 2, problems: [problemOf(fooFile, 'no lab')] });
  });

  it('tells the problems of the accounts first, and once', async () => {
    writeFileSync(accountsFile, 'broken');
    expect(await validate([accountsFile, fooFile])).toEqual({
      files: 2,
      problems: [problemOf(accountsFile, 'broken')],
    });
  });

  it('tells a file that cannot be read', async () => {
    const missing = join(folder, 'missing.yaml');
    expect(await validate([missing])).toEqual({
      files: 1,
      problems: [problemOf(missing, 'The file cannot be read (ENOENT). Check its name.')],
    });
  });

  it('tells warnings of applications, each once', async () => {
    const warning = problemOf(fooFile, 'hardly meant');
    const warned = createValidateFiles<string>({
      parseAccounts: ({ text }) => ({ accounts: text, problems: [] }),
      parseApplication: () => ({ problems: [], warnings: [warning, warning] }),
    });
    expect(await warned([fooFile])).toEqual({ files: 1, problems: [], warnings: [warning] });
  });
});
