/**
 * Expected results of Spring EL as Spinnaker evaluates it inside `${ … }`.
 *
 * Written from the Spring Framework reference ("Spring Expression Language"), the JDK javadocs and
 * spinnaker-semantics.md section 7, independently of any evaluator of this project. Unknown names are allowed
 * (they are null), the time zone is UTC and the locale English.
 */

/** A string that evaluates without a problem: `expected` is the JSON of the value. */
export type SpelRow = {
  readonly text: string;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly expected: unknown;
  readonly why?: string;
};

/** A string that stays as it is and leaves one problem: INFO for a null result, ERROR for an exception. */
export type SpelFailure = {
  readonly text: string;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly level: 'INFO' | 'ERROR';
  readonly why: string;
};

/** Section 7.7, context A. */
export const contextA = {
  testArray: ['good', { arrayVal: 'bad' }, [{ one: 'two' }]],
  replaceMe: 'newValue',
  h1: { h1: 'h1Val' },
  hierarchy: { h2: 'hierarchyValue', h3: { h4: 'h4Val' } },
  replaceTest: 'stack-with-hyphens',
  withUpperCase: 'baconBacon',
} as const;

export const people = {
  people: [
    { name: 'Ann', age: 31, city: 'Oslo', langs: ['java', 'go'] },
    { name: 'Bob', age: 17, city: 'Rome', langs: ['go'] },
    { name: 'Cid', age: 45, city: 'Oslo', langs: [] },
  ],
} as const;

export const stages = {
  execution: {
    id: '01ABC',
    application: 'shop',
    stages: [
      { type: 'bake', name: 'Bake', status: 'SUCCEEDED', context: { ami: 'ami-1' } },
      { type: 'deploy', name: 'Deploy east', status: 'TERMINAL', context: { region: 'east' } },
      { type: 'deploy', name: 'Deploy west', status: 'SUCCEEDED', context: { region: 'west' } },
    ],
  },
} as const;
