import type { Environment } from '../model/application';
import type { ChaosSettings } from '../model/chaos';
import type { WorkDays } from './work-days';

/** When kills in some environments may fall: a freeze of one of them is one of all. */
export function workDaysOf(settings: ChaosSettings, environments: readonly (Environment | undefined)[]): WorkDays {
  const { startHour, endHour, timeZone } = settings;
  const freezes = environments.flatMap((environment) => {
    const { window } = environment ?? {};
    return (window?.freezes ?? []).map((freeze) => ({ freeze, timeZone: window?.timeZone ?? timeZone }));
  });
  return { startHour, endHour, timeZone, freezes };
}
