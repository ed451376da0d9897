import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventNames, eventRecord } from '../../src/actions/event-records.ts';
import {
  contactRecord,
  errorRecord,
  messageRecord,
  requestRecord,
  resultRecord,
  rowRecord,
} from '../../src/actions/records.ts';
import { type Check, type Finding, finding as found } from '../../src/chat/checks.ts';
import type { ChatEvents, Contact, FileTransfer, Request } from '../../src/chat/events.ts';
import type { Message } from '../../src/chat/message.ts';
import type { RoomRow, UserDetails, UserRow } from '../../src/chat/people.ts';
import { SETTINGS, type Setting, settingValues } from '../../src/chat/settings.ts';
import { VCARD_FIELDS } from '../../src/xmpp/vcard.ts';
import { parseLines, recordFaults, recordTypes, schema } from '../support/json-lines.ts';

const text = fc.string({ unit: 'grapheme' });
const perhaps = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const bare = fc.constantFrom('romeo@example.net', 'lobby@rooms.example.org', 'example.org');
const full = fc.tuple(bare, text).map(([jid, resource]) => `${jid}/${resource}`);
const when = fc.oneof(fc.integer({ min: 0, max: 4e12 }), fc.constantFrom(Number.NaN, 8.64e15, -1e18));
const size = fc.nat();
const show = fc.constantFrom('available', 'chat', 'away', 'xa', 'dnd', 'offline');
const affiliation = fc.constantFrom('owner', 'admin', 'member', 'none', 'outcast');
const role = fc.constantFrom('moderator', 'participant', 'visitor', 'none');

const resource = fc.record({
  resource: text,
  show,
  status: text,
  priority: fc.integer({ min: -128, max: 127 }),
  client: perhaps(text),
});
const resourceDetails = fc
  .tuple(resource, fc.record({ time: perhaps(text), idleSeconds: perhaps(size) }))
  .map(([one, more]) => ({ ...one, ...more }));

const message: fc.Arbitrary<Message> = fc.record({
  row: size,
  account: bare,
  chat: fc.oneof(bare, full),
  kind: fc.constantFrom('contact', 'room', 'private'),
  from: full,
  nick: perhaps(text),
  to: fc.oneof(bare, full),
  id: text,
  stanzaId: perhaps(text),
  body: text,
  subject: perhaps(text),
  time: when,
  direction: fc.constantFrom('in', 'out'),
  source: fc.constantFrom('live', 'carbon', 'archive', 'local'),
  state: perhaps(fc.constantFrom('queued', 'sent', 'acked', 'delivered', 'read', 'failed')),
  failure: perhaps(fc.record({ condition: text, text: perhaps(text) })),
  encryption: fc.constantFrom('none', 'OMEMO'),
  replaces: perhaps(text),
  retracted: fc.boolean(),
  moderated: perhaps(fc.record({ by: perhaps(full), reason: perhaps(text) })),
  replyTo: perhaps(text),
  reactions: fc.array(fc.record({ from: full, emojis: fc.array(text) }), { maxLength: 2 }),
  url: perhaps(text),
  styled: perhaps(text),
  mention: fc.boolean(),
  corrected: perhaps(fc.boolean()),
  mayArriveTwice: perhaps(fc.boolean()),
});

const contact: fc.Arbitrary<Contact> = fc.record({
  jid: bare,
  name: text,
  groups: fc.array(text, { maxLength: 2 }),
  subscription: fc.constantFrom('none', 'to', 'from', 'both'),
  ask: fc.boolean(),
  resources: fc.array(resource, { maxLength: 2 }),
  lastSeen: perhaps(when),
  unread: size,
});

const request: fc.Arbitrary<Request> = fc.record({
  kind: fc.constantFrom('subscription', 'invitation', 'file'),
  id: text,
  from: fc.oneof(bare, full),
  text: perhaps(text),
  nick: perhaps(text),
  room: perhaps(bare),
  password: perhaps(fc.constant('open sesame')),
  name: perhaps(text),
  size: perhaps(size),
  time: when,
});

const file: fc.Arbitrary<FileTransfer> = fc.record({
  id: text,
  peer: full,
  direction: fc.constantFrom('in', 'out'),
  name: text,
  size: perhaps(size),
  sent: size,
  path: perhaps(text),
  state: fc.constantFrom('offered', 'active', 'done', 'failed', 'cancelled'),
  route: text,
  sha256: perhaps(text),
  failure: perhaps(text),
});

const user: fc.Arbitrary<UserRow> = fc.record({
  jid: bare,
  userName: perhaps(text),
  email: perhaps(text),
  name: perhaps(text),
  from: fc.constantFrom('directory', 'roster', 'room'),
});

