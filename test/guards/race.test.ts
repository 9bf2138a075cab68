import { createTrafficGuard } from '../../src/guards';
import { executionKind } from '../../src/engine/document-kinds';
import { buildExecution, buildJudgment } from '../support/api-fixture';
import { createFakeServerGroups } from '../support/fake-server-groups';
import { createManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';
import { createRandom, type Random } from '../support/random';
import { east } from '../dcos/builders';

const cluster = 'foo-dev';
const nameOf = (index: number) => `foo-dev-v00${index}`;

/** What an execution does between two looks of others. */
type Step = () => Promise<'again' | 'done'>;

/** A cluster of so many groups that serve, and as many executions, each of which takes out a group of its own. */
async function build(count: number, random: Random) {
  const clock = createManualClock();
  const store = createMemoryStore(() => clock.now());
  const serverGroups = createFakeServerGroups(clock);
  const guard = createTrafficGuard(store, serverGroups);
  const list = serverGroups.list.bind(serverGroups);
  // Who asked Marathon may get the answer when others have asked and acted since.
  serverGroups.list = async (...call) => {
    const seen = await list(...call);
    for (let turns = Math.floor(random() * 12); turns > 0; turns -= 1) await Promise.resolve();
    return seen;
  };
  for (let index = 0; index < count; index += 1) {
    serverGroups.seed({ location: east, name: nameOf(index), desired: 2 });
    const id = `E${index}`;
    await store.create(executionKind, id, buildExecution({ id, stages: [buildJudgment('1', 'busy')] }));
  }
  /** Asks, may crash before it acts, acts, may crash before it gives back, and gives back. */
  const stepOf = (index: number): Step => {
    const going = [nameOf(index)];
    const executionId = `E${index}`;
    const request = { location: east, cluster, operation: 'Destroying', going, key: `${executionId}/1/1`, executionId };
    return async () => {
      const answer = await guard.reserve(request);
      if ('moved' in answer) return 'again';
      if (!answer.allowed) return random() < 0.3 ? 'done' : 'again';
      if (random() < 0.3) return 'again';
      if (random() < 0.5) serverGroups.remove(east, nameOf(index));
      else await serverGroups.resize(east, nameOf(index), 0, { force: false }).catch(() => undefined);
      if (random() < 0.3) return 'again';
      await guard.release(east, cluster, request.key);
      return 'done';
    };
  };
  const serving = () => serverGroups.sizes(east).filter((size) => !size.endsWith('×0')).length;
  return { steps: Array.from({ length: count }, (_, index) => stepOf(index)), serving };
}

/** Lets all of them step, some at once and some after each other, until each is done or has tried often enough. */
async function interleave(steps: readonly Step[], random: Random, look: () => void): Promise<void> {
  const open = new Set(steps);
  for (let round = 0; round < 30 && open.size > 0; round += 1) {
    const now = [...open].filter(() => random() < 0.8).sort(() => random() - 0.5);
    await Promise.all(now.map(async (step) => ((await step()) === 'done' ? open.delete(step) : undefined)));
    look();
  }
}

describe('executions that each take out another group of a cluster at once', () => {
  it.each([2, 3])('never take out all of %s, 200 times, however they interleave and crash', async (count) => {
    let leftOne = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = createRandom(seed);
      const { steps, serving } = await build(count, random);
      const least: number[] = [];
      await interleave(steps, random, () => least.push(serving()));
      expect({ seed, isEmpty: Math.min(...least) < 1 }).toEqual({ seed, isEmpty: false });
      if (Math.min(...least) === 1) leftOne += 1;
    }
    // Guards that let nothing through would prove nothing.
    expect(leftOne).toBeGreaterThan(150);
  });
});
