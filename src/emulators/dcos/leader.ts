import type { Context } from './context';
import { type Call, ok, type Reply } from './exchange';
import { notFound } from './marathon-error';
import { below } from './admin-paths';

/** The leader's host and port; undefined while there is none. */
export function leaderOf({ world, faults, clock }: Context): string | undefined {
  if (faults.find('noLeader', () => true) !== undefined || clock.now() < world.electionUntil) return undefined;
  return `127.0.0.1:${8080 + world.leaderTerm}`;
}

/** GET /v2/leader */
export function getLeader(context: Context): Reply {
  const leader = leaderOf(context);
  if (leader === undefined) throw notFound('There is no leader');
  return ok({ leader });
}

/** DELETE /v2/leader: streams are cut, and there is no leader until another one is elected. */
export function abdicate(context: Context): Reply {
  getLeader(context);
  const { world, clock, timings } = context;
  world.leaderTerm = (world.leaderTerm + 1) % 3;
  world.electionUntil = clock.now() + clock.scale(timings.electionMs);
  context.closeStreams();
  return ok({ message: 'Leadership abdicated' });
}

/** The answer to a request that only a leader can serve, while there is none: 503 without a body. */
export function refuseWithoutLeader(context: Context, { path }: Pick<Call, 'path'>): Reply | undefined {
  const needsLeader = below('/v2', path) !== undefined && path !== '/v2/leader';
  return needsLeader && leaderOf(context) === undefined ? { status: 503 } : undefined;
}
