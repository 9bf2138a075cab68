import { executionKind } from '../../src/engine/document-kinds';
import { CoxswainError } from '../../src/model/errors';
import { plainText } from '../../src/model/text';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { west } from '../support/stage-kit';

async function bench() {
  const it = await createCommandBench();
  it.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2, lastSize: 2, image: 'repo/foo:1.0' });
  for (const location of [east, west])
    it.serverGroups.seed({ location, name: 'foo-prod-v003', desired: 2, createdTime: 9 });
  const why = async (text = 'why foo dev') => {
    const view = (await it.say(text)).reply;
    const choices = (view?.choices ?? []).map(({ label, name, target }) => ({ label, name, target }));
    return { view, said: wordsOf(view), choices, labels: choices.map(({ label }) => label) };
  };
  return { ...it, why };
}

const full = { reasons: ['No agent offers 7.3 cpus: 12 of 12 offers declined.'], output: 'panic: <no> `luck`' };

describe('/cox why', () => {
  it('says that nothing is wrong, asks nothing of DC/OS for it, and offers nothing', async () => {
    const it = await bench();
    const { said, choices } = await it.why();
    expect(said).toBe('foo dev: nothing is wrong.\nnonprod/east v000 1.0 2/2 healthy: nothing is wrong');
    expect(choices).toEqual([]);
    expect(it.serverGroups.diagnosed).toEqual([]);
  });

  it('says that nothing runs', async () => {
    const it = await bench();
    it.serverGroups.remove(east, 'foo-dev-v000');
    expect((await it.why()).said).toContain('nonprod/east nothing runs');
  });

  it('names the group, its health, the reasons and stderr, and offers the way back from what serves', async () => {
    const it = await bench();
    it.serverGroups.seed({ location: east, name: 'foo-dev-v012', desired: 6, createdTime: 5 });
    it.serverGroups.sickNames.add('foo-dev-v012');
    it.serverGroups.diagnoses.set('foo-dev-v012', full);
    const { view, choices } = await it.why();
    expect(plainText(view?.headline ?? '')).toBe('foo dev v012: 0/6 healthy');
    expect(view?.lines?.map(plainText)).toEqual(['nonprod/east v012: 0/6 healthy', ...full.reasons]);
    expect(view?.output).toBe(full.output);
    expect(choices).toEqual([{ label: 'Roll back', name: 'run', target: { kind: 'run', text: 'rollback foo dev' } }]);
  });

  it('says of a group that serves while it is resized how far it is, in no bad tone and with no way back', async () => {
    const it = await bench();
    it.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 6, createdTime: 5 });
    it.serverGroups.diagnoses.set('foo-dev-v001', { reasons: ['2 instances wait for offers.'], output: 'started' });
    await it.serverGroups.resize(east, 'foo-dev-v001', 8, { force: false });
    const { view, choices } = await it.why();
    expect([plainText(view?.headline ?? ''), view?.tone, view?.output, choices]).toEqual([
      'foo dev v001: 6/8 healthy, being resized',
      'running',
      undefined,
      [],
    ]);
    expect(view?.lines?.map(plainText)).toEqual([
      'nonprod/east v001: 6/8 healthy, being resized',
      '2 instances wait for offers.',
    ]);
    await it.clock.advance(3000);
    expect((await it.why()).said).toContain('v001 1.0 8/8 healthy: nothing is wrong');
  });

  it('says that nothing is wrong with a group that serves whole while it shrinks', async () => {
    const it = await bench();
    await it.serverGroups.resize(east, 'foo-dev-v000', 1, { force: false });
    expect((await it.why()).said).toContain('v000 1.0 2/1 healthy: nothing is wrong');
  });

  it('calls a group ailing that does not serve while it is resized', async () => {
    const it = await bench();
    it.serverGroups.sickNames.add('foo-dev-v000');
    await it.serverGroups.resize(east, 'foo-dev-v000', 4, { force: false });
    const { view, said } = await it.why();
    expect([view?.tone, said.includes('v000: 0/4 healthy')]).toEqual(['bad', true]);
  });

  it('offers no way back where there is none', async () => {
    const it = await bench();
    it.serverGroups.sickNames.add('foo-dev-v000');
    const { said, choices } = await it.why();
    expect(said).toContain('DC/OS says nothing about why.');
    expect(choices).toEqual([]);
  });

  it('while a deployment runs offers to cancel it by going back', async () => {
    const it = await bench();
    it.serverGroups.diagnoses.set('foo-dev-v001', full);
    const started = await it.say('deploy foo dev sick');
    await it.drive(started.executionId ?? '', 20_000);
    const { said, labels } = await it.why();
    expect(said).toContain('v001: 0/2 healthy');
    expect(said).toContain(full.reasons[0]);
    expect(labels).toEqual(['Roll back']);
  });

  it('after it failed explains the group that is kept, offers the stage again, and not the way back from what serves', async () => {
    const it = await bench();
    it.serverGroups.diagnoses.set('foo-dev-v001', full);
    const started = await it.say('deploy foo dev sick');
    const done = await it.drive(started.executionId ?? '');
    expect(done.status).toBe('TERMINAL');
    const { view, said, choices } = await it.why();
    expect(said).toContain('v001: out of service, kept for diagnosis');
    expect(said).toMatch(/Deploy foo sick to dev failed .* ago: .*No agent offers 7\.3 cpus/);
    expect(view?.output).toBe(full.output);
    const target = { kind: 'execution', id: done.id, stageId: '1' };
    expect(choices).toEqual([{ label: 'Retry Deploy', name: 'retryStage', target }]);

    it.serverGroups.remove(east, 'foo-dev-v001');
    const later = await it.why();
    expect(later.said).toMatch(/v000 1\.0 2\/2 healthy[^]*No agent offers 7\.3 cpus/);
    expect(later.view?.output).toBe(full.output);

    const { startTime, endTime, ...never } = done;
    const left = { ...never, id: 'Z9', status: 'CANCELED', stages: [], canceled: { by: 'UANN', at: 1 } } as const;
    await it.store.create(executionKind, left.id, left);
    expect((await it.why()).said).toBe(later.said);
  });

  it('tells regions apart, and goes back in the one that was asked about', async () => {
    const it = await bench();
    it.serverGroups.seed({ location: west, name: 'foo-prod-v002', desired: 0, createdTime: 3 });
    it.serverGroups.look = (
      (look) =>
      async (location, ...rest) => {
        if (location.region === 'east') throw new CoxswainError('UNREACHABLE', { message: 'np1 is away.' });
        return look(location, ...rest);
      }
    )(it.serverGroups.look.bind(it.serverGroups));
    it.serverGroups.sickNames.add('foo-prod-v003');
    const both = await it.why('why foo prod');
    expect(both.said).toContain('I cannot see nonprod/east now');
    expect(both.said).toContain('nonprod/west v003: 0/2 healthy');
    expect((await it.why('why foo prod/west')).choices.map(({ target }) => target)).toEqual([
      { kind: 'run', text: 'rollback foo prod/west' },
    ]);
    const { said, view } = await it.why('why foo prod/east');
    expect([said.includes('nothing is wrong'), view?.tone]).toEqual([false, 'attention']);
  });

  it.each([
    ['why foo', 'Say which application and environment: /cox why'],
    ['why foo prdo', "There is no environment of foo 'prdo'"],
    ['why foo dev now', "I do not understand 'now'"],
    ['why foo dev now please', "I do not understand 'please'"],
  ])('answers the mistake %j', async (text, expected) =>
    expect((await (await bench()).why(text)).said).toContain(expected),
  );
});
