import { neverMeet, neverOpenText } from '../model/common-window';
import type { PipelineStage } from '../model/application';
import { heldByWindows, mayGoOn, type WindowOwners } from './held-by-windows';
import type { YamlValue } from './yaml-value';

/**
 * Reports, at the window that was written last, the first stage that could never begin, because the windows which hold it back
 * are never open together.
 */
export function refuseNeverOpen(at: YamlValue, stages: readonly PipelineStage[], owners: WindowOwners): void {
  for (const stage of stages) {
    const { windows = [] } = mayGoOn(stage, stages) ? stage : heldByWindows(stage, owners);
    if (windows.length === 0 || !neverMeet(windows)) continue;
    const own = `stage '${stage.name}'`;
    const named = windows.map((each) => (stage.windows?.includes(each) === true ? { ...each, of: own } : each));
    const change = windows.length === 1 ? 'Change it.' : 'Change them.';
    at.fail(`${neverOpenText(named)}, so that ${own} could never begin. ${change}`);
    return;
  }
}
