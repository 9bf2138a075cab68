import { takeToken, type Bucket } from '../../src/slack/token-bucket';

const limits = { capacity: 2, perMinute: 60 };
const takeAll = (times: readonly number[]): number[] => {
  let bucket: Bucket | undefined;
  return times.map((now) => {
    const taken = takeToken(bucket, now, limits);
    bucket = taken.bucket;
    return taken.waitMs;
  });
};

describe('takeToken', () => {
  it.each<[string, readonly number[], readonly number[]]>([
    ['lets its capacity through, then promises places one by one', [0, 0, 0, 0], [0, 0, 1000, 2000]],
    ['fills up with time', [0, 0, 1000, 1000], [0, 0, 0, 1000]],
    ['never holds more than its capacity', [0, 3_600_000, 3_600_000, 3_600_000], [0, 0, 0, 1000]],
    ['does not count a clock that goes back', [5000, 5000, 1000], [0, 0, 1000]],
  ])('%s', (_name, times, waits) => {
    expect(takeAll(times)).toEqual(waits);
  });
});
