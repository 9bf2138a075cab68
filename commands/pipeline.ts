import { actSubverbs } from './pipeline/act';
import { list } from './pipeline/list';
import { run } from './pipeline/run';
import { show } from './pipeline/show';
import type { Subverb } from './pipeline/subverb';
import { nearest, UserMistake } from './support/suggest';
import type { Verb } from './support/verb';

const subverbs: readonly Subverb[] = [list, run, show, ...actSubverbs];
const names = subverbs.map(({ name }) => name);
const find = (name: string | undefined) => subverbs.find((subverb) => subverb.name === name);

function unknown(name: string | undefined, rest: readonly string[]): UserMistake {
  const usages = subverbs.map((subverb) => `/cox pipeline ${subverb.name} ${subverb.usage}`).join('\n');
  if (name === undefined) return new UserMistake(`Say what: ${names.join(', ')}.\n${usages}`, ['pipeline list']);
  const meant = nearest(name, names);
  const suggestions = meant === undefined ? [] : [['pipeline', meant, ...rest].join(' ')];
  return new UserMistake(`There is no 'pipeline ${name}': it is one of ${names.join(', ')}.`, suggestions);
}

/** Pipelines of the files, and what people do to what runs. */
export const pipeline: Verb = {
  name: 'pipeline',
  usage: `/cox pipeline ${names.join('|')} …`,
  summary: 'list and run pipelines; show, cancel, pause, resume, retry or skip what runs',
  examples: [
    '/cox pipeline list foo',
    '/cox pipeline run foo release prod 1.1 reason="fix login"',
    '/cox pipeline show foo prod',
    '/cox pipeline cancel foo prod',
    '/cox pipeline retry foo prod',
  ],
  options: ['reason'],
  optionsFor: ({ words }) => {
    const subverb = find(words[1]);
    return subverb?.takesParameters === true ? 'any' : (subverb?.options ?? []);
  },
  run: (words, command, world) => {
    const [, name, ...rest] = words.words;
    const subverb = find(name);
    if (subverb === undefined) throw unknown(name, rest);
    return subverb.run(words, command, world);
  },
};
