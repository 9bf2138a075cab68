import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import { parseAccounts } from '../../src/definitions/parse-accounts';
import { makeCertificate } from '../support/certificate';
import { createTemporaryFolder } from '../support/temporary-folder';

const folder = createTemporaryFolder();
const pemOf = (key: { export: (options: { type: 'pkcs8'; format: 'pem' }) => string | Buffer }) =>
  key.export({ type: 'pkcs8', format: 'pem' }).toString();
const rsa = pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
const ed25519 = pemOf(generateKeyPairSync('ed25519').privateKey);
const accountSecret = (over: object = {}) =>
  JSON.stringify({
    login_endpoint: 'https://leader.mesos/acs/api/v1/auth/login',
    uid: 'coxswain',
    private_key: rsa,
    scheme: 'RS256',
    ...over,
  });

beforeAll(async () => {
  mkdirSync(join(folder.path, 'certs'));
  await makeCertificate(join(folder.path, 'certs'));
  writeFileSync(join(folder.path, 'np1.pem'), `${rsa}\n`);
  writeFileSync(join(folder.path, 'password'), 'from-a-file\n');
  writeFileSync(join(folder.path, 'empty'), '\n');
});
afterAll(folder.remove);

const environment = {
  DCOS_PE1_PASSWORD: 'hunter2',
  ONE_LINE_KEY: rsa.replaceAll('\n', '\\n'),
  ED25519_KEY: ed25519,
  GOOD_SECRET: accountSecret(),
  NO_JSON: 'hunter2',
  NO_UID: accountSecret({ uid: undefined }),
  WRONG_SCHEME: accountSecret({ scheme: 'HS256' }),
  NO_ENDPOINT: accountSecret({ login_endpoint: 'leader.mesos' }),
  PLAIN_ENDPOINT: accountSecret({ login_endpoint: 'http://leader.mesos/acs/api/v1/auth/login' }),
  EMPTY: '',
};

const good = `clusters:
  np1: { url: 'https://dcos.nonprod.example.com/', caFile: certs/ca.pem,
         auth: { type: serviceAccount, uid: coxswain, privateKey: { file: np1.pem } } }
  pe1:
    url: 'https://dcos-east.example.com'
    auth: { type: password, uid: coxswain, password: { env: DCOS_PE1_PASSWORD } }
  pw1: { url: 'https://dcos-west.example.com', auth: { type: serviceAccount, secret: { env: GOOD_SECRET } } }
  lab: { url: 'http://127.0.0.1:8080', auth: { type: none } }
accounts:
  nonprod:
    clusters: [np1]
    regions: { east: np1/east, west: np1/west/eu }
  prod:
    clusters: [pe1, pw1]
    regions: { east: pe1, west: pw1/web }
`;
const parse = (text: string) => parseAccounts({ file: 'accounts.yaml', folder: folder.path, text, environment });
const rowsOf = (text: string) =>
  parse(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);

