import type { Application } from '../model/application';
import type { ChaosSettings } from '../model/chaos';
import type { LocalDate } from '../model/local-time';
import { workDaysOf } from './calendar';
import type { ChaosGroup, DrawnKill } from './documents';
import { draw, drawOne } from './draw';
import { openMinutes } from './work-days';

/** The groups of one application, by their keys. */
export type DrawnFor = { readonly application: Application; readonly groups: ReadonlyMap<string, ChaosGroup> };

/** As many applications as kills are drawn for on one day, each as likely as the others. */
function chosen({ maxApps }: ChaosSettings, all: readonly DrawnFor[], seed: string): readonly DrawnFor[] {
  if (maxApps === undefined) return all;
  const lot = ({ application }: DrawnFor) => draw(seed, `application/${application.name}`);
  return [...all].sort((one, other) => lot(one) - lot(other)).slice(0, maxApps);
}

function drawKill(
  settings: ChaosSettings,
  application: Application,
  group: ChaosGroup,
  { date, seed }: { readonly date: LocalDate; readonly seed: string },
): readonly DrawnKill[] {
  const [first = ''] = group.environments;
  const meanDays = application.environments.get(first)?.chaos?.meanTimeBetweenKillsInWorkDays;
  const key = `${application.name}/${group.key}`;
  if (meanDays === undefined || draw(seed, `${key}/heads`) >= 1 / meanDays) return [];
  const at = drawOne(openMinutes(workDaysOf(settings, application, group), date), seed, `${key}/minute`);
  return at === undefined ? [] : [{ id: `${date}/${group.key}`, group, at, meanDays }];
}

/**
 * The kills of one day: for each group a toss with a chance of 1/mean, and on heads a minute of the day's hours, each as likely
 * as the others; none on a day off. The same seed draws the same (semantics §9).
 */
export function drawKills(
  settings: ChaosSettings,
  all: readonly DrawnFor[],
  day: { readonly date: LocalDate; readonly seed: string },
): readonly DrawnKill[] {
  return chosen(settings, all, day.seed)
    .flatMap(({ application, groups }) =>
      [...groups.values()].flatMap((group) => drawKill(settings, application, group, day)),
    )
    .sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1));
}
