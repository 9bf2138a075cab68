import { executionRenderer } from '../../src/app';
import { lockCluster } from '../../src/engine/cluster-lock';
import { executionKind } from '../../src/engine/document-kinds';
import type { Execution } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import { applicationOf, childrenIn, parentOf, runs } from '../support/child-kit';
import { createCrashPoints } from '../support/crash-points';
import { drive, stageOf, statuses, type Step } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { createStageBench } from '../support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

/** A rest that names a cluster, so that nobody else may work on that of its environment. */
const resting = (ref: string, waitTime = 10): Step => ({ ref, type: 'wait', context: { waitTime, cluster: 'named' } });

/** An environment of an application, as `foo-dev`. */
type Place = `${'foo' | 'shop' | 'cart'}-${'dev' | 'staging'}`;

/** An execution that works in one place and then runs a pipeline in another. */
function from(id: string, at: Place, to: Place, context: Readonly<Record<string, unknown>> = {}): Execution {
  const [application = '', environment = ''] = at.split('-');
  const [other = '', otherEnvironment = ''] = to.split('-');
  const child = { application: other, environment: otherEnvironment, ...context };
  const built = parentOf([resting('1'), runs(child, { ref: '2', after: ['1'] }), resting('3')], {
    id,
    name: `Deploy ${id} to ${at}`,
    application,
    pipelineConfigId: `${application}/main`,
  });
  return { ...built, definition: { ...built.definition, environment, cluster: at } };
}

async function begin(bench: Bench, executions: readonly Execution[]): Promise<void> {
  for (const execution of executions) {
    await bench.start(execution);
    await lockCluster(bench.store, execution.definition.cluster, { executionId: execution.id });
  }
}

const applications = new Map(['foo', 'shop', 'cart'].map((name) => applicationOf(name, { child: [resting('1')] })));
const benchOf = (wrap?: Parameters<typeof createStageBench>[0]): Bench => createStageBench(wrap, applications);
const get = async (bench: Bench, id: string): Promise<Execution> => {
  const found = await bench.store.get(executionKind, id);
  if (found === undefined) throw new Error(`No execution ${id}.`);
  return found.document;
};
const statusesOf = async (bench: Bench) =>
  (await bench.store.list(executionKind))
    .map(({ document }) => document)
    .filter(({ trigger }) => trigger.type !== 'pipeline')
    .map(({ id, status }) => `${id} ${status}`);
const reasonOf = (execution: Execution) => stageOf(execution, '2').failure?.message;
const detailOf = (execution: Execution) => plainText(executionRenderer.live(execution).steps?.[1]?.detail ?? '');
const minutes = (count: number) => count * 60_000;

const two = () => [from('A', 'foo-dev', 'foo-staging'), from('B', 'foo-staging', 'foo-dev')];

