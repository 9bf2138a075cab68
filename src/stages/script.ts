import { z } from 'zod';
import type { PlanInput, StagePlan } from '../engine/contracts/stage';
import type { StageContext } from '../model/execution';
import { defineStage } from '../services';
import { buildFields } from './build/build-context';
import { buildTasks, renderBuild } from './build/build-tasks';
import { planStop } from './build/plan-stop';

const text = z.string().default('');

const config = z.looseObject({
  command: z.string().min(1),
  scriptPath: text,
  image: text,
  region: text,
  account: text,
  cluster: text,
  cmc: text,
  repoUrl: text,
  repoBranch: text,
  /** Without it, the `scriptJob` of the master, or of the first that has one. */
  job: z.string().optional(),
  master: z.string().optional(),
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

const stopOwn = (input: PlanInput): readonly StagePlan[] => planStop(input, scriptParameters(input.stage.context));

/** Runs a script through a Jenkins job made for it (semantics §4.4). Where no Jenkins is configured, it fails and says so. */
export const script = defineStage({
  type: 'script',
  needs: ['jenkins'],
  config,
  tasks: buildTasks((context, masters) => {
    const { master, job } = config.parse(context);
    const parameters = scriptParameters(context);
    if (master !== undefined && job !== undefined) return { master, job, parameters };
    const configured = masters.scriptJob(master);
    return { master: configured.master, job: job ?? configured.job, parameters };
  }),
  onFailure: stopOwn,
  onIgnoredFailure: stopOwn,
  onCancel: stopOwn,
  render: renderBuild,
});