describe('accounts.yaml', () => {
  it('names clusters with their logins, and accounts whose regions lie on several of them', () => {
    const { accounts, clusters, problems } = parse(good);
    expect(problems).toEqual([]);
    expect([...(clusters?.values() ?? [])]).toMatchObject([
      { name: 'np1', url: 'https://dcos.nonprod.example.com', caFile: join(folder.path, 'certs/ca.pem') },
      { name: 'pe1', auth: { type: 'password', uid: 'coxswain' } },
      { name: 'pw1', auth: { type: 'serviceAccountSecret' } },
      { name: 'lab', auth: { type: 'none' } },
    ]);
    expect(accounts?.get('prod/east')).toEqual({ account: 'prod', region: 'east', dcosCluster: 'pe1', group: '' });
    expect(accounts?.get('nonprod/west')).toMatchObject({ dcosCluster: 'np1', group: 'west/eu' });
  });

  it('takes both spellings of a place for one', () => {
    const underscored = parse(good.replace('np1/west/eu', 'np1_west_eu'));
    expect(underscored).toMatchObject({ problems: [] });
    expect(underscored.accounts).toEqual(parse(good).accounts);
  });

  it('takes paths of another Marathon, and an address that is Marathon itself', () => {
    const more = "marathonPath: /service/marathon-user/, metronomePath: '/service/metronome', ";
    const { clusters } = parse(good.replace('lab: {', `lab: { ${more}`));
    expect(clusters?.get('lab')).toMatchObject({ marathonPath: '/service/marathon-user' });
    expect(parse(good.replace('auth: { type: none }', "marathonPath: '/'")).clusters?.get('lab')?.marathonPath).toBe(
      '',
    );
  });

  it.each([
    ['a variable', '{ env: DCOS_PE1_PASSWORD }', 'hunter2'],
    ['a file beside accounts.yaml, without its last line end', '{ file: password }', 'from-a-file'],
  ])('reads a password from %s, and shows it nowhere', (_title, reference, value) => {
    const auth = parse(good.replace('{ env: DCOS_PE1_PASSWORD }', reference)).clusters?.get('pe1')?.auth;
    expect(auth?.type === 'password' ? auth.password.reveal() : undefined).toBe(value);
    expect(inspect(auth, { depth: 9, showHidden: true }) + JSON.stringify(auth)).not.toContain(value);
  });

  it('takes a key on one line and a token of open DC/OS', () => {
    expect(rowsOf(good.replace('{ file: np1.pem }', '{ env: ONE_LINE_KEY }'))).toEqual([]);
    const open = parse(good.replace('type: none', 'type: open, token: { file: password }'));
    expect(open).toMatchObject({ problems: [] });
    expect(open.clusters?.get('lab')?.auth.type).toBe('open');
  });
});

/** What is replaced, by what, where the mistake is then found, and a part of what is said. */
type Mistake = readonly [from: string, to: string, place: string, fragment: string];

const byPassword = 'type: password, uid: coxswain, password: { env: DCOS_PE1_PASSWORD }';

