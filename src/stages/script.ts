import { z } from 'zod';
import { defineStage } from '../services';
import { renderBuild } from './build/build-tasks';
import { scriptConfig } from './script/script-config';
import { scriptTasks, stopScript } from './script/script-tasks';

const ran = z.object({ jobRun: z.object({ jobId: z.string() }) });

/**
 * Runs a script through a Jenkins job made for it (semantics §4.4), or, where accounts.yaml names no Jenkins and the stage
 * neither, as a job of Metronome. Canceled, or out of time, it is stopped.
 */
export const script = defineStage({
  type: 'script',
  needs: ['jenkins', 'jobs'],
  config: scriptConfig,
  tasks: scriptTasks,
  onFailure: stopScript,
  onCancel: stopScript,
  render: (stage) => {
    const { success, data } = ran.safeParse(stage.outputs);
    return success && stage.status === 'SUCCEEDED' ? data.jobRun.jobId : renderBuild(stage);
  },
});
