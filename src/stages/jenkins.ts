import { z } from 'zod';
import { defineStage } from '../services';
import { buildFields, parameterTexts } from './build/build-context';
import { buildTasks, renderBuild } from './build/build-tasks';
import { planStop } from './build/plan-stop';

const config = z.looseObject({
  master: z.string().min(1).describe('The Jenkins, by its name below `jenkins` in accounts.yaml.'),
  job: z.string().min(1).describe('The job, with its folders: `team/build`.'),
  parameters: parameterTexts.describe('The parameters of the build; lists and maps become JSON.'),
  ...buildFields,
});

/** Runs a build of a Jenkins job and waits for its end (semantics §4.4). Canceled, or out of time, the build is stopped. */
export const jenkins = defineStage({
  type: 'jenkins',
  about: {
    summary:
      'Runs a build of a Jenkins job and waits for its end. A failed or unstable build fails the stage, an aborted one cancels it.',
    puts: {
      queuedBuild: 'The number of its queue item.',
      buildNumber: 'The number of the build.',
      buildInfo: 'The build as Jenkins tells it: `{ name, number, url, result, … }`.',
      propertyFileContents: 'All of the property file.',
      '<property>': 'Each property of the file, flat.',
    },
    cancel:
      'The build is stopped in Jenkins, or taken out of its queue; so it is when the stage fails before its end is seen. One that is not waited for is let go with its start.',
    restart: 'Starts another build.',
  },
  needs: ['jenkins'],
  config,
  tasks: buildTasks(
    {
      job: (context) => config.parse(context),
      parameters: (context) => config.parse(context).parameters,
    },
    Object.keys(config.shape),
  ),
  onFailure: planStop,
  onIgnoredFailure: planStop,
  onCancel: planStop,
  render: renderBuild,
});
