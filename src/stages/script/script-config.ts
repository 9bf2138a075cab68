import { z } from 'zod';
import type { StageContext } from '../../model/execution';
import { locationSchema } from '../server-group/place';
import { buildFields } from '../build/build-context';

const text = z.string().default('');

/** What a script stage accepts, under Spinnaker's names (semantics §4.4). */
export const scriptConfig = z.looseObject({
  command: z.string().min(1).describe('The command to run, as a shell takes it.'),
  scriptPath: text.describe(
    'The folder that the command runs in: of the repository where there is one. Its root by default.',
  ),
  image: text.describe(
    'The Docker image that the command runs in on DC/OS; none by default. Jenkins gets it as IMAGE_ID.',
  ),
  region: text.describe('Where it runs on DC/OS, such as dc1_web; Jenkins gets it as REGION_PARAM.'),
  account: text.describe('The account it runs for on DC/OS; Jenkins gets it as ENV_PARAM.'),
  cluster: text.describe('A cluster for the command to know of, as CLUSTER_PARAM.'),
  cmc: text.describe('A text for the command to know of, as CMC.'),
  repoUrl: text.describe('The git repository that holds the script; none by default.'),
  repoBranch: text.describe('Its branch or tag; its default branch by default.'),
  /** Without it, the `scriptJob` of the master, or of the first that has one. */
  job: z.string().optional().describe("The Jenkins job that runs it; the master's scriptJob by default."),
  master: z.string().optional().describe('The Jenkins it runs through; the first that has a scriptJob by default.'),
  dcosCluster: z
    .string()
    .optional()
    .describe('The DC/OS cluster it runs on, where region does not say; used without Jenkins.'),
  location: locationSchema
    .optional()
    .meta({ description: 'The place it runs in without Jenkins, as Coxswain plans it.', isPlanned: true }),
  ...buildFields,
});

/** The parameters that Spinnaker's script job declares, which the command has in its environment. */
export function scriptParameters(context: StageContext): Readonly<Record<string, string>> {
  const { scriptPath, command, image, region, account, cluster, cmc, repoUrl, repoBranch } =
    scriptConfig.parse(context);
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
