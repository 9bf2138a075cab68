import { FunctionExpressionType, JSONPathEnvironment, type JSONPathQuery, type JSONValue } from 'json-p3';
import { linearPattern } from './linear-pattern';

/** A path that cannot be read; the message says what is wrong with it, for whoever wrote it. */
export class JsonPathError extends Error {}

const longest = 1000;

/** The functions of RFC 9535 that take a pattern, in time that grows with the text only. */
const patternFunction = (test: (pattern: string, text: string) => boolean) => ({
  argTypes: [FunctionExpressionType.ValueType, FunctionExpressionType.ValueType],
  returnType: FunctionExpressionType.LogicalType,
  call: (text: unknown, pattern: unknown): boolean => {
    if (typeof text !== 'string' || typeof pattern !== 'string') return false;
    try {
      return test(pattern, text);
    } catch {
      return false;
    }
  },
});

function createEnvironment(): JSONPathEnvironment {
  const made = new JSONPathEnvironment();
  made.functionRegister.set(
    'match',
    patternFunction((pattern, text) => linearPattern(pattern).matches(text)),
  );
  made.functionRegister.set(
    'search',
    patternFunction((pattern, text) => linearPattern(pattern).findAll(text)[Symbol.iterator]().next().done !== true),
  );
  return made;
}

const environment = createEnvironment();

/** As Spinnaker reads paths: the `$.` in front may be left out. */
const whole = (path: string): string => (path.startsWith('$') ? path : `$.${path}`);

function compile(path: string): JSONPathQuery {
  if (path.length > longest) throw new JsonPathError(`a path has at most ${longest} characters`);
  try {
    return environment.compile(whole(path.trim()));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new JsonPathError(`'${path}' is no JSONPath: ${reason}`);
  }
}

/** Why a path cannot be read; undefined where it can. */
export function refuseJsonPath(path: string): string | undefined {
  try {
    compile(path);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * All that a path finds in a value of JSON, in the order of the value; empty for nothing. RFC 9535, without scripts of any
 * kind. Throws JsonPathError for a path that is wrong, or a value nested too deep to be searched.
 */
export function readJsonPath(path: string, value: unknown): readonly unknown[] {
  const query = compile(path);
  try {
    return query.query(value as JSONValue).values();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new JsonPathError(`'${path}' cannot be followed: ${reason}`);
  }
}
