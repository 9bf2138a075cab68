import type { ChaosWorld } from '../chaos-world';
import type { Kill } from '../documents';
import type { KillIn, StepResult } from '../step';
import { asked } from './asked';
import { going } from './going';
import { over } from './over';
import { planned } from './planned';
import { recovering } from './recovering';
import { running } from './running';

/** Looks at a kill as its state wants. */
export function stepOf(world: ChaosWorld, kill: Kill, now: number): Promise<StepResult> {
  switch (kill.state.is) {
    case 'planned':
      return planned(world, kill as KillIn<'planned'>, now);
    case 'asked':
      return asked(world, kill as KillIn<'asked'>, now);
    case 'going':
      return going(world, kill as KillIn<'going'>, now);
    case 'running':
      return running(world, kill as KillIn<'running'>, now);
    case 'recovering':
      return recovering(world, kill as KillIn<'recovering'>, now);
    case 'ended':
      return over(world, kill as KillIn<'ended'>, now);
  }
}
