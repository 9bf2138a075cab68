import type { CoxswainStage } from '../services';
import { adoptServerGroup } from './adopt-server-group';
import { cancelPipeline } from './cancel-pipeline';
import { cancelWebhook } from './cancel-webhook';
import { checkPreconditions } from './check-preconditions';
import { cloneServerGroup } from './clone-server-group';
import { createServerGroup } from './create-server-group';
import { deploy } from './deploy';
import { destroyServerGroup } from './destroy-server-group';
import { disableCluster } from './disable-cluster';
import { disableServerGroup } from './disable-server-group';
import { enableAlsoServed } from './enable-also-served';
import { enableServerGroup } from './enable-server-group';
import { evaluateVariables } from './evaluate-variables';
import { fetchUrls } from './fetch-urls';
import { findImage } from './find-image';
import { jenkins } from './jenkins';
import { manualJudgment } from './manual-judgment';
import { pipeline } from './pipeline';
import { resizeServerGroup } from './resize-server-group';
import { rollbackCluster } from './rollback-cluster';
import { rollbackServerGroup } from './rollback-server-group';
import { runJob } from './run-job';
import { scaleDownCluster } from './scale-down-cluster';
import { script } from './script';
import { shrinkCluster } from './shrink-cluster';
import { stopJenkinsBuild } from './stop-jenkins-build';
import { stopJob } from './stop-job';
import { terminateInstanceAndDecrementServerGroup } from './terminate-instance-and-decrement-server-group';
import { terminateInstances } from './terminate-instances';
import { undoAdoption } from './undo-adoption';
import { undoPipeline } from './undo-pipeline';
import { undoServerGroup } from './undo-server-group';
import { verify } from './verify';
import { wait } from './wait';
import { webhook } from './webhook';

/** All stage types; adding one is one file and one line here. */
export const stages: readonly CoxswainStage[] = [
  adoptServerGroup,
  cancelPipeline,
  cancelWebhook,
  checkPreconditions,
  cloneServerGroup,
  createServerGroup,
  deploy,
  destroyServerGroup,
  disableCluster,
  disableServerGroup,
  enableAlsoServed,
  enableServerGroup,
  evaluateVariables,
  fetchUrls,
  findImage,
  jenkins,
  manualJudgment,
  pipeline,
  resizeServerGroup,
  rollbackCluster,
  rollbackServerGroup,
  runJob,
  scaleDownCluster,
  script,
  shrinkCluster,
  stopJenkinsBuild,
  stopJob,
  terminateInstanceAndDecrementServerGroup,
  terminateInstances,
  undoAdoption,
  undoPipeline,
  undoServerGroup,
  verify,
  wait,
  webhook,
];
