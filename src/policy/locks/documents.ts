import type { DocumentKind } from '../../engine/ports/document-store';
import type { EnvironmentLock, LockedPlace } from '../../model/environment-lock';

/** Locks of environments, listed by `held` (the team's id) while somebody holds them. */
export const environmentLockKind: DocumentKind<EnvironmentLock> = {
  name: 'environment-lock',
  indexes: ({ teamId, lock }) => (lock === undefined ? {} : { held: teamId }),
};

/** The id of an environment's lock document. */
export const lockIdOf = ({ teamId, application, environment }: LockedPlace): string =>
  `${teamId}/${application}/${environment}`;
