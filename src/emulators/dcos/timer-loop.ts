import type { Context } from './context';
import type { Timer, World } from './world';

/** Runs the timers of the world, which are plain data, by one timer of the clock. */
export type TimerLoop = {
  /** Sets the clock for the earliest timer; to be called after timers were added. */
  readonly arm: () => void;
  readonly onFired: (listener: () => void) => void;
  readonly stop: () => void;
};

/** Adds a timer behind those of the same moment. */
export function addTimer(world: World, timer: Timer): void {
  const index = world.timers.findLastIndex((other) => other.at <= timer.at);
  world.timers.splice(index + 1, 0, timer);
}

/** Creates the loop; `run` does what one timer stands for and all that follows from it, without throwing, and the listener is called after every one. */
export function createTimerLoop(context: Pick<Context, 'world' | 'clock'>, run: (timer: Timer) => void): TimerLoop {
  let cancel: (() => void) | undefined;
  let isStopped = false;
  let fired: () => void = () => undefined;

  const fire = () => {
    cancel = undefined;
    for (let timer = context.world.timers[0]; timer !== undefined; timer = context.world.timers[0]) {
      if (timer.at > context.clock.now()) break;
      context.world.timers.shift();
      run(timer);
    }
    fired();
  };
  return {
    arm() {
      cancel?.();
      cancel = undefined;
      const next = context.world.timers[0];
      if (next !== undefined && !isStopped) cancel = context.clock.setTimer(next.at, fire);
    },
    onFired(listener) {
      fired = listener;
    },
    stop() {
      isStopped = true;
      cancel?.();
    },
  };
}
