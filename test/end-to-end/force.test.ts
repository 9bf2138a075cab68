import { createCrashPoints } from '../support/crash-points';
import { staff, startDeployingBot, type DeployingBot } from '../support/deploying-bot';

const { ann, bob, cat, eve } = staff;
const minuteMs = 60_000;
const old = '/prod/east/foo-prod-v000';

const file = `
application: foo
channel: deploys
image: registry.example.com/demo/foo
service: { cpus: 0.1, memoryMb: 64 }
environments:
  prod:
    regions: [prod/east]
    instances: 2
    pipeline: quick
    approvers: [managers]
    breakGlass: [oncall]
pipelines:
  quick: [{ type: deploy, strategy: redblack, timeout: 2h }]
`;

describe('a deployment that a Marathon deployment of somebody else keeps waiting', () => {
  let world: DeployingBot;
  /** Somebody scales the old group, for which there is no room. */
  const scale = (instances: number, force = false): string => {
    const query = new URLSearchParams({ force: String(force) });
    const body = JSON.stringify({ instances });
    const headers = { 'content-type': 'application/json' };
    const reply = world.dcos.core.handle({ method: 'PUT', path: `/v2/apps${old}`, query, headers, body });
    return (reply.body as { readonly deploymentId: string }).deploymentId;
  };
  const forced = () =>
    world.dcos.core.requests
      .list({ method: 'PUT' })
      .filter(({ path, query }) => path.includes('foo-prod-v000') && query.includes('force=true'));
  const running = () => world.deployments().map(({ id }) => id);
  const overrides = async () => (await world.entries()).filter(({ kind }) => kind === 'override');

  let foreign = '';
  beforeEach(async () => {
    world = await startDeployingBot(file);
    const container = { type: 'DOCKER', docker: { image: 'registry.example.com/demo/foo:1.0' } };
    world.dcos.core.seed({ id: old, instances: 2, cpus: 0.1, mem: 64, container });
    await world.clock.advance(10_000);
    world.dcos.core.setFault({ kind: 'noOffers', apps: old });
    foreign = scale(3);
    await world.type(ann, '/deploy foo prod 1.1');
    await world.run(minuteMs);
  });
  afterEach(() => world.stop());

  it('says who is busy with what and since when, and waits', async () => {
    const live = world.seen().find((text) => text.includes('Deploy foo 1.1 to prod') && text.includes('running'));
    expect(live).toContain(`Marathon is busy with deployment ${foreign}, which changes ${old} (since `);
    expect(world.hasButton('Force')).toBe(true);
    await world.run(20 * minuteMs);
    expect(world.sizes()).toEqual({ 'foo-prod-v000': 3, 'foo-prod-v001': 2 });
    expect(running()).toEqual([foreign]);
    expect((await world.execution()).status).toBe('RUNNING');
  });

  it('breaks it off once, where a second person says so and why, and goes on', async () => {
    const form = await world.open(bob, 'Force');
    expect(form).toContain(`${old} may be left half way: Marathon cancels deployment ${foreign}.`);
    await world.answer(bob, 'customers wait');
    await world.run(minuteMs);
    expect((await world.execution()).status).toBe('SUCCEEDED');
    expect(world.sizes()).toEqual({ 'foo-prod-v000': 0, 'foo-prod-v001': 2 });
    expect(running()).toEqual([]);
    expect(forced().map(({ status }) => status)).toEqual([200]);
    expect(world.seen()).toContainEqual(expect.stringContaining(`<@${bob}> forces`));
    expect(await overrides()).toMatchObject([
      {
        action: 'force',
        who: bob,
        why: 'customers wait',
        environment: 'prod',
        what: expect.stringContaining(`over deployment ${foreign}`) as string,
      },
    ]);
  });

  it.each([
    ['nobody in particular', eve, 'only @managers may'],
    ['who asked', ann, 'A second person has a deployment broken off, not who asked.'],
  ])('is not forced by %s: they are told in private, and it is written down', async (_who, user, told) => {
    await world.open(user, 'Force');
    await world.answer(user, 'I want to');
    await world.run(minuteMs);
    const said = world.seen(user).filter((text) => !world.seen(bob).includes(text));
    expect(said.at(-1)).toContain(told);
    expect(world.seen().filter((text) => text.includes(told))).toHaveLength(user === ann ? 1 : 0);
    expect(forced()).toEqual([]);
    expect(running()).toEqual([foreign]);
    expect(await overrides()).toEqual([]);
    expect((await world.entries()).filter(({ kind }) => kind === 'refusal')).toMatchObject([{ who: user }]);
  });

  it('is forced by who is on call alone, which is reviewed', async () => {
    await world.open(cat, 'Force');
    await world.answer(cat, 'customers wait');
    await world.run(minuteMs);
    expect((await world.execution()).status).toBe('SUCCEEDED');
    expect(forced()).toHaveLength(1);
    expect(await overrides()).toMatchObject([{ action: 'breakGlass', who: cat, why: 'customers wait' }]);
    expect(world.seen()).toContainEqual(expect.stringContaining(`<@${cat}> broke the glass`));
    expect(world.hasButton('Reviewed')).toBe(true);
  });

  it('wants to know why', async () => {
    await world.open(bob, 'Force');
    await world.answer(bob, ' ').catch(() => undefined);
    await world.run(minuteMs);
    expect(forced()).toEqual([]);
  });

  it('does not break off another deployment than the one that was named, and asks again', async () => {
    const shown = world.button('Force');
    const other = scale(4, true);
    expect(other).not.toBe(foreign);
    const before = forced().length;
    await world.open(bob, 'Force', shown);
    await world.answer(bob, 'customers wait');
    await world.run(3 * minuteMs);
    expect(forced()).toHaveLength(before);
    expect(running()).toEqual([other]);
    const form = await world.open(bob, 'Force');
    expect(form).toContain(other);
    expect(form).not.toContain(foreign);
    await world.answer(bob, 'this one too');
    await world.run(minuteMs);
    expect((await world.execution()).status).toBe('SUCCEEDED');
    expect(forced()).toHaveLength(before + 1);
    expect(world.sizes()['foo-prod-v000']).toBe(0);
  });

  it('refuses an answer about a deployment that another has followed, once that is known', async () => {
    await world.open(bob, 'Force');
    scale(4, true);
    await world.run(3 * minuteMs);
    const before = forced().length;
    await world.answer(bob, 'customers wait');
    await world.run(minuteMs);
    expect(world.seen(bob)).toContainEqual(expect.stringContaining('Something has changed since'));
    expect(forced()).toHaveLength(before);
    expect(await overrides()).toEqual([]);
  });

  it('breaks it off once where the answer to that is lost', async () => {
    await world.open(bob, 'Force');
    await world.answer(bob, 'customers wait', { isHandled: false });
    // The first is the refusal that says who holds the group.
    world.dcos.core.setFault({ kind: 'lostReply', method: 'PUT', path: 'foo-prod-v000', times: 2 });
    await world.run(2 * minuteMs);
    expect((await world.execution()).status).toBe('SUCCEEDED');
    expect(forced()).toHaveLength(1);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16])(
    'breaks it off once where the bot stops between the press and the request: point %i',
    async (point) => {
      await world.open(bob, 'Force');
      await world.answer(bob, 'customers wait', { isHandled: false });
      await world.restart(createCrashPoints(new Set([point])));
      await world.run(2 * minuteMs);
      await world.restart();
      await world.run(2 * minuteMs);
      expect((await world.execution()).status).toBe('SUCCEEDED');
      expect(forced()).toHaveLength(1);
      expect(running()).toEqual([]);
      expect(await overrides()).toHaveLength(1);
    },
  );
});
