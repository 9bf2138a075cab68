import type { Policy } from '../model/execution';
import { joinTexts } from '../model/text';
import type { People } from './people';
import { mayDeploy, mayJudge, type Permission } from './permissions';

/** Whom an override is about: who asked for what is stopped, and where that is. */
export type OverrideSubject = {
  /** Slack user ids of who asked, and of who has it run now. */
  readonly requesters: readonly string[];
  /** `foo prod`. */
  readonly where: string;
};

/**
 * Setting a traffic guard aside: a second person, who may approve there; where the file names no approvers, one who may
 * deploy there. Never who asked, whatever the file says of requesters.
 */
export function mayOverride(
  policy: Policy,
  people: People,
  user: string,
  { requesters, where }: OverrideSubject,
): Permission {
  const permission =
    policy.approvers.anyone === true ? mayDeploy(policy, people, user, where) : mayJudge(policy, people, user, '');
  if (!permission.allowed || !requesters.includes(user)) return permission;
  const { groups } = policy.approvers;
  const whom =
    groups.length === 0
      ? 'somebody else'
      : joinTexts(
          groups.map((group) => [{ group }]),
          ', ',
        );
  return {
    allowed: false,
    reason: joinTexts(['A second person overrides the traffic guard, not who asked. Ask ', whom, '.']),
  };
}

/** Setting aside what holds an execution back, alone: those whom the file names for it, who asked for it too. */
export function mayBreakGlass({ breakGlass }: Policy, people: People, user: string, where: string): Permission {
  if (breakGlass === undefined)
    return { allowed: false, reason: `Nobody may break the glass in ${where}: its file names no breakGlass.` };
  const { groups } = breakGlass;
  if (people.isInAny(user, groups)) return { allowed: true };
  const whom = joinTexts(
    groups.map((group) => [{ group }]),
    ', ',
  );
  const unknown = people.unknown(groups).length === 0 ? '' : ' I cannot see just now who that is, so nobody counts.';
  return { allowed: false, reason: joinTexts([`Only `, whom, ` may break the glass in ${where}.`, unknown]) };
}
