import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashToken, tokenKind } from '../../src/api/login-token';
import { csvCell } from '../../src/cli/csv';
import { commandKind } from '../../src/engine/document-kinds';
import { auditPageKind, pageId } from '../../src/policy/audit/documents';
import { askApi, startApiFixture, testToken, testUser } from '../support/api-fixture';
import { factOf } from '../support/audit-kit';
import { jsonLines, runForTest } from '../support/cli-fixture';
import { createCommandBench } from '../support/command-kit';

/** A bot whose commands are handled at once, with a log of `count` entries of `foo`; `run` is the command line. */
async function startBot(count: number) {
  const bench = await createCommandBench();
  const { store, clock, handlers, world } = bench;
  await world.record(Array.from({ length: count }, (_, index) => factOf(`f${index + 1}`, { why: '=1+1, "so"' })));
  const handle = async () => {
    const query = { kinds: [commandKind], owner: 'o', now: clock.now(), leaseMs: 1000, limit: 10 };
    for (const one of await store.claimDue(query)) await handlers.command(one, 'o');
  };
  const fixture = await startApiFixture({ store, clock, hint: () => void handle() });
  await store.create(tokenKind, hashToken(testToken), {
    schema: 1,
    teamId: 'T1',
    code: 'TESTCODE',
    createdAt: 0,
    state: 'active',
    user: testUser,
    activatedAt: 0,
  });
  const run = (argv: readonly string[], typed?: string) =>
    runForTest(argv, {
      env: { COXSWAIN_URL: fixture.url, COXSWAIN_TOKEN: testToken },
      clock: fixture.clock,
      ...(typed === undefined ? {} : { typed }),
    });
  return { ...fixture, bench, run };
}

describe('coxswain audit', () => {
  let bot: Awaited<ReturnType<typeof startBot>>;
  let folder = '';
  beforeAll(async () => {
    bot = await startBot(900);
    folder = await mkdtemp(join(tmpdir(), 'audit-'));
  });
  afterAll(async () => {
    await bot.api.stop();
    await rm(folder, { recursive: true });
  });

  it('exports JSON lines that verify, from a file and from standard input', async () => {
    const { exitCode, stdout } = await bot.run(['audit', 'export', 'foo']);
    expect(exitCode).toBe(0);
    const lines = jsonLines(stdout);
    expect(lines.slice(0, 900).map(({ seq }) => seq)).toEqual(Array.from({ length: 900 }, (_, index) => index + 1));
    const file = join(folder, 'foo.jsonl');
    await writeFile(file, stdout);
    const fromFile = await bot.run(['audit', 'verify', file]);
    expect(fromFile).toMatchObject({
      exitCode: 0,
      stdout: `OK: ${lines.length - 1} entries in 1 chains are as they were written.\n`,
    });
    expect((await bot.run(['audit', 'verify', '-'], stdout)).exitCode).toBe(0);
  });

  it('says at which entry a file was changed, in words and in JSON, and exits with 1', async () => {
    const { stdout } = await bot.run(['audit', 'export', 'foo']);
    const lines = stdout.trimEnd().split('\n');
    const day = String(jsonLines(stdout)[0]?.day);
    const changed = lines.with(499, (lines[499] ?? '').replace('UANN', 'UEVE')).join('\n');
    expect(await bot.run(['audit', 'verify', '-'], changed)).toMatchObject({
      exitCode: 1,
      stdout: `Not as it was written: entry 500 of ${day} in foo was changed.\n`,
    });
    const cut = await bot.run(['--json', 'audit', 'verify', '-'], lines.toSpliced(41, 1).join('\n'));
    expect(cut.exitCode).toBe(1);
    expect(jsonLines(cut.stdout)).toEqual([
      expect.objectContaining({ ok: false, problems: [{ chain: 'foo', kind: 'cut', at: { day, seq: 42 } }] }),
    ]);
    expect((await bot.run(['audit', 'verify', '-'], '')).exitCode).toBe(1);
  });

  it('exports CSV whose cells no spreadsheet takes for formulas', async () => {
    const { stdout } = await bot.run(['audit', 'export', 'foo', '--format', 'csv']);
    const [head, first] = stdout.split('\r\n');
    expect(head).toBe(
      'chain,day,seq,time,kind,action,who,what,why,outcome,from,application,environment,executionId,id,hash',
    );
    expect(first).toContain(`,"'=1+1, ""so""",`);
  });

  it('verifies the log of the bot, and names what is gone from it', async () => {
    expect(await bot.run(['audit', 'verify'])).toMatchObject({ exitCode: 0 });
    const other = await startBot(100);
    const day = new Date(other.bench.clock.now()).toISOString().slice(0, 10);
    await other.bench.store.delete(auditPageKind, pageId('foo', day, 1));
    const { exitCode, stdout } = await other.run(['audit', 'verify', '--application', 'foo']);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 1,
      stdout: `Not as it was written: entry 1 of ${day} in foo is missing.\n`,
    });
    await other.api.stop();
  });

  it('refuses an application that is not there, a file that is not there, and dates that are none', async () => {
    expect((await bot.run(['audit', 'export', 'nowhere'])).exitCode).toBe(1);
    expect((await bot.run(['audit', 'export', 'foo', '--from', 'today'])).exitCode).toBe(1);
    expect((await bot.run(['audit', 'verify', join(folder, 'none')])).exitCode).toBe(2);
  });

  it('hands a log out for a command of one’s own that was granted it, within the hour, and for no other', async () => {
    const { json } = await askApi(bot.url, '/api/commands', { text: 'audit export foo' });
    const { id } = json as { readonly id: string };
    await askApi(bot.url, `/api/commands/${id}?waitMs=1000`);
    expect((await askApi(bot.url, `/api/commands/${id}/audit`)).status).toBe(200);
    expect((await askApi(bot.url, `/api/commands/${id}/audit`, undefined, null)).status).toBe(401);
    expect((await askApi(bot.url, `/api/commands/${id}/audit?cursor=x`)).status).toBe(400);
    const theirs = await bot.bench.say('audit export foo');
    expect((await askApi(bot.url, `/api/commands/${theirs.id}/audit`)).status).toBe(404);
    const { json: other } = await askApi(bot.url, '/api/commands', { text: 'help' });
    expect((await askApi(bot.url, `/api/commands/${(other as { readonly id: string }).id}/audit`)).status).toBe(404);
    await bot.bench.clock.advance(3_600_001);
    expect((await askApi(bot.url, `/api/commands/${id}/audit`)).status).toBe(404);
  });
});

describe('csvCell', () => {
  it.each([
    ['plain', 'plain'],
    ['', ''],
    ['a,b', '"a,b"'],
    ['say "yes"', '"say ""yes"""'],
    ['two\nlines', '"two\nlines"'],
    ['=cmd()', "'=cmd()"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@coxswain', "'@coxswain"],
    [' =1', "' =1"],
    ['\t=1', "'\t=1"],
    ['a=1', 'a=1'],
  ])('writes %j as %j', (text, cell) => expect(csvCell(text)).toBe(cell));
});
