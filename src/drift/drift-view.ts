import { imageVersion, shortName } from '../model/server-group';
import type { Text } from '../model/text';
import { runChoice, type Choice, type View } from '../model/view';
import { groupOf, type GroupChange } from './find-changes';
import type { Outcome } from './outcome-of';

/** Where a change was seen, in the words of the team. */
export type DriftPlace = {
  readonly application: string;
  readonly environment: string;
  readonly region: string;
  /** `account/region`. */
  readonly place: string;
};

function happened(change: GroupChange): string {
  switch (change.type) {
    case 'scaled':
      return `was scaled ${change.before.desired} → ${change.after.desired}`;
    case 'created':
      return `was created (${imageVersion(change.after.image)} ×${change.after.desired})`;
    case 'gone':
      return `was removed (it had ${imageVersion(change.before.image)} ×${change.before.desired})`;
    case 'changed':
      return change.before.image === change.after.image
        ? 'was restarted or configured anew'
        : `got another image: ${imageVersion(change.before.image)} → ${imageVersion(change.after.image)}`;
  }
}

/** Marathon's version of an app is the time of its last change; where it is none, or the app is gone, when it was seen. */
function timeOf(change: GroupChange, seenAt: number): number {
  const version = change.type === 'gone' ? '' : change.after.version;
  const time = /^\d{4}-\d\d-\d\dT/.test(version) ? Date.parse(version) : Number.NaN;
  return Number.isNaN(time) ? seenAt : time;
}

/** The command that puts a change right, and what its button says; undefined where there is none. */
function remedyOf(change: GroupChange, { application, environment, region }: DriftPlace): Choice | undefined {
  const where = `${application} ${environment}/${region}`;
  if (change.type === 'scaled') {
    const { before } = change;
    return runChoice(`Back to ${before.desired}`, `resize ${where} ${before.desired} group=${shortName(before.name)}`);
  }
  if (change.type === 'created') {
    const { after } = change;
    return after.desired === 0
      ? undefined
      : runChoice('Take it out', `resize ${where} 0 group=${shortName(after.name)}`);
  }
  const version = imageVersion(change.before.image);
  if (change.before.desired === 0 || change.before.image === undefined) return undefined;
  return change.before.image.includes('@')
    ? undefined
    : runChoice(`Deploy ${version} again`, `deploy ${where} ${version}`);
}

const endings: Readonly<Record<Outcome, string>> = {
  putRight: 'It was put right.',
  changedAgain: 'It has changed again since.',
};

/**
 * What a channel is told of a change made outside, with the way back as a command like any other; once there is an
 * outcome, that instead.
 */
export function driftView(
  change: GroupChange,
  place: DriftPlace,
  { seenAt, outcome }: { readonly seenAt: number; readonly outcome: Outcome | undefined },
): View {
  const group = groupOf(change);
  const headline: Text = [
    { strong: `${place.application} ${place.environment}` },
    `: ${shortName(group.name)} in ${place.place} ${happened(change)} outside Coxswain, `,
    { time: timeOf(change, seenAt) },
    '.',
  ];
  if (outcome !== undefined) return { headline, tone: 'neutral', lines: [endings[outcome]] };
  const remedy = remedyOf(change, place);
  return {
    headline,
    tone: 'attention',
    lines: ['Plans start from what is there now.'],
    ...(remedy === undefined ? {} : { choices: [remedy] }),
  };
}
