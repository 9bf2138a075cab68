import { randomBytes } from 'node:crypto';

/** Makes new ids; tests inject a counter. */
export type NewId = () => string;

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A ULID: 26 characters that sort by time (48 bits of milliseconds, then 80 random bits). */
export function ulid(now: number): string {
  let time = '';
  for (let rest = now, digit = 0; digit < 10; digit += 1) {
    time = (alphabet[rest % 32] ?? '') + time;
    rest = Math.floor(rest / 32);
  }
  const random = [...randomBytes(16)].map((byte) => alphabet[byte % 32] ?? '').join('');
  return time + random;
}
