import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Execution, Stage, StageContext } from '../model/execution';
import { familyOf, topLevelOf } from './graph';
import { stageHoldOf, type StageHold } from './held-stage';

const opened = z.object({ windowsOpened: z.record(z.string(), z.number()).catch({}) });
const started = z.object({ windowsOverridden: z.array(z.string()).catch([]) });

/** When windows of other environments let a stage through, by place such as `foo prod`; their jitter counts from then. */
export const windowsOpenedOf = ({ context }: Pick<Stage, 'context'>): Readonly<Record<string, number>> =>
  opened.parse({ windowsOpened: {}, ...context }).windowsOpened;

const overriddenIn = ({ context }: Pick<Stage, 'context'>): readonly string[] =>
  started.parse({ windowsOverridden: [], ...context }).windowsOverridden;

/** What an override of the window of a place adds to the context of a stage. */
export const overriddenWindow = (stage: Stage, place: string): StageContext => ({
  windowsOverridden: [...overriddenIn(stage), place],
});

/** Whether somebody has set aside the window of a place for a stage of the pipeline, or for a part of it. */
export const isWindowOverridden = (execution: Execution, stage: Stage, place: string): boolean =>
  familyOf(execution, topLevelOf(execution, stage)).some((member) => overriddenIn(member).includes(place));

/** A stage that waits for the window of another environment, and how. */
export type ForeignWait = {
  readonly stage: Stage;
  readonly hold: Extract<StageHold, { kind: 'window' }> & { readonly place: string };
};

/** Binds what is pressed to the window of this place, and to the attempt that it keeps waiting. */
export const foreignDigest = ({ stage: { attempt }, hold: { place } }: ForeignWait): string =>
  createHash('sha256')
    .update(JSON.stringify([attempt, place]))
    .digest('base64url')
    .slice(0, 16);

/** The stage, or the part of it, that waits for the window of another environment; undefined where none does. */
export function foreignWaitOf(execution: Execution, stage: Stage): ForeignWait | undefined {
  for (const member of familyOf(execution, stage)) {
    const hold = stageHoldOf(member);
    if (hold?.kind !== 'window' || hold.place === undefined) continue;
    const { place } = hold;
    if (!isWindowOverridden(execution, member, place)) return { stage: member, hold: { ...hold, place } };
  }
  return undefined;
}
