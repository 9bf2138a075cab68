import { executionRenderer } from '../../src/app';
import { openDenialOf } from '../../src/engine/guard-override';
import { executionKind, messageKind, peopleKind } from '../../src/engine/document-kinds';
import { failureOf } from '../../src/engine/failure-of';
import type { Environment } from '../../src/model/application';
import type { Execution } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import type { ChoiceTarget } from '../../src/model/view';
import { east } from '../dcos/builders';
import { applicationOf } from '../support/child-kit';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { buildPipeline } from '../support/engine-kit';
import { ask, entriesOf } from '../support/handled-choices';
import { sendSignal } from '../support/send-signal';
import { createStageBench, west } from '../support/stage-kit';

const minuteMs = 60_000;
const why = 'foo: it answers with errors';

/** foo prod, where one group of four serves in both regions; UBOB alone may approve, UANN and UBOB may deploy. */
async function createBench(over: Partial<Environment> = {}) {
  const bench = await createCommandBench();
  const environments = bench.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
  for (const [name, environment] of environments) environments.set(name, { ...environment, ...over });
  for (const location of [east, west]) bench.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 4 });
  const stored = async (id: string): Promise<Execution> => {
    const found = await bench.store.get(executionKind, id);
    if (found === undefined) throw new Error('It is gone.');
    return found.document;
  };
  /** The button as the live message has it; undefined where it is not on offer. */
  const button = async (id: string, name = 'override') =>
    executionRenderer.live(await stored(id)).choices?.find((choice) => choice.name === name);
  const override = async (id: string, answer: string, user = 'UBOB', target?: ChoiceTarget) => {
    const offered = target ?? (await button(id))?.target;
    if (offered === undefined) throw new Error('There is no such button.');
    return ask(bench, { type: 'choice', name: 'override', target: offered, answer }, user);
  };
  return { ...bench, stored, button, override };
}

type Bench = Awaited<ReturnType<typeof createBench>>;

/** Disables the last group in the east, which the guard stops, and waits until people are asked. */
async function stopped(bench: Bench, text = 'disable foo prod/east v001 anyway=yes'): Promise<string> {
  const planned = await ask(bench, { type: 'text', text });
  const target = { kind: 'command', id: planned.id, hash: planned.plan?.hash ?? '' } as const;
  const id = (await ask(bench, { type: 'choice', name: 'confirm', target })).executionId ?? '';
  await bench.drive(id, minuteMs);
  return id;
}

const sizes = (bench: Bench) => bench.serverGroups.sizes(east);
const overrides = async (bench: Bench) => (await entriesOf(bench)).filter(({ kind }) => kind === 'override');
const messages = async (bench: Bench) =>
  (await bench.store.list(messageKind)).map(({ document }) => ({
    text: wordsOf(document.view),
    isLoud: document.target.kind === 'thread' && document.target.broadcast,
    choices: (document.view.choices ?? []).map(({ name }) => name),
  }));

