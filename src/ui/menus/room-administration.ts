/** One room's menu: all that our affiliation and role there allow (menu 16, and `/admin` in its conversation). */
import { MUTE_VALUES, type SettingName } from '../../chat/settings.ts';
import { actionNamed } from '../run-action.ts';
import { sanitize } from '../sanitize.ts';
import type { MenuApp } from './accounts.ts';
import { affiliationList, type Listed } from './affiliations.ts';
import { submitForm } from './form.ts';
import type { MainEnd } from './main.ts';
import { occupantList, type Talk } from './occupants.ts';
import { typeRoom } from './room.ts';
import { type Rights, rightsIn } from './room-rights.ts';
import { runFromMenu, sayCommandLine } from './run.ts';
import { type Choice, choose } from './screen.ts';
import type { OpenSeat } from './seat.ts';
import { whileWorking } from './working.ts';

type Entry = Choice<() => Promise<unknown>>;

/**
 * Resolves when the user goes back, or has destroyed the room; `talk` opens a private conversation. Throws what reading
 * from the room throws.
 */
export async function roomMenu(
  app: MenuApp,
  seat: OpenSeat,
  room: string,
  talk: Talk,
): Promise<MainEnd | undefined> {
  for (;;) {
    const joined = seat.client.rooms.get(room);
    const message = app.words.roomMenus.of(sanitize(room), standing(app, seat, room));
    const run = await choose(app, message, entries(app, seat, room, talk), { echo: 'item' });
    if (run === undefined) return undefined;
    if ((await run()) === 'exit') return 'exit';
    if (joined !== undefined && seat.client.rooms.get(room) === undefined) return undefined;
  }
}

function standing({ words }: MenuApp, { client }: OpenSeat, room: string): string {
  const joined = client.rooms.get(room);
  const own = joined?.occupants.find(({ nick }) => nick === joined.nick);
  if (own === undefined) return words.roomMenus.outside;
  const { affiliations, roles } = words.words;
  const affiliation = own.affiliation === 'none' ? '' : affiliations[own.affiliation];
  return [sanitize(own.nick), affiliation, roles[own.role]].filter((part) => part !== '').join(' · ');
}

function entries(app: MenuApp, seat: OpenSeat, room: string, talk: Talk): Entry[] {
  const joined = seat.client.rooms.get(room);
  const rights = rightsIn(joined);
  return [
    ...(joined === undefined ? [] : inside(app, seat, room, rights, talk)),
    ...offices(app, seat, room, rights),
  ];
}

/** What people in the room do. */
function inside(app: MenuApp, seat: OpenSeat, room: string, { silent }: Rights, talk: Talk): Entry[] {
  const { words } = app;
  const labels = words.roomMenus;
  const { occupants = [], subject = '' } = seat.client.rooms.get(room) ?? {};
  const run =
    (name: string, questions: Readonly<Record<string, string>> = {}) =>
    () =>
      runFromMenu(app, seat, name, { preset: { room }, questions });
  return [
    {
      name: labels.people,
      badge: String(occupants.length),
      value: () => occupantList(app, seat, room, talk),
    },
    { name: labels.invite, value: run('invite', { jid: labels.who }) },
    ...(silent
      ? [{ name: labels.voice, value: run('voice') }]
      : [
          {
            name: labels.subject,
            badge: brief(subject),
            value: run('subject', { subject: labels.newSubject }),
          },
        ]),
    { name: labels.nick, value: run('nick', { nick: labels.newNick }) },
    { name: labels.registerNick, value: run('register-nick', { nick: labels.newNick }) },
    { name: labels.mute, badge: muteNow(app, seat, room), value: () => mute(app, seat, room) },
  ];
}

const SUBJECT_SHOWN = 40;
function brief(subject: string): string {
  const text = sanitize(subject);
  return text.length > SUBJECT_SHOWN ? `${text.slice(0, SUBJECT_SHOWN - 1)}…` : text;
}

