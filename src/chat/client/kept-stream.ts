/**
 * A stream that outlives the process (XEP-0198 §5): what a later run needs to take it up is kept with the instance.
 * Which own messages it carried, and as which stanzas, stands with the messages.
 */
import {
  following,
  MemoryStreamState,
  type Resumption,
  type StreamState,
} from '../../xmpp/session/stream-state.ts';
import type { Instance, KeptStream } from '../stores.ts';
import { isStorageFailure } from '../stores.ts';

export interface KeptStreamState extends StreamState {
  /** What to call in the transaction with which the stanza at hand is handled. */
  next(): () => void;
}

/** Whether it was kept. What cannot be kept is not resumed by a later run, and that is all. */
function kept(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (!isStorageFailure(error)) throw error;
    return false;
  }
}

const left = (stream: KeptStream | undefined) =>
  stream && {
    resumption: { id: stream.id, jid: stream.jid, location: stream.location },
    inbound: stream.inbound,
  };

class InstanceStreamState extends MemoryStreamState implements KeptStreamState {
  readonly #instance: Instance;
  /** as the instance has it; undefined where it has no stream */
  #inbound: number | undefined;

  constructor(instance: Instance) {
    super(left(instance.stream));
    this.#instance = instance;
    this.#inbound = instance.stream?.inbound;
  }

  override enabled(resumption: Resumption | undefined): void {
    super.enabled(resumption);
    if (resumption !== undefined && kept(() => this.#instance.begun(resumption))) this.#inbound = 0;
  }

  next(): () => void {
    const number = following(this.inbound);
    return () => this.#keep(number);
  }

  override returned(count: number): void {
    super.returned(count);
    // What the transaction had written is not there.
    if (this.#inbound !== undefined) this.#inbound = Number.NaN;
  }

  override settled(): boolean {
    return kept(() => this.#keep(this.inbound));
  }

  override ended(): ReturnType<MemoryStreamState['ended']> {
    if (this.#inbound !== undefined && kept(() => this.#instance.over())) this.#inbound = undefined;
    return super.ended();
  }

  override parted(): ReturnType<MemoryStreamState['parted']> {
    return super.ended();
  }

  #keep(inbound: number): void {
    if (this.#inbound === undefined || this.#inbound === inbound) return;
    this.#instance.handled(inbound);
    this.#inbound = inbound;
  }
}

/** Takes an instance; gives the state of its stream, as the process before left it. */
export function keptStreamState(instance: Instance): KeptStreamState {
  return new InstanceStreamState(instance);
}
