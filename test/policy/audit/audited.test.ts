import { keyLabel } from '../../../src/dcos/server-groups';
import { commandKind, executionKind, expiryKind } from '../../../src/engine/document-kinds';
import type { Claimed, DocumentKind, DocumentStore } from '../../../src/engine/ports/document-store';
import type { Environment } from '../../../src/model/application';
import type { AuditEntry, AuditFact } from '../../../src/model/audit';
import type { Command } from '../../../src/model/command';
import type { Execution } from '../../../src/model/execution';
import { isComplete } from '../../../src/model/status';
import { isEntry } from '../../../src/policy/audit/audit-line';
import { ownChain } from '../../../src/policy/audit/chain';
import { auditHeadKind, auditPageKind } from '../../../src/policy/audit/documents';
import { east } from '../../dcos/builders';
import { exportAll, verifyRecords } from '../../support/audit-kit';
import { createCommandBench } from '../../support/command-kit';
import { createCrashPoints } from '../../support/crash-points';
import { buildPipeline } from '../../support/engine-kit';
import { driveUntil } from '../../support/drive-until';
import { sendSignal } from '../../support/send-signal';
import { createRandom, type Random } from '../../support/random';
import { createStageBench, describeCluster, west } from '../../support/stage-kit';

type Bench = Awaited<ReturnType<typeof createCommandBench>>;

const all = { chains: [ownChain, 'foo'] };
const entriesOf = async ({ store }: { readonly store: DocumentStore }): Promise<readonly AuditEntry[]> =>
  (await exportAll(store, all)).filter(isEntry);
const brief = ({ kind, action, outcome = '' }: AuditEntry) => `${kind} ${action} ${outcome}`.trim();
const textsOf = async (bench: Bench) => (await entriesOf(bench)).map(brief);

const claimAll = (store: DocumentStore, kinds: readonly DocumentKind<never>[], now: number) =>
  store.claimDue({ kinds, owner: 'owner', now, leaseMs: 10_000, limit: 16 });

function seed({ serverGroups }: Bench): void {
  serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2, image: 'repo/foo:1.0' });
  for (const location of [east, west])
    serverGroups.seed({ location, name: 'foo-prod-v001', desired: 2, image: 'repo/foo:1.0' });
}

const judged: Environment['pipeline']['stages'] = [
  { refId: '1', requisiteStageRefIds: [], type: 'manualJudgment', name: 'Go?', context: { instructions: 'Look.' } },
];

