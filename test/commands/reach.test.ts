import { executionKind } from '../../src/engine/document-kinds';
import type { Environment, Pipeline, PipelineStage } from '../../src/model/application';
import type { StageContext } from '../../src/model/execution';
import { windowOf } from '../support/draw-window';
import { east } from '../dcos/builders';
import { childIn } from '../support/child-kit';
import { createCommandBench, wordsOf } from '../support/command-kit';

const stage = (type: string, context: StageContext): PipelineStage => ({
  refId: '1',
  requisiteStageRefIds: [],
  type,
  name: `The ${type}`,
  context,
});
const pipeline = (name: string, ...stages: readonly PipelineStage[]): Pipeline => ({ name, stages });

const place = { credentials: 'nonprod', regions: ['east'] };
const shrink = { ...place, cluster: 'foo-prod', shrinkToSize: 1 };
const named = pipeline('named', stage('shrinkCluster', shrink));
const runsNamed = pipeline('parent', stage('pipeline', { pipeline: 'named' }));
const runsQuiet = pipeline('above', stage('pipeline', { pipeline: 'quiet' }));
const quiet = pipeline('quiet', stage('wait', { waitTime: 600 }));
const killing = pipeline('killing', stage('terminateInstances', { ...place, instanceIds: ['foo-dev-v000.1'] }));
const across = pipeline('across', stage('pipeline', { pipeline: 'quiet', environment: 'prod' }));
const deeper = pipeline('deeper', stage('pipeline', { pipeline: 'across' }));
const gently: Pipeline = { ...pipeline('gently', stage('shrinkCluster', shrink)), strategy: true };
const custom = pipeline('custom', stage('deploy', { strategy: 'custom', strategyPipeline: 'gently' }));
const evaluated = pipeline('evaluated', stage('pipeline', { pipeline: "${'named'}" }));
const all = [evaluated, across, deeper, gently, custom, named, runsNamed, runsQuiet, quiet, killing];

/** `foo` with those pipelines; `first` is in the place of the one that deploys to dev and prod. */
async function bench(first: Partial<Pipeline> = {}) {
  const it = await createCommandBench(undefined, undefined, undefined, all, first);
  for (const environment of ['dev', 'prod'])
    it.serverGroups.seed({ location: east, name: `foo-${environment}-v000`, desired: 2, image: 'repo/foo:1.0' });
  return it;
}
type Bench = Awaited<ReturnType<typeof bench>>;

const confirmed = async (it: Bench, text: string): Promise<string> => {
  const said = await it.say(text);
  return said.executionId ?? (await it.press(said, 'confirm')).executionId ?? wordsOf(said.reply);
};

