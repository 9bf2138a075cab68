import { emptyMemo, evaluate, type Evaluation, type Json, type Scope } from '../engine/expressions';
import { describeProblem } from './check-expressions';
import { textOf, type YamlText } from './yaml-text';
import type { YamlValue } from './yaml-value';

/** What a channel's name may depend on. */
export type ChannelNames = { readonly application: string | undefined; readonly environment: string };

const pattern = /^[^\s#@A-Z.]{1,80}$/;
const rule = "must be a channel's name in lower case, without '#' and spaces.";

/** Reads a Slack channel's name without expressions. */
export const parseChannelName = (value: YamlValue): string | undefined => value.matching(pattern, rule);

function scopeOf(names: Readonly<Record<string, Json>>): Scope {
  return {
    lookup: (name) => (Object.hasOwn(names, name) ? names[name] : undefined),
    names: () => Object.keys(names),
    root: () => names,
    functions: new Map(),
    memo: emptyMemo,
    now: 0,
    unknown: 'keep',
  };
}

/** Reports what keeps a name from being the same at every time; answers whether anything does. */
function refuseProblems({ problems, needs, memo }: Evaluation, at: YamlText, value: YamlValue): boolean {
  for (const { column, message } of problems) {
    at.fail(column, `${describeProblem(message)} A channel's name may use application and environment.`);
  }
  const isFixed = needs.length === 0 && memo === emptyMemo;
  if (!isFixed) value.fail("A channel's name cannot depend on the time, on chance or on what a URL answers.");
  return problems.length > 0 || !isFixed;
}

/**
 * Reads a Slack channel's name. Expressions in it know `application` and `environment` and are evaluated here; undefined,
 * with nothing reported, where the application has no name that could be used.
 */
export function parseChannel(value: YamlValue, { application, environment }: ChannelNames): string | undefined {
  const at = textOf(value);
  if (at?.text.includes('${') !== true) return parseChannelName(value);
  if (application === undefined) return undefined;
  const evaluation = evaluate(at.text, scopeOf({ application, environment }));
  if (refuseProblems(evaluation, at, value)) return undefined;
  const name = evaluation.value;
  if (typeof name === 'string' && pattern.test(name)) return name;
  return value.fail(`${value.label} is ${JSON.stringify(name)} in environment '${environment}'; it ${rule}`);
}
