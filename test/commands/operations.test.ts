import type { Command } from '../../src/model/command';
import { plainText } from '../../src/model/text';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { west } from '../support/stage-kit';

type Bench = Awaited<ReturnType<typeof createCommandBench>>;

/** foo prod in two regions: v001 serves, v000 is out of service and was 2. */
async function prod(): Promise<Bench> {
  const it = await createCommandBench();
  for (const location of [east, west]) {
    it.serverGroups.seed({ location, name: 'foo-prod-v000', desired: 0, lastSize: 2, image: 'repo/foo:1.0' });
    it.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 2, image: 'repo/foo:1.1', createdTime: 9 });
  }
  return it;
}

/** The same, and v002 serves beside. */
async function prodTwice(): Promise<Bench> {
  const it = await prod();
  for (const location of [east, west])
    it.serverGroups.seed({ location, name: 'foo-prod-v002', desired: 3, image: 'repo/foo:1.2', createdTime: 20 });
  return it;
}

const offers = (command: Command) =>
  (command.reply?.choices ?? []).map(({ name, target }) => (target.kind === 'run' ? target.text : name));

async function confirmed(it: Bench, text: string) {
  const planned = await it.say(text);
  const started = await it.press(planned, 'confirm');
  const done = await it.drive(started.executionId ?? '');
  return { planned, done };
}

const sizes = (it: Bench) => [it.serverGroups.sizes(east), it.serverGroups.sizes(west)];

describe('what every operation has in common', () => {
  const all = [
    'destroy foo prod v000',
    'disable foo prod v001',
    'enable foo prod v000',
    'clone foo prod',
    'terminate foo prod foo-prod-v001.0',
  ];

  it.each(all)('/cox %s refuses a stranger', async (text) => {
    const it = await prodTwice();
    const said = await it.say(text, 'UEVE');
    expect(wordsOf(said.reply)).toBe('You may not change foo prod: only @crew may. Ask one of them.');
    expect([said.plan, it.serverGroups.effects]).toEqual([undefined, []]);
  });

  it.each([
    ['deploy foo nowhere 1.2', true],
    ['deploy fo prod 1.2', true],
    ['destroy foo prod v009', true],
    ['terminate foo prod', true],
    ['pipeline show nothing', true],
    ['rollback foo prod v077', true],
    ['enable foo prod v000', undefined],
    ['history foo prod', undefined],
    ['status foo', undefined],
  ])('/cox %s says whether what was asked is undone: %s', async (text, undone) => {
    const it = await prodTwice();
    expect((await it.say(text)).reply?.undone).toBe(undone);
  });

  it.each(all)('/cox %s waits for who works on the cluster', async (text) => {
    const it = await prodTwice();
    await confirmedStart(it, 'deploy foo prod 2.0');
    const said = await it.say(text, 'UBOB');
    expect(wordsOf(said.reply)).toContain('Deploy foo 2.0 to prod is under way, asked by @UANN. This waits for it');
  });

  it.each(all)('/cox %s plans nothing while DC/OS cannot be seen', async (text) => {
    const it = await prodTwice();
    it.serverGroups.fail('list', 'UNREACHABLE');
    const said = await it.say(text);
    expect(wordsOf(said.reply)).toMatch(
      /^I cannot see nonprod\/east now; nothing there changes[^]*Nothing was started/,
    );
    expect(said.plan).toBeUndefined();
  });

  it.each([
    ['destroy foo prod v002 v001', "I do not understand 'v001'"],
    ['destroy foo', 'Say which application and environment: /cox destroy'],
    ['enable foo prod v000 sise=2', "enable has no option 'sise'. Did you mean size?"],
    ['enable foo prod v000 size=0', "'0' is not a size"],
    ['clone foo prod v001', "I do not understand 'v001'"],
    ['clone foo prod to=stagign', "There is no environment of foo 'stagign'"],
    ['terminate foo prod foo-prod-v001.0 decrement=perhaps', "decrement is yes or no, not 'perhaps'"],
  ])('/cox %s is answered: %s', async (text, words) => {
    const it = await prodTwice();
    const said = await it.say(text);
    expect(wordsOf(said.reply)).toContain(words);
    expect(said.plan).toBeUndefined();
  });

  it.each([
    ['destroy foo prod v030', 'destroy foo prod v000'],
    ['disable foo prod foo-prod-v011', 'disable foo prod v001'],
    ['enable foo prod v020', 'enable foo prod v000'],
    ['clone foo prod from=v011', 'clone foo prod from=v001'],
  ])('/cox %s is refused with the nearest: %s', async (text, meant) => {
    const it = await prod();
    const said = await it.say(text);
    expect(wordsOf(said.reply)).toMatch(/^foo prod has no server group '.*' \(it has v001, v000\)\./);
    expect(offers(said)).toContain(meant);
  });

  it.each([
    ['destroy foo prod', ['destroy foo prod v001', 'destroy foo prod v000']],
    ['disable foo prod', ['disable foo prod v001']],
    ['enable foo prod/west', ['enable foo prod/west v000']],
  ])('/cox %s asks which and offers those that it can be', async (text, choices) => {
    const it = await prod();
    const said = await it.say(text);
    expect(plainText(said.reply?.headline ?? '')).toBe('Which server group of foo prod?');
    expect(wordsOf(said.reply)).toContain('v001 1.1 2/2 healthy, v000 1.0 disabled');
    expect(offers(said)).toEqual(choices);
  });
});

