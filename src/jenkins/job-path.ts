import { CoxswainError } from '../model/errors';

const names = (job: string): readonly string[] => job.split('/').filter((name) => name !== '');

/** Whether every second name is `job`, as in `folder/job/sub/job/ship`. */
const isSpeltOut = (parts: readonly string[]): boolean =>
  parts.length > 1 && parts.length % 2 === 1 && parts.every((name, index) => index % 2 === 0 || name === 'job');

/**
 * The path of a job: `folder/sub/ship` is `/job/folder/job/sub/job/ship`. Spinnaker's own spelling of folders,
 * `folder/job/sub/job/ship`, is taken too. Throws INVALID_INPUT for a name without anything, or with `.` or `..` in it.
 */
export function jobPath(job: string): string {
  const written = names(job);
  const parts = isSpeltOut(written) ? written.filter((_name, index) => index % 2 === 0) : written;
  if (parts.length === 0 || parts.some((name) => name === '.' || name === '..')) {
    throw new CoxswainError('INVALID_INPUT', {
      message: `'${job}' is no name of a Jenkins job. Write it as name or folder/name.`,
    });
  }
  return parts.map((name) => `/job/${encodeURIComponent(name)}`).join('');
}
