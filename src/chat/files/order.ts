/** Routes tried in order, and of each the addresses, until the other side took the file. */
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
  { signal, only, onRoute, onProgress, onQueued }: Attempt,
): Promise<void> {
  let failed: FailedRoute | undefined;
  let last: unknown = new ChatError('no-route', { jid: peer });
  for (const route of routes.filter(({ name }) => only === undefined || name === only)) {
    const addresses = await route.addresses(peer, file, signal).catch((error: unknown) => {
      last = error;
      failed = { route: route.name, condition: conditionOf(error) };
      return [];
    });
    for (const address of addresses) {
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
      const onFallback = only === undefined ? fellBack : undefined;
      try {
        return await route.send(file, address, { signal, onProgress: progressed, onFallback, onQueued });
      } catch (error) {
        signal.throwIfAborted();
        last = error;
        failed = { route: within, condition: conditionOf(error) };
        if (isFinal(error, reached)) throw error;
      }
    }
  }
  signal.throwIfAborted();
  throw last;
}
