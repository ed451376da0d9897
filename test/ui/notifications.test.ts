import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChatEvents } from '../../src/chat/events.ts';
import { catalogueFor } from '../../src/i18n/catalogue.ts';
import { type NotificationOptions, notifications } from '../../src/ui/notifications.ts';
import { contact, message, NOON, plain, ToldClient } from './support.ts';

const en = await catalogueFor('en');
const es = await catalogueFor('es');
const LOBBY = 'lobby@conference.example.org';
const ALICE = 'alice@example.org';

let client: ToldClient;
let lines: string[];

function start(more: Partial<NotificationOptions> = {}) {
  return notifications({
    client,
    words: en,
    theme: plain,
    now: () => NOON,
    print: (line) => lines.push(line),
    ...more,
  });
}

const presence = (more: Partial<ChatEvents['presence'][0]> = {}): ChatEvents['presence'][0] => ({
  jid: ALICE,
  resource: 'phone',
  show: 'available',
  status: '',
  initial: false,
  ...more,
});
const roomSaid = (more: Parameters<typeof message>[0]) =>
  message({ kind: 'room', chat: LOBBY, from: `${LOBBY}/bob`, nick: 'bob', ...more });
const occupant = (
  nick: string,
  more: Partial<ChatEvents['occupant'][0]> = {},
): ChatEvents['occupant'][0] => ({
  room: LOBBY,
  nick,
  event: 'joined',
  ...more,
});

beforeEach(() => {
  vi.useFakeTimers();
  client = new ToldClient();
  client.joined.push(LOBBY);
  lines = [];
});
afterEach(() => vi.useRealTimers());

