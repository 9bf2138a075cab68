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
  about: {
    summary:
      'Runs a script through a Jenkins job made for scripts, which gets what the stage says as its parameters; where accounts.yaml names no Jenkins, and the stage neither, as a job of Metronome in the first place of the run.',
    puts: {
      queuedBuild: 'Of Jenkins: the number of its queue item.',
      buildNumber: 'Of Jenkins: the number of the build.',
      buildInfo: 'Of Jenkins: the build as it tells it, `{ name, number, url, result, … }`.',
      jobRun: 'Of Metronome: the run.',
      propertyFileContents: 'All of the property file.',
      '<property>': 'Each property of the file, flat.',
    },
    cancel:
      'The build or the run is stopped; so it is when the stage fails before its end is seen. One that is not waited for is let go with its start.',
    restart: 'Starts another build or run.',
  },
  needs: ['jenkins', 'jobs', 'jobTurns'],
  config: scriptConfig,
  tasks: scriptTasks,
  onFailure: stopScript,
  onIgnoredFailure: stopScript,
  onCancel: stopScript,
  render: (stage) => {
    const { success, data } = ran.safeParse(stage.outputs);
    return success && stage.status === 'SUCCEEDED' ? data.jobRun.jobId : renderBuild(stage);
  },
});
