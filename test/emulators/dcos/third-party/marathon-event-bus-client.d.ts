declare module 'marathon-event-bus-client' {
  import type { EventEmitter } from 'node:events';

  /** What the tests use of this package, which brings no types. */
  class MarathonEventBusClient extends EventEmitter {
    readonly es: { close(): void };
    constructor(options: object);
    subscribe(): void;
  }
  export = MarathonEventBusClient;
}
