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
