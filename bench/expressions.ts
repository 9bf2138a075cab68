import { evaluate, type Json } from '../src/engine/expressions';
import { compareSpeed, type Pair, type Rounds } from './support/compare-speed';
import { emittedBaseline } from './support/emitted-baseline';
import { context, createBaseline, expressionCases, scopeOf, type ExpressionCase } from './support/expression-cases';
import { measureHeapGrowth } from './support/heap-growth';
import type { Line } from './support/table';

const leastAnew = 0.5;
const leastCompiled = 0.7;
const mostGrowth = 1.2;
const megabyte = 1_000_000;

const scope = scopeOf(context);
const baseline = createBaseline();

// Counts up over all rounds, so that no text ever comes twice.
let lastId = megabyte;
const nextId = (): number => (lastId += 1);

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const microseconds = (ms: number): string => `${(ms * 1000).toFixed(1)} µs`;

/** Throws unless both sides say the same, as comparing their speed would mean nothing. */
function checkSame({ name, ours, theirs }: ExpressionCase): void {
  const id = nextId();
  const found: readonly Json[] = [
    evaluate(ours(id), scope).value,
    baseline.parse(theirs(id)).evaluate(context as never) as Json,
  ];
  if (found[0] !== found[1]) throw new Error(`The case ${name} gave ${JSON.stringify(found)}.`);
}

/** Texts that neither side has seen, the cases in turn; made before the time is taken. */
function anew(cases: readonly ExpressionCase[], count: number): Pair {
  const ids = Array.from({ length: count }, nextId);
  const write = (side: 'ours' | 'theirs') => ids.map((id, index) => cases[index % cases.length]![side](id));
  const [ours, theirs] = [write('ours'), write('theirs')];
  return {
    ours: (index) => evaluate(ours[index]!, scope).value,
    theirs: (index) => baseline.parse(theirs[index]!).evaluate(context as never) as unknown,
  };
}

/** The same texts over and over: ours through its public face, theirs as expressions that were parsed before. */
function seenBefore(parse: (known: ExpressionCase) => () => unknown): Pair {
  const texts = expressionCases.map(({ ours }) => ours(0));
  const parsed = expressionCases.map(parse);
  return {
    ours: (index) => evaluate(texts[index % texts.length]!, scope).value,
    theirs: (index) => parsed[index % parsed.length]!(),
  };
}

const parsedByHand = ({ theirs }: ExpressionCase): (() => unknown) => {
  const expression = baseline.parse(theirs(0));
  return () => expression.evaluate(context as never) as unknown;
};

function lineOf(what: string, { oursMs, theirsMs }: { oursMs: number; theirsMs: number }, least?: number): Line {
  const share = theirsMs / oursMs;
  const measured = `${percent(share)} (${microseconds(oursMs)} against ${microseconds(theirsMs)})`;
  if (least === undefined) return { what, measured };
  return { what, measured, target: `at least ${percent(least)}`, isMet: share >= least };
}

function measureAnew(rounds: Rounds): readonly Line[] {
  const slowest = expressionCases
    .map((known) => ({ name: known.name, speed: compareSpeed(() => anew([known], rounds.evaluations), rounds) }))
    .sort((one, other) => one.speed.theirsMs / one.speed.oursMs - other.speed.theirsMs / other.speed.oursMs)[0]!;
  const all = compareSpeed(() => anew(expressionCases, rounds.evaluations), rounds);
  return [
    lineOf('New texts, parsed and evaluated, against expr-eval', all, leastAnew),
    lineOf(`  the slowest kind of them, ${slowest.name}`, slowest.speed),
  ];
}

function measureSeen(rounds: Rounds): readonly Line[] {
  const own = seenBefore(({ ours }) => emittedBaseline(ours(0).slice(2, -1), scope));
  const byHand = seenBefore(parsedByHand);
  return [
    lineOf(
      'Compiled, against expr-eval on the source we emit',
      compareSpeed(() => own, rounds),
      leastCompiled,
    ),
    lineOf(
      '  against expr-eval on what a person would write',
      compareSpeed(() => byHand, rounds),
    ),
  ];
}

function growthLine(what: string, measured: string, growth: number): Line {
  return {
    what,
    measured: `${measured} (${growth.toFixed(2)} ×)`,
    target: `below ${mostGrowth} ×`,
    isMet: growth < mostGrowth,
  };
}

function measureLargeContext(rounds: Rounds): readonly Line[] {
  const text = '${big.x.y}';
  const inner = { x: { y: 7 } };
  const filler = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key${index}`, 'x'.repeat(100)]));
  const [small, large] = [scopeOf({ big: inner }), scopeOf({ big: { ...filler, ...inner } })];
  const pair: Pair = { ours: () => evaluate(text, large).value, theirs: () => evaluate(text, small).value };
  const speed = compareSpeed(() => pair, rounds);
  const [smallBytes, largeBytes] = [
    measureHeapGrowth(pair.theirs, rounds.rounds),
    measureHeapGrowth(pair.ours, rounds.rounds),
  ];
  return [
    growthLine('A context of 1 MB, time of an evaluation', microseconds(speed.oursMs), speed.oursMs / speed.theirsMs),
    growthLine('  heap of an evaluation', `${Math.round(largeBytes)} bytes`, largeBytes / smallBytes),
  ];
}

/**
 * Our expressions beside expr-eval: new texts parsed and evaluated, known ones evaluated, and what the size of the context
 * costs.
 */
export function measureExpressions(rounds: Rounds): readonly Line[] {
  expressionCases.forEach(checkSame);
  return [...measureAnew(rounds), ...measureSeen(rounds), ...measureLargeContext(rounds)];
}
