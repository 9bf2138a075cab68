import type { Location } from '../../src/model/server-group';
import type { ServerGroupDescription } from '../../src/model/description';
import { east } from '../dcos/builders';
import { createRandom, type Random } from './random';
import { west } from './stage-kit';

/** The strategies that are tried. */
export const strategyNames = ['none', 'highlander', 'redblack', 'rollingredblack', 'canary', 'custom'] as const;
export type StrategyName = (typeof strategyNames)[number];

/** What may go wrong, or be wanted, while a deployment runs. */
export const troubleKinds = [
  'requests',
  'agent',
  'neverHealthy',
  'sickLater',
  'newTasks',
  'oldTasks',
  'noOffers',
  'noLeader',
  'cancel',
  'crash',
] as const;
/** One of them, from and to so many milliseconds after the deployment began. */
export type Trouble = { readonly kind: (typeof troubleKinds)[number]; readonly from: number; readonly to: number };

/** A cluster in one place, with the sizes of its server groups v000, v001 …; one of them may be out of service. */
export type Site = { readonly location: Location; readonly cluster: string; readonly sizes: readonly number[] };

/** What comes after a deployment: nothing, a retry where it failed, another deployment. */
type Next = 'nothing' | 'retry' | 'anew';

/** Deployments one after another that are to be tried: everything follows from the seed. */
export type StrategyCase = {
  readonly random: Random;
  readonly strategy: StrategyName;
  readonly full: number;
  readonly sites: readonly Site[];
  /** For each deployment its troubles, and what comes after it. */
  readonly rounds: readonly { readonly troubles: readonly Trouble[]; readonly next: Next }[];
  readonly maxRemainingAsgs: number | undefined;
  /** Whether a person is asked once all is done, and a rejection goes back. */
  readonly isJudgedAfter: boolean;
  readonly over: Partial<ServerGroupDescription>;
  readonly waitTimeBetweenRegions: number | undefined;
};

type Draw = {
  readonly below: (limit: number) => number;
  readonly chance: (share: number) => boolean;
  readonly pick: <T>(choices: readonly [T, ...T[]]) => T;
};

function drawing(random: Random): Draw {
  const below = (limit: number) => Math.floor(random() * limit);
  return {
    below,
    chance: (share) => random() < share,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
  };
}

/** Up to two, more of them early; what makes the new ill for long ends after minutes. */
function drawTroubles(random: Random, { below, pick }: Draw): readonly Trouble[] {
  return Array.from({ length: below(3) }, () => {
    const kind = pick(troubleKinds);
    const from = kind === 'neverHealthy' ? 0 : 1000 + Math.floor(random() ** 2 * 60_000);
    const lastsMs = kind === 'sickLater' || kind === 'neverHealthy' ? 200_000 : 40_000;
    return { kind, from, to: from + 2000 + below(lastsMs) };
  });
}

/** One to three that serve, of 1 to 20 instances together or alone, sometimes with one out of service among them. */
function drawSizes(full: number, { below, chance, pick }: Draw): readonly number[] {
  const first = chance(0.5) ? full : 1 + below(20);
  const others = Array.from({ length: pick([0, 0, 0, 1, 2]) }, () => 1 + below(6));
  const serving = [first, ...others];
  const at = below(serving.length + 1);
  return chance(0.3) ? [...serving.slice(0, at), 0, ...serving.slice(at)] : serving;
}

function drawSites(strategy: StrategyName, full: number, draw: Draw): readonly Site[] {
  const site = (location: Location, cluster: string): Site => ({ location, cluster, sizes: drawSizes(full, draw) });
  const first = site(east, 'foo-dev');
  if (!draw.chance(0.15)) return [first];
  // A run of a strategy pipeline has the cluster of its execution for itself.
  const second = strategy === 'custom' || draw.chance(0.5) ? site(west, 'foo-dev') : site(east, 'foo-dev-blue');
  return [first, second];
}

function drawDescription(strategy: StrategyName, full: number, draw: Draw): Partial<ServerGroupDescription> {
  const { below, chance } = draw;
  const maxRemainingAsgs = draw.pick([undefined, undefined, 1, 2, 3]);
  return {
    strategy,
    desiredCapacity: full,
    cpus: 0.1,
    mem: 32,
    stageTimeoutMs: 120_000,
    rollback: { onFailure: true },
    delayBeforeDisableSec: below(2) * 15,
    targetPercentages: [1 + below(60), 61 + below(39)],
    judgmentBeforeCleanup: chance(0.3),
    canary: [{ percentage: 1 + below(50), durationSec: 20, toleranceSec: 10, judgment: chance(0.3) }],
    scaleDown: chance(0.3),
    healthChecks: [
      {
        protocol: 'HTTP',
        path: '/health',
        gracePeriodSeconds: 10,
        intervalSeconds: 10,
        timeoutSeconds: 2,
        maxConsecutiveFailures: 3,
      },
    ],
    ...(maxRemainingAsgs === undefined ? {} : { maxRemainingAsgs }),
    ...(strategy === 'custom' ? { strategyPipeline: 'gently' } : {}),
  };
}

/** The deployments of a seed. */
export function drawCase(seed: number): StrategyCase {
  const random = createRandom(seed);
  const draw = drawing(random);
  const strategy = strategyNames[seed % strategyNames.length] ?? 'none';
  const full = 1 + draw.below(20);
  const sites = drawSites(strategy, full, draw);
  const over = drawDescription(strategy, full, draw);
  const next = draw.pick<Next>(['nothing', 'nothing', 'retry', 'retry', 'anew']);
  return {
    random,
    strategy,
    full,
    sites,
    over,
    maxRemainingAsgs: over.maxRemainingAsgs,
    isJudgedAfter: draw.chance(0.25),
    waitTimeBetweenRegions: draw.chance(0.5) ? 10 : undefined,
    rounds: [
      { troubles: drawTroubles(random, draw), next },
      { troubles: draw.chance(0.5) ? [] : drawTroubles(random, draw), next: 'nothing' },
    ],
  };
}
