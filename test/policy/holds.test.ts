import { executionKind } from '../../src/engine/document-kinds';
import type { Lock } from '../../src/model/environment-lock';
import type { Execution } from '../../src/model/execution';
import { createHolds } from '../../src/policy/locks/create-holds';
import { environmentLockKind } from '../../src/policy/locks/documents';
import { freeLock, readLock, takeLock } from '../../src/policy/locks/locks';
import { stopAll } from '../../src/policy/stop';
import { buildExecution } from '../support/api-fixture';
import { applicationOf, childIn, childrenIn, parentOf, runs } from '../support/child-kit';
import { createLockBench } from '../support/lock-kit';
import { createManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';
import { createStageBench } from '../support/stage-kit';

const hourMs = 3_600_000;
const from = { surface: 'cli' } as const;

/** A lock of `foo prod` by UANN since the beginning, and what it says of an execution. */
async function build(origin: Lock['origin'] = 'asked') {
  const clock = createManualClock(1000);
  const store = createMemoryStore(() => clock.now());
  const place = { teamId: 'T1', application: 'foo', environment: 'prod' };
  const terms = { reason: 'migration', until: 1000 + hourMs, origin };
  await takeLock(store, place, { id: 'C1', user: 'UANN', from, now: 1000, ...terms });
  const holds = createHolds({ store, clock });
  const held = async (fields: Partial<Execution>) => (await holds.look(buildExecution(fields)))?.kind;
  return { store, clock, held };
}

const trigger = (user: string) => ({ type: 'manual', user, parameters: {}, correlationId: 'C2' }) as const;
const retriedBy = (user: string): Partial<Execution> => ({
  retry: { stageId: '1', user, ended: { status: 'TERMINAL' } },
});
const childOf = (parentExecutionId: string) => ({
  type: 'pipeline' as const,
  user: 'UBOB',
  correlationId: 'E0/1',
  parentExecutionId,
  parentStageId: '1',
  parameters: {},
});

describe('a lock', () => {
  const rows: readonly (readonly [string, Partial<Execution>, string | undefined])[] = [
    ['others', { trigger: trigger('UBOB') }, 'lock'],
    ['not its holder', { trigger: trigger('UANN') }, undefined],
    ['whoever retries what its holder had asked for', { trigger: trigger('UANN'), ...retriedBy('UBOB') }, 'lock'],
    ['not its holder who retries what others had', { trigger: trigger('UBOB'), ...retriedBy('UANN') }, undefined],
  ];
  it.each(rows)('holds back %s', async (_who, fields, kind) => {
    const { held } = await build();
    expect(await held(fields)).toBe(kind);
  });

  it.each([
    ['rollback', 999, 'lock'],
    ['rollback', 1000, undefined],
    ['asked', 999, undefined],
  ] as const)('of origin %s holds what its holder asked for at %d: %s', async (origin, buildTime, kind) => {
    const { held } = await build(origin);
    expect(await held({ trigger: trigger('UANN'), buildTime })).toBe(kind);
  });

  it.each([
    ['the same environment', 'foo', 'prod', undefined],
    ['another environment', 'foo', 'dev', 'lock'],
    ['another application', 'bar', 'prod', 'lock'],
  ])('holds what is a part of what works in %s: %s %s', async (_what, application, environment, kind) => {
    const { store, held } = await build();
    const { definition } = buildExecution();
    const above = buildExecution({ id: 'E0', application, definition: { ...definition, environment } });
    await store.create(executionKind, 'E0', above);
    expect(await held({ trigger: childOf('E0') })).toBe(kind);
  });

  it.each([true, false])('holds no rollback, and neither does a stop: %s', async (isStopped) => {
    const { store, held } = await build();
    if (isStopped) await stopAll(store, 'T1', { id: 'C3', user: 'UANN', from, now: 1000 });
    const { definition } = buildExecution();
    const asked = { trigger: trigger('UBOB') };
    expect(await held(asked)).toBe(isStopped ? 'stop' : 'lock');
    expect(await held({ ...asked, definition: { ...definition, kind: 'rollback' } })).toBeUndefined();
  });
});

describe('a change of a lock', () => {
  it('by a command that is repeated later changes nothing', async () => {
    const { store, clock } = await build();
    const place = { teamId: 'T1', application: 'foo', environment: 'prod' };
    const free = { id: 'C2', user: 'UANN', from, now: 1000 };
    await freeLock(store, place, free);
    const terms = { reason: 'once more', until: 1000 + hourMs };
    await takeLock(store, place, { id: 'C3', user: 'UANN', from, now: 1000, ...terms });
    await freeLock(store, place, free);
    expect((await readLock(store, place, clock.now()))?.reason).toBe('once more');
  });

  it('that happens while an earlier one is told is told as well', async () => {
    const it = await createLockBench();
    await it.handle(await it.receive({ type: 'text', text: 'lock foo prod 2h migration' }));
    const query = { kinds: [environmentLockKind], owner: 'one', now: it.clock.now(), leaseMs: 10_000, limit: 1 };
    const [claimed] = await it.store.claimDue(query);
    if (claimed === undefined) throw new Error('Nothing is due.');
    await it.handle(await it.receive({ type: 'text', text: 'lock take foo prod 1h urgent' }, 'UBOB'));
    await it.handlers['environment-lock'](claimed, 'one');
    await it.settle();
    expect((await it.audited('foo', 'lock')).map(([action]) => action)).toEqual(['take', 'lock']);
    expect(await it.told('UANN')).toHaveLength(1);
  });
});

describe('a lock of an environment in which only a pipeline works that another runs', () => {
  it('holds that pipeline until it is lifted, while the other waits for it', async () => {
    const child = [{ ref: '1', type: 'wait', context: { waitTime: 1 } }];
    const made = createStageBench(undefined, new Map([applicationOf('foo', { child })]));
    const place = { teamId: 'T1', application: 'foo', environment: 'staging' };
    const taking = { id: 'C1', user: 'ULOCK', from, now: made.clock.now(), reason: 'migration' };
    await takeLock(made.store, place, { ...taking, until: made.clock.now() + 10 * hourMs });
    await made.start(parentOf([runs({ environment: 'staging' })]));
    expect((await made.drive('E1', 600_000)).status).toBe('RUNNING');
    const waiting = await childIn(made);
    expect([waiting.definition.environment, waiting.status]).toEqual(['staging', 'NOT_STARTED']);
    await freeLock(made.store, place, { id: 'C2', user: 'ULOCK', from, now: made.clock.now() });
    expect((await made.drive('E1')).status).toBe('SUCCEEDED');
    expect((await childrenIn(made)).map(({ status }) => status)).toEqual(['SUCCEEDED']);
  });
});
