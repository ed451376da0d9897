/** Files that wait until somebody is online: kept by their path, sent when a presence comes, if they are the same still. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { randomId } from '../../xmpp/session/session.ts';
import { bareOf } from '../address.ts';
import type { FileTransfer } from '../events.ts';
import { conditionOf } from '../files/order.ts';
import { openFile } from '../files/outgoing.ts';
import { ChatError } from '../problem.ts';
import type { WaitingFile, WaitingFiles } from '../stores.ts';

export interface WaitingFilesOptions {
  readonly store: WaitingFiles;
  /** Sends it as a transfer of that id. */
  readonly send: (file: WaitingFile) => Promise<unknown>;
  readonly tell: (file: FileTransfer) => void;
}

/** Nobody was there after all, or we are not any more: it goes on waiting. */
const LATER: readonly string[] = [
  ...['no-route', 'recipient-unavailable', 'service-unavailable', 'remote-server-timeout', 'no-answer'],
  ...['offline', 'disconnected', 'closed', 'timeout'],
];

/** Whether a failure says no more than that nobody is there who takes files. */
export const mayComeLater = (error: unknown): boolean => LATER.includes(conditionOf(error));

export function waitingFiles({ store, send, tell }: WaitingFilesOptions) {
  const busy = new Set<string>();
  let closed = false;
  const transferOf = ({ id, path, peer, name, size }: WaitingFile): FileTransfer => ({
    ...{ id, path, peer, name, size, direction: 'out', sent: 0, state: 'waiting', route: '' },
  });

  /** Throws where it is not the file that was meant. */
  async function checkSame({ path, size, modified }: WaitingFile): Promise<void> {
    const now = await stat(path).catch(() => undefined);
    if (now === undefined) throw new ChatError('file-not-found', { path });
    if (now.size !== size || now.mtimeMs !== modified) throw new ChatError('file-changed', { path });
  }

  async function attempt(file: WaitingFile): Promise<void> {
    try {
      await checkSame(file);
    } catch (error) {
      store.remove(file.id);
      tell({ ...transferOf(file), state: 'failed', failure: conditionOf(error) });
      return;
    }
    try {
      await send(file);
      store.remove(file.id);
    } catch (error) {
      // Who ended it is the user, who has taken it out then, or this run, which ends.
      if (closed || mayComeLater(error)) store.release(file.id);
      else store.remove(file.id);
    }
  }

  return {
    /** Resolves to the transfer that waits. Rejects as files/outgoing.ts does where there is no such file. */
    async keep(path: string, peer: string): Promise<FileTransfer> {
      const { name, size, modified, close } = await openFile(path);
      await close();
      const known = await stat(path);
      if (known.size !== size || known.mtime.getTime() !== modified.getTime())
        throw new ChatError('file-changed', { path });
      const file = { id: randomId(), path: resolve(path), peer, name, size, modified: known.mtimeMs };
      store.put(file);
      // Who keeps it says so.
      tell({ ...transferOf(file), awaited: true });
      return transferOf(file);
    },
    /** Somebody is online: what waits for them goes, one after the other. Never rejects. */
    async arrived(peer: string): Promise<void> {
      for (const file of store.list()) {
        if (closed || bareOf(file.peer) !== bareOf(peer) || busy.has(file.id)) continue;
        busy.add(file.id);
        try {
          if (store.take(file.id)) await attempt(file);
        } finally {
          busy.delete(file.id);
        }
      }
    },
    /** Takes it out; gives whether it was there. One that is under way has to be ended as well. */
    drop(id: string): boolean {
      const file = store.list().find((each) => each.id === id);
      if (file === undefined || !store.remove(id)) return false;
      if (!busy.has(id)) tell({ ...transferOf(file), state: 'cancelled', failure: 'cancelled' });
      return true;
    },
    /** those that are not under way; the oldest first */
    list: (): FileTransfer[] =>
      store
        .list()
        .filter(({ id }) => !busy.has(id))
        .map(transferOf),
    /** Nothing is begun any more; what is under way waits again when it breaks off. */
    close(): void {
      closed = true;
    },
  };
}
