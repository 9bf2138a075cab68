import { CoxswainError } from './errors';

type Properties = Record<string, unknown>;

const named: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

const unescape = (text: string): string =>
  text.replace(/\\(?:u(.{0,4})|([^]))/g, (whole, digits: string | undefined, letter: string | undefined) => {
    if (digits === undefined) return named[letter ?? ''] ?? letter ?? '';
    if (!/^[0-9a-f]{4}$/i.test(digits))
      throw new Error(`'${whole}' is no character: four hexadecimal digits follow \\u`);
    return String.fromCharCode(Number.parseInt(digits, 16));
  });

const isContinued = (line: string): boolean => (/\\+$/.exec(line)?.[0].length ?? 0) % 2 === 1;

/** The lines that mean something: without comments, each joined with those that continue it. */
function logicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  let open: string | undefined;
  for (const natural of text.split(/\r\n|\n|\r/)) {
    const line = natural.replace(/^[ \t\f]+/, '');
    if (open === undefined && /^([#!]|$)/.test(line)) continue;
    const joined = `${open ?? ''}${line}`;
    open = isContinued(line) ? joined.slice(0, -1) : undefined;
    if (open === undefined) lines.push(joined);
  }
  return open === undefined || open === '' ? lines : [...lines, open];
}

/** The format of `java.util.Properties`. */
function readJavaProperties(text: string): Properties {
  const entries = logicalLines(text).map((line): [string, string] => {
    const [whole, key = ''] = /^((?:\\[^]|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*/.exec(line) ?? [''];
    return [unescape(key), unescape(line.slice(whole.length))];
  });
  return Object.fromEntries(entries);
}

function readJson(text: string): Properties {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error('it holds something other than one object');
}

/**
 * Reads what a job leaves for later stages: JSON where the file's name contains `.json`, else Java properties, whose values
 * are text. Throws INVALID_INPUT for what is neither.
 */
export function readProperties(text: string, fileName: string): Properties {
  const content = text.replace(/^\u{feff}/u, '');
  try {
    return fileName.includes('.json') ? readJson(content) : readJavaProperties(content);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CoxswainError('INVALID_INPUT', { message: `${fileName} cannot be read: ${reason}.`, cause: error });
  }
}