describe('what is written down', () => {
  it('is the command, the start, each effect before and after it, and the end of a deployment', async () => {
    const bench = await createCommandBench();
    seed(bench);
    const said = await bench.say('deploy foo dev 1.1');
    await bench.drive(said.executionId ?? '');
    const texts = await textsOf(bench);
    expect(texts.slice(0, 4)).toEqual([
      'command deploy CONFIRMED',
      'execution started',
      'effect createServerGroup INTENDED',
      'effect createServerGroup SUCCEEDED',
    ]);
    expect(texts).toContain('effect disableServerGroup SUCCEEDED');
    expect(texts.at(-1)).toBe('execution ended SUCCEEDED');
    const intended = (await entriesOf(bench)).filter(({ outcome }) => outcome === 'INTENDED').map(({ what }) => what);
    for (const effect of bench.serverGroups.effects) {
      const [name = effect] = /foo-dev-v\d+/.exec(effect) ?? [];
      expect(intended.filter((what) => what.includes(name))).not.toEqual([]);
    }
    const [command, started, effect] = await entriesOf(bench);
    expect(command).toMatchObject({
      who: 'UANN',
      what: 'deploy foo dev 1.1',
      application: 'foo',
      environment: 'dev',
      from: { surface: 'slack', channel: 'CH1' },
    });
    expect(started).toMatchObject({ who: 'UANN', executionId: said.executionId, from: { surface: 'slack' } });
    expect(effect).toMatchObject({ who: 'UANN', what: 'DC/OS: foo-dev-v002 in nonprod/east' });
    expect(verifyRecords(await exportAll(bench.store, all)).problems).toEqual([]);
  });

  it('is each effect of a way back that brings several groups back', async () => {
    const bench = createStageBench();
    for (const [name, desired] of [
      ['foo-dev-v000', 5],
      ['foo-dev-v001', 6],
    ] as const)
      bench.serverGroups.seed({ location: east, name, desired });
    const context = { clusters: [describeCluster({ strategy: 'redblack', maxRemainingAsgs: 5 })] };
    const steps = [
      { ref: '1', type: 'deploy', context },
      { ref: '2', type: 'wait', after: ['1'], context: { waitTime: 600 } },
    ];
    await bench.start(buildPipeline(steps));
    await driveUntil(bench, ({ stages }) => stages.some(({ type, status }) => type === 'wait' && status === 'RUNNING'));
    expect(bench.serverGroups.sizes(east).slice(0, 2)).toEqual(['foo-dev-v000 ×0', 'foo-dev-v001 ×0']);
    await sendSignal(bench, { type: 'cancel', user: 'UANN' });
    await bench.drive('E1');
    expect(bench.serverGroups.sizes(east).slice(0, 2)).toEqual(['foo-dev-v000 ×5', 'foo-dev-v001 ×6']);
    const told = (await entriesOf(bench)).filter(({ outcome }) => outcome === 'INTENDED').map(({ what }) => what);
    expect(told.join('\n')).toContain('foo-dev-v000 to 5');
    expect(told.join('\n')).toContain('foo-dev-v001 to 6');
  });

  it('names who has retried, not who had asked first', async () => {
    const bench = await createCommandBench();
    seed(bench);
    bench.serverGroups.fail('create', 'INVALID_INPUT');
    const { executionId = '' } = await bench.say('deploy foo dev 1.1');
    await bench.drive(executionId);
    const before = (await entriesOf(bench)).length;
    await bench.clock.advance(60_000);
    await bench.choose(executionId, 'retryStage', { stageId: '1', user: 'UBOB' });
    await bench.drive(executionId);
    const later = (await entriesOf(bench))
      .slice(before)
      .filter(({ kind, who }) => kind !== 'command' && who !== 'coxswain');
    expect(later.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['effect', 'execution']));
    expect(new Set(later.map(({ who }) => who))).toEqual(new Set(['UBOB']));
  });

  it('is a permission that is refused, with its reason', async () => {
    const bench = await createCommandBench();
    seed(bench);
    await bench.say('deploy foo prod 1.1', 'UEVE');
    const [command, refusal] = await entriesOf(bench);
    expect(command).toMatchObject({ kind: 'command', who: 'UEVE', outcome: 'REFUSED', environment: 'prod' });
    expect(refusal).toMatchObject({ kind: 'refusal', who: 'UEVE', outcome: 'NOT_ALLOWED', application: 'foo' });
    expect(refusal?.why).toContain('only @crew may');
  });

  it('is a refused click, on a plan of somebody else and on a judgment', async () => {
    const bench = await createCommandBench((store) => store, judged);
    seed(bench);
    const planned = await bench.say('deploy foo prod 1.1');
    await bench.press(planned, 'confirm', 'UEVE');
    const { executionId = '' } = await bench.press(planned, 'confirm');
    await bench.drive(executionId, 1000);
    await bench.choose(executionId, 'approve', { stageId: '1', user: 'UEVE' });
    const refusals = (await entriesOf(bench)).filter(({ kind }) => kind === 'refusal');
    expect(refusals.map(({ who, action }) => `${who} ${action}`)).toEqual(['UEVE confirm', 'UEVE approve']);
  });

  it('is a decision, with its reason and where it was said', async () => {
    const bench = await createCommandBench((store) => store, judged);
    seed(bench);
    const { executionId = '' } = await bench.press(await bench.say('deploy foo prod 1.1'), 'confirm');
    await bench.drive(executionId, 1000);
    const id = await bench.receive(
      {
        type: 'choice',
        name: 'reject',
        target: { kind: 'execution', id: executionId, stageId: '1' },
        answer: 'the error rate is up',
      },
      'UBOB',
    );
    const [claimed] = await claimAll(bench.store, [commandKind], bench.clock.now());
    expect(claimed?.id).toBe(id);
    if (claimed !== undefined) await bench.handlers.command(claimed, 'owner');
    await bench.drive(executionId);
    const entries = await entriesOf(bench);
    expect(entries.filter(({ kind }) => kind === 'decision')).toMatchObject([
      { action: 'reject', who: 'UBOB', why: 'the error rate is up', from: { surface: 'slack', channel: 'CH1' } },
    ]);
    expect(entries.at(-1)).toMatchObject({ kind: 'execution', outcome: 'TERMINAL', why: 'JUDGMENT_REJECTED' });
  });

  it('is a command that names no application, in a chain of its own', async () => {
    const bench = await createCommandBench();
    await bench.say('help');
    await bench.say('no such thing');
    expect((await entriesOf(bench)).map(({ chain, action }) => `${chain} ${action}`)).toEqual([
      '@coxswain help',
      '@coxswain no',
    ]);
  });

  it('is the end of a server group that was kept', async () => {
    const bench = await createCommandBench();
    const key = 'E1/1/1';
    bench.serverGroups.seed({
      location: east,
      name: 'foo-dev-v002',
      desired: 0,
      lastSize: 2,
      image: 'repo/foo:1.1',
      labels: { [keyLabel]: key },
    });
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2, image: 'repo/foo:1.0' });
    await bench.store.create(
      expiryKind,
      `${key}/foo-dev-v002`,
      {
        schema: 1,
        teamId: 'T1',
        executionId: 'E1',
        location: east,
        cluster: 'foo-dev',
        serverGroupName: 'foo-dev-v002',
        key,
        keptSince: 0,
        destroyAt: bench.clock.now(),
        state: 'kept',
      },
      { due: bench.clock.now() },
    );
    for (let turn = 0; turn < 20; turn += 1) {
      const claimed = await claimAll(bench.store, [expiryKind], bench.clock.now());
      for (const one of claimed) await bench.handlers.expiry(one, 'owner');
      await bench.clock.advance(10_000);
    }
    expect(await textsOf(bench)).toEqual(['effect expire INTENDED', 'effect expire DESTROYED']);
    expect((await entriesOf(bench))[0]).toMatchObject({ application: 'foo', environment: 'dev', who: 'coxswain' });
  });
});

