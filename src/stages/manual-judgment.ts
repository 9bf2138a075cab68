import { z } from 'zod';
import { joinTexts, type Text } from '../model/text';
import type { Choice, View } from '../model/view';
import type { Execution, Stage } from '../model/execution';
import type { PlanInput } from '../engine/contracts/stage';
import { defineStage } from '../services';
import { planWholeUndo } from '../strategies';

const config = z.looseObject({
  instructions: z.string().optional().describe('What is asked.'),
  judgmentInputs: z
    .array(z.object({ value: z.string().describe('The answer.') }))
    .optional()
    .describe('Answers to choose from; kept, and not offered yet.'),
  onReject: z
    .enum(['rollback'])
    .optional()
    .describe('`rollback`: a rejection brings back what served before, in every place that the execution changed.'),
  judgmentStatus: z.enum(['continue', 'stop']).optional().describe('Set by the decision.'),
  judgmentReason: z.string().optional().describe('Set by the decision: why it was rejected.'),
  judgedBy: z.string().optional().describe('Set by the decision: the Slack user id of who decided.'),
});

const threeDaysMs = 3 * 24 * 3_600_000;

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
      confirm: { title: 'Approve?', text: `${execution.name}: ${stage.name}`, ok: 'Approve', cancel: 'Not yet' },
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
  const { instructions, judgmentStatus, judgedBy, judgmentReason } = config.parse(stage.context);
  const about: Text = [`${execution.name}: `, { strong: stage.name }];
  const lines = instructions === undefined ? [] : [instructions];
  if (stage.status === 'RUNNING' && judgmentStatus === undefined) {
    return {
      headline: joinTexts([about, ' needs a decision']),
      tone: 'attention',
      lines,
      facts: [{ label: 'Who decides', value: judges(execution) }],
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
  return {
    headline: joinTexts([about, approved ? ' was approved by ' : ' was rejected by ', [{ person: judgedBy }]]),
    tone: approved ? 'good' : 'bad',
    lines: [...lines, ...why],
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
      'Asks people to approve or reject; only approvers of the environment may. A rejection asks why, and fails the stage.',
    puts: { judgmentStatus: '`continue`, where it was approved.', judgedBy: 'The Slack user id of who approved.' },
    cancel: 'Ends at once; there is nothing to undo.',
    restart: 'Asks again; the decision before is forgotten.',
  },
  needs: [],
  config,
  outputs: ['judgmentStatus', 'judgedBy'],
  tasks: [
    {
      name: 'waitForJudgment',
      timeoutMs: threeDaysMs,
      timeoutFromStage: true,
      run({ stage }) {
        const { judgmentStatus, judgmentReason, judgedBy } = config.parse(stage.context);
        if (judgmentStatus === 'continue')
          return Promise.resolve({ status: 'SUCCEEDED', outputs: { judgmentStatus, judgedBy } });
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
    const { judgedBy, judgmentStatus } = config.parse(stage.context);
    if (judgedBy === undefined) return stage.status === 'RUNNING' ? 'waiting for a decision' : undefined;
    return [judgmentStatus === 'continue' ? 'approved by ' : 'rejected by ', { person: judgedBy }];
  },
});
