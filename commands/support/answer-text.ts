import type { AuditGrant, Command, OtherWay, PlannedAction, Wish } from '../../src/model/command';
import { CoxswainError } from '../../src/model/errors';
import type { Choice, View } from '../../src/model/view';
import { Blindness, blindView } from './blindness';
import { holdPlan } from './hold-plan';
import { planHash } from './plan-hash';
import { showQueue } from './queue-line';
import { mistakeView, nearest, UserMistake } from './suggest';
import type { OtherCard, PlanCard, Verb, VerbAnswer, VerbWorld } from './verb';
import { neverOpens } from './window-text';
import { parseWords, type Words } from './words';

/** What becomes of a command: the answer, a plan to remember, or an execution to start at once. */
export type Outcome = {
  readonly reply: View;
  readonly plan?: PlannedAction;
  readonly startNow?: boolean;
  readonly quiet?: boolean;
  readonly executionId?: string;
  readonly audit?: AuditGrant;
  readonly wish?: Wish;
};

const otherWayOf = ({ text, facts, draft }: OtherCard): OtherWay => ({
  text,
  facts,
  draft,
  hash: planHash({ draft, facts }),
});

/** The button of the second way, which carries the hash of that. */
const otherChoices = (id: string, card: PlanCard, other: OtherWay | undefined): readonly Choice[] =>
  card.other === undefined || other === undefined
    ? []
    : [
        {
          name: 'confirmOther',
          label: card.other.confirmLabel,
          target: { kind: 'command', id, hash: other.hash },
          style: 'danger',
        },
      ];

/** A plan's card with its buttons; they carry the hash of what is confirmed. */
export function offerPlan(commandId: string, text: string, card: PlanCard): Outcome {
  const hash = planHash(card);
  const target = { kind: 'command', id: commandId, hash } as const;
  const other = card.other === undefined ? undefined : otherWayOf(card.other);
  const choices: readonly Choice[] = [
    ...otherChoices(commandId, card, other),
    { name: 'confirm', label: card.confirmLabel, target, style: card.isDestructive === true ? 'danger' : 'primary' },
    // What is canceled by the button of the other way is something else.
    { name: 'cancel', label: other === undefined ? 'Cancel' : 'Neither', target },
  ];
  const way = { text, hash, facts: card.facts, draft: card.draft };
  const plan: PlannedAction = { ...way, state: 'open', ...(other === undefined ? {} : { other }) };
  return { reply: { ...card.view, choices: [...(card.view.choices ?? []), ...choices] }, plan };
}

function refuseOptions(verb: Verb, words: Words, world: VerbWorld): void {
  const known = verb.optionsFor === undefined ? verb.options : verb.optionsFor(words, world);
  if (known === 'any') return;
  for (const name of words.options.keys()) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    const hint = meant === undefined ? `It knows: ${known.join(', ') || 'none'}.` : `Did you mean ${meant}?`;
    throw new UserMistake(`${verb.name} has no option '${name}'. ${hint}`);
  }
}

/** A plan that can never begin is an answer without buttons, which says why. */
function refuseHopeless(answer: VerbAnswer, now: number): VerbAnswer {
  if (answer.type === 'reply') return answer;
  const { draft, view } = answer.plan;
  const why = neverOpens(draft, now);
  if (why === undefined) return answer;
  const { choices: _choices, ...rest } = view;
  return { type: 'reply', view: { ...rest, tone: 'bad', undone: true, lines: [...(view.lines ?? []), why] } };
}

/** As `runVerb`, but throws Blindness where a place cannot be seen. */
export async function planVerb(
  verbs: readonly Verb[],
  text: string,
  command: Command,
  world: VerbWorld,
): Promise<VerbAnswer> {
  const words = parseWords(text === '' ? 'help' : text);
  const [name = 'help', ...rest] = words.words;
  const verb = verbs.find((candidate) => candidate.name === name);
  if (verb === undefined) {
    const meant = nearest(
      name,
      verbs.map((candidate) => candidate.name),
    );
    const suggestion = meant === undefined ? 'help' : [meant, ...rest].join(' ');
    throw new UserMistake(`There is no command '${name}'.`, [suggestion]);
  }
  refuseOptions(verb, words, world);
  const answer = refuseHopeless(await verb.run(words, command, world), world.clock.now());
  return showQueue(await holdPlan(answer, text, command, world), world);
}

/** Finds the verb of a text and lets it answer. Throws UserMistake, and CoxswainError of what it asks. */
export async function runVerb(
  verbs: readonly Verb[],
  text: string,
  command: Command,
  world: VerbWorld,
): Promise<VerbAnswer> {
  try {
    return await planVerb(verbs, text, command, world);
  } catch (error) {
    if (error instanceof Blindness) return { type: 'reply', view: blindView(error, text) };
    throw error;
  }
}

/** The answer to what went wrong before anything was started. Throws on what is neither a mistake nor a known failure. */
export function mishapView(error: unknown): View {
  if (error instanceof UserMistake) return mistakeView(error.message, error.suggestions);
  if (error instanceof CoxswainError) return { headline: error.message, tone: 'bad', footer: 'Nothing was started.' };
  throw error;
}

/** Answers words that were typed; mistakes and failures are answers too. */
export async function answerText(
  verbs: readonly Verb[],
  text: string,
  command: Command,
  world: VerbWorld,
): Promise<Outcome> {
  try {
    const answer = await runVerb(verbs, text, command, world);
    if (answer.type === 'reply') {
      const { view: reply, audit, wish } = answer;
      return { reply, ...(audit === undefined ? {} : { audit }), ...(wish === undefined ? {} : { wish }) };
    }
    const offered = offerPlan(command.id, answer.text ?? text, answer.plan);
    // Who had confirmed something else is asked, also where nobody is asked who types it.
    const isAsked = answer.confirm || command.answersDirectly === true;
    return isAsked ? offered : { ...offered, reply: answer.plan.view, startNow: true };
  } catch (error) {
    return { reply: mishapView(error) };
  }
}
