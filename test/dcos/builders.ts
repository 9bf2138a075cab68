import { appSingleSchema } from '../../src/dcos/marathon-schemas';
import type { MarathonAppInfo } from '../../src/dcos/marathon-schemas';
import type { ServerGroupDescription } from '../../src/model/description';
import type { Location } from '../../src/model/server-group';

/** A place for tests: Marathon path `/nonprod/east`. */
export const east: Location = { account: 'nonprod', region: 'east', dcosCluster: 'np1', group: 'east' };

/** A small description; `over` holds what a test is about. */
export const describeGroup = (over: Partial<ServerGroupDescription> = {}): ServerGroupDescription => ({
  cloudProvider: 'dcos',
  account: 'nonprod',
  application: 'foo',
  stack: 'dev',
  freeFormDetails: '',
  dcosCluster: 'np1',
  group: 'east',
  region: 'np1_east',
  location: east,
  desiredCapacity: 2,
  cpus: 0.5,
  mem: 512,
  docker: { image: { imageId: 'registry.example.com/demo/foo:1.9.0' } },
  serviceEndpoints: [],
  healthChecks: [],
  strategy: 'none',
  ...over,
});

/** An app as Marathon sends it, read as the client reads it. */
export const readApp = (over: Readonly<Record<string, unknown>> = {}): MarathonAppInfo =>
  appSingleSchema.parse({
    app: { id: '/nonprod/east/foo-dev-v001', version: '2026-01-05T10:00:00.000Z', instances: 1, ...over },
  }).app;