describe('secrets', () => {
  const secrets = [
    'hunter2-is-a-secret',
    'pa55word-of-the-job',
    'X-values-of-headers',
    'the-body-of-a-webhook',
    'path-token-1',
  ];

  it('do not get into the log from what stages are configured with', async () => {
    const bench = createStageBench();
    const [value = '', job = '', header = '', body = '', path = ''] = secrets;
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
    const steps = [
      { ref: '1', type: 'deploy', context: { clusters: [describeCluster({ env: { PASSWORD: value } })] } },
      {
        ref: '2',
        type: 'webhook',
        name: `Tell ${value}`,
        after: [],
        context: {
          url: `https://bob:${value}@hooks.example.com/${path}?token=${value}`,
          method: 'POST',
          payload: { body, value },
          customHeaders: { Authorization: header },
        },
      },
      {
        ref: '3',
        type: 'runJob',
        after: [],
        context: { location: east, general: { id: 'smoke', cmd: `run ${job}` }, env: { TOKEN: job } },
      },
    ];
    const trigger = { type: 'manual', user: 'UANN', parameters: { token: value }, correlationId: 'C1' } as const;
    await bench.run(buildPipeline(steps, { id: 'E1', trigger: { ...trigger, reason: `since password=${value}` } }));
    const text = JSON.stringify([await bench.store.list(auditHeadKind), await bench.store.list(auditPageKind)]);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    const texts = (await entriesOf(bench)).map(({ what }) => what);
    expect(texts).toContain('DC/OS: foo-dev-v001 in nonprod/east');
    expect(texts).toContain('webhook: POST to hooks.example.com');
    expect(texts.filter((what) => what.startsWith('Metronome: smoke'))).not.toEqual([]);
  });

  it('do not get into the log from what people type', async () => {
    const bench = await createCommandBench();
    seed(bench);
    const [value = ''] = secrets;
    await bench.say(`deploy foo dev 1.1 token=${value} reason="with password=${value} and ghp_0123456789abcdefABCDEF"`);
    await bench.say(`login ${value}`);
    await bench.say(`Login ${value}`);
    await bench.say(`pipeline run foo p dev 1.1 --secret ${value}`);
    for (const mistyped of [
      `db.pin=${value}`,
      `2nd=${value}`,
      `"a b"=${value}`,
      `--db.pin ${value}`,
      `--db.pin=${value}`,
    ]) {
      await bench.say(`deploy foo prod 1.1 ${mistyped}`, 'UEVE');
      await bench.say(`${mistyped} deploy`);
      await bench.say(`lock take foo prod then="deploy foo prod 1.1 ${mistyped}"`);
    }
    await bench.choose('E1', 'reject', { answer: `Bearer ${value}` });
    const text = JSON.stringify([await bench.store.list(auditHeadKind), await bench.store.list(auditPageKind)]);
    expect(text).not.toContain(value);
    expect(text).not.toContain('ghp_');
    expect((await entriesOf(bench)).map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        'login',
        'deploy foo dev 1.1 token=… reason=…',
        'deploy foo prod 1.1 db.pin=…',
        'deploy foo prod 1.1 --db.pin …',
      ]),
    );
  });
});