/** one event → its line without the word and the time; product §3 */
const KINDS: { [N in keyof ChatEvents]?: [string, ChatEvents[N], string][] } = {
  presence: [
    ['online', [presence()], `${ALICE} is online`],
    [
      'online with a show',
      [presence({ show: 'dnd', status: 'busy' })],
      `${ALICE} is online (do not disturb): busy`,
    ],
    ['offline', [presence({ show: 'offline', before: { show: 'away', status: '' } })], `${ALICE} is offline`],
    [
      'changed',
      [presence({ show: 'away', status: 'lunch', before: { show: 'available', status: '' } })],
      `${ALICE} is away: lunch`,
    ],
  ],
  contactsOnline: [
    [
      'who is online',
      [
        [
          contact(ALICE, { resources: [{ resource: 'x', show: 'chat', status: '', priority: 0 }] }),
          contact('b@x.org'),
        ],
      ],
      `online now: ${ALICE}`,
    ],
    ['nobody online', [[contact('b@x.org')]], 'none of your contacts is online'],
  ],
  message: [
    ['to me', [message({ body: 'one\ntwo' })], `message from ${ALICE}: one␊two`],
    ['by carbon', [message({ source: 'carbon' })], `message from ${ALICE}: hello`],
    [
      'in a room',
      [message({ kind: 'room', chat: LOBBY, from: `${LOBBY}/bob`, nick: 'bob' })],
      `bob in the room ${LOBBY}: hello`,
    ],
    [
      'naming me',
      [message({ kind: 'room', chat: LOBBY, from: `${LOBBY}/bob`, nick: 'bob', mention: true })],
      `bob names you in the room ${LOBBY}: hello`,
    ],
    [
      'private in a room',
      [message({ kind: 'private', chat: `${LOBBY}/bob`, from: `${LOBBY}/bob`, nick: 'bob' })],
      `private message from bob in the room ${LOBBY}: hello`,
    ],
    [
      'unreadable',
      [message({ body: '', encryption: 'OMEMO' })],
      `message from ${ALICE}: [encrypted message]`,
    ],
  ],
  messageChanged: [
    [
      'failed',
      [message({ direction: 'out', state: 'failed', failure: { condition: 'item-not-found' } }), 'state'],
      `message to ${ALICE} was not delivered: there is no such user. Check the JID.`,
    ],
  ],
  occupant: [
    ['enters', [occupant('bob')], `bob joined the room ${LOBBY}`],
    ['leaves', [occupant('bob', { event: 'left', reason: 'bye' })], `bob left the room ${LOBBY}: bye`],
    [
      'kicked',
      [occupant('bob', { event: 'kicked', actor: 'ann', reason: 'spam' })],
      `bob was kicked from the room ${LOBBY} by ann: spam`,
    ],
    ['banned', [occupant('bob', { event: 'banned' })], `bob was banned from the room ${LOBBY}`],
    [
      'renamed',
      [occupant('bob', { event: 'renamed', newNick: 'rob' })],
      `bob in the room ${LOBBY} is now called rob`,
    ],
    [
      'role',
      [occupant('bob', { event: 'role', role: 'moderator' })],
      `bob in the room ${LOBBY} has the role: moderator`,
    ],
    [
      'affiliation',
      [occupant('bob', { event: 'affiliation', affiliation: 'owner' })],
      `bob in the room ${LOBBY} has the affiliation: owner`,
    ],
    ['removed', [occupant('bob', { event: 'removed' })], `bob had to leave the room ${LOBBY} (members only)`],
  ],
  room: [
    [
      'I entered',
      [{ room: LOBBY, nick: 'me', event: 'joined', occupants: 3 }],
      `you joined the room ${LOBBY} as me, 3 people here`,
    ],
    [
      'I created',
      [{ room: LOBBY, nick: 'me', event: 'created' }],
      `you created the room ${LOBBY} and are in it as me`,
    ],
    ['I left', [{ room: LOBBY, nick: 'me', event: 'left' }], `you left the room ${LOBBY}`],
    [
      'I was kicked',
      [{ room: LOBBY, nick: 'me', event: 'kicked', actor: 'ann' }],
      `you were kicked from the room ${LOBBY} by ann`,
    ],
    [
      'I was banned',
      [{ room: LOBBY, nick: 'me', event: 'banned' }],
      `you were banned from the room ${LOBBY}`,
    ],
    ['destroyed', [{ room: LOBBY, nick: 'me', event: 'destroyed' }], `the room ${LOBBY} was destroyed`],
    [
      'shut down',
      [{ room: LOBBY, nick: 'me', event: 'shutdown' }],
      `you left the room ${LOBBY}: its service shuts down`,
    ],
    [
      'failed',
      [{ room: LOBBY, nick: 'me', event: 'failed', condition: 'conflict' }],
      `cannot enter the room ${LOBBY}: the nickname is taken`,
    ],
  ],
  subject: [
    [
      'subject',
      [{ room: LOBBY, nick: 'bob', subject: 'tea' }],
      `bob changed the subject of the room ${LOBBY}: tea`,
    ],
  ],
  roomNotice: [
    ['logging', [{ room: LOBBY, codes: [170, 999] }], `the room ${LOBBY}: what is said here is now logged`],
  ],
  request: [
    [
      'wants to add me',
      [{ kind: 'subscription', id: '1', from: 'x@y.org', nick: 'Alice', text: 'hi', time: NOON }],
      'x@y.org (calls itself “Alice”) wants to add you as a contact: hi',
    ],
    [
      'invitation',
      [{ kind: 'invitation', id: '1', from: 'x@y.org', room: 'r@c.y.org', time: NOON }],
      'x@y.org invites you to the room r@c.y.org',
    ],
    [
      'an invitation by somebody in the room: it is named once',
      [{ kind: 'invitation', id: '1', from: 'r@c.y.org/ann', room: 'r@c.y.org', text: 'come', time: NOON }],
      'ann in the room r@c.y.org invites you there: come',
    ],
    [
      'an invitation that goes on with our conversation',
      [
        {
          kind: 'invitation',
          id: '1',
          from: 'x@y.org',
          room: 'r@c.y.org',
          continues: { thread: 'ours' },
          text: 'come',
          time: NOON,
        },
      ],
      'x@y.org goes on with your conversation in the room r@c.y.org, and invites you: come',
    ],
    [
      'an invitation that goes on with another conversation',
      [
        {
          kind: 'invitation',
          id: '1',
          from: 'x@y.org',
          room: 'r@c.y.org',
          continues: { thread: undefined },
          time: NOON,
        },
      ],
      'x@y.org goes on with a conversation in the room r@c.y.org, and invites you',
    ],
    [
      'file offered',
      [{ kind: 'file', id: '1', from: 'x@y.org/z', name: 'a.jpg', size: 2048, time: NOON }],
      'x@y.org offers you the file a.jpg (2 KiB)',
    ],
  ],
  subscription: [
    ['approved', [{ jid: ALICE, kind: 'approved' }], `${ALICE} has accepted you as a contact`],
    ['declined', [{ jid: ALICE, kind: 'declined' }], `${ALICE} has declined your request`],
    [
      'removed me',
      [{ jid: ALICE, kind: 'removed' }],
      `${ALICE} has removed you: you no longer see each other's presence`,
    ],
  ],
  file: [
    ['finished', [file('done', 'in', { path: '/f/a.jpg' })], `file a.jpg from ${ALICE} is saved as /f/a.jpg`],
    [
      'finished, and something else than it claims',
      [file('done', 'in', { path: '/f/a.jpg', claimed: 'image/jpeg\u001b', mime: 'application/x-elf' })],
      `file a.jpg from ${ALICE} is saved as /f/a.jpg (it claims to be image/jpeg␛, its content is application/x-elf)`,
    ],
    [
      'finished, without the sum that was announced',
      [file('done', 'in', { path: '/f/a.jpg', unverified: true })],
      `file a.jpg from ${ALICE} is saved as /f/a.jpg (not verified: the checksum announced did not come, or cannot be computed here)`,
    ],
    [
      'here, and its checksum waited for',
      [file('active', 'in', { awaits: 'checksum' })],
      'file a.jpg is here; its sender still computes the checksum, which is waited for',
    ],
    [
      'uploaded, its link not sent',
      [file('queued', 'out')],
      `file a.jpg is uploaded; ${ALICE} gets the link when there is a connection`,
    ],
    ['sent', [file('done', 'out')], `file a.jpg is sent to ${ALICE}`],
    [
      'sent by a way that confirms nothing',
      [file('done', 'out', { unconfirmed: true })],
      `file a.jpg is sent to ${ALICE} (this way does not say whether it was kept there)`,
    ],
    [
      'failed',
      [file('failed', 'out', { failure: 'forbidden' })],
      `file a.jpg to ${ALICE} failed: the other side declined it`,
    ],
    ['cancelled', [file('cancelled', 'in')], `file a.jpg with ${ALICE} was cancelled`],
    [
      'declined by the setting',
      [file('cancelled', 'in', { failure: 'none-accepted' })],
      `file a.jpg from ${ALICE} was declined: accept-files is set to none`,
    ],
  ],
  account: [
    ['created', [{ jid: 'me@example.org', kind: 'created' }], 'the account me@example.org was created'],
    ['deleted', [{ jid: 'me@example.org', kind: 'deleted' }], 'the account me@example.org was deleted'],
    [
      'password changed',
      [{ jid: 'me@example.org', kind: 'password-changed' }],
      'the password of me@example.org was changed',
    ],
  ],
  problem: [
    ['problem', [{ condition: 'odd', text: 'something', hint: 'Try.' }], 'something Try.'],
    [
      'problem of somebody',
      [{ condition: 'forbidden', text: '', jid: 'bob@example.org' }],
      'bob@example.org: you are not allowed to',
    ],
  ],
};

