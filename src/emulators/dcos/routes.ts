/** Every route that the emulator serves below its prefixes, the more particular ones first; `{id}` may hold slashes. */
export const routes = [
  { method: 'GET', pattern: '/ping', summary: 'Answers pong' },
  { method: 'GET', pattern: '/v2/info', summary: 'Version, framework id and leader' },
  { method: 'GET', pattern: '/v2/leader', summary: 'The leader' },
  { method: 'GET', pattern: '/v2/events', summary: 'Event stream (SSE), with event_type filters' },
  { method: 'GET', pattern: '/v2/pods', summary: 'Always empty' },
  { method: 'GET', pattern: '/v2/apps', summary: 'Lists apps; id, cmd, label, embed' },
  { method: 'POST', pattern: '/v2/apps', summary: 'Creates an app' },
  { method: 'PUT', pattern: '/v2/apps', summary: 'Creates or changes several apps as one deployment' },
  { method: 'PATCH', pattern: '/v2/apps', summary: 'Changes several apps as one deployment' },
  { method: 'GET', pattern: '/v2/apps/{id}/versions', summary: 'Versions, newest first' },
  { method: 'GET', pattern: '/v2/apps/{id}/versions/{version}', summary: 'One stored definition' },
  { method: 'POST', pattern: '/v2/apps/{id}/restart', summary: 'Starts every task anew' },
  { method: 'GET', pattern: '/v2/apps/{id}/tasks', summary: 'Tasks of an app' },
  { method: 'DELETE', pattern: '/v2/apps/{id}/tasks', summary: 'Kills tasks of an app; host, scale, wipe, force' },
  { method: 'DELETE', pattern: '/v2/apps/{id}/tasks/{taskId}', summary: 'Kills one task; scale, wipe, force' },
  { method: 'GET', pattern: '/v2/apps/{id}/*', summary: 'Apps of a group and below' },
  { method: 'GET', pattern: '/v2/apps/{id}', summary: 'One app with tasks and last failure' },
  { method: 'PUT', pattern: '/v2/apps/{id}', summary: 'Changes, replaces, creates or rolls back an app' },
  { method: 'PATCH', pattern: '/v2/apps/{id}', summary: 'Changes an app' },
  { method: 'DELETE', pattern: '/v2/apps/{id}', summary: 'Removes an app; force is true by default' },
  { method: 'GET', pattern: '/v2/groups', summary: 'The root group' },
  { method: 'GET', pattern: '/v2/groups/{id}', summary: 'One group with its groups and apps' },
  { method: 'GET', pattern: '/v2/tasks', summary: 'All tasks; status' },
  { method: 'POST', pattern: '/v2/tasks/delete', summary: 'Kills tasks by id; scale, wipe, force' },
  { method: 'GET', pattern: '/v2/deployments', summary: 'Running deployments' },
  { method: 'DELETE', pattern: '/v2/deployments/{id}', summary: 'Reverts a deployment, or just stops it with force' },
  { method: 'GET', pattern: '/v2/queue', summary: 'Apps with instances that wait for their launch' },
  { method: 'DELETE', pattern: '/v2/queue/{id}/delay', summary: 'Ends the launch delay of an app' },
  { method: 'GET', pattern: '/emulator/requests', summary: 'Request log; method, mutations=true' },
  { method: 'DELETE', pattern: '/emulator/requests', summary: 'Empties the request log' },
  { method: 'GET', pattern: '/emulator/faults', summary: 'Faults in force' },
  { method: 'POST', pattern: '/emulator/faults', summary: 'Adds a fault, or an array of them' },
  { method: 'DELETE', pattern: '/emulator/faults', summary: 'Removes all faults, or the one with ?id=' },
] as const;

/** A route's name: its method and pattern. */
export type RouteName = (typeof routes)[number] extends infer R
  ? R extends { readonly method: infer M extends string; readonly pattern: infer P extends string }
    ? `${M} ${P}`
    : never
  : never;

/** A route that a request took, with what stood in the place of `{id}` and the like. */
export type RouteMatch = { readonly name: RouteName; readonly parameters: Readonly<Record<string, string>> };

const compiled = routes.map(({ method, pattern }) => {
  const source = pattern
    .replace('*', '\\*')
    .replace('{id}', '(?<id>.+)')
    .replace(/\{(version|taskId)\}/, '(?<$1>[^/]+)');
  return { method, name: `${method} ${pattern}` as RouteName, expression: new RegExp(`^${source}$`) };
});

/**
 * Finds the route of a request. Paths are taken as loosely as real clients write them: with or without the Admin
 * Router prefix, with doubled and trailing slashes.
 */
export function findRoute(method: string, path: string): RouteMatch | undefined {
  const plain = plainPath(path);
  for (const route of compiled) {
    if (route.method !== method) continue;
    const found = route.expression.exec(plain);
    if (found !== null) return { name: route.name, parameters: { ...found.groups } };
  }
  return undefined;
}

/** The path below the prefix, with single slashes and none at the end. */
export function plainPath(path: string): string {
  const single = decode(path)
    .replace(/\/{2,}/g, '/')
    .replace(/\/$/, '');
  return single.replace(/^(\/service)?\/marathon(?=\/)/, '');
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