describe('random commands and executions with crashes', () => {
  const runs = Number(process.env.AUDIT_RUNS ?? 25);
  const kinds = [commandKind, executionKind, expiryKind] as const;

  /** Every fact that was ever saved in a document that tells it, by document, in order. */
  function watchFacts(store: DocumentStore) {
    const saved = new Map<string, string[]>();
    const note = (id: string, facts: readonly AuditFact[]) => {
      const known = saved.get(id) ?? [];
      saved.set(id, [...known, ...facts.map((fact) => fact.id).filter((fact) => !known.includes(fact))]);
    };
    const factsOf = (kind: string, document: unknown): readonly AuditFact[] => {
      if (kind === 'command') return (document as Command).events ?? [];
      if (kind !== 'execution') return [];
      return (document as Execution).events.flatMap((event) => (event.type === 'audit' ? [event.fact] : []));
    };
    const watched: DocumentStore = {
      ...store,
      update: async (kind, id, change, options) => {
        const after = await store.update(kind, id, change, options);
        if (after !== undefined) note(id, factsOf(kind.name, after.document));
        return after;
      },
    };
    return { saved, watched };
  }

  async function play(random: Random) {
    const points = new Set(Array.from({ length: 12 }, () => Math.ceil(random() * 900)));
    const crashes = createCrashPoints(points);
    let saved = new Map<string, string[]>();
    const bench = await createCommandBench((store) => {
      const watching = watchFacts(store);
      saved = watching.saved;
      return crashes.wrap(watching.watched);
    });
    seed(bench);
    const work = async () => {
      for (let turn = 0; turn < 200; turn += 1) {
        const claimed = await claimAll(bench.store, kinds, bench.clock.now());
        for (const one of claimed) {
          crashes.boot();
          await handle(bench, one).catch(() => undefined);
        }
        if (claimed.length === 0) return;
      }
    };
    for (let step = 0; step < 14; step += 1) {
      await act(bench, random);
      await work();
      await bench.clock.advance(Math.floor(random() * 20_000));
      if (random() < 0.1) await bench.clock.advance(24 * 3_600_000);
    }
    for (let turn = 0; turn < 300; turn += 1) {
      await work();
      await bench.clock.advance(15_000);
    }
    return { bench, saved };
  }

  const handle = ({ handlers }: Bench, claimed: Claimed) =>
    handlers[claimed.kind as 'command' | 'execution' | 'expiry'](claimed, 'owner');

  async function act(bench: Bench, random: Random): Promise<void> {
    const user = random() < 0.2 ? 'UEVE' : 'UANN';
    const texts = ['help', 'deploy foo dev 1.1', 'deploy foo prod 1.2', 'nonsense', 'resize foo dev 3', 'status foo'];
    const [one] = (await bench.executions()).toReversed();
    if (one === undefined || random() < 0.5) {
      await bench.receive({ type: 'text', text: texts[Math.floor(random() * texts.length)] ?? 'help' }, user);
      return;
    }
    const names = ['cancelExecution', 'pause', 'resume', 'retryStage'];
    const name = names[Math.floor(random() * names.length)] ?? 'pause';
    const target = { kind: 'execution', id: one.id, stageId: one.stages[0]?.id ?? '' } as const;
    await bench.receive({ type: 'choice', name, target, answer: 'why not' }, user);
  }

  it('leave a log that verifies and has each event once, in order', async () => {
    for (let seedNumber = 1; seedNumber <= runs; seedNumber += 1) {
      const { bench, saved } = await play(createRandom(seedNumber));
      const records = await exportAll(bench.store, all);
      expect({ seedNumber, problems: verifyRecords(records).problems }).toEqual({ seedNumber, problems: [] });
      const logged = records.filter(isEntry).map(({ id }) => id);
      expect(new Set(logged).size).toBe(logged.length);
      for (const [document, ids] of saved)
        expect({ seedNumber, document, ids: logged.filter((id) => ids.includes(id)) }).toEqual({
          seedNumber,
          document,
          ids,
        });
      const told = [...saved.values()].flat();
      // An expiry tells what it does at each look, before it goes on.
      expect(logged.filter((id) => !told.includes(id) && !id.includes('/expiry/'))).toEqual([]);
      const commands = (await bench.store.list(commandKind)).map(({ id }) => id);
      expect(commands.filter((id) => !logged.includes(id))).toEqual([]);
      const executions = await bench.executions();
      const entries = records.filter(isEntry);
      for (const { id, status } of executions) {
        const own = entries.filter(({ executionId, kind }) => executionId === id && kind === 'execution');
        const last = isComplete(status) ? status : undefined;
        expect({ seedNumber, id, last: own.at(-1)?.outcome }).toEqual({ seedNumber, id, last });
      }
    }
  }, 300_000);
});
