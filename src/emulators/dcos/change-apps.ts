import { type Context, nextVersion } from './context';
import { cancelDeployment, createDeployment, planOf } from './deployments';
import { isSameJson, type JsonObject, objectOf, objectsOf } from './json';
import { appLocked, MarathonError, notValid } from './marathon-error';
import { parentOf } from './normalize-app';
import type { AppSpec, Deployment, DeploymentAction } from './world';

/** What a change is to do; a null wish removes the app. */
export type AppChange = {
  /** Normalised definitions by app id, still without version. */
  readonly wishes: Readonly<Record<string, JsonObject | null>>;
  readonly force: boolean;
  /** Starts every task anew although nothing changed. */
  readonly restart?: boolean;
};

const maxVersions = 50;

/** Throws 409 when a running deployment holds one of the apps and the change is not forced. */
export function requireUnlocked(context: Context, appIds: readonly string[], force: boolean): void {
  const holding = deploymentsOf(context, appIds);
  if (holding.length > 0 && !force) throw appLocked(holding.map((deployment) => deployment.id));
}

/** The running deployments that affect one of the apps. */
export function deploymentsOf(context: Context, appIds: readonly string[]): readonly Deployment[] {
  return context.world.deployments.filter(({ affectedApps }) => affectedApps.some((id) => appIds.includes(id)));
}

/**
 * Changes apps as one deployment. A wish that changes nothing keeps the app's version; the deployment then has no
 * steps and ends at once. Throws 409 when locked and 422 for a cycle of dependencies. The caller settles afterwards.
 */
export function changeApps(context: Context, { wishes, force, restart = false }: AppChange): Deployment {
  const { world } = context;
  const ids = Object.keys(wishes);
  const version = nextVersion(context);
  const original = Object.fromEntries(ids.map((id) => [id, world.apps[id] ?? null]));
  const target = Object.fromEntries(
    Object.entries(wishes).map(([id, wish]) => [id, wish && stamp(context, wish, version, restart)]),
  );
  requireAcyclic({ ...world.apps, ...target });
  const deployment = createDeployment(context, {
    version,
    original,
    target,
    steps: stepsOf(world.apps, original, target),
  });
  if (deploymentsOf(context, ids).length > 0 && !force) {
    context.emit('deployment_failed', { id: deployment.id, plan: planOf(deployment), reason: 'App is locked' });
    requireUnlocked(context, ids, force);
  }
  for (const other of deploymentsOf(context, ids)) cancelDeployment(context, other);
  for (const [id, spec] of Object.entries(target)) store(context, id, spec);
  context.emit('group_change_success', { groupId: parentOf(ids[0] ?? '/'), version });
  world.deployments.push(deployment);
  return deployment;
}

/** Stops a deployment by a new one that restores what was before. */
export function revertDeployment(context: Context, deployment: Deployment): Deployment {
  return changeApps(context, { wishes: deployment.original, force: true });
}

/** Stores an app as if a change to it had just been accepted. */
export function store(context: Context, id: string, spec: AppSpec | null): void {
  const { apps, versions, groups, failures, delays } = context.world;
  if (spec === null) {
    for (const record of [apps, versions, failures, delays]) Reflect.deleteProperty(record, id);
    return;
  }
  if (apps[id]?.version === spec.version) return;
  apps[id] = spec;
  versions[id] = [...(versions[id] ?? []), spec].slice(-maxVersions);
  for (let group = parentOf(id); group !== '/'; group = parentOf(group)) {
    if (!groups.includes(group)) groups.push(group);
  }
}

/** Gives a definition its version, and its service ports: kept from before where possible, else new in the cluster. */
export function stamp(context: Context, wish: JsonObject, version: string, restart: boolean): AppSpec {
  const before = context.world.apps[String(wish.id)];
  const spec = assignServicePorts(context, wish, before);
  const isConfigChange = restart || before === undefined || !isSameJson(configOf(spec), configOf(before));
  if (!isConfigChange && before.instances === spec.instances) return before;
  const versionInfo = {
    lastScalingAt: version,
    lastConfigChangeAt: isConfigChange ? version : before.versionInfo.lastConfigChangeAt,
  };
  if (restart && before !== undefined) versionInfo.lastScalingAt = before.versionInfo.lastScalingAt;
  return { ...spec, version, versionInfo } as unknown as AppSpec;
}

