import { parse, parseAllDocuments } from 'yaml';
import type { Budget } from '../budget';
import { ExpressionError } from '../expression-error';

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown';
}

// Reading YAML takes far longer than reading JSON of the same length.
const countYaml = (text: string, budget: Budget): void => void budget.spend(1 + (text.length >> 1));

/** The list or map that a JSON text holds. Throws for anything else. */
export function readJson(text: string, budget: Budget): unknown {
  budget.makeText(text.length);
  if (!/^\s*[[{]/.test(text)) throw new ExpressionError('the text is no JSON list or object');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ExpressionError(`the text is no JSON: ${reasonOf(error)}`);
  }
}

/** The value of a YAML document: plain JSON, no tags. Throws for text that cannot be read. */
export function readYaml(text: string, budget: Budget): unknown {
  countYaml(text, budget);
  try {
    return parse(text, { logLevel: 'error', schema: 'core' }) as unknown;
  } catch (error) {
    throw new ExpressionError(`the text is no YAML: ${reasonOf(error)}`);
  }
}

/** The values of all YAML documents in a text. */
export function readAllYaml(text: string, budget: Budget): readonly unknown[] {
  countYaml(text, budget);
  try {
    const documents = parseAllDocuments(text, { logLevel: 'error', schema: 'core' });
    return Array.from(documents, (document) => {
      const [error] = document.errors;
      if (error !== undefined) throw error;
      return document.toJS() as unknown;
    });
  } catch (error) {
    throw new ExpressionError(`the text is no YAML: ${reasonOf(error)}`);
  }
}

const unescapeProperty = (text: string): string =>
  text.replaceAll(/\\(?:u([0-9a-fA-F]{4})|([^]))/g, (_, code: string | undefined, letter = '') => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return (
      new Map([
        ['n', '\n'],
        ['t', '\t'],
        ['r', '\r'],
        ['f', '\f'],
      ]).get(letter as string) ?? String(letter)
    );
  });

// It ends in [^]*, so that nothing is ever tried a second time.
const property = /^[ \t]*((?:\\[^]|[^\s=:\\#!])(?:\\[^]|[^\s=:\\])*)[ \t]*(?:[=:][ \t]*)?([^]*)$/;

/** The pairs of a Java properties file. */
export function readProperties(text: string, budget: Budget): ReadonlyMap<string, string> {
  budget.makeText(text.length);
  const lines = text.replaceAll(/\\\r?\n[ \t]*/g, '').split(/\r?\n/);
  budget.makeItems(lines.length);
  const pairs = new Map<string, string>();
  for (const line of lines) {
    const [, key, value = ''] = property.exec(line) ?? [];
    if (key !== undefined) pairs.set(unescapeProperty(key), unescapeProperty(value));
  }
  return pairs;
}
