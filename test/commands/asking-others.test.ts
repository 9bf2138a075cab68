import { commandKind, messageKind } from '../../src/engine/document-kinds';
import type { Environment } from '../../src/model/application';
import type { Command } from '../../src/model/command';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { windowOf } from '../support/draw-window';
import { west } from '../support/stage-kit';

const dayMs = 86_400_000;

async function createBench() {
  const it = await createCommandBench();
  for (const location of [east, west]) it.serverGroups.seed({ location, name: 'foo-prod-v000', desired: 2 });
  return {
    ...it,
    /** Presses Ask them on a refusal. */
    ask: async (refused: Command) => {
      const choice = refused.reply?.choices?.find(({ name }) => name === 'ask');
      if (choice === undefined) throw new Error(`Nobody to ask on: ${wordsOf(refused.reply)}`);
      const { user } = refused.source;
      const { target } = choice;
      return wordsOf((await it.handle(await it.receive({ type: 'choice', name: 'ask', target }, user, true))).reply);
    },
    /** The messages that ask others. */
    pleas: async () =>
      (await it.store.list(messageKind)).flatMap(({ id, document }) => (id.includes('/ask/') ? [document] : [])),
  };
}

describe('asking those who may, of words that were refused', () => {
  it('tells them once for one refusal, and again for the same words two weeks later', async () => {
    const it = await createBench();
    const refused = await it.say('deploy foo prod 2.0', 'UEVE');
    expect(await it.ask(refused)).toBe('Asked @crew.');
    expect(await it.ask(refused)).toBe('Asked @crew already.');
    await it.clock.advance(14 * dayMs);
    expect(await it.ask(await it.say('deploy foo prod 2.0', 'UEVE'))).toBe('Asked @crew.');
    const pleas = await it.pleas();
    expect(pleas.map(({ view }) => wordsOf(view))).toEqual(
      [1, 2].map(() => '@crew: @UEVE asks for deploy foo prod 2.0. Whoever runs it is the one who asked for it.'),
    );
    expect(pleas.map(({ view }) => view.choices?.map(({ label }) => label))).toEqual(
      [1, 2].map(() => ['Run: deploy foo prod 2.0']),
    );
  });

  it.each(['rollback foo prod cancel=yes', 'lock take foo prod 2h migration of=L1'])(
    'has a button that runs what has no secret in it: %s',
    async (text) => {
      const it = await createBench();
      await it.ask(await it.say(text, 'UEVE'));
      const [plea] = await it.pleas();
      expect(wordsOf(plea?.view)).toContain(`asks for ${text}.`);
      expect(plea?.view.choices?.map(({ label }) => label)).toEqual([`Run: ${text}`]);
    },
  );

  it.each(['db.pin=hunter2', '2nd=hunter2', '--db.pin hunter2'])(
    'shows them no value that may be a secret, nor runs it: %s',
    async (mistyped) => {
      const it = await createBench();
      const refused = await it.say(`lock foo prod 2h ${mistyped}`, 'UEVE');
      await it.ask(refused);
      const told = JSON.stringify(await it.pleas());
      expect(told).toContain('lock foo prod 2h');
      expect(told).not.toContain('hunter2');
    },
  );
});

describe('asking those who may, of what was refused in words about an execution', () => {
  it.each([
    ['pause', ''],
    ['cancel', ' reason="it is “slow” =1"'],
  ])('names it, and has a button that does it to that very one: %s', async (name, said) => {
    const it = await createBench();
    const planned = await it.say('deploy foo prod 2.0');
    const { executionId = '' } = await it.press(planned, 'confirm');
    await it.drive(executionId, 1000);
    const refused = await it.say(`pipeline ${name} foo prod${said}`, 'UEVE');
    expect([refused.reply?.denied, await it.ask(refused)]).toEqual([true, 'Asked @crew.']);
    const [plea] = await it.pleas();
    expect(plea?.target).toMatchObject({ kind: 'thread', parentId: `${executionId}/live` });
    expect(wordsOf(plea?.view)).toBe(`@crew: @UEVE asks for ${name} on Deploy foo 2.0 to prod.`);
    const [choice] = plea?.view.choices ?? [];
    if (choice?.target.kind !== 'run') throw new Error('No button.');
    expect(choice.target.text).toContain(executionId);
    const press = async (user: string) =>
      it.handle(await it.receive({ type: 'choice', name: choice.name, target: choice.target }, user));
    expect((await press('UFAY')).reply?.denied).toBe(true);
    expect((await press('UBOB')).reply?.tone).toBe('good');
    const done = await it.drive(executionId, 60_000);
    expect(name === 'pause' ? done.status : [done.canceled?.by, done.canceled?.reason]).toEqual(
      name === 'pause' ? 'PAUSED' : ['UBOB', 'it is “slow” =1'],
    );
  });

  it('leaves the reason for a start before the window to those who are asked', async () => {
    const it = await createBench();
    const environments = it.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
    const prod = environments.get('prod');
    if (prod === undefined) throw new Error('There is no prod.');
    environments.set('prod', { ...prod, window: windowOf("{ hours: '02:00-02:59' }", 'UTC') });
    const planned = await it.say('deploy foo prod 2.0');
    const { executionId = '' } = await it.press(planned, 'confirm');
    await it.drive(executionId, 1000);
    const refused = await it.say('pipeline skip foo prod reason="I want to"', 'UEVE');
    expect([refused.reply?.denied, await it.ask(refused)]).toEqual([true, 'Asked @managers.']);
    const [plea] = await it.pleas();
    expect(wordsOf(plea?.view)).toBe(
      "@managers: @UEVE asks for a decision on 'Execution window' of Deploy foo 2.0 to prod.",
    );
    expect([plea?.target.kind, plea?.view.choices]).toEqual(['thread', []]);
  });
});

describe('asking those who may, of a button that was refused by an older version', () => {
  it('says that it is to be pressed again', async () => {
    const it = await createBench();
    const planned = await it.say('deploy foo prod 2.0');
    const { executionId = '' } = await it.press(planned, 'confirm');
    await it.drive(executionId, 1000);
    const refused = await it.choose(executionId, 'pause', { user: 'UEVE' });
    await it.store.update(commandKind, refused.id, ({ wish, ...older }) => older);
    expect(await it.ask(refused)).toBe('Press the button again that was refused, and ask from there.');
    expect(await it.pleas()).toEqual([]);
    expect(await it.ask(await it.choose(executionId, 'pause', { user: 'UEVE' }))).toBe('Asked @crew.');
  });
});
