import { inspectDrift, knownClusterKind, watchDrift, type LookTimes } from '../../src/drift/watch-drift';
import { expiryKind, messageKind } from '../../src/engine/document-kinds';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { Application, Definitions, Environment } from '../../src/model/application';
import { CoxswainError } from '../../src/model/errors';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { createEmulatedCluster, groupsOver } from '../support/emulated-cluster';
import { createFakeServerGroups } from '../support/fake-server-groups';
import { west } from '../support/stage-kit';

/** A deployment that waits for approval and goes back when it is rejected. */
const judged: Parameters<typeof createCommandBench>[1] = [
  { refId: '1', requisiteStageRefIds: [], type: 'deploy', name: 'Deploy', context: { strategy: 'redblack' } },
  {
    refId: '2',
    requisiteStageRefIds: ['1'],
    type: 'manualJudgment',
    name: 'Keep?',
    context: { onReject: 'rollback' },
  },
];

const withoutChannel = ({ applications, ...rest }: Definitions): Definitions => {
  const silent = (environment: Environment): Environment => ({ ...environment, channel: undefined });
  const strip = (application: Application): Application => ({
    ...application,
    environments: new Map([...application.environments].map(([name, each]) => [name, silent(each)])),
  });
  return { ...rest, applications: new Map([...applications].map(([name, each]) => [name, strip(each)])) };
};

