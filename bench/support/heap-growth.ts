import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { median } from './figures';

// Few enough that nothing is collected while they are counted.
const repeats = 200;

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/** Bytes by which the heap grows when something is done once, before anything is collected; the median of the rounds. */
export function measureHeapGrowth(work: (index: number) => unknown, rounds: number): number {
  const collect = collector();
  const growths = Array.from({ length: rounds }, () => {
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < repeats; index += 1) work(index);
    return (process.memoryUsage().heapUsed - before) / repeats;
  });
  return median(growths);
}
