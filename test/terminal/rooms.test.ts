/**
 * Three people on one Prosody, each with the built program in a terminal: a room from its creation to its destruction,
 * and what each of them sees of it, in words (XEP-0045 §7–§10). The steps build on each other.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { Visitor } from '../support/visitor.ts';

const ROOM = 'den@conference.localhost';
const NEXT = 'parlour@conference.localhost';
const ESC = '\x1b';
const CTRL_UP = '\x1b[1;5A';
const NAMES = ['ann', 'ben', 'cleo'] as const;
type Name = (typeof NAMES)[number];

let server: Server;
let ann: Visitor;
let ben: Visitor;
let cleo: Visitor;

beforeAll(async () => {
  const users = NAMES.map((name) => ({ name, password: `secret of ${name}` }));
  server = await startServer('prosody', { users, roomModules: ['muc_moderation'] });
  [ann, ben, cleo] = (await Promise.all(NAMES.map(logIn))) as [Visitor, Visitor, Visitor];
});
afterAll(async () => {
  for (const visitor of [ann, ben, cleo]) visitor?.pty.kill();
  await server?.stop();
});

// After a step that failed, nothing is where the next ones look for it.
let broken = false;
beforeEach(({ skip }) => skip(broken));
afterEach(({ task }) => {
  broken ||= task.result?.state === 'fail';
});

const menuOf = (name: Name) => `Logged in as ${name}@localhost`;

async function logIn(name: Name): Promise<Visitor> {
  const env = { XMPP_JID: `${name}@localhost`, XMPP_PASSWORD: `secret of ${name}` };
  const visitor = await Visitor.start(['--service', server.service, '--ca', server.caFile], {
    env,
    rows: 50,
  });
  await visitor.menu(menuOf(name));
  return visitor;
}

/** Menu 6, by the room's name; the nickname is the user name. */
async function enter(name: Name, visitor: Visitor, room = 'den'): Promise<void> {
  await visitor.choose(menuOf(name), '6');
  await visitor.choose('Create or join a room', 'N');
  await visitor.answer('Room (name or JID)', room);
  await visitor.answer('Your nickname in the room', '');
}

/** Menu 7, the one room that one is in. */
async function open(name: Name, visitor: Visitor): Promise<void> {
  await visitor.choose(menuOf(name), '7');
  await visitor.pick('Which room?', ROOM);
  await visitor.input('den');
}

/** Each of them has that many lines with the text. */
const everybody = (text: string | RegExp, times = 1, who = [ann, ben, cleo]) =>
  Promise.all(who.map((visitor) => visitor.sees(text, times)));

describe('a room', () => {
  it('is created for members only, by its form (XEP-0045 §10.1.3)', async () => {
    await enter('ann', ann);
    await ann.notified(`you created the room ${ROOM} and are in it as ann`);
    await ann.pick(ROOM, 'Create it and configure it');
    await ann.pick('Configuration for', 'Only allow members to join');
    await ann.sees(/Only allow members to join · yes/);
    await ann.choose('Configuration for', 'S');
    await ann.input('den');
    await ann.sees(`room ${ROOM}, 1 person`);
  });

  it('refuses who is no member, and says why (§7.2.6)', async () => {
    await enter('cleo', cleo);
    await cleo.sees(`Cannot enter the room ${ROOM}: only members may enter.`);
  });

  it('invites one, who comes by menu 10; another is made a member (§7.8.2, §9.3)', async () => {
    await ann.says('den', '/invite ben@localhost come in');
    await ann.sees(`ben@localhost is invited to the room ${ROOM}.`);
    await ben.notified(`ann in the room ${ROOM} invites you there: come in`);
    await ben.choose(menuOf('ben'), '10');
    await ben.pick('Notifications', `ann in the room ${ROOM} invites you`);
    await ben.pick(`ann in the room`, 'Enter the room');
    await ben.answer('Your nickname in the room', '');
    await ann.sees(`ben joined the room ${ROOM}`);
    await ben.notified(`you joined the room ${ROOM} as ben, 2 people here`);
    await ben.input('den');

    await ann.says('den', '/affiliation cleo@localhost --as member');
    await ann.sees(`cleo@localhost has the affiliation member in the room ${ROOM}.`);
    await enter('cleo', cleo);
    await cleo.notified(`you joined the room ${ROOM} as cleo, 3 people here`);
    await everybody(`cleo joined the room ${ROOM}`, 1, [ann, ben]);
    await open('cleo', cleo);
  });

  it('has its people listed with role and affiliation by /who, and a moderator made (§9.6)', async () => {
    await ann.says('den', '/role ben --as moderator');
    await everybody(`ben in the room ${ROOM} has the role: moderator`);
    await cleo.says('den', '/who');
    await cleo.sees(/^ {2}ann {2}owner · moderator/);
    await cleo.sees(/^ {2}ben {2}member · moderator/);
    await cleo.sees(/^ {2}cleo {2}member/);
  });
});

