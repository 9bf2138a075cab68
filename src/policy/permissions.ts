import type { Policy } from '../model/execution';
import type { Text, TextPart } from '../model/text';
import type { People } from './people';

/** Whether a person may do something; a refusal says why and whom to ask. */
export type Permission = { readonly allowed: true } | { readonly allowed: false; readonly reason: Text };

const allowed: Permission = { allowed: true };
const groupsText = (groups: readonly string[]): readonly TextPart[] =>
  groups.flatMap((group, index) => (index === 0 ? [{ group }] : [', ', { group }]));

const unknownText = (people: People, groups: readonly string[]): readonly TextPart[] => {
  const unknown = people.unknown(groups);
  return unknown.length === 0
    ? []
    : [' I cannot see who is in ', ...groupsText(unknown), ' just now, so nobody counts.'];
};

/**
 * Starting, resizing, rolling back, canceling, pausing and resuming: members of the deployers' groups, or anyone where none are
 * named. `who` begins the refusal, where the person is not the one who reads it.
 */
export function mayDeploy(policy: Policy, people: People, user: string, where: string, who = 'You'): Permission {
  const { deployers } = policy;
  if (deployers.length === 0 || people.isInAny(user, deployers)) return allowed;
  const reason: Text = [`${who} may not change ${where}: only `, ...groupsText(deployers), ' may. Ask one of them.'];
  return { allowed: false, reason: [...reason, ...unknownText(people, deployers)] };
}

/**
 * Deciding a judgment: members of the approvers' groups, or anyone where the file names no approvers, and never the
 * requester where the policy says so. An empty list of groups is nobody.
 */
export function mayJudge(policy: Policy, people: People, user: string, requester: string): Permission {
  const { groups, anyone = false, excludeRequester } = policy.approvers;
  if (excludeRequester && user === requester) {
    const ask = groups.length === 0 ? ['someone else'] : groupsText(groups);
    return { allowed: false, reason: ['You cannot decide on your own deployment. Ask ', ...ask, '.'] };
  }
  if (groups.length === 0 && !anyone) {
    const reason = 'Nobody may decide here: the list of approvers is empty. Cancel it, name a group, and deploy again.';
    return { allowed: false, reason };
  }
  if (groups.length === 0 || people.isInAny(user, groups)) return allowed;
  return {
    allowed: false,
    reason: ['You cannot decide here: only ', ...groupsText(groups), ' may.', ...unknownText(people, groups)],
  };
}

/**
 * Starting before a window opens: those who may decide a judgment, or where the file names no approvers, those who may
 * deploy to `where`.
 */
export const mayStartNow = (
  policy: Policy,
  people: People,
  user: string,
  { requester, where }: { readonly requester: string; readonly where: string },
): Permission =>
  policy.approvers.anyone === true ? mayDeploy(policy, people, user, where) : mayJudge(policy, people, user, requester);