/** What admins and owners do. */
function offices(app: MenuApp, seat: OpenSeat, room: string, { administers, owns }: Rights): Entry[] {
  const labels = app.words.roomMenus;
  const list = (which: Listed): Entry => ({
    name: labels[which],
    value: () => affiliationList(app, seat, room, which),
  });
  return [
    ...(administers ? [list('member'), list('outcast')] : []),
    ...(owns
      ? [
          list('admin'),
          list('owner'),
          { name: labels.configure, value: () => configureRoom(app, seat, room) },
          { name: labels.destroy, value: () => destroyRoom(app, seat, room) },
        ]
      : []),
  ];
}

const settingOf = (room: string): SettingName => `mute:${room}`;

function muteNow({ words }: MenuApp, { client }: OpenSeat, room: string): string {
  const known: Readonly<Record<string, string>> = words.menus.settings.values;
  const value = client.settings.get(settingOf(room));
  return known[value] ?? value;
}

async function mute(app: MenuApp, seat: OpenSeat, room: string): Promise<void> {
  const known: Readonly<Record<string, string>> = app.words.menus.settings.values;
  const now = seat.client.settings.get(settingOf(room));
  const value = await choose(
    app,
    app.words.roomMenus.mute,
    MUTE_VALUES.map((entry) => ({ name: known[entry] ?? entry, value: entry })),
    { initial: (MUTE_VALUES as readonly string[]).indexOf(now) },
  );
  if (value !== undefined)
    await runFromMenu(app, seat, 'setting', { preset: { name: settingOf(room), value } });
}

/** The room's own form (§10.2); the room stays as it was where the user gives up. */
export async function configureRoom(app: MenuApp, seat: OpenSeat, room: string): Promise<void> {
  const { client } = seat;
  const message = app.words.roomMenus.reading(sanitize(room));
  const form = await whileWorking(app, { message }, () => client.rooms.administration.configuration(room));
  if (form === undefined) {
    app.terminal.log(app.words.notices['no-fields']({ room: sanitize(room) }));
    return;
  }
  const about = { action: 'room-config', values: { room } };
  const sent = await submitForm(
    app,
    form,
    (filled) => client.rooms.administration.configure(room, filled),
    about,
  );
  if (sent === false) {
    await client.rooms.administration.cancelConfiguration(room);
    return;
  }
  app.terminal.log(app.theme.success(app.words.notices['room-configured']({ room: sanitize(room) })));
  // Passwords stay out of command lines.
  const secret = new Set(form.fields.filter(({ kind }) => kind === 'password').map(({ name }) => name));
  const set = Object.entries(sent).flatMap(([name, value]) =>
    secret.has(name) ? [] : value.split('\n').map((line) => `${name}=${line}`),
  );
  sayCommandLine(app, seat, actionNamed(app, 'room-config'), { room, set });
}

/** What of a destruction is known already. */
export interface Destruction {
  readonly successor?: string | undefined;
  readonly reason?: string | undefined;
}

/** Asks first, since nothing brings it back (§10.9). */
export async function destroyRoom(
  app: MenuApp,
  seat: OpenSeat,
  room: string,
  known?: Destruction,
): Promise<void> {
  const labels = app.words.roomMenus;
  const message = labels.destroyConfirm(sanitize(room));
  if (!(await app.terminal.confirm({ message, initial: false }))) return;
  const successor = known === undefined ? await askSuccessor(app, seat) : known.successor;
  const preset = { room, successor, ...(known === undefined ? {} : { reason: known.reason }) };
  await runFromMenu(app, seat, 'destroy', { preset });
}

async function askSuccessor(app: MenuApp, seat: OpenSeat): Promise<string | undefined> {
  const labels = app.words.roomMenus;
  const other = await choose(app, labels.successor, [
    { name: labels.noSuccessor, value: false },
    { name: labels.other, value: true },
  ]);
  return other === true ? typeRoom(app, seat) : undefined;
}
