import { CoxswainError } from '../model/errors';
import type { Location } from '../model/server-group';

const segmentPattern = /^[a-z0-9]+(-+[a-z0-9]+)*$/;

function requireSegment(segment: string, id: string): void {
  if (segmentPattern.test(segment)) return;
  throw new CoxswainError('INVALID_NAME', {
    message: `Invalid part '${segment}' of Marathon id '${id}': only lower-case letters, digits and dashes inside are allowed. Rename it.`,
    fields: { segment, id },
  });
}

function validId(segments: readonly string[]): string {
  const id = `/${segments.join('/')}`;
  for (const segment of segments) requireSegment(segment, id);
  return id;
}

const parentSegments = (location: Location): readonly string[] => [
  location.account,
  ...(location.group === '' ? [] : location.group.split('/')),
];

/** Where a location's apps live: `/account` or `/account/group…`. Throws INVALID_NAME (semantics §1.3). */
export const marathonParent = (location: Location): string => validId(parentSegments(location));

/** The id of a server group's app: `/account[/group…]/name`. Throws INVALID_NAME for a segment DC/OS would not take. */
export const marathonId = (location: Location, name: string): string => validId([...parentSegments(location), name]);

/**
 * The name of the server group that a task is of, by its id: `acct_group_foo-v001.instance-….` or, before Marathon 1.5,
 * `acct_group_foo-v001.…`; no segment of a Marathon id may hold a '.' or '_'. Undefined for a task of another place.
 */
export function groupOfTask(location: Location, taskId: string): string | undefined {
  const [path = ''] = taskId.split('.', 1);
  const prefix = `${parentSegments(location).join('_')}_`;
  const name = path.startsWith(prefix) ? path.slice(prefix.length) : '';
  return taskId.length === path.length || !segmentPattern.test(name) ? undefined : name;
}
