import type { Execution, StageContext } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import { stageRegistry } from '../../src/app';
import { east } from '../dcos/builders';
import { driveUntil } from '../support/drive-until';
import { buildPipeline, stageOf, type Step } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { crashEverywhere } from '../support/stage-crashes';
import { createStageBench, describeCluster, west } from '../support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

/** `foo-dev` in east: v000 out of service, v001 with 5 instances, v002 with 2, each with an image of its own. */
function seed({ serverGroups }: Bench): void {
  const image = (version: string) => `registry.example.com/team/foo:${version}`;
  serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 0, image: image('1.0') });
  serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 5, image: image('1.1') });
  serverGroups.seed({ location: east, name: 'foo-dev-v002', desired: 2, image: image('1.2') });
  serverGroups.seed({ location: east, name: 'foo-dev-v003', desired: 0, image: image('1.3') });
}

const step = (context: StageContext = {}): Step => ({
  ref: '1',
  type: 'findImage',
  context: { locations: [east], cluster: 'foo-dev', ...context },
});

async function find(context: StageContext) {
  const bench = createStageBench();
  seed(bench);
  const done = await bench.run(buildPipeline([step(context)]));
  const stage = stageOf(done, '1');
  const details = (stage.outputs.deploymentDetails ?? []) as readonly Readonly<Record<string, unknown>>[];
  return { done, stage, tags: details.map(({ tag, region }) => `${String(region)} ${String(tag)}`) };
}