describe('what is said', () => {
  it('reaches everybody, names highlighted by Tab (§7.4)', async () => {
    await cleo.input('den');
    cleo.pty.type('an\t');
    await cleo.input('den', 'ann:');
    cleo.pty.type('hello\r');
    await everybody(/^\d\d:\d\d cleo {2}ann: hello$/, 1, [ann, ben]);
    await cleo.sees(/^\d\d:\d\d cleo {2}ann: hello ✓+$/);
  });

  it('is corrected (XEP-0308)', async () => {
    cleo.pty.type(CTRL_UP);
    await cleo.input('change', 'ann: hello');
    cleo.pty.type(' you\r');
    await everybody(/^✎ \d\d:\d\d cleo {2}ann: hello you/);
  });

  it('is reacted to (XEP-0444)', async () => {
    await ben.says('den', '/react 👍');
    await everybody(/^↳ \d\d:\d\d .*ann: hello you.* 👍/);
  });

  it('is moderated away, by somebody who was made a moderator (XEP-0425)', async () => {
    await cleo.says('den', 'buy now');
    await everybody(/^\d\d:\d\d cleo {2}buy now/);
    await ben.says('den', '/moderate spam');
    await everybody(/^⊘ \d\d:\d\d cleo: \[removed by ben: spam\]/);
  });
});

describe('people', () => {
  it('are kicked, and told by whom and why (§8.2)', async () => {
    await ben.says('den', '/kick cleo too loud');
    await everybody(`cleo was kicked from the room ${ROOM} by ben: too loud`, 1, [ann, ben]);
    await cleo.sees(`you were kicked from the room ${ROOM} by ben: too loud`);
    cleo.pty.type(ESC);
    await enter('cleo', cleo);
    await everybody(`cleo joined the room ${ROOM}`, 2, [ann, ben]);
    await open('cleo', cleo);
  });

  it('are not banned by who is no admin: the room says so in words (§9.1)', async () => {
    await ben.says('den', '/ban cleo');
    await ben.sees(/Cannot ban cleo: the room does not allow you that/);
  });

  it('are banned, kept out, and let in again (§9.1, §9.2)', async () => {
    await ann.says('den', '/ban cleo enough');
    await everybody(`cleo was banned from the room ${ROOM} by ann: enough`, 1, [ann, ben]);
    await cleo.sees(`you were banned from the room ${ROOM} by ann: enough`);
    cleo.pty.type(ESC);
    await enter('cleo', cleo);
    // Of a room for members only Prosody says that first, and not that one is banned.
    await cleo.sees(`Cannot enter the room ${ROOM}: only members may enter.`, 2);

    await ann.says('den', '/affiliations outcast');
    await ann.sees(/cleo@localhost .*banned/);
    await ann.says('den', '/unban cleo@localhost');
    await ann.sees(`cleo@localhost is no longer banned from the room ${ROOM}.`);
    await ann.says('den', '/affiliation cleo@localhost --as member');
    await ann.sees(`cleo@localhost has the affiliation member in the room ${ROOM}.`, 2);
    await enter('cleo', cleo);
    await everybody(`cleo joined the room ${ROOM}`, 3, [ann, ben]);
    await open('cleo', cleo);
  });

  it('cannot take a nickname that somebody has; another one all see (§7.6)', async () => {
    await cleo.says('den', '/nick ann');
    await cleo.sees(/Cannot change the nickname: .*(taken|in use)/);
    await cleo.says('den', '/nick claire');
    await everybody(`cleo in the room ${ROOM} is now called claire`);
  });
});