const details: fc.Arbitrary<UserDetails> = fc.record({
  jid: bare,
  name: perhaps(text),
  groups: perhaps(fc.array(text)),
  subscription: perhaps(fc.constantFrom('none', 'to', 'from', 'both')),
  ask: perhaps(fc.boolean()),
  blocked: perhaps(fc.boolean()),
  resources: fc.array(resourceDetails, { maxLength: 2 }),
  lastSeen: perhaps(when),
  vcard: perhaps(fc.dictionary(text, text)),
  sharedRooms: fc.array(fc.record({ room: bare, nick: text }), { maxLength: 2 }),
  failure: perhaps(text),
});

const room: fc.Arbitrary<RoomRow> = fc.record({
  room: bare,
  name: text,
  description: perhaps(text),
  occupants: perhaps(size),
  passwordProtected: perhaps(fc.boolean()),
  membersOnly: perhaps(fc.boolean()),
  open: perhaps(fc.boolean()),
  slowMode: perhaps(fc.integer({ min: 1, max: 604_800 })),
  kept: fc.boolean(),
  joined: fc.boolean(),
});

/** Any payload of every event; one that is missing here does not compile. */
const events: { [N in keyof ChatEvents]: fc.Arbitrary<ChatEvents[N]> } = {
  connection: fc.tuple(
    fc.record({
      state: fc.constantFrom('connecting', 'online', 'resumed', 'offline'),
      condition: perhaps(text),
      text: perhaps(text),
      retryIn: perhaps(size),
      final: perhaps(fc.boolean()),
      attempt: perhaps(size),
    }),
  ),
  message: fc.tuple(message),
  messageChanged: fc.tuple(message, fc.constantFrom('state', 'corrected', 'retracted', 'reacted')),
  typing: fc.tuple(
    fc.record({
      chat: full,
      from: full,
      nick: perhaps(text),
      state: fc.constantFrom('active', 'composing', 'paused', 'inactive', 'gone'),
    }),
  ),
  presence: fc.tuple(
    fc.record({
      jid: bare,
      resource: text,
      show,
      status: text,
      before: perhaps(fc.record({ show, status: text })),
      initial: fc.boolean(),
    }),
  ),
  contactsOnline: fc.tuple(fc.array(contact, { maxLength: 2 })),
  contact: fc.tuple(contact),
  contactRemoved: fc.tuple(fc.record({ jid: bare })),
  subscription: fc.tuple(fc.record({ jid: bare, kind: fc.constantFrom('approved', 'declined', 'removed') })),
  request: fc.tuple(request),
  requestClosed: fc.tuple(request),
  occupant: fc.tuple(
    fc.record({
      room: bare,
      nick: text,
      event: fc.constantFrom(
        'joined',
        'left',
        'kicked',
        'banned',
        'renamed',
        'role',
        'affiliation',
        'removed',
      ),
      newNick: perhaps(text),
      affiliation: perhaps(affiliation),
      role: perhaps(role),
      reason: perhaps(text),
      actor: perhaps(text),
      jid: perhaps(full),
    }),
  ),
  room: fc.tuple(
    fc.record({
      room: bare,
      nick: text,
      event: fc.constantFrom(
        'joined',
        'created',
        'left',
        'kicked',
        'banned',
        'removed',
        'destroyed',
        'shutdown',
        'failed',
      ),
      condition: perhaps(text),
      text: perhaps(text),
      reason: perhaps(text),
      actor: perhaps(text),
      occupants: perhaps(size),
      again: perhaps(fc.boolean()),
      alternate: perhaps(bare),
      codes: perhaps(fc.array(size)),
    }),
  ),
  invitationDeclined: fc.tuple(fc.record({ room: bare, from: full, reason: perhaps(text) })),
  subject: fc.tuple(fc.record({ room: bare, nick: text, subject: text })),
  roomNotice: fc.tuple(fc.record({ room: bare, codes: fc.array(size) })),
  slowMode: fc.tuple(fc.record({ room: bare, seconds: size, wait: size })),
  file: fc.tuple(file),
  account: fc.tuple(
    fc.record({ jid: bare, kind: fc.constantFrom('created', 'deleted', 'password-changed') }),
  ),
  unread: fc.tuple(fc.record({ chat: bare, count: size, mentions: size })),
  problem: fc.tuple(fc.record({ condition: text, text, hint: perhaps(text) })),
};

