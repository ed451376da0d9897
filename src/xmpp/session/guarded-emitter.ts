/** An emitter whose listeners cannot stop each other, nor the process. */
import { EventEmitter } from 'node:events';
import { DisconnectedError } from '../errors.ts';
import type { SessionEvents } from './session.ts';

type Listener = (...args: never[]) => unknown;

export class GuardedEmitter extends EventEmitter<SessionEvents> {
  readonly #fault: (error: unknown) => void;
  readonly #unkept: (error: unknown) => boolean;

  /**
   * `fault` gets what a listener threw or rejected with, but for a stream that was lost meanwhile; `unkept` says which
   * of it means that the event must come again.
   */
  constructor(fault: (error: unknown) => void, unkept: (error: unknown) => boolean) {
    super();
    this.setMaxListeners(0);
    this.#unkept = unkept;
    this.#fault = (error) => {
      if (!(error instanceof DisconnectedError)) fault(error);
    };
  }

  override emit<K extends keyof SessionEvents>(event: K, ...args: SessionEvents[K]): boolean {
    const listeners = this.rawListeners(event);
    for (const listener of listeners) this.#call(listener, args);
    return listeners.length > 0;
  }

  /** As `emit`; false where a listener could not keep what the event told. All of them hear it. */
  protected deliver<K extends keyof SessionEvents>(event: K, ...args: SessionEvents[K]): boolean {
    return this.rawListeners(event).filter((listener) => !this.#call(listener, args)).length === 0;
  }

  /** Gives whether the listener took it. */
  #call(listener: Listener, args: readonly unknown[]): boolean {
    try {
      const result: unknown = Reflect.apply(listener, this, args);
      if (result instanceof Promise) result.catch(this.#fault);
      return true;
    } catch (error) {
      this.#fault(error);
      return !this.#unkept(error);
    }
  }
}
