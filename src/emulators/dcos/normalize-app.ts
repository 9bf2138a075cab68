import { isJsonObject, isSameJson, type JsonObject, objectOf, objectsOf } from './json';
import { withoutNulls } from './read-definition';

const healthCheckDefaults = {
  gracePeriodSeconds: 300,
  intervalSeconds: 60,
  timeoutSeconds: 20,
  maxConsecutiveFailures: 3,
  delaySeconds: 15,
  protocol: 'HTTP',
  ipProtocol: 'IPv4',
};

const readinessDefaults = {
  name: 'readinessCheck',
  protocol: 'HTTP',
  path: '/',
  portName: 'http-api',
  intervalSeconds: 30,
  timeoutSeconds: 10,
  httpStatusCodesForReady: [200],
  preserveLastResponse: false,
};

const residencyDefaults = { relaunchEscalationTimeoutSeconds: 3600, taskLostBehavior: 'WAIT_FOREVER' };

const deprecatedFields = ['uris', 'ports', 'ipAddress'];

/** Lists that Marathon keeps as sets. */
const sets = ['acceptedResourceRoles', 'constraints', 'dependencies', 'healthChecks'];

/** Fields that Marathon leaves out while they are empty. */
const omittedWhenEmpty = [
  'args',
  'constraints',
  'dependencies',
  'env',
  'fetch',
  'healthChecks',
  'readinessChecks',
  'secrets',
];

/**
 * Brings an app definition that `readDefinition` gave into the form that Marathon 1.5+ stores: deprecated fields translated, defaults filled in.
 * Service ports of 0 stay 0; `assignServicePorts` does them. The id becomes absolute.
 */
export function normalizeApp(given: JsonObject, id: string): JsonObject {
  const isResident = objectsOf(objectOf(given.container).volumes).some((volume) => volume.persistent !== undefined);
  const merged: Record<string, unknown> = {
    backoffFactor: 1.15,
    backoffSeconds: 1,
    maxLaunchDelaySeconds: 300,
    cpus: 1,
    mem: 128,
    disk: 0,
    gpus: 0,
    executor: '',
    instances: 1,
    killSelection: 'YOUNGEST_FIRST',
    labels: {},
    requirePorts: false,
    role: '*',
    unreachableStrategy: isResident ? 'disabled' : { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
    ...given,
    ...(isResident || given.residency !== undefined
      ? { residency: { ...residencyDefaults, ...objectOf(given.residency) } }
      : {}),
    id,
    upgradeStrategy: {
      minimumHealthCapacity: isResident ? 0.5 : 1,
      maximumOverCapacity: isResident ? 0 : 1,
      ...objectOf(given.upgradeStrategy),
    },
    ...(isJsonObject(given.unreachableStrategy)
      ? { unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0, ...given.unreachableStrategy } }
      : {}),
    ...networking(given),
  };
  const uris = Array.isArray(given.uris) ? given.uris.map((uri: unknown) => ({ uri })) : [];
  const fetched = Array.isArray(given.fetch) ? objectsOf(given.fetch) : uris;
  merged.fetch = fetched.map((each) => ({ extract: true, executable: false, cache: false, ...each }));
  merged.healthChecks = objectsOf(given.healthChecks).map((check) => normalizeHealthCheck(check));
  merged.readinessChecks = objectsOf(given.readinessChecks).map((check) => ({ ...readinessDefaults, ...check }));
  merged.dependencies = Array.isArray(given.dependencies)
    ? given.dependencies.map((each) => absoluteId(String(each), parentOf(id)))
    : [];
  for (const field of sets) if (Array.isArray(merged[field])) merged[field] = distinct(merged[field]);
  for (const field of deprecatedFields) Reflect.deleteProperty(merged, field);
  for (const field of omittedWhenEmpty) if (isEmpty(merged[field])) Reflect.deleteProperty(merged, field);
  return withoutNulls(merged);
}

/** Makes an app id absolute (`web` in `/prod` is `/prod/web`) and resolves `..` and doubled slashes. */
export function absoluteId(id: string, parent = '/'): string {
  const parts: string[] = [];
  for (const part of (id.startsWith('/') ? id : `${parent}/${id}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** The group an app or group stands in; the root's is the root. */
export function parentOf(id: string): string {
  return id.slice(0, id.lastIndexOf('/')) || '/';
}

function normalizeHealthCheck(check: JsonObject): JsonObject {
  const usesPort = check.port === undefined && check.protocol !== 'COMMAND';
  return { ...healthCheckDefaults, ...(usesPort ? { portIndex: 0 } : {}), ...check };
}

function networking(given: JsonObject): JsonObject {
  const networks = networksOf(given);
  const container = containerOf(given, networks);
  if (networks.some((network) => network.mode !== 'host')) return { networks, container, portDefinitions: undefined };
  const ports = Array.isArray(given.ports) ? given.ports.map((port: unknown) => ({ port })) : [{ port: 0 }];
  const definitions = Array.isArray(given.portDefinitions) ? objectsOf(given.portDefinitions) : ports;
  const portDefinitions = definitions.map((each) => ({ port: 0, protocol: 'tcp', ...each }));
  return { networks, container, portDefinitions };
}

function networksOf(given: JsonObject): readonly JsonObject[] {
  const listed = objectsOf(given.networks);
  if (listed.length > 0) return listed.map((network) => ({ mode: 'container', ...network }));
  const old = objectOf(objectOf(given.container).docker).network;
  if (old === 'BRIDGE') return [{ mode: 'container/bridge' }];
  if (old === 'USER' || isJsonObject(given.ipAddress)) {
    const name = objectOf(given.ipAddress).networkName;
    return [{ mode: 'container', ...(name === undefined ? {} : { name }) }];
  }
  return [{ mode: 'host' }];
}

function containerOf(given: JsonObject, networks: readonly JsonObject[]): JsonObject | undefined {
  const isHost = networks.every((network) => network.mode === 'host');
  if (!isJsonObject(given.container))
    return isHost ? undefined : { type: 'MESOS', portMappings: mappings([], networks) };
  const { docker, ...rest } = given.container;
  const container: Record<string, unknown> = { type: isJsonObject(docker) ? 'DOCKER' : 'MESOS', ...rest };
  const { portMappings: oldMappings, ...image } = objectOf(docker);
  if (isJsonObject(docker)) {
    container.docker = {
      forcePullImage: false,
      ...(container.type === 'DOCKER' ? { parameters: [], privileged: false } : {}),
      ...image,
      network: undefined,
    };
  }
  if (isHost) Reflect.deleteProperty(container, 'portMappings');
  else container.portMappings = mappings(objectsOf(rest.portMappings ?? oldMappings), networks);
  return container;
}

function mappings(given: readonly JsonObject[], networks: readonly JsonObject[]): readonly JsonObject[] {
  const isBridge = networks.some((network) => network.mode === 'container/bridge');
  return (given.length > 0 ? given : [{}]).map((each) => ({
    containerPort: 0,
    ...(isBridge ? { hostPort: 0 } : {}),
    protocol: 'tcp',
    servicePort: 0,
    ...each,
  }));
}

function distinct(values: readonly unknown[]): readonly unknown[] {
  return values.filter((value, index) => values.findIndex((other) => isSameJson(other, value)) === index);
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}
