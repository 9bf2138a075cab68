import { parseWindow } from '../../src/definitions/parse-window';
import { readYamlSource } from '../../src/definitions/yaml-source';
import { YamlValue } from '../../src/definitions/yaml-value';
import type { TimeWindow } from '../../src/model/time-window';
import { createRandom } from './random';

/** A window as a file says it; throws with what is wrong in it. */
export function windowOf(text: string, timeZone: string): TimeWindow {
  const source = readYamlSource('window', text);
  const window = parseWindow(new YamlValue(source, source.document?.contents, 'window'), timeZone);
  if (window === undefined) throw new Error(source.problems.map(({ message }) => message).join(' '));
  return window;
}

const zones = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'UTC',
  'Asia/Kolkata',
  'America/Sao_Paulo',
  'America/Havana',
];
const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
/** Near where clocks are changed, in one zone or another, and where years end. */
const moments = [
  '2026-03-08',
  '2026-03-29',
  '2026-04-05',
  '2026-10-04',
  '2026-10-25',
  '2026-11-01',
  '2026-12-31',
  '2028-02-29',
  '2018-11-04',
];

/** A window of a file, its zone and an instant near where something unusual happens; the same for the same seed. */
export function drawWindow(seed: number) {
  const random = createRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = () =>
    `${two(random() < 0.4 ? below(4) : below(24))}:${two(random() < 0.5 ? 15 * below(4) : below(60))}`;
  const some = <T>(most: number, make: () => T): T[] => Array.from({ length: below(most + 1) }, make);
  const start = Date.parse(`${pick(moments)}T00:00:00Z`) - 2 * 86_400_000;
  const date = () => new Date(start + below(6) * 86_400_000).toISOString().slice(0, 10);
  const freeze = () => {
    const kind = below(4);
    if (kind === 0) return `${pick(days)} ${minutes()}/${pick(days)} ${minutes()}`;
    if (kind === 1) return `${date().slice(5)}/${date().slice(5)}`;
    const ends = [`${date()}T${minutes()}`, `${date()}T${minutes()}`].sort();
    return kind === 2 ? date() : ends.join('/');
  };
  const written = {
    hours: some(3, () => `${minutes()}-${minutes()}`),
    days: some(4, () => pick(days)),
    freeze: some(2, freeze).filter((text) => new Set(text.split('/')).size > 1 || !text.includes('/')),
  };
  const isEmpty = Object.values(written).every((list) => list.length === 0);
  const text = JSON.stringify(isEmpty ? { hours: ['09:00-16:00'] } : written);
  return { text, zone: pick(zones), at: start + below(5 * 86_400) * 1000 };
}