describe('findImage', () => {
  it.each([
    ['the newest in service', {}, '1.2'],
    ['the newest in service, in small letters', { selectionStrategy: 'newest' }, '1.2'],
    ['the largest', { selectionStrategy: 'LARGEST' }, '1.1'],
    ['the oldest in service', { selectionStrategy: 'OLDEST' }, '1.1'],
    ['the oldest of all', { selectionStrategy: 'OLDEST', onlyEnabled: false }, '1.0'],
    ['the newest of all', { onlyEnabled: 'false', selectionStrategy: null }, '1.3'],
    ['one whose name matches', { imageNamePattern: 'team-f.o' }, '1.2'],
    ['one that matches itself', { imageNamePattern: '.*/team/foo:1\\.2' }, '1.2'],
    ['one whatever its name', { imageNamePattern: '' }, '1.2'],
  ])('finds %s', async (_title, context, tag) => expect((await find(context)).tags).toEqual([`np1_east ${tag}`]));

  it('tells all that Spinnaker tells', async () => {
    const { stage } = await find({});
    const imageId = 'registry.example.com/team/foo:1.2';
    const detail = {
      imageId,
      ami: imageId,
      imageName: 'team-foo',
      refId: '1',
      sourceServerGroup: 'foo-dev-v002',
      region: 'np1_east',
      account: 'nonprod',
      cloudProvider: 'dcos',
      registry: 'registry.example.com',
      repository: 'team/foo',
      tag: '1.2',
      images: ['team/foo:1.2'],
      buildInfo: { images: ['team/foo:1.2'] },
    };
    expect(stage.outputs.deploymentDetails).toEqual([detail]);
    expect(stage.context.amiDetails).toEqual([detail]);
    const metadata = {
      refId: '1',
      sourceServerGroup: 'foo-dev-v002',
      registry: 'registry.example.com',
      repository: 'team/foo',
      tag: '1.2',
      images: ['team/foo:1.2'],
    };
    const artifact = { type: 'dcos/image', name: 'team-foo', location: 'np1_east', reference: imageId, metadata };
    expect(stage.context.artifacts).toEqual([artifact]);
    expect(plainText(stageRegistry.find('findImage')?.render?.(stage) ?? '')).toBe(imageId);
  });

  it.each([
    [{ cluster: 'bar' }, "Could not find cluster 'bar' for 'nonprod' in 'np1_east'."],
    [{ locations: [west] }, "Could not find cluster 'foo-dev' for 'nonprod' in 'np1_west'."],
    [
      { selectionStrategy: 'FAIL' },
      'Multiple possible server groups present in np1_east: foo-dev-v002, foo-dev-v001. Choose with selectionStrategy',
    ],
    [{ imageNamePattern: 'foo' }, "(team-foo) of foo-dev-v002 does not match imageNamePattern 'foo'."],
    [{ imageNamePattern: 'team-f' }, 'does not match'],
    [{ imageNamePattern: '(' }, 'imageNamePattern: '],
    [{ cluster: undefined }, 'names no cluster'],
    [{ locations: [east, west], resolveMissingLocations: false }, "for 'nonprod' in 'np1_west'."],
  ])('fails with what is wrong: %j', async (context, message) => {
    const { done, stage } = await find(context);
    expect(done.status).toBe('TERMINAL');
    expect(stage.failure?.message).toContain(message);
  });

  it('says that groups are there which are not enabled', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 0 });
    const done = await bench.run(buildPipeline([step()]));
    expect(stageOf(done, '1').failure?.message).toBe(
      "Could not find cluster 'foo-dev' for 'nonprod' in 'np1_east' that is enabled: there are foo-dev-v000. To consider them too, set onlyEnabled: false.",
    );
  });

  it('takes one of one where it may choose none of several', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 1 });
    expect((await bench.run(buildPipeline([step({ selectionStrategy: 'FAIL' })]))).status).toBe('SUCCEEDED');
  });

  it('gives a place without the cluster the image of the others', async () =>
    expect((await find({ locations: [east, west], resolveMissingLocations: 'true' })).tags).toEqual([
      'np1_east 1.2',
      'np1_west 1.2',
    ]));

  it('gives it none where the others differ', async () => {
    const bench = createStageBench();
    seed(bench);
    bench.serverGroups.seed({ location: west, name: 'foo-dev-v000', desired: 1 });
    const south = { ...east, region: 'south', group: 'south' };
    const context = { locations: [east, west, south], resolveMissingLocations: true };
    const done = await bench.run(buildPipeline([step(context)]));
    expect(stageOf(done, '1').failure?.message).toContain('The other places run several images: ');
  });

  it('asks again until the group has an image, ten minutes long', async () => {
    const bench = createStageBench();
    seed(bench);
    const list = bench.serverGroups.list.bind(bench.serverGroups);
    let isNamed = false;
    bench.serverGroups.list = async (...call) =>
      (await list(...call)).map((group) => (isNamed ? group : { ...group, image: undefined }));
    const timedOut = await bench.run(buildPipeline([step()]));
    expect(stageOf(timedOut, '1').failure?.code).toBe('TASK_TIMEOUT');
    expect((timedOut.endTime ?? 0) - (timedOut.startTime ?? 0)).toBe(600_000);
    isNamed = true;
    expect(await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'UBOB' })).toBe('');
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
  });

  it('ends where it is canceled', async () => {
    const bench = createStageBench();
    seed(bench);
    bench.serverGroups.list = () =>
      Promise.resolve([]).then(() => [{ image: undefined, desired: 1, instances: [] }] as never);
    await bench.start(buildPipeline([step()]));
    await driveUntil(bench, ({ stages }) => stages.some(({ tasks }) => tasks.some(({ looks }) => looks > 0)));
    await sendSignal(bench, { type: 'cancel', user: 'UBOB' });
    expect((await bench.drive('E1')).status).toBe('CANCELED');
  });

  it('tries again where DC/OS does not answer', async () => {
    const bench = createStageBench();
    seed(bench);
    bench.serverGroups.fail('list', 'UNREACHABLE');
    expect((await bench.run(buildPipeline([step()]))).status).toBe('SUCCEEDED');
  });
});

