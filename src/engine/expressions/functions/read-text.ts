import { parse, parseAllDocuments } from 'yaml';
import type { Budget } from '../budget';
import { ExpressionError } from '../expression-error';

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown';
}

// Reading takes longer than looking over a text, and for YAML, above all for broken YAML, very much longer.
const countText = (text: string, budget: Budget): void => void budget.spend(1 + (text.length >> 3));
const countYaml = (text: string, budget: Budget): void => void budget.spend(1 + text.length * 4);
const deepestYaml = 200;

/**
 * Throws where a YAML text may nest too deeply for a parser that calls itself: near the end of its stack V8 ends the
 * whole process, not only the call. Every level takes a column, a sign of structure or an opening bracket.
 */
function checkNesting(text: string): void {
  let open = 0;
  for (const line of text.split('\n')) {
    const columns = line.length - line.trimStart().length;
    const signs = line.match(/[-?:](?=\s|$)/g)?.length ?? 0;
    const opening = line.match(/[[{]/g)?.length ?? 0;
    if (columns + signs + open + opening > deepestYaml)
      throw new ExpressionError('the text is YAML that may nest too deeply');
    open = Math.max(0, open + opening - (line.match(/[\]}]/g)?.length ?? 0));
  }
}
const options = { logLevel: 'error', schema: 'core', prettyErrors: false } as const;

/** The list or map that a JSON text holds. Throws for anything else. */
export function readJson(text: string, budget: Budget): unknown {
  countText(text, budget);
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
  checkNesting(text);
  try {
    return parse(text, options) as unknown;
  } catch (error) {
    throw new ExpressionError(`the text is no YAML: ${reasonOf(error)}`);
  }
}

/** The values of all YAML documents in a text. */
export function readAllYaml(text: string, budget: Budget): readonly unknown[] {
  countYaml(text, budget);
  checkNesting(text);
  try {
    const documents = parseAllDocuments(text, options);
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
  countText(text, budget);
  const lines = text.replaceAll(/\\\r?\n[ \t]*/g, '').split(/\r?\n/);
  budget.makeItems(lines.length);
  const pairs = new Map<string, string>();
  for (const line of lines) {
    const [, key, value = ''] = property.exec(line) ?? [];
    if (key !== undefined) pairs.set(unescapeProperty(key), unescapeProperty(value));
  }
  return pairs;
}
