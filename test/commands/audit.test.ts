import { verbs } from '../../commands';
import { processCommand } from '../../commands/support/process-command';
import { commandKind } from '../../src/engine/document-kinds';
import type { Definitions } from '../../src/model/application';
import type { Command } from '../../src/model/command';
import { isEntry } from '../../src/policy/audit/audit-line';
import { auditPageKind, pageId, pageSize } from '../../src/policy/audit/documents';
import { exportAll, factOf, fillChain } from '../support/audit-kit';
import { createCommandBench, wordsOf } from '../support/command-kit';

type Bench = Awaited<ReturnType<typeof createCommandBench>>;

/** Says words where only the crew may deploy, anywhere. */
async function sayRestricted(bench: Bench, text: string, user: string): Promise<Command> {
  const { applications, clusters } = bench.world.definitions();
  const restricted = [...applications].map(([name, application]) => {
    const environments = [...application.environments].filter(([environment]) => environment === 'prod');
    return [name, { ...application, environments: new Map(environments) }] as const;
  });
  const definitions = (): Definitions => ({ applications: new Map(restricted), clusters });
  const id = await bench.receive({ type: 'text', text }, user);
  const loaded = await bench.store.get(commandKind, id);
  if (loaded === undefined) throw new Error('No command.');
  await processCommand(verbs, { ...bench.world, definitions }, { ...loaded, kind: 'command' }, 'owner');
  return bench.command(id);
}

async function benchWith(count: number): Promise<Bench> {
  const bench = await createCommandBench();
  for (let index = 1; index <= count; index += 1) {
    const who = index % 2 === 0 ? 'UBOB' : 'UANN';
    await bench.world.record([
      factOf(`f${index}`, { who, why: `because ${index}`, kind: index === 3 ? 'refusal' : 'command' }),
    ]);
  }
  return bench;
}