async function confirmedStart(it: Bench, text: string): Promise<string> {
  return (await it.press(await it.say(text), 'confirm')).executionId ?? '';
}

describe('/cox destroy', () => {
  it('shows what serves before and after, and destroys in every region when confirmed', async () => {
    const it = await prodTwice();
    const { planned, done } = await confirmed(it, 'destroy foo prod v1');
    expect(wordsOf(planned.reply)).toBe(
      [
        'Destroy foo-prod-v001 in nonprod/east, nonprod/west',
        'It is taken out of service and deleted: a rollback cannot go back to it any more.',
        'In nonprod/east v002 1.2 3/3 healthy serves then.',
        'In nonprod/west v002 1.2 3/3 healthy serves then.',
        'nonprod/east: v001 1.1 2/2 healthy · 5 serve now, 3 after',
        'nonprod/west: v001 1.1 2/2 healthy · 5 serve now, 3 after',
      ].join('\n'),
    );
    expect(planned.reply?.choices?.map(({ name, style }) => [name, style])).toEqual([
      ['confirm', 'danger'],
      ['cancel', undefined],
    ]);
    expect(done).toMatchObject({ status: 'SUCCEEDED', name: 'Destroy foo-prod-v001 in nonprod/east, nonprod/west' });
    expect(done.definition).toMatchObject({ kind: 'operation', environment: 'prod', toVersion: '1.1' });
    expect(sizes(it)).toEqual(Array(2).fill(['foo-prod-v000 ×0', 'foo-prod-v002 ×3']));
    expect(plainText((await it.live(done.id))?.headline ?? '')).toBe(`${done.name} · done`);
  });

  it('is confirmed also where the environment asks for no confirmation, and only in the region named', async () => {
    const it = await createCommandBench();
    it.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 0 });
    const said = await it.say('destroy foo dev/east foo-dev-v000');
    expect([offers(said), it.serverGroups.effects]).toEqual([['confirm', 'cancel'], []]);
    expect(wordsOf(said.reply)).toContain('v000 1.0 disabled · 0 serve now and after');
  });

  it('is refused of the only one that serves, with what to enable first', async () => {
    const it = await prod();
    const said = await it.say('destroy foo prod/west foo-prod-v001');
    expect(wordsOf(said.reply)).toMatch(
      /^Destroying foo-prod-v001 would leave cluster foo-prod in nonprod\/west with 0 of 2 healthy.*Nothing was changed/s,
    );
    expect([offers(said), said.plan]).toEqual([
      ['enable foo prod v000', 'destroy foo prod/west foo-prod-v001 anyway=yes'],
      undefined,
    ]);
  });

  it('is refused by the stage where what else served is gone since', async () => {
    const it = await prodTwice();
    const id = await confirmedStart(it, 'destroy foo prod/east v001');
    it.serverGroups.remove(east, 'foo-prod-v002');
    const done = await it.drive(id);
    expect(done.status).toBe('TERMINAL');
    expect(it.serverGroups.effects).toEqual([]);
  });

  it('is planned afresh where a group moved since', async () => {
    const it = await prodTwice();
    const planned = await it.say('destroy foo prod v001');
    await it.serverGroups.resize(west, 'foo-prod-v002', 1, { force: false });
    expect(wordsOf((await it.press(planned, 'confirm')).reply)).toContain('Something moved since the plan was shown');
  });
});

