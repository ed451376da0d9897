/** Why there is no connection: one that comes back by itself, or one that is over for good. */
import type { Client } from '../chat/client.ts';
import { ChatError } from '../chat/problem.ts';

/** The server, or another device, ended the connection; it is not tried again. */
export class ConnectionEnded extends Error {
  override name = 'ConnectionEnded';
  readonly condition: string;
  constructor(condition: string) {
    super(condition);
    this.condition = condition;
  }
}

/** What keeps somebody who is logged in from the server: only what comes back is worth waiting for. */
export function noConnection({ isOver, offlineReason }: Pick<Client, 'isOver' | 'offlineReason'>): Error {
  return isOver && offlineReason !== undefined
    ? new ConnectionEnded(offlineReason)
    : new ChatError('offline');
}
