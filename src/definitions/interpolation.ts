const reference = /\$\{\s*([^}]*?)\s*\}/g;

/** Fills `${name}`; a value is never read for further references, and an unknown name stays as it is. */
export const interpolate = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(reference, (whole, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? whole) : whole));
