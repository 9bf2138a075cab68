import type { Colors } from 'picocolors/types';
import { plainText } from '../model/text';
import type { Choice, View, ViewStep } from '../model/view';

/** What a view belongs to, so that its choices can be spelled as commands. */
export type ViewOwner = { readonly kind: 'command' | 'execution'; readonly id: string };

const symbols: Readonly<Record<ViewStep['state'], string>> = {
  waiting: '·',
  running: '▸',
  paused: '‖',
  done: '✓',
  skipped: '–',
  failed: '✗',
  canceled: '⊘',
};

const toneColors = {
  neutral: 'bold',
  running: 'cyan',
  good: 'green',
  bad: 'red',
  attention: 'yellow',
} as const satisfies Record<View['tone'], keyof Colors>;

const stepColors = {
  waiting: 'dim',
  running: 'cyan',
  paused: 'yellow',
  done: 'green',
  skipped: 'dim',
  failed: 'red',
  canceled: 'yellow',
} as const satisfies Record<ViewStep['state'], keyof Colors>;

// Output of machines may hold sequences that move the cursor or rewrite what stands above.
const withoutControls = (text: string) => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');

const indent = (text: string, by: string) => text.split('\n').join(`\n${by}`);

/** One step: symbol, name, its state in words, and its facts. */
export function renderStep(step: ViewStep, colors: Colors): string {
  const detail = step.detail === undefined ? '' : `  ${plainText(step.detail)}`;
  const line = `${symbols[step.state]} ${step.name}: ${step.state}${detail}`;
  return '  '.repeat(step.depth ?? 0) + colors[stepColors[step.state]](withoutControls(line));
}

const quoted = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

const executionVerbs: Readonly<Record<string, string>> = {
  approve: 'approve',
  reject: 'reject',
  cancelExecution: 'cancel',
};

/** How a choice is made on the command line. */
export function choiceCommand(choice: Choice, owner: ViewOwner): string {
  const { target, name } = choice;
  if (target.kind === 'run') return `coxswain cox ${target.text.split(/\s+/).map(quoted).join(' ')}`;
  const stage = target.kind === 'execution' && target.stageId !== undefined ? ` --stage ${quoted(target.stageId)}` : '';
  const verb = target.kind === 'execution' ? executionVerbs[name] : undefined;
  if (verb !== undefined) {
    const asked = choice.asks?.options === undefined ? " --reason '…'" : " --input '…'";
    const reason = choice.asks?.required === true || name === 'reject' ? asked : '';
    return `coxswain ${verb} ${quoted(target.id)}${stage}${reason}`;
  }
  const at = target.kind === 'execution' ? target : owner;
  const answer = choice.asks?.required === true ? " --answer '…'" : '';
  const picked = choice.asks?.picks === undefined ? '' : " --picked '…'";
  return `coxswain choose ${at.kind} ${quoted(at.id)} ${quoted(name)}${stage}${picked}${answer}`;
}

/** The choices of a view, one line each: what it does and how to do it. */
export const renderChoices = (view: View, owner: ViewOwner, colors: Colors): readonly string[] =>
  (view.choices ?? []).map(
    (choice) => `  ${withoutControls(choice.label)}: ${colors.bold(withoutControls(choiceCommand(choice, owner)))}`,
  );

function renderFacts(view: View): readonly string[] {
  const width = Math.max(0, ...(view.facts ?? []).map(({ label }) => label.length));
  const margin = ' '.repeat(width + 4);
  return (view.facts ?? []).map(
    ({ label, value }) => `  ${label.padEnd(width)}  ${indent(withoutControls(plainText(value)), margin)}`,
  );
}

/** A view as lines for a terminal; nothing relies on colour alone. */
export function renderView(view: View, owner: ViewOwner, colors: Colors): readonly string[] {
  const choices = renderChoices(view, owner, colors);
  return [
    colors[toneColors[view.tone]](withoutControls(plainText(view.headline))),
    ...(view.lines ?? []).map((line) => withoutControls(plainText(line))),
    ...renderFacts(view),
    ...(view.steps ?? []).map((step) => `  ${renderStep(step, colors)}`),
    ...(view.output === undefined ? [] : [`    ${indent(withoutControls(view.output.trimEnd()), '    ')}`]),
    ...(view.links ?? []).map(({ label, url }) => withoutControls(`  ${label}: ${url}`)),
    ...(choices.length === 0 ? [] : ['You can:', ...choices]),
    ...(view.footer === undefined ? [] : [colors.dim(withoutControls(plainText(view.footer)))]),
  ];
}
