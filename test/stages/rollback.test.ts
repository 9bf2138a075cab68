import type { StageContext } from '../../src/model/execution';
import type { Location } from '../../src/model/server-group';
import { locationOfRegion } from '../../src/stages/server-group/place';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { createStageBench } from '../support/stage-kit';

const east = locationOfRegion('nonprod', 'np1/east');
const west = locationOfRegion('nonprod', 'np1/west');

type Bench = ReturnType<typeof createStageBench>;

/** Names and sizes, oldest first; a group of size 0 had 2 instances before. */
function seed({ serverGroups }: Bench, location: Location, sizes: Readonly<Record<string, number>>): void {
  for (const [index, [version, desired]] of Object.entries(sizes).entries()) {
    const image = `repo/foo:1.${index}`;
    serverGroups.seed({ location, name: `foo-dev-${version}`, desired, lastSize: 2, createdTime: index, image });
  }
}

async function run(type: string, context: StageContext, places: readonly Location[] = [east]) {
  const bench = createStageBench();
  for (const place of places) seed(bench, place, { v000: 0, v001: 0, v002: 3 });
  const written = { credentials: 'nonprod', regions: places.map(({ region }) => region), ...context };
  const done = await bench.run(buildPipeline([{ ref: '1', type, context: written }]));
  const failures = done.stages.flatMap(({ failure }) => failure?.message ?? []);
  const names = done.stages.map(({ name }) => name);
  return { bench, done, failures, names, sizes: (place: Location) => bench.serverGroups.sizes(place) };
}

const names = { rollbackServerGroupName: 'foo-dev-v002', restoreServerGroupName: 'foo-dev-v000' };
const [untouched, turned] = [
  ['foo-dev-v000 ×0', 'foo-dev-v001 ×0', 'foo-dev-v002 ×3'],
  ['foo-dev-v000 ×3', 'foo-dev-v001 ×0', 'foo-dev-v002 ×0'],
];

describe('rollbackServerGroup as Spinnaker writes it (semantics §4.8)', () => {
  it.each<readonly [string, StageContext, readonly string[]]>([
    ['restores at the larger of both sizes', {}, turned],
    ['writes flags and numbers as text', { disableOnly: 'false', delayBeforeDisableSeconds: '5' }, turned],
    [
      'only enables and disables',
      { enableAndDisableOnly: true },
      ['foo-dev-v000 ×2', 'foo-dev-v001 ×0', 'foo-dev-v002 ×0'],
    ],
  ])('%s', async (_title, wishes, expected) => {
    const { done, sizes } = await run('rollbackServerGroup', {
      rollbackType: 'EXPLICIT',
      rollbackContext: { ...names, ...wishes },
    });
    expect(done.status).toBe('SUCCEEDED');
    expect(sizes(east)).toEqual(expected);
  });

  it('waits between the two where it is told to', async () => {
    const { names: told, done } = await run('rollbackServerGroup', {
      rollbackContext: { ...names, delayBeforeDisableSeconds: 90 },
    });
    expect(told).toContain('Wait Before Disable');
    expect((done.endTime ?? 0) - (done.startTime ?? 0)).toBeGreaterThan(90_000);
  });

  it('only disables, and never the last that serves', async () => {
    const { failures, sizes } = await run('rollbackServerGroup', { rollbackContext: { ...names, disableOnly: true } });
    expect(failures.join(' ')).toContain('Disabling foo-dev-v002 would leave');
    expect(sizes(east)).toEqual(untouched);
  });

  it('works place after place', async () => {
    const { done, sizes } = await run('rollbackServerGroup', { rollbackContext: names }, [east, west]);
    expect(done.status).toBe('SUCCEEDED');
    expect([sizes(east), sizes(west)]).toEqual([turned, turned]);
  });

  it.each<readonly [string, StageContext, string]>([
    ['a group that is gone', { rollbackContext: { ...names, restoreServerGroupName: 'foo-dev-v009' } }, 'foo-dev-v009'],
    [
      'nothing to go back to',
      { rollbackContext: { rollbackServerGroupName: 'foo-dev-v002' } },
      'restoreServerGroupName',
    ],
    ['no names', { cluster: 'foo-dev' }, 'rollbackServerGroupName'],
    ['an image of Spinnaker’s entity tags', { rollbackType: 'PREVIOUS_IMAGE', rollbackContext: names }, 'EXPLICIT'],
  ])('refuses %s and changes nothing', async (_title, context, told) => {
    const { done, failures, sizes } = await run('rollbackServerGroup', context);
    expect(done.status).toBe('TERMINAL');
    expect(failures.join(' ')).toContain(told);
    expect(sizes(east)).toEqual(untouched);
  });
});

