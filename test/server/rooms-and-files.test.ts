/** Rooms, files, directory and registration against a real server: what fakes cannot promise. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FileTransfer } from '../../src/chat/events.ts';
import { files } from '../../src/chat/files.ts';
import { si } from '../../src/chat/routes/si.ts';
import { setRole } from '../../src/xmpp/muc/administration.ts';
import { publicRooms, roomService } from '../../src/xmpp/muc/browse.ts';
import { configurationOf, configure, destroyRoom } from '../../src/xmpp/muc/config.ts';
import { type LoggedIn, loggedIn } from '../support/logged-in.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let folder: string;
let juliet: LoggedIn;
let romeo: LoggedIn;
const bare = (user: string) => `${user}@${server.domain}`;

const logIn = (user: string, password = 'secret') => loggedIn(server, user, { password });

/** The next event of the name that passes the test. */
function next<T>(
  emitter: { on(name: string, listener: (event: T) => void): unknown },
  name: string,
  test: (event: T) => boolean = () => true,
): Promise<T> {
  return new Promise((resolve) => emitter.on(name, (event: T) => test(event) && resolve(event)));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rooms-and-files-'));
  const users = ['juliet', 'romeo', 'mercutio'].map((name) => ({ name, password: 'secret' }));
  server = await startServer(undefined, { users });
  juliet = await logIn('juliet');
  romeo = await logIn('romeo');
});
afterAll(async () => {
  await Promise.all([juliet?.session.close(), romeo?.session.close()]);
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

it('makes a room, lets another in, and tells both what happens (XEP-0045 §7, §10.1)', async () => {
  const service = await roomService(juliet.api.disco);
  expect(service).toBe(server.rooms);
  const room = `balcony@${service}`;
  expect(await juliet.api.rooms.enter(room, { nick: 'Juliet' })).toMatchObject({ created: true });

  const came = next<{ nick: string; event: string }>(juliet.api.rooms, 'occupant');
  const subject = next<{ initial: boolean }>(romeo.api.rooms, 'subject');
  expect(await romeo.api.rooms.enter(room, { nick: 'Romeo', history: { maxStanzas: 0 } })).toMatchObject({
    created: false,
    occupants: 2,
  });
  expect(await came).toMatchObject({ nick: 'Romeo', event: 'joined' });
  expect(await subject).toMatchObject({ initial: true });

  const heard = next<{ nick: string; message: { body: string } }>(romeo.api.rooms, 'message');
  juliet.api.messages.send({ to: room, type: 'groupchat', id: 'm1', body: 'Wherefore art thou?' });
  expect(await heard).toMatchObject({ nick: 'Juliet', message: { body: 'Wherefore art thou?', id: 'm1' } });

  const whispered = next<{ nick: string }>(juliet.api.rooms, 'privateMessage');
  romeo.api.messages.send({
    to: `${room}/Juliet`,
    type: 'chat',
    id: 'p1',
    body: 'It is my soul',
    occupant: true,
  });
  expect(await whispered).toMatchObject({ nick: 'Romeo', message: { body: 'It is my soul' } });

  await juliet.api.rooms.setSubject(room, 'The night');
  expect(juliet.api.rooms.get(room)?.subject).toBe('The night');

  const renamed = next<{ event: string }>(juliet.api.rooms, 'occupant', ({ event }) => event === 'renamed');
  await romeo.api.rooms.setNick(room, 'Montague');
  expect(await renamed).toMatchObject({ nick: 'Romeo', newNick: 'Montague', self: false });
  expect(romeo.api.rooms.get(room)?.nick).toBe('Montague');
  await expect(romeo.api.rooms.setNick(room, 'Juliet')).rejects.toMatchObject({ condition: 'conflict' });

  const kicked = next<{ event: string }>(romeo.api.rooms, 'room', ({ event }) => event === 'kicked');
  await setRole(juliet.session, room, 'Montague', 'none', 'Dawn');
  expect(await kicked).toMatchObject({ room, reason: 'Dawn' });
  expect(romeo.api.rooms.get(room)).toBeUndefined();
  await expect(romeo.api.rooms.enter(room, { nick: 'Juliet' })).rejects.toMatchObject({
    condition: 'conflict',
  });
  await juliet.api.rooms.leave(room);
  expect(juliet.api.rooms.list()).toEqual([]);
});

it('configures a room with a password, lists it, invites to it, destroys it (XEP-0045 §7.8, §10)', async () => {
  const room = `crypt@${server.rooms}`;
  await juliet.api.rooms.enter(room, { nick: 'Juliet', reserve: true });
  const form = await configurationOf(juliet.session, room);
  if (form === undefined) throw new Error('no form');
  await configure(juliet.session, room, form, {
    'muc#roomconfig_roomname': 'The Crypt',
    'muc#roomconfig_publicroom': true,
    'muc#roomconfig_passwordprotectedroom': true,
    'muc#roomconfig_roomsecret': 'poison',
  });
  const listed = (await publicRooms(romeo.api.disco, server.rooms)).find((each) => each.room === room);
  expect(listed).toMatchObject({ name: 'The Crypt', occupants: 1, passwordProtected: true });
  await expect(romeo.api.rooms.enter(room, { nick: 'Romeo' })).rejects.toMatchObject({
    condition: 'not-authorized',
  });

  const invited = next<{ room: string; password: string }>(romeo.api.rooms, 'invitation');
  await juliet.api.rooms.invite(room, romeo.session.account, { reason: 'Come' });
  const invitation = await invited;
  expect(invitation).toMatchObject({ room, password: 'poison', reason: 'Come', mediated: true });
  const declined = next(juliet.api.rooms, 'invitationDeclined');
  romeo.api.rooms.decline(invitation as never, 'Too late');
  expect(await declined).toMatchObject({ room, from: expect.stringMatching(/^romeo@/), reason: 'Too late' });

  await romeo.api.rooms.enter(room, { nick: 'Romeo', password: 'poison' });
  const destroyed = next<{ event: string }>(romeo.api.rooms, 'room', ({ event }) => event === 'destroyed');
  await destroyRoom(juliet.session, room, { reason: 'All dead' });
  expect(await destroyed).toMatchObject({ room, reason: 'All dead' });
});

it('sends a file in-band, whole (XEP-0047, 0095, 0096)', async () => {
  const come = join(folder, 'in');
  const transfers = ({ api }: LoggedIn) =>
    files({
      routes: si({
        ...api,
        domain: 'localhost',
        socks5Terms: () => ({ direct: true, permit: async () => [] }),
      }),
      only: () => 'si-ibb',
      filesDir: () => come,
      acceptPolicy: () => 'accept',
    });
  const [from, to] = [transfers(juliet), transfers(romeo)];
  const content = randomBytes(1_000_000);
  await writeFile(join(folder, 'letter.bin'), content);
  const arrived = next<FileTransfer>(to, 'changed', ({ state }) => state === 'done' || state === 'failed');
  const done = await from.send(join(folder, 'letter.bin'), romeo.session.jid);
  const file = await arrived;
  expect(file).toMatchObject({ state: 'done', sha256: done.sha256, size: content.length });
  expect((await readFile(file.path ?? '')).equals(content)).toBe(true);
});

it('finds people by their e-mail, and says whether it can list everyone (XEP-0055)', async () => {
  const address = bare('juliet');
  await juliet.api.vcard.set({ email: address, nickname: 'jules' });
  const found = await romeo.api.directory.search(address);
  expect(found.users).toContainEqual(expect.objectContaining({ jid: address, email: address }));
  expect(typeof (await romeo.api.directory.search()).needsText).toBe('boolean');
  const fields = await romeo.api.directory.fields();
  expect(fields.names).toContain('email');
  const byField = await romeo.api.directory.searchBy(fields, { email: address });
  expect(byField).toContainEqual(expect.objectContaining({ jid: address }));
});

it('changes the password, which then counts, and removes the account (XEP-0077 §3.2, §3.3)', async () => {
  const first = await logIn('mercutio');
  await first.api.registration.changePassword('a plague');
  await first.session.close();
  await expect(logIn('mercutio')).rejects.toMatchObject({ name: 'AuthenticationError' });
  const second = await logIn('mercutio', 'a plague');
  const gone = once(second.session, 'offline');
  await second.api.registration.remove();
  await gone;
  await second.session.close();
  await expect(logIn('mercutio', 'a plague')).rejects.toMatchObject({ name: 'AuthenticationError' });
});
