/** Server groups and their sizes by place, `account/region`: `{ 'lab/east': { 'foo-prod-v000': 2 } }`. */
export type ClusterState = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What an example says of itself in its leading comment: what stands there before it runs, and after. */
export type ExamplePromise = { readonly before: ClusterState; readonly after: ClusterState };

function readGroup(text: string): readonly [string, number] {
  const [, name, size] = /^(\S+) ×(\d+)$/.exec(text.trim()) ?? [];
  if (name === undefined) throw new Error(`'${text}' is no server group and its size, such as foo-prod-v000 ×2.`);
  return [name, Number(size)];
}

function readPlace(text: string): readonly [string, Readonly<Record<string, number>>] {
  const [, place = '', groups = ''] = /^(\S+\/\S+) (.+)$/.exec(text.trim()) ?? [];
  if (place === '') throw new Error(`'${text}' is no place with server groups, such as lab/east foo-prod-v000 ×2.`);
  return [place, Object.fromEntries(groups.split(',').map(readGroup))];
}

function readState(text: string, word: string): ClusterState {
  const found = new RegExp(`^# ${word}: (.+)$`, 'm').exec(text)?.[1];
  if (found === undefined) {
    throw new Error(
      `The example's comment says nothing of '${word}'. Write, for example: # ${word}: lab/east foo-prod-v000 ×2`,
    );
  }
  return Object.fromEntries(found === 'nothing' ? [] : found.split(';').map(readPlace));
}

/** Reads the lines `# Before: …` and `# After: …` of an example, which may be `nothing`; throws where one is missing. */
export const readPromise = (text: string): ExamplePromise => ({
  before: readState(text, 'Before'),
  after: readState(text, 'After'),
});
