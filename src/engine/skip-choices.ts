import type { Execution, Stage } from '../model/execution';
import { clipText } from '../model/text';
import type { Choice } from '../model/view';
import { isHeldByWindow, isWaitingForWindow } from './execution-window';
import { foreignDigest, foreignWaitOf } from './foreign-window';
import { stageById, topLevelOf } from './graph';
import { forceChoices } from './deployment-lock';
import { overrideChoices } from './guard-override';
import { isSkippable } from './signals';

/** The same of a stage that waits for the window of another environment. */
const isHeldForeign = (execution: Execution, stage: Stage): boolean =>
  foreignWaitOf(execution, stage)?.stage.id === stage.id;

/** Lets a stage begin before its windows are open; `held` is its name, told where several wait. */
function startNowChoices(execution: Execution, stage: Stage, held: string): readonly Choice[] {
  const { id, stages } = execution;
  const foreign = foreignWaitOf(execution, stage);
  const bound = foreign === undefined ? {} : { hash: foreignDigest(foreign) };
  const waiting = stages.filter((each) => isWaitingForWindow(each) || isHeldForeign(execution, each));
  return [
    {
      name: 'startNow',
      label: waiting.length > 1 ? clipText(`Start now: ${held}`, 70) : 'Start now',
      target: { kind: 'execution', id, stageId: stage.id, ...bound },
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
  if (isHeldForeign(execution, stage)) return startNowChoices(execution, stage, topLevelOf(execution, stage).name);
  if (isWaitingForWindow(stage)) {
    const held = stageById(execution, stage.parentStageId ?? '')?.name ?? stage.name;
    return stage.context.skipRemainingWait === true ? [] : startNowChoices(execution, stage, held);
  }
  if (isHeldByWindow(execution, stage)) return [];
  const overrides = overrideChoices(execution, stage);
  if (overrides.length > 0) return overrides;
  const forces = forceChoices(execution, stage);
  if (forces.length > 0) return forces;
  const target = { kind: 'execution', id: execution.id, stageId: stage.id } as const;
  if (stage.type === 'wait') return [{ name: 'skipWait', label: 'Skip the wait', target }];
  return isSkippable(stage) ? [{ name: 'skipStage', label: `Skip ${stage.name}`, target }] : [];
}
