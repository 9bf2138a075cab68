import { z } from 'zod';
import type { StageDefinition, StagePlan } from '../../src/engine/contracts/stage';
import type { Execution, Stage, StageContext } from '../../src/model/execution';
import type { Step } from './engine-kit';
import type { Random } from './random';

/** How a stage of a random pipeline behaves. */
export type Script = {
  /** How often it looks before it ends, and how far apart, in milliseconds. */
  readonly looks: number;
  readonly everyMs: number;
  readonly end: 'SUCCEEDED' | 'SKIPPED' | 'TERMINAL' | 'throws';
  /** Whether its second attempt goes well. */
  readonly heals: boolean;
  readonly before: readonly Script[];
  readonly after: readonly Script[];
  readonly onFailure: readonly Script[];
  readonly onIgnoredFailure: readonly Script[];
  readonly onCancel: readonly Script[];
  readonly isParallel: boolean;
};

/** Something that happens to a random pipeline from outside, at a moment of its own. */
export type Happening = {
  readonly atMs: number;
  readonly type: 'cancel' | 'pause' | 'resume' | 'retryStage';
  readonly stageId: string;
};

/** The four failure choices of semantics §6.2. */
const choices: readonly StageContext[] = [
  {},
  { failPipeline: false },
  { failPipeline: false, completeOtherBranchesThenFail: true },
  { continuePipeline: true, failPipeline: false },
];

/** Those of them that leave other branches alone. */
const gentleChoices = choices.slice(1);

const pick = <T>(random: Random, values: readonly [T, ...T[]]): T =>
  values[Math.floor(random() * values.length)] ?? values[0];

function drawScript(random: Random, depth: number): Script {
  const some = (most: number): readonly Script[] =>
    depth === 0 || random() < 0.6
      ? []
      : Array.from({ length: 1 + Math.floor(random() * most) }, () => drawScript(random, depth - 1));
  const isBad = random() < (depth === 2 ? 0.2 : 0.08);
  return {
    looks: Math.floor(random() * 3),
    everyMs: pick(random, [0, 500, 3000, 20_000]),
    end: isBad
      ? pick(random, ['TERMINAL', 'throws'])
      : pick(random, ['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'SKIPPED']),
    heals: random() < 0.5,
    before: some(2),
    after: some(2),
    onFailure: some(2),
    onIgnoredFailure: some(2),
    onCancel: some(1),
    isParallel: random() < 0.5,
  };
}

/** Up to 12 stages, each after some of those before it; without `halts`, no failure ends other branches. */
export function drawPipeline(random: Random, { halts }: { readonly halts: boolean }): readonly Step[] {
  const count = 1 + Math.floor(random() * 12);
  return Array.from({ length: count }, (_, index): Step => {
    const after = Array.from({ length: index }, (__, other) => String(other + 1)).filter(
      () => random() < 1.5 / (index + 1),
    );
    const condition =
      random() < 0.1 ? { stageEnabled: { type: 'expression', expression: pick(random, ['true', 'false']) } } : {};
    const text = random() < 0.2 ? { text: '${#stage("Stage 1").status}' } : {};
    const context = {
      script: drawScript(random, 2),
      ...pick(random, (halts ? choices : gentleChoices) as [StageContext]),
      ...condition,
      ...text,
    };
    return { ref: String(index + 1), type: 'scripted', after, context };
  });
}

/** Up to five things that happen, in their order. */
export function drawHappenings(random: Random, steps: readonly Step[]): readonly Happening[] {
  const count = Math.floor(random() * 6);
  return Array.from({ length: count }, (): Happening => ({
    atMs: Math.floor(random() * 60_000),
    type: pick(random, ['cancel', 'pause', 'resume', 'retryStage', 'retryStage']),
    stageId: steps[Math.floor(random() * steps.length)]?.ref ?? '1',
  })).toSorted((one, other) => one.atMs - other.atMs);
}

const scriptOf = (stage: Stage): Script => z.looseObject({ script: z.custom<Script>() }).parse(stage.context).script;

const plansOf = (scripts: readonly Script[], name: string): readonly StagePlan[] =>
  scripts.map((script, index) => ({ type: 'scripted', name: `${name} ${index}`, context: { script } }));

/** What a task saw at its first look of an attempt. */
export type Beginning = { readonly execution: Execution; readonly stage: Stage };

/** The stage type that does what its script says, and tells of every beginning. */
export function scriptedStage(onBegin: (beginning: Beginning) => void): StageDefinition<undefined> {
  return {
    type: 'scripted',
    config: z.looseObject({}),
    before: ({ stage }) => plansOf(scriptOf(stage).before, 'before'),
    after: ({ stage }) => plansOf(scriptOf(stage).after, 'after'),
    onFailure: ({ stage }) => plansOf(scriptOf(stage).onFailure, 'clean up'),
    onIgnoredFailure: ({ stage }) => plansOf(scriptOf(stage).onIgnoredFailure, 'leave'),
    onCancel: ({ stage }) => plansOf(scriptOf(stage).onCancel, 'way back'),
    tasks: [
      {
        name: 'work',
        timeoutMs: 3_600_000,
        timeoutFromStage: false,
        run: ({ execution, stage, memo }) => {
          const script = scriptOf(stage);
          if (memo === undefined) onBegin({ execution, stage });
          const done = typeof memo?.done === 'number' ? memo.done : 0;
          if (done < script.looks) {
            return Promise.resolve({ status: 'RUNNING', retryAfterMs: script.everyMs, memo: { done: done + 1 } });
          }
          const isHealed = script.heals && stage.attempt > 1;
          if (script.end === 'throws' && !isHealed) return Promise.reject(new Error('It threw.'));
          if (script.end === 'TERMINAL' && !isHealed)
            return Promise.resolve({ status: 'TERMINAL', code: 'NOT_FOUND', reason: 'It failed.' });
          if (script.end === 'SKIPPED') return Promise.resolve({ status: 'SKIPPED', reason: 'No need.' });
          return Promise.resolve({ status: 'SUCCEEDED', outputs: { [`of${stage.refId}`]: stage.attempt } });
        },
      },
    ],
  };
}
