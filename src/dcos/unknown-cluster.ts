import { CoxswainError } from '../model/errors';

/** That a DC/OS cluster is not configured (NOT_FOUND), with the names of those that are. */
export const unknownCluster = (dcosCluster: string, names: Iterable<string>): CoxswainError =>
  new CoxswainError('NOT_FOUND', {
    message: `DC/OS cluster '${dcosCluster}' is not configured. Known clusters: ${[...names].join(', ') || 'none'}. Add it to accounts.yaml.`,
    fields: { dcosCluster },
  });
