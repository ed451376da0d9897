/** The line under whatever is open: own presence, connection, what is unread, what waits, the chat that is open. */
import { bareOf, localOf } from '../chat/address.ts';
import type { Client } from '../chat/client.ts';
import type { ChatEvents, FileTransfer } from '../chat/events.ts';
import type { Catalogue } from '../i18n/catalogue.ts';
import { isConnected, presenceText } from './conversation/names.ts';
import { roomByJid, shortRoomName } from './notifications/names.ts';
import { transfers } from './render/transfer.ts';
import { sanitize } from './sanitize.ts';
import { width } from './screen/width.ts';
import type { Terminal } from './terminal.ts';
import type { Theme } from './theme.ts';

/** chats named with their count; the others are only counted */
const NAMED = 4;

export interface Footer {
  setOpenChat(chat: string | undefined): void;
  /** takes the line away and stops listening */
  close(): void;
}

/** Shows the line until `close`, which clears its timer. `now` is in milliseconds since 1970. */
export function footer({
  client,
  terminal,
  words,
  theme,
  now,
}: {
  client: Client;
  terminal: Pick<Terminal, 'setFooter'>;
  words: Catalogue;
  theme: Theme;
  now: () => number;
}): Footer {
  const running = transfers(now);
  let chat: string | undefined;
  let retryAt: number | undefined;
  let ticking: NodeJS.Timeout | undefined;

  // A name from the network must not fake a part of the line.
  const line = (parts: readonly string[]) =>
    ` ${parts
      .filter((part) => part !== '')
      .map((part) => sanitize(part))
      .join(' │ ')} `;
  const draw = () => {
    const link = connection(client, words, retryAt === undefined ? undefined : retryAt - now());
    const how = link === '' ? presence(client, words) : link;
    const here = chat === undefined ? '' : `${titled(client, chat)} ${presenceText({ client }, words, chat)}`;
    const account = bareOf(client.account);
    const news = unread(client, words, chat);
    const rest = [requests(client, words), ...running.lines(words)];
    // What changes by itself stays longest; who one is and whose chat is open one knows.
    const shorter = [
      [`${account} ${how}`, here.trimEnd(), news.named, ...rest],
      [`${localOf(account) ?? account} ${how}`, here.trimEnd(), news.named, ...rest],
      [`${localOf(account) ?? account} ${how}`, news.named, ...rest],
      [how, news.named, ...rest],
      [how, news.counted, ...rest],
    ].map(line);
    terminal.setFooter((columns) =>
      theme.bar(shorter.find((text) => width(text) <= columns) ?? shorter.at(-1) ?? ''),
    );
  };
  const countDown = () => {
    if (retryAt !== undefined && retryAt > now()) return draw();
    clearInterval(ticking);
    ticking = undefined;
    draw();
  };
  const connected = (event: ChatEvents['connection'][0]) => {
    retryAt = event.retryIn === undefined ? undefined : now() + event.retryIn;
    clearInterval(ticking);
    ticking = retryAt === undefined ? undefined : setInterval(countDown, 1000);
    draw();
  };

  const moved = (file: FileTransfer) => {
    running.seen(file);
    draw();
  };

  client.on('connection', connected);
  client.on('file', moved);
  const others = ['unread', 'request', 'requestClosed', 'presence'] as const;
  for (const name of others) client.on(name, draw);
  draw();
  return {
    setOpenChat(open) {
      chat = open;
      draw();
    },
    close() {
      clearInterval(ticking);
      client.off('connection', connected);
      client.off('file', moved);
      for (const name of others) client.off(name, draw);
      terminal.setFooter('');
    },
  };
}

/** The open chat: by its address, which tells who it is, a room by its name too. */
const titled = (client: Client, chat: string) =>
  client.chats.kindOf(chat) === 'room' ? roomByJid(client, chat) : chat;

function presence({ presence: { show, status } }: Client, { words }: Catalogue): string {
  return status === '' ? words.shows[show] : `${words.shows[show]} (${status})`;
}

function connection(client: Client, { conversation }: Catalogue, retryIn: number | undefined): string {
  const { footer: labels } = conversation;
  if (isConnected(client)) return '';
  if (client.state === 'connecting') return labels.connecting;
  return retryIn === undefined || retryIn <= 0 ? labels.offline : labels.retry(Math.ceil(retryIn / 1000));
}

/** `3 unread: alice (2) lobby (1)`, mentions first, and `3 unread`. */
function unread(
  client: Client,
  { conversation, menus }: Catalogue,
  open: string | undefined,
): { named: string; counted: string } {
  const chats = client.chats
    .unread()
    .filter((entry) => entry.chat !== open && entry.count > 0)
    .sort((a, b) => b.mentions - a.mentions);
  if (chats.length === 0) return { named: '', counted: '' };
  const total = chats.reduce((sum, entry) => sum + entry.count, 0);
  const named = chats
    .slice(0, NAMED)
    .map((entry) => conversation.unread(shortName(client, entry.chat), entry.count));
  const more = chats.length > NAMED ? ` ${menus.moreRows(chats.length - NAMED)}` : '';
  const counted = conversation.footer.unread(total);
  return { named: `${counted}: ${named.join(' ')}${more}`, counted };
}

/** Contacts and rooms by name, strangers by the first part of their JID. */
function shortName(client: Client, chat: string): string {
  const name = client.contacts.get(chat)?.name;
  if (name) return name;
  if (client.chats.kindOf(chat) === 'room') return shortRoomName(client, chat);
  return chat.includes('/') ? chat.slice(chat.indexOf('/') + 1) : (localOf(chat) ?? chat);
}

function requests(client: Client, { conversation }: Catalogue): string {
  const count = client.requests.list().length;
  return count === 0 ? '' : conversation.footer.requests(count);
}
