/** Two people on one server, through the flags of the built program only, as text and as JSON lines (product §5). */
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { features } from '../../src/xmpp/features.ts';
import { createSession } from '../../src/xmpp/session/create-session.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { record, records } from '../support/listener.ts';
import { createPerson, expectOneLine, type Person } from '../support/person.ts';
import { createHome, type Program, runProgram, startProgram } from '../support/program.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let anna: Person;
let ben: Person;

beforeAll(async () => {
  server = await startServer();
  anna = await createPerson(server, 'anna');
  ben = await createPerson(server, 'ben');
});
afterAll(() => server?.stop());

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** A whole line of `--listen`. */
const notification = (text: string) => new RegExp(`^NOTIFICATION \\d\\d:\\d\\d ${escaped(text)}$`, 'm');

/** The server has it; the other side may have said so too (XEP-0184). */
const ARRIVED = expect.stringMatching(/^(?:acked|delivered)$/);
/** Who is there, once, after log-in. */
const ONLINE = /online now: |none of your contacts/;

let resources = 0;
/** Online as text and, in another home, as JSON; both know who else is there when it resolves. */
async function listenTwice(person: Person, { contacts = true } = {}) {
  const resource = `text-${++resources}`;
  const json = await person.listen(['--json'], { home: await createHome() });
  await record(json, { type: 'contacts-online' });
  const text = await person.listen(['--resource', resource]);
  await record(json, { type: 'presence', jid: person.jid, resource });
  if (contacts) await text.waitFor(ONLINE);
  return { text, json };
}

/** Interrupts them; nothing went wrong meanwhile, and every record fits the schema. */
async function end(...programs: readonly Program[]): Promise<void> {
  for (const program of programs) program.signal('SIGTERM');
  for (const program of programs) {
    expect(await program.ended).toMatchObject({ code: 143, stderr: '' });
    if (program.stdout().startsWith('{')) expect(records(program).length).toBeGreaterThan(0);
  }
}

describe('an account', () => {
  it('is registered, once (XEP-0077 §3.1)', async () => {
    expect(await anna.run(['--register', anna.jid])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: `The account ${anna.jid} is registered.\n`,
    });
    expect(await ben.json(['--register', ben.jid])).toMatchObject([
      { type: 'result', condition: 'registered', exitCode: 0 },
    ]);
    const taken = await ben.run(['--register', anna.jid]);
    expectOneLine(taken, 1);
    expect(taken.stderr).toMatch(`cannot register ${anna.jid}: the user name is taken`);
    expect(await anna.json(['--register', ben.jid])).toMatchObject([
      { type: 'error', condition: 'conflict', exitCode: 1 },
    ]);
  });

  it('takes a bare user name with --domain and a password from standard input', async () => {
    const { home, account } = await createPerson(server, 'carla');
    const reach = account.slice(2);
    const options = { home, stdin: 'pässwört "1"\n' };
    const registered = await runProgram(
      ['--register', 'carla', '--domain', server.domain, ...reach, '--password-stdin'],
      options,
    );
    expect(registered).toMatchObject({
      code: 0,
      stderr: `The account carla@${server.domain} is registered.\n`,
    });
    const listed = await runProgram(
      ['-j', 'carla', '--domain', server.domain, ...reach, '--password-stdin', '--contacts'],
      options,
    );
    expect(listed).toMatchObject({ code: 0, stdout: '' });
  });

  it('logs in with the password of a file, of standard input and of the environment', async () => {
    const file = join(anna.home.folder, 'password');
    await writeFile(file, 'secret\n', { mode: 0o600 });
    const none = { code: 0, stdout: '', stderr: expect.stringMatching(/^You have no contacts yet\. .*\n$/) };
    const env = { XMPP_PASSWORD: '' };
    expect(await anna.run(['--contacts', '--password-file', file], { env })).toMatchObject(none);
    expect(await anna.run(['--contacts', '--password-stdin'], { env, stdin: 'secret\n' })).toMatchObject(
      none,
    );
    expect(await anna.run(['--contacts'])).toMatchObject(none);
    expect(await ben.json(['--contacts'])).toMatchObject([{ type: 'result', condition: 'no-contacts' }]);
  });
});

