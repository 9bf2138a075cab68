import { z } from 'zod';

/** One field that a schema accepts, for people; `name` says where it stands: `preconditions[].type`. */
export type Field = {
  readonly name: string;
  readonly type: string;
  /** `required`, a value, or empty. */
  readonly byDefault: string;
  /** Empty where the schema says nothing of it. */
  readonly description: string;
};

type Json = {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Json[];
  readonly oneOf?: readonly Json[];
  readonly allOf?: readonly Json[];
  readonly items?: Json;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly required?: readonly string[];
  /** Set by Coxswain itself when it plans a stage: not for files. */
  readonly isPlanned?: boolean;
};

const words: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'yes or no',
  object: 'map',
  array: 'list',
};

const alternativesOf = ({ anyOf, oneOf }: Json): readonly Json[] =>
  (anyOf ?? oneOf ?? []).filter(({ type }) => type !== 'null');
const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];
const quoted = (value: unknown): string => `\`${String(value)}\``;

/** The type of a value in words. What Spinnaker may write as text too is told as what it means. */
function typeOf(schema: Json): string {
  if (schema.const !== undefined) return quoted(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(quoted).join(', ');
  const alternatives = alternativesOf(schema);
  if (alternatives.length > 0) return unique(alternatives.map(typeOf)).join(' or ');
  const [type] = [schema.type ?? 'any'].flat();
  if (type !== 'array' || schema.items === undefined) return words[type ?? ''] ?? type ?? 'any';
  const item = typeOf(schema.items);
  return { text: 'list of texts', map: 'list of maps' }[item] ?? 'list';
}

/** The maps in which further fields stand: the schema itself, its items or its alternatives. */
function mapsOf(schema: Json): readonly Json[] {
  const parts = [schema, ...alternativesOf(schema), ...(schema.allOf ?? [])];
  return parts.filter(({ properties }) => properties !== undefined);
}

function splitDefault(schema: Json, isRequired: boolean): Pick<Field, 'byDefault' | 'description'> {
  const [, text = '', told] = /^(.*?)(?: Default: (.+)\.)?$/s.exec(schema.description ?? '') ?? [];
  if (told !== undefined) return { description: text, byDefault: told };
  if (isRequired) return { description: text, byDefault: 'required' };
  const value = schema.default;
  const isTold = value !== undefined && JSON.stringify(value) !== '""' && JSON.stringify(value) !== '{}';
  return {
    description: text,
    byDefault: isTold ? quoted(typeof value === 'string' ? value : JSON.stringify(value)) : '',
  };
}

function rowsOf(schema: Json, prefix: string): readonly Field[] {
  const rows = mapsOf(schema).flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties)
      .filter(([, value]) => value.isPlanned !== true)
      .flatMap(([key, value]) => {
        const name = `${prefix}${key}`;
        const field = { name, type: typeOf(value), ...splitDefault(value, required.includes(key)) };
        const items = value.items === undefined ? [] : rowsOf(value.items, `${name}[].`);
        return [field, ...rowsOf(value, `${name}.`), ...items];
      }),
  );
  return joinAlternatives(rows);
}

/** Of alternatives that have a field in common, one row that tells of all. */
function joinAlternatives(rows: readonly Field[]): readonly Field[] {
  const byName = new Map<string, Field>();
  for (const row of rows) {
    const known = byName.get(row.name);
    const type = known === undefined ? row.type : unique([...known.type.split(', '), row.type]).join(', ');
    byName.set(row.name, { ...(known ?? row), type });
  }
  return [...byName.values()];
}

/** The fields of a schema, those of maps in it below them. */
export function fieldsOf(schema: z.ZodType): readonly Field[] {
  return rowsOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json, '');
}
