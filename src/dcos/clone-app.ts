import { furtherFields, givenFields, mergeDeep, networkFields } from './app-from-description';
import { copyOfApp } from './copy-app';
import type { MarathonApp } from './marathon-client';
import { marathonId } from './marathon-id';
import { keyLabel, type CloneDescription } from './server-groups';

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object without some of its fields; what is none stays as it is. */
const without = (value: unknown, names: readonly string[]): unknown =>
  isJson(value) ? Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name))) : value;

function renameVip(port: unknown, from: string, to: string): unknown {
  if (!isJson(port) || !isJson(port.labels)) return port;
  const labels = Object.entries(port.labels).map(([name, value]) => {
    const isAutomatic = name.startsWith('VIP_') && typeof value === 'string' && value.startsWith(`${from}:`);
    return [name, isAutomatic ? `${to}${value.slice(from.length)}` : value] as const;
  });
  return { ...port, labels: Object.fromEntries(labels) };
}

/** The virtual addresses that are named after the app itself, which no two versions share (semantics §2.1). */
function renameVips(app: Json, from: string, to: string): Json {
  const rename = (ports: unknown): unknown =>
    Array.isArray(ports) ? ports.map((port) => renameVip(port, from, to)) : ports;
  const inside = (value: unknown, names: readonly string[]): unknown =>
    isJson(value)
      ? Object.fromEntries(
          Object.entries(value).map(([name, each]) => [name, names.includes(name) ? rename(each) : each]),
        )
      : value;
  const ports = inside(app, ['portDefinitions']) as Json;
  if (!isJson(ports.container)) return ports;
  const container = inside(ports.container, ['portMappings']) as Json;
  const docker = inside(container.docker, ['portMappings']);
  return { ...ports, container: { ...container, ...(docker === undefined ? {} : { docker }) } };
}

const portFields = ['networks', 'ipAddress', 'portDefinitions', 'ports', 'requirePorts'];

/** The app without all that says how it is reached, in every spelling. */
function withoutNetwork(app: Json): Json {
  const { container, ...rest } = without(app, portFields) as Json;
  if (!isJson(container)) return rest;
  const { docker, ...others } = without(container, ['portMappings']) as Json;
  const inner = without(docker, ['network', 'portMappings']);
  return { ...rest, container: { ...others, ...(inner === undefined ? {} : { docker: inner }) } };
}

function withImage(app: Json, image: string | undefined): Json {
  if (image === undefined) return app;
  const { type = 'DOCKER', ...container } = isJson(app.container) ? app.container : {};
  const docker = isJson(container.docker) ? container.docker : {};
  return { ...app, container: { type, ...container, docker: { ...docker, image } } };
}

/**
 * A new app from the definition of another: each field that the description gives replaces the source's, whole; everything
 * else stays (decision 13), but for what names the source itself. Further `marathon` fields win, objects joined deeply.
 * Throws INVALID_INPUT for a source that holds data in a persistent volume, and as `appFromDescription` does.
 */
export function cloneOfApp(definition: Json, description: CloneDescription, name: string, key: string): MarathonApp {
  const further = furtherFields(description);
  const id = marathonId(description.location, name);
  const copy = renameVips(copyOfApp(definition, id, key), String(definition.id), id);
  const { serviceEndpoints, labels, docker } = description;
  const reached =
    serviceEndpoints === undefined
      ? copy
      : mergeDeep(withoutNetwork(copy), networkFields({ ...description, serviceEndpoints }, id));
  const app = {
    ...withImage(reached, docker?.image.imageId),
    ...givenFields(description),
    ...(labels === undefined ? {} : { labels }),
  };
  return { ...mergeDeep(mergeDeep(app, further), { labels: { [keyLabel]: key } }), id };
}
