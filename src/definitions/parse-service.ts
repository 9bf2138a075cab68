import type { ServiceDescription } from '../model/application';
import type { HealthCheckDescription } from '../model/description';
import { checkExpressions } from './check-expressions';
import type { YamlValue } from './yaml-value';

type Env = Readonly<Record<string, string | { readonly secret: string }>>;
type HealthCheck = Omit<HealthCheckDescription, 'portIndex'> & { readonly port?: string; readonly at: YamlValue };

/** The `service` of a file as written, before an environment's own is laid over it. */
export type WrittenService = {
  readonly cpus?: number | undefined;
  readonly memoryMb?: number | undefined;
  readonly ports?: Readonly<Record<string, number>> | undefined;
  readonly env?: Env | undefined;
  readonly healthCheck?: HealthCheck | undefined;
  readonly constraints?: string | undefined;
  readonly marathon?: Readonly<Record<string, unknown>> | undefined;
};

/** Reads variables of an environment: text each, or `{ secret: name }`. */
export function parseEnv(value: YamlValue): Env {
  const entries = (value.object({ known: undefined })?.entries() ?? []).flatMap(
    ([name, item]): [string, Env[string]][] => {
      if (!item.isObject) {
        const text = item.anyText();
        return text === undefined ? [] : [[name, text]];
      }
      const secret = item
        .object({ known: ['secret'] })
        ?.require('secret', 'secret: foo/db')
        ?.text();
      return secret === undefined ? [] : [[name, { secret }]];
    },
  );
  return Object.fromEntries(entries);
}

function parsePorts(value: YamlValue): Readonly<Record<string, number>> {
  const entries = (value.object({ known: undefined })?.entries() ?? []).flatMap(([name, item]) => {
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) item.failAtKey(`The port name '${name}' may hold a-z, 0-9 and dashes.`);
    const port = item.integer({ min: 1, max: 65535 });
    return port === undefined ? [] : [[name, port] as const];
  });
  return Object.fromEntries(entries);
}

function readPath(value: YamlValue): string | undefined {
  return value.hasExpression ? value.text() : value.matching(/^\//, 'must begin with /');
}

function parseHealthCheck(value: YamlValue): HealthCheck | undefined {
  const fields = value.object({ known: ['path', 'port', 'grace', 'interval', 'timeout', 'maxFailures'] });
  if (fields === undefined) return undefined;
  const path = fields.require('path', 'path: /health');
  const portAt = fields.get('port');
  const port = portAt?.refusesExpression('Write the name of a port.') === true ? undefined : portAt?.text();
  const seconds = (name: string, fallback: number) => (fields.get(name)?.durationMs() ?? fallback * 1000) / 1000;
  return {
    protocol: 'HTTP',
    path: (path && readPath(path)) ?? '/',
    gracePeriodSeconds: seconds('grace', 60),
    intervalSeconds: seconds('interval', 10),
    timeoutSeconds: seconds('timeout', 5),
    maxConsecutiveFailures: fields.get('maxFailures')?.integer() ?? 3,
    ...(port === undefined ? {} : { port }),
    at: fields.get('port') ?? value,
  };
}

const constraintPattern = /^[^:,]+:[^:,]+(:[^:,]+)?$/;
const constraintRule = "must read field:OPERATOR or field:OPERATOR:value, such as 'hostname:UNIQUE'";

/** Reads a `service` map; what is wrong is reported and left out. */
export function parseService(value: YamlValue): WrittenService {
  const fields = value.object({
    known: ['cpus', 'memoryMb', 'ports', 'env', 'healthCheck', 'constraints', 'marathon'],
    notYet: ['config', 'loadBalancer'],
  });
  const at = (name: string) => fields?.get(name);
  checkExpressions(value);
  const env = at('env');
  const ports = at('ports');
  const healthCheck = at('healthCheck');
  const marathon = at('marathon');
  const constraints = at('constraints')?.texts((item) =>
    item.hasExpression ? item.text() : item.matching(constraintPattern, constraintRule),
  );
  return {
    cpus: at('cpus')?.number({ above: 0 }),
    memoryMb: at('memoryMb')?.number({ above: 0 }),
    ports: ports && parsePorts(ports),
    env: env && parseEnv(env),
    healthCheck: healthCheck && parseHealthCheck(healthCheck),
    constraints: constraints?.join(','),
    marathon: marathon?.object({ known: undefined }) && (marathon.data() as Readonly<Record<string, unknown>>),
  };
}

/** Lays an environment's service over the application's: `env` and `marathon` by key, every other field whole. */
export function mergeService(base: WrittenService, over: WrittenService, owner: YamlValue): ServiceDescription {
  const ports = over.ports ?? base.ports ?? {};
  const names = Object.keys(ports);
  const healthCheck = over.healthCheck ?? base.healthCheck;
  const constraints = over.constraints ?? base.constraints;
  const port = healthCheck?.port ?? names[0];
  if (healthCheck !== undefined && (port === undefined || !names.includes(port))) {
    const known = names.length === 0 ? 'The service has no ports' : `Known ports: ${names.join(', ')}`;
    (healthCheck.port === undefined ? owner : healthCheck.at).fail(
      `The health check needs a port of 'ports', not '${port ?? ''}'. ${known}.`,
    );
  }
  return {
    cpus: over.cpus ?? base.cpus ?? 0.5,
    mem: over.memoryMb ?? base.memoryMb ?? 512,
    env: { ...base.env, ...over.env },
    ...(constraints === undefined || constraints === '' ? {} : { constraints }),
    serviceEndpoints: names.map((name) => ({
      networkType: 'BRIDGE',
      port: ports[name] ?? 0,
      name,
      protocol: 'tcp',
    })),
    healthChecks: healthCheck === undefined ? [] : [describeHealthCheck(healthCheck, names.indexOf(port ?? ''))],
    marathon: { ...base.marathon, ...over.marathon },
  };
}

function describeHealthCheck(check: HealthCheck, portIndex: number): HealthCheckDescription {
  return {
    protocol: check.protocol,
    path: check.path ?? '/',
    portIndex,
    gracePeriodSeconds: check.gracePeriodSeconds,
    intervalSeconds: check.intervalSeconds,
    timeoutSeconds: check.timeoutSeconds,
    maxConsecutiveFailures: check.maxConsecutiveFailures,
  };
}