const certificate = fc.record({
  subject: text,
  issuer: text,
  from: when,
  until: when,
  days: fc.integer(),
  names: fc.array(text),
  more: size,
});
const finding: fc.Arbitrary<Finding> = fc.oneof(
  fc.constantFrom(found('not-asked', {}), found('missing', {}), found('registration-open', {})),
  fc.record({ name: text, targets: fc.array(text), more: size }).map((values) => found('srv-found', values)),
  size.map((milliseconds) => found('connected', { milliseconds })),
  certificate.map((values) => found('certificate', values)),
  fc
    .tuple(certificate, text)
    .map(([values, code]) =>
      found('certificate-bad', { ...values, domain: code, condition: 'certificate-untrusted', code }),
    ),
  fc.record({ domain: text, condition: text, code: text, text }).map((values) => found('failed', values)),
);
const check: fc.Arbitrary<Check> = fc.record({
  check: fc.constantFrom('dns', 'tcp', 'certificate', 'channel-binding', 'stream-management', 'rooms'),
  state: fc.constantFrom('ok', 'warn', 'fail'),
  about: text,
  finding,
});

const rows = fc.oneof(
  contact.map((value) => ({ type: 'contact', contact: value }) as const),
  user.map((value) => ({ type: 'user', user: value }) as const),
  details.map((value) => ({ type: 'details', details: value }) as const),
  room.map((value) => ({ type: 'room', room: value }) as const),
  message.map((value) => ({ type: 'message', message: value }) as const),
  request.map((value) => ({ type: 'request', request: value }) as const),
  file.map((value) => ({ type: 'file', file: value }) as const),
  bare.map((jid) => ({ type: 'blocked', jid }) as const),
  fc.record({
    type: fc.constant('affiliated' as const),
    entry: fc.record({ room: bare, jid: bare, nick: perhaps(text), affiliation, reason: perhaps(text) }),
  }),
  fc.record({
    type: fc.constant('field' as const),
    room: bare,
    field: fc.record({
      name: text,
      label: text,
      kind: fc.constantFrom('text', 'password', 'lines', 'switch', 'choice', 'choices', 'note'),
      required: fc.boolean(),
      value: perhaps(text),
      options: perhaps(fc.array(fc.record({ label: text, value: text }), { maxLength: 2 })),
    }),
  }),
  fc
    .record({
      default: fc.constantFrom('always', 'never', 'roster'),
      always: fc.array(bare, { maxLength: 2 }),
      never: fc.array(bare, { maxLength: 2 }),
    })
    .map((preferences) => ({ type: 'archiving', preferences }) as const),
  fc
    .tuple(resourceDetails, fc.boolean())
    .map(([one, current]) => ({ type: 'device', device: { ...one, current } }) as const),
  fc
    .record({ fullName: text, email: text, photoBytes: fc.constant('12') }, { requiredKeys: [] })
    .map((vcard) => ({ type: 'profile', jid: 'juliet@example.org', fields: VCARD_FIELDS, vcard }) as const),
  check.map((found) => ({ type: 'check', check: found }) as const),
  fc.constantFrom(...(Object.keys(SETTINGS) as Setting[])).map((name) => {
    const values = settingValues(name);
    return { type: 'setting', setting: { name, value: values[0] ?? '', values } } as const;
  }),
  fc
    .record({ message, body: text, time: when })
    .map(({ message, body, time }) => ({ type: 'version', message, version: { body, time } }) as const),
);

const sample = <T>(arbitrary: fc.Arbitrary<T>): T => fc.sample(arbitrary, { numRuns: 1, seed: 5 })[0] as T;

