import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { stageRegistry } from '../../src/app';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import { parseAccounts } from '../../src/definitions/parse-accounts';
import { makeCertificate } from '../support/certificate';
import { createTemporaryFolder } from '../support/temporary-folder';

const folder = createTemporaryFolder();
beforeAll(async () => {
  mkdirSync(join(folder.path, 'certs'));
  await makeCertificate(join(folder.path, 'certs'));
  writeFileSync(join(folder.path, 'token'), '11fromfile\n');
});
afterAll(folder.remove);

const good = `clusters: { lab: { url: 'http://127.0.0.1:8080' } }
accounts: { nonprod: { regions: { east: lab/east } } }
jenkins:
  ci: { url: 'https://ci.example.com/jenkins/', caFile: certs/ca.pem, auth: { user: bot, token: { env: CI_TOKEN } },
        scriptJob: tools/run-script }
  other: { url: 'http://127.0.0.1:8081', auth: { user: coxswain, token: { file: token } } }
`;
const environment = { CI_TOKEN: '11fromvariable' };
const parse = (text: string) => parseAccounts({ file: 'accounts.yaml', folder: folder.path, text, environment });
const rowsOf = (text: string) =>
  parse(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);

describe('jenkins in accounts.yaml', () => {
  it('names masters with their accounts, whose tokens show nowhere', () => {
    const { jenkins, problems } = parse(good);
    expect(problems).toEqual([]);
    const [ci, other] = [...(jenkins?.values() ?? [])];
    expect(ci).toMatchObject({
      name: 'ci',
      url: 'https://ci.example.com/jenkins',
      caFile: join(folder.path, 'certs/ca.pem'),
      auth: { user: 'bot' },
      scriptJob: 'tools/run-script',
    });
    expect([ci, other].map((master) => master?.auth.token.reveal())).toEqual(['11fromvariable', '11fromfile']);
    expect(inspect(jenkins, { depth: 9, showHidden: true }) + JSON.stringify([ci, other])).not.toMatch(/11from/);
  });

  it('may be absent, and reaches the definitions where it is there', () => {
    expect(parse(good.replace(/jenkins:[\s\S]*/, ''))).toMatchObject({ problems: [], jenkins: new Map() });
    writeFileSync(join(folder.path, 'accounts.yaml'), good);
    const stageTypes = { types: [], find: () => undefined };
    const { definitions } = loadDefinitions({ folder: folder.path, environment, stageTypes });
    expect([...(definitions.jenkins?.keys() ?? [])]).toEqual(['ci', 'other']);
  });

  it('is what stages of an application may build with, by the field names of Spinnaker', () => {
    const stage =
      "{ type: jenkins, master: ci, job: team/ship, parameters: { V: '${image.tag}' }, markUnstableAsSuccessful: true }";
    const application = (written: string) => `application: foo
image: registry.example.com/foo
service: { cpus: 1, memoryMb: 32, ports: { http: 80 } }
environments: { dev: { regions: [nonprod/east], instances: 1, pipeline: quick } }
pipelines: { quick: [${written}, { type: script, command: ./check.sh }] }
`;
    const problemsOf = (written: string) => {
      writeFileSync(join(folder.path, 'accounts.yaml'), good);
      writeFileSync(join(folder.path, 'foo.yaml'), application(written));
      const loaded = loadDefinitions({ folder: folder.path, environment, stageTypes: stageRegistry });
      return loaded.problems.map(({ message }) => message);
    };
    expect(problemsOf(stage)).toEqual([]);
    expect(problemsOf('{ type: jenkins, job: ship }')).toEqual([expect.stringMatching(/^master: /)]);
    expect(problemsOf('{ type: script, scriptPath: x }')).toEqual([expect.stringMatching(/^command: /)]);
  });

  it('stands where a token cannot be read, which is told', () => {
    const { jenkins, problems } = parse(good.replace('CI_TOKEN', 'NO_TOKEN'));
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('NO_TOKEN is not set')]);
    expect(jenkins?.size).toBe(2);
  });

  it.each([
    ["url: 'https://ci.example.com/jenkins/', ", '', '4:3', "'url' is missing"],
    ["'http://127.0.0.1:8081'", 'ci.example.com', '6:17', 'must begin with http:// or https://'],
    ["'http://127.0.0.1:8081'", "'http://a:b@127.0.0.1'", '6:17', 'must not hold a user or a password'],
    ['caFile: certs/ca.pem', 'insecure: true', '4:49', "Unknown key 'insecure'"],
    ['token: { file: token }', 'token: 11secret', '6:73', 'must be a reference'],
    ['token: { file: token }', 'password: { file: token }', '6:66', 'takes an API token'],
    [', token: { file: token }', '', '6:42', "'token' is missing"],
    ['user: coxswain', 'user: a:b', '6:56', 'without spaces or colons'],
    ['  other:', '  Other:', '6:3', 'may hold a-z, 0-9 and dashes inside'],
    ["url: 'http://127.0.0.1:8081', ", "address: 'http://127.0.0.1:8081', ", '6:12', 'is called url here'],
    [/jenkins:[\s\S]*/, 'jenkins: {}', '3:10', 'is empty'],
  ])('explains %s as %s', (from, to, place, fragment) => {
    const rows = rowsOf(good.replace(from, to));
    expect(rows[0]).toContain(fragment);
    expect(rows[0]?.split(' ')[0]).toBe(place);
    expect(rows.join('\n')).not.toContain('11secret');
  });
});