describe('a step that the guard stops', () => {
  it.each([
    ['disable foo prod/east v001', 'foo-prod-v001 ×0'],
    ['destroy foo prod/east v001', undefined],
    ['resize foo prod/east 0', 'foo-prod-v001 ×0'],
  ])('offers an override when planned, and is carried out then: %s', async (text, left) => {
    const bench = await createBench();
    const refused = await ask(bench, { type: 'text', text });
    const targets = (refused.reply?.choices ?? []).map(({ target }) => (target.kind === 'run' ? target.text : ''));
    expect(targets).toContain(`${text} anyway=yes`);
    const id = await stopped(bench, `${text} anyway=yes`);
    expect(sizes(bench)).toEqual(['foo-prod-v001 ×4']);
    expect((await bench.override(id, why)).quiet).toBe(true);
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
    expect(sizes(bench)).toEqual([left ?? []].flat());
  });

  it('is asked about loudly, with the numbers, and so is its override', async () => {
    const bench = await createBench();
    const id = await stopped(bench);
    const reason =
      'Disabling foo-prod-v001 would leave cluster foo-prod in nonprod/east with 0 of 4 healthy instances.';
    const [asked] = (await messages(bench)).filter(({ text }) => text.includes('is stopped by the traffic guard'));
    expect(asked).toMatchObject({ isLoud: true, choices: ['override'] });
    expect(asked?.text).toContain(reason);
    await bench.override(id, why);
    await bench.drive(id);
    const after = await messages(bench);
    const [told] = after.filter(({ text }) => text.startsWith('@UBOB overrode the traffic guard'));
    expect(told).toMatchObject({ isLoud: true });
    expect(told?.text).toContain('it answers with errors');
    expect(after.flatMap(({ choices }) => choices)).not.toContain('override');
    expect(await overrides(bench)).toMatchObject([
      { action: 'override', who: 'UBOB', why: 'it answers with errors', environment: 'prod', executionId: id },
    ]);
  });

  it.each([
    ['UANN', 'A second person overrides the traffic guard, not who asked', { anyone: true, groups: [] }],
    ['UANN', 'only @managers may', {}],
    ['UEVE', 'only @managers may', {}],
    ['UEVE', 'only @crew may', { anyone: true, groups: [] }],
    ['UANN', 'not who asked. Ask @crew.', { groups: ['crew'] }],
  ])('is not for %s: %s (%j)', async (user, reason, approvers) => {
    const policy = {
      deployers: ['crew'],
      approvers: { groups: ['managers'], count: 1, excludeRequester: false, ...approvers },
    };
    const bench = await createBench({ policy });
    const id = await stopped(bench);
    const said = await bench.override(id, why, user);
    expect(wordsOf(said.reply)).toContain(reason);
    await bench.drive(id, minuteMs);
    expect(sizes(bench)).toEqual(['foo-prod-v001 ×4']);
    expect(await overrides(bench)).toEqual([]);
    expect((await entriesOf(bench)).filter(({ kind }) => kind === 'refusal').at(-1)).toMatchObject({ who: user });
  });

  it('is not for whoever has it run again', async () => {
    const bench = await createBench();
    const id = await stopped(bench);
    await bench.store.update(executionKind, id, (execution) => ({ ...execution, authentication: { user: 'UBOB' } }));
    expect(wordsOf((await bench.override(id, why)).reply)).toContain('A second person overrides');
  });

  it.each([
    ['bar: it answers with errors', "Type the application's name"],
    ['it answers with errors', "Type the application's name"],
    ['foo', 'Say why'],
    ['foo:  ', 'Say why'],
    ['', "Type the application's name"],
  ])('wants the name typed and a reason: %j', async (answer, reason) => {
    const bench = await createBench();
    const id = await stopped(bench);
    expect(wordsOf((await bench.override(id, answer)).reply)).toContain(reason);
    expect(await overrides(bench)).toEqual([]);
  });

  it('is overridden once: the second learns who was first', async () => {
    const bench = await createBench();
    const id = await stopped(bench);
    const target = (await bench.button(id))?.target;
    await bench.override(id, why, 'UBOB', target);
    expect(wordsOf((await bench.override(id, why, 'UBOB', target)).reply)).toContain('Already overridden by @UBOB');
  });

  it.each([
    ['other numbers', { desired: 3 }],
    ['another stage attempt', undefined],
  ])('is not overridden by a button of %s', async (_title, size) => {
    const bench = await createBench();
    const id = await stopped(bench);
    const old = (await bench.button(id))?.target;
    if (size === undefined) {
      await bench.drive(id);
      await ask(bench, { type: 'choice', name: 'retryStage', target: { kind: 'execution', id, stageId: '1' } });
      await bench.drive(id, minuteMs);
    } else {
      bench.serverGroups.remove(east, 'foo-prod-v001');
      bench.serverGroups.seed({ location: east, name: 'foo-prod-v001', ...size });
      await bench.drive(id, minuteMs);
    }
    expect(wordsOf((await bench.override(id, why, 'UBOB', old)).reply)).toContain('Something has changed since');
    expect(await overrides(bench)).toEqual([]);
    await bench.override(id, why);
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
  });

  it('asks again where the numbers changed between the override and the act', async () => {
    const bench = await createBench();
    const id = await stopped(bench);
    await bench.override(id, why);
    bench.serverGroups.remove(east, 'foo-prod-v001');
    bench.serverGroups.seed({ location: east, name: 'foo-prod-v001', desired: 2 });
    await bench.drive(id, minuteMs);
    expect(plainText((await bench.button(id))?.asks?.label ?? '')).toContain('0 of 2 healthy instances');
    expect(sizes(bench)).toEqual(['foo-prod-v001 ×2']);
  });

  it('asks again where it could not act while the override counted', async () => {
    const bench = await createBench();
    const id = await stopped(bench);
    bench.serverGroups.lock(east, 'foo-prod-v001', 'somebody');
    await bench.override(id, why);
    await bench.drive(id, 12 * minuteMs);
    bench.serverGroups.lock(east, 'foo-prod-v001', undefined);
    await bench.drive(id, minuteMs);
    expect(sizes(bench)).toEqual(['foo-prod-v001 ×4']);
    await bench.override(id, why);
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
  });

  it('goes on by itself once enough serves, and says so', async () => {
    const bench = await createBench();
    const id = await stopped(bench);
    bench.serverGroups.seed({ location: east, name: 'foo-prod-v002', desired: 1 });
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
    expect((await messages(bench)).flatMap(({ choices }) => choices)).not.toContain('override');
  });

  it('fails where nobody overrides it in half an hour', async () => {
    const bench = await createBench();
    const id = await stopped(bench);
    const waiting = await bench.drive(id, 25 * minuteMs);
    expect(waiting.status).toBe('RUNNING');
    const done = await bench.drive(id);
    expect(failureOf(done)).toMatchObject({ code: 'TRAFFIC_GUARD' });
    expect((done.endTime ?? 0) - done.buildTime).toBeLessThan(32 * minuteMs);
    expect(done.stages.flatMap((stage) => openDenialOf(stage) ?? [])).toEqual([]);
  });

  it('is judged by the environment whose cluster it is', async () => {
    const stages = [
      {
        refId: '1',
        requisiteStageRefIds: [],
        type: 'disableServerGroup',
        name: 'Elsewhere',
        context: { location: east, cluster: 'foo-dev', serverGroupName: 'foo-dev-v001' },
      },
    ];
    const bench = await createCommandBench(undefined, stages);
    const environments = bench.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
    const dev = environments.get('dev');
    const approvers = { groups: ['crew'], count: 1, excludeRequester: false };
    if (dev !== undefined) environments.set('dev', { ...dev, policy: { deployers: [], approvers } });
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2 });
    const planned = await bench.say('pipeline run foo p prod 2.0');
    const id = (await bench.press(planned, 'confirm')).executionId ?? '';
    await bench.drive(id, minuteMs);
    const execution = (await bench.store.get(executionKind, id))?.document;
    const target = execution && executionRenderer.live(execution).choices?.find(({ name }) => name === 'override');
    if (target === undefined) throw new Error('There is no such button.');
    const request = { type: 'choice', name: 'override', target: target.target, answer: why } as const;
    const peopled = async (crew: string[], managers: string[]) => {
      await bench.store.update(peopleKind, 'T1', (people) => ({ ...people, groups: { crew, managers } }));
    };
    await peopled(['UANN'], ['UBOB']);
    expect(wordsOf((await ask(bench, request, 'UBOB')).reply)).toContain('only @crew may');
    await peopled(['UANN', 'UBOB'], []);
    expect(wordsOf((await ask(bench, request, 'UBOB')).reply)).toContain('only @managers may');
    await peopled(['UANN', 'UBOB'], ['UBOB']);
    expect((await ask(bench, request, 'UBOB')).quiet).toBe(true);
  });
});

