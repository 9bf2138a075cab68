import { joinTexts, type Text } from '../model/text';
import type { Choice, View } from '../model/view';
import type { Kill, Victim } from './documents';
import { ageText, stateText, victimText, whyText } from './kill-texts';

/** A kill that has its instance. */
export type ChosenKill = Kill & { readonly victim: Victim };

const minuteMs = 60_000;

function choicesOf({ id, group, victim, state }: ChosenKill): readonly Choice[] {
  if (state.is !== 'asked') return [];
  const press = (word: string) => ({ kind: 'run' as const, text: `chaos ${word} ${group.application} ${id}` });
  const confirm = {
    title: 'Kill it now?',
    text: `${victim.instanceId} is killed. DC/OS starts another in its place.`,
    ok: 'Kill it',
    cancel: 'Not now',
  };
  return [
    { name: 'run', label: 'Stop', target: press('stop'), style: 'primary' },
    { name: 'run', label: 'Now', target: press('now'), style: 'danger', confirm },
  ];
}

function countdown({ state }: ChosenKill, now: number): readonly Text[] {
  if (state.is !== 'asked') return [];
  const minutes = Math.max(1, Math.ceil((state.expiresAt - now) / minuteMs));
  const left = minutes === 1 ? 'less than a minute' : `${minutes} minutes`;
  return [
    ['Without an answer it is not killed: this ends in ', { strong: left }, ', at ', { time: state.expiresAt }, '.'],
  ];
}

const tones = {
  killed: 'good',
  leashed: 'neutral',
  stopped: 'neutral',
  expired: 'neutral',
  spared: 'neutral',
} as const;

function toneOf({ state }: Kill): View['tone'] {
  if (state.is === 'asked') return 'attention';
  return state.is === 'ended' ? tones[state.outcome] : 'running';
}

/** The card of a kill: the exact instance, why just this one, how long there is to answer, and what became of it. */
export function cardView(kill: ChosenKill, leashed: boolean, now: number): View {
  const { victim, state } = kill;
  const headline: Text =
    state.is === 'asked'
      ? joinTexts(['Chaos: kill ', victimText(victim), '?'])
      : joinTexts(['Chaos: ', victimText(victim), ': ', stateText(kill), '.']);
  const rehearsal = leashed && state.is === 'asked' ? ['Chaos is leashed: whatever you press, nothing is killed.'] : [];
  const choices = choicesOf(kill);
  return {
    headline,
    tone: toneOf(kill),
    lines: [
      joinTexts(['It ', ageText(victim, kill.plannedAt), '.']),
      joinTexts(['It was ', whyText(kill), '.']),
      ...rehearsal,
      ...countdown(kill, now),
    ],
    ...(choices.length === 0 ? {} : { choices }),
    footer: `Kill ${kill.id}`,
  };
}

/** What is told of a rehearsal for which nobody was asked. */
export const noteView = (kill: ChosenKill): View => ({
  headline: joinTexts(['Chaos (leashed): ', victimText(kill.victim), ' ', stateText(kill), '.']),
  tone: 'neutral',
  lines: [joinTexts(['It was ', whyText(kill), '.'])],
});

/** What the thread of a kill is told at its end. */
export const recoveryView = (kill: ChosenKill): View => {
  const isRecovered = kill.state.is === 'ended' && kill.state.recoveryMs !== undefined;
  return {
    headline: joinTexts([victimText(kill.victim), ': ', stateText(kill), '.']),
    tone: isRecovered ? 'good' : 'attention',
  };
};
