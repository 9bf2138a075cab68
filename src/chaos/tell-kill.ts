import { liveMessageId } from '../engine/drain-execution';
import { putMessage } from '../engine/messages';
import { auditedSelf, auditFact } from '../model/audit';
import { cardView, noteView, recoveryView, type ChosenKill } from './card';
import type { ChaosWorld } from './chaos-world';
import type { Kill } from './documents';
import { cardIdOf } from './kill-execution';
import { stateText, victimText } from './kill-texts';

async function writeDown({ record }: ChaosWorld, kill: Kill): Promise<void> {
  const { state, victim, group } = kill;
  if (state.is !== 'ended') return;
  const what = victim === undefined ? group.key : victimText(victim);
  const fact = auditFact({
    id: `${kill.id}/ended`,
    at: state.at,
    kind: 'background',
    action: 'chaos',
    who: state.by ?? kill.askedBy ?? auditedSelf,
    what,
    why: state.reason ?? stateText(kill),
    from: { surface: 'coxswain' },
    outcome: state.outcome.toUpperCase(),
    application: group.application,
    ...(victim === undefined ? {} : { environment: victim.environment }),
    ...(state.executionId === undefined ? {} : { executionId: state.executionId }),
  });
  await record([fact]);
}

const isChosen = (kill: Kill): kill is ChosenKill => kill.victim !== undefined;

async function tellThread({ store, clock }: ChaosWorld, kill: ChosenKill): Promise<void> {
  const { state, teamId, hasCard } = kill;
  if (state.is !== 'ended' || state.outcome !== 'killed' || state.executionId === undefined) return;
  await putMessage(store, {
    now: clock.now(),
    teamId,
    id: `${kill.id}/recovery`,
    target: {
      kind: 'thread',
      parentId: hasCard === true ? cardIdOf(kill) : liveMessageId(state.executionId),
      broadcast: false,
    },
    view: recoveryView(kill),
  });
}

/** Brings what was said of a kill up to date: its card, the thread and the audit log. Doing it again changes nothing. */
export async function tellKill(world: ChaosWorld, kill: Kill): Promise<void> {
  const { store, clock, settings } = world;
  const { channel, teamId, hasCard, state } = kill;
  await writeDown(world, kill);
  if (channel === undefined || !isChosen(kill)) return;
  const fields = { now: clock.now(), teamId, target: { kind: 'channel', channel } as const };
  if (hasCard === true) {
    const view = cardView(kill, settings.leashed, clock.now());
    await putMessage(store, {
      ...fields,
      id: cardIdOf(kill),
      view,
      urgent: state.is === 'asked' || state.is === 'ended',
    });
  } else if (state.is === 'ended' && state.outcome === 'leashed') {
    await putMessage(store, { ...fields, id: `${kill.id}/note`, view: noteView(kill) });
  }
  await tellThread(world, kill);
}