/** `foo prod` in two regions, seen once. */
async function bench(stages?: typeof judged, others?: Parameters<typeof createCommandBench>[3]) {
  const it = await createCommandBench((store) => store, stages, undefined, others);
  for (const location of [east, west]) {
    it.serverGroups.seed({ location, name: 'foo-prod-v000', desired: 0, lastSize: 2, image: 'repo/foo:1.0' });
    it.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 6, image: 'repo/foo:1.1' });
  }
  const errors: unknown[] = [];
  let lookTimes: LookTimes = new Map();
  const { definitions, serverGroups } = it.world;
  const options = {
    clock: it.clock,
    teamId: 'T1',
    definitions,
    serverGroups,
    record: it.world.record,
    onError: (error: unknown) => errors.push(error),
  };
  const inspect = async (store: DocumentStore = it.store) => {
    // A view that is no newer than what is known says nothing new.
    await it.clock.advance(1);
    await inspectDrift({ ...options, store }, lookTimes);
  };
  const reports = async () =>
    (await it.store.list(messageKind)).map(({ document }) => document).filter(({ id }) => id.startsWith('drift/'));
  /** Forgets what is kept in memory only. */
  const restart = () => {
    lookTimes = new Map();
  };
  const start = async (text: string) => (await it.press(await it.say(text), 'confirm')).executionId ?? '';
  /** Takes an execution on, looking after every half second; its status then. */
  const watchRun = async (id: string, ms = 60_000) => {
    const endsAt = it.clock.now() + ms;
    while (it.clock.now() < endsAt) {
      const nextAt = it.clock.now() + 500;
      await it.drive(id, 500);
      await it.clock.advance(Math.max(0, nextAt - it.clock.now()));
      await inspect();
    }
    return (await it.drive(id, 0)).status;
  };
  /** Deploys, and rejects it. */
  const rejectDeploy = async (watch: typeof watchRun) => {
    const id = await start('deploy foo prod 2.0');
    await watch(id, 60_000);
    await it.choose(id, 'reject', { stageId: '2', answer: 'slow', user: 'UBOB' });
    expect(await watch(id, 60_000)).toBe('TERMINAL');
  };
  const run = async (id: string, ms = 60_000) => (await it.drive(id, ms)).status;
  /** What somebody else does, past Coxswain. */
  const resizeOutside = (name: string, size: number) => serverGroups.resize(east, name, size, { force: false });
  await inspect();
  const said = async () => (await reports()).map(({ view }) => wordsOf(view));
  return {
    ...it,
    errors,
    options: { ...options, store: it.store },
    inspect,
    restart,
    start,
    watchRun,
    run,
    rejectDeploy,
    reports,
    said,
    resizeOutside,
  };
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
      /^foo prod: v001 in nonprod\/east was scaled 6 → 4 outside Coxswain, .* UTC\.\nPlans start from what is there now\.$/,
    );
    expect(report?.view.choices?.map(({ label, target }) => [label, target])).toEqual([
      ['Back to 6', { kind: 'run', text: 'resize foo prod/east 6 group=v001' }],
    ]);
  });

  it('loses its button once it was put right, or changed again', async () => {
    const it = await bench();
    await it.resizeOutside('foo-prod-v001', 4);
    await it.inspect();
    await it.resizeOutside('foo-prod-v001', 3);
    await it.inspect();
    await it.resizeOutside('foo-prod-v001', 4);
    await it.inspect();
    const shown = (await it.reports()).map(({ view }) => [
      wordsOf(view).split(' outside ')[0],
      view.lines,
      view.choices?.length,
    ]);
    expect(shown).toEqual([
      ['foo prod: v001 in nonprod/east was scaled 6 → 4', ['It has changed again since.'], undefined],
      ['foo prod: v001 in nonprod/east was scaled 4 → 3', ['It was put right.'], undefined],
      ['foo prod: v001 in nonprod/east was scaled 3 → 4', ['Plans start from what is there now.'], 1],
    ]);
  });

  it('that removed a server group is put right by the same image in another', async () => {
    const it = await bench();
    it.serverGroups.remove(east, 'foo-prod-v001');
    await it.inspect();
    it.serverGroups.seed({ location: east, name: 'foo-prod-v002', desired: 6, image: 'repo/foo:1.1' });
    await it.inspect();
    const removal = (await it.said()).find((words) => words.includes('was removed'));
    expect(removal).toContain('It was put right.');
  });

  it('is told where the last execution reported, where the application names no channel', async () => {
    const it = await bench();
    const definitions = withoutChannel(it.options.definitions());
    const id = await it.start('resize foo prod 5');
    expect(await it.run(id)).toBe('SUCCEEDED');
    await it.inspect();
    await it.resizeOutside('foo-prod-v001', 4);
    await it.clock.advance(1);
    await inspectDrift({ ...it.options, definitions: () => definitions }, new Map());
    expect((await it.reports()).map(({ target }) => target)).toEqual([{ kind: 'channel', channel: 'foo-deploys' }]);
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

describe('a change made outside to a size that we once set ourselves', () => {
  const scaled = (sizes: string) => expect.stringContaining(`v001 in nonprod/east was scaled ${sizes}`) as string;

  it.each([
    ['looked at all the time', true, false],
    ['not looked at until somebody acted', false, false],
    ['looked at, and the process restarted since', true, true],
    ['not looked at, and the process restarted since', false, true],
  ])('is reported after a rejection, %s', async (_, isWatched, restarts) => {
    const it = await bench(judged);
    await it.rejectDeploy(isWatched ? it.watchRun : it.run);
    expect(it.serverGroups.sizes(east)).toContain('foo-prod-v001 ×6');
    if (restarts) it.restart();
    await it.resizeOutside('foo-prod-v001', 0);
    await it.inspect();
    expect(await it.said()).toEqual([scaled('6 → 0')]);
    await it.resizeOutside('foo-prod-v001', 6);
    await it.inspect();
    expect((await it.said()).slice(1)).toEqual([scaled('0 → 6')]);
  });

  it('is reported while an execution of ours still runs', async () => {
    const it = await bench(judged);
    await it.watchRun(await it.start('deploy foo prod 2.0'));
    expect(it.serverGroups.sizes(east)).toContain('foo-prod-v002 ×2');
    await it.resizeOutside('foo-prod-v002', 1);
    await it.inspect();
    await it.resizeOutside('foo-prod-v002', 2);
    await it.inspect();
    expect(await it.said()).toHaveLength(2);
  });

  it('is told from what a pipeline did that a deployment ran, and that it took back', async () => {
    const runs = {
      refId: '1',
      requisiteStageRefIds: [],
      type: 'pipeline',
      name: 'Deploy',
      context: { pipeline: 'inner' },
    };
    const it = await bench([runs], [{ name: 'inner', stages: judged }]);
    const id = await it.start('deploy foo prod 2.0');
    await it.watchRun(id);
    expect(it.serverGroups.sizes(east)).toContain('foo-prod-v002 ×2');
    await it.choose(id, 'cancelExecution');
    expect(await it.watchRun(id)).toBe('CANCELED');
    expect(it.serverGroups.sizes(east)).toContain('foo-prod-v002 ×0');
    expect(await it.said()).toEqual([]);
    await it.resizeOutside('foo-prod-v001', 4);
    await it.inspect();
    expect(await it.said()).toHaveLength(1);
  });

  it('is reported when a group of ours was removed, and when somebody creates it again with our label', async () => {
    const it = await bench();
    await it.watchRun(await it.start('deploy foo prod 2.0'));
    const made = (await it.serverGroups.list(east, 'foo-prod')).find(({ name }) => name === 'foo-prod-v002');
    const { labels = {} } = made ?? {};
    it.serverGroups.remove(east, 'foo-prod-v002');
    await it.inspect();
    it.serverGroups.seed({ location: east, name: 'foo-prod-v002', desired: 6, image: 'repo/foo:2.0', labels });
    await it.inspect();
    expect((await it.said()).sort()).toEqual([
      expect.stringContaining('v002 in nonprod/east was created'),
      expect.stringContaining('v002 in nonprod/east was removed'),
    ]);
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
      expect(await it.watchRun(await it.start(text))).toBe('SUCCEEDED');
    }
    expect(await it.said()).toEqual([]);
  });

  it.each([true, false])('is a rejection and its way back, looked at after every step: %s', async (isWatched) => {
    const it = await bench(judged);
    await it.rejectDeploy(isWatched ? it.watchRun : it.run);
    await it.inspect();
    expect(await it.said()).toEqual([]);
  });

  it.each([true, false])('is a cancel and its way back, looked at after every step: %s', async (isWatched) => {
    const it = await bench(judged);
    const watch = isWatched ? it.watchRun : it.run;
    const id = await it.start('deploy foo prod 2.0');
    await watch(id, 5000);
    await it.choose(id, 'cancelExecution');
    expect(await watch(id, 120_000)).toBe('CANCELED');
    await it.inspect();
    expect(await it.said()).toEqual([]);
  });

  it('is an adoption', async () => {
    const it = await bench();
    it.serverGroups.seed({ location: east, name: 'foo-prod', desired: 3, image: 'repo/foo:1.0' });
    // Beside a group in service it would be refused; that somebody took it out is reported before.
    await it.serverGroups.resize(east, 'foo-prod-v001', 0, { force: false });
    await it.clock.advance(10_000);
    await it.inspect();
    const before = await it.said();
    expect(before).toHaveLength(1);
    expect(await it.watchRun(await it.start('adopt foo'))).toBe('SUCCEEDED');
    expect(it.serverGroups.sizes(east)).toContain('foo-prod-v002 ×3');
    expect(await it.said()).toEqual(before);
  });

  /** An app without a version beside groups out of service, and what was said until then. */
  const unmanagedBench = async (image: string) => {
    const it = await bench();
    it.serverGroups.seed({ location: east, name: 'foo-prod', desired: 3, image });
    await it.resizeOutside('foo-prod-v001', 0);
    await it.clock.advance(10_000);
    await it.inspect();
    return { ...it, before: await it.said() };
  };

  it.each([true, false])('is an adoption that fails, and a second try of it, watched: %s', async (isWatched) => {
    const it = await unmanagedBench('repo/foo:1.0');
    const watch = isWatched ? it.watchRun : it.run;
    it.serverGroups.fail('resize', 'REQUEST_REFUSED');
    const id = await it.start('adopt foo prod/east');
    expect(await watch(id, 120_000)).toBe('TERMINAL');
    await it.inspect();
    expect(it.serverGroups.sizes(east)).toContain('foo-prod-v002 ×0');
    it.serverGroups.fail('resize', 'REQUEST_REFUSED');
    await it.choose(id, 'retryStage', { stageId: '1' });
    expect(await watch(id, 120_000)).toBe('TERMINAL');
    await it.inspect();
    expect(it.serverGroups.sizes(east)).toContain('foo-prod-v003 ×0');
    expect(await it.said()).toEqual(it.before);
  });

  it.each([2000, 20_000])('is an adoption that is canceled after %i ms, watched all the time', async (afterMs) => {
    const it = await unmanagedBench('repo/foo:sick');
    const id = await it.start('adopt foo prod/east');
    await it.watchRun(id, afterMs);
    await it.choose(id, 'cancelExecution');
    expect(await it.watchRun(id, 120_000)).toBe('CANCELED');
    expect(it.serverGroups.sizes(east)).toContain('foo-prod-v002 ×0');
    expect(await it.said()).toEqual(it.before);
    await it.resizeOutside('foo-prod-v002', 3);
    await it.inspect();
    expect((await it.said()).filter((words) => !it.before.includes(words))).toEqual([
      expect.stringContaining('v002 in nonprod/east was scaled 0 → 3'),
    ]);
  });

  it.each([
    ['at once', 1],
    ['hours later, when the cluster is seen again', 20 * 3_600_000],
  ])('is the end of a group that was kept because it had not come up, seen %s', async (_, laterMs) => {
    const it = await bench();
    const id = await it.start('deploy foo prod sick');
    await it.drive(id);
    await it.inspect();
    expect(it.serverGroups.sizes(east)).toContain('foo-prod-v002 ×0');
    const expire = async () => {
      const query = { kinds: [expiryKind], owner: 'O', now: it.clock.now(), leaseMs: 1000, limit: 9 };
      for (const one of await it.store.claimDue(query)) await it.handlers.expiry(one, 'O');
      await it.clock.advance(20_000);
    };
    for (let turn = 0; turn < 300; turn += 1) await expire();
    expect(it.serverGroups.sizes(east)).not.toContain('foo-prod-v002 ×0');
    await it.clock.advance(laterMs);
    await it.inspect();
    expect(await it.said()).toEqual([]);
  });

  it('is what an attempt did that was retried before anybody looked', async () => {
    const it = await bench();
    const id = await it.start('deploy foo prod sick');
    await it.drive(id);
    await it.choose(id, 'retryStage', { stageId: '1' });
    await it.inspect();
    await it.inspect();
    expect(await it.said()).toEqual([]);
    await it.resizeOutside('foo-prod-v001', 0);
    await it.inspect();
    expect(await it.said()).toHaveLength(1);
  });

  it('costs no commit while nothing changes', async () => {
    const it = await bench();
    let writes = 0;
    const count = (property: string | symbol) => {
      if (['create', 'update', 'delete', 'touch'].includes(String(property))) writes += 1;
    };
    const counted = new Proxy(it.store, {
      get: (target, property, receiver) => {
        count(property);
        return Reflect.get(target, property, receiver) as unknown;
      },
    });
    for (let look = 0; look < 5; look += 1) await it.inspect(counted);
    expect(writes).toBe(0);
    await it.resizeOutside('foo-prod-v001', 4);
    await it.inspect(counted);
    expect(writes).toBeGreaterThan(0);
  });

  it.each(['FORBIDDEN', 'UNREACHABLE', undefined] as const)(
    'is what lists leave out because the account may not read it any more: %s',
    async (refusal) => {
      const it = await bench();
      const look = it.serverGroups.look.bind(it.serverGroups);
      const get = it.serverGroups.get.bind(it.serverGroups);
      await it.resizeOutside('foo-prod-v001', 4);
      await it.inspect();
      const before = await it.said();
      const nothing = createFakeServerGroups(it.clock);
      it.serverGroups.look = (...call) => nothing.look(...call);
      if (refusal !== undefined) {
        const error = new CoxswainError(refusal, { message: 'No.' });
        it.serverGroups.get = () => Promise.reject(error);
      }
      await it.inspect();
      await it.inspect();
      expect(await it.said()).toEqual(before);
      it.serverGroups.look = look;
      it.serverGroups.get = get;
      await it.inspect();
      expect(await it.said()).toEqual(before);
      await it.resizeOutside('foo-prod-v001', 3);
      await it.inspect();
      expect(await it.said()).toHaveLength(2);
    },
  );

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
    watch.hint({ dcosCluster: 'np1', appId: '/nonprod/east/foo-prod-v001' });
    await it.clock.advance(1001);
    expect(await it.reports()).toHaveLength(2);
    await watch.stop();
    await it.resizeOutside('foo-prod-v001', 2);
    await it.clock.advance(60_000);
    expect(await it.reports()).toHaveLength(2);
  });

  it.each([
    ['other names', { dcosCluster: 'np1', appId: '/nonprod/east/bar-prod-v001' }],
    ['other places', { dcosCluster: 'np1', appId: '/prod/foo-prod-v001' }],
    ['other DC/OS clusters', { dcosCluster: 'np2', appId: '/nonprod/east/foo-prod-v001' }],
  ])('leaves apps of %s to the next inspection', async (_, hint) => {
    const it = await bench();
    const watch = watchDrift(it.options);
    await it.clock.advance(1);
    await it.resizeOutside('foo-prod-v001', 4);
    watch.hint(hint);
    await it.clock.advance(10_000);
    expect(await it.reports()).toHaveLength(0);
    watch.hint({ dcosCluster: 'np1' });
    await it.clock.advance(1001);
    expect(await it.reports()).toHaveLength(1);
    await watch.stop();
  });

  it('asks for no more than one list every 15 s while apps of others change all the time', async () => {
    const it = await bench();
    const cluster = createEmulatedCluster('np1', it.clock, { timings: { startMs: 400 } });
    const serverGroups = groupsOver({ np1: cluster }, it.clock);
    cluster.core.seed({ id: '/nonprod/east/foo-prod-v001', instances: 1, cmd: 'serve' });
    cluster.core.seed({ id: '/nonprod/east/foo-dev-v001', instances: 1, cmd: 'serve' });
    cluster.core.seed({ id: '/others/sick', instances: 3, cmd: 'fail' });
    cluster.core.setFault({ kind: 'crash', apps: '/others/*', running: true });
    const { store } = await createCommandBench();
    const watch = watchDrift({ ...it.options, store, serverGroups });
    let events = 0;
    cluster.onApp((appId) => {
      events += 1;
      watch.hint({ dcosCluster: 'np1', appId });
    });
    for (let second = 0; second < 300; second += 1) {
      // Somebody deploys something else, too.
      const body = { env: { SECOND: String(second) } };
      if (second % 5 === 0) cluster.core.handle({ method: 'PUT', path: '/v2/apps//others/sick', body });
      await it.clock.advance(1000);
    }
    expect(events).toBeGreaterThan(50);
    expect(cluster.sharedLists()).toBeLessThanOrEqual(300 / 15 + 1);
    expect(it.errors).toEqual([]);
    await watch.stop();
    await cluster.core.stop();
  });
});
