import { imageVersion, locationName, shortName, type Location, type ServerGroup } from '../../src/model/server-group';
import type { Text } from '../../src/model/text';
import type { View } from '../../src/model/view';
import type { Target } from './find-target';
import type { RollbackWays, Stay, Way } from './rollback-ways';

const versionOf = (group: ServerGroup): string => imageVersion(group.image);

/** A region by its own name where that is clear in the environment, else with its account. */
function placeName(target: Target, location: Location): string {
  const isClear = target.environment.locations.filter(({ region }) => region === location.region).length === 1;
  return isClear ? location.region : locationName(location);
}

/** One text where all ways have the same, else each with its region: `1.8 in east, 1.6 in west`. */
function perRegion(target: Target, ways: readonly Way[], read: (way: Way) => string): string {
  const texts = ways.map(read);
  const [first = ''] = texts;
  if (texts.every((text) => text === first)) return first;
  return ways.map((way, index) => `${texts[index] ?? ''} in ${placeName(target, way.location)}`).join(', ');
}

/** The versions a rollback comes from and goes to, in words that are true for every region. */
export const versionsOf = (target: Target, ways: readonly Way[]): { readonly from: string; readonly to: string } => ({
  from: perRegion(target, ways, ({ from }) => versionOf(from)),
  to: perRegion(target, ways, ({ to }) => versionOf(to)),
});

/** What goes back: `foo prod`, or `foo prod/east` where not all of it does. */
export function scopeOf(target: Target, ways: readonly Way[]): string {
  const { application, environment } = target;
  const names = ways.map(({ location }) => placeName(target, location));
  const whole = `${application.name} ${environment.name}`;
  if (names.length === environment.locations.length) return whole;
  return names.length === 1 ? `${whole}/${names[0] ?? ''}` : `${whole} (${names.join(', ')})`;
}

function stayText(target: Target, { location, current, why }: Stay): Text {
  const reason = why === undefined ? '' : `: ${why}`;
  const what = current === undefined ? 'stays as it is' : `stays on ${versionOf(current)}`;
  return `${placeName(target, location)} ${what}${reason}.`;
}

/** The regions that stay, a line each. */
export const stayLines = (target: Target, stays: readonly Stay[]): readonly Text[] =>
  stays.map((stay) => stayText(target, stay));

/** The card of a rollback: true for each region, whatever each serves. */
export function rollbackView(target: Target, { ways, stays }: RollbackWays, cancels: string | undefined): View {
  const from = perRegion(target, ways, (way) => versionOf(way.from));
  const to = perRegion(target, ways, (way) => `${versionOf(way.to)} (${shortName(way.to.name)})`);
  const canceled =
    cancels === undefined ? [] : [`Cancels '${cancels}' first: whatever it has changed goes back, in every region.`];
  return {
    headline: [`Roll back ${scopeOf(target, ways)}: ${from} → `, { strong: to }],
    tone: 'neutral',
    lines: [
      ...canceled,
      ...stayLines(target, stays),
      'The old group comes up first, then the present one goes out of service.',
    ],
    facts: ways.map((way) => ({
      label: locationName(way.location),
      value: `${versionOf(way.from)} → ${versionOf(way.to)} (${way.from.name} → ${way.to.name})`,
    })),
  };
}
