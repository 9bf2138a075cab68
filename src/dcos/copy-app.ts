import { CoxswainError } from '../model/errors';
import type { MarathonApp } from './marathon-client';
import { keyLabel } from './server-groups';

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What Marathon says of an app beside its definition, and refuses to be told. */
const told = ['id', 'version', 'versionInfo', 'tasks', 'deployments', 'lastTaskFailure', 'taskFailures'];

/** Old spellings that Marathon before 1.5 shows beside the new ones, and refuses together with them. */
const doubled: readonly (readonly [string, string])[] = [
  ['ports', 'portDefinitions'],
  ['uris', 'fetch'],
];

function holdsData(definition: Json): boolean {
  const volumes = isJson(definition.container) ? definition.container.volumes : undefined;
  return Array.isArray(volumes) && volumes.some((volume) => isJson(volume) && isJson(volume.persistent));
}

/**
 * The same app under another id, labelled with the key of the effect that creates it. Everything else stays, service ports
 * and labels of load balancers too, so that it takes traffic beside the first. Throws INVALID_INPUT for an app that holds
 * data in a persistent volume: a copy would begin without it.
 */
export function copyOfApp(definition: Json, id: string, key: string): MarathonApp {
  if (holdsData(definition)) {
    throw new CoxswainError('INVALID_INPUT', {
      message: `Cannot recreate ${String(definition.id)} as ${id}: it holds data in a persistent volume, and a copy would begin without it. Move the data out first.`,
    });
  }
  const left = Object.entries(definition).filter(([name, value]) => {
    const isDoubled = doubled.some(([old, current]) => old === name && Array.isArray(definition[current]));
    return value !== null && !told.includes(name) && !isDoubled;
  });
  const labels = isJson(definition.labels) ? definition.labels : {};
  return { ...Object.fromEntries(left), id, labels: { ...labels, [keyLabel]: key } };
}
