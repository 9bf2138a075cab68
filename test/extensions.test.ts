import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verbs } from '../commands';
import { parseWords } from '../commands/support/words';
import { stageRegistry } from '../src/app';
import { stages } from '../src/stages';
import { strategies } from '../src/strategies';

describe('what extends Coxswain', () => {
  it('finds every stage by its name and its aliases', () => {
    for (const stage of stages)
      for (const name of [stage.type, ...(stage.aliases ?? [])]) expect(stageRegistry.find(name)).toBe(stage);
    const forFiles = stages.filter(({ isInternal }) => isInternal !== true);
    expect(stageRegistry.types).toEqual(forFiles.map(({ type }) => type).sort());
    expect(forFiles.length).toBeLessThan(stages.length);
  });

  it('plans only stages that exist', () => {
    const sources = [...strategies.map(({ name }) => name), 'take-over', 'undo'].map((name) =>
      readFileSync(join(__dirname, `../src/strategies/${name}.ts`), 'utf8'),
    );
    const planned = sources.flatMap((text) => [...text.matchAll(/\btype: '(\w+)'/g)].map(([, type]) => type ?? ''));
    expect(planned.length).toBeGreaterThan(4);
    expect(planned.filter((type) => stageRegistry.find(type) === undefined)).toEqual([]);
  });

  it.each(verbs.map((verb) => [verb.name, verb] as const))('%s has examples that it understands', (name, verb) => {
    expect(verb.summary).not.toBe('');
    for (const example of verb.examples) {
      const { words, options } = parseWords(example.replace(/^\/(cox )?/, ''));
      expect(words[0]).toBe(name);
      expect([...options.keys()].filter((option) => !verb.options.includes(option))).toEqual([]);
    }
  });
});
