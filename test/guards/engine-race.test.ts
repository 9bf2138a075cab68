import { executionKind } from '../../src/engine/document-kinds';
import type { Execution } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { parentOf } from '../support/child-kit';
import { createRandom, type Random } from '../support/random';
import { createStageBench } from '../support/stage-kit';

const groups = ['foo-dev-v000', 'foo-dev-v001'];

/** An execution that disables one group, which does not take the cluster first: only the guard stands between two. */
const disabling = (serverGroupName: string): Execution =>
  parentOf(
    [
      {
        ref: '1',
        type: 'disableServerGroup',
        context: { cluster: 'foo-dev', serverGroupName, credentials: 'nonprod', location: east },
      },
    ],
    { id: `E-${serverGroupName}` },
  );

async function later(random: Random): Promise<void> {
  for (let turns = Math.floor(random() * 12); turns > 0; turns -= 1) await Promise.resolve();
}

/** Lets both executions go on at once for a while, and answers how little served at any time, and at last. */
async function race(random: Random) {
  const bench = createStageBench();
  const { store, clock, serverGroups } = bench;
  for (const name of groups) serverGroups.seed({ location: east, name, desired: 2 });
  const list = serverGroups.list.bind(serverGroups);
  // Who asked Marathon may get the answer when others have asked and acted since.
  serverGroups.list = async (...call) => {
    const seen = await list(...call);
    await later(random);
    return seen;
  };
  const serving = () => serverGroups.sizes(east).filter((size) => !size.endsWith('×0')).length;
  for (const name of groups) await bench.start(disabling(name));
  const endsAt = clock.now() + 6_000;
  let least = serving();
  for (let turn = 0; turn < 500; turn += 1) {
    const owner = `owner-${turn}`;
    const query = { kinds: [executionKind], owner, now: clock.now(), leaseMs: 10_000, limit: 2 };
    const claimed = await store.claimDue(query);
    const handled = claimed.map(async ({ document }) => {
      await later(random);
      await bench.handle(document as Execution, owner);
    });
    await Promise.all(handled);
    least = Math.min(least, serving());
    if (claimed.length > 0) continue;
    const next = await store.nextDue(['execution'], clock.now());
    if (next === undefined || next > endsAt) break;
    await clock.advance(Math.max(1, next - clock.now()));
  }
  return { least, left: serving() };
}

describe('two executions that each disable the other group of a cluster at once', () => {
  it('never take out both, 200 times, and one of them does', async () => {
    const seen: Record<string, number> = {};
    for (let seed = 1; seed <= 200; seed += 1) {
      const { least, left } = await race(createRandom(seed));
      const key = `${least} at least, ${left} at last`;
      seen[key] = (seen[key] ?? 0) + 1;
    }
    expect(seen).toEqual({ '1 at least, 1 at last': 200 });
  });
});