describe('rollbackCluster as Spinnaker writes it (semantics §4.8)', () => {
  it.each<readonly [string, StageContext, readonly string[]]>([
    [
      'a moniker',
      { moniker: { app: 'foo', cluster: 'foo-dev' } },
      ['foo-dev-v000 ×0', 'foo-dev-v001 ×3', 'foo-dev-v002 ×0'],
    ],
    ['a server group', { serverGroup: 'foo-dev-v001' }, ['foo-dev-v000 ×0', 'foo-dev-v001 ×3', 'foo-dev-v002 ×0']],
    ['the group to restore', { cluster: 'foo-dev', originalServerGroup: 'foo-dev-v000' }, turned],
    [
      'how to go back',
      { cluster: 'foo-dev', additionalRollbackContext: { enableAndDisableOnly: 'true' } },
      ['foo-dev-v000 ×0', 'foo-dev-v001 ×2', 'foo-dev-v002 ×0'],
    ],
  ])('finds its cluster, and what to do, by %s', async (_title, context, expected) => {
    const { done, failures, sizes } = await run('rollbackCluster', context);
    expect(failures).toEqual([]);
    expect(done.status).toBe('SUCCEEDED');
    expect(sizes(east)).toEqual(expected);
  });

  it('tells what it chose in the words of Spinnaker', async () => {
    const { done } = await run('rollbackCluster', { cluster: 'foo-dev', targetHealthyRollbackPercentage: 95 });
    const { outputs, context } = stageOf(done, '1');
    expect(outputs).toMatchObject({
      rollbackTypes: { np1_east: 'EXPLICIT' },
      rollbackContexts: {
        np1_east: { rollbackServerGroupName: 'foo-dev-v002', restoreServerGroupName: 'foo-dev-v001' },
      },
    });
    expect(context.imagesToRestore).toEqual([
      { region: 'np1_east', image: 'repo/foo:1.1', rollbackMethod: 'EXPLICIT' },
    ]);
  });

  it('considers only groups in service where it is told to', async () => {
    const context = { cluster: 'foo-dev', additionalRollbackContext: { onlyEnabledServerGroups: true } };
    const { done, sizes } = await run('rollbackCluster', context);
    expect(done.status).toBe('SUCCEEDED');
    expect(sizes(east)).toEqual(untouched);
  });

  it('waits between regions', async () => {
    const context = { cluster: 'foo-dev', waitTimeBetweenRegions: 120 };
    const { done, names: told } = await run('rollbackCluster', context, [east, west]);
    expect(done.status).toBe('SUCCEEDED');
    expect(told.filter((name) => name.startsWith('Wait'))).toEqual(['Wait Between Regions']);
    expect((done.endTime ?? 0) - (done.startTime ?? 0)).toBeGreaterThan(120_000);
  });

  it('refuses to go back to a group that is gone', async () => {
    const { failures, sizes } = await run('rollbackCluster', {
      cluster: 'foo-dev',
      originalServerGroup: 'foo-dev-v009',
    });
    expect(failures.join(' ')).toContain('foo-dev-v009');
    expect(sizes(east)).toEqual(untouched);
  });
});
