import { z } from 'zod';
import type { Stage } from '../model/execution';
import type { Text } from '../model/text';
import { defineStage } from '../services';
import { childConfig, childConfigOf } from './child/child-config';
import { monitorPipeline } from './child/monitor-pipeline';
import { planCancel, planGoBack } from './child/plan-cancel';
import { startPipeline } from './child/start-pipeline';

const holder = z.object({ name: z.string(), user: z.string().optional() });

/** Who the stage waits for, or what it started and how that is. */
function render({ status, context, failure }: Stage): Text | undefined {
  // It names what failed.
  if (failure !== undefined) return undefined;
  const waitsFor = holder.safeParse(context.waitsFor).data;
  if (status === 'RUNNING' && waitsFor !== undefined) {
    const { name, user } = waitsFor;
    return ['waits for ', { strong: name }, ...(user === undefined ? [] : [', asked by ', { person: user }])];
  }
  if (typeof context.executionName !== 'string') return undefined;
  if (status !== 'RUNNING' || typeof context.scheduledTime !== 'number') return context.executionName;
  return [`${context.executionName} · waits for its window, begins `, { time: context.scheduledTime }];
}

/** Runs another pipeline and waits for its end (semantics §4.4). Canceled, or out of time, that is canceled too. */
export const pipeline = defineStage({
  type: 'pipeline',
  about: {
    summary:
      'Runs a pipeline of this application or another, as its file says then, and waits for its end. It runs for whoever started this run, who must be allowed to; one that would run itself is refused.',
    puts: {
      executionId: 'The id of the execution that it started.',
      executionName: 'What that is called.',
      status: 'How that ended.',
      '<output>': 'Everything that its stages put out, unless `skipDownstreamOutput` keeps it back.',
    },
    cancel:
      'What it started is canceled too, and goes back by itself; so it is when the stage runs out of time. What had ended is taken back, unless something newer has happened on its cluster since.',
    restart:
      'Runs the pipeline anew. Where a stage of the failed child is restarted instead, this stage waits for that child again.',
  },
  needs: ['childPipelines'],
  config: childConfig,
  tasks: ({ stage }) =>
    childConfigOf(stage.context).waitForCompletion ? [startPipeline, monitorPipeline] : [startPipeline],
  onFailure: planCancel,
  onIgnoredFailure: planCancel,
  onCancel: planGoBack,
  render,
});
