import type { Command } from '../../src/model/command';
import type { VerbAnswer, VerbWorld } from '../support/verb';
import type { Words } from '../support/words';

/** One word after `chaos`: `status`, `on`, … */
export type Subverb = {
  readonly name: string;
  /** What follows its name. */
  readonly usage: string;
  readonly options: readonly string[];
  readonly run: (words: Words, command: Command, world: VerbWorld) => Promise<VerbAnswer>;
};
