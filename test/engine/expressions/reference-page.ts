import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, PipelineName } from '../../../src/engine/expressions';

type Context = Readonly<Record<string, Json>>;

/** A row of the page: what is written into a pipeline, and what comes of it. */
export type ReferenceRow = {
  readonly input: Json;
  /** The input itself where the page names problems only. */
  readonly expected: Json;
  /** `ERROR: message` and `INFO: message`, as the page writes them. */
  readonly problems: readonly string[];
};

/** The page and what its examples share. */
export type ReferencePage = {
  readonly rows: readonly ReferenceRow[];
  readonly context: Context;
  readonly execution: Context;
  /** The numbers in the table of limits. */
  readonly limits: readonly number[];
  readonly elsewhere: {
    readonly pipelines: readonly PipelineName[];
    /** What each URL answers. */
    readonly urls: Readonly<Record<string, string>>;
  };
};

/** The code in a cell; between two backticks on either side it may hold one itself. */
const codes = (cell: string): readonly string[] =>
  [...cell.matchAll(/`` (.+?) ``|`([^`]+)`/g)].map(([, wide, narrow = '']) => (wide ?? narrow).replaceAll('\\|', '|'));

const isProblem = (code: string): boolean => /^(?:ERROR|INFO): /.test(code);

function readRow(line: string): ReferenceRow {
  const [, expression = '', result = ''] = line.split(/(?<!\\)\|/);
  const [text] = codes(expression);
  const results = codes(result);
  const value = results.find((code) => !isProblem(code));
  if (text === undefined || results.length === 0) throw new Error(`This row cannot be read: ${line}`);
  const input = /^[{[]"/.test(text) ? (JSON.parse(text) as Json) : text;
  return {
    input,
    expected: value === undefined ? input : (JSON.parse(value) as Json),
    problems: results.filter(isProblem),
  };
}

/** The rows of all tables whose first cell is code. */
const readRows = (page: string): readonly ReferenceRow[] => (page.match(/^\| `.*$/gm) ?? []).map(readRow);

function readLimits(page: string): readonly number[] {
  const [, rows = ''] = /^\| what +\| at most .*\n\|[-| ]+\n((?:\|.*\n)+)/m.exec(page) ?? [];
  return [...rows.matchAll(/\| ([\d,]+) +\|$/gm)].map(([, count = '']) => Number(count.replaceAll(',', '')));
}

function readBlock(page: string, name: string): unknown {
  const opening = `\n\`\`\`json ${name}\n`;
  const [, text] = page.split(opening).map((part) => part.split('\n```')[0]);
  if (text === undefined) throw new Error(`The page has no block ${name}`);
  return JSON.parse(text);
}

/** Reads docs/expressions.md. Throws for a row or block that cannot be read. */
export function readReferencePage(): ReferencePage {
  const page = readFileSync(join(__dirname, '../../../docs/expressions.md'), 'utf8');
  return {
    rows: readRows(page),
    limits: readLimits(page),
    context: readBlock(page, 'context.json') as Context,
    execution: readBlock(page, 'execution.json') as Context,
    elsewhere: readBlock(page, 'elsewhere.json') as ReferencePage['elsewhere'],
  };
}
