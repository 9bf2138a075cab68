import type { Environment } from '../model/application';
import type { TrafficGuardRule } from '../model/traffic-guard';
import type { YamlObject } from './yaml-object';
import type { YamlValue } from './yaml-value';

const ruleFields = ['enabled', 'account', 'location', 'stack', 'detail'];

/** A part of a rule: its text, or null where it does not stand there, or nothing stands behind it. */
function part(fields: YamlObject, name: string): string | null {
  const value = fields.get(name);
  if (value === undefined || value.isEmpty) return null;
  return value.anyText() ?? null;
}

function parseRule(value: YamlValue): readonly TrafficGuardRule[] {
  const fields = value.object({ known: ruleFields });
  if (fields === undefined) return [];
  fields.require('account', "account: '*'");
  fields.require('location', "location: '*'");
  return [
    {
      enabled: fields.get('enabled')?.boolean() ?? true,
      account: part(fields, 'account'),
      location: part(fields, 'location'),
      stack: part(fields, 'stack'),
      detail: part(fields, 'detail'),
    },
  ];
}

/** Reads an application's `trafficGuards`; undefined where it has none, so that all its clusters are guarded. */
export function parseTrafficGuards(value: YamlValue | undefined): readonly TrafficGuardRule[] | undefined {
  if (value === undefined) return undefined;
  const items = value.list();
  if (items?.length === 0)
    value.fail('It guards nothing. Leave it out, and every cluster is guarded, or name the clusters to be guarded.');
  return items?.flatMap(parseRule);
}

/** Reads an environment's `trafficGuard`; `instances` is the size that it deploys. */
export function parseTrafficGuard(
  value: YamlValue | undefined,
  instances: number | undefined,
): Environment['trafficGuard'] {
  const minAt = value?.object({ known: ['minInstances'] })?.require('minInstances', 'minInstances: 2');
  const minInstances = minAt?.integer({ max: 10_000 });
  if (minInstances === undefined) return undefined;
  if (instances !== undefined && minInstances > instances)
    minAt?.fail(
      `It is more than instances: ${instances}, so that no deployment could take the old server group out. Write ${instances} or less.`,
    );
  return { minInstances };
}
