import { z } from 'zod';
import type { Memo } from '../../model/execution';

/** How often somebody else has changed the job while a run of it was started. */
const changes = z.number().default(0);

const intentSchema = z.object({
  known: z.object({ ids: z.array(z.string()), since: z.number() }),
  /** The turn in which the runs were looked at: those of Coxswain that come later are this stage's own. */
  turn: z.number().optional(),
  /** When it was decided to start a run. */
  at: z.number().optional(),
  /** A request was sent whose answer did not come. */
  sent: z.boolean().default(false),
  changes,
});
const foreignSchema = z.object({ foreign: z.string(), changes });

/** What a stage meant to start: the runs there were before. */
export type StartIntent = z.output<typeof intentSchema>;

/** A run that may be of another's definition, and is to be stopped. */
export type ForeignRun = z.output<typeof foreignSchema>;

/** The intent in a task's memo; undefined where the runs are yet to be looked at. */
export const startIntent = (memo: Memo | undefined): StartIntent | undefined => intentSchema.safeParse(memo).data;

/** The intent, where something can have been sent by it. */
export function sentIntent(memo: Memo | undefined): StartIntent | undefined {
  const intent = startIntent(memo);
  return intent?.at === undefined ? undefined : intent;
}

/** The run in a task's memo that is to be stopped. */
export const foreignRun = (memo: Memo | undefined): ForeignRun | undefined => foreignSchema.safeParse(memo).data;

/** How often the job was changed by somebody else until now. */
export const changesIn = (memo: Memo | undefined): number => z.object({ changes }).safeParse(memo).data?.changes ?? 0;
