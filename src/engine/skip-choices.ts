import type { Execution, Stage } from '../model/execution';
import { clipText } from '../model/text';
import type { Choice } from '../model/view';
import { isHeldByWindow, isWaitingForWindow } from './execution-window';
import { forceChoices } from './deployment-lock';
import { stageById } from './graph';
import { overrideChoices } from './guard-override';
import { isSkippable } from './signals';

/** Lets a stage begin before its windows are open; named where several wait. */
function startNowChoices(execution: Execution, window: Stage): readonly Choice[] {
  if (window.context.skipRemainingWait === true) return [];
  const { id, stages } = execution;
  const isOneOfSeveral = stages.filter(isWaitingForWindow).length > 1;
  const held = stageById(execution, window.parentStageId ?? '')?.name ?? window.name;
  return [
    {
      name: 'startNow',
      label: isOneOfSeveral ? clipText(`Start now: ${held}`, 70) : 'Start now',
      target: { kind: 'execution', id, stageId: window.id },
      asks: {
        title: 'Start now',
        label: `Why can '${held}' not wait for its window?`,
        placeholder: 'What happens if it waits?',
        submit: 'Start now',
        required: true,
      },
    },
  ];
}

/** What ends the waiting of a stage that has begun: for time to pass, or for what it has started. */
export function skipChoices(execution: Execution, stage: Stage): readonly Choice[] {
  if (isWaitingForWindow(stage)) return startNowChoices(execution, stage);
  if (isHeldByWindow(execution, stage)) return [];
  const overrides = overrideChoices(execution, stage);
  if (overrides.length > 0) return overrides;
  const forces = forceChoices(execution, stage);
  if (forces.length > 0) return forces;
  const target = { kind: 'execution', id: execution.id, stageId: stage.id } as const;
  if (stage.type === 'wait') return [{ name: 'skipWait', label: 'Skip the wait', target }];
  return isSkippable(stage) ? [{ name: 'skipStage', label: `Skip ${stage.name}`, target }] : [];
}
