import { z } from 'zod';

const min = 'error.min';
const max = 'error.max';
const text = z.string();
const someText = z.string().min(1, 'error.minLength');
const texts = z.record(z.string(), text);
const amount = z.number().min(0, min);
const count = z.int().min(0, min).max(2_147_483_647, max);
const port = z.int().min(0, min).max(65_535, max);
const share = z.number().min(0, 'is less than 0').max(1, 'is greater than 1');
const portName = z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'error.pattern');
const protocol = oneOf('tcp', 'udp', 'udp,tcp');
const constraint = z.array(text).min(2, 'error.minLength').max(3, 'error.maxLength');

/** Text that is one of a few; another type is a wrong shape, another text a wrong value. */
function oneOf<const V extends readonly [string, ...string[]]>(...values: V) {
  return z.string().pipe(z.enum(values, 'error.unknown.enum.literal'));
}

const portMapping = z.object({
  containerPort: port.optional(),
  hostPort: port.optional(),
  servicePort: port.optional(),
  name: portName.optional(),
  protocol: protocol.optional(),
  labels: texts.optional(),
  networkNames: z.array(text).optional(),
});

const docker = z.object({
  image: someText,
  forcePullImage: z.boolean().optional(),
  privileged: z.boolean().optional(),
  parameters: z.array(z.object({ key: someText, value: text })).optional(),
  credential: z.object({ principal: text, secret: text.optional() }).optional(),
  pullConfig: z.object({ secret: someText }).optional(),
  network: oneOf('BRIDGE', 'HOST', 'NONE', 'USER').optional(),
  portMappings: z.array(portMapping).optional(),
});

const volume = z
  .object({
    containerPath: someText,
    mode: oneOf('RO', 'RW').optional(),
    hostPath: someText.optional(),
    secret: someText.optional(),
    persistent: z
      .object({
        type: oneOf('root', 'path', 'mount').optional(),
        size: amount,
        maxSize: amount.optional(),
        profileName: text.optional(),
        constraints: z.array(constraint).optional(),
      })
      .optional(),
    external: z.looseObject({ name: text.optional(), provider: text.optional() }).optional(),
  })
  .refine(
    ({ hostPath, secret, persistent, external }) =>
      [hostPath, secret, persistent, external].some((source) => source !== undefined),
    'must have one of hostPath, secret, persistent and external',
  )
  .refine(({ mode, secret }) => mode !== undefined || secret !== undefined, 'must have a mode');

const container = z.object({
  type: oneOf('MESOS', 'DOCKER').optional(),
  docker: docker.optional(),
  appc: z.looseObject({ image: text }).optional(),
  linuxInfo: z.looseObject({}).optional(),
  volumes: z.array(volume).optional(),
  portMappings: z.array(portMapping).optional(),
});

const healthCheck = z.object({
  protocol: oneOf('HTTP', 'HTTPS', 'TCP', 'COMMAND', 'MESOS_TCP', 'MESOS_HTTP', 'MESOS_HTTPS').optional(),
  ipProtocol: oneOf('IPv4', 'IPv6').optional(),
  path: text.optional(),
  port: port.optional(),
  portIndex: port.optional(),
  command: z.object({ value: text }).optional(),
  gracePeriodSeconds: count.optional(),
  intervalSeconds: count.optional(),
  timeoutSeconds: count.optional(),
  delaySeconds: count.optional(),
  maxConsecutiveFailures: count.optional(),
  ignoreHttp1xx: z.boolean().optional(),
});

const readinessCheck = z.object({
  name: someText.optional(),
  protocol: oneOf('HTTP', 'HTTPS').optional(),
  path: someText.optional(),
  portName: portName.optional(),
  intervalSeconds: count.optional(),
  timeoutSeconds: count.min(1, min).optional(),
  httpStatusCodesForReady: z.array(z.int().min(100, min).max(999, max)).min(1, 'error.minLength').optional(),
  preserveLastResponse: z.boolean().optional(),
});

const fetch = z.object({
  uri: someText,
  extract: z.boolean().optional(),
  executable: z.boolean().optional(),
  cache: z.boolean().optional(),
  destPath: someText.optional(),
});

const network = z.object({
  mode: oneOf('host', 'container', 'container/bridge').optional(),
  name: someText.optional(),
  labels: texts.optional(),
});

const portDefinition = z.object({
  port: port.optional(),
  name: portName.optional(),
  protocol: protocol.optional(),
  labels: texts.optional(),
});

const discoveryPort = z.object({
  number: port.optional(),
  name: portName,
  protocol: protocol.optional(),
  labels: texts.optional(),
});

const unreachableStrategy = z.union([
  z.string().pipe(z.literal('disabled', 'error.unknown.enum.literal')),
  z.object({ inactiveAfterSeconds: amount.optional(), expungeAfterSeconds: amount.optional() }),
]);

const check = z.looseObject({
  intervalSeconds: count.optional(),
  timeoutSeconds: count.optional(),
  delaySeconds: count.optional(),
});

const limit = z.union([z.number(), z.string().pipe(z.literal('unlimited', 'error.unknown.enum.literal'))]);

/**
 * An app definition as a client may send it (Marathon's RAML type App), with the deprecated fields and without defaults.
 * Fields that Marathon does not know are left out.
 */
export const appSchema = z.object({
  id: text.optional(),
  cmd: someText.optional(),
  args: z.array(text).optional(),
  user: text.optional(),
  role: someText.optional(),
  acceptedResourceRoles: z.array(text).optional(),
  env: z.record(z.string(), z.union([text, z.object({ secret: text })])).optional(),
  labels: texts.optional(),
  instances: count.optional(),
  cpus: z.number().min(0.001, min).optional(),
  mem: amount.optional(),
  disk: amount.optional(),
  gpus: count.optional(),
  resourceLimits: z.object({ cpus: limit.optional(), mem: limit.optional() }).optional(),
  executor: text.optional(),
  executorResources: z.object({ cpus: amount.optional(), mem: amount.optional(), disk: amount.optional() }).optional(),
  constraints: z.array(constraint).optional(),
  fetch: z.array(fetch).optional(),
  uris: z.array(someText).optional(),
  backoffSeconds: count.optional(),
  backoffFactor: z.number().min(1, min).optional(),
  maxLaunchDelaySeconds: count.optional(),
  container: container.optional(),
  networks: z.array(network).optional(),
  ipAddress: z
    .object({
      networkName: someText.optional(),
      groups: z.array(text).optional(),
      labels: texts.optional(),
      discovery: z.object({ ports: z.array(discoveryPort).optional() }).optional(),
    })
    .optional(),
  ports: z.array(port).optional(),
  portDefinitions: z.array(portDefinition).optional(),
  requirePorts: z.boolean().optional(),
  healthChecks: z.array(healthCheck).optional(),
  readinessChecks: z.array(readinessCheck).optional(),
  check: check.optional(),
  dependencies: z.array(text).optional(),
  upgradeStrategy: z
    .object({ minimumHealthCapacity: share.optional(), maximumOverCapacity: share.optional() })
    .optional(),
  unreachableStrategy: unreachableStrategy.optional(),
  killSelection: oneOf('YOUNGEST_FIRST', 'OLDEST_FIRST').optional(),
  taskKillGracePeriodSeconds: count.optional(),
  secrets: z.record(z.string(), z.object({ source: someText })).optional(),
  residency: z
    .object({
      relaunchEscalationTimeoutSeconds: amount.optional(),
      taskLostBehavior: oneOf('WAIT_FOREVER', 'RELAUNCH_AFTER_TIMEOUT').optional(),
    })
    .optional(),
  tty: z.boolean().optional(),
});
