/** The main menu: one account is logged in. */
import type { Client } from '../../chat/client.ts';
import { isConnected } from '../conversation/names.ts';
import { attempt } from '../run-action.ts';
import { sanitize } from '../sanitize.ts';
import { InterruptedError, type MenuItem, type Subscribe } from '../terminal.ts';
import type { MenuApp } from './accounts.ts';
import { addContact, chatWith, listContacts, removeContact } from './contacts.ts';
import { deleteAccount } from './delete-account.ts';
import { history } from './history.ts';
import { more } from './more.ts';
import { notifications } from './notifications.ts';
import { presence } from './presence.ts';
import { createOrJoin, leaveRoom, messageToRoom } from './rooms.ts';
import { runFromMenu } from './run.ts';
import { type OpenSeat, takeSeat } from './seat.ts';
import { sendFile } from './send-file.ts';
import { topMenu } from './top.ts';
import { listUsers, userDetails } from './users.ts';

/** `logout` and `deleted`: back to the start menu. */
export type MainEnd = 'logout' | 'deleted' | 'exit';
/** A screen behind the menu; most come back to it. */
export type Screen = (app: MenuApp, seat: OpenSeat) => Promise<MainEnd | undefined>;

type Label = keyof MenuApp['words']['menus']['main'] & string;
interface Entry {
  readonly key: string;
  readonly label: Exclude<Label, 'title'>;
  readonly screen: Screen;
  /** prints more than fits above the menu, which is folded then */
  readonly long?: true;
}

// The numbers are the product's: they stay what they are, whatever else comes or goes.
const ENTRIES: readonly Entry[] = [
  { key: '1', label: 'chat', screen: chatWith },
  { key: '2', label: 'users', screen: listUsers, long: true },
  { key: '3', label: 'contacts', screen: listContacts, long: true },
  { key: '4', label: 'addContact', screen: addContact },
  { key: '5', label: 'user', screen: userDetails, long: true },
  { key: '6', label: 'room', screen: createOrJoin },
  { key: '7', label: 'roomMessage', screen: messageToRoom },
  { key: '8', label: 'presence', screen: presence },
  { key: '9', label: 'sendFile', screen: sendFile },
  { key: '10', label: 'notifications', screen: notifications },
  { key: '11', label: 'deleteAccount', screen: deleteAccount },
  { key: '12', label: 'logout', screen: async () => 'logout' },
  { key: '13', label: 'leaveRoom', screen: leaveRoom },
  { key: '14', label: 'removeContact', screen: removeContact },
  { key: '15', label: 'history', screen: history, long: true },
  { key: '16', label: 'more', screen: more },
];

/** There only while a connection is waited for. */
const reconnect: Screen = async (app, seat) => {
  await runFromMenu(app, seat, 'reconnect');
  return undefined;
};

/** letters for what a number does as well */
const LETTERS: Readonly<Record<string, string>> = { D: '11' };

/** Resolves when the account is left; it is logged out then. */
export async function mainMenu(app: MenuApp, client: Client): Promise<MainEnd> {
  const seat = takeSeat(app, client);
  let end: MainEnd = 'exit';
  try {
    end = await choices(app, seat);
  } finally {
    seat.close();
    // An account that is gone has nothing to log out of.
    if (end !== 'deleted') await logOut(app, client);
  }
  return end;
}

async function choices(app: MenuApp, seat: OpenSeat): Promise<MainEnd> {
  const { client } = seat;
  const { main } = app.words.menus;
  for (let folded = false; ; ) {
    const chosen = await topMenu(app, () => ({
      message: folded ? foldedTitle(app, client) : main.title(sanitize(client.account)),
      items: () => items(app, client),
      subscribe: badgeChanges(client),
      folded,
    }));
    if (chosen === 'exit') return 'exit';
    // A long list stays in view; M shows the menu again.
    folded = ENTRIES.find((entry) => entry.key === chosen)?.long === true;
    if (chosen === 'menu') continue;
    const end = await runScreen(app, seat, chosen);
    if (end !== undefined) return end;
  }
}

/** Ctrl-C in a screen comes back to the menu; so does everything that fails. */
async function runScreen(app: MenuApp, seat: OpenSeat, key: string): Promise<MainEnd | undefined> {
  const screen = key === 'reconnect' ? reconnect : ENTRIES.find((entry) => entry.key === key)?.screen;
  let end: MainEnd | undefined;
  try {
    await attempt(app, async () => {
      end = await screen?.(app, seat);
    });
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
  }
  return end;
}

function items(app: MenuApp, client: Client): MenuItem[] {
  const { main } = app.words.menus;
  const badges = badgesOf(app, client);
  const item = (key: string, label: Exclude<Label, 'title'>, value: string) => ({
    key,
    name: main[label],
    value,
    badge: badges[value],
  });
  return [
    ...ENTRIES.map((entry) => item(entry.key, entry.label, entry.key)),
    item('M', 'showMenu', 'menu'),
    ...Object.entries(LETTERS).map(([letter, key]) => item(letter, labelOf(key), key)),
    ...(client.state === 'offline' && !client.isOver ? [item('R', 'reconnect', 'reconnect')] : []),
    item('0', 'exit', 'exit'),
  ];
}

const labelOf = (key: string) => ENTRIES.find((entry) => entry.key === key)?.label ?? 'more';

/** What the menu shows when its items are hidden: how to see them. */
function foldedTitle({ words }: MenuApp, client: Client): string {
  const { main } = words.menus;
  return `${main.title(sanitize(client.account))} · M) ${main.showMenu} · 0) ${main.exit}`;
}

/** Counts beside the entries, by key. */
function badgesOf({ words }: MenuApp, client: Client): Readonly<Record<string, string>> {
  const { badges } = words.menus;
  const sum = (kinds: readonly string[]) =>
    client.chats
      .unread()
      .filter((entry) => kinds.includes(entry.kind))
      .reduce((total, entry) => total + entry.count, 0);
  const counts: [string, number, (count: number) => string][] = [
    ['1', sum(['contact', 'private']), badges.unread],
    ['3', isConnected(client) ? client.contacts.countOnline() : 0, badges.online],
    ['7', sum(['room']), badges.unread],
    ['10', client.requests.list().length, badges.requests],
    ['13', client.rooms.list().length, badges.rooms],
  ];
  return Object.fromEntries(
    counts.filter(([, count]) => count > 0).map(([key, count, word]) => [key, word(count)]),
  );
}

/** Everything that may change a badge. */
function badgeChanges(client: Client): Subscribe {
  const names = [
    'connection',
    'unread',
    'request',
    'requestClosed',
    'presence',
    'contactsOnline',
    'room',
    'contact',
  ] as const;
  return (redraw) => {
    for (const name of names) client.on(name, redraw);
    return () => {
      for (const name of names) client.off(name, redraw);
    };
  };
}

/** Says goodbye to the server, and what did not get there; where it is gone already, nothing is left to do. */
async function logOut({ terminal, words, theme }: MenuApp, client: Client): Promise<void> {
  const jid = client.account;
  try {
    await client.logout();
    const { done, unsent } = words.menus.logout;
    if (jid !== '') terminal.log(done(sanitize(jid)));
    const waiting = client.messages.unsent();
    if (waiting > 0) terminal.log(theme.warning(unsent(waiting, sanitize(jid))));
  } catch {
    // the connection was gone before us
  }
}