describe('JSON lines', () => {
  it('of a check name what was found, or the condition of what failed', () => {
    const failed = found('failed', { domain: 'x', condition: 'refused', code: 'ECONNREFUSED', text: '' });
    expect(
      rowRecord({
        type: 'check',
        check: { check: 'tcp', state: 'fail', about: '[::1]:5222', finding: failed },
      }),
    ).toEqual({
      v: 1,
      type: 'check',
      check: 'tcp',
      state: 'fail',
      about: '[::1]:5222',
      condition: 'refused',
      details: { domain: 'x', code: 'ECONNREFUSED', text: '' },
    });
    const missing = { check: 'rooms', state: 'warn', about: '', finding: found('missing', {}) } as const;
    expect(rowRecord({ type: 'check', check: missing })).toMatchObject({
      about: null,
      condition: 'missing',
      details: {},
    });
  });

  it('of every event are as the schema says', () => {
    expect([...eventNames].sort()).toEqual(Object.keys(events).sort());
    for (const name of eventNames) {
      const any = events[name] as fc.Arbitrary<ChatEvents[typeof name]>;
      fc.assert(
        fc.property(any, (payload) => {
          expect(recordFaults(eventRecord(name, ...payload))).toEqual([]);
        }),
        { numRuns: 50 },
      );
    }
  });

  it('of every row, result and error are as the schema says', () => {
    fc.assert(
      fc.property(rows, (row) => {
        expect(recordFaults(rowRecord(row))).toEqual([]);
      }),
      { numRuns: 400 },
    );
    for (const record of [
      resultRecord(),
      resultRecord({ id: '7', condition: 'message-acknowledged', text: 'sent' }),
      resultRecord({ exitCode: 5 }),
      errorRecord({ condition: 'not-authorized', exitCode: 3, hint: 'Check it.' }),
      errorRecord({ id: 'x', condition: 'item-not-found' }),
    ])
      expect(recordFaults(record)).toEqual([]);
  });

  it('have a type for every one that the schema knows, and for no other', () => {
    const made = [
      ...eventNames.map((name) => eventRecord(name, ...sample(events[name] as fc.Arbitrary<never>))),
      ...fc.sample(rows, { numRuns: 200, seed: 1 }).map(rowRecord),
      resultRecord(),
      errorRecord({ condition: 'x' }),
    ].map((record) => record.type);
    expect([...new Set<string>(made)].sort()).toEqual([...recordTypes].sort());
  });

  it('carry the fields that scripts rely on', () => {
    const promised: Record<string, string> = {
      message:
        'account chat from nick to id stanzaId body time direction source state encryption replaces retracted replyTo reactions',
      contact: 'jid name groups subscription ask resources lastSeen unread',
      presence: 'jid resource show status',
      occupant: 'room nick event affiliation role reason',
      request: 'kind from id',
      file: 'id peer direction name size sent path state route sha256',
      connection: 'state reason',
      result: 'id ok condition text hint exitCode',
      error: 'id ok condition text hint exitCode',
    };
    for (const [type, fields] of Object.entries(promised))
      expect(schema.$defs[type]?.required).toEqual(
        expect.arrayContaining(['v', 'type', ...fields.split(' ')]),
      );
    const client = { resource: 'r', show: 'away', status: '', priority: 0 } as const;
    const record = contactRecord({ ...sample(contact), resources: [client] });
    expect(record.resources).toEqual([{ ...client, client: null }]);
  });

  it('say times in RFC 3339, UTC', () => {
    const record = messageRecord({ ...sample(message), time: Date.UTC(2026, 10, 21, 14, 3, 5, 7) });
    expect(record.time).toBe('2026-11-21T14:03:05.007Z');
  });

  it('keep the password of a room to themselves', () => {
    const record = requestRecord({ ...sample(request), password: 'open sesame' });
    expect(record.hasPassword).toBe(true);
    expect(JSON.stringify(record)).not.toContain('sesame');
  });

  it('tell a changed message and a closed request from new ones', () => {
    const one = sample(message);
    expect(eventRecord('message', one)).not.toHaveProperty('change');
    expect(eventRecord('messageChanged', one, 'state')).toMatchObject({ type: 'message', change: 'state' });
    const asked = sample(request);
    expect(eventRecord('request', asked)).not.toHaveProperty('closed');
    expect(eventRecord('requestClosed', asked)).toMatchObject({ type: 'request', closed: true });
  });
});

describe('the schema', () => {
  const good = messageRecord(sample(message));

  it('allows fields that are added', () => {
    expect(recordFaults({ ...good, added: { later: 1 } })).toEqual([]);
  });

  it('refuses a field left out, a wrong kind of value, an unknown type, another version', () => {
    const { stanzaId: _, ...without } = good;
    expect(recordFaults(without)).toHaveLength(1);
    expect(recordFaults({ ...good, time: '21.11.2026' })).toHaveLength(1);
    expect(recordFaults({ ...good, state: 'lost' })).toHaveLength(1);
    expect(recordFaults({ ...good, type: 'mail' })).not.toEqual([]);
    expect(recordFaults({ ...good, v: 2 })).toHaveLength(1);
    expect(recordFaults(null)).not.toEqual([]);
  });

  it('is what lines of output are read by', () => {
    const output = `${JSON.stringify(good)}\n${JSON.stringify(resultRecord())}\n`;
    expect(parseLines(output).map((record) => record.type)).toEqual(['message', 'result']);
    expect(() => parseLines('{"v":1,"type":"result"}\n')).toThrow('exitCode');
    expect(() => parseLines('hello\n')).toThrow(SyntaxError);
  });
});
