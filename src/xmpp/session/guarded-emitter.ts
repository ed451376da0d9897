/** An emitter whose listeners cannot stop each other, nor the process. */
import { EventEmitter } from 'node:events';
import { DisconnectedError } from '../errors.ts';
import type { SessionEvents } from './session.ts';

export class GuardedEmitter extends EventEmitter<SessionEvents> {
  readonly #fault: (error: unknown) => void;

  /** `fault` gets what a listener threw or rejected with, but for a stream that was lost meanwhile. */
  constructor(fault: (error: unknown) => void) {
    super();
    this.setMaxListeners(0);
    this.#fault = (error) => {
      if (!(error instanceof DisconnectedError)) fault(error);
    };
  }

  override emit<K extends keyof SessionEvents>(event: K, ...args: SessionEvents[K]): boolean {
    const listeners = this.rawListeners(event);
    for (const listener of listeners)
      try {
        const result: unknown = Reflect.apply(listener, this, args);
        if (result instanceof Promise) result.catch(this.#fault);
      } catch (error) {
        this.#fault(error);
      }
    return listeners.length > 0;
  }
}
