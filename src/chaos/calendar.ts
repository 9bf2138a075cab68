import type { Application } from '../model/application';
import type { ChaosSettings } from '../model/chaos';
import type { ChaosGroup } from './documents';
import type { WorkDays } from './work-days';

/** When kills of a group may fall: a freeze of one of its environments is one of all that it was drawn for. */
export function workDaysOf(
  { startHour, endHour, timeZone }: ChaosSettings,
  application: Application | undefined,
  group: ChaosGroup,
): WorkDays {
  const freezes = group.environments.flatMap((name) => {
    const { window } = application?.environments.get(name) ?? {};
    return (window?.freezes ?? []).map((freeze) => ({ freeze, timeZone: window?.timeZone ?? timeZone }));
  });
  return { startHour, endHour, timeZone, freezes };
}
