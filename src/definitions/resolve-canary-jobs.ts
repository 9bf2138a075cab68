import type { Application, Environment, PipelineStage } from '../model/application';
import type { CanaryStep } from '../model/description';
import type { StageContext } from '../model/execution';
import type { Location } from '../model/server-group';
import { resolveJob } from './resolve-job';

/** The steps of a canary with the jobs that they name made whole, to run in one place; nothing where there is no canary. */
export function resolveCanaryJobs(
  application: Application,
  environment: Environment,
  location: Location,
  stage: PipelineStage,
): { readonly canary?: readonly CanaryStep[] } {
  const { canary } = stage.context as { canary?: readonly StageContext[] };
  if (canary === undefined) return {};
  const steps = canary.map((step): CanaryStep => {
    const { job, ...rest } = step;
    if (typeof job !== 'string') return step;
    const resolved = resolveJob(application, environment, [location], { ...stage, type: 'runJob', context: { job } });
    return resolved === undefined ? rest : { ...rest, job: resolved.context };
  });
  return { canary: steps };
}
