/** Older messages of an open chat, page by page: what is kept here first, then what the archive gives. */
import type { Client } from '../../chat/client.ts';
import type { Message } from '../../chat/message.ts';

export interface OlderOptions {
  readonly history: Pick<Client['history'], 'read' | 'older'>;
  readonly chat: string;
  /** messages of a page */
  readonly size: number;
  /** `below`: they stand below what is newer */
  print(messages: readonly Message[], more: { below: boolean }): void;
  /** nothing is older; once */
  end(): void;
  /** the archive is asked, or has answered */
  loading(now: boolean): void;
}

export function olderPages({ history, chat, size, print, end, loading }: OlderOptions) {
  /** the oldest message that was shown */
  let oldest: number | undefined;
  /** one page at a time, however often the key is pressed */
  let running: Promise<void> | undefined;
  let closed = false;
  /** that nothing is older was said */
  let over = false;

  const kept = () => history.read({ chat, before: oldest, limit: size });

  /** Asks the archive until it gives a message of this chat, or has no more. Resolves to whether it may have more. */
  async function fetch(): Promise<boolean> {
    loading(true);
    try {
      for (;;) {
        const more = await history.older(chat);
        if (!more || kept().length > 0 || closed) return more;
      }
    } finally {
      loading(false);
    }
  }

  async function next(): Promise<void> {
    const more = kept().length > 0 || (await fetch());
    const page = kept();
    if (closed) return;
    if (page.length > 0) print(page, { below: true });
    oldest = page[0]?.row ?? oldest;
    if (page.length > 0) over = false;
    else if (!more && !over) {
      over = true;
      end();
    }
  }

  return {
    /** A message is on the screen; the first one is where older pages begin. */
    shown(message: Message): void {
      oldest ??= message.row;
    },

    /** Rejects where the archive cannot be read. */
    older(): Promise<void> {
      running ??= next().finally(() => {
        running = undefined;
      });
      return running;
    },

    /** Prints the newest page of a chat of which nothing is kept. */
    async first(): Promise<void> {
      await fetch();
      const page = kept();
      if (closed || page.length === 0) return;
      print(page, { below: false });
      oldest = page[0]?.row;
    },

    close(): void {
      closed = true;
    },
  };
}
