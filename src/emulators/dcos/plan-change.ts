import type { Context } from './context';
import { type Dependencies, readDependencies } from './dependencies';
import { isSameJson, type JsonObject, objectOf, objectsOf } from './json';
import type { AppSpec, Deployment, DeploymentAction, GroupSettings } from './world';

/** What a change would do. */
export type PlannedChange = Pick<Deployment, 'version' | 'original' | 'target' | 'steps'>;

/** What may be said of a change beside the wishes. */
export type PlanOptions = {
  /** Gives every app a new version although nothing changed. */
  readonly restart?: boolean;
  /** What groups have after the change; as they are now by default. */
  readonly groupSettings?: Readonly<Record<string, GroupSettings>>;
};

/**
 * Works out what a change of apps (by id; null removes) would do, without doing it: the new definitions with their
 * service ports, and Marathon's steps. Throws 422 for a cycle of dependencies.
 */
export function planChange(
  context: Context,
  wishes: Readonly<Record<string, JsonObject | null>>,
  version: string,
  { restart = false, groupSettings = context.world.groupSettings }: PlanOptions = {},
): PlannedChange {
  const { apps } = context.world;
  const ids = Object.keys(wishes);
  const original = Object.fromEntries(ids.map((id) => [id, apps[id] ?? null]));
  const others = Object.values(apps).filter(({ id }) => wishes[id] === undefined);
  const wanted = Object.values(wishes).filter((wish) => wish !== null);
  const taken = new Set([...others, ...wanted].flatMap(servicePortsOf));
  const target = Object.fromEntries(
    Object.entries(wishes).map(([id, wish]) => [id, wish && stamp(wish, apps[id], taken, version, restart)]),
  );
  const dependencies = readDependencies({ ...apps, ...target }, groupSettings);
  return { version, original, target, steps: stepsOf(dependencies, original, target) };
}

/** Gives a definition its version, and its service ports: kept from before where possible, else new in the cluster. */
function stamp(
  wish: JsonObject,
  before: AppSpec | undefined,
  taken: Set<number>,
  version: string,
  restart: boolean,
): AppSpec {
  const spec = assignServicePorts(wish, before, taken);
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

function assignServicePorts(wish: JsonObject, before: AppSpec | undefined, taken: Set<number>): JsonObject {
  const old = before === undefined ? [] : servicePortsOf(before);
  let next = 10_000;
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
  if (!Array.isArray(container.portMappings)) return { ...wish, ...definitions };
  const portMappings = objectsOf(container.portMappings).map((each, index) => ({
    ...each,
    servicePort: assign(each.servicePort, index),
  }));
  return { ...wish, ...definitions, container: { ...container, portMappings } };
}

/** The service ports of an app, in order. */
export function servicePortsOf(spec: JsonObject): readonly number[] {
  const definitions = objectsOf(spec.portDefinitions).map((each) => Number(each.port));
  const mappings = objectsOf(objectOf(spec.container).portMappings).map((each) => Number(each.servicePort));
  return [...definitions, ...mappings];
}

type Specs = Readonly<Record<string, AppSpec | null>>;

function stepsOf({ levelOf }: Dependencies, original: Specs, target: Specs): Deployment['steps'] {
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
    (levels[levelOf(app)] ??= []).push({ action: isScale ? 'ScaleApplication' : 'RestartApplication', app });
  }
  // A level without a change leaves a hole, so the list is made dense first.
  const dense = Array.from(levels, (level: DeploymentAction[] | undefined) => level ?? []);
  return [stops, starts, ...dense].filter((actions) => actions.length > 0).map((actions) => ({ actions }));
}