const mistakes: readonly Mistake[] = [
  ['clusters:', 'cluster:', '1:1', "Did you mean 'clusters'?"],
  ['accounts:\n', 'account:\n', '9:1', "Did you mean 'accounts'?"],
  ['accounts:\n', 'registries: {}\naccounts:\n', '9:1', 'not supported yet'],
  ['  lab:', '  pe1:', '8:3', 'twice'],
  ['  lab:', '  my_lab:', '8:3', "'_' separates cluster and group"],
  ['  lab:', '  Lab:', '8:3', 'may hold a-z, 0-9 and dashes inside'],
  ['  lab: {', '\tlab: {', '8:1', 'tabs'],
  ["url: 'http://127.0.0.1:8080', ", '', '8:3', "'url' is missing"],
  ["'http://127.0.0.1:8080'", '127.0.0.1:8080', '8:15', 'must begin with http:// or https://'],
  ["'http://127.0.0.1:8080'", "'ftp://127.0.0.1'", '8:15', 'must begin with http:// or https://'],
  ["'http://127.0.0.1:8080'", '8080', '8:15', 'must be an address'],
  ["'http://127.0.0.1:8080'", "'http://me:hunter2@127.0.0.1'", '8:15', 'must not hold a user or a password'],
  ["'http://127.0.0.1:8080'", "'http://127.0.0.1?token=hunter2'", '8:15', "no '?'"],
  ["'http://127.0.0.1:8080'", '{ env: DCOS_LAB_URL }', '8:15', 'DCOS_LAB_URL is not set. Set it, or add a default'],
  ["'http://127.0.0.1:8080'", '{ evn: DCOS_URL }', '8:17', "Did you mean 'env'?"],
  ["url: 'http://127", "dcosUrl: 'http://127", '8:10', 'is called url here'],
  ["url: 'http://127", "insecureSkipTlsVerify: true, url: 'http://127", '8:10', 'Certificates are always verified'],
  ["url: 'http://127", "caFile: certs/ca.pem, url: 'http://127", '8:10', 'of no use with http://'],
  ["url: 'http://127", "marathonPath: service, url: 'http://127", '8:24', "a path that begins with '/'"],
  ["url: 'http://127", "password: hunter2, url: 'http://127", '8:10', "belongs into 'auth'"],
  ['caFile: certs', 'cafile: certs', '2:52', "Did you mean 'caFile'?"],
  ['caFile: certs/ca.pem', 'caCertFile: certs/ca.pem', '2:52', 'is called caFile here'],
  ['caFile: certs/ca.pem', 'caFile: [certs/ca.pem]', '2:60', 'must be a file such as'],
  ['auth: { type: none }', 'auth: none', '8:46', 'must be a map'],
  ['auth: { type: none }', 'auth: {}', '8:40', "'type' is missing"],
  ['type: none', 'type: nothing', '8:54', "cannot be 'nothing'. Known: none, password, serviceAccount, open"],
  ['type: none', 'type: passwort', '8:54', "Did you mean 'password'?"],
  ['type: none', 'type: service-account', '8:54', "Did you mean 'serviceAccount'?"],
  ['type: none', 'type: none, uid: coxswain', '8:60', "'uid' does not belong to auth of type none"],
  ['type: password, ', '', '6:5', "'type' is missing"],
  ['uid: coxswain, password: { env', 'password: { env', '6:5', "'uid' is missing"],
  [', password: { env: DCOS_PE1_PASSWORD }', '', '6:5', "'password' is missing"],
  ['uid: coxswain, password: { env', 'username: coxswain, password: { env', '6:29', "DC/OS calls it 'uid'"],
  [
    byPassword,
    byPassword.replace('{ env: DCOS_PE1_PASSWORD }', 'hunter2'),
    '6:54',
    'secrets do not stand in this file',
  ],
  [byPassword, byPassword.replace('{ env: DCOS_PE1_PASSWORD }', '12345'), '6:54', 'secrets do not stand in this file'],
  [byPassword, byPassword.replace('{ env: DCOS_PE1_PASSWORD }', ''), '6:44', 'must be a reference'],
  [byPassword, byPassword.replace('{ env: DCOS_PE1_PASSWORD }', '{}'), '6:44', "'env' is missing"],
  [byPassword, byPassword.replace('env: DCOS', 'evn: DCOS'), '6:56', "Did you mean 'env'?"],
  [byPassword, byPassword.replace('DCOS_PE1_PASSWORD', '$hunter2'), '6:61', 'not the secret itself'],
  [byPassword, byPassword.replace('env: DCOS_PE1_PASSWORD', 'env: X, file: y'), '6:64', 'two spellings of one field'],
  [byPassword, `${byPassword}, privateKey: { file: x }`, '6:82', 'but to serviceAccount'],
  ['privateKey: { file: np1.pem }', 'serviceKeyFile: np1.pem', '3:55', 'privateKey: { file: /path/of/the/key.pem }'],
  ['privateKey: { file: np1.pem }', 'privateKey: np1.pem', '3:67', 'must be a reference'],
  ['secret: { env: GOOD_SECRET }', 'uid: x, secret: { env: GOOD_SECRET }', '7:78', "stands inside 'secret' already"],
  ['secret: { env: GOOD_SECRET }', '', '7:48', "'uid' is missing"],
  ['clusters: [np1]', 'clusters: [np2]', '11:16', "Unknown cluster 'np2'. Did you mean 'np1'?"],
  ['clusters: [np1]', 'clusters: np1', '11:15', 'must be a list'],
  ['east: np1/east', 'east: np9/east', '12:22', "unknown cluster 'np9'. Did you mean 'np1'?"],
  ['east: np1/east', 'east: np1//east', '12:22', "the segment ''"],
  ['east: np1/east', 'east: np1/East', '12:22', "the segment 'East'"],
  ['west: np1/west/eu', 'west: np1_east', '12:38', "is the same place as region 'east'"],
  ['{ east: np1/east', '{ ea_st: np1/east', '12:16', "'_' separates cluster and group"],
  ['west: pw1/web', 'west: lab/web', '15:33', "none of the clusters of account 'prod' (pe1, pw1)"],
  ['regions: { east: pe1, west: pw1/web }', 'regions: {}', '15:14', 'names no region'],
  ['    regions: { east: pe1, west: pw1/web }\n', '', '13:3', "'regions' is missing"],
  ['clusters: [pe1, pw1]', 'auth: { type: none }', '14:5', 'Credentials belong to a cluster here'],
];

