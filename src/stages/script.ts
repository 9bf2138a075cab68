import { z } from 'zod';
import type { StageContext } from '../model/execution';
import { defineStage } from '../services';
import { buildFields } from './build/build-context';
import { buildTasks, renderBuild } from './build/build-tasks';
import { planStop } from './build/plan-stop';

/** A parameter of the script job. */
const text = (description: string) => z.string().default('').describe(description);

const config = z.looseObject({
  command: z.string().min(1).describe('What is run; parameter COMMAND.'),
  scriptPath: text('The folder of the repository that it is run in; parameter SCRIPT_PATH.'),
  image: text('Parameter IMAGE_ID.'),
  region: text('Parameter REGION_PARAM.'),
  account: text('Parameter ENV_PARAM.'),
  cluster: text('Parameter CLUSTER_PARAM.'),
  cmc: text('Parameter CMC.'),
  repoUrl: text('The repository of the script; parameter REPO_URL.'),
  repoBranch: text('Its branch; parameter REPO_BRANCH.'),
  job: z.string().optional().describe('The job that runs scripts. Default: the `scriptJob` of the master.'),
  master: z.string().optional().describe('The Jenkins. Default: the first in accounts.yaml with a `scriptJob`.'),
  ...buildFields,
});

/** The parameters that Spinnaker's script job declares. */
function scriptParameters(context: StageContext): Readonly<Record<string, string>> {
  const { scriptPath, command, image, region, account, cluster, cmc, repoUrl, repoBranch } = config.parse(context);
  return {
    SCRIPT_PATH: scriptPath,
    COMMAND: command,
    IMAGE_ID: image,
    REGION_PARAM: region,
    ENV_PARAM: account,
    CLUSTER_PARAM: cluster,
    CMC: cmc,
    REPO_URL: repoUrl,
    REPO_BRANCH: repoBranch,
  };
}

/** Runs a script through a Jenkins job made for it (semantics §4.4). Where no Jenkins is configured, it fails and says so. */
export const script = defineStage({
  type: 'script',
  about: {
    summary: 'Runs a script through a Jenkins job made for scripts, which gets what the stage says as its parameters.',
    puts: {
      queuedBuild: 'The number of its queue item.',
      buildNumber: 'The number of the build.',
      buildInfo: 'The build as Jenkins tells it: `{ name, number, url, result, … }`.',
      propertyFileContents: 'All of the property file.',
      '<property>': 'Each property of the file, flat.',
    },
    cancel: 'The build is stopped in Jenkins, or taken out of its queue; so it is when the stage runs out of time.',
    restart: 'Starts another build.',
  },
  needs: ['jenkins'],
  config,
  tasks: buildTasks((context, masters) => {
    const { master, job } = config.parse(context);
    const parameters = scriptParameters(context);
    if (master !== undefined && job !== undefined) return { master, job, parameters };
    const configured = masters.scriptJob(master);
    return { master: configured.master, job: job ?? configured.job, parameters };
  }),
  onFailure: (input) => planStop(input, scriptParameters(input.stage.context)),
  onCancel: (input) => planStop(input, scriptParameters(input.stage.context)),
  render: renderBuild,
});
