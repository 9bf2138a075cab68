import { CoxswainError } from './errors';

/** The longest file that is read, in characters: what is read is kept in the execution's document. */
const longest = 65_536;

function invalid(fileName: string, why: string): CoxswainError {
  return new CoxswainError('INVALID_INPUT', {
    message: `Expected properties file ${fileName} but it was either missing, empty or contained invalid syntax: ${why}.`,
    fields: { fileName },
  });
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

const unescape = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_whole, code?: string, letter = '') =>
    code === undefined ? (escapes[letter as string] ?? String(letter)) : String.fromCharCode(parseInt(code, 16)),
  );

/** Lines without comments and blanks; one that ends in an odd number of backslashes goes on in the next. */
function logicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  let open: string | undefined;
  for (const written of text.split(/\r\n|\n|\r/)) {
    const line = written.replace(/^[ \t\f]+/, '');
    if (open === undefined && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue;
    const whole: string = (open ?? '') + line;
    const goesOn = (/\\*$/.exec(whole)?.[0].length ?? 0) % 2 === 1;
    open = goesOn ? whole.slice(0, -1) : undefined;
    if (!goesOn) lines.push(whole);
  }
  return open === undefined ? lines : [...lines, open];
}

function readPair(line: string, fileName: string): readonly [string, string] {
  if (/\\u(?![0-9a-fA-F]{4})/.test(line.replace(/\\[^u]/g, ''))) throw invalid(fileName, 'a \\u without four digits');
  let end = 0;
  while (end < line.length && !/[=: \t\f]/.test(line.charAt(end))) end += line.charAt(end) === '\\' ? 2 : 1;
  const value = line.slice(end).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '');
  return [unescape(line.slice(0, end)), unescape(value)];
}

function readJson(text: string, fileName: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(fileName, 'it is no JSON');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(fileName, 'its JSON is no object ({…})');
}

/**
 * Reads a file of properties that a job left: a JSON object where its name ends in `.json` or its text begins with `{`, else
 * Java properties (java.util.Properties: `key=value`, `key: value`, `#` and `!` comments, `\` at a line's end, `\uXXXX`),
 * whose values are texts; the last of equal keys counts. Throws INVALID_INPUT for one that is empty, not readable, longer
 * than 65,536 characters, or has a key `__proto__`.
 */
export function readProperties(text: string, fileName: string): Record<string, unknown> {
  if (text.length > longest) throw invalid(fileName, `it is longer than ${longest} characters`);
  const plain = text.replace(/^\uFEFF/, '');
  const isJson = /\.json$/i.test(fileName) || plain.trimStart().startsWith('{');
  const properties = isJson
    ? readJson(plain, fileName)
    : Object.fromEntries(logicalLines(plain).map((line) => readPair(line, fileName)));
  if (Object.keys(properties).length === 0) throw invalid(fileName, 'it is empty');
  // As a key of contexts that are merged it would change what they inherit.
  if (Object.hasOwn(properties, '__proto__')) throw invalid(fileName, "a property must not be called '__proto__'");
  return properties;
}
