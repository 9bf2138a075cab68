import { isComplete } from '../../src/model/status';
import type { StrategyCase, StrategyName, Trouble } from '../support/strategy-case';
import { tryStrategy, type App, type Round } from '../support/strategy-trial';

/** How many cases are tried; a failure names its seed, and STRATEGY_SEED repeats it. */
const runs = Number(process.env.STRATEGY_RUNS ?? 60);

type SiteOf = Round['sites'][number];
type Told = { readonly drawn: StrategyCase; readonly round: Round; readonly site: SiteOf };

const has = ({ troubles }: Round, ...kinds: readonly Trouble['kind'][]) =>
  troubles.some(({ kind }) => kinds.includes(kind));
const healthyOf = (apps: readonly App[]) => apps.reduce((sum, { tasksHealthy }) => sum + tasksHealthy, 0);
const serves = (app: App | undefined, size: number) => app?.instances === size && app.tasksHealthy === size;
const find = (apps: readonly App[], { id }: App) => apps.find((app) => app.id === id);
const takesOver: readonly StrategyName[] = ['redblack', 'rollingredblack', 'canary', 'custom'];

/** The fewest healthy instances that a strategy leaves when it goes to N from what serves: see each one's docstring. */
function promiseOf({ drawn, site }: Told): number {
  const served = healthyOf(site.before);
  return drawn.strategy === 'none' ? served : Math.min(drawn.full, served);
}

/** Rules for every moment. */
function brokenMeanwhile(told: Told): readonly string[] {
  const { drawn, round, site } = told;
  const promise = promiseOf(told);
  // Where instances fall ill by themselves, only what the strategy takes out is its doing.
  const isOldWell = !has(round, 'agent', 'oldTasks');
  const isQuiet = isOldWell && !has(round, 'sickLater', 'newTasks', 'neverHealthy');
  const broken: string[] = [];
  // A strategy pipeline takes out what its stages say, and a second place begins with what serves there by then.
  const isCounted = drawn.strategy !== 'custom' && (isOldWell || drawn.sites.length === 1);
  if (isCounted && site.left.some((count) => count < promise))
    broken.push(`steps left ${site.left.join(', ')}, promised ${promise}`);
  if (isQuiet && site.fewest < promise) broken.push(`only ${site.fewest} of ${promise} served at some time`);
  if (drawn.strategy === 'none' && site.left.length > 0) broken.push('the old was touched');
  return broken;
}

/** How many groups a strategy leaves at most; undefined where it leaves all. */
function mostLeft({ strategy, maxRemainingAsgs }: StrategyCase): number | undefined {
  if (strategy === 'highlander') return 1;
  if (strategy === 'none' || strategy === 'custom') return undefined;
  return maxRemainingAsgs ?? (strategy === 'rollingredblack' ? undefined : 2);
}

function brokenBySuccess({ drawn, round, site }: Told): readonly string[] {
  const { strategy, full } = drawn;
  const fresh = site.after.filter((app) => find(site.stood, app) === undefined).at(-1);
  const others = site.after.filter((app) => app !== fresh);
  const most = mostLeft(drawn);
  const broken: string[] = [];
  if (fresh?.instances !== full) broken.push(`succeeded with ${fresh?.instances} of ${full}`);
  // Marathon waits ever longer before it starts again what has crashed.
  if (!has(round, 'newTasks') && !serves(fresh, full)) broken.push('succeeded, but not all of the new serve');
  if (strategy === 'none' && !site.before.every((app) => serves(find(others, app), app.instances)))
    broken.push('the old does not serve as before');
  if (strategy !== 'none' && others.some(({ instances }) => instances > 0))
    broken.push('succeeded, but something old is in service');
  if (most !== undefined && site.before.length > 0 && site.after.length > most)
    broken.push(`succeeded with ${site.after.length} groups of ${most}`);
  return broken.map((text) => `${text} (${round.execution.status})`);
}

function brokenByFailure(told: Told): readonly string[] {
  const { drawn, round, site } = told;
  const { status } = round.execution;
  const gone = site.before.filter((app) => find(site.after, app) === undefined);
  if (gone.length > 0) {
    // What was destroyed cannot come back: as many as promised serve in its place.
    if (mostLeft(drawn) === undefined) return [`${status}, but ${gone.map(({ id }) => id).join(', ')} is gone`];
    const served = healthyOf(site.after);
    return served < promiseOf(told) ? [`${status}, and after a surplus went only ${served} serve`] : [];
  }
  const away = site.before.filter((app) => !serves(find(site.after, app), app.instances));
  const broken = away.map((app) => {
    const now = find(site.after, app);
    return `${status}, but ${app.id} has ${now?.tasksHealthy}/${now?.instances} of ${app.instances}`;
  });
  const fresh = site.after.filter((app) => find(site.stood, app) === undefined && app.instances > 0);
  if (away.length === 0 && site.before.length > 0 && takesOver.includes(drawn.strategy) && fresh.length > 0)
    broken.push(`${status}, but the new has ${fresh.map(({ instances }) => instances).join(', ')}`);
  return broken;
}

/** What must hold all the time and at the end of a deployment; the broken rules in words. */
function brokenRules(drawn: StrategyCase, round: Round): readonly string[] {
  const { status } = round.execution;
  if (!isComplete(status)) return [`it never ended: ${status}`];
  return round.sites.flatMap((site) => {
    const told = { drawn, round, site };
    const atEnd = status === 'SUCCEEDED' ? brokenBySuccess(told) : brokenByFailure(told);
    return [...brokenMeanwhile(told), ...atEnd].map((text) => `${site.prefix}: ${text}`);
  });
}

/** A case that broke a rule, as somebody needs it who repeats it. */
function report(seed: number, { drawn, rounds }: Awaited<ReturnType<typeof tryStrategy>>) {
  const { strategy, full, sites, maxRemainingAsgs, isJudgedAfter } = drawn;
  const told = rounds.map((round) => ({
    status: round.execution.status,
    troubles: round.troubles,
    broken: brokenRules(drawn, round),
  }));
  const isBroken = told.some(({ broken }) => broken.length > 0);
  return isBroken
    ? [{ seed, strategy, full, sizes: sites.map(({ sizes }) => sizes), maxRemainingAsgs, isJudgedAfter, told }]
    : [];
}

describe('strategies while DC/OS, the process and people do their worst', () => {
  it(
    `keep their promises in ${runs} random cases of 1 to 20 instances`,
    async () => {
      const first = Number(process.env.STRATEGY_SEED ?? 1);
      const failures: unknown[] = [];
      const ends: Record<string, number> = {};
      for (let seed = first; seed < first + runs && failures.length < 3; seed += 1) {
        const tried = await tryStrategy(seed);
        for (const { execution } of tried.rounds) ends[execution.status] = (ends[execution.status] ?? 0) + 1;
        failures.push(...report(seed, tried));
      }
      expect(failures).toEqual([]);
      if (runs < 60) return;
      // Every way to end was met often, or this proves nothing.
      expect(ends.SUCCEEDED ?? 0).toBeGreaterThan(runs / 4);
      expect(ends.TERMINAL ?? 0).toBeGreaterThan(runs / 10);
      expect(ends.CANCELED ?? 0).toBeGreaterThan(runs / 40);
    },
    60_000 + runs * 1500,
  );
});
