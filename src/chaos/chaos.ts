import type { Application } from '../model/application';
import type { ChaosSettings } from '../model/chaos';
import { askForKill, type KillAnswer, type KillRequest } from './ask-for-kill';
import { firstRefusal } from './check';
import { chaosChecks } from './checks';
import type { ChaosWorld } from './chaos-world';
import { killKind, scheduleKind, switchKind, forAll, type Kill } from './documents';
import { groupsOf, readMembers } from './groups';
import { press, type Press, type PressAnswer } from './press';
import { createReading } from './reading';
import { turn, type TurnRequest } from './switches';

/** Who turns chaos on or off, and why. */
export type Turning = { readonly isOff: boolean; readonly by: string; readonly reason: string };

/** Chaos Monkey, as people see it. */
export interface Chaos {
  readonly settings: ChaosSettings;
  /** Why it is off: for all, or for one application; undefined where nobody has turned it off. */
  offFor(application: string | undefined): Promise<Turning | undefined>;
  /** Turns it on or off; again under the same id it changes nothing. Answers the turning that counts then, and whether it is this one. */
  turn(request: Omit<TurnRequest, 'teamId' | 'now'>): Promise<Turning & { readonly isLast: boolean }>;
  /** The kills of the last day that was drawn, in their order; without a name, of all applications. */
  today(application: string | undefined): Promise<{ readonly date?: string; readonly kills: readonly Kill[] }>;
  /** For what kills are drawn, and why nothing of it may be killed now. Throws where a place cannot be seen. */
  groups(application: Application): Promise<readonly { readonly key: string; readonly refusal: string | undefined }[]>;
  /** The last kills of an application, newest first. */
  history(application: string, limit: number): Promise<readonly Kill[]>;
  kill(id: string): Promise<Kill | undefined>;
  ask(request: KillRequest): Promise<KillAnswer>;
  press(killId: string, wanted: Press): Promise<PressAnswer>;
}

async function today({ store, teamId }: ChaosWorld, application: string | undefined) {
  const schedule = (await store.get(scheduleKind, teamId))?.document;
  const drawn = (schedule?.kills ?? []).filter(({ group }) => [undefined, group.application].includes(application));
  const kills = await Promise.all(drawn.map(async ({ id }) => (await store.get(killKind, id))?.document));
  const { date } = schedule ?? {};
  return { ...(date === undefined ? {} : { date }), kills: kills.filter((kill) => kill !== undefined) };
}

async function groups(world: ChaosWorld, application: Application) {
  const found = [...groupsOf(application, await readMembers(world.serverGroups, application)).values()];
  const now = world.clock.now();
  const reading = createReading(world, application);
  return Promise.all(
    found.map(async (group) => ({
      key: group.key,
      refusal: await firstRefusal(chaosChecks, { world, group, application, reading, now }),
    })),
  );
}

/** The time at which a kill came last to anything. */
const timeOf = ({ plannedAt, state }: Kill): number => (state.is === 'ended' ? state.at : plannedAt);

/** Kills of one day are ordered by their time, of which their ids say nothing. */
const mostOfADay = 100;

async function history({ store }: ChaosWorld, application: string, limit: number): Promise<readonly Kill[]> {
  const index = { name: 'application', value: application };
  const found = await store.list(killKind, { index, newestFirst: true, limit: limit + mostOfADay });
  const kills = found.map(({ document }) => document).filter(({ state }) => state.is !== 'planned');
  return kills.sort((one, other) => timeOf(other) - timeOf(one)).slice(0, limit);
}

/** Opens Chaos Monkey for people. */
export function createChaos(world: ChaosWorld): Chaos {
  const { store, teamId, clock, settings } = world;
  return {
    settings,
    offFor: async (application = forAll) => {
      const found = (await store.get(switchKind, application))?.document;
      return found?.isOff === true ? found : undefined;
    },
    turn: async (request) => {
      const turned = await turn(store, { ...request, teamId, now: clock.now() });
      return { ...turned, isLast: turned.applied.at(-1) === request.id };
    },
    today: (application) => today(world, application),
    groups: (application) => groups(world, application),
    history: (application, limit) => history(world, application, limit),
    kill: async (id) => (await store.get(killKind, id))?.document,
    ask: (request) => askForKill(world, request),
    press: (killId, wanted) => press(world, killId, wanted),
  };
}