describe('contacts', () => {
  it('are asked, approve, and see each other (RFC 6121 §3.1)', async () => {
    const { text, json } = await listenTwice(ben, { contacts: false });
    const asking = await anna.listen(['--json']);
    await record(asking, { type: 'contacts-online' });

    const add = ['--add-contact', 'ben', '--name', 'Benedick', '--group', 'friends', '--group', 'Messina'];
    expect(await anna.done([...add, '--greeting', 'I wonder'])).toBe('');
    await text.waitFor(new RegExp(`${escaped(anna.jid)}.* wants to add you as a contact`));
    await record(json, { type: 'request', kind: 'subscription', from: anna.jid });
    expect(await ben.json(['--approve', 'anna'])).toMatchObject([{ type: 'result', condition: 'approved' }]);
    await record(json, { type: 'request', kind: 'subscription', from: anna.jid, closed: true });
    await record(asking, { type: 'subscription', jid: ben.jid, kind: 'approved' });
    await record(asking, { type: 'presence', jid: ben.jid, show: 'available' });

    const heard = await anna.listen();
    await heard.waitFor(`online now: Benedick (${ben.jid})`);
    expect(await ben.done(['--add-contact', anna.jid])).toBe('');
    await heard.waitFor(new RegExp(`${escaped(ben.jid)}.* wants to add you as a contact`));
    expect(await anna.done(['--approve', ben.jid])).toBe('');
    await text.waitFor(notification(`${anna.jid} has accepted you as a contact`));
    await record(json, { type: 'presence', jid: anna.jid, show: 'available' });
    await end(text, json, asking, heard);

    expect(await anna.json(['--contacts'])).toMatchObject([
      { type: 'contact', jid: ben.jid, name: 'Benedick', subscription: 'both', ask: false, resources: [] },
      { type: 'result' },
    ]);
    const [row] = await anna.json(['--contacts']);
    expect(row?.groups).toHaveLength(2);
    expect(await ben.done(['--contacts'])).toMatch(new RegExp(`^${escaped(anna.jid)} +offline +both`, 'm'));
  });

  it('may decline (RFC 6121 §3.2)', async () => {
    const dora = await createPerson(server, 'dora');
    await dora.done(['--register', dora.jid]);
    const { text, json } = await listenTwice(dora, { contacts: false });
    expect(await dora.json(['--add-contact', 'ben', '--greeting', 'hello'])).toMatchObject([
      { type: 'result', condition: 'contact-asked' },
    ]);
    const waiting = await ben.listen(['--json']);
    await record(waiting, { type: 'request', kind: 'subscription', from: dora.jid });
    await end(waiting);
    expect(await ben.done(['--decline', 'dora'])).toBe('');
    await text.waitFor(notification(`${ben.jid} has declined your request`));
    await record(json, { type: 'subscription', jid: ben.jid, kind: 'declined' });
    await end(text, json);
    expect(await ben.json(['--decline', 'nobody'])).toMatchObject([{ exitCode: 0 }]);
  });

  it('see presence and status message of each other, with the show the next session was given', async () => {
    const { text, json } = await listenTwice(anna);
    const away = await ben.listen(['--status', 'away', 'out', 'for lunch', '--resource', 'garden']);
    await text.waitFor(notification(`Benedick (${ben.jid}) is online (away): out for lunch`));
    await record(json, {
      type: 'presence',
      jid: ben.jid,
      resource: 'garden',
      show: 'away',
      status: 'out for lunch',
    });
    await away.waitFor(ONLINE);
    expect(await anna.done(['--contacts'])).toMatch(/^Benedick .* away \(garden\): out for lunch /m);
    expect((await anna.json(['--contacts']))[0]).toMatchObject({
      jid: ben.jid,
      resources: [{ resource: 'garden', show: 'away', status: 'out for lunch', priority: 0 }],
    });
    await end(away);
    await text.waitFor(notification(`Benedick (${ben.jid}) is offline`));
    await record(json, { type: 'presence', jid: ben.jid, resource: 'garden', show: 'offline' });
    await end(text, json);

    expect(await anna.run(['--status', 'dnd', 'writing a sonnet'])).toMatchObject({ code: 0, stdout: '' });
    const seen = await listenTwice(ben);
    const saved = await anna.listen();
    await seen.text.waitFor(notification(`${anna.jid} is online (do not disturb): writing a sonnet`));
    await record(seen.json, { type: 'presence', jid: anna.jid, show: 'dnd', status: 'writing a sonnet' });
    await end(saved, seen.text, seen.json);
    expect(await anna.json(['--status', 'available'])).toMatchObject([{ condition: 'presence-saved' }]);
  });

  it('are shown in every detail (XEP-0054, XEP-0092, XEP-0012, XEP-0202)', async () => {
    const listening = await ben.listen(['--resource', 'orchard', '--status', 'chat']);
    await listening.waitFor(ONLINE);
    const text = await anna.done(['--user', 'ben']);
    for (const part of [ben.jid, 'Benedick', 'friends', 'orchard', 'xmpp-chat 0.1.0'])
      expect(text).toContain(part);
    expect(await anna.json(['--user', ben.jid])).toMatchObject([
      {
        type: 'user',
        jid: ben.jid,
        subscription: 'both',
        resources: [
          {
            resource: 'orchard',
            show: 'chat',
            client: 'xmpp-chat 0.1.0',
            time: expect.stringMatching(/\+00:00$/),
            idleSeconds: expect.any(Number),
          },
        ],
      },
      { type: 'result' },
    ]);
    await end(listening);
    const nobody = await anna.json(['--user', 'nobody']);
    expect(nobody.at(-1)).toMatchObject({ type: 'result' });
  });
});