describe('the end', () => {
  it('is asked for first; everybody is told why and where to go instead, and can go there (§10.9)', async () => {
    await ann.says('den', '/destroy parlour we move');
    await ann.answer(`Destroy ${ROOM}?`, 'n');
    await ann.says('den', '/destroy parlour we move');
    await ann.answer(`Destroy ${ROOM}?`, 'y');
    await everybody(`the room ${ROOM} was destroyed: we move; its people go to ${NEXT}`);
    await ann.menu(menuOf('ann'));
    await enter('ann', ann, 'parlour');
    await ann.pick(NEXT, 'Create it with the usual configuration');
    // Back to the list that he came from, where the news stands.
    ben.pty.type(ESC);
    await ben.pick('Notifications', `the room ${ROOM} is gone`);
    await ben.pick('the room ', 'Enter the room');
    await ben.answer('Your nickname in the room', '');
    await ann.sees(`ben joined the room ${NEXT}`);
    await ben.notified(`you joined the room ${NEXT} as ben, 2 people here`);
    await ben.input('parlour');
    cleo.pty.type(ESC);
    await cleo.choose(menuOf('cleo'), '10');
    await cleo.pick('Notifications', `the room ${ROOM} is gone`);
    await cleo.pick('the room ', 'Enter the room');
    await cleo.answer('Your nickname in the room', '');
    await cleo.notified(`you joined the room ${NEXT} as cleo, 3 people here`);
    await everybody(`cleo joined the room ${NEXT}`, 1, [ann, ben]);
    await cleo.input('parlour');
  });

  it('comes by /leave too: it closes the conversation, and is said once (§7.14)', async () => {
    await cleo.says('parlour', '/leave');
    await cleo.menu(menuOf('cleo'));
    await everybody(`cleo left the room ${NEXT}`, 1, [ann, ben]);
    const said = cleo.pty.sentences().filter((line) => /left the room/.test(line) && line.includes(NEXT));
    expect(said).toEqual([expect.stringContaining(`you left the room ${NEXT}`)]);
  });
});

describe('a conversation of two', () => {
  it('goes on in a room with a third one; what they shall see of it is shown and asked for (§7.9)', async () => {
    for (const visitor of [ann, ben]) visitor.pty.type(ESC);
    await ann.choose(menuOf('ann'), '1\r');
    await ann.answer('With whom', 'ben');
    await ann.says('ben@localhost', 'shall we ask cleo?');
    await ben.notified('message from ann@localhost: shall we ask cleo?');
    await ann.says('ben@localhost', '/invite cleo your turn');
    await ann.sees('A new room for members only is made, and invited to it: ben@localhost, cleo@localhost.');
    await ann.answer('How many of the last messages shall everybody there see', '1');
    await ann.sees('Everybody in the room would see:');
    await ann.answer('Send that into the room?', 'y');
    await ann.sees(/Invited: ben@localhost, cleo@localhost\. Messages sent there: 1\./);
    await ben.sees(/ann@localhost goes on with your conversation in the room talk-\w+@.*: your turn/);
    await cleo.sees(/ann@localhost goes on with a conversation in the room talk-\w+@.*: your turn/);
    for (const [name, visitor] of [
      ['ben', ben],
      ['cleo', cleo],
    ] as const) {
      await visitor.menu(menuOf(name));
      await visitor.choose(menuOf(name), '10');
      await visitor.pick('Notifications', 'ann@localhost goes on with');
      await visitor.pick('ann@localhost', 'Enter the room');
      await visitor.answer('Your nickname in the room', '');
      await visitor.sees(/^\d\d:\d\d ann {2}shall we ask cleo\?/);
    }
    await ann.sees(/cleo joined the room talk-\w+@/);
  });
});
