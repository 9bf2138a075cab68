import { z } from 'zod';
import { defineStage } from '../services';
import { buildFields, parameterTexts } from './build/build-context';
import { buildTasks, renderBuild } from './build/build-tasks';
import { planStop } from './build/plan-stop';

const config = z.looseObject({
  master: z.string().min(1),
  job: z.string().min(1),
  parameters: parameterTexts,
  ...buildFields,
});

/** Runs a build of a Jenkins job and waits for its end (semantics §4.4). Canceled, or out of time, the build is stopped. */
export const jenkins = defineStage({
  type: 'jenkins',
  needs: ['jenkins'],
  config,
  tasks: buildTasks((context) => {
    const { master, job, parameters } = config.parse(context);
    return { master, job, parameters };
  }),
  onFailure: planStop,
  onIgnoredFailure: planStop,
  onCancel: planStop,
  render: renderBuild,
});