function file(
  state: ChatEvents['file'][0]['state'],
  direction: 'in' | 'out',
  more: Partial<ChatEvents['file'][0]> = {},
): ChatEvents['file'][0] {
  return {
    id: 'f',
    peer: `${ALICE}/phone`,
    direction,
    name: 'a.jpg',
    size: 10,
    sent: 10,
    state,
    route: 'si-ibb',
    ...more,
  };
}

describe('NOTIFICATION lines (product §3)', () => {
  for (const [name, cases] of Object.entries(KINDS) as [string, [string, unknown[], string][]][])
    it.each(cases)(`${name}: %s`, (_, event, line) => {
      client.people.set('b@x.org', contact('b@x.org')).set(ALICE, contact(ALICE));
      start();
      (client.emit as (name: string, ...event: unknown[]) => void).call(client, name, ...event);
      expect(lines).toEqual([`NOTIFICATION 14:03 ${line}`]);
    });

  it('in Spanish the word is NOTIFICACIÓN', () => {
    client.people.set(ALICE, contact(ALICE));
    start({ words: es });
    client.emit('presence', presence());
    expect(lines).toEqual([`NOTIFICACIÓN 14:03 ${ALICE} está en línea`]);
  });

  it('who is online is not told again after a reconnection that found the same, and not without contacts', () => {
    start();
    client.emit('contactsOnline', []);
    client.people.set(ALICE, contact(ALICE));
    const here = contact(ALICE, {
      resources: [{ resource: 'x', show: 'chat', status: '', priority: 0 }],
    });
    for (const online of [[here], [here], []]) client.emit('contactsOnline', online);
    expect(lines.map((line) => line.slice('NOTIFICATION 14:03 '.length))).toEqual([
      `online now: ${ALICE}`,
      'none of your contacts is online',
    ]);
  });

  it('connection lost is told once, and that it is back', () => {
    start();
    client.emit('connection', { state: 'connecting', attempt: 1 });
    client.emit('connection', { state: 'online' });
    client.emit('connection', { state: 'offline', condition: 'closed', retryIn: 1500 });
    client.emit('connection', { state: 'connecting', attempt: 1 });
    client.emit('connection', { state: 'offline', condition: 'refused', retryIn: 3000 });
    client.emit('connection', { state: 'resumed' });
    client.emit('connection', { state: 'offline', condition: 'conflict', final: true });
    expect(lines.map((line) => line.slice('NOTIFICATION 14:03 '.length))).toEqual([
      'connection lost: the server closed the connection; next try in 2 s',
      'the connection is back',
      'connection ended: another program has logged in with the same resource',
    ]);
  });

  it('a first connection that is waited for is told when it is there, or never will be', () => {
    start({ awaitsConnection: true });
    client.emit('connection', { state: 'offline', condition: 'refused', retryIn: 1500 });
    client.emit('connection', { state: 'connecting', attempt: 2 });
    expect(lines).toEqual([]);
    client.emit('connection', { state: 'online' });
    start({ awaitsConnection: true });
    client.emit('connection', { state: 'offline', condition: 'not-authorized', final: true });
    expect(lines.map((line) => line.slice('NOTIFICATION 14:03 '.length))).toEqual([
      'the connection is back',
      expect.stringContaining('connection ended: '),
      expect.stringContaining('connection ended: '),
    ]);
  });

  it('typing only if asked for', () => {
    start();
    client.emit('typing', { chat: ALICE, from: ALICE, state: 'composing' });
    expect(lines).toEqual([]);
    client.chosen.set('notify-typing', 'on');
    client.emit('typing', { chat: ALICE, from: ALICE, state: 'composing' });
    client.emit('typing', { chat: LOBBY, from: `${LOBBY}/bob`, nick: 'bob', state: 'paused' });
    expect(lines).toEqual([
      `NOTIFICATION 14:03 ${ALICE} is typing`,
      `NOTIFICATION 14:03 bob in the room ${LOBBY} stopped typing`,
    ]);
  });

  it('a subject that comes with entering is no news (XEP-0045 §7.2.15)', () => {
    start();
    client.emit('room', { room: LOBBY, nick: 'me', event: 'joined' });
    client.emit('subject', { room: LOBBY, nick: 'bob', subject: 'old' });
    client.emit('subject', { room: LOBBY, nick: 'bob', subject: 'new' });
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('new');
  });

  it('one offer is told once, whichever event comes first', () => {
    start();
    client.emit('request', { kind: 'file', id: 'f', from: `${ALICE}/phone`, name: 'a.jpg', time: NOON });
    client.emit('file', { ...file('active', 'in'), state: 'offered' });
    client.emit('file', file('active', 'in'));
    expect(lines).toHaveLength(1);
  });

  it('a stranger who shows presence to us is no news: anybody may, with any text (RFC 6121 §4.6)', () => {
    start();
    client.emit('presence', presence({ status: 'buy now' }));
    client.emit('presence', presence({ show: 'offline', before: { show: 'available', status: 'buy now' } }));
    expect(lines).toEqual([]);
  });

  it("another device of somebody who is there, one's own, and the burst after log-in are no news", () => {
    start();
    client.people.set(
      ALICE,
      contact(ALICE, { resources: [{ resource: 'pc', show: 'away', status: '', priority: 0 }] }),
    );
    client.emit('presence', presence());
    client.emit('presence', presence({ show: 'offline', before: { show: 'available', status: '' } }));
    client.emit('presence', presence({ jid: 'me@example.org' }));
    client.emit('presence', presence({ jid: 'b@x.org', initial: true }));
    expect(lines).toEqual([]);
  });

  it.each([
    ['own messages', message({ direction: 'out' })],
    ['what the archive brings', message({ source: 'archive' })],
    ['what a room said before we came (XEP-0045 §7.2.13)', roomSaid({ history: 'past' })],
    ['what a room said while we were away', roomSaid({ history: 'missed' })],
  ])('%s are no news', (_, event) => {
    start();
    client.emit('message', event);
    expect(lines).toEqual([]);
  });

  it('what a room said before we came is no news for a face without badges either', () => {
    start({ missed: true });
    client.emit('message', roomSaid({ history: 'past' }));
    expect(lines).toEqual([]);
    client.emit('message', roomSaid({ history: 'missed' }));
    expect(lines).toHaveLength(1);
  });

  it('a reaction to our message and a correction that names us now, in chats that are not open', () => {
    const mine = message({ direction: 'out', state: 'acked' });
    const news = { from: `${ALICE}/phone`, source: 'live' } as const;
    const named = roomSaid({ body: 'me: hello', mention: true });
    const others = { from: `${LOBBY}/bob`, source: 'live' } as const;
    start({ isOpen: (chat) => chat === 'open@example.org' });
    client.emit('messageChanged', mine, 'reacted', { ...news, emojis: ['👍', '🎉'] });
    client.emit('messageChanged', named, 'corrected', { ...others, mention: true });
    expect(lines).toEqual([
      `NOTIFICATION 14:03 ${ALICE} reacted 👍 🎉 to: hello`,
      `NOTIFICATION 14:03 bob names you in the room ${LOBBY}: me: hello`,
    ]);
    client.emit('messageChanged', { ...mine, chat: 'open@example.org' }, 'reacted', {
      ...news,
      emojis: ['👍'],
    });
    client.emit('messageChanged', mine, 'reacted', { ...news, emojis: [] });
    client.emit('messageChanged', mine, 'reacted', { ...news, source: 'archive', emojis: ['👍'] });
    client.emit('messageChanged', message(), 'reacted', { ...news, emojis: ['👍'] });
    client.emit('messageChanged', named, 'corrected', others);
    client.emit('messageChanged', mine, 'reacted');
    expect(lines).toHaveLength(2);
  });

  it('that a moderator took our message away, and why (XEP-0425)', () => {
    const mine = roomSaid({ direction: 'out', body: '', retracted: true });
    const moderated = { by: `${LOBBY}/bob`, reason: 'off topic' };
    const news = { from: LOBBY, source: 'live' } as const;
    start();
    client.emit('messageChanged', { ...mine, moderated }, 'retracted', news);
    client.emit('messageChanged', { ...mine, moderated, direction: 'in' }, 'retracted', news);
    client.emit('messageChanged', mine, 'retracted');
    expect(lines).toEqual([`NOTIFICATION 14:03 bob removed your message in the room ${LOBBY}: off topic`]);
  });

  it('what the archive brings is told where asked for, with its day', () => {
    start({ missed: true });
    client.emit('message', message({ source: 'archive', time: new Date(2026, 10, 20, 9, 5).getTime() }));
    expect(lines).toEqual([`NOTIFICATION 2026-11-20 09:05 message from ${ALICE}: hello`]);
  });

  it('nothing for the chat that is open', () => {
    start({ isOpen: (chat) => chat === LOBBY || chat === ALICE });
    client.emit('message', message());
    client.emit('occupant', occupant('bob'));
    client.emit('message', message({ kind: 'room', chat: LOBBY, nick: 'bob' }));
    client.emit('subject', { room: LOBBY, nick: 'bob', subject: 'x' });
    expect(lines).toEqual([]);
  });

  it('a muted room is silent, or tells mentions only', () => {
    start();
    const room = (mention: boolean) => message({ kind: 'room', chat: LOBBY, nick: 'bob', mention });
    client.chosen.set(`mute:${LOBBY}`, 'off');
    client.emit('message', room(true));
    client.chosen.set(`mute:${LOBBY}`, 'mentions');
    client.emit('message', room(false));
    client.emit('occupant', occupant('bob'));
    expect(lines).toEqual([]);
    client.emit('message', room(true));
    expect(lines).toHaveLength(1);
    client.chosen.delete(`mute:${LOBBY}`);
    client.chosen.set('notify-rooms', 'off');
    client.emit('message', room(true));
    expect(lines).toHaveLength(1);
  });

  it.each([
    ['notify-presence', () => client.emit('presence', presence())],
    ['notify-messages', () => client.emit('message', message())],
    ['notify-occupants', () => client.emit('occupant', occupant('bob'))],
  ] as const)('%s off silences', (name, happen) => {
    start();
    client.chosen.set(name, 'off');
    happen();
    expect(lines).toEqual([]);
  });

  it('bell and desktop for what is personal', () => {
    const bell = vi.fn();
    const desktop = vi.fn();
    start({ bell, desktop });
    client.chosen.set('desktop', 'on');
    client.emit('message', message({ kind: 'room', chat: LOBBY, nick: 'bob' }));
    expect(bell).not.toHaveBeenCalled();
    client.emit('message', message());
    expect(bell).toHaveBeenCalledOnce();
    expect(desktop).toHaveBeenCalledExactlyOnceWith(`message from ${ALICE}: hello`);
    client.chosen.set('bell', 'off');
    client.emit('message', message());
    expect(bell).toHaveBeenCalledOnce();
  });

  it("a contact's name only for exactly that JID, and with it", () => {
    start();
    client.people.set(ALICE, contact(ALICE, { name: 'Alice' }));
    client.people.set('eve@x.org', contact('eve@x.org', { name: ALICE }));
    client.emit('message', message());
    client.emit('message', message({ chat: 'eve@x.org', from: 'eve@x.org/a' }));
    client.emit('message', message({ chat: 'alice@examp1e.org', from: 'alice@examp1e.org/a' }));
    expect(lines.map((line) => line.replace('NOTIFICATION 14:03 message from ', ''))).toEqual([
      `Alice (${ALICE}): hello`,
      'eve@x.org: hello',
      'alice@examp1e.org: hello',
    ]);
  });

  it('hostile text stays on its line and moves nothing', () => {
    start();
    client.emit('message', message({ body: 'x\r\nNOTIFICATION 14:03 alice is \u001b[31mgone\u202e' }));
    client.emit('occupant', occupant('a\u001b]52;c;x\u0007b', { reason: 'r\u2028s' }));
    for (const line of lines)
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
    expect(lines).toHaveLength(2);
  });

  it('after close nothing is told, and no timer is left', () => {
    const running = start();
    client.emit('occupant', occupant('a'));
    running.close();
    client.emit('message', message());
    expect(lines).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
    expect(client.eventNames()).toEqual([]);
  });
});

