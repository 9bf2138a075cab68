import { z } from 'zod';
import type { Stage } from '../model/execution';
import { holdText, type Hold } from '../model/hold';
import { joinTexts, type Text } from '../model/text';
import { isHeldNow } from './stage-waits';

/** What keeps a stage from a cluster of another environment, as its context has it under `waitsFor`. */
export type StageHold =
  /** Others work there; `circle` is that of executions that wait for each other, until it is found again. */
  | {
      readonly kind: 'cluster';
      readonly cluster: string;
      readonly name: string;
      readonly user?: string;
      readonly circle?: string;
    }
  /** A lock of the environment, or the stop of everything. */
  | { readonly kind: 'hold'; readonly place: string; readonly hold: Hold }
  /** The environment's window, which opens then, in milliseconds since the epoch. */
  | {
      readonly kind: 'window';
      readonly of: string;
      readonly opensAt: number;
      /** The environment, such as `foo prod`; absent in older documents. */
      readonly place?: string;
      /** When the stage goes on, as things stand, where the window's jitter follows; absent: when it opens. */
      readonly beginsAt?: number;
    };

const hold = z.object({
  kind: z.enum(['lock', 'stop']),
  by: z.string(),
  at: z.number(),
  reason: z.string().optional(),
  until: z.number().optional(),
  rolledBack: z.object({ by: z.string(), at: z.number() }).optional(),
});
const schema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('cluster'),
    cluster: z.string(),
    name: z.string(),
    user: z.string().optional(),
    circle: z.string().optional(),
  }),
  z.object({ kind: z.literal('hold'), place: z.string(), hold }),
  z.object({
    kind: z.literal('window'),
    of: z.string(),
    opensAt: z.number(),
    place: z.string().optional(),
    beginsAt: z.number().optional(),
  }),
]);

/** What keeps a stage from acting now; undefined where nothing does. */
export const stageHoldOf = (stage: Stage): StageHold | undefined =>
  isHeldNow(stage) ? (schema.safeParse(stage.context.waitsFor).data as StageHold | undefined) : undefined;

function windowText({ of, opensAt, beginsAt = opensAt }: Extract<StageHold, { kind: 'window' }>): Text {
  const begins = beginsAt === opensAt ? [] : ['; begins ', { time: beginsAt }];
  return ['opens ', { time: opensAt }, ` (${of})`, ...begins];
}

/** `waits for Deploy foo 1.1 to prod in foo-prod, asked by @ann`; undefined where nothing keeps the stage. */
export function heldStageText(stage: Stage): Text | undefined {
  const held = stageHoldOf(stage);
  if (held?.kind === 'window') return windowText(held);
  if (held?.kind === 'hold')
    return held.hold.kind === 'stop' ? holdText(held.hold) : joinTexts([`${held.place} is `, holdText(held.hold)]);
  if (held === undefined) return undefined;
  const who: Text = held.user === undefined ? '' : [', asked by ', { person: held.user }];
  return joinTexts([['waits for ', { strong: held.name }, ` in ${held.cluster}`], who]);
}
