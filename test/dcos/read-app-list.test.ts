import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { appListSchema, appSingleSchema } from '../../src/dcos/marathon-schemas';
import { readAppList } from '../../src/dcos/read-app-list';
import { contractFolder, describeWithPart } from '../support/parts';

const isJson = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every app in a file of examples, whatever stands around it. */
function appsIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(appsIn);
  if (!isJson(value)) return [];
  const isApp = 'id' in value && ('instances' in value || 'cmd' in value || 'tasks' in value);
  return isApp ? [value] : Object.values(value).flatMap(appsIn);
}

/** What the schema of one app says: the app, or undefined where it refuses. */
const bySchema = (app: unknown) => {
  const parsed = appSingleSchema.safeParse({ app });
  return parsed.success ? parsed.data.app : undefined;
};

const odd = fc.constantFrom<unknown>(
  null,
  undefined,
  '',
  'x',
  0,
  1,
  true,
  [],
  {},
  [null],
  ['x'],
  [{}],
  { a: 'b' },
  { a: 1 },
);
const oddTask = fc.record(
  {
    id: fc.oneof({ weight: 9, arbitrary: fc.constant('t') }, odd),
    state: odd,
    startedAt: odd,
    healthCheckResults: odd,
  },
  { requiredKeys: [] },
);
const oddApp = fc.record(
  {
    id: fc.oneof(fc.constant('/a'), odd),
    version: odd,
    instances: odd,
    labels: odd,
    container: fc.oneof(odd, fc.record({ docker: fc.oneof(odd, fc.record({ image: odd })) })),
    healthChecks: odd,
    tasks: fc.oneof(odd, fc.array(oddTask, { maxLength: 2 })),
    deployments: fc.oneof(odd, fc.array(fc.record({ id: odd }), { maxLength: 2 })),
    versionInfo: fc.oneof(odd, fc.record({ lastConfigChangeAt: odd })),
    lastTaskFailure: fc.oneof(odd, fc.record({ message: odd, state: odd })),
  },
  { requiredKeys: [] },
);

describe('readAppList', () => {
  it('reads what the schema reads, and refuses what it refuses', () => {
    fc.assert(
      fc.property(oddApp, (app) => expect(readAppList({ apps: [app] })?.apps[0]).toEqual(bySchema(app))),
      { numRuns: 500 },
    );
  });

  it.each([[undefined], [null], [3], [[]], [{ apps: {} }]])('refuses %j', (body) =>
    expect(readAppList(body)).toBeUndefined(),
  );

  it('takes a list that is absent for an empty one', () => expect(readAppList({})).toEqual({ apps: [] }));

  it('leaves it to the schema to say what is wrong, and where', () => {
    const [issue] = appListSchema.safeParse({ apps: [{ id: '/a' }, { id: 7 }] }).error?.issues ?? [];
    expect(issue?.path).toEqual(['apps', 1, 'id']);
    expect(issue?.message).toContain('string');
  });
});

describeWithPart(contractFolder, 'readAppList on recorded replies', (folder) => {
  it('reads every recorded app as the schema does', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
    const apps = files.flatMap((name) => {
      try {
        return appsIn(JSON.parse(readFileSync(join(folder, name), 'utf8')));
      } catch {
        return [];
      }
    });
    expect(apps.length).toBeGreaterThan(10);
    for (const app of apps) expect(readAppList({ apps: [app] })?.apps[0]).toEqual(bySchema(app));
  });
});
