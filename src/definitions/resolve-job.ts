import type { Application, Environment, PipelineStage } from '../model/application';
import type { StageContext } from '../model/execution';
import { locationName, type Location } from '../model/server-group';

/** Whether a stage runs a job of the application's file. */
export const namesJob = ({ type, context }: PipelineStage): boolean =>
  type === 'runJob' && typeof context.job === 'string';

/** Like the path of a server group in Marathon, with dots: jobs of one place never meet those of another. */
const jobIdIn = ({ account, group }: Pick<Location, 'account' | 'group'>, name: string): string =>
  [account, ...group.split('/').filter((segment) => segment !== ''), name].join('.');

/**
 * A stage that names a job, made whole: in the first place of the run, or in all those that the stage names. Undefined where
 * none is left. `owner` is whose file has the job.
 */
export function resolveJob(
  application: Application,
  environment: Environment,
  places: readonly Location[],
  stage: PipelineStage,
  owner: Application = application,
): PipelineStage | undefined {
  const { job, regions, ...own } = stage.context as { job: string; regions?: readonly string[] } & StageContext;
  const { general, ...template } = owner.jobs?.get(job) ?? {};
  const named = regions === undefined ? places.slice(0, 1) : places.filter((at) => regions.includes(locationName(at)));
  const [first, second] = named;
  if (first === undefined) return undefined;
  // A job of another's file must not meet one of the same name.
  const ownName = owner.name === application.name ? job : `${owner.name}-${job}`;
  const name = `${application.name}-${environment.name}-${ownName}`;
  const where =
    second === undefined
      ? { location: first }
      : { locations: named.map((location) => ({ ...location, jobId: jobIdIn(location, name) })) };
  const id = second === undefined ? jobIdIn(first, name) : jobIdIn({ account: first.account, group: '' }, name);
  const context = {
    application: application.name,
    ...template,
    ...own,
    general: { ...(general as StageContext | undefined), id },
    ...where,
  };
  return { ...stage, context };
}
