const reference = /\$\{\s*([^}]*?)\s*\}/g;

/** What `${ }` may name in a stage's instructions. */
export const knownVariables: readonly string[] = ['application', 'environment', 'image.tag'];

/** Names in `${ }` that nothing will fill; empty where all are known. */
export const unknownVariables = (text: string): readonly string[] =>
  [...text.matchAll(reference)].map((match) => match[1] ?? '').filter((name) => !knownVariables.includes(name));

/** Fills `${name}`; a value is never read for further references, and an unknown name stays as it is. */
export const interpolate = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(reference, (whole, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? whole) : whole));