describe('/cox disable', () => {
  it('takes a group out of service and keeps it', async () => {
    const it = await prodTwice();
    const { planned, done } = await confirmed(it, 'disable foo prod/east v002');
    expect(wordsOf(planned.reply)).toContain('v002 1.2 3/3 healthy · 5 serve now, 2 after');
    expect([done.status, it.serverGroups.effects]).toEqual(['SUCCEEDED', ['resize nonprod/east/foo-prod-v002 3→0']]);
  });

  it('is refused of the last that serves, and needless where it does not serve', async () => {
    const it = await prod();
    expect(wordsOf((await it.say('disable foo prod v001')).reply)).toContain('Disabling foo-prod-v001 would leave');
    expect(wordsOf((await it.say('disable foo prod v000')).reply)).toContain('foo-prod-v000 is out of service already');
  });
});

describe('/cox enable', () => {
  it('brings a group back at the size it had, beside what serves', async () => {
    const it = await prod();
    const { planned, done } = await confirmed(it, 'enable foo prod v000');
    expect(wordsOf(planned.reply)).toContain(
      'In nonprod/east it serves beside v001 1.1 2/2 healthy, which stays.\n' +
        'In nonprod/west it serves beside v001 1.1 2/2 healthy, which stays.\n' +
        'nonprod/east: v000 1.0 disabled · 2 serve now, 4 after',
    );
    expect(done.status).toBe('SUCCEEDED');
    expect(sizes(it)).toEqual(Array(2).fill(['foo-prod-v000 ×2', 'foo-prod-v001 ×2']));
  });

  it('takes the size it is given, and asks for one where none is remembered', async () => {
    const it = await prod();
    it.serverGroups.seed({ location: east, name: 'foo-prod-v005', desired: 0 });
    const asked = await it.say('enable foo prod v005');
    expect(wordsOf(asked.reply)).toContain('Marathon remembers no size of foo-prod-v005 in nonprod/east.');
    expect(offers(asked)).toEqual(['enable foo prod v005 size=2']);
    const { planned, done } = await confirmed(it, 'enable foo prod v005 size=4');
    expect(wordsOf(planned.reply)).toContain('2 serve now, 6 after');
    expect([done.status, it.serverGroups.effects]).toEqual(['SUCCEEDED', ['resize nonprod/east/foo-prod-v005 0→4']]);
  });

  it('starts at once where the environment asks for no confirmation', async () => {
    const it = await createCommandBench();
    it.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 0, lastSize: 1 });
    const started = await it.say('enable foo dev v000');
    expect((await it.drive(started.executionId ?? '')).status).toBe('SUCCEEDED');
  });

  it('has nothing to do for one that serves', async () => {
    const it = await prod();
    const said = wordsOf((await it.say('enable foo prod v001')).reply);
    expect(said).toContain('foo-prod-v001 is in service already.');
    expect(said).toContain('/resize foo prod N group=v001');
  });
});

