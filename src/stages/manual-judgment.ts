import { z } from 'zod';
import { joinTexts, type Text } from '../model/text';
import type { Choice, View } from '../model/view';
import type { Execution, Stage } from '../model/execution';
import type { PlanInput } from '../engine/contracts/stage';
import { judgmentAnswers } from '../engine/judgment-answers';
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
  judgmentStatus: z.enum(['continue', 'stop']).optional().describe('Set by the decision.'),
  judgmentReason: z.string().optional().describe('Set by the decision: why it was rejected.'),
  judgmentInput: z.string().optional().describe('Set by the decision: the answer that was chosen.'),
  judgedBy: z.string().optional().describe('Set by the decision: the Slack user id of who decided.'),
});

const threeDaysMs = 3 * 24 * 3_600_000;

/** Approving is one click, with the chat's own dialog; where answers are offered, a form that asks for one of them. */
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

const judges = (execution: Execution): Text => {
  const { groups, anyone } = execution.definition.policy.approvers;
  if (groups.length === 0)
    return anyone === true ? 'Anyone here may decide.' : 'Nobody: the list of approvers is empty.';
  return joinTexts(
    groups.map((group) => [{ group }]),
    ', ',
  );
};

function ask({ execution, stage }: PlanInput): View {
  const { instructions, judgmentStatus, judgmentInput, judgedBy, judgmentReason } = config.parse(stage.context);
  const about: Text = [`${execution.name}: `, { strong: stage.name }];
  const lines = instructions === undefined ? [] : [instructions];
  if (stage.status === 'RUNNING' && judgmentStatus === undefined) {
    const answers = judgmentAnswers(stage.context);
    const offer = answers.length === 0 ? [] : [{ label: 'Answers', value: answers.join(', ') }];
    return {
      headline: joinTexts([about, ' needs a decision']),
      tone: 'attention',
      lines,
      facts: [{ label: 'Who decides', value: judges(execution) }, ...offer],
      choices: judgmentChoices(execution, stage),
    };
  }
  if (judgedBy === undefined) {
    return {
      headline: joinTexts([about, ` ended without a decision (${stage.status.toLowerCase()})`]),
      tone: 'neutral',
      lines,
    };
  }
  const approved = judgmentStatus === 'continue';
  const why = judgmentReason === undefined ? [] : [`Reason: ${judgmentReason}`];
  const answer = judgmentInput === undefined ? [] : [`Answer: ${judgmentInput}`];
  return {
    headline: joinTexts([about, approved ? ' was approved by ' : ' was rejected by ', [{ person: judgedBy }]]),
    tone: approved ? 'good' : 'bad',
    lines: [...lines, ...why, ...answer],
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
      run({ stage }) {
        const { judgmentStatus, judgmentReason, judgmentInput, judgedBy } = config.parse(stage.context);
        if (judgmentStatus === 'continue')
          return Promise.resolve({ status: 'SUCCEEDED', outputs: { judgmentStatus, judgedBy, judgmentInput } });
        if (judgmentStatus === undefined) return Promise.resolve({ status: 'RUNNING', retryAfterMs: threeDaysMs });
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
    if (judgedBy === undefined) return stage.status === 'RUNNING' ? 'waiting for a decision' : undefined;
    const answer = judgmentInput === undefined ? [] : [`: ${judgmentInput}`];
    return [judgmentStatus === 'continue' ? 'approved by ' : 'rejected by ', { person: judgedBy }, ...answer];
  },
});
