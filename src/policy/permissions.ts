import type { Policy } from '../model/execution';
import { principalsText } from '../model/principal';
import type { Text, TextPart } from '../model/text';
import type { People } from './people';

/** Whether a person may do something; a refusal says why, and whom to ask where asking can help. */
export type Permission = { readonly allowed: true } | Refusal;

/** Why a person may not; `ask` are those who can be asked instead. */
export type Refusal = { readonly allowed: false; readonly reason: Text; readonly ask?: readonly string[] };

/** All that a policy decides about. Everything else is anybody's. */
export const actions = [
  'deploy',
  'halt',
  'destroy',
  'chaos',
  'startNow',
  'approve',
  'override',
  'force',
  'breakGlass',
  'readLog',
] as const;

/**
 * One of them; `deploy` is also to resize, lock, resume and retry, `halt` is to cancel, pause, stop and roll back: the same people
 * may, also while the chat does not say who is who. `readLog` is for those who may deploy, too.
 */
export type Action = (typeof actions)[number];

/** Who wants what; `requesters` asked for what is decided on, the newest first, `authors` made the change. */
export type Asked = {
  readonly user: string;
  readonly requesters?: readonly string[];
  /** Absent where it is not known who made the change. */
  readonly authors?: readonly string[] | undefined;
  /** Of which they must hold one too, as a stage may say: user groups and people. @default none is asked for */
  readonly roles?: readonly string[];
  /** The application and environment, in words: `foo prod`. */
  readonly where: string;
  /** How a refusal names them, where they are not the one who reads it. @default 'You' */
  readonly who?: string;
};

const allowed: Permission = { allowed: true };

type Rule = (policy: Policy, people: People, asked: Asked) => Permission;

const accountTexts = {
  bot: 'Bots decide nothing here.',
  gone: 'This account is deactivated, so it may do nothing here.',
  foreign: 'Only members of this workspace may do this; your account is of another.',
} as const;

/** The refusal of an account that is no person of this workspace; undefined where it is one, and for an account of which `people` was not told. */
function refuseAccount(people: People, user: string): Refusal | undefined {
  const why = people.refusalOf(user);
  return why === undefined ? undefined : { allowed: false, reason: accountTexts[why] };
}

const unknownText = (people: People, names: readonly string[]): readonly TextPart[] => {
  const unknown = people.unknown(names);
  return unknown.length === 0
    ? []
    : [' I cannot see who is in ', ...principalsText(unknown), ' just now, so nobody counts.'];
};

function deployersOnly({ deployers }: Policy, people: People, { user, where, who = 'You' }: Asked): Permission {
  if (deployers.length === 0 || people.isInAny(user, deployers)) return allowed;
  const reason: Text = [
    `${who} may not change ${where}: only `,
    ...principalsText(deployers),
    ' may. Ask one of them.',
  ];
  return { allowed: false, reason: [...reason, ...unknownText(people, deployers)], ask: deployers };
}

/** Whether somebody is one of some people, by whatever account or address. */
const isOneOf = (people: People, user: string, others: readonly string[]): boolean =>
  others.some((other) => people.humanOf(other) === people.humanOf(user));

/** The refusal of who asked for it, or made the change, where the policy leaves them out. */
function refuseOwn({ approvers }: Policy, people: People, asked: Asked): Permission | undefined {
  const { groups, excludeRequester, excludeAuthor = false } = approvers;
  const { user, requesters = [], authors } = asked;
  const others = groups.length === 0 ? ['someone else'] : principalsText(groups);
  const refuse = (why: string): Permission => ({ allowed: false, reason: [why, ...others, '.'], ask: groups });
  if (excludeRequester && isOneOf(people, user, requesters))
    return refuse('You cannot decide on your own deployment. Ask ');
  if (!excludeAuthor) return undefined;
  if (authors === undefined) {
    const reason = `Nobody may decide on ${asked.where}: whoever made the change may not, and I do not know who that is.`;
    return { allowed: false, reason };
  }
  return isOneOf(people, user, authors) ? refuse('You cannot decide on your own change. Ask ') : undefined;
}

/** Deployers who must be shown to belong to those now; `does` is what they may, and `goesOn` what others may meanwhile. */
const deployersNow =
  (does: string, goesOn = ''): Rule =>
  (policy, people, asked) => {
    const { deployers } = policy;
    if (deployers.length === 0 || !people.isStale) return deployersOnly(policy, people, asked);
    const who = [` Those who may ${does} ${asked.where}: `, ...principalsText(deployers), `.${goesOn}`];
    return { allowed: false, reason: [staleText(people), ...who] };
  };

/** Whoever does what is new. */
const changersNow = deployersNow('change', ' Canceling and rolling back go on.');

