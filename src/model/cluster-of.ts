import type { Application, Environment } from './application';
import { buildCluster } from './moniker';

/** The name of an environment's cluster: `foo-prod`. Throws INVALID_NAME. */
export const clusterOf = (application: Application, environment: Environment): string =>
  buildCluster({ app: application.name, stack: environment.name });