describe('devices of the account', () => {
  it('are told with what each says of itself, this one first (RFC 6121 §4.2.2)', async () => {
    const listening = await ben.listen(['--resource', 'orchard', '--status', 'away', 'in the orchard']);
    await listening.waitFor(ONLINE);
    const [first, second, ...rest] = await ben.json(['--devices', '--resource', 'arbour']);
    expect(first).toMatchObject({ type: 'device', resource: 'arbour', current: true, priority: -1 });
    expect(second).toMatchObject({
      ...{ type: 'device', resource: 'orchard', current: false, show: 'away', status: 'in the orchard' },
      client: 'xmpp-chat 0.1.0',
      // ejabberd 23.01 keeps the question from who has no subscription, oneself among them.
      ...(server.kind === 'ejabberd' ? {} : { idleSeconds: expect.any(Number) }),
      time: expect.stringMatching(/\+00:00$/),
    });
    expect(rest).toMatchObject([{ type: 'result', ok: true }]);
    expect(await ben.done(['--devices', '--resource', 'arbour'])).toContain('arbour (this one)');
    await end(listening);
  });
});

describe('messages', () => {
  it('are told by each of two runs on one data folder, and once by each', async () => {
    const zoe = await createPerson(server, 'zoe');
    const yan = await createPerson(server, 'yan');
    for (const one of [zoe, yan]) await one.done(['--register', one.jid]);
    const both = [await zoe.listen(['--json']), await zoe.listen(['--json'])];
    for (const one of both) await record(one, { type: 'contacts-online' });
    const bodies = ['shared 1', 'shared 2', 'shared 3', 'shared 4', 'shared 5', 'shared 6'];
    for (const body of bodies) await yan.done(['--send', zoe.jid, body]);
    await zoe.done(['--send', yan.jid, 'from a third']);
    for (const one of both) {
      await record(one, { type: 'message', body: 'from a third', direction: 'out' });
      const told = records(one).filter(({ type, change }) => type === 'message' && change === undefined);
      expect(told.map(({ body }) => body)).toEqual([...bodies, 'from a third']);
    }
    await end(...both);
  });

  it('of words, of standard input, of text that begins with a dash reach who listens', async () => {
    const { text, json } = await listenTwice(ben);
    expect(await anna.run(['--send', 'ben', 'hello', '你好', 'wörld 👋🏽'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: `Message to ${ben.jid}: received by the server.\n`,
    });
    await text.waitFor(notification(`message from ${anna.jid}: hello 你好 wörld 👋🏽`));
    await record(json, {
      type: 'message',
      account: ben.jid,
      chat: anna.jid,
      from: new RegExp(`^${escaped(anna.jid)}/`),
      body: 'hello 你好 wörld 👋🏽',
      direction: 'in',
      source: 'live',
      encryption: 'none',
    });
    expect(
      await anna.run(['--quiet', '--send', ben.jid], { stdin: 'first line\n  second line\n' }),
    ).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
    await record(json, { type: 'message', body: 'first line\n  second line' });
    const sent = await anna.json(['--send', ben.jid, '--', '--send', '-5', '°C']);
    expect(sent).toMatchObject([
      {
        type: 'message',
        chat: ben.jid,
        direction: 'out',
        source: 'local',
        state: ARRIVED,
        body: '--send -5 °C',
      },
      { type: 'result', condition: 'message-acknowledged' },
    ]);
    const { id } = await record(json, { type: 'message', body: '--send -5 °C' });
    expect(id).toBe(sent[0]?.id);
    await text.waitFor(notification(`message from ${anna.jid}: --send -5 °C`));
    // Nothing that another terminal would obey.
    expect(text.stdout()).not.toContain('\u001b');
    await end(text, json);
  });

  it('are the lines of standard input as they come (--send-lines), also behind a lost connection', async () => {
    const wire = await startFaultProxy(server);
    onTestFinished(() => wire.close());
    const reader = await createPerson(server, 'lina');
    await reader.done(['--register', reader.jid]);
    const writer = await createPerson({ ...server, service: wire.service }, 'lino');
    await writer.done(['--register', writer.jid]);
    const json = await reader.listen(['--json']);
    const lines = await startProgram([...writer.account, '--send-lines', reader.jid], {
      home: writer.home,
      env: { XMPP_PASSWORD: 'secret' },
    });
    lines.write('first\nsec');
    await record(json, { type: 'message', body: 'first' });
    wire.cut();
    lines.write('ond\r\n\nthird');
    lines.closeInput();
    expect(await lines.ended).toMatchObject({
      code: 0,
      stdout: '',
      stderr: `Messages to ${reader.jid}: the server has 3.\n`,
    });
    await record(json, { type: 'message', body: 'third' });
    const said = records(json).filter(({ type, change }) => type === 'message' && change === undefined);
    expect(said.map(({ body }) => body)).toEqual(['first', 'second', 'third']);
    await end(json);
  });

  it('are kept, and listed without a connection', async () => {
    const kept = ['hello 你好 wörld 👋🏽', 'first line\n  second line', '--send -5 °C'];
    const away = { env: { XMPP_PASSWORD: 'not the password' } };
    const rows = await anna.json(['--history', 'ben', '--offline'], away);
    expect(rows.slice(0, -1)).toMatchObject(
      kept.map((body) => ({ type: 'message', body, direction: 'out', state: ARRIVED })),
    );
    const heard = await ben.json(['--history', 'anna', '--offline', '--since', '1h', '--limit', '2'], away);
    expect(heard.slice(0, -1)).toMatchObject(kept.slice(1).map((body) => ({ body, direction: 'in' })));
    const text = await ben.done(['--history', '--offline'], away);
    for (const line of kept.flatMap((body) => body.split('\n'))) expect(text).toContain(line);
    expect(await ben.run(['--history', 'nobody', '--offline'], away)).toMatchObject({ code: 0, stdout: '' });
  });

  it('of the blocked are refused until they are not (XEP-0191 §3.3)', async () => {
    expect(await ben.done(['--block', 'anna'])).toBe('');
    expect(await ben.done(['--blocked'])).toBe(`${anna.jid}\n`);
    expect(await ben.json(['--blocked'])).toMatchObject([
      { type: 'blocked', jid: anna.jid },
      { type: 'result' },
    ]);
    expectOneLine(await anna.run(['--send', 'ben', 'let me in']), 1);
    expect(await ben.json(['--unblock', anna.jid])).toMatchObject([{ condition: 'unblocked' }]);
    expect(await ben.run(['--blocked'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'Nobody is blocked.\n',
    });
    expect(await anna.json(['--send', 'ben', 'thanks'])).toMatchObject([{ state: ARRIVED }, { exitCode: 0 }]);
    const later = await ben.listen(['--json']);
    await record(later, { type: 'message', body: 'thanks' });
    expect(later.stdout()).not.toContain('let me in');
    await end(later);
  });

  it('that nobody was online for are fetched before --history lists them (XEP-0313)', async () => {
    await anna.done(['--send', 'ben', 'for the record']);
    expect(await ben.done(['--history', 'anna', '--offline'])).not.toContain('for the record');
    expect(await ben.done(['--history', 'anna', '--limit', '1'])).toContain('for the record');
    const away = await ben.json(['--history', 'anna', '--offline', '--limit', '1']);
    expect(away).toMatchObject([
      { type: 'message', body: 'for the record', direction: 'in' },
      { type: 'result' },
    ]);
  });
});

describe('a room', () => {
  const room = () => `messina@${server.rooms}`;

  it('is created, joined by the other, heard by both, and left (XEP-0045 §7, §10.1)', async () => {
    const text = await anna.listen(['--join', 'messina', '--nick', 'Beatrice']);
    await text.waitFor(notification(`you created the room ${room()} and are in it as Beatrice`));
    const json = await ben.listen(['--join', room(), '--json']);
    await record(json, { type: 'self', room: room(), nick: 'ben', event: 'joined', occupants: 2 });
    await text.waitFor(notification(`ben joined the room ${room()}`));

    expect(await anna.done(['--rooms'])).toMatch(new RegExp(`^${escaped(room())} .*kept, open$`, 'm'));
    expect(await ben.json(['--rooms'])).toMatchObject([
      { type: 'room', room: room(), kept: true },
      { type: 'result' },
    ]);

    expect(await ben.done(['--send-room', 'messina', 'I', 'hear', 'you'])).toBe('');
    await text.waitFor(notification(`ben in the room ${room()}: I hear you`));
    const nick = ['--nick', 'Lady'];
    const sent = await anna.json(['--send-room', room(), ...nick], { stdin: 'and I you\n' });
    expect(sent).toMatchObject([
      { type: 'message', chat: room(), nick: 'Lady', body: 'and I you', state: ARRIVED },
      { type: 'result', exitCode: 0 },
    ]);
    await record(json, {
      type: 'message',
      kind: 'room',
      chat: room(),
      nick: 'Lady',
      body: 'and I you',
      from: `${room()}/Lady`,
    });
    await record(json, { type: 'occupant', room: room(), nick: 'Lady', event: 'left' });

    expectOneLine(await ben.run(['--join', room(), '--nick', 'Beatrice']), 1);
    expect(await ben.json(['--leave', 'messina'])).toMatchObject([{ type: 'result', condition: 'left' }]);
    expect(await ben.done(['--rooms'])).not.toContain('kept');
    await end(json);
    await text.waitFor(notification(`ben left the room ${room()}`));
    await end(text);
  });

  it('that is kept is entered at the next log-in, under its nickname', async () => {
    expect(await ben.run(['--join', 'padua', '--nick', 'Signor'])).toMatchObject({
      code: 0,
      stderr: `The room padua@${server.rooms} is created; you are in it as Signor.\n`,
    });
    const again = await ben.listen();
    await again.waitFor(/you (?:joined|created) the room padua@.* as Signor/);
    await end(again);
    expect(await ben.done(['--leave', 'padua'])).toBe('');
    expect(await ben.run(['--send-room', 'padua', 'x', '--json'])).toMatchObject({ code: 0 });
  });
});

describe('files', () => {
  const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

  it('go both ways, whole, and never over another one (XEP-0095, XEP-0096, XEP-0047)', async () => {
    const content = randomBytes(300_000);
    const path = join(anna.home.folder, 'brief für Ben.bin');
    await writeFile(path, content);
    const listening = await ben.listen(['--json', '--accept-files', 'contacts', '--resource', 'desk']);
    await record(listening, { type: 'contacts-online' });
    const sent = await anna.run(['--send-file', path, '--to', 'ben']);
    expect(sent).toMatchObject({ code: 0, stdout: '' });
    expect(sent.stderr).toContain(sha256(content));
    const come = {
      type: 'file',
      direction: 'in',
      state: 'done',
      size: content.length,
      sha256: sha256(content),
    };
    const { path: first } = await record(listening, { ...come, name: 'brief für Ben.bin' });
    expect(await readFile(String(first))).toEqual(content);
    expect(String(first)).toBe(join(ben.home.work, 'files_received', 'brief für Ben.bin'));

    const rows = await anna.json(['--send-file', path, '--to', `${ben.jid}/desk`]);
    expect(rows).toMatchObject([
      { type: 'file', direction: 'out', state: 'done', peer: `${ben.jid}/desk`, sha256: sha256(content) },
      { type: 'result', condition: 'file-sent' },
    ]);
    const { path: second } = await record(listening, { ...come, path: /\(1\)/ });
    expect(await readFile(String(second))).toEqual(content);
    await end(listening);
    expect((await readdir(join(ben.home.work, 'files_received'))).length).toBe(2);

    const back = await anna.listen(['--accept-files', 'all', '--files-dir', join(anna.home.folder, 'in')]);
    await back.waitFor(ONLINE);
    const empty = join(ben.home.folder, 'empty');
    await writeFile(empty, '');
    await ben.done(['--send-file', empty, '--to', anna.jid]);
    const arrived = join(anna.home.folder, 'in', 'empty');
    await back.waitFor(notification(`file empty from Benedick (${ben.jid}) is saved as ${arrived}`));
    expect(await readFile(arrived)).toHaveLength(0);
    await end(back);
  });

  it('nobody takes end in one line (exit 1)', async () => {
    const path = join(anna.home.folder, 'note');
    await writeFile(path, 'hi');
    expectOneLine(await anna.run(['--send-file', path, '--to', 'ben']), 1);
    const listening = await ben.listen(['--json', '--accept-files', 'none']);
    await record(listening, { type: 'contacts-online' });
    expectOneLine(await anna.run(['--send-file', path, '--to', 'ben']), 1);
    await record(listening, { type: 'file', state: 'cancelled', failure: 'none-accepted' });
    await end(listening);
    expectOneLine(await anna.run(['--send-file', join(anna.home.folder, 'missing'), '--to', 'ben']), 1);
  });
});

describe('the user directory (XEP-0055)', () => {
  beforeAll(async () => {
    const session = createSession({
      jid: ben.jid,
      password: 'secret',
      service: server.service,
      ca: await readFile(server.caFile, 'utf8'),
      reconnect: 'never',
    });
    const api = features(session, { version: '0.0.0', languages: ['en'] });
    await session.connect();
    await api.vcard.set({ fullName: 'Benedick of Padua', nickname: 'benedick', email: 'ben@example.org' });
    await session.close();
  });

  it('finds people by name, by e-mail, and says when it finds nobody', async () => {
    expect(await anna.done(['--users', 'ben@example.org'])).toMatch(
      new RegExp(`${escaped(ben.jid)}.*ben@example\\.org`),
    );
    expect(await anna.json(['--users', 'benedick'])).toMatchObject([
      { type: 'user', jid: ben.jid, source: 'directory', email: 'ben@example.org' },
      { type: 'result' },
    ]);
    expect((await anna.json(['--users', 'ben'])).map(({ jid }) => jid)).toContain(ben.jid);
    expect(await anna.run(['--users', 'no such person'])).toMatchObject({ code: 0, stdout: '' });
    expect(await anna.done(['--users'])).toContain(ben.jid);
    expect(await anna.done(['--user', ben.jid])).toContain('Benedick of Padua');
  });
});

describe('a password', () => {
  it('is changed from a file, the environment and standard input; only the newest counts', async () => {
    const env = (XMPP_PASSWORD: string) => ({ env: { XMPP_PASSWORD } });
    const file = join(ben.home.folder, 'new');
    await writeFile(file, 'second\n', { mode: 0o600 });
    expect(await ben.run(['--change-password', '--new-password-file', file])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: `The password of ${ben.jid} is changed.\n`,
    });
    expectOneLine(await ben.run(['--contacts']), 3);
    const third = { env: { XMPP_PASSWORD: 'second', XMPP_NEW_PASSWORD: 'third' } };
    expect(await ben.json(['--change-password'], third)).toMatchObject([{ condition: 'password-changed' }]);
    expect(await ben.json(['--contacts'], env('second'))).toMatchObject([
      { type: 'error', condition: 'not-authorized', exitCode: 3 },
    ]);
    await ben.done(['--change-password', '--password-stdin'], { ...env(''), stdin: 'third\nfourth \n' });
    expectOneLine(await ben.run(['--contacts'], env('fourth')), 3);
    await ben.done(['--contacts'], env('fourth '));
    expectOneLine(await ben.run(['--change-password'], env('fourth ')), 2);
    await ben.done(['--change-password'], { env: { XMPP_PASSWORD: 'fourth ', XMPP_NEW_PASSWORD: 'secret' } });
  });
});

describe('the end', () => {
  it('takes a contact off both lists of presence (RFC 6121 §2.5)', async () => {
    const listening = await ben.listen(['--json']);
    await record(listening, { type: 'contacts-online' });
    expect(await anna.done(['--remove-contact', 'ben'])).toBe('');
    await record(listening, { type: 'subscription', jid: anna.jid, kind: 'removed' });
    expect(await anna.run(['--contacts'])).toMatchObject({ code: 0, stdout: '' });
    await end(listening);
  });

  it('deletes an account for good, when told twice (XEP-0077 §3.2)', async () => {
    expectOneLine(await ben.run(['--delete-account']), 2);
    await ben.done(['--contacts']);
    expect(await ben.run(['--delete-account', '--yes'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: `The account ${ben.jid} is deleted from the server.\n`,
    });
    expectOneLine(await ben.run(['--contacts']), 3);
    expect(await ben.done(['--history', '--offline'])).toContain('hello 你好 wörld');
    expectOneLine(await anna.run(['--send', 'ben', 'anybody there?']), 1);
    expect(await anna.json(['--delete-account', '--yes', '--wipe'])).toMatchObject([
      { condition: 'account-deleted' },
    ]);
    expect(await anna.json(['--contacts'])).toMatchObject([{ type: 'error', exitCode: 3 }]);
    expect(await anna.run(['--history', '--offline'])).toMatchObject({ code: 0, stdout: '' });
  });
});
