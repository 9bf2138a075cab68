import type { EmulatorEvent } from './context';
import { isJsonObject, type JsonObject } from './json';
import { parentOf } from './normalize-app';
import type { AppSpec, Deployment } from './world';

/**
 * The plan of a deployment as the events show it. `original` and `target` are the root group before and after; unlike
 * Marathon's, they hold only the apps that the change is about.
 */
export function planOf({ id, version, steps, original, target }: Deployment) {
  return { id, version, original: rootOf(original, version), target: rootOf(target, version), steps };
}

/** An event for a subscriber with `plan-format=light`: its plan without the groups before and after. */
export function lightEvent(event: EmulatorEvent): EmulatorEvent {
  if (!isJsonObject(event.plan)) return event;
  const { original: _original, target: _target, ...plan } = event.plan;
  return { ...event, plan };
}

function rootOf(specs: Readonly<Record<string, AppSpec | null>>, version: string): JsonObject {
  const apps = Object.values(specs).filter((spec) => spec !== null);
  const groups = new Set<string>();
  for (const { id } of apps) for (let group = parentOf(id); group !== '/'; group = parentOf(group)) groups.add(group);
  const groupOf = (id: string): JsonObject => ({
    id,
    apps: apps.filter((spec) => parentOf(spec.id) === id),
    groups: [...groups].filter((group) => parentOf(group) === id).map(groupOf),
    pods: [],
    dependencies: [],
    version,
  });
  return groupOf('/');
}
