import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { commonFields, failureChoices } from '../../src/definitions/common-fields';
import { stages } from '../../src/stages';
import { fieldsOf } from '../../src/stages-page/fields-of';
import { makeStagesPage } from '../../src/stages-page/make-stages-page';
import { strategies } from '../../src/strategies';

const root = join(__dirname, '../..');
const committed = readFileSync(join(root, 'docs/stages.md'), 'utf8');
const forFiles = stages.filter(({ isInternal }) => isInternal !== true);

describe('docs/stages.md', () => {
  it('is what the code says: otherwise run npm run docs:stages', () => {
    const page = makeStagesPage(join(root, 'pipelines/examples'));
    expect(committed === page ? '' : 'run npm run docs:stages').toBe('');
  });

  it.each([...forFiles.map(({ type }) => `## ${type}`), ...strategies.map(({ name }) => `### ${name}`)])(
    'has a section %s',
    (title) => expect(committed.split('\n')).toContain(title),
  );

  it('has an example of everything', () => {
    const examples = committed.match(/^```yaml$/gm) ?? [];
    expect(examples).toHaveLength(forFiles.length + strategies.length);
  });
});

describe('the fields of a schema', () => {
  const schemas = new Map<string, z.ZodType>(forFiles.map(({ type, config }) => [type, config]));
  schemas.set('any stage', commonFields).set('a failure', failureChoices);
  it.each([...schemas.keys()])('of %s each say what they are', (name) => {
    const fields = fieldsOf(schemas.get(name) ?? z.never());
    expect(fields.filter(({ description }) => description === '').map((field) => field.name)).toEqual([]);
    expect(fields.length).toBeGreaterThan(0);
  });

  it.each([
    [z.object({ a: z.string().describe('A.') }), 'a text required A.'],
    [z.object({ a: z.number().default(3).describe('A.') }), 'a number `3` A.'],
    [z.object({ a: z.boolean().optional().describe('A. Default: false.') }), 'a yes or no false A.'],
    [z.object({ a: z.enum(['x', 'y']).nullish().describe('A.') }), 'a `x`, `y`  A.'],
    [z.object({ a: z.array(z.string()).optional().describe('A.') }), 'a list of texts  A.'],
    [z.object({ a: z.unknown().optional().meta({ type: 'map', description: 'A.' }) }), 'a map  A.'],
    [z.object({ a: z.string().describe('A.') }).refine(() => true), 'a text required A.'],
    [z.object({ a: z.string().optional().meta({ description: 'A.', isPlanned: true }) }), ''],
  ])('are told in words: %#', (schema, expected) => {
    const told = fieldsOf(schema).map(({ name, type, byDefault, description }) =>
      [name, type, byDefault, description].join(' '),
    );
    expect(told.join('; ')).toBe(expected);
  });

  it('stand below the map that they are in, once for all alternatives', () => {
    const kind = (type: string, more: z.ZodRawShape) => z.object({ type: z.literal(type).describe('T.'), ...more });
    const one = kind('one', { x: z.string().describe('X.') });
    const other = kind('other', { y: z.object({ z: z.number().describe('Z.') }).describe('Y.') });
    const schema = z.object({ list: z.array(z.union([one, other])).describe('L.') });
    expect(fieldsOf(schema).map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'list: list of maps',
      'list[].type: `one`, `other`',
      'list[].x: text',
      'list[].y: map',
      'list[].y.z: number',
    ]);
  });
});
