import type { ViewStep } from '../model/view';
import { clip } from './clip';
import { escapeMrkdwn, renderText, type RenderContext } from './mrkdwn';

/** Each state as a sign and a word: the word carries the meaning, the sign only helps the eye. */
export const stepStates: Readonly<Record<ViewStep['state'], { readonly sign: string; readonly word: string }>> = {
  waiting: { sign: '○', word: 'waiting' },
  running: { sign: '▸', word: 'running' },
  paused: { sign: '‖', word: 'paused' },
  done: { sign: '✓', word: 'done' },
  skipped: { sign: '–', word: 'skipped' },
  failed: { sign: '✗', word: 'failed' },
  canceled: { sign: '⊘', word: 'canceled' },
};

const isWorthALook = (step: ViewStep): boolean =>
  step.state === 'running' || step.state === 'failed' || step.state === 'paused';

/** The steps to show when there are more than `limit`: those that need eyes first, then the others, in their own order. */
export function selectSteps(steps: readonly ViewStep[], limit: number): readonly ViewStep[] {
  if (steps.length <= limit) return steps;
  const ranked = [...steps.filter(isWorthALook), ...steps.filter((step) => !isWorthALook(step))];
  const kept = new Set(ranked.slice(0, limit));
  return steps.filter((step) => kept.has(step));
}

function renderStep(step: ViewStep, context: RenderContext): string {
  const { sign, word } = stepStates[step.state];
  const indent = '\u2003'.repeat(Math.min(4, Math.max(0, Math.floor(step.depth ?? 0))));
  const name = escapeMrkdwn(clip(step.name, 80).replace(/\s+/g, ' '));
  const detail = step.detail === undefined ? '' : renderText(step.detail, context, 200).replace(/\n/g, ' ');
  return `${indent}${sign} ${name} – ${word}${detail === '' ? '' : ` · ${detail}`}`;
}

/** Steps as lines of mrkdwn; those left out are counted by state in a last line. */
export function renderSteps(steps: readonly ViewStep[], context: RenderContext, limits: StepLimits): string {
  let count = Math.min(steps.length, limits.steps);
  for (;;) {
    const shown = selectSteps(steps, count);
    const text = [...shown.map((step) => renderStep(step, context)), ...leftOut(steps, shown)].join('\n');
    if (text.length <= limits.characters || count === 0) return text;
    count -= 1;
  }
}

/** How much of a step list is shown. */
export type StepLimits = { readonly steps: number; readonly characters: number };

function leftOut(steps: readonly ViewStep[], shown: readonly ViewStep[]): string[] {
  const kept = new Set(shown);
  const hidden = steps.filter((step) => !kept.has(step));
  if (hidden.length === 0) return [];
  const counts = new Map<string, number>();
  for (const step of hidden)
    counts.set(stepStates[step.state].word, (counts.get(stepStates[step.state].word) ?? 0) + 1);
  return [`… and ${hidden.length} more: ${[...counts].map(([word, count]) => `${count} ${word}`).join(', ')}`];
}
