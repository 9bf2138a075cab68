import type { View } from '../model/view';
import { isHeldByWindow } from './execution-window';
import type { PlanInput, StageRegistry } from './contracts/stage';

/**
 * What a stage asks people; nothing where it never began, as where its condition was not met or windows hold it back, or where
 * its context is of no use: then its task says so.
 */
export function askOf<S>(input: PlanInput, registry: StageRegistry<S>): View | undefined {
  if (!input.stage.planned.before || isHeldByWindow(input.execution, input.stage)) return undefined;
  try {
    return registry.find(input.stage.type)?.ask?.(input);
  } catch {
    return undefined;
  }
}
