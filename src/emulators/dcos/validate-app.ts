import { type JsonObject, objectOf, objectsOf } from './json';
import { notValid, type Violation, wrongShape } from './marathon-error';

const shapes: Readonly<Record<string, 'string' | 'number' | 'boolean' | 'object' | 'array'>> = {
  id: 'string',
  cmd: 'string',
  instances: 'number',
  cpus: 'number',
  mem: 'number',
  disk: 'number',
  gpus: 'number',
  backoffSeconds: 'number',
  backoffFactor: 'number',
  maxLaunchDelaySeconds: 'number',
  requirePorts: 'boolean',
  labels: 'object',
  env: 'object',
  container: 'object',
  upgradeStrategy: 'object',
  args: 'array',
  constraints: 'array',
  dependencies: 'array',
  healthChecks: 'array',
  readinessChecks: 'array',
  portDefinitions: 'array',
  networks: 'array',
};

const idPattern = /^(\/([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])(\.([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9]))*)+$/;

/** Throws Marathon's 400 when a field of the definition has the wrong JSON type. */
export function checkShape(input: JsonObject): void {
  const names = { string: 'jsstring', number: 'jsnumber', boolean: 'jsboolean', object: 'jsobject', array: 'jsarray' };
  const details = Object.entries(shapes).flatMap(([field, type]): Violation[] => {
    const value = input[field];
    if (value === undefined || value === null) return [];
    const actual = Array.isArray(value) ? 'array' : typeof value;
    return actual === type ? [] : [{ path: `/${field}`, errors: [`error.expected.${names[type]}`] }];
  });
  if (details.length > 0) throw wrongShape(details);
}

/** Throws Marathon's 422 when a normalised definition makes no sense. */
export function validateApp(spec: JsonObject): void {
  const details = [...idRules(spec), ...numberRules(spec), ...processRules(spec), ...portRules(spec)];
  if (details.length > 0) throw notValid(details);
}

function idRules({ id }: JsonObject): Violation[] {
  if (idPattern.test(String(id))) return [];
  return [
    {
      path: '/id',
      errors: [`must fully match regular expression '${idPattern.source}'`],
    },
  ];
}

function numberRules(spec: JsonObject): Violation[] {
  const strategy = objectOf(spec.upgradeStrategy);
  const inUnit = ['minimumHealthCapacity', 'maximumOverCapacity'].flatMap((field) => {
    const value = Number(strategy[field]);
    const path = `/upgradeStrategy/${field}`;
    if (value > 1) return [{ path, errors: ['is greater than 1'] }];
    return value < 0 ? [{ path, errors: ['is less than 0'] }] : [];
  });
  const notNegative = ['instances', 'cpus', 'mem', 'disk', 'gpus', 'backoffSeconds'].flatMap((field) =>
    Number(spec[field]) < 0 ? [{ path: `/${field}`, errors: ['error.min'] }] : [],
  );
  const whole = Number.isInteger(spec.instances) ? [] : [{ path: '/instances', errors: ['error.expected.int'] }];
  const factor = Number(spec.backoffFactor) < 1 ? [{ path: '/backoffFactor', errors: ['error.min'] }] : [];
  return [...inUnit, ...notNegative, ...whole, ...factor];
}

function processRules(spec: JsonObject): Violation[] {
  const container = objectOf(spec.container);
  const hasImage = container.docker !== undefined || container.appc !== undefined;
  const both = spec.cmd !== undefined && spec.args !== undefined;
  if (both || (spec.cmd === undefined && spec.args === undefined && !hasImage)) {
    const message = "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.";
    return [{ path: '/', errors: [message] }];
  }
  if (objectsOf(spec.readinessChecks).length > 1) {
    return [{ path: '/readinessChecks', errors: ['may not have more than 1 readiness check'] }];
  }
  return [];
}

function portRules(spec: JsonObject): Violation[] {
  const definitions = objectsOf(spec.portDefinitions);
  const mappings = objectsOf(objectOf(spec.container).portMappings);
  const numbers = definitions.map((each) => Number(each.port)).filter((port) => port > 0);
  const details: Violation[] = [];
  if (new Set(numbers).size < numbers.length)
    details.push({ path: '/portDefinitions', errors: ['ports must be unique'] });
  const count = definitions.length + mappings.length;
  objectsOf(spec.healthChecks).forEach((check, index) => {
    if (check.portIndex === undefined || Number(check.portIndex) < count) return;
    const message = 'Health check port indices must address an element of the ports array or container port mappings.';
    details.push({ path: `/healthChecks(${index})`, errors: [message] });
  });
  const names = [...definitions, ...mappings].map((each) => each.name);
  objectsOf(spec.readinessChecks).forEach((check, index) => {
    if (names.includes(check.portName)) return;
    const errors = [`No port definition reference for portName ${String(check.portName)}`];
    details.push({ path: `/readinessChecks(${index})/portName`, errors });
  });
  return details;
}
