/**
 * What moderators, admins and owners do with a room, seen by those concerned, on a real server. docs/rooms.md names
 * these tests.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Device } from '../support/device.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let juliet: Device;
let romeo: Device;
let tybalt: Device;

beforeAll(async () => {
  const users = [
    { name: 'juliet', password: 'secret', contacts: [{ jid: 'romeo@localhost' }] },
    { name: 'romeo', password: 'secret', contacts: [{ jid: 'juliet@localhost' }] },
    { name: 'tybalt', password: 'secret' },
  ];
  server = await startServer(undefined, { users });
  [juliet, romeo, tybalt] = await Promise.all([
    new Device(server, 'juliet', 'desk').come(),
    new Device(server, 'romeo', 'desk').come(),
    new Device(server, 'tybalt', 'desk').come(),
  ]);
});
afterAll(async () => {
  await Promise.all([juliet?.end(), romeo?.end(), tybalt?.end()]);
  await server?.stop();
});

let count = 0;
/** A room of Juliet's with the others in it. */
async function room(...others: Device[]): Promise<string> {
  count += 1;
  const address = `room${count}@${server.rooms}`;
  await juliet.client.rooms.join(address, { nick: 'Juliet' });
  for (const device of others) {
    const nick = device === romeo ? 'Romeo' : 'Tybalt';
    await device.client.rooms.join(address, { nick });
    await juliet.hears('occupant', { room: address, nick, event: 'joined' });
  }
  return address;
}

const admin = (device: Device) => device.client.rooms.administration;

it('kicks an occupant, with a reason (§8.2, code 307)', async () => {
  const address = await room(romeo, tybalt);
  await admin(juliet).kick(address, 'Tybalt', 'brawling');
  expect(await tybalt.hears('room', { room: address, event: 'kicked' })).toMatchObject({
    reason: 'brawling',
  });
  expect(await romeo.hears('occupant', { room: address, event: 'kicked' })).toMatchObject({
    nick: 'Tybalt',
  });
  await expect(admin(romeo).kick(address, 'Juliet')).rejects.toMatchObject({
    condition: expect.stringMatching(/^(not-allowed|forbidden)$/),
  });
});

it('bans and takes it back, by nickname and by JID (§9.1, §9.2, code 301)', async () => {
  const address = await room(romeo, tybalt);
  await admin(juliet).ban(address, 'Tybalt', 'feud');
  await tybalt.hears('room', { room: address, event: 'banned' });
  await romeo.hears('occupant', { room: address, event: 'banned', nick: 'Tybalt' });
  await expect(tybalt.client.rooms.join(address)).rejects.toMatchObject({ condition: 'forbidden' });
  expect(await admin(juliet).affiliations(address, 'outcast')).toMatchObject([{ jid: tybalt.jid }]);
  await admin(juliet).unban(address, tybalt.jid);
  await tybalt.client.rooms.join(address, { nick: 'Tybalt' });
  await tybalt.client.rooms.leave(address);
  await juliet.hears('occupant', { room: address, event: 'left', nick: 'Tybalt' });
  // Somebody who is not there.
  await admin(juliet).ban(address, tybalt.jid);
  expect((await admin(juliet).affiliations(address, 'outcast')).map(({ jid }) => jid)).toEqual([tybalt.jid]);
  if (server.kind === 'prosody') {
    await expect(tybalt.client.rooms.join(address)).rejects.toMatchObject({ condition: 'forbidden' });
    return;
  }
  // ejabberd 23.01 lets whom it bans a second time in, as an outcast (docs/rooms.md).
  await tybalt.client.rooms.join(address, { nick: 'Tybalt' });
  const [shown] = tybalt.client.rooms.get(address)?.occupants.filter(({ nick }) => nick === 'Tybalt') ?? [];
  expect(shown).toMatchObject({ affiliation: 'outcast', role: 'visitor' });
});

