import { z } from 'zod';
import { principalsText } from '../model/principal';
import { joinTexts, plainText, type Text } from '../model/text';
import type { Choice, View } from '../model/view';
import type { Execution, Stage } from '../model/execution';
import { approvalsOf, approvalsText, judgmentRoles } from '../engine/approvals';
import type { PlanInput } from '../engine/contracts/stage';
import { judgmentAnswers } from '../engine/judgment-answers';
import { remindersAt } from '../engine/judgment-reminders';
import { defineStage } from '../services';
import { planWholeUndo } from '../strategies';

/** One answer; a list that an expression makes may hold its text alone. */
const input = z.preprocess(
  (answer) => (typeof answer === 'string' ? { value: answer } : answer),
  z.object({ value: z.string().describe('The answer.') }),
);

const config = z.looseObject({
  instructions: z.string().optional().describe('What is asked.'),
  judgmentInputs: z
    .array(input)
    .optional()
    .describe(
      'Answers, of which whoever approves chooses one; `#judgment("name of the stage")` is that one. Default: none, and approving is one click.',
    ),
  onReject: z
    .enum(['rollback'])
    .optional()
    .describe('`rollback`: a rejection brings back what served before, in every place that the execution changed.'),
  selectedStageRoles: z
    .array(z.string())
    .nullish()
    .describe(
      'User groups, e-mail addresses or Slack ids: whoever decides must be one of these, beside being an approver of the environment. Default: approvers of the environment.',
    ),
  requiredJudgmentRoles: z
    .array(z.string())
    .nullish()
    .describe("Spinnaker's older name of `selectedStageRoles`, which wins where both are given."),
  propagateAuthenticationContext: z
    .boolean()
    .optional()
    .describe(
      'Stages after an approval run for whoever approved (the last of several): what they may change in other environments is judged by that. Default: false.',
    ),
  judgmentStatus: z.enum(['continue', 'stop']).optional().describe('Set by the decision.'),
  judgmentReason: z.string().optional().describe('Set by the decision: why it was rejected.'),
  judgmentInput: z.string().optional().describe('Set by the decision: the answer that was chosen.'),
  judgedBy: z.string().optional().describe('Set by the decision: the Slack user id of who decided.'),
  judgmentApprovals: z
    .array(z.unknown())
    .optional()
    .describe('Set by each approval, where several are asked for: who, when, and what they said.'),
  judgmentReminded: z.number().optional().describe('Set by the reminders: how many there were.'),
});

const threeDaysMs = 3 * 24 * 3_600_000;

/**
 * Approving is one click, with the chat's own dialog; where answers are offered, a form that asks for one of them, and where
 * several must approve, one that asks for a word to the others.
 */
function approval(execution: Execution, { name, context }: Stage): Pick<Choice, 'asks' | 'confirm'> {
  const options = judgmentAnswers(context);
  if (options.length > 0)
    return {
      asks: {
        title: 'Approve',
        label: 'Which answer?',
        placeholder: 'One of the answers offered',
        submit: 'Approve',
        required: true,
        options,
      },
    };
  const soFar = approvalsText(execution, { context });
  if (soFar !== undefined)
    return {
      asks: {
        title: 'Approve',
        label: `${plainText(soFar)}. Anything to say?`,
        placeholder: 'May stay empty',
        submit: 'Approve',
        required: false,
      },
    };
  return {
    confirm: { title: 'Approve?', text: `${execution.name}: ${name}`, ok: 'Approve', cancel: 'Not yet' },
  };
}

/** The two buttons of a judgment that is open. */
export function judgmentChoices(execution: Execution, stage: Stage): readonly Choice[] {
  const target = { kind: 'execution', id: execution.id, stageId: stage.id } as const;
  const rollsBack = config.parse(stage.context).onReject === 'rollback';
  return [
    {
      name: 'approve',
      label: 'Approve',
      target,
      style: 'primary',
      ...approval(execution, stage),
    },
    {
      name: 'reject',
      label: rollsBack ? 'Reject and roll back' : 'Reject',
      target,
      style: 'danger',
      asks: {
        title: 'Reject',
        label: 'Why?',
        placeholder: 'What should be different?',
        submit: 'Reject',
        required: true,
      },
    },
  ];
}

/** Who may decide, and who is left out. */
function judges(execution: Execution, stage: Stage): Text {
  const { groups, anyone, count, excludeRequester, excludeAuthor = false } = execution.definition.policy.approvers;
  const roles = judgmentRoles(stage.context);
  const named = groups.length === 0 ? roles : groups;
  if (excludeAuthor && execution.definition.authors === undefined)
    return 'Nobody: whoever made the change may not, and who that is is not known.';
  if (groups.length === 0 && anyone !== true) return 'Nobody: the list of approvers is empty.';
  if (named.length === 0) return 'Anyone here may decide.';
  const both = groups.length > 0 && roles.length > 0 ? [' who are in ', ...principalsText(roles)] : [];
  const several = count > 1 ? [`${count} of `] : [];
  const requester = excludeRequester ? [', not who asked'] : [];
  const author = excludeAuthor ? [', not who made the change'] : [];
  return [...several, ...principalsText(named), ...both, ...requester, ...author];
}

/** Facts of an open judgment: who decides, who has approved so far, what may be answered. */
function factsOf(execution: Execution, stage: Stage): NonNullable<View['facts']> {
  const soFar = approvalsText(execution, stage);
  const answers = judgmentAnswers(stage.context);
  return [
    { label: 'Who decides', value: judges(execution, stage) },
    ...(soFar === undefined ? [] : [{ label: 'Approvals', value: soFar }]),
    ...(answers.length === 0 ? [] : [{ label: 'Answers', value: answers.join(', ') }]),
  ];
}

