import { inspectDrift, knownClusterKind, watchDrift } from '../../src/drift/watch-drift';
import { messageKind } from '../../src/engine/document-kinds';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import { CoxswainError } from '../../src/model/errors';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { west } from '../support/stage-kit';

/** `foo prod` in two regions, seen once. */
async function bench() {
  const it = await createCommandBench();
  for (const location of [east, west]) {
    it.serverGroups.seed({ location, name: 'foo-prod-v000', desired: 0, lastSize: 2, image: 'repo/foo:1.0' });
    it.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 6, image: 'repo/foo:1.1' });
  }
  const errors: unknown[] = [];
  const { definitions, serverGroups } = it.world;
  const options = {
    clock: it.clock,
    teamId: 'T1',
    definitions,
    serverGroups,
    onError: (error: unknown) => errors.push(error),
  };
  const inspect = async (store: DocumentStore = it.store) => {
    // A view that is no newer than what is known says nothing new.
    await it.clock.advance(1);
    await inspectDrift({ ...options, store });
  };
  const reports = async () =>
    (await it.store.list(messageKind)).map(({ document }) => document).filter(({ id }) => id.startsWith('drift/'));
  /** What somebody else does, past Coxswain. */
  const resizeOutside = (name: string, size: number) => serverGroups.resize(east, name, size, { force: false });
  await inspect();
  return { ...it, errors, options: { ...options, store: it.store }, inspect, reports, resizeOutside };
}

describe('a change made outside', () => {
  it('is reported once, in the channel of the application, with a way back', async () => {
    const it = await bench();
    await it.resizeOutside('foo-prod-v001', 4);
    await it.inspect();
    await it.inspect();
    const [report, ...others] = await it.reports();
    expect(others).toEqual([]);
    expect(report?.target).toEqual({ kind: 'channel', channel: 'foo-deploys' });
    expect(wordsOf(report?.view)).toMatch(
      /^foo prod: v001 in nonprod\/east was scaled 6 → 4 at .* UTC, outside Coxswain\.\nPlans start from what is there now\.$/,
    );
    expect(report?.view.choices?.map(({ label, target }) => [label, target])).toEqual([
      ['Back to 6', { kind: 'run', text: 'resize foo prod/east 6 group=v001' }],
    ]);
  });

  it('is put right by an execution like any other, for those who may, and that is no drift', async () => {
    const it = await bench();
    await it.resizeOutside('foo-prod-v001', 4);
    await it.inspect();
    const target = (await it.reports())[0]?.view.choices?.[0]?.target ?? { kind: 'run', text: '' };
    const press = async (user: string) => it.handle(await it.receive({ type: 'choice', name: 'run', target }, user));
    expect(wordsOf((await press('UEVE')).reply)).toContain('only @crew may');
    const started = await it.press(await press('UBOB'), 'confirm', 'UBOB');
    expect((await it.drive(started.executionId ?? '')).status).toBe('SUCCEEDED');
    expect(it.serverGroups.sizes(east)).toContain('foo-prod-v001 ×6');
    await it.inspect();
    expect(await it.reports()).toHaveLength(1);
  });

  it('is the truth that plans start from', async () => {
    const it = await bench();
    await it.resizeOutside('foo-prod-v001', 4);
    await it.inspect();
    expect(wordsOf((await it.say('resize foo prod/east 5')).reply)).toContain('foo prod: 4 → 5 per region');
  });

  it('is told for a disabled group that somebody brought back, with the way out', async () => {
    const it = await bench();
    await it.resizeOutside('foo-prod-v000', 2);
    await it.inspect();
    const [report] = await it.reports();
    expect(wordsOf(report?.view)).toContain('v000 in nonprod/east was scaled 0 → 2');
    const text = 'resize foo prod/east 0 group=v000';
    expect(report?.view.choices?.[0]?.target).toEqual({ kind: 'run', text });
    const started = await it.press(await it.say(text), 'confirm');
    expect((await it.drive(started.executionId ?? '')).status).toBe('SUCCEEDED');
    expect(it.serverGroups.sizes(east)).toEqual(['foo-prod-v000 ×0', 'foo-prod-v001 ×6']);
  });

  it('is told when a group appears, vanishes or gets another image', async () => {
    const it = await bench();
    it.serverGroups.seed({ location: east, name: 'foo-prod-v007', desired: 1, image: 'repo/foo:9', createdTime: 9 });
    it.serverGroups.remove(east, 'foo-prod-v000');
    it.serverGroups.seed({ location: east, name: 'foo-prod-v001', desired: 6, image: 'repo/foo:1.2', createdTime: 8 });
    await it.inspect();
    const said = (await it.reports()).map(({ view }) => wordsOf(view)).join('\n');
    expect(said).toContain('v007 in nonprod/east was created (9 ×1)');
    expect(said).toContain('v000 in nonprod/east was removed (it had 1.0 ×0)');
    expect(said).toContain('v001 in nonprod/east got another image: 1.1 → 1.2');
  });

  it('is reported once although the process stopped before it was remembered', async () => {
    const it = await bench();
    await it.resizeOutside('foo-prod-v001', 4);
    const failing = Object.assign(Object.create(it.store) as DocumentStore, {
      update: () => Promise.reject(new Error('killed')),
    });
    await it.inspect(failing);
    expect(it.errors).toHaveLength(1);
    await it.inspect();
    await it.inspect();
    expect(await it.reports()).toHaveLength(1);
  });
});

describe('what is no drift', () => {
  it('is anything that was there at the first look', async () => {
    const it = await bench();
    expect(await it.reports()).toEqual([]);
    expect((await it.store.get(knownClusterKind, 'nonprod/east/foo-prod'))?.document.groups).toHaveLength(2);
  });

  it('is anything that Coxswain does, looked at after every step', async () => {
    const it = await bench();
    for (const text of ['deploy foo prod 2.0', 'resize foo prod 3', 'rollback foo prod', 'deploy foo prod 2.1']) {
      const started = await it.press(await it.say(text), 'confirm');
      const id = started.executionId ?? '';
      for (let turn = 0; turn < 60; turn += 1) {
        await it.drive(id, 500);
        await it.inspect();
      }
      expect((await it.drive(id)).status).toBe('SUCCEEDED');
    }
    await it.inspect();
    expect((await it.reports()).map(({ view }) => wordsOf(view))).toEqual([]);
  });

  it('is a cluster that cannot be seen', async () => {
    const it = await bench();
    const lost = new CoxswainError('UNREACHABLE', { message: 'away', fields: { blindSince: 1 } });
    it.serverGroups.look = () => Promise.reject(lost);
    await it.inspect();
    expect([await it.reports(), it.errors]).toEqual([[], []]);
  });
});

describe('watchDrift', () => {
  it('inspects at once, every 15 s, and a second after a hint', async () => {
    const it = await bench();
    const watch = watchDrift(it.options);
    await it.clock.advance(1);
    await it.resizeOutside('foo-prod-v001', 4);
    await it.clock.advance(14_000);
    expect(await it.reports()).toHaveLength(0);
    await it.clock.advance(2000);
    expect(await it.reports()).toHaveLength(1);
    await it.resizeOutside('foo-prod-v001', 3);
    watch.hint();
    await it.clock.advance(1001);
    expect(await it.reports()).toHaveLength(2);
    await watch.stop();
    await it.resizeOutside('foo-prod-v001', 2);
    await it.clock.advance(60_000);
    expect(await it.reports()).toHaveLength(2);
  });
});
