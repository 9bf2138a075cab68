import { isOurs } from '../../src/drift/is-ours';
import type { Stage, Task } from '../../src/model/execution';
import { buildExecution } from '../support/api-fixture';

const group = { name: 'foo-prod-v001', createdTime: 1, version: '1' };
const scaled = (before: number, after: number) => ({
  type: 'scaled' as const,
  before: { ...group, desired: before },
  after: { ...group, desired: after },
});

/** A stage that resized `foo-prod-v001` in nonprod/east. */
function resized(size: number, task: Partial<Task>, name = group.name): Stage {
  return {
    id: `${size}`,
    refId: '1',
    type: 'resizeServerGroup',
    name: 'Resize',
    status: 'SUCCEEDED',
    requisiteStageRefIds: [],
    context: { location: { account: 'nonprod', region: 'east' }, targetDesiredSize: size },
    outputs: { targetServerGroup: name },
    tasks: [{ id: '1', name: 'resizeServerGroup', status: 'SUCCEEDED', looks: 1, ...task }],
    planned: { before: true, after: true, onFailure: false },
    attempt: 1,
  };
}

const done = (endTime: number): Partial<Task> => ({ status: 'SUCCEEDED', endTime });
const memo = { size: 0 };

/** Looks that began at 100 and at 200. */
describe('isOurs', () => {
  it.each([
    ['what we did between the looks', scaled(4, 0), [resized(0, done(150))], true],
    ['what we had done before the look before', scaled(4, 0), [resized(0, done(99))], false],
    ['what the last of ours left behind', scaled(4, 2), [resized(0, done(120)), resized(2, done(150))], true],
    ['what an earlier one of ours left behind', scaled(4, 0), [resized(0, done(120)), resized(2, done(150))], false],
    [
      'the one before the last, where the last may have come after the look',
      scaled(4, 0),
      [resized(0, done(120)), resized(2, done(201))],
      true,
    ],
    ['what has been sent and not answered', scaled(4, 0), [resized(0, { status: 'RUNNING', memo })], true],
    ['what nobody has decided to send', scaled(4, 0), [resized(0, { status: 'RUNNING' })], false],
    [
      'what was cut off, and may have taken effect',
      scaled(4, 0),
      [resized(0, { status: 'CANCELED', endTime: 90, memo })],
      true,
    ],
    ['what was cut off long ago', scaled(4, 0), [resized(0, { status: 'CANCELED', endTime: -15_000, memo })], false],
    ['what we did to another group', scaled(4, 0), [resized(0, done(150), 'foo-prod-v002')], false],
  ])('knows %s', (_, change, stages, expected) => {
    const span = { place: 'nonprod/east', since: 100, at: 200 };
    expect(isOurs(change, span, [buildExecution({ stages })])).toBe(expected);
  });
});
