import { localTime } from '../model/local-time';
import type { Application } from '../model/application';
import type { ChaosWorld } from './chaos-world';
import { killKind, type ChaosGroup, type Kill } from './documents';
import { drawOne } from './draw';
import { groupsOf, readMembers } from './groups';
import { mayKill } from './may-kill';

/** Who asks for a kill now, and of what. */
export type KillRequest = {
  /** The command's: asking again is the same kill. */
  readonly commandId: string;
  readonly user: string;
  readonly channel?: string;
  readonly application: Application;
  /** Only groups all of whose environments are among these. */
  readonly environments: readonly string[];
};

/** The kill that was drawn, which asks before it does anything; or why there is none. */
export type KillAnswer = { readonly kill: Kill } | { readonly refusal: string };

async function drawGroup(world: ChaosWorld, request: KillRequest, seed: string): Promise<ChaosGroup | undefined> {
  const { application, environments } = request;
  const groups = groupsOf(application, await readMembers(world.serverGroups, application));
  const allowed = [...groups.values()].filter((group) =>
    group.environments.every((name) => environments.includes(name)),
  );
  return drawOne(allowed, seed, 'group');
}

/** Draws one kill for a person, now and with the same checks; its card always asks. Throws where a place cannot be seen. */
export async function askForKill(world: ChaosWorld, request: KillRequest): Promise<KillAnswer> {
  const { store, clock, teamId, newSeed, settings } = world;
  const { commandId, user, channel } = request;
  const now = clock.now();
  const id = `${localTime(now, settings.timeZone).date}/run/${commandId}`;
  const known = (await store.get(killKind, id))?.document;
  if (known !== undefined) return { kill: known };
  const seed = newSeed(id);
  const group = await drawGroup(world, request, seed);
  if (group === undefined) return { refusal: 'Nothing in service is drawn for there.' };
  const asked = channel === undefined ? {} : { askedIn: channel };
  const kill: Kill = {
    schema: 1,
    teamId,
    id,
    group,
    plannedAt: now,
    seed,
    askedBy: user,
    ...asked,
    state: { is: 'planned' },
  };
  // Asked here too, so that whoever asks is told at once.
  const allowed = await mayKill(world, kill, now);
  if ('refusal' in allowed) return { refusal: allowed.refusal };
  await store.create(killKind, id, kill, { due: now });
  return { kill: (await store.get(killKind, id))?.document ?? kill };
}