describe('bursts (product §3)', () => {
  const join = (count: number) => {
    for (let i = 0; i < count; i++) client.emit('occupant', occupant(`n${i}`));
  };

  it('folds what comes within a second: “12 people joined lobby”', () => {
    start();
    join(12);
    expect(lines).toEqual([`NOTIFICATION 14:03 n0 joined the room ${LOBBY}`]);
    vi.advanceTimersByTime(1000);
    expect(lines).toEqual([
      `NOTIFICATION 14:03 n0 joined the room ${LOBBY}`,
      'NOTIFICATION 14:03 12 people joined lobby',
    ]);
  });

  it('two are told one by one', () => {
    start();
    join(2);
    vi.advanceTimersByTime(1000);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('n1 joined');
  });

  it('stays folded while they keep coming, and opens again when it is quiet', () => {
    start();
    join(3);
    vi.advanceTimersByTime(1000);
    join(4);
    expect(lines).toHaveLength(2);
    vi.advanceTimersByTime(1000);
    expect(lines.at(-1)).toContain('4 people joined lobby');
    vi.advanceTimersByTime(2000);
    join(1);
    expect(lines.at(-1)).toContain('n0 joined');
    expect(vi.getTimerCount()).toBe(1);
  });

  it('names the whole room where two are called alike', () => {
    client.joined.push('lobby@elsewhere.org');
    start();
    join(5);
    vi.advanceTimersByTime(1000);
    expect(lines.at(-1)).toContain(`5 people joined ${LOBBY}`);
  });

  it('names a room as its owners do, with its address; by that alone where they call it like an address', () => {
    client.roomNames.set(LOBBY, 'juliet, romeo\u202e');
    start();
    join(5);
    vi.advanceTimersByTime(1000);
    expect(lines.at(-1)).toMatch(/5 people joined juliet, romeo[^\u202e]+ \(lobby\)$/);
    client.roomNames.set(LOBBY, 'bank@example.org');
    vi.advanceTimersByTime(2000);
    join(5);
    vi.advanceTimersByTime(1000);
    expect(lines.at(-1)).toMatch(/5 people joined lobby$/);
  });

  it('twenty messages a second are all shown, in order', () => {
    start();
    for (let i = 0; i < 200; i++) {
      client.emit('message', message({ body: `${i}` }));
      vi.advanceTimersByTime(50);
    }
    expect(lines.map((line) => Number(line.split(': ').at(-1)))).toEqual(
      Array.from({ length: 200 }, (_, i) => i),
    );
  });

  it('a flood of messages is folded, and nothing is lost at the end', () => {
    const running = start();
    for (let i = 0; i < 500; i++) client.emit('message', message({ body: `${i}` }));
    expect(lines).toHaveLength(50);
    running.close();
    expect(lines.at(-1)).toBe('NOTIFICATION 14:03 450 more messages from people who are no contacts');
  });

  it('says nothing of a file whose end is told to who sends it', () => {
    start();
    client.emit('file', file('done', 'out', { awaited: true }));
    client.emit('file', file('failed', 'out', { awaited: true, failure: 'no-route' }));
    expect(lines).toEqual([]);
  });

  it('a flood from many strangers is one, that of a contact its own', () => {
    client.people.set(ALICE, contact(ALICE));
    const running = start();
    for (let i = 0; i < 500; i++) {
      const stranger = `mallory${i}@example.net`;
      client.emit('message', message({ chat: stranger, from: `${stranger}/x`, body: `${i}` }));
    }
    for (let i = 0; i < 60; i++) client.emit('message', message({ body: `${i}` }));
    running.close();
    expect(lines).toHaveLength(102);
    expect(lines.at(-2)).toContain('450 more messages from people who are no contacts');
    expect(lines.at(-1)).toContain(`10 more messages in ${ALICE}`);
  });
});
