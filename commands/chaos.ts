import { history } from './chaos/history';
import { now, stop } from './chaos/press';
import { run } from './chaos/run';
import { status } from './chaos/status';
import type { Subverb } from './chaos/subverb';
import { off, on } from './chaos/turn';
import { nearest, UserMistake } from './support/suggest';
import type { Verb } from './support/verb';

/** What people type; the others are the buttons of a card. */
const typed: readonly Subverb[] = [status, on, off, run, history];
const subverbs: readonly Subverb[] = [...typed, now, stop];
const names = typed.map(({ name }) => name);
const find = (name = 'status') => subverbs.find((subverb) => subverb.name === name);

function unknown(name: string, rest: readonly string[]): UserMistake {
  const meant = nearest(name, names);
  const suggestions = meant === undefined ? [] : [['chaos', meant, ...rest].join(' ')];
  return new UserMistake(`There is no 'chaos ${name}': it is one of ${names.join(', ')}.`, suggestions);
}

/** Chaos Monkey: what is planned, and what people do to it. */
export const chaos: Verb = {
  name: 'chaos',
  usage: `/cox chaos ${names.join('|')} [APPLICATION]`,
  summary: 'Chaos Monkey: what is planned, turn it on or off, kill one instance now, the last kills',
  examples: [
    '/cox chaos status foo',
    '/cox chaos off foo reason="load test until Friday"',
    '/cox chaos run foo prod',
    '/cox chaos history foo',
  ],
  options: ['reason'],
  optionsFor: ({ words }) => find(words[1])?.options ?? [],
  run: (words, command, world) => {
    const [, name, ...rest] = words.words;
    const subverb = find(name);
    if (subverb === undefined) throw unknown(name ?? '', rest);
    return subverb.run(words, command, world);
  },
};