const whoDecides = ({ groups }: Policy['approvers']): readonly TextPart[] =>
  groups.length === 0 ? [] : [' Those who may decide: ', ...principalsText(groups), '.'];

function onlyThese(people: People, names: readonly string[]): Permission {
  const reason: Text = ['You cannot decide here: only ', ...principalsText(names), ' may.'];
  return { allowed: false, reason: [...reason, ...unknownText(people, names)], ask: names };
}

/** Why nobody counts while Slack does not say who is who. */
export const staleText = ({ quietForMs }: People): string =>
  quietForMs === undefined
    ? 'I cannot ask Slack who is in which group just now, so nobody counts. Try again in a moment.'
    : `Slack was asked too often who is in which group, so nobody counts. Try again in ${Math.ceil(quietForMs / 1000)} seconds.`;

function approversOnly(policy: Policy, people: People, asked: Asked): Permission {
  const { groups, anyone = false } = policy.approvers;
  if (people.isStale) {
    return { allowed: false, reason: [staleText(people), ...whoDecides(policy.approvers)] };
  }
  const own = refuseOwn(policy, people, asked);
  if (own !== undefined) return own;
  if (groups.length === 0 && !anyone) {
    const reason = 'Nobody may decide here: the list of approvers is empty. Cancel it, name a group, and deploy again.';
    return { allowed: false, reason };
  }
  if (groups.length > 0 && !people.isInAny(asked.user, groups)) return onlyThese(people, groups);
  const { roles = [] } = asked;
  return roles.length === 0 || people.isInAny(asked.user, roles) ? allowed : onlyThese(people, roles);
}

/** One who may approve, or deploy where the file names no approvers; never who asked, whatever the file says of requesters. */
function secondPersonOnly(policy: Policy, people: People, asked: Asked, does: string): Permission {
  const { groups, anyone } = policy.approvers;
  const ofAnyone = { ...policy, approvers: { ...policy.approvers, excludeRequester: false } };
  const approving = approversOnly(ofAnyone, people, asked);
  const decided = approving.allowed && anyone === true ? deployersOnly(policy, people, asked) : approving;
  if (!decided.allowed || !isOneOf(people, asked.user, asked.requesters ?? [])) return decided;
  const others = groups.length === 0 ? ['somebody else'] : principalsText(groups);
  const reason: Text = [`A second person ${does}, not who asked. Ask `, ...others, '.'];
  return { allowed: false, reason, ask: groups };
}

/** Those whom the file names for it, who asked for it too: they set aside alone what holds an execution back. */
function onCallOnly({ breakGlass }: Policy, people: People, { user, where }: Asked): Permission {
  if (breakGlass === undefined)
    return { allowed: false, reason: `Nobody may break the glass in ${where}: its file names no breakGlass.` };
  const { groups } = breakGlass;
  if (people.isStale)
    return { allowed: false, reason: [staleText(people), ' Those who may: ', ...principalsText(groups), '.'] };
  if (people.isInAny(user, groups)) return allowed;
  const reason: Text = ['Only ', ...principalsText(groups), ` may break the glass in ${where}.`];
  return { allowed: false, reason: [...reason, ...unknownText(people, groups)], ask: groups };
}

/** A second person, or alone one of those who may break the glass; a refusal is that of the first. */
function secondOrOnCall(policy: Policy, people: People, asked: Asked): Permission {
  const second = secondPersonOnly(policy, people, asked, 'has a deployment broken off');
  return second.allowed || !onCallOnly(policy, people, asked).allowed ? second : allowed;
}

const rules: Readonly<Record<Action, Rule>> = {
  deploy: changersNow,
  halt: deployersOnly,
  destroy: changersNow,
  chaos: changersNow,
  approve: approversOnly,
  override: (policy, people, asked) => secondPersonOnly(policy, people, asked, 'overrides the traffic guard'),
  force: secondOrOnCall,
  breakGlass: onCallOnly,
  readLog: deployersNow('read the log of'),
  // Where the file names no approvers, those who may deploy are the ones to answer for it.
  startNow: (policy, people, asked) =>
    policy.approvers.anyone === true && !people.isStale
      ? deployersOnly(policy, people, asked)
      : approversOnly(policy, people, asked),
};

/**
 * Whether somebody may do something under a policy: the one answer for the chat, the command line and all else. Bots,
 * deactivated accounts and those of other workspaces may nothing. Pure: `people` is as fresh as the caller made it.
 */
export const may = (action: Action, policy: Policy, people: People, asked: Asked): Permission =>
  refuseAccount(people, asked.user) ?? rules[action](policy, people, asked);

/** `may` for 'deploy'. `who` begins the refusal, where the person is not the one who reads it. */
export const mayDeploy = (policy: Policy, people: People, user: string, where: string, who = 'You'): Permission =>
  may('deploy', policy, people, { user, where, who });