describe('stages that wait for each other', () => {
  it('fail the youngest, which says why, so that the other goes on', async () => {
    const bench = benchOf();
    await begin(bench, two());
    await bench.drive('A', minutes(4));
    expect(await statusesOf(bench)).toEqual(['A SUCCEEDED', 'B TERMINAL']);
    const failed = await get(bench, 'B');
    expect(stageOf(failed, '2').failure?.code).toBe('STAGE_FAILED');
    expect(reasonOf(failed)).toBe(
      'It would wait for ever: it waits for foo-dev, where Deploy A to foo-dev works, which waits for it (Deploy A to foo-dev → Deploy B to foo-staging). Start one after the other.',
    );
    expect((await childrenIn(bench)).map(({ trigger, status }) => `${trigger.correlationId} ${status}`)).toEqual([
      'A/2/1 SUCCEEDED',
    ]);
  });

  it('tell nothing new before', async () => {
    const bench = benchOf();
    await begin(bench, two());
    await bench.drive('A', 35_000);
    expect(await statusesOf(bench)).toEqual(['A RUNNING', 'B RUNNING']);
    const shown = [detailOf(await get(bench, 'A')), detailOf(await get(bench, 'B'))];
    expect(shown).toEqual([
      'waits for Deploy B to foo-staging, asked by @U0ALICE',
      'waits for Deploy A to foo-dev, asked by @U0ALICE',
    ]);
    const views = new Set<string>();
    for (let look = 0; look < 10 && (await get(bench, 'B')).status === 'RUNNING'; look += 1) {
      views.add(detailOf(await get(bench, 'B')));
      await bench.drive('B', 15_000);
    }
    expect([...views]).toEqual([shown[1]]);
    expect(JSON.stringify(executionRenderer.live(await get(bench, 'B')))).toContain('It would wait for ever');
  });

  it('fail one of three', async () => {
    const bench = benchOf();
    const three = [
      from('A', 'foo-dev', 'shop-dev'),
      from('B', 'shop-dev', 'cart-dev'),
      from('C', 'cart-dev', 'foo-dev'),
    ];
    await begin(bench, three);
    await bench.drive('A', minutes(5));
    expect(await statusesOf(bench)).toEqual(['A SUCCEEDED', 'B SUCCEEDED', 'C TERMINAL']);
    expect(reasonOf(await get(bench, 'C'))).toContain(
      'foo-dev, where Deploy A to foo-dev works, which waits for it (Deploy A to foo-dev → Deploy B to shop-dev → Deploy C to cart-dev).',
    );
  });

  it('let the failure choice of the stage count', async () => {
    const bench = benchOf();
    const [older, younger] = [
      from('A', 'foo-dev', 'foo-staging'),
      from('B', 'foo-staging', 'foo-dev', { failPipeline: false, continuePipeline: true }),
    ];
    await begin(bench, [older, younger]);
    await bench.drive('A', minutes(4));
    expect(await statusesOf(bench)).toEqual(['A SUCCEEDED', 'B SUCCEEDED']);
    expect(statuses(await get(bench, 'B'))).toContain('2 FAILED_CONTINUE');
  });

  it('leave one alone that waits for the circle without being in it', async () => {
    const bench = benchOf();
    await begin(bench, [...two(), from('Z', 'shop-dev', 'foo-dev')]);
    await bench.drive('Z', minutes(5));
    expect(await statusesOf(bench)).toEqual(['A SUCCEEDED', 'B TERMINAL', 'Z SUCCEEDED']);
  });

  it('wait on where one of them is paused, which people may end', async () => {
    const bench = benchOf();
    await begin(bench, two());
    await bench.drive('A', 12_000);
    await sendSignal(bench, { type: 'pause', user: 'U0BOB' }, 'A');
    await bench.drive('B', minutes(30));
    expect(await statusesOf(bench)).toEqual(['A PAUSED', 'B RUNNING']);
    await sendSignal(bench, { type: 'resume', user: 'U0BOB' }, 'A');
    await bench.drive('A', minutes(4));
    expect(await statusesOf(bench)).toEqual(['A SUCCEEDED', 'B TERMINAL']);
  });

  it('wait on where the other works, however long', async () => {
    const bench = benchOf();
    const long = parentOf([resting('1', 3600)], { id: 'B', name: 'Deploy B to foo-staging' });
    const working = { ...long, definition: { ...long.definition, environment: 'staging', cluster: 'foo-staging' } };
    await begin(bench, [from('C', 'shop-dev', 'foo-dev'), from('A', 'foo-dev', 'foo-staging'), working]);
    await bench.drive('C', minutes(59));
    expect(await statusesOf(bench)).toEqual(['A RUNNING', 'B RUNNING', 'C RUNNING']);
    await bench.drive('C', minutes(5));
    expect(await statusesOf(bench)).toEqual(['A SUCCEEDED', 'B SUCCEEDED', 'C SUCCEEDED']);
  });

  it('end in the same way wherever the process stops', async () => {
    const run = async (points: readonly number[]) => {
      const crashes = createCrashPoints(new Set(points));
      const bench = benchOf(crashes.wrap);
      await begin(bench, two());
      const handle = (loaded: Execution, owner: string) => {
        crashes.boot();
        return bench.handle(loaded, owner);
      };
      await drive({ store: bench.store, clock: bench.clock, id: 'A', handle, maxMs: minutes(6) });
      const children = (await childrenIn(bench)).map(({ status }) => status);
      return { end: [...(await statusesOf(bench)), ...children], passed: crashes.passed() };
    };
    const { end, passed } = await run([]);
    expect(end).toEqual(['A SUCCEEDED', 'B TERMINAL', 'SUCCEEDED']);
    const differing: unknown[] = [];
    for (let point = 1; point <= passed; point += 1) {
      const other = await run([point]);
      if (JSON.stringify(other.end) !== JSON.stringify(end)) differing.push({ point, end: other.end });
    }
    expect(passed).toBeGreaterThan(40);
    expect(differing).toEqual([]);
  });
});
