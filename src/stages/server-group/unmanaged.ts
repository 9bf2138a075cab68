import { z } from 'zod';
import type { ServerGroups } from '../../dcos/server-groups';
import type { GuardAnswer } from '../../engine/contracts/guard';
import type { TaskDefinition, TaskLook } from '../../engine/contracts/task';
import { guardTraffic } from '../../guards';
import { locationName, type Location, type ServerGroup, type UnmanagedApp } from '../../model/server-group';
import { placeOf } from './place';
import { changeLocked, waitForLock } from './wait-for-lock';

type Needs = { readonly serverGroups: ServerGroups };
type Look = TaskLook<Needs>;

/** What every stage on an unmanaged app accepts: the cluster it is adopted as, and its name. */
export const unmanagedConfig = z.looseObject({ cluster: z.string(), unmanagedName: z.string() });

/** The unmanaged app of a stage, read uncached; undefined when it is gone. */
export const readUnmanaged = (look: Look): Promise<UnmanagedApp | undefined> =>
  look.services.serverGroups.unmanaged(
    placeOf(look.context),
    unmanagedConfig.parse(look.context).unmanagedName,
    look.signal,
  );

/** The traffic guard over a cluster with the unmanaged app counted in, which no list of server groups shows. */
export function guardBesideUnmanaged(question: {
  readonly operation: string;
  readonly cluster: string;
  readonly location: Location;
  readonly groups: readonly ServerGroup[];
  readonly app: UnmanagedApp;
  readonly going: string;
  /** How many healthy instances must be left; undefined where the cluster is not guarded. */
  readonly least: number | undefined;
}): GuardAnswer {
  const { operation, cluster, location, groups, app, going, least } = question;
  if (least === undefined) return { allowed: true };
  const [pattern] = groups;
  const beside = pattern === undefined ? [] : [{ ...pattern, ...app }];
  return guardTraffic({
    operation,
    cluster,
    place: locationName(location),
    groups: [...groups, ...beside],
    going: [going],
    reserved: [],
    minimumServing: least,
  });
}

/** An effect on the unmanaged app in two steps; a lock is waited out, or forced by people. `isDone` looks before anything is repeated. */
export const onUnmanaged = (
  name: string,
  isDone: (app: UnmanagedApp | undefined, look: Look) => boolean,
  act: (look: Look, unmanagedName: string, force: boolean) => Promise<unknown>,
): TaskDefinition<Needs> => ({
  name,
  timeoutMs: 30 * 60_000,
  timeoutFromStage: false,
  acts: 'DC/OS',
  async run(look) {
    if (isDone(await readUnmanaged(look), look)) return { status: 'SUCCEEDED' };
    const { unmanagedName } = unmanagedConfig.parse(look.context);
    const memo = { acting: unmanagedName };
    if (look.memo === undefined) return { status: 'RUNNING', retryAfterMs: 0, memo };
    try {
      await changeLocked(look, (force) => act(look, unmanagedName, force));
      return { status: 'SUCCEEDED' };
    } catch (error) {
      return waitForLock(error, memo, look);
    }
  },
});
