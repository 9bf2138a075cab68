import { executionKind } from '../../src/engine/document-kinds';
import { staff, startDeployingBot, type DeployingBot } from '../support/deploying-bot';

const { ann, bob } = staff;
const minuteMs = 60_000;
const label = 'Cancel release and roll back';

const file = `
application: foo
channel: deploys
image: registry.example.com/demo/foo
service: { cpus: 0.1, memoryMb: 64 }
environments:
  prod: { regions: [prod/east], instances: 2, pipeline: quick }
pipelines:
  quick: [{ type: deploy, strategy: redblack }]
  release:
    - { type: deploy, strategy: redblack }
    - { type: wait, for: 100m }
`;

describe('a rollback past a pipeline that has the cluster, in the chat', () => {
  let world: DeployingBot;
  const executions = async () => (await world.store().list(executionKind)).map(({ document }) => document);

  beforeEach(async () => {
    world = await startDeployingBot(file);
    const container = { type: 'DOCKER', docker: { image: 'registry.example.com/demo/foo:1.0' } };
    world.dcos.core.seed({ id: '/prod/east/foo-prod-v000', instances: 2, cpus: 0.1, mem: 64, container });
    await world.clock.advance(10_000);
    await world.type(bob, '/cox pipeline run foo release prod 1.1');
    await world.run(2 * minuteMs);
    await world.type(ann, '/rollback foo prod');
  });
  afterEach(() => world.stop());

  it('offers to cancel that first, and does both at one press', async () => {
    expect(world.sizes()).toEqual({ 'foo-prod-v000': 0, 'foo-prod-v001': 2 });
    expect([world.hasButton(label), world.hasButton('Wait for it')]).toEqual([true, true]);
    await world.press(ann, label);
    await world.run(5 * minuteMs);
    expect(
      (await executions()).map(({ definition, status, canceled }) => [definition.kind, status, canceled?.by]),
    ).toEqual([
      ['pipeline', 'CANCELED', ann],
      ['rollback', 'SUCCEEDED', undefined],
    ]);
    expect(world.sizes()).toEqual({ 'foo-prod-v000': 2, 'foo-prod-v001': 0 });
  });

  it('leaves no button of what was not chosen, and none to press again', async () => {
    const [past, waiting] = [world.button(label), world.button('Wait for it')];
    await world.press(ann, label, past);
    await expect(world.press(ann, label, past)).rejects.toThrow('element_not_found');
    await expect(world.press(ann, 'Wait for it', waiting)).rejects.toThrow('element_not_found');
    await world.run(5 * minuteMs);
    expect(await executions()).toHaveLength(2);
  });

  it('is not for others to press, who are shown nothing of it', async () => {
    await world.press(bob, label).catch(() => undefined);
    await world.run(minuteMs);
    expect((await executions()).map(({ status }) => status)).toEqual(['RUNNING']);
    expect(world.sizes()).toEqual({ 'foo-prod-v000': 0, 'foo-prod-v001': 2 });
  });
});
