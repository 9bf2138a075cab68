import { durationText } from '../engine/task-timeout';
import type { Chaos } from '../model/chaos';
import { locationName } from '../model/server-group';
import { joinTexts, type Text, type TextPart } from '../model/text';
import type { Kill, LedgerEntry, Victim } from './documents';
import type { Keeping } from './ledger';

/** Why an earlier kill keeps this one away. */
export const earlierText = ({ cluster, at }: LedgerEntry, chaos: Chaos): Text => [
  `${cluster} had a kill at `,
  { time: at },
  `, and there are at least ${chaos.minTimeBetweenKillsInWorkDays} work days between two.`,
];

/** Why a kill that is in the ledger keeps this one away. */
export const keepingText = ({ why, entry }: Keeping, chaos: Chaos): Text =>
  why === 'earlier' ? earlierText(entry, chaos) : `A kill in ${entry.cluster} is under way, and two never go at once.`;

/** `foo-prod-v003.4f2a of foo-prod-v003 in prod/east`. */
export const victimText = ({ instanceId, serverGroup, location }: Victim): Text => [
  { code: instanceId },
  ` of ${serverGroup} in ${locationName(location)}`,
];

/** Where an instance runs, and for how long. */
export function ageText({ host, launchTime }: Victim, now: number): Text {
  const where = host === undefined ? '' : ` on ${host}`;
  return launchTime === undefined ? `runs${where}` : `runs${where} for ${durationText(now - launchTime)}`;
}

/** Why just this one. */
export function whyText({ meanDays, askedBy, group, victim }: Kill): Text {
  const among = victim === undefined ? '' : `, 1 of ${victim.among} that may be`;
  const asked: Text = askedBy === undefined ? [] : ['asked for by ', { person: askedBy }];
  const drawn = meanDays === undefined ? asked : `drawn with a chance of 1 in ${meanDays} today`;
  return joinTexts([drawn, ` for ${group.key}${among}`]);
}

const who = (by: string | undefined): readonly TextPart[] => (by === undefined ? [] : [' by ', { person: by }]);

/** What has become of a kill, or is about to. */
export function stateText({ state, plannedAt }: Kill): Text {
  switch (state.is) {
    case 'planned':
      return ['planned for ', { time: plannedAt }];
    case 'asked':
      return ['asked; without an answer it ends at ', { time: state.expiresAt }, ' and nothing is killed'];
    case 'going':
    case 'running':
      return ['is being killed', ...who(state.by)];
    case 'recovering':
      return ['was killed', ...who(state.by), '; the server group recovers'];
    case 'ended':
      return endText(state);
  }
}

function endText(state: Extract<Kill['state'], { is: 'ended' }>): Text {
  const { outcome, by, reason, recoveryMs } = state;
  const why = reason === undefined ? '' : `: ${reason}`;
  switch (outcome) {
    case 'killed':
      if (recoveryMs === undefined) return ['killed', ...who(by), why];
      return ['killed', ...who(by), `, recovered in ${durationText(recoveryMs)}`];
    case 'leashed':
      return ['would have been killed', ...who(by), ', but chaos is leashed'];
    case 'stopped':
      return ['stopped', ...who(by), why];
    case 'expired':
      return 'nobody answered: nothing was killed';
    case 'spared':
      return ['left alone', why];
  }
}
