/** When the archives are asked: after log-in, as a room is entered, from time to time, and soon after something failed. */
import type { Inbound } from '../inbound.ts';
import type { Message } from '../message.ts';
import type { Outbound } from '../outbound.ts';
import type { ChatRooms } from '../rooms.ts';
import { isStorageFailure, type MessageStore } from '../stores.ts';
import type { TrustedArchives } from './archives.ts';
import { background } from './background.ts';
import { historySync } from './history-sync.ts';
import type { ChatKinds } from './kinds.ts';
import type { Live } from './link.ts';
import type { Marks } from './marks.ts';
import { roomArchives } from './room-archives.ts';
import type { Troubles } from './troubles.ts';

export interface CatchingUpOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly live: Live;
  readonly inbound: Inbound;
  readonly outbox: Pick<Outbound, 'unknown' | 'flush' | 'resend'>;
  readonly kinds: Pick<ChatKinds, 'kindOf'>;
  readonly rooms: Pick<ChatRooms, 'list' | 'knows'>;
  readonly archives: Pick<TrustedArchives, 'learn'>;
  readonly marks: Pick<Marks, 'caughtUp' | 'load' | 'tell'>;
  readonly troubles: Troubles;
}

export function catchingUp(options: CatchingUpOptions) {
  const { account, store, live, inbound, outbox, kinds, rooms, archives, marks, troubles } = options;

  const again = background(async () => {
    await catchUp({ loads: false });
    if (!(await ofRooms.ask())) again.failed();
  });
  const sync = historySync({
    account,
    store,
    inbound,
    features: live,
    kindOf: kinds.kindOf,
    isOurs: (archive) => archive === account || rooms.knows(archive),
    failed: troubles.failed,
  });
  const ofRooms = roomArchives({
    joined: () => rooms.list().flatMap(({ room, joined }) => (joined ? [room] : [])),
    catchUp: sync.catchUp,
    isTroubled: sync.isTroubled,
  });

  async function catchUp({ loads }: { loads: boolean }): Promise<void> {
    const read = await sync.catchUp();
    if (read) troubles.over();
    else if (sync.isTroubled()) {
      again.failed();
      return;
    }
    try {
      marks.caughtUp();
      if (loads) await marks.load();
      marks.tell();
    } catch (error) {
      // What is owed stays owed.
      if (!isStorageFailure(error)) throw error;
      troubles.failed(error);
    }
  }

  return {
    background: again,

    /** As historySync says. */
    older: sync.older,

    /** What happened while we were away, from the archive and, where it `loads`, from our other devices. */
    catchUp,

    /** A room is entered: what was missed there; a page that failed is tried again. */
    async entered(room: string): Promise<boolean> {
      const read = await ofRooms.entered(room);
      if (sync.isTroubled(room)) again.failed();
      return read;
    },

    /** Something came live: what else came by no other way stands in the archive. */
    heard({ kind, chat }: Message): void {
      if (kind === 'room') ofRooms.heard(chat);
      again.heard();
    },

    /**
     * What an earlier stream left. Where nothing is unknown it goes out at once; else the archive tells first what
     * arrived, and the rest is written again.
     */
    async recover(forgotten: boolean): Promise<void> {
      if (!outbox.unknown()) return outbox.flush();
      await archives.learn(account);
      const told = await sync.catchUp();
      outbox.resend({ certain: told, forgotten });
    },
  };
}

export type CatchingUp = ReturnType<typeof catchingUp>;
