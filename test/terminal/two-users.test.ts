/**
 * Two people on one Prosody, each at the menus of the built program in a terminal, at the same time: everything that
 * the menus offer, once (issue "main job", Must show 2; product §2, §3, §4). The steps build on each other.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { features } from '../../src/xmpp/features.ts';
import { createSession } from '../../src/xmpp/session/create-session.ts';
import { type Server, startServer } from '../support/server.ts';
import { Visitor } from '../support/visitor.ts';

const START = 'xmpp-chat';
const ANN = 'Logged in as ann@localhost';
const BEN = 'Logged in as ben@localhost';
const ROOM = 'den@conference.localhost';
const ESC = '\x1b';
const CTRL_U = '\x15';
const UP = '\x1b[A';

let server: Server;
let ann: Visitor;
let ben: Visitor;

beforeAll(async () => {
  server = await startServer('prosody');
  const args = ['--service', server.service, '--ca', server.caFile, '--domain', server.domain];
  [ann, ben] = await Promise.all([Visitor.start(args), Visitor.start(args)]);
});
afterAll(async () => {
  ann?.pty.kill();
  ben?.pty.kill();
  await server?.stop();
});

// After a step that failed, nothing is where the next ones look for it.
let broken = false;
beforeEach(({ skip }) => skip(broken));
afterEach(({ task }) => {
  broken ||= task.result?.state === 'fail';
});

/** Chooses an entry that no longer number begins with, or with Enter behind a shorter one. */
const one = (title: string) => (title === ANN ? ann : ben).choose(title, '1\r');

async function logIn(visitor: Visitor, password: string): Promise<void> {
  await visitor.choose(START, '1');
  await visitor.answer('Your JID', '');
  await visitor.answer('Password', password);
}

describe('an account', () => {
  it('is registered by menu 2, its password typed twice alike (XEP-0077 §3.1)', async () => {
    await ann.choose(START, '2');
    await ann.answer('The JID you would like', 'ann');
    await ann.answer('Password for the new account', 'one');
    await ann.answer('The same password again', 'two');
    await ann.sees('The two passwords are not the same.');
    await ann.answer('Password for the new account', 'first secret');
    await ann.answer('The same password again', 'first secret');
    await ann.sees('The account ann@localhost is registered.');
    await ann.menu(ANN);
    expect(ann.pty.raw).not.toContain('secret');
  });

  it('is offered at a log-in that the server refuses', async () => {
    await ben.choose(START, '1');
    await ben.answer('Your JID', 'ben@localhost');
    await ben.answer('Password', 'open sesame');
    await ben.sees('Wrong user name or password. Check both');
    await ben.answer('ben@localhost could not log in. Register it as a new account', 'y');
    await ben.sees('The account ben@localhost is registered.');
    await ben.menu(BEN);
  });

  it('is left by menu 12; a wrong password lets nobody in, and registers nobody who says no', async () => {
    await ann.choose(ANN, '12');
    await ann.sees('ann@localhost is logged out.');
    await logIn(ann, 'wrong');
    await ann.answer('ann@localhost could not log in. Register it as a new account', 'n');
    await logIn(ann, 'first secret');
    await ann.sees('Logged in as ann@localhost.', 2);
    await ann.menu(ANN);
  });
});

describe('contacts', () => {
  it('are asked for by menu 4 and approved under 10, each other (RFC 6121 §3)', async () => {
    await ann.choose(ANN, '4');
    await ann.answer('Whom', 'ben');
    await ann.answer('Name for your list (optional)', 'Benny');
    await ann.answer('Groups', 'friends, cooks');
    await ann.answer('Greeting', 'it is me');
    await ann.sees('ben@localhost is asked to be your contact.');

    await ben.notified('ann@localhost wants to add you as a contact: it is me');
    await ben.sees('10) Notifications · 1 request');
    await ben.choose(BEN, '10');
    await ben.pick('Notifications', 'ann@localhost wants to add you as a contact');
    await ben.pick('ann@localhost wants to add you', 'Approve, and add as a contact');
    await ben.sees('ann@localhost may see your presence now.');
    await ann.notified('Benny (ben@localhost) has accepted you as a contact');
    await ann.notified('Benny (ben@localhost) is online');

    await ann.notified('Benny (ben@localhost) wants to add you as a contact');
    await ann.choose(ANN, '10');
    await ann.pick('Notifications', 'ben@localhost wants to add you as a contact');
    await ann.pick('ben@localhost wants to add you', 'Approve');
    await ben.notified('ann@localhost has accepted you as a contact');
    await ben.notified('ann@localhost is online');
  });

  it('are listed with their presence by menu 3', async () => {
    await ann.choose(ANN, '3');
    await ann.sees(/^Benny +ben@localhost +online.*both ways/);
    await ben.choose(BEN, '3');
    await ben.sees(/^ann@localhost +online.*both ways/);
  });

  it('see presence and status message change, both ways (menu 8, RFC 6121 §4.4)', async () => {
    await ann.choose(ANN, '8');
    await ann.pick('Now: online', 'away');
    await ann.answer('Status message', 'at lunch');
    await ben.notified('ann@localhost is away: at lunch');
    await ann.sees(' ann@localhost away (at lunch)');
    await ben.choose(BEN, '8');
    await ben.pick('Now: online', 'do not disturb');
    await ben.answer('Status message', '');
    await ann.notified('Benny (ben@localhost) is do not disturb');
  });
});

