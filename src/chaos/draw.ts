import { createHmac } from 'node:crypto';

/** Makes the secret that all draws of a name come from; it is stored, so that a draw is the same however often it is made. */
export type NewSeed = (name: string) => string;

/** A number from 0 up to 1, the same for the same seed and key. */
export const draw = (seed: string, key: string): number =>
  createHmac('sha256', seed).update(key).digest().readUIntBE(0, 6) / 2 ** 48;

/** One of some, each as likely as the others; undefined of none. */
export const drawOne = <Item>(items: readonly Item[], seed: string, key: string): Item | undefined =>
  items[Math.floor(draw(seed, key) * items.length)];
