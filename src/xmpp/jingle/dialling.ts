/** XEP-0260 §2.3, §4: candidates of the other side are tried one after the other, without waiting for slow ones. */
import { setTimeout as pause } from 'node:timers/promises';
import type { SocketStream } from '../bytestreams/socket-stream.ts';
import { MOST_TRIED } from '../bytestreams/socks5-connect.ts';
import { deferred } from '../waiting.ts';
import { byPriority, type Candidate } from './candidates.ts';

export interface Reached {
  readonly candidate: Candidate;
  readonly stream: SocketStream;
}

export interface Dialling {
  /** The first that answered; undefined where none did. Rejects with the reason of the signal. */
  readonly reached: Promise<Reached | undefined>;
  /** Those of no higher priority need not be tried any more. */
  settleFor(priority: number): void;
}

/** milliseconds that one has before the next is tried as well */
const STAGGER = 200;
/** the same before the first proxy: a direct connection is worth waiting for */
const STAGGER_OF_PROXIES = 1_000;

export function dial(
  candidates: readonly Candidate[],
  connect: (candidate: Candidate, signal: AbortSignal) => Promise<SocketStream>,
  signal: AbortSignal,
): Dialling {
  const running = new Map<Candidate, AbortController>();
  const answered = deferred<void>();
  let won: Reached | undefined;
  let least = 0;

  const stop = (isOf: (candidate: Candidate) => boolean) => {
    for (const [candidate, over] of running) if (isOf(candidate)) over.abort();
  };

  async function attempt(candidate: Candidate): Promise<void> {
    const over = new AbortController();
    running.set(candidate, over);
    try {
      const stream = await connect(candidate, AbortSignal.any([signal, over.signal]));
      if (won !== undefined || candidate.priority <= least) return stream.close();
      won = { candidate, stream };
      answered.resolve();
    } catch {
      // Why it failed tells the other side nothing: what is in our network is not its business.
    } finally {
      running.delete(candidate);
    }
  }

  async function all(): Promise<Reached | undefined> {
    const attempts: Promise<void>[] = [];
    const done = new AbortController();
    for (const candidate of [...candidates].sort(byPriority).slice(0, MOST_TRIED)) {
      if (running.size > 0) {
        const time = candidate.type === 'proxy' ? STAGGER_OF_PROXIES : STAGGER;
        const waited = pause(time, undefined, { signal: done.signal }).catch(() => undefined);
        await Promise.race([Promise.all(attempts), answered.promise, waited]);
      }
      signal.throwIfAborted();
      if (won !== undefined || candidate.priority <= least) break;
      attempts.push(attempt(candidate));
    }
    await Promise.race([Promise.all(attempts), answered.promise]);
    done.abort();
    stop(() => true);
    if (signal.aborted) won?.stream.close();
    signal.throwIfAborted();
    return won;
  }

  return {
    reached: all(),
    settleFor(priority) {
      least = Math.max(least, priority);
      stop((candidate) => candidate.priority <= least);
    },
  };
}
