import { chaosGroupings, type Chaos, type ChaosException } from '../model/chaos';
import { withoutAbsent } from './without-absent';
import type { YamlObject } from './yaml-object';
import type { YamlValue } from './yaml-value';

/** Each field of ours with Spinnaker's name for it. */
const spellings = [
  ['meanDays', 'meanTimeBetweenKillsInWorkDays'],
  ['minDays', 'minTimeBetweenKillsInWorkDays'],
  ['groupBy', 'grouping'],
] as const;

const known = ['enabled', 'confirm', 'regionsAreIndependent', 'exceptions', 'whitelist', ...spellings.flat()];
const mostDays = 365;

/** What one `chaos:` says, before that of the file and that of the environment are one. */
type WrittenChaos = Partial<Chaos>;

function either(fields: YamlObject, [ours, spinnakers]: (typeof spellings)[number]): YamlValue | undefined {
  return fields.refuseBoth(ours, spinnakers) ? undefined : (fields.get(ours) ?? fields.get(spinnakers));
}

function readException(item: YamlValue): readonly ChaosException[] {
  const fields = item.object({ known: ['account', 'region', 'stack', 'detail'] });
  const account = fields?.require('account', "account: prod, or '*' for any")?.text();
  const region = fields?.require('region', "region: east, or '*' for any")?.text();
  const stack = fields?.get('stack')?.anyText() ?? '';
  const detail = fields?.get('detail')?.anyText() ?? '';
  return account === undefined || region === undefined ? [] : [{ account, region, stack, detail }];
}

function readChaos(value: YamlValue): WrittenChaos {
  const fields = value.object({ known });
  if (fields === undefined) return {};
  const [meanAt, minAt, groupingAt] = spellings.map((pair) => either(fields, pair));
  return withoutAbsent<WrittenChaos>({
    enabled: fields.get('enabled')?.boolean(),
    confirm: fields.get('confirm')?.boolean(),
    meanTimeBetweenKillsInWorkDays: meanAt?.integer({ max: mostDays }),
    minTimeBetweenKillsInWorkDays: minAt?.integer({ min: 0, max: mostDays }),
    grouping: groupingAt?.oneOf(chaosGroupings),
    regionsAreIndependent: fields.get('regionsAreIndependent')?.boolean(),
    exceptions: fields.get('exceptions')?.list()?.flatMap(readException),
    // Killing nothing is what Chaos Monkey makes of it; an application that was imported with one stays readable.
    hasWhitelist: fields.get('whitelist') === undefined ? undefined : true,
  });
}

const needed = [
  ['meanTimeBetweenKillsInWorkDays', 'meanDays: 2'],
  ['minTimeBetweenKillsInWorkDays', 'minDays: 1'],
  ['grouping', 'groupBy: cluster'],
] as const;

/**
 * Reads `chaos:` of an environment over that of its file, field by field; undefined where neither stands there. Where it is
 * enabled it must say how often and for what kills are drawn, as Spinnaker demands.
 */
export function parseChaos(ofFile: YamlValue | undefined, own: YamlValue | undefined): Chaos | undefined {
  const value = own ?? ofFile;
  if (value === undefined) return undefined;
  const before = value.source.problems.length;
  const written: WrittenChaos = {
    ...(ofFile === undefined ? {} : readChaos(ofFile)),
    ...(own === undefined ? {} : readChaos(own)),
  };
  const isWhole = value.source.problems.length === before;
  for (const [field, example] of isWhole && written.enabled === true ? needed : []) {
    if (written[field] !== undefined) continue;
    value.fail(
      `${value.label} is enabled without '${example.split(':')[0] ?? field}'. Add it, for example: ${example}`,
    );
  }
  return {
    enabled: false,
    confirm: false,
    meanTimeBetweenKillsInWorkDays: 2,
    minTimeBetweenKillsInWorkDays: 1,
    grouping: 'cluster',
    regionsAreIndependent: true,
    exceptions: [],
    ...written,
  };
}
