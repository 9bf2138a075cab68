import { z } from 'zod';

/** A field that is read later, and told here: its type in words, and what it is. */
const told = (type: string, description: string) => z.unknown().optional().meta({ type, description });

/** What a server group is made of, in Spinnaker's spelling (semantics §2.1). */
export const descriptionFields = {
  cpus: told('number', 'CPUs of each instance.'),
  mem: told('number', 'Memory of each instance, in MiB.'),
  disk: told('number', 'Disk of each instance, in MiB. Default: 0.'),
  gpus: told('number', 'GPUs of each instance. Default: 0.'),
  docker: told(
    'map',
    'The image: `{ image: { imageId } }`; with `fromContext: true` and `stageId` what a findImage stage found, with `fromTrigger: true` what the trigger brought.',
  ),
  env: told('map', 'Environment variables; a value may be `{ secret: name }`.'),
  labels: told('map', 'Marathon labels.'),
  constraints: told('text', 'Where instances may run, such as `hostname:UNIQUE,rack:GROUP_BY:2`.'),
  serviceEndpoints: told('list of maps', 'The ports: `{ networkType, port, name, protocol, loadBalanced, labels }`.'),
  healthChecks: told('list of maps', 'The health checks of Marathon; an instance without any is healthy when it runs.'),
  marathon: told('map', 'Any further field of the Marathon app, as Marathon spells it.'),
};

/** What becomes of the other server groups of the cluster; without a strategy nothing does. */
export const strategyFields = {
  strategy: told('text', 'What becomes of the other server groups: see [strategies](#strategies). Default: `none`.'),
  targetPercentages: told(
    'list',
    'rollingredblack: how far the new server group has come at each step, in percent. Default: `[50, 100]`.',
  ),
  pipelineBeforeCleanup: told(
    'map',
    'rollingredblack: a pipeline that must succeed before each step takes from the old, `{ application, pipelineId, pipelineParameters }`. Default: none.',
  ),
  judgmentBeforeCleanup: told(
    'yes or no',
    'rollingredblack: whether a person decides before each step takes from the old. Default: false.',
  ),
  canary: told(
    'list of maps',
    'canary: the steps, each with its size (`instances`, or `percentage` of the whole) and its verdict: `durationSec` with `checks` and `toleranceSec` as in `verify`, a `job`, an `expression` that must be true after that (beside what a later stage sees, `canary` is `{ serverGroup, region, instances, of }`), or `judgment: true`.',
  ),
  strategyApplication: told('text', 'custom: the application whose file has the strategy pipeline. Default: this one.'),
  strategyPipeline: told('text', 'custom: the strategy pipeline, which is one marked `strategy: true`.'),
  pipelineParameters: told('map', 'custom: further parameters of that pipeline. Default: none.'),
  maxRemainingAsgs: told(
    'whole number',
    'redblack, rollingredblack, canary: how many server groups are kept, the new one counted. Default: 2.',
  ),
  delayBeforeDisableSec: told(
    'whole number',
    'redblack, rollingredblack, canary: seconds before the old goes out of service. Default: 0.',
  ),
  scaleDown: told(
    'yes or no',
    'redblack, rollingredblack, canary: whether what is out of service is scaled to 0. On DC/OS it is already. Default: false.',
  ),
  delayBeforeScaleDownSec: told('whole number', 'redblack, rollingredblack, canary: seconds before that. Default: 0.'),
  rollback: told(
    'map',
    'redblack, rollingredblack, canary, custom: `{ onFailure: true }` brings the old back where a step fails. Default: false.',
  ),
  keepFailedMinutes: told(
    'number',
    'Minutes that a server group which did not come up is kept for diagnosis, out of service. Default: 60.',
  ),
};

/** Where a description is to become a server group, and of which cluster. */
export const monikerFields = {
  application: z.string().optional().describe("The first part of the cluster's name."),
  stack: z.string().nullish().describe('The second part.'),
  freeFormDetails: z.string().nullish().describe('The third part.'),
};
