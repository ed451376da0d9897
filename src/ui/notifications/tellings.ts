/**
 * The notifications of an account that logs in: what happens before its menu is open (who is online, requests,
 * messages that waited on the server) is held and told then.
 */
import type { Catalogue } from '../../i18n/catalogue.ts';
import { type NotifyingClient, notifications } from '../notifications.ts';
import type { Theme } from '../theme.ts';

export interface Tellings {
  /** Tells what was held and goes on; `openChat` is the chat on screen. Gives the function that ends it. */
  start(openChat: () => string | undefined): () => void;
  /** ends without a word: nobody was logged in */
  close(): void;
}

export interface TellingsOptions {
  readonly client: NotifyingClient;
  readonly words: Catalogue;
  readonly theme: Pick<Theme, 'notification'>;
  readonly terminal: {
    log(text: string): void;
    bell(): void;
    notify(title: string, body: string): void;
  };
  /** as notifications have it */
  readonly awaitsConnection?: boolean | undefined;
}

/** Listens from now on, so that nothing is missed. */
export function tellings({ client, words, theme, terminal, awaitsConnection }: TellingsOptions): Tellings {
  const held: string[] = [];
  let print = (line: string): void => void held.push(line);
  let open: () => string | undefined = () => undefined;
  const { close } = notifications({
    client,
    words,
    theme,
    print: (line) => print(line),
    isOpen: (chat) => chat === open(),
    bell: () => terminal.bell(),
    desktop: (text) => terminal.notify('xmpp-chat', text),
    awaitsConnection,
    now: Date.now,
  });
  return {
    start(openChat) {
      open = openChat;
      print = (line) => terminal.log(line);
      for (const line of held.splice(0)) print(line);
      return close;
    },
    close() {
      print = () => {};
      close();
    },
  };
}