/** How a question ends that nobody has decided: where its time ran out, what can be done. */
function undecided({ stage }: PlanInput, about: Text, lines: readonly Text[]): View {
  if (stage.failure?.code !== 'TASK_TIMEOUT')
    return {
      headline: joinTexts([about, ` ended without a decision (${stage.status.toLowerCase()})`]),
      tone: 'neutral',
      lines,
    };
  return {
    headline: joinTexts([about, ' failed: nobody decided in time']),
    tone: 'bad',
    lines: [...lines, 'Restart it on the message of the execution to ask again, when that is over.'],
  };
}

/** Everybody who has decided, for a headline. */
function deciders({ context }: Stage, judgedBy: string): Text {
  const approvals = approvalsOf(context);
  const isApproved = context.judgmentStatus === 'continue' && approvals.length > 0;
  const users = isApproved ? approvals.map(({ user }) => user) : [judgedBy];
  return joinTexts(
    users.map((person) => [{ person }]),
    ', ',
  );
}

/** What those who approved have said, a line each. */
const saidBy = ({ context }: Stage): readonly Text[] =>
  approvalsOf(context).flatMap(({ user, reason }): readonly Text[] =>
    reason === undefined ? [] : [[{ person: user }, `: ${reason}`]],
  );

/** What an open judgment says on the live message. */
function waitingText({ context }: Stage): Text {
  const approvals = approvalsOf(context).map(({ user }) => [{ person: user }]);
  return joinTexts([
    'waiting for a decision',
    ...(approvals.length === 0 ? [] : [joinTexts([', approved by ', joinTexts(approvals, ', ')])]),
  ]);
}

function ask({ execution, stage }: PlanInput): View {
  const { instructions, judgmentStatus, judgmentInput, judgedBy, judgmentReason } = config.parse(stage.context);
  const about: Text = [`${execution.name}: `, { strong: stage.name }];
  const lines = instructions === undefined ? [] : [instructions];
  if (stage.status === 'RUNNING' && judgmentStatus === undefined) {
    return {
      headline: joinTexts([about, ' needs a decision']),
      tone: 'attention',
      lines: [...lines, ...saidBy(stage)],
      facts: factsOf(execution, stage),
      choices: judgmentChoices(execution, stage),
    };
  }
  if (judgedBy === undefined) return undecided({ execution, stage, context: stage.context }, about, lines);
  const approved = judgmentStatus === 'continue';
  const why = judgmentReason === undefined ? [] : [`Reason: ${judgmentReason}`];
  const answer = judgmentInput === undefined ? [] : [`Answer: ${judgmentInput}`];
  return {
    headline: joinTexts([about, approved ? ' was approved by ' : ' was rejected by ', deciders(stage, judgedBy)]),
    tone: approved ? 'good' : 'bad',
    lines: [...lines, ...saidBy(stage), ...why, ...answer],
  };
}

/** Whether it was rejected and the stage says that a rejection brings back what served before. */
function goesBack({ stage }: PlanInput): boolean {
  const { onReject, judgmentStatus } = config.parse(stage.context);
  return onReject === 'rollback' && judgmentStatus === 'stop';
}

/** A person decides whether the pipeline goes on (semantics §11, decisions 17). */
export const manualJudgment = defineStage({
  type: 'manualJudgment',
  about: {
    summary:
      'Asks people to approve or reject; only approvers of the environment may. A rejection asks why, and fails the stage. Where it offers answers, whoever approves chooses one, and branches may depend on it.',
    puts: {
      judgmentStatus: '`continue`, where it was approved.',
      judgedBy: 'The Slack user id of who approved.',
      judgmentInput: 'The answer that was chosen; absent where none was offered.',
    },
    cancel: 'Ends at once; there is nothing to undo.',
    restart: 'Asks again; the decision before is forgotten.',
  },
  needs: [],
  config,
  outputs: ['judgmentStatus', 'judgedBy', 'judgmentInput'],
  tasks: [
    {
      name: 'waitForJudgment',
      timeoutMs: threeDaysMs,
      timeoutFromStage: true,
      run(look) {
        const { stage, now } = look;
        const {
          judgmentReminded = 0,
          judgmentStatus,
          judgmentReason,
          judgmentInput,
          judgedBy,
        } = config.parse(stage.context);
        if (judgmentStatus === 'continue')
          return Promise.resolve({ status: 'SUCCEEDED', outputs: { judgmentStatus, judgedBy, judgmentInput } });
        if (judgmentStatus === undefined) {
          const { due, next } = remindersAt(look);
          const waitMs = Math.max(0, next - now);
          const reminded = due > judgmentReminded ? { context: { judgmentReminded: due } } : {};
          return Promise.resolve({ status: 'RUNNING', retryAfterMs: waitMs, ...reminded });
        }
        const reason = judgmentReason === undefined ? '' : `: ${judgmentReason}`;
        return Promise.resolve({
          status: 'TERMINAL',
          code: 'JUDGMENT_REJECTED',
          reason: `${stage.name} was rejected${reason}`,
        });
      },
    },
  ],
  endsOthers: goesBack,
  onFailure: (input) => (goesBack(input) ? planWholeUndo(input.execution) : []),
  ask,
  render: (stage) => {
    const { judgedBy, judgmentStatus, judgmentInput } = config.parse(stage.context);
    if (judgedBy === undefined) return stage.status === 'RUNNING' ? waitingText(stage) : undefined;
    const answer = judgmentInput === undefined ? [] : [`: ${judgmentInput}`];
    const verb = judgmentStatus === 'continue' ? 'approved by ' : 'rejected by ';
    return joinTexts([verb, deciders(stage, judgedBy), ...answer]);
  },
});