describe('a mistake in accounts.yaml', () => {
  it.each(mistakes)('%j written as %j is explained', (from, to, place, fragment) => {
    expect(good).toContain(from);
    const text = good.replace(from, () => to);
    const found = rowsOf(text);
    expect(found).toContainEqual(expect.stringContaining(fragment));
    expect(found.find((row) => row.includes(fragment))).toMatch(new RegExp(`^${place} `));
    expect(parse(text).clusters).toBeUndefined();
    expect(found.join()).not.toMatch(/hunter2|12345/);
  });

  it('is explained beside all the others', () => {
    const text = good.replace('type: none', 'type: nothing').replace('east: np1/east', 'east: np9/east');
    expect(rowsOf(text)).toHaveLength(2);
  });

  it.each(['clusters: {}\naccounts: {}\n', 'clusters:\naccounts:\n', '[]', 'clusters'])('finds nothing in %j', (text) =>
    expect(parse(text)).toEqual({ problems: expect.arrayContaining([expect.anything()]) as unknown }),
  );
});

/** As above, for what stands outside the file: the file itself is good then. */
const absences: readonly Mistake[] = [
  ['DCOS_PE1_PASSWORD', 'NOT_SET', '6:54', 'the environment variable NOT_SET is not set'],
  ['DCOS_PE1_PASSWORD', 'EMPTY', '6:54', 'the environment variable EMPTY is not set'],
  ['{ env: DCOS_PE1_PASSWORD }', '{ file: nowhere }', '6:54', 'nowhere cannot be read (ENOENT)'],
  ['{ env: DCOS_PE1_PASSWORD }', '{ file: certs }', '6:54', 'certs cannot be read (EISDIR)'],
  ['{ env: DCOS_PE1_PASSWORD }', '{ file: empty }', '6:54', 'empty is empty'],
  ['np1.pem', 'np2.pem', '3:67', 'np2.pem cannot be read (ENOENT)'],
  ['{ file: np1.pem }', '{ file: password }', '3:67', 'password: the key is no private key in PEM'],
  ['{ file: np1.pem }', '{ env: ED25519_KEY }', '3:67', 'of type ed25519, and DC/OS takes RSA keys only'],
  ['GOOD_SECRET', 'NO_JSON', '7:86', 'variable NO_JSON: the secret is not JSON'],
  ['GOOD_SECRET', 'NO_UID', '7:86', 'the secret lacks uid'],
  ['GOOD_SECRET', 'WRONG_SCHEME', '7:86', 'scheme is not RS256'],
  ['GOOD_SECRET', 'NO_ENDPOINT', '7:86', 'login_endpoint is not an address'],
  ['GOOD_SECRET', 'PLAIN_ENDPOINT', '7:86', 'login_endpoint begins with http://'],
  ['certs/ca.pem', 'certs/other.pem', '2:60', 'other.pem cannot be read (ENOENT)'],
  ['certs/ca.pem', 'np1.pem', '2:60', 'holds no certificate in PEM'],
];

describe('a secret or certificate that is not there', () => {
  it.each(absences)('%j written as %j is named, and the rest stands', (from, to, place, fragment) => {
    const text = good.replace(from, () => to);
    const { accounts, clusters } = parse(text);
    const found = rowsOf(text);
    expect(found).toEqual([expect.stringContaining(fragment)]);
    expect(found[0]).toMatch(new RegExp(`^${place} `));
    expect([accounts?.size, clusters?.size]).toEqual([4, 4]);
    expect(found.join()).not.toMatch(/hunter2|from-a-file|PRIVATE KEY-----\n/);
  });

  it('does not keep applications from being read, and says what is missing', () => {
    writeFileSync(join(folder.path, 'accounts.yaml'), good.replace('DCOS_PE1_PASSWORD', 'NOT_SET'));
    const stageTypes = { types: [], find: () => undefined };
    const loaded = loadDefinitions({ folder: folder.path, stageTypes, environment });
    expect(loaded.problems.map(({ file, line }) => [file, line])).toEqual([['accounts.yaml', 6]]);
    expect([...loaded.definitions.clusters.keys()]).toEqual(['np1', 'pe1', 'pw1', 'lab']);
  });
});
