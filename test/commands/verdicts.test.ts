import { readVerdicts } from '../../commands/support/verdicts';
import { readPlaces } from '../../commands/support/live-groups';
import { executionKind } from '../../src/engine/document-kinds';
import { keyLabel } from '../../src/dcos/server-groups';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { Execution } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { buildExecution } from '../support/api-fixture';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { west } from '../support/stage-kit';

type Bench = Awaited<ReturnType<typeof createCommandBench>>;

async function prodBench(wrap?: (store: DocumentStore) => DocumentStore) {
  const bench = await createCommandBench(wrap);
  for (const location of [east, west])
    bench.serverGroups.seed({ location, name: 'foo-prod-v000', desired: 2, image: 'repo/foo:1.0' });
  return bench;
}

async function run(bench: Bench, text: string): Promise<Execution> {
  const { executionId = '' } = await bench.press(await bench.say(text), 'confirm');
  return bench.drive(executionId);
}

const verdictsOf = async (bench: Bench) =>
  Object.fromEntries(
    await readVerdicts(bench.store, 'foo-prod', await readPlaces(bench.serverGroups, [east], 'foo-prod')),
  );

describe('verdicts', () => {
  it('remember the group of the attempt that failed when the retry succeeds', async () => {
    const bench = await prodBench();
    bench.serverGroups.sickNames.add('foo-prod-v001');
    const failed = await run(bench, 'deploy foo prod/east 1.1');
    expect(failed.status).toBe('TERMINAL');
    bench.serverGroups.sickNames.clear();
    await bench.choose(failed.id, 'retryStage', { stageId: '1' });
    expect((await bench.drive(failed.id)).status).toBe('SUCCEEDED');
    // Red/black keeps two: the group of the first attempt is kept here beside them, as a larger number would.
    const labels = { [keyLabel]: `${failed.id}/1<0/1` };
    bench.serverGroups.seed({ location: east, name: 'foo-prod-v001', desired: 0, createdTime: 5, labels });
    expect(await verdictsOf(bench)).toEqual({
      'nonprod/east/foo-prod-v001': 'bad',
      'nonprod/east/foo-prod-v002': 'good',
    });
    expect(wordsOf((await bench.say('rollback foo prod/east')).reply)).toContain('(v000)');
  });

  it('do not hold a failure elsewhere against a region that serves', async () => {
    const bench = await prodBench();
    const stage = (id: string, status: 'SUCCEEDED' | 'TERMINAL') => ({
      ...stageOf(buildPipeline([{ ref: id, type: 'createServerGroup' }]), id),
      status,
    });
    const execution = buildExecution({ id: 'HALF', status: 'TERMINAL' });
    const stages = [stage('1', 'SUCCEEDED'), stage('2', 'TERMINAL')];
    const seed = (location: typeof east | typeof west, stageId: string) =>
      bench.serverGroups.seed({
        location,
        name: 'foo-prod-v001',
        desired: 2,
        labels: { [keyLabel]: `HALF/${stageId}/1` },
      });
    seed(east, '1');
    seed(west, '2');
    await bench.store.create(executionKind, 'HALF', { ...execution, stages });
    const both = async () =>
      Object.fromEntries(
        await readVerdicts(bench.store, 'foo-prod', await readPlaces(bench.serverGroups, [east, west], 'foo-prod')),
      );
    expect(await both()).toEqual({ 'nonprod/east/foo-prod-v001': 'good', 'nonprod/west/foo-prod-v001': 'bad' });
    const undo = {
      ...stageOf(buildPipeline([{ ref: '3', type: 'undoServerGroup' }]), '3'),
      context: { keys: ['HALF/1/'] },
    };
    await bench.store.update(executionKind, 'HALF', (stored) => ({ ...stored, stages: [...stages, undo] }));
    expect((await both())['nonprod/east/foo-prod-v001']).toBe('bad');
  });

  it('look further back than fifty executions', async () => {
    const bench = await prodBench();
    await run(bench, 'deploy foo prod 1.1');
    await run(bench, 'rollback foo prod');
    for (let count = 0; count < 120; count += 1) {
      const id = `Z${String(count).padStart(4, '0')}`;
      const definition = { ...buildExecution().definition, kind: 'resize' as const };
      await bench.store.create(executionKind, id, { ...buildPipeline([]), id, status: 'SUCCEEDED', definition });
    }
    expect((await verdictsOf(bench))['nonprod/east/foo-prod-v001']).toBe('bad');
  });

  it('read rollbacks as far back as the oldest group, and no other executions', async () => {
    const asked: number[] = [];
    const bench = await prodBench((store) => ({
      ...store,
      list: (kind, query) => {
        if (query?.index?.name === 'rollbackOf') asked.push(query.limit ?? 0);
        return store.list(kind, query);
      },
    }));
    const definition = { ...buildExecution().definition, kind: 'rollback' as const };
    for (let count = 0; count < 130; count += 1) {
      const id = `A${String(count).padStart(4, '0')}`;
      const execution = { ...buildPipeline([]), id, status: 'SUCCEEDED' as const, buildTime: count * 10, definition };
      await bench.store.create(executionKind, id, execution);
    }
    const at = (createdTime: number) => {
      for (const location of [east, west])
        bench.serverGroups.seed({ location, name: 'foo-prod-v000', desired: 2, createdTime });
      return readPlaces(bench.serverGroups, [east], 'foo-prod');
    };
    await readVerdicts(bench.world.store, 'foo-prod', await at(1200));
    expect(asked).toEqual([25]);
    await readVerdicts(bench.world.store, 'foo-prod', await at(700));
    expect(asked).toEqual([25, 25, 100]);
  });

  it('tell a group from an earlier one of its name', async () => {
    const bench = await prodBench();
    await run(bench, 'deploy foo prod 1.1');
    await run(bench, 'rollback foo prod');
    expect((await verdictsOf(bench))['nonprod/east/foo-prod-v001']).toBe('bad');
    for (const location of [east, west]) bench.serverGroups.remove(location, 'foo-prod-v001');
    await bench.clock.advance(60_000);
    expect((await run(bench, 'deploy foo prod 1.2')).status).toBe('SUCCEEDED');
    expect((await verdictsOf(bench))['nonprod/east/foo-prod-v001']).toBe('good');
  });
});
