import { z } from 'zod';
import type { Execution, Stage, StageContext } from '../model/execution';
import { joinTexts, type Text } from '../model/text';

const approval = z.object({
  user: z.string(),
  human: z.string(),
  at: z.number(),
  input: z.string().optional(),
  reason: z.string().optional(),
});

/** One approval of a judgment: `human` is the same for all accounts of one person, `at` milliseconds since the epoch. */
export type Approval = z.infer<typeof approval>;

const given = z.object({ judgmentApprovals: z.array(approval).optional() });

/** The approvals that a judgment has so far, oldest first. */
export const approvalsOf = (context: StageContext): readonly Approval[] =>
  given.catch({}).parse(context).judgmentApprovals ?? [];

/** How many humans must approve. */
export const approvalsNeeded = ({ definition }: Execution): number => Math.max(1, definition.policy.approvers.count);

/** `1 of 2 approved: @ann`; undefined where one approval is all that is asked for. */
export function approvalsText(execution: Execution, { context }: Pick<Stage, 'context'>): Text | undefined {
  const needed = approvalsNeeded(execution);
  if (needed < 2) return undefined;
  const approvals = approvalsOf(context);
  const people = joinTexts(
    approvals.map(({ user }) => [{ person: user }]),
    ', ',
  );
  const count = `${approvals.length} of ${needed} approved`;
  return approvals.length === 0 ? count : joinTexts([`${count}: `, people]);
}

const roles = z.object({
  selectedStageRoles: z.array(z.string()).nullish(),
  requiredJudgmentRoles: z.array(z.string()).nullish(),
});

const nameOfRole = (role: string): string => {
  const name = role.trim().replace(/^@/, '');
  return /^[UW][A-Z0-9]{2,}$/.test(name) ? name : name.toLowerCase();
};

/**
 * The roles of which a judge must hold one: user groups, addresses or Slack ids; empty where the stage names none. Spinnaker's
 * older field wins. What is there but no list of texts is a role that nobody holds.
 */
export function judgmentRoles({ selectedStageRoles, requiredJudgmentRoles }: StageContext): readonly string[] {
  const parsed = roles.safeParse({ selectedStageRoles, requiredJudgmentRoles });
  if (!parsed.success) return ['(unreadable roles)'];
  const { selectedStageRoles: own, requiredJudgmentRoles: legacy } = parsed.data;
  const named = legacy !== undefined && legacy !== null && legacy.length > 0 ? legacy : (own ?? []);
  return [...new Set(named.map(nameOfRole).filter((name) => name !== ''))];
}