describe('a conversation', () => {
  it('takes messages both ways, told where it is not open, with marks and the "new messages" line', async () => {
    await one(ANN);
    await ann.pick('With whom', 'Benny');
    await ann.sees('Benny (ben@localhost) · do not disturb');
    await ann.says('Benny', 'hello ben');
    await ann.sees(/^\d\d:\d\d me {2}hello ben ✓+$/);

    await ben.notified('message from ann@localhost: hello ben');
    await ben.sees('1) Chat with someone · 1 unread');
    await ben.sees('│ 1 unread: ann (1)');
    await one(BEN);
    await ben.pick('Chat with someone', 'ann@localhost · away (at lunch) · 1 unread');
    await ben.sees('── new messages ──');
    await ben.sees(/^\d\d:\d\d ann@localhost {2}hello ben$/);
    await ben.says('ann@localhost', 'hello ann');
    await ann.sees(/^\d\d:\d\d Benny {2}hello ann$/);
    expect(ann.notifications()).not.toContain('message from Benny (ben@localhost): hello ann');
  });

  it('shows typing, pausing, looking and leaving (XEP-0085 §5.2)', async () => {
    await ben.input('ann@localhost');
    ben.pty.type('ha');
    await ann.sees('Benny is typing …');
    await ann.sees('Benny stopped typing');
    ben.pty.type(CTRL_U);
    await ann.sees('Benny is looking at this chat');
    ben.pty.type(ESC);
    await ann.sees('Benny closed this chat');
  });

  it('keeps a draft for the next time, and brings back lines with Up', async () => {
    await one(BEN);
    await ben.pick('Chat with someone', 'ann@localhost');
    await ben.input('ann@localhost');
    ben.pty.type('half a thou');
    await ben.input('ann@localhost', 'half a thou');
    ben.pty.type(ESC);
    await ben.sees('Your draft is kept.');
    await one(BEN);
    await ben.pick('Chat with someone', 'ann@localhost');
    await ben.input('ann@localhost', 'half a thou');
    ben.pty.type(CTRL_U + UP);
    await ben.input('ann@localhost', 'hello ann');
    ben.pty.type(CTRL_U);
  });

  it('completes commands with Tab, never sends an unknown one, sends a slash for two', async () => {
    await ben.input('ann@localhost');
    ben.pty.type('/hel\t');
    await ben.input('ann@localhost', '/help');
    ben.pty.type('\r');
    await ben.sees(/^ {2}Messages and files: \/help \/close/);
    await ben.sees('Esc or /close leaves the chat');
    await ben.says('ann@localhost', '/help close');
    await ben.sees(/^ {2}\/close +leaves the chat/);
    await ben.says('ann@localhost', '/nonsense');
    await ben.sees('There is no command /nonsense. /help lists them; // sends a slash.');
    await ben.says('ann@localhost', '//etc');
    await ben.says('ann@localhost', '/me waves');
    await ann.sees(/^\d\d:\d\d Benny {2}\/etc$/);
    await ann.sees(/^\d\d:\d\d \* Benny waves$/);
    expect(ann.pty.lines().filter((line) => line.includes('nonsense'))).toEqual([]);
    await ben.sees(/^\d\d:\d\d \* ben waves ✓+$/);
    for (const visitor of [ann, ben]) visitor.pty.type(ESC);
  });
});