describe('a pipeline whose stages name a cluster of another environment', () => {
  it('is refused to who may not change that one, and says which stage names it', async () => {
    const it = await bench();
    const said = await it.say('pipeline run foo named dev', 'UEVE');
    expect(wordsOf(said.reply)).toBe(
      "You may not change foo prod: only @crew may. Ask one of them.\nPipeline named is run for dev, but stage 'The shrinkCluster' names foo-prod.",
    );
    expect([said.plan, await it.executions()]).toEqual([undefined, []]);
  });

  it('is refused to a deployment by it as well', async () => {
    const it = await bench({ stages: [stage('shrinkCluster', shrink)] });
    expect(wordsOf((await it.say('deploy foo dev 1.1', 'UEVE')).reply)).toContain('You may not change foo prod');
    expect(await it.executions()).toEqual([]);
  });

  it('waits for a confirmation of who may, as that environment wants', async () => {
    const it = await bench();
    const said = await it.say('pipeline run foo named dev');
    expect(said.executionId).toBeUndefined();
    expect(wordsOf(said.reply)).toContain("It changes foo prod too: stage 'The shrinkCluster' names foo-prod.");
    const deploying = await (await bench({ stages: [stage('shrinkCluster', shrink)] })).say('deploy foo dev 1.1');
    expect(deploying.executionId).toBeUndefined();
    expect(wordsOf(deploying.reply)).toContain('It changes foo prod too');
  });

  it('is planned while somebody is at work there, says so, and waits', async () => {
    const it = await bench();
    const other = await confirmed(it, 'deploy foo prod 1.1');
    await it.drive(other, 1000);
    const said = await it.say('pipeline run foo named dev');
    expect(wordsOf(said.reply)).toContain(
      'Deploy foo 1.1 to prod is at work on foo-prod, asked by @UANN. The stage waits for that.',
    );
    const id = (await it.press(said, 'confirm')).executionId ?? '';
    await it.drive(id, 6000);
    const steps = JSON.stringify((await it.live(id))?.steps);
    expect(steps).toContain('Deploy foo 1.1 to prod');
    const done = await it.drive(id);
    const ended = (await it.executions()).find((execution) => execution.id === other)?.endTime ?? 0;
    const acted = done.stages.flatMap(({ waits = [] }) => waits.map(({ until = 0 }) => until));
    expect([done.status, acted.every((at) => at >= ended && ended > 0), acted.length > 0]).toEqual([
      'SUCCEEDED',
      true,
      true,
    ]);
  });

  it('is refused as a child as well, where only an expression says which it is', async () => {
    const it = await bench();
    const { executionId = '' } = await it.say('pipeline run foo evaluated dev', 'UEVE');
    const done = await it.drive(executionId);
    expect([done.status, done.stages[0]?.failure?.message]).toEqual([
      'TERMINAL',
      "@UEVE, who asked for 'Run evaluated of foo in dev', may not change foo prod: only @crew may. Ask one of them. Stage 'The shrinkCluster' of pipeline foo/named names foo-prod.",
    ]);
  });

  it('waits as a child while somebody is at work there', async () => {
    const it = await bench();
    await it.drive(await confirmed(it, 'deploy foo prod 1.1'), 1000);
    const parent = await confirmed(it, 'pipeline run foo parent dev');
    await it.drive(parent, 1000);
    expect(JSON.stringify((await it.live(parent))?.steps)).toContain('Deploy foo 1.1 to prod');
  });
});

describe('a pipeline that names the cluster of a locked or closed environment', () => {
  const change = (it: Bench, name: string, over: Partial<Environment>) => {
    const environments = it.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
    const environment = environments.get(name);
    if (environment === undefined) throw new Error(`No ${name}.`);
    environments.set(name, { ...environment, ...over });
  };
  const window = windowOf("{ hours: '02:00-02:59' }", 'UTC');

  it('is planned all the same, and says what its stage waits for', async () => {
    const it = await bench();
    await it.say('lock foo prod 2h migration', 'UBOB');
    change(it, 'prod', { window });
    const said = wordsOf((await it.say('pipeline run foo named dev')).reply);
    expect(said).toMatch(/foo prod is locked by @UBOB since .*: migration\. The stage waits for that\./);
    expect(said).toContain('The window of foo prod is closed; opens 2026-01-01 02:00 UTC. The stage waits for that.');
    expect(wordsOf((await it.say('pipeline run foo named dev', 'UBOB')).reply)).not.toContain('locked');
  });

  it('is let through before the window by those who may there, whoever may here', async () => {
    const it = await bench();
    change(it, 'prod', { window });
    const id = await confirmed(it, 'pipeline run foo named dev');
    await it.drive(id, 60_000);
    const choice = (await it.live(id))?.choices?.find(({ name }) => name === 'startNow');
    if (choice?.target.kind !== 'execution') throw new Error('Nothing to start now.');
    const button = { type: 'choice', name: 'startNow', target: choice.target } as const;
    const press = async (user: string, answer?: string) =>
      it.handle(await it.receive({ ...button, ...(answer === undefined ? {} : { answer }) }, user));
    const stranger = await press('UEVE', 'urgent');
    expect([stranger.reply?.denied, wordsOf(stranger.reply)]).toEqual([
      true,
      'You cannot decide here: only @managers may.',
    ]);
    const target = { kind: 'command', id: stranger.id } as const;
    const asked = await it.handle(await it.receive({ type: 'choice', name: 'ask', target }, 'UEVE'));
    expect(wordsOf(asked.reply)).toBe('Asked @managers.');
    expect(wordsOf((await press('UBOB')).reply)).toContain('Say why');
    expect(wordsOf((await it.say(`pipeline skip ${id} reason=urgent`, 'UBOB')).reply)).not.toContain(
      'waits for nothing',
    );
    expect((await it.drive(id, 600_000)).status).toBe('SUCCEEDED');
  });
});

