import { isPattern } from './constraints';
import { type JsonObject, objectOf, objectsOf } from './json';
import { notValid, type Violation } from './marathon-error';

const idPattern = /^(\/([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])(\.([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9]))*)+$/;

const constraintOperators = ['UNIQUE', 'CLUSTER', 'GROUP_BY', 'LIKE', 'MAX_PER', 'UNLIKE', 'IS'];

/** Throws Marathon's 422 when a normalised definition makes no sense. */
export function validateApp(spec: JsonObject): void {
  const details = [
    ...idRules(String(spec.id)),
    ...dependencyRules(spec),
    ...constraintRules(spec),
    ...processRules(spec),
    ...portRules(spec),
  ];
  if (details.length > 0) throw notValid(details);
}

/** What is wrong with the absolute id of an app or group; empty when nothing is. */
export function idRules(id: string, path = '/id'): readonly Violation[] {
  return idPattern.test(id) ? [] : [{ path, errors: [`must fully match regular expression '${idPattern.source}'`] }];
}

function dependencyRules({ dependencies }: JsonObject): readonly Violation[] {
  const listed = Array.isArray(dependencies) ? dependencies : [];
  return listed.flatMap((dependency, index) => idRules(String(dependency), `/dependencies(${index})`));
}

/** Constraints take a value or not by their operator; those of Marathon's ConstraintValidation. */
function constraintRules({ constraints }: JsonObject): Violation[] {
  const listed = Array.isArray(constraints) ? (constraints as readonly (readonly string[])[]) : [];
  return listed.flatMap((constraint, index): Violation[] => {
    const error = constraintError(constraint);
    return error === undefined ? [] : [{ path: `/constraints(${index})`, errors: [error] }];
  });
}

function constraintError([field, operator = '', value]: readonly string[]): string | undefined {
  if (field === '') return 'Missing field and operator';
  if (!constraintOperators.includes(operator)) {
    return `Operator must be one of the following UNIQUE, CLUSTER, GROUP_BY, LIKE, MAX_PER, UNLIKE or IS.`;
  }
  if (operator === 'UNIQUE') return value === undefined ? undefined : 'Value specified but not used';
  if (operator === 'CLUSTER') return undefined;
  if (operator === 'GROUP_BY') {
    return value === undefined || /^\d+$/.test(value) ? undefined : 'Value was specified but is not a number';
  }
  if (value === undefined || value === '') return `A value must be specified for ${operator}`;
  if (operator === 'MAX_PER') return /^\d+$/.test(value) ? undefined : 'Value was specified but is not a number';
  return operator === 'IS' || isPattern(value) ? undefined : `'${value}' is not a valid regular expression`;
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