describe('a room', () => {
  it('is created by menu 6, found among the public ones, entered under another name than a taken one', async () => {
    await ann.choose(ANN, '6');
    await ann.choose('Create or join a room', 'N');
    await ann.answer('Room (name or JID)', 'den');
    await ann.answer('Your nickname in the room', '');
    await ann.notified(`you created the room ${ROOM} and are in it as ann`);
    await ann.pick(ROOM, 'Create it with the usual configuration');
    await ann.input('den');
    ann.pty.type(ESC);
    await ann.sees('13) Leave a room · 1 room joined');

    await ben.choose(BEN, '6');
    await ben.choose('Create or join a room', 'B');
    await ben.pick('Which room?', ROOM);
    await ben.answer('Your nickname in the room', 'ann');
    await ben.answer('The nickname ann is taken in this room. Another one', 'ben');
    await ben.notified(`you joined the room ${ROOM} as ben, 2 people here`);
    await ann.notified(`ben joined the room ${ROOM}`);
  });

  it('takes messages by menu 7, `/topic`, `/me` and names with Tab (XEP-0045 §7.4, §8.1)', async () => {
    await ann.choose(ANN, '7');
    await ann.pick('Which room?', ROOM);
    await ann.sees(`room ${ROOM}, 2 people`);
    await ben.choose(BEN, '7');
    await ben.pick('Which room?', ROOM);
    await ben.says('den', 'hello room');
    await ann.sees(/^\d\d:\d\d ben {2}hello room$/);
    await ben.sees(/^\d\d:\d\d ben {2}hello room ✓+$/);
    await ann.says('den', '/topic Tea at five');
    await ben.sees(/── ann changed the subject of the room .*: Tea at five$/);
    await ben.says('den', '/me yawns');
    await ann.sees(/^\d\d:\d\d \* ben yawns$/);
    await ann.input('den');
    ann.pty.type('be\t');
    await ann.input('den', 'ben:');
    ann.pty.type('wake up\r');
    await ben.sees(/^\d\d:\d\d ann {2}ben: wake up$/);
    ben.pty.type(ESC);
    ann.pty.type(ESC);
    await ann.menu(ANN);
  });
});

describe('a file', () => {
  /** Sends `name` from one to the other; both hashes. */
  async function send(from: Visitor, title: string, to: Visitor, name: string, whom: string) {
    const data = randomBytes(150_001);
    await writeFile(join(from.home.work, name), data);
    await from.choose(title, '9');
    await from.pty.until(() => from.pty.cursorRow().startsWith('? File'));
    from.pty.type(`${name.slice(0, -2)}\t`);
    await from.pty.until(() => from.pty.cursorRow().trimEnd().endsWith(name));
    from.pty.type('\r');
    await from.pick('To whom', whom);
    const sha256 = createHash('sha256').update(data).digest('hex');
    await from.sees(`SHA-256 ${sha256}`);
    await to.sees(new RegExp(`^NOTIFICATION \\d\\d:\\d\\d file ${name} from .* is saved as .*${name}$`));
    return {
      sha256,
      saved: createHash('sha256')
        .update(await readFile(to.received(name)))
        .digest('hex'),
    };
  }

  it('goes both ways by menu 9, its path completed, and arrives as it was (XEP-0047, XEP-0096)', async () => {
    const there = await send(ben, BEN, ann, 'photo.bin', 'ann@localhost');
    expect(there.saved).toBe(there.sha256);
    const back = await send(ann, ANN, ben, 'answer.bin', 'Benny');
    expect(back.saved).toBe(back.sha256);
  });
});

