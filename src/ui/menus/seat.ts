/** An account that is logged in, as the screens see it: its footer, its notifications, its drafts. */
import type { Client } from '../../chat/client.ts';
import { drafts } from '../conversation/drafts.ts';
import type { Seat } from '../face.ts';
import { footer } from '../footer.ts';
import type { MenuApp } from './accounts.ts';

export interface OpenSeat extends Seat {
  /** whether menus print the command line that does the same */
  commandLines: boolean;
  /** takes footer and notifications away and cancels what still runs */
  close(): void;
}

export function takeSeat(app: MenuApp, client: Client): OpenSeat {
  const ended = new AbortController();
  let open: string | undefined;
  const line = footer({ client, terminal: app.terminal, words: app.words, theme: app.theme, now: app.now });
  const unwatched = app.terminal.onAttention((there) => client.setAttention(there));
  const untouched = app.terminal.onTyped(() => client.touched());
  const silence = app.notify(client, () => open);
  return {
    client,
    commandLines: false,
    drafts: drafts(),
    signal: ended.signal,
    context: (signal, progress = () => {}) => app.context(client, { signal, progress }),
    setOpenChat(chat) {
      open = chat;
      line.setOpenChat(chat);
    },
    close() {
      ended.abort();
      silence();
      unwatched();
      untouched();
      line.close();
    },
  };
}