describe('a start before the window of another environment', () => {
  it('does not count for a window that it was shown for while people are judged by another', async () => {
    const it = await bench();
    const environments = it.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
    const [dev, prod] = [environments.get('dev'), environments.get('prod')];
    if (dev === undefined || prod === undefined) throw new Error('There is no prod.');
    const window = windowOf("{ hours: '02:00-02:59' }", 'UTC');
    environments.set('prod', { ...prod, window });
    environments.set('lab', { ...dev, name: 'lab', window });
    const id = await confirmed(it, 'pipeline run foo named dev');
    await it.drive(id, 60_000);
    const target = (await it.live(id))?.choices?.find(({ name }) => name === 'startNow')?.target;
    if (target === undefined) throw new Error('Nothing to start now.');
    const waitsIn = (place: string) =>
      it.store.update(executionKind, id, (execution) => ({
        ...execution,
        stages: execution.stages.map((each) => {
          const { waitsFor } = each.context;
          return waitsFor === undefined
            ? each
            : { ...each, context: { ...each.context, waitsFor: { ...(waitsFor as StageContext), place } } };
        }),
      }));
    await waitsIn('foo lab');
    const { signal } = it.world;
    Object.assign(it.world, {
      signal: async (...call: Parameters<typeof signal>) => {
        await waitsIn('foo prod');
        return signal(...call);
      },
    });
    const request = { type: 'choice', name: 'startNow', target, answer: 'urgent' } as const;
    const said = await it.handle(await it.receive(request, 'UEVE'));
    expect([said.reply?.denied, wordsOf(said.reply)]).toEqual([
      'PLAN_CHANGED',
      expect.stringContaining('waits for the window of foo lab'),
    ]);
    expect((await it.drive(id, 600_000)).status).toBe('RUNNING');
  });
});

describe('a pipeline that runs others which change another environment', () => {
  it.each([
    ['parent', "stage 'The shrinkCluster' of pipeline foo/named names foo-prod"],
    ['across', "stage 'The pipeline' runs foo/quiet for foo prod"],
    ['deeper', "stage 'The pipeline' of pipeline foo/across runs foo/quiet for foo prod"],
    ['custom', "stage 'The shrinkCluster' of pipeline foo/gently names foo-prod"],
  ])('waits for a confirmation, and is refused to strangers: %s', async (name, why) => {
    const it = await bench();
    const text = `pipeline run foo ${name} dev${name === 'custom' ? ' 2.0' : ''}`;
    const said = await it.say(text);
    expect(said.executionId).toBeUndefined();
    expect(wordsOf(said.reply)).toContain(`It changes foo prod too: ${why}.`);
    const refused = wordsOf((await it.say(text, 'UEVE')).reply);
    expect(refused).toContain('You may not change foo prod: only @crew may.');
    expect(refused).toContain(`Pipeline ${name} is run for dev, but ${why}.`);
    expect(await it.executions()).toEqual([]);
  });

  it('need not wait until nobody is at work there', async () => {
    const it = await bench();
    await it.drive(await confirmed(it, 'deploy foo prod 1.1'), 1000);
    expect((await it.say('pipeline run foo parent dev')).plan).toBeDefined();
  });
});

describe('a pipeline that touches server groups by the names that it spells out', () => {
  it('takes the cluster of its environment', async () => {
    const it = await bench();
    await it.drive(await confirmed(it, 'deploy foo dev 1.1'), 1000);
    expect(wordsOf((await it.say('pipeline run foo killing dev')).reply)).toContain('is under way, asked by @UANN');
  });
});

describe('a child that touches no cluster', () => {
  it('runs beside a deployment', async () => {
    const it = await bench();
    await it.drive(await confirmed(it, 'deploy foo dev 1.1'), 1000);
    await it.drive(await confirmed(it, 'pipeline run foo above dev'), 1000);
    expect((await childIn(it)).definition.regions).toEqual([]);
  });
});