it('takes and gives the right to speak in a moderated room (§8.3, §8.4)', async () => {
  const address = await room(romeo);
  await admin(juliet).setRole(address, 'Romeo', 'visitor');
  await romeo.hears('occupant', { room: address, event: 'role', role: 'visitor', nick: 'Romeo' });
  await admin(juliet).setRole(address, 'Romeo', 'participant');
  await romeo.hears('occupant', { room: address, event: 'role', role: 'participant', nick: 'Romeo' });
  await admin(juliet).setRole(address, 'Romeo', 'moderator');
  await romeo.hears('occupant', { room: address, event: 'role', role: 'moderator', nick: 'Romeo' });
});

it('asks for voice, and grants it (§7.13, §8.6)', async () => {
  const address = await room(romeo);
  await juliet.client.rooms.administration.configuration(address);
  await juliet.client.rooms.administration.configure(address, { 'muc#roomconfig_moderatedroom': '1' });
  await admin(juliet).setRole(address, 'Romeo', 'visitor');
  await romeo.hears('occupant', { room: address, event: 'role', role: 'visitor' });
  await admin(romeo).requestVoice(address);
  const request = await juliet.hears('request', { kind: 'voice', room: address });
  await juliet.client.requests.accept(String(request.id));
  await romeo.hears('occupant', { room: address, event: 'role', role: 'participant' });
});

it('makes members, admins and owners, lists them, and takes it back (§9.3, §9.6, §10.3, §10.6)', async () => {
  const address = await room(romeo);
  for (const affiliation of ['member', 'admin', 'owner', 'none'] as const) {
    await admin(juliet).setAffiliation(address, 'Romeo', affiliation, 'so be it');
    await romeo.hears('occupant', { room: address, event: 'affiliation', affiliation, nick: 'Romeo' });
    if (affiliation !== 'none') {
      const list = await admin(juliet).affiliations(address, affiliation);
      expect(list.map(({ jid }) => jid)).toContain(romeo.jid);
    }
  }
  expect((await admin(juliet).affiliations(address)).map(({ jid }) => jid)).toEqual([juliet.jid]);
});

it('makes a room for members only: others have to go, and may not come (§9.4, §10.2, codes 104, 321, 322)', async () => {
  const address = await room(romeo, tybalt);
  await admin(juliet).setAffiliation(address, 'Romeo', 'member');
  await romeo.hears('occupant', { room: address, event: 'affiliation', affiliation: 'member' });
  await juliet.client.rooms.administration.configuration(address);
  await juliet.client.rooms.administration.configure(address, { 'muc#roomconfig_membersonly': '1' });
  expect(await tybalt.hears('room', { room: address, event: 'removed' })).toMatchObject({
    codes: expect.arrayContaining([322]),
  });
  const notice = await romeo.hears('roomNotice', { room: address });
  expect(notice.codes).toContain(104);
  await expect(tybalt.client.rooms.join(address)).rejects.toMatchObject({
    condition: 'registration-required',
  });
  await admin(juliet).setAffiliation(address, 'Romeo', 'none');
  expect(await romeo.hears('room', { room: address, event: 'removed' })).toMatchObject({
    codes: expect.arrayContaining([321]),
  });
});

it('tells that nobody is anonymous any more, and that some are again (§10.2.1, codes 172, 173)', async () => {
  const address = await room(romeo);
  for (const [whois, code] of [
    ['anyone', 172],
    ['moderators', 173],
  ] as const) {
    await juliet.client.rooms.administration.configuration(address);
    await juliet.client.rooms.administration.configure(address, { 'muc#roomconfig_whois': whois });
    const find = () =>
      romeo.told.some(
        ({ name, event }) =>
          name === 'roomNotice' && event.room === address && (event.codes as number[]).includes(code),
      );
    await romeo.until(find, `code ${code}`);
  }
});

