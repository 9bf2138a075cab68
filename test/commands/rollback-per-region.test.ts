import type { Execution } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { west } from '../support/stage-kit';

type Bench = Awaited<ReturnType<typeof createCommandBench>>;

/** Both regions serve 1.1 and keep 1.0. */
async function prodBench(): Promise<Bench> {
  const bench = await createCommandBench();
  for (const location of [east, west]) {
    bench.serverGroups.seed({ location, name: 'foo-prod-v000', desired: 0, lastSize: 2, image: 'repo/foo:1.0' });
    bench.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 2, image: 'repo/foo:1.1' });
  }
  return bench;
}

async function run(bench: Bench, text: string): Promise<Execution> {
  const { executionId = '' } = await bench.press(await bench.say(text), 'confirm');
  return bench.drive(executionId);
}

const ask = async (bench: Bench, text = 'rollback foo prod') => wordsOf((await bench.say(text)).reply);

describe('a rollback of several regions', () => {
  it('goes back only where the last change was made', async () => {
    const bench = await prodBench();
    await run(bench, 'deploy foo prod/east 1.2');
    const card = await ask(bench);
    expect(card).toContain('Roll back foo prod/east: 1.2 → 1.1 (v001)');
    expect(card).toContain('west stays on 1.1.');
    const done = await run(bench, 'rollback foo prod');
    expect([done.name, done.definition.regions]).toEqual(['Roll back foo prod/east to 1.1', ['nonprod/east']]);
    expect(bench.serverGroups.sizes(west)).toEqual(['foo-prod-v000 ×0', 'foo-prod-v001 ×2']);
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-prod-v001 ×2', 'foo-prod-v002 ×0']);
  });

  it('goes back wherever the same version serves, though it came region by region', async () => {
    const bench = await prodBench();
    await run(bench, 'deploy foo prod/east 1.2');
    await run(bench, 'deploy foo prod/west 1.2');
    expect(await ask(bench)).toContain('Roll back foo prod: 1.2 → 1.1 (v001)');
  });

  it('says for each region what it comes from and goes to', async () => {
    const bench = await prodBench();
    await run(bench, 'deploy foo prod/west 1.15');
    await run(bench, 'deploy foo prod 1.2');
    const planned = await bench.say('rollback foo prod');
    const card = wordsOf(planned.reply);
    expect(card).toContain('Roll back foo prod: 1.2 → 1.1 (v001) in east, 1.15 (v002) in west');
    expect(card).toContain('nonprod/west: 1.2 → 1.15 (foo-prod-v003 → foo-prod-v002)');
    expect(planned.plan?.draft.name).toBe('Roll back foo prod to 1.1 in east, 1.15 in west');
    expect(planned.plan?.draft.definition.toVersion).toBe('1.1 in east, 1.15 in west');
  });

  it('takes a name wherever there is one, and says where there is none', async () => {
    const bench = await prodBench();
    await run(bench, 'deploy foo prod/west 1.15');
    expect(await ask(bench, 'rollback foo prod v000')).toMatch(
      /Roll back foo prod\/east: 1\.1 → 1\.0 \(v000\)\nwest stays on 1\.15: it has no 'v000'/,
    );
    expect(await ask(bench, 'rollback foo prod 1.1')).toMatch(
      /Roll back foo prod\/west: 1\.15 → 1\.1 \(v001\)\neast stays on 1\.1: it serves that already/,
    );
  });

  it('says what the regions serve that were not asked about, seen or not', async () => {
    const bench = await prodBench();
    expect(await ask(bench, 'rollback foo prod/east')).toContain('west stays on 1.1.');
    const look = bench.serverGroups.look.bind(bench.serverGroups);
    bench.serverGroups.look = (location, ...rest) =>
      location.region === 'west' ? Promise.reject(new Error('blind')) : look(location, ...rest);
    expect(await ask(bench, 'rollback foo prod/east')).toContain('west stays as it is.');
  });

  it('does not go to and fro when it is asked again', async () => {
    const bench = await prodBench();
    await run(bench, 'deploy foo prod/east 1.2');
    await run(bench, 'rollback foo prod');
    const again = await ask(bench);
    expect(again).not.toContain('1.2');
    expect(again).toContain('Roll back foo prod/west: 1.1 → 1.0 (v000)\neast stays on 1.1: no earlier version there');
  });

  it('takes no name while a deployment runs: canceling that goes back where it came from', async () => {
    const bench = await prodBench();
    await bench.press(await bench.say('deploy foo prod 1.2'), 'confirm');
    expect(await ask(bench, 'rollback foo prod 1.0')).toContain('Name a version once it is over');
  });
});
