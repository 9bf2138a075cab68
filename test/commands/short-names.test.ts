import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { west } from '../support/stage-kit';

type Bench = Awaited<ReturnType<typeof createCommandBench>>;

/** foo prod in two regions: v002 serves, v001 is out of service and was 2; their versions are given. */
async function prod(older = '1.1', newer = '1.2'): Promise<Bench> {
  const it = await createCommandBench();
  for (const location of [east, west]) {
    it.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 0, lastSize: 2, image: `repo/foo:${older}` });
    it.serverGroups.seed({ location, name: 'foo-prod-v002', desired: 2, image: `repo/foo:${newer}`, createdTime: 9 });
  }
  return it;
}

const asked = async (it: Bench, text: string) => wordsOf((await it.say(text)).reply);

describe.each(['v1', 'v01', 'v001', 'foo-prod-v001', 'foo-prod-v1'])('a server group that is called %s', (word) => {
  it.each([
    `resize foo prod 3 group=${word}`,
    `destroy foo prod ${word}`,
    `enable foo prod ${word}`,
    `clone foo prod from=${word}`,
    `rollback foo prod ${word}`,
  ])('is meant by %s', async (text) => {
    const it = await prod();
    const { plan } = await it.say(text);
    expect(JSON.stringify(plan?.draft.stages)).toContain('foo-prod-v001');
    expect(plan?.draft.definition.regions).toEqual(['nonprod/east', 'nonprod/west']);
  });
});

it.each(['disable foo prod v2', 'logs foo prod group=v2'])('%s finds the group', async (text) => {
  expect(await asked(await prod(), text)).toContain('foo-prod-v002');
});

it('a resize of a group that is not there names those that are', async () => {
  const said = await (await prod()).say('resize foo prod 3 group=v003');
  expect(wordsOf(said.reply)).toContain("foo prod has no server group 'v003' (it has v002, v001).");
  const offered = (said.reply?.choices ?? []).map(({ target }) => (target.kind === 'run' ? target.text : ''));
  expect(offered).toEqual([expect.stringMatching(/^resize foo prod 3 group=v00[12]$/)]);
});

it('a resize is called after the group, however that was written', async () => {
  const { plan } = await (await prod()).say('resize foo prod 3 group=v2');
  expect(plan?.draft.name).toBe('Resize foo prod v002 from 2 to 3');
});

it('a rollback goes to the version of that name before it goes to a group', async () => {
  const it = await prod('v2', '1.0');
  expect(await asked(it, 'rollback foo prod v2')).toContain('1.0 → v2 (v001)');
});
