/** Routes tried in order, and of each the addresses, until the other side took the file. */
import { unless } from '../../xmpp/waiting.ts';
import { ChatError } from '../problem.ts';
import type { FileRoute, OutgoingFile, RouteName } from './route.ts';

export interface Attempt {
  readonly signal: AbortSignal;
  /** only this one; undefined: all, in order */
  readonly only: RouteName | undefined;
  /** another way is tried; `before`: the one that failed, and why */
  onRoute(route: RouteName, address: string, before: FailedRoute | undefined): void;
  onProgress(sent: number): void;
  onQueued(): void;
  readonly inBand?: InBandBlocks | undefined;
}

/** Of our server: whether it has ended a stream over a large block in-band, so that they are small by now. */
export interface InBandBlocks {
  readonly small: boolean;
  /** Resolves when we are online again; rejects where we shall not be. */
  online(): Promise<void>;
}

export interface FailedRoute {
  readonly route: RouteName;
  readonly condition: string;
}

export const conditionOf = (error: unknown): string =>
  (error as { condition?: string } | undefined)?.condition ?? 'undefined-condition';

/** How far the last attempt came, which says whether another may follow. */
type Reached = 'nowhere' | 'accepted' | 'moving';

/** What another way does not help with. */
const FINAL: readonly string[] = [
  'declined',
  'cancelled',
  'file-changed',
  'file-too-large-for-peer',
  'no-answer',
];

const IN_BAND: readonly RouteName[] = ['jingle-ibb', 'si-ibb'];
/** Attempts with small blocks: the first may still be on the stream that a large one is about to end. */
const MOST_AGAIN = 2;

function isFinal(error: unknown, reached: Reached): boolean {
  const condition = conditionOf(error);
  if (FINAL.includes(condition)) return true;
  return reached === 'moving' || (reached === 'accepted' && condition !== 'no-bytestream');
}

/**
 * Resolves when the file is there. Rejects with the error of the last route that was tried; ChatError `no-route` where
 * none can reach the peer; the signal's reason.
 */
export async function sendByRoutes(
  routes: readonly FileRoute[],
  file: OutgoingFile,
  peer: string,
  { signal, only, onRoute, onProgress, onQueued, inBand }: Attempt,
): Promise<void> {
  let failed: FailedRoute | undefined;
  let last: unknown = new ChatError('no-route', { jid: peer });
  for (const route of routes.filter(({ name }) => only === undefined || name === only)) {
    const found = await route.addresses(peer, file, signal).catch((error: unknown) => {
      last = error;
      failed = { route: route.name, condition: conditionOf(error) };
      return [];
    });
    const addresses = [...found];
    let wasLarge = false;
    let again = 0;
    for (let address = addresses.shift(); address !== undefined; address = addresses.shift()) {
      signal.throwIfAborted();
      onRoute(route.name, address, failed);
      let reached: Reached = 'nowhere';
      let within = route.name;
      const progressed = (sent: number) => {
        if (route.deposits !== true) reached = sent > 0 ? 'moving' : 'accepted';
        onProgress(sent);
      };
      const fellBack = (to: RouteName, condition: string) => {
        failed = { route: within, condition };
        within = to;
        onRoute(to, address, failed);
      };
      wasLarge ||= inBand?.small === false;
      const onFallback = only === undefined ? fellBack : undefined;
      try {
        return await route.send(file, address, { signal, onProgress: progressed, onFallback, onQueued });
      } catch (error) {
        signal.throwIfAborted();
        last = error;
        failed = { route: within, condition: conditionOf(error) };
        if (
          wasLarge &&
          inBand?.small &&
          IN_BAND.includes(within) &&
          conditionOf(error) === 'disconnected' &&
          again < MOST_AGAIN
        ) {
          again += 1;
          failed = { route: within, condition: 'stanza-too-large' };
          await unless(signal, inBand.online()).catch(() => {
            signal.throwIfAborted();
            throw error;
          });
          addresses.unshift(address);
        } else if (isFinal(error, reached)) throw error;
      }
    }
  }
  signal.throwIfAborted();
  throw last;
}
