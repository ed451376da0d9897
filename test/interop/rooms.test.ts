/**
 * One room seen at once by this program, profanity and slixmpp: they agree on who is there and on what is said, and what
 * one of them does the others tell. docs/interop.md says what these programs cannot, beside the tests.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../src/chat/message.ts';
import { Device } from '../support/device.ts';
import { type Server, startServer } from '../support/server.ts';
import { ProfanityDevice } from './profanity-device.ts';
import { SlixmppDevice, type Who } from './slixmpp-device.ts';

const SUBJECT = 'the balcony';

describe('a room with profanity and slixmpp', () => {
  let server: Server;
  /** profanity */
  let juliet: ProfanityDevice;
  /** slixmpp */
  let nurse: SlixmppDevice;
  /** this program: the room's owner, and somebody else */
  let romeo: Device;
  let tybalt: Device;
  let lobby: string;
  /** the window that profanity has of it */
  let window: number;

  beforeAll(async () => {
    const users = ['juliet', 'nurse', 'romeo', 'tybalt'].map((name) => ({ name, password: 'secret' }));
    server = await startServer(undefined, { users });
    lobby = `lobby@${server.rooms}`;
    juliet = new ProfanityDevice(server, 'juliet', { archive: false });
    nurse = new SlixmppDevice(server, 'nurse', 'slixmpp');
    romeo = new Device(server, 'romeo', 'orchard');
    tybalt = new Device(server, 'tybalt', 'street');
    await Promise.all([romeo.come(), tybalt.come(), nurse.come(), juliet.come()]);
    await romeo.client.rooms.join(lobby, { nick: 'romeo' });
    await romeo.client.rooms.setSubject(lobby, SUBJECT);
    await nurse.join(lobby, 'nurse');
    window = await juliet.join(lobby, 'juliet');
    await tybalt.client.rooms.join(lobby, { nick: 'tybalt' });
  });
  afterAll(async () => {
    await Promise.all([juliet?.end(), nurse?.leave(), romeo?.end(), tybalt?.end()]);
    await server?.stop();
  });

  const admin = () => romeo.client.rooms.administration;

  /** Whom a device of ours sees in the room. */
  const seenBy = (device: Device): Who =>
    Object.fromEntries(
      (device.client.rooms.get(lobby)?.occupants ?? []).map(({ nick, affiliation, role }) => [
        nick,
        [affiliation, role],
      ]),
    );

  /** Resolves when all four see the same, which is this. */
  async function agree(who: Who): Promise<void> {
    const wanted = (device: Device) => {
      const seen = seenBy(device);
      return (
        Object.keys(seen).length === Object.keys(who).length &&
        Object.entries(who).every(([nick, is]) => seen[nick]?.join() === is.join())
      );
    };
    for (const device of [romeo, tybalt].filter(({ client }) => client.rooms.get(lobby) !== undefined))
      await device.until(
        () => wanted(device),
        `${JSON.stringify(who)}, but ${JSON.stringify(seenBy(device))}`,
      );
    await nurse.sees(lobby, who);
    await juliet.window(window);
    await juliet.sees(Object.keys(who));
    for (const [nick, is] of Object.entries(who)) await juliet.tells(nick, is);
  }

  const bodies = (device: Device): string[] =>
    device
      .history(lobby)
      .filter(({ retracted, body }: Message) => !retracted && body !== '')
      .map(({ body }) => body);

  it('shows who is there, with affiliation and role (XEP-0045 §7.2.2)', async () => {
    await agree({
      juliet: ['none', 'participant'],
      nurse: ['none', 'participant'],
      romeo: ['owner', 'moderator'],
      tybalt: ['none', 'participant'],
    });
  });

  it('shows the subject that was set before, and by either (XEP-0045 §7.2.15, §8.1)', async () => {
    await juliet.window(window);
    juliet.enter('/subject');
    await juliet.shows(SUBJECT);
    expect(tybalt.client.rooms.get(lobby)?.subject).toBe(SUBJECT);
    await admin().setAffiliation(lobby, juliet.jid, 'admin');
    await juliet.shows(/affiliation: admin/);
    juliet.enter('/subject set "the orchard"');
    await romeo.hears('subject', { nick: 'juliet', subject: 'the orchard' });
    await nurse.message({ type: 'groupchat', subject: 'the orchard' });
    await romeo.client.rooms.setSubject(lobby, 'the tomb');
    await juliet.shows(/romeo has set the room subject: the tomb/);
    await nurse.message({ type: 'groupchat', subject: 'the tomb' });
  });

  it('shows what each says, once and in order (XEP-0045 §7.4)', async () => {
    await juliet.clear();
    const all = ['from profanity', 'from here', 'from slixmpp'];
    juliet.enter('from profanity');
    await romeo.message(lobby, 'from profanity');
    romeo.client.messages.send(lobby, 'from here');
    await nurse.message({ body: 'from here' });
    await nurse.send(lobby, 'from slixmpp', 'groupchat');
    for (const device of [romeo, tybalt]) await device.message(lobby, 'from slixmpp');
    await juliet.shows(/nurse: from slixmpp$/);
    expect(juliet.texts()).toEqual(all);
    expect(bodies(romeo)).toEqual(all);
    expect(bodies(tybalt)).toEqual(all);
    expect(nurse.texts(lobby)).toEqual(all);
  });

  it('shows the corrections of each (XEP-0308)', async () => {
    await juliet.clear();
    juliet.enter('at egiht');
    await romeo.message(lobby, 'at egiht');
    juliet.enter('/correct at eight');
    for (const device of [romeo, tybalt]) {
      const { corrected } = await device.message(lobby, 'at eight');
      expect(corrected).toBe(true);
      expect(bodies(device)).not.toContain('at egiht');
    }
    const { row } = romeo.client.messages.send(lobby, 'at nien');
    await juliet.shows(/romeo: at nien$/);
    romeo.client.messages.correct(row, 'at nine');
    await juliet.shows(/romeo: at nine$/);
    expect(juliet.texts()).toEqual(['at eight', 'at nine']);
    await nurse.message({ body: 'at nine' });
    expect(nurse.texts(lobby).slice(-2)).toEqual(['at eight', 'at nine']);
  });

  it('says something to one occupant alone (XEP-0045 §7.5)', async () => {
    juliet.enter('/msg romeo psst');
    const chat = `${lobby}/juliet`;
    const { kind } = await romeo.message(chat, 'psst');
    expect(kind).toBe('private');
    romeo.client.messages.send(chat, 'what is it?');
    await juliet.shows(/romeo: what is it\?$/);
    expect(juliet.texts()).toEqual(['> psst', 'what is it?']);
    expect(romeo.texts(chat)).toEqual(['psst', '> what is it?']);
    for (const texts of [bodies(romeo), bodies(tybalt), nurse.texts(lobby)])
      expect(texts).not.toContain('psst');
    await juliet.window(window);
  });

  it('changes a nickname, here and there (XEP-0045 §7.6)', async () => {
    await juliet.clear();
    juliet.enter('/nick jules');
    await romeo.hears('occupant', { event: 'renamed', nick: 'juliet', newNick: 'jules' });
    await tybalt.client.rooms.setNick(lobby, 'prince');
    await juliet.shows('tybalt is now known as prince');
    await agree({
      jules: ['admin', 'moderator'],
      nurse: ['none', 'participant'],
      prince: ['none', 'participant'],
      romeo: ['owner', 'moderator'],
    });
    expect([romeo, tybalt].flatMap(({ told }) => told).filter(({ event }) => event.event === 'left')).toEqual(
      [],
    );
    juliet.enter('by another name');
    const { from } = await romeo.message(lobby, 'by another name');
    expect(from).toBe(`${lobby}/jules`);
    await tybalt.client.rooms.setNick(lobby, 'tybalt');
    await juliet.shows('prince is now known as tybalt');
  });

  it('changes roles and affiliations, here and there (XEP-0045 §8.3, §8.4, §9.3)', async () => {
    await juliet.window(window);
    juliet.enter('/role set visitor tybalt');
    await tybalt.hears('occupant', { event: 'role', nick: 'tybalt', role: 'visitor' });
    await admin().setAffiliation(lobby, nurse.jid, 'member');
    await agree({
      jules: ['admin', 'moderator'],
      nurse: ['member', 'participant'],
      romeo: ['owner', 'moderator'],
      tybalt: ['none', 'visitor'],
    });
    juliet.enter(`/affiliation set member ${tybalt.jid}`);
    await tybalt.hears('occupant', { event: 'affiliation', nick: 'tybalt', affiliation: 'member' });
  });

  it('kicks, there and here, with a reason (XEP-0045 §8.2, code 307)', async () => {
    await juliet.window(window);
    juliet.enter('/kick tybalt "no brawling"');
    const kicked = await tybalt.hears('room', { room: lobby, event: 'kicked' });
    expect(kicked.reason).toBe('no brawling');
    await romeo.hears('occupant', { event: 'kicked', nick: 'tybalt', reason: 'no brawling' });
    await juliet.shows(/tybalt has been kicked from the room by jules, reason: no brawling/);
    await tybalt.client.rooms.join(lobby, { nick: 'tybalt' });
    await juliet.shows(/-> tybalt has joined the room/);
    await admin().kick(lobby, 'tybalt', 'out');
    await juliet.shows(/tybalt has been kicked from the room by romeo, reason: out/);
    await tybalt.hears('room', { room: lobby, event: 'kicked', reason: 'out' });
  });

  it('leaves, and is seen to (XEP-0045 §7.14)', async () => {
    await tybalt.client.rooms.join(lobby, { nick: 'tybalt' });
    await juliet.window(window);
    await juliet.clear();
    await tybalt.client.rooms.leave(lobby);
    await juliet.shows(/<- tybalt has left the room/);
    juliet.enter('/close');
    await nurse.sees(lobby, { nurse: ['member', 'participant'], romeo: ['owner', 'moderator'] });
    await romeo.until(() => Object.keys(seenBy(romeo)).sort().join() === 'nurse,romeo');
  });

  it('invites profanity through the room, which comes (XEP-0045 §7.8.2)', async () => {
    await juliet.window(1);
    await juliet.clear();
    await romeo.client.rooms.invite(lobby, juliet.jid, 'come back');
    await juliet.shows(`Room   : ${lobby}`);
    await juliet.shows('Message: come back');
    window = await juliet.join(lobby, 'juliet');
    await romeo.until(() => Object.keys(seenBy(romeo)).includes('juliet'), 'juliet is back');
  });

  it('invites slixmpp through the room, which declines (XEP-0045 §7.8.2)', async () => {
    const tomb = `tomb@${server.rooms}`;
    await romeo.client.rooms.join(tomb, { nick: 'romeo' });
    await romeo.client.rooms.invite(tomb, nurse.jid, 'come');
    // Prosody names the occupant, ejabberd the JID: to that it is declined.
    const { invitation } = await nurse.message({ from: tomb });
    await nurse.decline(tomb, String(invitation), 'too dark');
    const { from, reason } = await romeo.hears('invitationDeclined', { room: tomb });
    expect(String(from).startsWith(nurse.jid)).toBe(true);
    expect(reason).toBe('too dark');
  });

  it('is invited by profanity, to a room that it made (XEP-0249, XEP-0045 §10.1.2)', async () => {
    const cell = `cell@${server.rooms}`;
    await juliet.join(cell, 'juliet');
    juliet.enter('/room accept');
    await juliet.shows('Room unlocked.');
    juliet.enter(`/invite send ${tybalt.jid} "join us"`);
    const { id, text } = await tybalt.hears('request', { kind: 'invitation', room: cell, from: juliet.jid });
    expect(text).toBe('join us');
    await tybalt.client.requests.accept(String(id));
    await juliet.shows(/-> tybalt has joined the room/);
    expect(
      tybalt.client.rooms.get(cell)?.occupants.map(({ nick, affiliation }) => [nick, affiliation]),
    ).toEqual(
      expect.arrayContaining([
        ['juliet', 'owner'],
        ['tybalt', 'none'],
      ]),
    );
  });

  it('bans with profanity from the room that it made (XEP-0045 §9.1, code 301)', async () => {
    juliet.enter(`/ban ${tybalt.jid} "enough"`);
    const banned = await tybalt.hears('room', { room: `cell@${server.rooms}`, event: 'banned' });
    expect(banned.reason).toBe('enough');
    await juliet.shows(/tybalt has been banned from the room by juliet, reason: enough/);
  });

  it('had no trouble', () => {
    expect([romeo, tybalt].flatMap(({ problems }) => problems)).toEqual([]);
  });
});