describe('a deployment that the guard stops', () => {
  it('asks nobody, and goes back', async () => {
    const bench = await createBench({ trafficGuard: { minInstances: 9 } });
    const planned = await bench.say('deploy foo prod 2.0');
    const id = (await bench.press(planned, 'confirm')).executionId ?? '';
    const done = await bench.drive(id);
    expect(failureOf(done)?.message).toContain('fewer than the 9 that must serve');
    expect((done.endTime ?? 0) - done.buildTime).toBeLessThan(10 * minuteMs);
    expect((await messages(bench)).flatMap(({ choices }) => choices)).not.toContain('override');
    expect(sizes(bench)).toContain('foo-prod-v001 ×4');
  });
});

describe('nobody is asked to set aside what the guard says', () => {
  const group = { location: east, cluster: 'foo-dev', serverGroupName: 'foo-dev-v000' };
  const bench = (environment: Partial<Environment> = {}) => {
    const made = createStageBench(undefined, new Map([applicationOf('foo', {}, environment)]));
    made.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 4 });
    return made;
  };

  it('to a strategy, which is a part of a deployment', async () => {
    const made = bench();
    const disable = { ref: '1', type: 'disableServerGroup', context: group };
    const trigger = {
      type: 'pipeline',
      user: 'UANN',
      correlationId: 'E0/1',
      parentExecutionId: 'E0',
      parentStageId: '1',
      parameters: { strategy: true, parentPipelineId: 'E0' },
    } as const;
    const done = await made.run(buildPipeline([disable], { trigger }), 2 * minuteMs);
    expect(failureOf(done)).toMatchObject({ code: 'TRAFFIC_GUARD' });
  });

  it('to what Chaos Monkey kills', async () => {
    const made = bench({ trafficGuard: { minInstances: 4 } });
    const notAfter = made.clock.now() + 60 * minuteMs;
    const context = { location: east, instanceIds: ['foo-dev-v000.0'], notAfter };
    const kill = { ref: '1', type: 'terminateInstances', context };
    const done = await made.run(buildPipeline([kill]), 6 * minuteMs);
    expect(failureOf(done)).toMatchObject({ code: 'TRAFFIC_GUARD' });
    expect(made.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×4']);
  });

  it('to a way back', async () => {
    const made = bench({ trafficGuard: { minInstances: 6 } });
    const resize = { ref: '1', type: 'resizeServerGroup', context: { ...group, capacity: { desired: 9 } } };
    await made.start(buildPipeline([resize]));
    await made.drive('E1', 1000);
    expect(made.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×9']);
    await sendSignal(made, { type: 'cancel', user: 'UANN' }, 'E1');
    const done = await made.drive('E1', 10 * minuteMs);
    expect(done.status).toBe('CANCELED');
    expect(made.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×9']);
  });
});
