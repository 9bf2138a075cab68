import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { appFromDescription } from '../../src/dcos/app-from-description';
import type { ServerGroupDescription } from '../../src/model/description';
import { contractFolder, describeWithPart } from '../support/parts';
import { describeGroup } from './builders';

const build = (over: Partial<ServerGroupDescription> = {}) =>
  appFromDescription(describeGroup(over), 'foo-dev-v001', 'e/s/1');
const id = '/nonprod/east/foo-dev-v001';
const http = { networkType: 'BRIDGE', port: 8080, name: 'http', protocol: 'tcp' } as const;
const check = {
  protocol: 'HTTP',
  path: '/health',
  portIndex: 0,
  gracePeriodSeconds: 60,
  intervalSeconds: 10,
  timeoutSeconds: 5,
  maxConsecutiveFailures: 3,
} as const;
const full: Partial<ServerGroupDescription> = {
  disk: 10,
  gpus: 0,
  env: { LOG_LEVEL: 'info', DB: { secret: 'foo/db' } },
  labels: { team: 'foo' },
  constraints: 'hostname:UNIQUE, rack:GROUP_BY:2',
  serviceEndpoints: [{ ...http, loadBalanced: true }],
  healthChecks: [check],
};

describe('appFromDescription', () => {
  it('builds the least there is', () =>
    expect(build()).toEqual({
      id,
      instances: 2,
      cpus: 0.5,
      mem: 512,
      networks: [{ mode: 'host' }],
      container: { type: 'DOCKER', docker: { image: 'registry.example.com/demo/foo:1.9.0' } },
      labels: { COXSWAIN_KEY: 'e/s/1' },
    }));

  it('builds everything there is', () =>
    expect(build(full)).toEqual({
      id,
      instances: 2,
      cpus: 0.5,
      mem: 512,
      disk: 10,
      gpus: 0,
      env: { LOG_LEVEL: 'info', DB: { secret: 'foo/db' } },
      secrets: { 'foo/db': { source: 'foo/db' } },
      constraints: [
        ['hostname', 'UNIQUE'],
        ['rack', 'GROUP_BY', '2'],
      ],
      healthChecks: [check],
      networks: [{ mode: 'container/bridge' }],
      container: {
        type: 'DOCKER',
        docker: { image: 'registry.example.com/demo/foo:1.9.0' },
        portMappings: [{ name: 'http', protocol: 'tcp', containerPort: 8080, labels: { VIP_0: `${id}:8080` } }],
      },
      labels: { team: 'foo', COXSWAIN_KEY: 'e/s/1' },
    }));

  it('writes port definitions for host networks', () =>
    expect(build({ serviceEndpoints: [{ ...http, networkType: 'HOST' }] })).toMatchObject({
      networks: [{ mode: 'host' }],
      portDefinitions: [{ name: 'http', protocol: 'tcp', port: 8080 }],
    }));

  it('keeps ports as mappings when the definition names its own network', () =>
    expect(
      build({
        serviceEndpoints: [{ ...http, networkType: 'HOST' }],
        marathon: { networks: [{ mode: 'container', name: 'dcos' }] },
      }),
    ).toMatchObject({
      networks: [{ mode: 'container', name: 'dcos' }],
      container: { portMappings: [{ containerPort: 8080 }] },
    }));

  it.each([
    ['no VIP unless load balanced', { ...http }, undefined],
    ['an explicit VIP', { ...http, loadBalanced: true, labels: { VIP_0: 'foo:80' } }, { VIP_0: 'foo:80' }],
    [
      'other labels beside the VIP',
      { ...http, loadBalanced: true, labels: { a: 'b' } },
      { a: 'b', VIP_0: `${id}:8080` },
    ],
  ])('writes %s', (_title, endpoint, labels) => {
    const app = build({ serviceEndpoints: [endpoint] }) as { container?: { portMappings?: { labels?: unknown }[] } };
    expect(app.container?.portMappings?.[0]?.labels).toEqual(labels);
  });

  it('wraps the command of a health check', () =>
    expect(build({ healthChecks: [{ ...check, protocol: 'COMMAND', command: 'true' }] }).healthChecks).toMatchObject([
      { command: { value: 'true' } },
    ]));

  it('lets further fields win, and joins objects', () => {
    const app = build({
      marathon: {
        cpus: 4,
        labels: { x: 'y', COXSWAIN_KEY: 'stolen' },
        container: { volumes: [], docker: { privileged: true } },
      },
    });
    expect(app).toMatchObject({
      cpus: 4,
      labels: { x: 'y', COXSWAIN_KEY: 'e/s/1' },
      container: { volumes: [], docker: { image: 'registry.example.com/demo/foo:1.9.0', privileged: true } },
    });
  });

  it.each([
    ['', []],
    ['  ', []],
    ['hostname:UNIQUE', [['hostname', 'UNIQUE']]],
  ])('reads the constraints %j', (constraints, expected) =>
    expect(build({ constraints }).constraints).toEqual(expected),
  );

  it.each([
    ['hostname', 1],
    ['a:b:c:d', 4],
  ])('refuses the constraint %s', (constraints, parts) =>
    expect(() => build({ constraints })).toThrow(
      `Given constraint [${constraints}] was invalid as it had ${parts} parts instead of the expected 2 or 3.`,
    ),
  );

  it('refuses several network types and fields that it steers by', () => {
    expect(() => build({ serviceEndpoints: [http, { ...http, networkType: 'HOST' }] })).toThrow(
      'several network types',
    );
    expect(() => build({ marathon: { id: '/x', instances: 9 } })).toThrow('hold id, instances');
  });

  it.each(['Foo-v001', 'foo_v001', '-foo-v001', 'foo/../v001', ''])('refuses the name %j', (name) =>
    expect(() => appFromDescription(describeGroup(), name, 'k')).toThrow(
      expect.objectContaining({ code: 'INVALID_NAME' }) as Error,
    ),
  );
});

describeWithPart(contractFolder, 'created apps against the published schema', (folder) => {
  const schemas = join(folder, 'marathon/generated-schema');
  const ajv = new Ajv({ strict: false, allErrors: true });
  if (folder !== '') {
    addFormats(ajv);
    for (const file of readdirSync(schemas))
      ajv.addSchema(JSON.parse(readFileSync(join(schemas, file), 'utf8')) as object);
  }
  it.each([
    ['the least', {}],
    ['everything', full],
    ['host ports', { serviceEndpoints: [{ ...http, networkType: 'HOST' as const }] }],
  ])('validates with %s', (_title, over) => {
    const isValid = ajv.validate('https://example.invalid/marathon/App.json', build(over));
    expect({ isValid, errors: ajv.errors }).toEqual({ isValid: true, errors: null });
  });
});
