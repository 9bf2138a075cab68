import type { EmulatorEvent } from './context';

/** A listener to the event stream. */
export type EventSubscriber = {
  readonly onEvent: (event: EmulatorEvent) => void;
  /** Called when the emulator cuts the stream. */
  readonly onClose?: () => void;
};

/** Hands events to subscribers; there is no replay. */
export type EventHub = {
  readonly publish: (event: EmulatorEvent) => void;
  /** Subscribes and returns the way out; `types` are the event types wanted, all when empty. */
  readonly subscribe: (subscriber: EventSubscriber, types?: readonly string[]) => () => void;
  readonly closeAll: () => void;
};

/** Creates a hub without subscribers. */
export function createEventHub(): EventHub {
  const subscribers = new Map<EventSubscriber, readonly string[]>();
  return {
    publish(event) {
      for (const [subscriber, types] of [...subscribers]) {
        if (types.length === 0 || types.includes(event.eventType)) subscriber.onEvent(event);
      }
    },
    subscribe(subscriber, types = []) {
      subscribers.set(subscriber, types);
      return () => void subscribers.delete(subscriber);
    },
    closeAll() {
      const closing = [...subscribers.keys()];
      subscribers.clear();
      for (const subscriber of closing) subscriber.onClose?.();
    },
  };
}