it('destroys a room, names its successor, and offers to go there (§10.9)', async () => {
  const address = await room(romeo);
  const next = await room();
  await admin(juliet).destroy(address, { successor: next, reason: 'Macbeth' });
  expect(await romeo.hears('room', { room: address, event: 'destroyed' })).toMatchObject({
    reason: 'Macbeth',
    alternate: next,
  });
  const request = await romeo.hears('request', { kind: 'invitation', room: next });
  await romeo.client.requests.accept(String(request.id));
  expect(romeo.client.rooms.get(next)?.joined).toBe(true);
});

it('gives up configuring: a new room is not made (§10.1.3)', async () => {
  const address = `cancelled@${server.rooms}`;
  await juliet.client.rooms.join(address, { nick: 'Juliet', reserve: true });
  await admin(juliet).cancelConfiguration(address, { created: true });
  expect(juliet.client.rooms.get(address)).toBeUndefined();
  // Nobody is in it: it is made anew by the next who comes.
  expect(await romeo.client.rooms.join(address)).toMatchObject({ created: true });
});

it('a nickname that somebody else has is a conflict (§7.6)', async () => {
  const address = await room(romeo);
  await expect(romeo.client.rooms.setNick(address, 'Juliet')).rejects.toMatchObject({
    condition: 'conflict',
  });
  await romeo.client.rooms.setNick(address, 'Montague');
  await juliet.hears('occupant', { room: address, event: 'renamed', newNick: 'Montague' });
});

it('registers a nickname with the room (§7.10)', async () => {
  const address = await room(romeo);
  await admin(juliet).setAffiliation(address, 'Romeo', 'member');
  await admin(romeo).registerNick(address, 'Romeo');
  if (server.kind === 'prosody') expect(await admin(romeo).reservedNick(address)).toBe('Romeo');
});

it('enters by a password (§7.2.6)', async () => {
  const address = await room();
  await juliet.client.rooms.administration.configuration(address);
  await juliet.client.rooms.administration.configure(address, {
    'muc#roomconfig_passwordprotectedroom': '1',
    'muc#roomconfig_roomsecret': 'cauldron',
  });
  await expect(romeo.client.rooms.join(address)).rejects.toMatchObject({ condition: 'not-authorized' });
  await romeo.client.rooms.join(address, { password: 'cauldron' });
  expect(romeo.client.rooms.get(address)?.joined).toBe(true);
});

it('invites through the room, and hears who will not come (§7.8.2)', async () => {
  const address = await room();
  await juliet.client.rooms.invite(address, romeo.jid, 'come');
  const request = await romeo.hears('request', { kind: 'invitation', room: address });
  await romeo.client.requests.accept(String(request.id));
  expect(romeo.client.rooms.get(address)?.joined).toBe(true);
  await romeo.client.rooms.leave(address);
  romeo.told = [];
  await juliet.client.rooms.invite(address, romeo.jid, 'again');
  const second = await romeo.hears('request', { kind: 'invitation', room: address });
  await romeo.client.requests.refuse(String(second.id));
  // Prosody names an occupant as who invited: whether that is somebody who sees our presence nobody knows.
  if (server.kind === 'prosody') return;
  const declined = await juliet.hears('invitationDeclined', { room: address });
  expect(String(declined.from)).toContain(romeo.jid);
});

it('asks once about an invitation that came while nobody was here, and shows it as no message (§7.8.2)', async () => {
  const address = await room();
  await romeo.leave();
  await juliet.client.rooms.invite(address, romeo.jid, 'come when you can');
  await romeo.come();
  const request = await romeo.hears('request', { kind: 'invitation', room: address });
  expect(request).toMatchObject({ text: 'come when you can' });
  expect(romeo.history(address)).toEqual([]);
  await romeo.client.requests.accept(String(request.id));
  await romeo.client.rooms.leave(address);
  await romeo.leave();
  await romeo.come();
  expect(romeo.client.requests.list().filter((open) => open.room === address)).toEqual([]);
});