function configOf(spec: JsonObject): JsonObject {
  return { ...spec, instances: undefined, version: undefined, versionInfo: undefined };
}

function assignServicePorts(context: Context, wish: JsonObject, before: AppSpec | undefined): JsonObject {
  const taken = new Set(
    Object.values(context.world.apps).flatMap((app) => (app.id === wish.id ? [] : servicePortsOf(app))),
  );
  const old = before === undefined ? [] : servicePortsOf(before);
  for (const port of servicePortsOf(wish)) taken.add(port);
  let next = 10000;
  const assign = (given: unknown, index: number): number => {
    if (Number(given) > 0) return Number(given);
    const kept = old[index];
    while (taken.has(next)) next += 1;
    const port = kept !== undefined && !taken.has(kept) ? kept : next;
    taken.add(port);
    return port;
  };
  const definitions = Array.isArray(wish.portDefinitions)
    ? { portDefinitions: objectsOf(wish.portDefinitions).map((each, i) => ({ ...each, port: assign(each.port, i) })) }
    : {};
  const container = objectOf(wish.container);
  const mappings = Array.isArray(container.portMappings)
    ? {
        container: {
          ...container,
          portMappings: objectsOf(container.portMappings).map((each, i) => ({
            ...each,
            servicePort: assign(each.servicePort, i),
          })),
        },
      }
    : {};
  return { ...wish, ...definitions, ...mappings };
}

/** The service ports of an app, in order. */
export function servicePortsOf(spec: JsonObject): readonly number[] {
  const definitions = objectsOf(spec.portDefinitions).map((each) => Number(each.port));
  const mappings = objectsOf(objectOf(spec.container).portMappings).map((each) => Number(each.servicePort));
  return [...definitions, ...mappings];
}

type Specs = Readonly<Record<string, AppSpec | null>>;

function stepsOf(current: Specs, original: Specs, target: Specs): Deployment['steps'] {
  const stops: DeploymentAction[] = [];
  const starts: DeploymentAction[] = [];
  const levels: DeploymentAction[][] = [];
  for (const [app, spec] of Object.entries(target)) {
    const before = original[app] ?? null;
    if (spec === null) {
      if (before !== null) stops.push({ action: 'StopApplication', app });
      continue;
    }
    if (before?.version === spec.version) continue;
    if (before === null) starts.push({ action: 'StartApplication', app });
    const isScale = before === null || spec.instances === 0 || spec.versionInfo.lastConfigChangeAt !== spec.version;
    const level = levelOf(app, { ...current, ...target });
    (levels[level] ??= []).push({ action: isScale ? 'ScaleApplication' : 'RestartApplication', app });
  }
  // A level without a change leaves a hole, so the list is made dense first.
  const dense = Array.from(levels, (level: DeploymentAction[] | undefined) => level ?? []);
  return [stops, starts, ...dense].filter((actions) => actions.length > 0).map((actions) => ({ actions }));
}

function dependenciesOf(app: string, specs: Specs): readonly string[] {
  const wanted = specs[app]?.dependencies ?? [];
  return Object.keys(specs).filter((id) => id !== app && wanted.some((dep) => id === dep || id.startsWith(`${dep}/`)));
}

function levelOf(app: string, specs: Specs): number {
  return Math.max(0, ...dependenciesOf(app, specs).map((dependency) => levelOf(dependency, specs) + 1));
}

function requireAcyclic(specs: Specs): void {
  const visit = (app: string, path: readonly string[]): void => {
    if (path.includes(app)) throw notValid([{ path: '/', errors: ['Dependency graph has cyclic dependencies.'] }]);
    for (const dependency of dependenciesOf(app, specs)) visit(dependency, [...path, app]);
  };
  Object.keys(specs).forEach((app) => visit(app, []));
}

/** Throws Marathon's 409 when an app or group has the id already. */
export function requireNewId(context: Context, id: string): void {
  const { apps, groups } = context.world;
  if (apps[id] !== undefined) throw new MarathonError(409, { message: `An app with id [${id}] already exists.` });
  if (groups.includes(id)) throw notValid([{ path: '/', errors: [`Group with id [${id}] already exists.`] }]);
}