describe('/cox clone', () => {
  it('makes a new group of what serves, beside it', async () => {
    const it = await prod();
    const { planned, done } = await confirmed(it, 'clone foo prod');
    expect(wordsOf(planned.reply)).toContain('nonprod/east: 1.1 ×2 · 2 serve now, 4 after');
    expect(done).toMatchObject({ status: 'SUCCEEDED', definition: { kind: 'operation', cluster: 'foo-prod' } });
    expect(sizes(it)).toEqual(Array(2).fill(['foo-prod-v000 ×0', 'foo-prod-v001 ×2', 'foo-prod-v002 ×2']));
  });

  it('makes one of a group out of service, in another environment, and says what it carries along', async () => {
    const it = await prod();
    const { planned, done } = await confirmed(it, 'clone foo prod/east from=v000 to=dev size=1');
    expect(wordsOf(planned.reply)).toContain('variables, secrets and addresses are those of prod, not of dev');
    expect([done.status, done.name]).toEqual(['SUCCEEDED', 'Clone foo-prod-v000 as foo-dev-vNNN in nonprod/east']);
    expect(it.serverGroups.effects).toEqual(['clone nonprod/east/foo-prod-v000 as nonprod/east/foo-dev-v000']);
    expect(it.serverGroups.sizes(east)).toContain('foo-dev-v000 ×1');
  });

  it('warns that a copy in another environment is what it was', async () => {
    const it = await prod();
    it.serverGroups.seed({ location: east, name: 'foo-dev-v007', desired: 1 });
    const said = wordsOf((await it.say('clone foo dev to=prod/west')).reply);
    expect(said).toContain('variables, secrets and addresses are those of dev, not of prod.');
    expect(said).toContain('nonprod/west: 1.0 ×1 · 2 serve now, 3 after');
  });

  it('asks which where nothing serves', async () => {
    const it = await createCommandBench();
    it.serverGroups.seed({ location: east, name: 'foo-dev-v007', desired: 0 });
    expect(offers(await it.say('clone foo dev'))).toEqual(['clone foo dev from=v007']);
    expect(wordsOf((await it.say('clone foo dev from=v007')).reply)).toContain('remembers no size of foo-dev-v007');
  });
});

describe('/cox terminate', () => {
  it('kills one instance by any unique part of its id, and another takes its place', async () => {
    const it = await prod();
    const { planned, done } = await confirmed(it, 'terminate foo prod/west v001.1');
    expect(wordsOf(planned.reply)).toMatch(
      /^Terminate foo-prod-v001\.1 in nonprod\/west\nIt serves, .* old\.\nDC\/OS starts/,
    );
    expect([done.status, it.serverGroups.effects]).toEqual(['SUCCEEDED', ['kill foo-prod-v001.1']]);
    expect(it.serverGroups.sizes(west)).toContain('foo-prod-v001 ×2');
  });

  it('kills it for good where it is told to', async () => {
    const it = await prod();
    const { planned, done } = await confirmed(it, 'terminate foo prod/west foo-prod-v001.1 decrement=yes');
    expect(wordsOf(planned.reply)).toContain('foo-prod-v001 goes from 2 to 1.');
    expect(wordsOf(planned.reply)).toContain('2 serve now, 1 after');
    expect([done.status, it.serverGroups.effects]).toEqual(['SUCCEEDED', ['kill foo-prod-v001.1 for good']]);
  });

  it('lists the instances with their state, those that do not serve first', async () => {
    const it = await prodTwice();
    it.serverGroups.sickNames.add('foo-prod-v001');
    const said = await it.say('terminate foo prod/east');
    expect(said.reply?.lines?.map(plainText)[0]).toMatch(
      /^nonprod\/east foo-prod-v001\.0 does not serve \(Down\), .* old$/,
    );
    expect(offers(said)).toHaveLength(5);
    expect(offers(said)[0]).toBe('terminate foo prod/east foo-prod-v001.0');
  });

  it('suggests the nearest id, and asks where a part stands for several', async () => {
    const it = await prod();
    expect(offers(await it.say('terminate foo prod/east foo-prod-v011.1'))).toEqual([
      'terminate foo prod/east foo-prod-v001.1',
    ]);
    const several = await it.say('terminate foo prod/east v001');
    expect(wordsOf(several.reply)).toContain("'v001' stands for 2 instances of foo prod.");
    expect(offers(several)).toHaveLength(2);
  });

  it('is refused of the last that serves', async () => {
    const it = await createCommandBench();
    it.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 1 });
    const said = await it.say('terminate foo dev foo-dev-v000.0');
    expect(wordsOf(said.reply)).toContain('would leave cluster foo-dev in nonprod/east with 0 of 1 healthy');
    expect(said.plan).toBeUndefined();
  });

  it('says where nothing runs', async () => {
    const it = await createCommandBench();
    expect(wordsOf((await it.say('terminate foo dev')).reply)).toBe('foo dev has no instances now.');
    expect(wordsOf((await it.say('terminate foo dev abc')).reply)).toContain(
      "foo dev has no instance 'abc' (it has none",
    );
  });
});