describe('a deploy after findImage', () => {
  const deployOf = (image: StageContext, trigger: Partial<StageContext> = {}): Execution => {
    const cluster = { ...describeCluster({ stack: 'prod', strategy: 'none' }), docker: { image } };
    const other = { ...step({ selectionStrategy: 'LARGEST' }), ref: '2' };
    const deploy = { ref: '3', type: 'deploy', after: ['1', '2'], context: { clusters: [cluster] } };
    const execution = buildPipeline([step(), other, deploy]);
    return { ...execution, trigger: { ...execution.trigger, ...trigger } };
  };
  const pushed = { type: 'docker', account: 'hub', repository: 'team/bar', tag: '7' };

  it.each([
    ['of the stage it names', { fromContext: true, stageId: '2' }, 'registry.example.com/team/foo:1.1'],
    ['of the nearest stage', { fromContext: true }, 'registry.example.com/team/foo:1.2'],
    ['without a tag, of the same repository', { imageId: 'team/foo' }, 'registry.example.com/team/foo:1.2'],
    ['with a tag as written', { imageId: 'team/foo:9' }, 'team/foo:9'],
    ['in parts as written', { registry: 'r.example.com', repository: 'foo', tag: '9' }, 'r.example.com/foo:9'],
    ['of another repository as written', { imageId: 'team/baz' }, 'team/baz'],
    ['of the trigger, which it names', { repository: 'team/bar', account: 'hub', fromTrigger: true }, 'team/bar:7'],
    ['of the trigger before its own tag', { imageId: 'team/bar:1', fromTrigger: true }, 'team/bar:7'],
    ['without a tag, of the trigger', { imageId: 'r.example.com/team/bar' }, 'r.example.com/team/bar:7'],
  ])('runs the image %s', async (_title, image, expected) => {
    const bench = createStageBench();
    seed(bench);
    const done = await bench.run(deployOf(image, pushed));
    expect(stageOf(done, '3').failure?.message).toBeUndefined();
    expect((await bench.serverGroups.get(east, 'foo-prod-v000'))?.image).toBe(expected);
  });

  it.each([
    [
      { fromContext: true, stageId: '9', pattern: 'foo.*' },
      'No image found in context for pattern foo.*: images were found by stages 1, 2, not by 9.',
    ],
    [
      { repository: 'team/bar', account: 'other', fromTrigger: true },
      'No tag found for image team/bar in trigger context.',
    ],
    [{ repository: 'team/foo', fromTrigger: true }, 'No tag found for image team/foo in trigger context.'],
    [{}, 'names no image. Give one'],
  ])('fails where there is none: %j', async (image, message) => {
    const bench = createStageBench();
    seed(bench);
    const done = await bench.run(deployOf(image, pushed));
    expect(stageOf(done, '3').failure?.message).toContain(message);
    expect(bench.serverGroups.effects).toEqual([]);
  });

  it('takes what was found in its own place first', async () => {
    const bench = createStageBench();
    seed(bench);
    bench.serverGroups.seed({ location: west, name: 'foo-dev-v000', desired: 1, image: 'team/foo:west' });
    const cluster = {
      ...describeCluster({ location: west, strategy: 'none' }),
      docker: { image: { fromContext: true } },
    };
    const steps = [
      step({ locations: [east, west] }),
      { ref: '2', type: 'deploy', after: ['1'], context: { clusters: [cluster] } },
    ];
    await bench.run(buildPipeline(steps));
    expect((await bench.serverGroups.get(west, 'foo-dev-v001'))?.image).toBe('team/foo:west');
  });

  it('ends the same wherever the process stops', async () => {
    const { end, points, differing } = await crashEverywhere({
      seed,
      execution: () => deployOf({ fromContext: true, stageId: '2' }),
      end: ({ status }, { serverGroups }) => [status, serverGroups.effects, serverGroups.sizes(east).at(-1)],
    });
    expect(end).toEqual(['SUCCEEDED', ['create nonprod/east/foo-prod-v000'], 'foo-prod-v000 ×2']);
    expect(points).toBeGreaterThan(10);
    expect(differing).toEqual([]);
  });
});
