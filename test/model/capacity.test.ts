import { exactly, healthyTarget, resizedCapacity, type Capacity, type ResizeRequest } from '../../src/model/capacity';

const capacity = (min: number, desired: number, max: number): Capacity => ({ min, desired, max });
const sizes = ({ min, desired, max }: Capacity) => [min, desired, max];

it.each([
  [4, 100, 4],
  [4, 75, 3],
  [4, 50, 2],
  [3, 50, 2],
  [5, 50, 3],
  [5, 49, 2],
  [10, 94, 9],
  [10, 95, 10],
  [100, 99, 99],
  [1, 50, 1],
  [1, 49, 1],
  [3, 1, 1],
  [10, 4, 1],
  [10, 0, 0],
  [0, 50, 0],
  [0, 100, 0],
])('of %s instances %s %% are %s, never rounded to none (semantics §4.2)', (size, percentage, healthy) => {
  expect(healthyTarget(size, percentage)).toBe(healthy);
});

describe('resizedCapacity (semantics §4.5)', () => {
  it.each<[string, Capacity, ResizeRequest, readonly number[]]>([
    ['10 up 50 %', exactly(10), { action: 'scale_up', scalePct: 50 }, [15, 15, 15]],
    ['10 down 50 %', exactly(10), { action: 'scale_down', scalePct: 50 }, [5, 5, 5]],
    ['10 down 1000 %', exactly(10), { action: 'scale_down', scalePct: 1000 }, [0, 0, 0]],
    ['10 down 6', exactly(10), { action: 'scale_down', scaleNum: 6 }, [4, 4, 4]],
    ['10 up 6', exactly(10), { action: 'scale_up', scaleNum: 6 }, [16, 16, 16]],
    ['10 down 10', exactly(10), { action: 'scale_down', scaleNum: 10 }, [0, 0, 0]],
    ['10 down 11', exactly(10), { action: 'scale_down', scaleNum: 11 }, [0, 0, 0]],
    ['a step rounded up: 3 up 50 %', exactly(3), { action: 'scale_up', scalePct: 50 }, [5, 5, 5]],
    ['a step rounded up: 3 down 50 %', exactly(3), { action: 'scale_down', scalePct: 50 }, [1, 1, 1]],
    ['a step rounded up: 10 up 1 %', exactly(10), { action: 'scale_up', scalePct: 1 }, [11, 11, 11]],
    ['a step rounded up: 1 down 1 %', exactly(1), { action: 'scale_down', scalePct: 1 }, [0, 0, 0]],
    ['10 up 0 %', exactly(10), { action: 'scale_up', scalePct: 0 }, [10, 10, 10]],
    ['10 up 100 %', exactly(10), { action: 'scale_up', scalePct: 100 }, [20, 20, 20]],
    ['nothing up 50 %', exactly(0), { action: 'scale_up', scalePct: 50 }, [0, 0, 0]],
    ['nothing up 2', exactly(0), { action: 'scale_up', scaleNum: 2 }, [2, 2, 2]],
    ['up by neither', exactly(10), { action: 'scale_up' }, [10, 10, 10]],
    ['down by neither', exactly(10), { action: 'scale_down' }, [10, 10, 10]],
    ['the percentage before the number', exactly(10), { action: 'scale_up', scalePct: 10, scaleNum: 5 }, [11, 11, 11]],
    [
      'a percentage of 0 before the number',
      exactly(10),
      { action: 'scale_up', scalePct: 0, scaleNum: 5 },
      [10, 10, 10],
    ],
    ['each size by its own step', capacity(2, 5, 10), { action: 'scale_up', scalePct: 50 }, [3, 8, 15]],
    ['each size down by its own step', capacity(2, 5, 10), { action: 'scale_down', scalePct: 50 }, [1, 2, 5]],
    ['each size by the number', capacity(2, 5, 10), { action: 'scale_down', scaleNum: 3 }, [0, 2, 7]],
    ['exactly 3', exactly(10), { action: 'scale_exact', capacity: { desired: 3 } }, [10, 3, 10]],
    ['exactly 0', exactly(10), { action: 'scale_exact', capacity: { min: 0, desired: 0, max: 0 } }, [0, 0, 0]],
    ['at least 12', exactly(10), { capacity: { min: 12 } }, [12, 12, 12]],
    ['at least 2', exactly(10), { capacity: { min: 2 } }, [2, 10, 10]],
    ['at most 4', exactly(10), { capacity: { max: 4 } }, [4, 4, 4]],
    ['at most 20', exactly(10), { capacity: { max: 20 } }, [10, 10, 20]],
    ['at least 8 and at most 4', exactly(10), { capacity: { min: 8, max: 4 } }, [4, 4, 4]],
    ['a desired size is not clamped', exactly(10), { capacity: { min: 2, desired: 20, max: 4 } }, [2, 20, 4]],
    ['a desired size below the smallest', exactly(10), { capacity: { min: 5, desired: 1 } }, [5, 1, 10]],
    ['a larger maximum from the smallest', capacity(1, 2, 3), { capacity: { min: 7 } }, [7, 7, 7]],
    ['nothing asked for', capacity(1, 2, 3), {}, [1, 2, 3]],
    ['nothing asked for exactly', capacity(1, 2, 3), { action: 'scale_exact', capacity: {} }, [1, 2, 3]],
    ['exact before its action', exactly(10), { action: 'scale_up', resizeType: 'exact', scaleNum: 5 }, [10, 10, 10]],
    [
      'exact, with its capacity',
      exactly(10),
      { action: 'scale_down', resizeType: 'exact', scalePct: 50, capacity: { min: 7, desired: 7, max: 7 } },
      [4, 4, 7],
    ],
    ['half of what it is, without an action', exactly(10), { resizeType: 'pct', scalePct: 50 }, [5, 5, 10]],
    ['the least of a single one', exactly(1), { capacity: { min: 0 } }, [0, 1, 1]],
    ['the most of a single one', exactly(1), { capacity: { max: 0 } }, [0, 0, 0]],
    ['a larger least than the most', exactly(1), { capacity: { min: 2 } }, [2, 2, 2]],
    ['a larger least below the most', capacity(1, 1, 3), { capacity: { min: 2 } }, [2, 2, 3]],
    ['both bounds around it', exactly(1), { capacity: { min: 0, max: 2 } }, [0, 1, 2]],
    ['both bounds below it', capacity(1, 3, 3), { capacity: { min: 0, max: 2 } }, [0, 2, 2]],
    ['all three as they are', capacity(1, 3, 3), { capacity: { min: 0, desired: 3, max: 2 } }, [0, 3, 2]],
  ])('%s', (_title, live, request, expected) => expect(sizes(resizedCapacity({ live }, request))).toEqual(expected));

  it.each<[string, readonly Capacity[], ResizeRequest, readonly number[]]>([
    ['takes the largest', [exactly(3), exactly(7), exactly(5)], {}, [7, 7, 7]],
    ['takes the largest of each size', [capacity(1, 2, 9), capacity(2, 5, 6)], {}, [2, 5, 9]],
    ['adds a number', [capacity(1, 4, 9)], { scaleNum: 2 }, [1, 6, 9]],
    ['adds a percentage', [capacity(1, 4, 9)], { scalePct: 50 }, [1, 6, 9]],
    ['adds never more than the maximum', [capacity(1, 4, 5)], { scaleNum: 3 }, [1, 5, 5]],
    ['adds nothing where all sizes are one', [exactly(4), exactly(2)], { scalePct: 100 }, [4, 4, 4]],
    ['is 0 where all are', [exactly(0), exactly(0)], { scaleNum: 1 }, [0, 0, 0]],
    ['is 0 without groups', [], {}, [0, 0, 0]],
  ])('scale_to_cluster %s', (_title, cluster, request, expected) =>
    expect(sizes(resizedCapacity({ live: exactly(1), cluster }, { action: 'scale_to_cluster', ...request }))).toEqual(
      expected,
    ),
  );

  const given = { capacity: { min: 4, desired: 5, max: 6 } };
  it.each<[string, ResizeRequest, readonly number[]]>([
    ['pins nothing', {}, [4, 5, 6]],
    ['pins the smallest', { pinMinimumCapacity: true }, [5, 5, 6]],
    ['takes all of it', { scalePct: 100 }, [4, 5, 6]],
    ['takes half of it, rounded up', { scalePct: 50 }, [3, 3, 6]],
    ['takes a quarter of it, rounded up', { scalePct: 25 }, [2, 2, 6]],
    ['takes a fifth of it', { scalePct: 20 }, [1, 1, 6]],
    ['takes none of it', { scalePct: 0 }, [0, 0, 6]],
    ['takes more than it', { scalePct: 200 }, [4, 10, 10]],
    ['pins all of it', { scalePct: 100, pinCapacity: true }, [5, 5, 5]],
    ['pins half of it', { scalePct: 50, pinCapacity: true }, [3, 3, 3]],
    ['pins none of it', { scalePct: 0, pinCapacity: true }, [0, 0, 0]],
    ['takes no notice of a number', { scaleNum: 3 }, [4, 5, 6]],
  ])('scale_exact %s', (_title, request, expected) =>
    expect(sizes(resizedCapacity({ live: exactly(9) }, { ...given, ...request }))).toEqual(expected),
  );

  it.each<[string, Capacity, ResizeRequest & { originalMin?: number }, readonly number[]]>([
    ['copies', capacity(2, 4, 8), {}, [2, 4, 8]],
    ['copies half, rounded up', capacity(3, 5, 9), { scalePct: 50 }, [3, 3, 9]],
    ['copies more than all', exactly(4), { scalePct: 150 }, [4, 6, 6]],
    ['copies nothing of it', exactly(4), { scalePct: 0 }, [0, 0, 4]],
    ['pins', capacity(2, 4, 8), { pinCapacity: true }, [4, 4, 4]],
    ['pins what it copied a part of', capacity(2, 4, 8), { pinCapacity: true, scalePct: 50 }, [2, 2, 2]],
    ['pins the smallest', capacity(2, 4, 8), { pinMinimumCapacity: true }, [4, 4, 8]],
    ['pins all before the smallest', capacity(2, 4, 8), { pinMinimumCapacity: true, pinCapacity: true }, [4, 4, 4]],
    ['unpins to what it was', capacity(4, 4, 8), { unpinMinimumCapacity: true, originalMin: 1 }, [1, 4, 8]],
    ['unpins to 0', capacity(4, 4, 8), { unpinMinimumCapacity: true, originalMin: 0 }, [0, 4, 8]],
    ['unpins nothing it does not know', capacity(4, 4, 8), { unpinMinimumCapacity: true }, [4, 4, 8]],
    ['unpins to no more than it is', capacity(1, 2, 3), { unpinMinimumCapacity: true, originalMin: 2 }, [1, 2, 3]],
    ['unpins only where it is to', capacity(4, 4, 8), { unpinMinimumCapacity: false, originalMin: 1 }, [4, 4, 8]],
    ['takes no notice of a number', exactly(4), { scaleNum: 3 }, [4, 4, 4]],
  ])('scale_to_server_group %s', (_title, source, { originalMin, ...request }, expected) => {
    const basis = { live: exactly(1), source, ...(originalMin === undefined ? {} : { originalMin }) };
    expect(sizes(resizedCapacity(basis, { action: 'scale_to_server_group', ...request }))).toEqual(expected);
  });
});
