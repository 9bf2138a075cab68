import type { HealthCheckDescription, ServerGroupDescription, ServiceEndpoint } from '../model/description';
import { CoxswainError } from '../model/errors';
import type { MarathonApp } from './marathon-client';
import { marathonId } from './marathon-id';
import { keyLabel } from './server-groups';

type Json = Readonly<Record<string, unknown>>;

const invalid = (message: string) => new CoxswainError('INVALID_INPUT', { message });

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `over` on top of `base`: objects are joined, everything else replaced; so `container.volumes` keeps the image. */
export function mergeDeep(base: Json, over: Json): Json {
  const merged = Object.entries(over).map(([name, value]) => {
    const below = base[name];
    return [name, isJson(below) && isJson(value) ? mergeDeep(below, value) : value] as const;
  });
  return { ...base, ...Object.fromEntries(merged) };
}

/** Reads `hostname:UNIQUE,rack:GROUP_BY:2`. Throws INVALID_INPUT unless each constraint has 2 or 3 parts. */
export function parseConstraints(constraints: string): readonly (readonly string[])[] {
  if (constraints.trim() === '') return [];
  return constraints.split(',').map((constraint) => {
    const parts = constraint.split(':').map((part) => part.trim());
    if (parts.length === 2 || parts.length === 3) return parts;
    throw invalid(
      `Given constraint [${constraint.trim()}] was invalid as it had ${parts.length} parts instead of the expected 2 or 3. Write it as attribute:OPERATOR or attribute:OPERATOR:value.`,
    );
  });
}

const modeOfNetworkType = { HOST: 'host', BRIDGE: 'container/bridge', USER: 'container' } as const;

type Networked = Pick<ServerGroupDescription, 'serviceEndpoints'> & Partial<ServerGroupDescription>;

function networkOf(description: Networked): { mode: string; networks: unknown } {
  const own = description.marathon?.networks;
  if (Array.isArray(own) && own.length > 0) {
    const first: unknown = own[0];
    const mode = isJson(first) && typeof first.mode === 'string' ? first.mode : 'container';
    return { mode, networks: own };
  }
  const types = [...new Set(description.serviceEndpoints.map((endpoint) => endpoint.networkType))];
  if (types.length > 1) {
    throw invalid(
      `Service endpoints of ${description.application ?? 'the app'} name several network types (${types.join(', ')}). An app has one: choose one.`,
    );
  }
  const mode = modeOfNetworkType[types[0] ?? 'HOST'];
  return { mode, networks: [{ mode }] };
}

function portLabels(endpoint: ServiceEndpoint, index: number, id: string): Json {
  const vip = `VIP_${index}`;
  const labels = endpoint.labels ?? {};
  if (endpoint.loadBalanced !== true || vip in labels) return labels;
  return { ...labels, [vip]: `${id}:${endpoint.port}` };
}

function portsOf(description: Networked, mode: string, id: string): Json {
  // Left out where none are named, so that Marathon's default holds: one port.
  if (description.serviceEndpoints.length === 0) return {};
  const ports = description.serviceEndpoints.map((endpoint, index) => {
    const labels = portLabels(endpoint, index, id);
    return {
      name: endpoint.name,
      protocol: endpoint.protocol,
      ...(mode === 'host' ? { port: endpoint.port } : { containerPort: endpoint.port }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
    };
  });
  return mode === 'host' ? { portDefinitions: ports } : { container: { portMappings: ports } };
}

function toHealthCheck({ command, ...check }: HealthCheckDescription): Json {
  return command === undefined || command.trim() === '' ? check : { ...check, command: { value: command } };
}

/** Marathon wants each secret that `env` names declared; one that is not declared is its own source. */
function secretsOf(description: Partial<ServerGroupDescription>): Json {
  const names = Object.values(description.env ?? {}).flatMap((value) =>
    typeof value === 'string' ? [] : [value.secret],
  );
  if (names.length === 0) return {};
  return { secrets: Object.fromEntries(names.map((name) => [name, { source: name }])) };
}

/** The fields of the app that a description gives, whichever those are, but for its image, its labels and its ports. */
export function givenFields(description: Partial<ServerGroupDescription>): Json {
  const { desiredCapacity: instances, cpus, mem, disk, gpus, env, constraints, healthChecks } = description;
  const given = {
    instances,
    cpus,
    mem,
    disk,
    gpus,
    env,
    constraints: constraints === undefined ? undefined : parseConstraints(constraints),
    healthChecks: healthChecks?.map(toHealthCheck),
  };
  const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...fields, ...secretsOf(description) };
}

/** The networks and the ports of an app, and where ports are named in it. Throws INVALID_INPUT for several network types. */
export function networkFields(description: Networked, id: string): Json {
  const { mode, networks } = networkOf(description);
  return { networks, ...portsOf(description, mode, id) };
}

/** Refuses `marathon` fields that Coxswain steers by. */
export function furtherFields({ marathon = {}, application }: Partial<ServerGroupDescription>): Json {
  const taken = steered.filter((field) => field in marathon);
  if (taken.length === 0) return marathon;
  throw invalid(
    `The marathon fields of ${application ?? 'the app'} hold ${taken.join(', ')}, which Coxswain sets itself. Remove them there.`,
  );
}

/** Fields that Coxswain itself steers by; a definition may not take them over. */
const steered = ['id', 'instances', 'version'] as const;

/**
 * The Marathon app of a description (semantics §2.1, decision 12): further `marathon` fields win, objects joined deeply,
 * but for the label COXSWAIN_KEY. Throws INVALID_INPUT for a malformed constraint, several network types, or a `marathon`
 * field that Coxswain steers by (id, instances, version), and INVALID_NAME for an id that DC/OS would not take.
 */
export function appFromDescription(description: ServerGroupDescription, name: string, key: string): MarathonApp {
  const further = furtherFields(description);
  const id = marathonId(description.location, name);
  const { healthChecks, ...given } = givenFields(description);
  const derived: Json = {
    ...given,
    // Left out where there are none, as everything is that Marathon has a default for.
    ...(description.healthChecks.length === 0 ? {} : { healthChecks }),
    id,
    container: { type: 'DOCKER', docker: { image: description.docker.image.imageId } },
    labels: description.labels ?? {},
  };
  const app = mergeDeep(mergeDeep(derived, networkFields(description, id)), further);
  return { ...mergeDeep(app, { labels: { [keyLabel]: key } }), id };
}