describe('people', () => {
  beforeAll(async () => {
    const session = createSession({
      jid: 'ben@localhost',
      password: 'open sesame',
      service: server.service,
      ca: await readFile(server.caFile, 'utf8'),
      reconnect: 'never',
    });
    const api = features(session, { version: '0.0.0', languages: ['en'] });
    await session.connect();
    await api.vcard.set({ fullName: 'Benedick of Padua', email: 'benedick@localhost' });
    await session.close();
  });

  it('show everything known of them by menu 5', async () => {
    await ann.choose(ANN, '5');
    await ann.answer('User name, name, e-mail or JID', 'ben');
    await ann.sees(/^Name in my list +Benny$/);
    await ann.sees(/^Subscription +both ways$/);
    await ann.sees(/^Connected with +.* · do not disturb · .*xmpp-chat .*Local time: \d\d:\d\d/);
    await ann.sees(/^Full name +Benedick of Padua$/);
    await ann.sees(`ben in the room ${ROOM}`);
    await ann.choose('What about ben@localhost?', '0');
  });

  it('are found in the directory by menu 2 (XEP-0055)', async () => {
    await ann.choose(ANN, '2');
    await ann.sees(/^ben +ben@localhost +benedick@localhost/);
    await ann.answer('Search for', 'benedick');
    await ann.sees(/^ben +ben@localhost +benedick@localhost/, 2);
  });

  it('have a history, by menu 15', async () => {
    await ann.choose(ANN, '15');
    await ann.pick('Which chat?', 'Benny');
    await ann.sees(/^\d\d:\d\d ben@localhost {2}\/etc$/);
    await ann.sees(/^\d\d:\d\d me {2}hello ben/, 2);
    await ann.choose('Benny', 'S');
    await ann.answer('Search for', 'hel');
    await ann.choose('Found for “hel”', '2');
    await ann.sees(/^→ \d\d:\d\d me {2}hello ben/);
    await ann.choose('Benny', '0');
    await ann.choose('Found for “hel”', '0');
  });

  it('are blocked and unblocked by menu 16 (XEP-0191)', async () => {
    await ann.choose(ANN, '16');
    await ann.pick('More', 'Block list');
    await ann.sees('Nobody is blocked.');
    await ann.pick('Block list', 'Block somebody');
    await ann.answer('Whom', 'mallory');
    await ann.sees('mallory@localhost is blocked.');
    await ann.pick('More', 'Block list');
    await ann.pick('Block list', 'mallory@localhost');
    await ann.answer('Unblock mallory@localhost?', 'y');
    await ann.sees('mallory@localhost is no longer blocked.');
    await ann.choose('More', ESC);
  });
});

describe('the end', () => {
  it('a password changed by menu 16 is the one that counts (XEP-0077 §3.3)', async () => {
    await ann.choose(ANN, '16');
    await ann.pick('More', 'Change password');
    await ann.answer('New password', 'second secret');
    await ann.answer('The same password again', 'second secret');
    await ann.sees('the password of ann@localhost was changed');
    await ann.choose('More', ESC);
    await ann.choose(ANN, '12');
    await ben.notified('ann@localhost is offline');
    await logIn(ann, 'first secret');
    await ann.answer('ann@localhost could not log in.', 'n');
    await logIn(ann, 'second secret');
    await ann.notified('online now: Benny (ben@localhost)');
    await ann.notified(`you joined the room ${ROOM} as ann, 2 people here`);
    expect(ann.pty.raw).not.toContain('secret');
  });

  it('a room is left by menu 13, a contact removed by 14, both ways', async () => {
    await ann.choose(ANN, '13');
    await ann.pick('Which room?', ROOM);
    await ann.notified(`you left the room ${ROOM}`);
    await ben.notified(`ann left the room ${ROOM}`);
    await ann.choose(ANN, '14');
    await ann.pick('Whom?', 'Benny');
    await ann.answer('Remove ben@localhost?', 'y');
    await ann.sees('ben@localhost is no longer a contact.');
    await ben.notified("ann@localhost has removed you: you no longer see each other's presence");
    await ann.choose(ANN, '14');
    await ann.sees('You have no contacts yet.');
  });

  it('an account is deleted by menu 11 only when its whole JID is typed, and is gone (XEP-0077 §3.2)', async () => {
    await ann.choose(ANN, '11');
    await ann.sees('This removes ann@localhost from the server');
    await ann.answer('Type ann@localhost to delete the account', 'ann');
    await ann.sees('That is not the JID of this account. Nothing was deleted.');
    await ann.choose(ANN, 'D');
    await ann.answer('Type ann@localhost to delete the account', 'ann@localhost');
    await ann.answer('Also erase its messages and settings on this computer?', 'y');
    await ann.sees('The account ann@localhost is deleted from the server');
    await ann.choose(START, '1');
    await ann.answer('Your JID', 'ann');
    await ann.answer('Password', 'second secret');
    await ann.answer('ann@localhost could not log in.', 'n');
    await ann.choose(START, '0');
    expect(await ann.pty.exit).toBe(0);
    await ben.choose(BEN, '0');
    expect(await ben.pty.exit).toBe(0);
  });
});
