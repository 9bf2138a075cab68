import type { Execution, Stage } from '../model/execution';
import type { Text } from '../model/text';
import type { View } from '../model/view';
import { breakGlassChoices } from './break-glass';
import { guardOverrideOf, openDenialOf, overrideChoices, type GuardOverride, type OpenDenial } from './guard-override';

const strong = ({ name }: Execution) => [{ strong: name }] as const;

function deniedView(execution: Execution, stage: Stage, { reason, until }: OpenDenial): View {
  const then: Text = ['Until ', { time: until }, ' somebody else may override that; then it fails.'];
  return {
    headline: [...strong(execution), ` is stopped by the traffic guard: ${reason}`],
    tone: 'attention',
    lines: ['It goes on by itself once enough serves.', then],
    choices: [...overrideChoices(execution, stage), ...breakGlassChoices(execution, stage)],
  };
}

function closedView(execution: Execution, { status }: Stage, { reason }: OpenDenial, override?: GuardOverride): View {
  const by: Text | undefined = override && ['Overridden by ', { person: override.by }, `: ${override.reason}`];
  const end = status === 'RUNNING' ? 'It went on.' : `It is over (${status.toLowerCase()}).`;
  return {
    headline: [...strong(execution), ` was stopped by the traffic guard: ${reason}`],
    tone: 'neutral',
    lines: [by ?? end],
  };
}

const overriddenView = (execution: Execution, { reason }: OpenDenial, override: GuardOverride): View => ({
  headline: [{ person: override.by }, ' overrode the traffic guard for ', ...strong(execution), `: ${override.reason}`],
  tone: 'attention',
  lines: [`What it said: ${reason}`],
});

/** What is said of one stage between two states of it: a question, its answer, and loudly that the guard was overridden. */
function messagesOf(execution: Execution, was: Stage | undefined, stage: Stage, now: number): Execution['events'] {
  const earlier = was === undefined ? undefined : openDenialOf(was);
  const open = openDenialOf(stage);
  const denial = open ?? earlier;
  if (denial === undefined || earlier?.digest === open?.digest) return [];
  const messageId = `${execution.id}/${stage.id}/${stage.attempt}/guard`;
  const message = (kind: string, of: string, view: View, broadcast: boolean): Execution['events'][number] => ({
    id: `${messageId}/${kind}/${denial.digest}/${now}`,
    type: 'message',
    messageId: of,
    view,
    broadcast,
  });
  if (open !== undefined) return [message('denied', messageId, deniedView(execution, stage, open), true)];
  const found = guardOverrideOf(stage);
  const override = found?.digest === denial.digest ? found : undefined;
  const closed = message('closed', messageId, closedView(execution, stage, denial, override), false);
  if (override === undefined) return [closed];
  const loud = `${messageId}/overridden/${denial.digest}`;
  return [closed, message('overridden', loud, overriddenView(execution, denial, override), true)];
}

/** What people are told where a guard stops a stage, stops it with other numbers, or stops it no longer. */
export function denialMessages(before: Execution, after: Execution, now: number): Execution['events'] {
  return after.stages.flatMap((stage) => {
    const was = before.stages.find(({ id, attempt }) => id === stage.id && attempt === stage.attempt);
    return was === stage ? [] : messagesOf(after, was, stage, now);
  });
}