describe('/cox audit', () => {
  it('shows the newest entries: who, what, why, and from where', async () => {
    const { reply } = await (await benchWith(3)).say('audit foo');
    const lines = wordsOf(reply).split('\n');
    expect(lines[0]).toBe('Audit log of foo, newest first');
    expect(lines[1]).toMatch(
      /@UANN · refusal deploy · deploy foo \(f3\) · “because 3” · from Slack CH1 · \d{4}-\d\d-\d\d\/3$/,
    );
    expect(lines[3]).toContain('(f1)');
  });

  it('shows a page, and the next one at a press', async () => {
    const bench = await benchWith(50);
    const first = (await bench.say('audit foo by=@UBOB')).reply;
    expect(first?.lines).toHaveLength(20);
    const [earlier] = first?.choices ?? [];
    expect(earlier).toMatchObject({ label: 'Earlier', target: { kind: 'run' } });
    const text = earlier?.target.kind === 'run' ? earlier.target.text : '';
    const second = (await bench.say(text)).reply;
    expect(second?.lines).toHaveLength(5);
    expect(wordsOf(second)).toContain('(f10)');
    expect(wordsOf(second)).not.toContain('(f12)');
    expect(second?.choices).toBeUndefined();
  });

  it('shows what is of a kind, and of the days that are asked for', async () => {
    const bench = await benchWith(5);
    expect((await bench.say('audit foo kind=refusal')).reply?.lines).toHaveLength(1);
    expect(wordsOf((await bench.say('audit foo from=2100-01-01')).reply)).toBe('Nothing is written down of foo.');
  });

  it.each([
    ['audit foo kind=refusl', 'Did you mean refusal?'],
    ['audit foo from=yesterday', 'is no date'],
    ['audit foo from=2026-02-02 to=2026-01-01', 'There is no day'],
    ['audit fo', "There is no application 'fo'"],
    ['audit foo bar', "I do not understand 'bar'"],
    ['audit foo before=1', 'is no place'],
  ])('says of `%s` what is wrong', async (text, words) => {
    const { reply } = await (await createCommandBench()).say(text);
    expect(wordsOf(reply)).toContain(words);
    expect(reply?.undone).toBe(true);
  });

  it('shows all that may be read where no application is named', async () => {
    const bench = await benchWith(1);
    await bench.say('help');
    const { reply } = await bench.say('audit');
    expect(wordsOf(reply)).toContain('@coxswain ');
    expect(wordsOf(reply)).toContain('foo ');
  });

  it('asks once who somebody is, of however many applications the log is wanted', async () => {
    const bench = await benchWith(1);
    const { applications, clusters } = bench.world.definitions();
    const [foo] = applications.values();
    if (foo === undefined) throw new Error('There is no application.');
    const many = Array.from({ length: 30 }, (_, index) => [`foo${index}`, { ...foo, name: `foo${index}` }] as const);
    const definitions = (): Definitions => ({ applications: new Map(many), clusters });
    let asked = 0;
    const people: typeof bench.world.people = (users) => ((asked += 1), bench.world.people(users));
    const saying = async (text: string) => {
      const id = await bench.receive({ type: 'text', text }, 'UANN');
      const loaded = await bench.store.get(commandKind, id);
      if (loaded === undefined) throw new Error('No command.');
      asked = 0;
      await processCommand(verbs, { ...bench.world, people, definitions }, { ...loaded, kind: 'command' }, 'owner');
      return asked;
    };
    const [help, all, one] = [await saying('help'), await saying('audit'), await saying('audit foo3')];
    expect([all - help, one - help]).toEqual([1, 1]);
  });

  it('says where only the newest entries were looked through, and goes on from there', async () => {
    const bench = await createCommandBench();
    await fillChain(bench.store, 'foo', 255, pageSize);
    await bench.store.update(auditPageKind, pageId('foo', '2026-01-01', 2), (page) => ({
      ...page,
      entries: page.entries.map((entry, index) => (index === 3 ? { ...entry, who: 'UBOB' } : entry)),
    }));
    const { reply } = await bench.say('audit foo by=UBOB');
    expect(wordsOf(reply)).toContain('Nothing of that is among the newest entries of foo.');
    const [earlier] = reply?.choices ?? [];
    const text = earlier?.target.kind === 'run' ? earlier.target.text : '';
    expect(text).toContain('by=UBOB before=');
    const second = (await bench.say(text)).reply;
    expect(wordsOf(second)).toContain('(foo-44)');
    expect(second?.choices).toBeUndefined();
    expect(wordsOf((await bench.say('audit by=UBOB')).reply)).toContain('Only the newest entries were looked through.');
  });

  it('refuses whoever may deploy the application nowhere, and writes that down', async () => {
    const bench = await benchWith(1);
    for (const text of ['audit foo', 'audit export foo', 'audit', 'audit @coxswain', 'audit export'])
      expect(await sayRestricted(bench, text, 'UEVE')).toMatchObject({ reply: { denied: true, tone: 'bad' } });
    expect((await sayRestricted(bench, 'audit export foo', 'UEVE')).audit).toBeUndefined();
    expect((await sayRestricted(bench, 'audit foo', 'UANN')).reply?.lines).not.toHaveLength(0);
    const entries = (await exportAll(bench.store, { chains: ['@coxswain', 'foo'] })).filter(isEntry);
    const refused = entries.filter(({ kind, who }) => kind === 'refusal' && who === 'UEVE');
    expect(refused).toHaveLength(6);
  });

  describe('while the chat does not say who is who', () => {
    const quiet = 'I cannot ask Slack who is in which group just now, so nobody counts. Try again in a moment.';
    const silent = async () => {
      const bench = await benchWith(1);
      const { people } = bench.world;
      return { ...bench, world: { ...bench.world, people: async () => ({ ...(await people([])), isStale: true }) } };
    };

    it('says so to those who may read what only some may, and nothing of what does not go on', async () => {
      const bench = await silent();
      const said = async (text: string) => wordsOf((await sayRestricted(bench, text, 'UANN')).reply);
      for (const text of ['audit foo', 'audit export foo'])
        expect(await said(text)).toBe(`${quiet} Those who may read the log of foo: @crew.`);
      for (const text of ['audit', 'audit @coxswain', 'audit export']) expect(await said(text)).toBe(quiet);
      expect((await sayRestricted(bench, 'audit export', 'UANN')).audit).toBeUndefined();
    });

    it('says what is missing where only what everybody may read is shown or exported', async () => {
      const bench = await silent();
      const { applications, clusters } = bench.world.definitions();
      const [foo] = applications.values();
      const prod = foo?.environments.get('prod');
      if (foo === undefined || prod === undefined) throw new Error('There is no application.');
      const bar = { ...foo, name: 'bar', environments: new Map([['prod', prod]]) };
      const definitions = (): Definitions => ({ applications: new Map([...applications, ['bar', bar]]), clusters });
      const saying = async (text: string) => {
        const id = await bench.receive({ type: 'text', text }, 'UANN');
        const loaded = await bench.store.get(commandKind, id);
        if (loaded === undefined) throw new Error('No command.');
        await processCommand(verbs, { ...bench.world, definitions }, { ...loaded, kind: 'command' }, 'owner');
        return bench.command(id);
      };
      const note = `${quiet} What not everybody may read is missing here.`;
      const [shown, exported, named] = [await saying('audit'), await saying('audit export'), await saying('audit foo')];
      expect([shown.reply?.lines?.[0], exported.reply?.lines?.[0], exported.audit?.chains]).toEqual([
        note,
        note,
        ['@coxswain', 'foo'],
      ]);
      expect(wordsOf(named.reply)).not.toContain(quiet);
    });
  });

  it('grants an export of what may be read', async () => {
    const bench = await benchWith(1);
    expect((await bench.say('audit export foo from=2026-01-01')).audit).toEqual({
      chains: ['foo'],
      from: '2026-01-01',
    });
    expect((await bench.say('audit export')).audit).toEqual({ chains: ['@coxswain', 'foo'] });
  });
});
