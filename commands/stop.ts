import type { DocumentStore } from '../src/engine/ports/document-store';
import { readActive } from '../src/engine/read-active';
import type { Command } from '../src/model/command';
import { holdText } from '../src/model/hold';
import { textParts } from '../src/model/text';
import type { View } from '../src/model/view';
import { may, type Permission } from '../src/policy/permissions';
import { holdOfStop, liftStop, stopAll, type StopRequest } from '../src/policy/stop';
import { isStoppable } from '../src/policy/stop-handler';
import { originOf } from './support/audit-command';
import { liftChoice } from './support/hold-plan';
import type { Verb, VerbAnswer, VerbWorld } from './support/verb';
import type { Words } from './support/words';

const usage = '/cox stop [REASON] or /cox stop lift REASON';

/**
 * Whoever may deploy anything may stop everything. Lifting that takes more: where files name deployers, one of those whom they
 * name somewhere.
 */
async function mayStop({ definitions, people }: VerbWorld, user: string, lifts: boolean): Promise<Permission> {
  const known = await people([user]);
  const all = [...definitions().applications.values()].flatMap(({ name, environments }) =>
    [...environments.values()].map(({ name: environment, policy }) => ({ where: `${name} ${environment}`, policy })),
  );
  const named = all.filter(({ policy }) => policy.deployers.length > 0);
  const asked = lifts && named.length > 0 ? named : all;
  const answers = asked.map(({ policy, where }) => may(lifts ? 'deploy' : 'halt', policy, known, { user, where }));
  const refusal = lifts
    ? 'You may not lift this: only those may whom a file names as deployers.'
    : 'You may deploy nothing, so you may not stop everything.';
  const own = known.isStale ? answers[0] : undefined;
  return answers.find(({ allowed }) => allowed) ?? own ?? { allowed: false, reason: refusal };
}

const requestOf = ({ id, source }: Command, now: number, reason: string): StopRequest => ({
  id,
  user: source.user,
  from: originOf(source),
  now,
  ...(reason === '' ? {} : { reason }),
});

/** How many executions a stop is about to pause. */
async function countStoppable(store: DocumentStore): Promise<number> {
  let count = 0;
  for await (const execution of readActive(store)) count += isStoppable(execution) ? 1 : 0;
  return count;
}

async function stopEverything(command: Command, world: VerbWorld, reason: string): Promise<View> {
  const { store, teamId, clock } = world;
  const running = await countStoppable(store);
  const stop = await stopAll(store, teamId, requestOf(command, clock.now(), reason));
  if (stop === undefined) return { headline: 'It was lifted already.', tone: 'attention', undone: true };
  const said = textParts(holdText(holdOfStop(stop)));
  if (stop.id !== command.id)
    return { headline: ['Already: ', ...said], tone: 'attention', undone: true, choices: [liftChoice] };
  return {
    headline: [
      'Stopped: nothing new starts; ',
      `${running} running ${running === 1 ? 'is' : 'are'} paused; chaos is off.`,
    ],
    tone: 'attention',
    lines: [
      'Each is paused at its next safe point. Rollbacks stay possible: they offer to cancel what holds their cluster.',
      ...(reason === '' ? [] : [`Reason: ${reason}`]),
    ],
    choices: [liftChoice],
  };
}

async function lift(command: Command, world: VerbWorld, reason: string): Promise<View> {
  if (reason === '') {
    const headline = 'Say why everything may go on: /cox stop lift REASON.';
    return { headline, tone: 'attention', undone: true, denied: 'INVALID_INPUT' };
  }
  const { store, teamId, clock } = world;
  const stop = await liftStop(store, teamId, requestOf(command, clock.now(), reason));
  if (stop === undefined) return { headline: 'Nothing is stopped.', tone: 'attention', undone: true };
  return {
    headline: ['Lifted by ', { person: command.source.user }, `: ${reason}`],
    tone: 'good',
    lines: ['What it had paused goes on, what waited starts. What people had paused stays paused.'],
  };
}

async function run({ words, options }: Words, command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const isLift = words[1] === 'lift';
  const permission = await mayStop(world, command.source.user, isLift);
  if (!permission.allowed) return { type: 'reply', view: { headline: permission.reason, tone: 'bad', denied: true } };
  const reason = (options.get('reason') ?? words.slice(isLift ? 2 : 1).join(' ')).trim();
  const act = isLift ? lift : stopEverything;
  return { type: 'reply', view: await act(command, world, reason) };
}

/** Holds everything new back, pauses what runs and turns chaos off, until it is lifted. */
export const stop: Verb = {
  name: 'stop',
  usage,
  summary: 'hold everything new back, pause what runs, turn chaos off; lift lets it go on',
  examples: ['/cox stop the database is down', '/cox stop lift the database is back'],
  options: ['reason'],
  run,
};
