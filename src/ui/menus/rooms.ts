/** Rooms: enter or create, talk, leave. */
import { localOf } from '../../chat/address.ts';
import type { Client } from '../../chat/client.ts';
import { actionNamed, complain, leaveRoom as leave } from '../run-action.ts';
import { sanitize } from '../sanitize.ts';
import type { MenuApp } from './accounts.ts';
import { enterChat } from './enter-chat.ts';
import { submitForm } from './form.ts';
import type { Screen } from './main.ts';
import { chooseRoom, joinedChoices, typeRoom } from './room.ts';
import { roomMenu } from './room-administration.ts';
import { sayCommandLine } from './run.ts';
import { choose } from './screen.ts';
import type { OpenSeat } from './seat.ts';
import { whileWorking } from './working.ts';

export const createOrJoin: Screen = async (app, seat) => {
  const room = await chooseRoom(app, seat, app.words.menus.room.title);
  if (room === undefined) return undefined;
  // Who makes a room wants to be in it; who enters one may be on the way into several.
  return (await enterRoom(app, seat, room)) === 'created' ? enterChat(app, seat, room) : undefined;
};

/** Joins first if needed, then opens the room's conversation. */
export const messageToRoom: Screen = async (app, seat) => {
  const room = await chooseRoom(app, seat, app.words.menus.roomMessage.which);
  if (room === undefined) return undefined;
  const joined =
    seat.client.rooms.get(room) !== undefined || (await enterRoom(app, seat, room)) !== undefined;
  return joined ? enterChat(app, seat, room) : undefined;
};

export const leaveRoom: Screen = async (app, seat) => {
  const { leaveRoom: labels } = app.words.menus;
  const rooms = joinedChoices(app, seat);
  if (rooms.length === 0) {
    app.terminal.log(labels.none);
    return undefined;
  }
  const room = await choose(app, labels.which, rooms);
  if (room === undefined) return undefined;
  await leave(app, seat, room);
  sayCommandLine(app, seat, actionNamed(app, 'leave'), { room });
  return undefined;
};

/** Menu 16: any room we are in, or one that we own without being there. */
export const administerRoom: Screen = async (app, seat) => {
  const labels = app.words.roomMenus;
  const joined = joinedChoices(app, seat);
  const others = [...joined, { key: 'R', name: labels.other, value: null }];
  const chosen =
    joined.length === 0 ? null : await choose<string | null>(app, labels.title, others, { echo: 'item' });
  const room = chosen === null ? await typeRoom(app, seat) : chosen;
  if (room === undefined) return undefined;
  return roomMenu(app, seat, room, (chat) => enterChat(app, seat, chat));
};

interface Entry {
  readonly nick: string;
  readonly password: string | undefined;
}

/**
 * Asks for a nickname and enters; asks again where the nickname is taken (XEP-0045 §7.2.8) or a password is
 * needed (§7.2.5). Resolves when in the room, to undefined where the user gives up or is refused, which is said.
 */
export async function enterRoom(
  app: MenuApp,
  seat: OpenSeat,
  room: string,
  password?: string,
): Promise<'created' | 'entered' | undefined> {
  const { terminal, words } = app;
  const { room: labels } = words.menus;
  const own = localOf(seat.client.account) ?? '';
  const typed = (await terminal.text({ message: labels.nick, initial: own })).trim();
  const before = seat.client.rooms.get(room)?.joined === true;
  const joined = await join(app, seat, room, { nick: typed || own, password });
  if (joined === undefined) return undefined;
  if (joined.created) await open(app, seat, room);
  const { nick } = joined;
  // That one entered is a notification; only who was there already hears nothing of it.
  if (before) terminal.log(words.notices.joined({ room: sanitize(room), nick: sanitize(nick) }));
  sayCommandLine(app, seat, actionNamed(app, 'join'), { room, nick });
  return joined.created ? 'created' : 'entered';
}

/** Tries until it works, the user gives up (undefined), or the room refuses for good, which is said. */
async function join(
  app: MenuApp,
  { client }: OpenSeat,
  room: string,
  first: Entry,
): Promise<{ created: boolean; nick: string } | undefined> {
  const message = app.words.menus.room.joining(sanitize(room));
  for (let entry: Entry | undefined = first; entry !== undefined; ) {
    const { nick, password } = entry;
    try {
      return await whileWorking(app, { message }, () =>
        client.rooms.join(room, { nick, password, keep: true, reserve: true }),
      );
    } catch (error) {
      if (conditionOf(error) === 'captcha') {
        const passed = await passCaptcha(app, client, room);
        if (passed === 'again') continue;
        return passed;
      }
      const next = await otherEntry(app, error, entry);
      if (next === 'refused') complain(app, error, { action: 'join', values: { room } });
      entry = next === 'refused' ? undefined : next;
    }
  }
  return undefined;
}

/** Fills in what the room wants to know first; `again`: it was wrong, and the room will ask something else. */
async function passCaptcha(
  app: MenuApp,
  client: Client,
  room: string,
): Promise<{ created: boolean; nick: string } | 'again' | undefined> {
  const form = await client.rooms.captcha(room);
  if (form === undefined) return undefined;
  app.terminal.log(app.words.menus.room.captcha(sanitize(room)));
  let joined: { created: boolean; nick: string } | undefined;
  try {
    const answered = await submitForm(app, form, async (filled) => {
      joined = await client.rooms.answerCaptcha(room, filled);
    });
    return answered === false ? undefined : joined;
  } catch (error) {
    complain(app, error, { action: 'join', values: { room } });
    return conditionOf(error) === 'captcha-failed' ? 'again' : undefined;
  } finally {
    // Whoever gives up, by whatever key, says so; what was answered is not asked any more.
    client.rooms.declineCaptcha(room);
  }
}

const conditionOf = (error: unknown) =>
  error instanceof Error && 'condition' in error ? error.condition : undefined;

/** What to try next after a refusal; undefined where the user gives up. */
async function otherEntry(
  { terminal, words }: MenuApp,
  error: unknown,
  entry: Entry,
): Promise<Entry | undefined | 'refused'> {
  const { room: labels } = words.menus;
  const condition = conditionOf(error);
  if (condition === 'conflict') {
    const nick = (await terminal.text({ message: labels.nickTaken(sanitize(entry.nick)) })).trim();
    return nick === '' ? undefined : { ...entry, nick };
  }
  if (condition === 'not-authorized') {
    const password = await terminal.password({ message: labels.password });
    return password === '' ? undefined : { ...entry, password };
  }
  return 'refused';
}

/**
 * A new room is locked until its owner says how it shall be: with the usual configuration, or by its form
 * (XEP-0045 §10.1). Whoever gives up half-way gets the usual one, so that no room stays locked.
 */
async function open(app: MenuApp, { client }: OpenSeat, room: string): Promise<void> {
  const { room: labels } = app.words.menus;
  let opened = false;
  try {
    const how = await choose(app, sanitize(room), [
      { name: labels.createInstant, value: 'instant' },
      { name: labels.createForm, value: 'form' },
    ] as const);
    const form = how === 'form' ? await client.rooms.administration.configuration(room) : undefined;
    if (form !== undefined)
      opened =
        (await submitForm(app, form, (filled) => client.rooms.administration.configure(room, filled), {
          action: 'room-config',
          values: { room },
        })) !== false;
  } finally {
    if (!opened) await client.rooms.administration.configure(room, {});
  }
}
