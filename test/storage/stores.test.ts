import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NewMessage } from '../../src/chat/message.ts';
import { OF_ACCOUNT } from '../../src/storage/accounts.ts';
import { MOST_CAPABILITIES } from '../../src/storage/capabilities.ts';
import { temporaryDatabase, temporaryFolder, temporaryStores } from './support.ts';
import { account, incoming, outgoing, romeo } from './support-message.ts';

const room = 'lobby@rooms.example.org';
const other = 'nurse@example.org';
const bodies = (messages: readonly { body: string }[]) => messages.map((message) => message.body);

describe('messages', () => {
  it('gives back what was appended, with every field', () => {
    const { messages } = temporaryStores();
    const full: NewMessage = outgoing({
      kind: 'room',
      chat: room,
      nick: 'juliet',
      stanzaId: 'archived-1',
      subject: 'Balcony',
      failure: { condition: 'not-acceptable', text: 'not in the room' },
      state: 'failed',
      encryption: 'omemo:2',
      replaces: 'id-0',
      retracted: true,
      moderated: { by: `${room}/nurse`, reason: 'too loud' },
      replyTo: 'id-9',
      reactions: [{ from: `${room}/romeo`, emojis: ['👍', '💔'] }],
      url: 'https://example.org/rose.jpg',
      styled: '*rose*',
      mention: true,
    });
    const kept = messages.append(full);
    expect(kept).toEqual({ ...full, row: 1 });
    expect(messages.get(1)).toEqual(kept);
    expect(messages.get(2)).toBeUndefined();
  });

  it('gives back any text unchanged, names like __proto__ and SQL in it too', () => {
    const { messages } = temporaryStores();
    // XML has no NUL and no lone surrogates (RFC 6120 §11.1), so none of them comes this far.
    const text = fc
      .oneof(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('__proto__', "'; DROP TABLE message; --", '%', '"', ''),
      )
      .map((value) => value.replaceAll('\0', ''));
    fc.assert(
      fc.property(text, text, text, text, (body, id, nick, chat) => {
        const message = incoming({ body, id, nick, chat, subject: body, stanzaId: id });
        const kept = messages.append(message);
        expect(messages.get(kept.row)).toEqual({ ...message, row: kept.row });
        expect(messages.byId(account, chat, id)[0]).toEqual(kept);
        expect(messages.byStanzaId(account, chat, id)).toEqual(kept);
      }),
      { numRuns: 100 },
    );
  });

  it('clamps odd times, the message stays', () => {
    const { messages } = temporaryStores();
    const times = [Number.NaN, Number.POSITIVE_INFINITY, -1e300, 1.5].map(
      (time) => messages.append(incoming({ time })).time,
    );
    expect(times).toEqual([0, 8.64e15, -8.64e15, 2]);
    expect(messages.history({ account, chat: romeo, limit: 9 }).map((message) => message.time)).toEqual(
      times,
    );
  });

  it('finds by id in that chat of that account only, newest first', () => {
    const { messages } = temporaryStores();
    messages.append(incoming({ body: 'first' }));
    messages.append(incoming({ body: 'elsewhere', chat: other }));
    messages.append(incoming({ body: 'another account', account: other }));
    messages.append(incoming({ body: 'second' }));
    expect(bodies(messages.byId(account, romeo, 'id-1'))).toEqual(['second', 'first']);
    expect(messages.byId(account, romeo, 'id-2')).toEqual([]);
  });

  it('finds by each archive id it is known by; shows the one that came last (XEP-0359)', () => {
    const { messages } = temporaryStores();
    const { row } = messages.append(outgoing({ stanzaId: 'one' }));
    messages.append(incoming({ chat: other, stanzaId: 'two' }));
    expect(messages.setStanzaId(row, 'two', 42)).toMatchObject({ row, stanzaId: 'two', time: 42 });
    expect(messages.byStanzaId(account, romeo, 'one')?.row).toBe(row);
    expect(messages.byStanzaId(account, romeo, 'two')?.row).toBe(row);
    expect(messages.byStanzaId(account, other, 'one')).toBeUndefined();
    expect(messages.setStanzaId(row, 'one')).toMatchObject({ stanzaId: 'one', time: 42 });
    expect(messages.setStanzaId(99, 'x')).toBeUndefined();
  });

  it('gives the newest that match, oldest first', () => {
    const { messages } = temporaryStores();
    for (let n = 1; n <= 9; n += 1)
      messages.append(incoming({ body: `${n}`, time: n * 1000, chat: n % 3 === 0 ? other : romeo }));
    messages.append(incoming({ body: 'another account', account: other }));
    const history = (more: object) => bodies(messages.history({ account, limit: 3, ...more }));
    expect(history({})).toEqual(['7', '8', '9']);
    expect(history({ chat: romeo })).toEqual(['5', '7', '8']);
    expect(history({ chat: romeo, before: 5 })).toEqual(['1', '2', '4']);
    expect(history({ before: 2 })).toEqual(['1']);
    expect(history({ since: 8000 })).toEqual(['8', '9']);
    expect(history({ chat: romeo, since: 8000, before: 8 })).toEqual([]);
    expect(history({ until: 3000 })).toEqual(['1', '2']);
    expect(history({ end: 'oldest' })).toEqual(['1', '2', '3']);
    expect(history({ chat: romeo, after: 2, end: 'oldest' })).toEqual(['4', '5', '7']);
    expect(history({ after: 7, end: 'oldest' })).toEqual(['8', '9']);
    expect(history({ limit: 0 })).toEqual([]);
    expect(history({ limit: Number.POSITIVE_INFINITY })).toHaveLength(9);
  });

  it('keeps what is queued or sent until it is acknowledged, oldest first', () => {
    const { messages } = temporaryStores();
    const states = ['queued', 'sent', 'acked', 'delivered', 'read', 'failed'] as const;
    for (const state of states) messages.append(outgoing({ body: state, state }));
    messages.append(incoming({ body: 'not ours' }));
    messages.append(outgoing({ body: 'another account', account: other }));
    expect(bodies(messages.pending(account))).toEqual(['queued', 'sent']);
    messages.setState(1, 'acked');
    expect(bodies(messages.pending(account))).toEqual(['sent']);
  });

  it('keeps the failure with the state, and forgets it with the next', () => {
    const { messages } = temporaryStores();
    messages.append(outgoing());
    const failure = { condition: 'item-not-found', text: 'nobody' };
    expect(messages.setState(1, 'failed', failure)).toMatchObject({ state: 'failed', failure });
    expect(messages.setState(1, 'queued')?.failure).toBeUndefined();
    expect(messages.setState(99, 'sent')).toBeUndefined();
  });

  it('takes a message away, its archive ids too, and gives its row to no other', () => {
    const { messages } = temporaryStores();
    const { row } = messages.append(outgoing({ stanzaId: 'gone' }));
    messages.remove(row);
    expect(messages.get(row)).toBeUndefined();
    expect(messages.byStanzaId(account, romeo, 'gone')).toBeUndefined();
    expect(messages.chats(account)).toEqual([]);
    expect(messages.append(outgoing()).row).toBe(row + 1);
  });

  it('counts incoming messages after the last one read, and mentions among them', () => {
    const { messages } = temporaryStores();
    const read = messages.append(incoming()).row;
    messages.markRead(account, romeo, read);
    expect(messages.unread(account, romeo)).toEqual({ count: 0, mentions: 0, firstRow: undefined });
    messages.append(outgoing());
    const first = messages.append(incoming({ mention: true })).row;
    messages.append(incoming());
    messages.append(incoming({ chat: other }));
    expect(messages.unread(account, romeo)).toEqual({ count: 2, mentions: 1, firstRow: first });
    messages.markRead(account, romeo, read);
    expect(messages.unread(account, romeo).count).toBe(2);
    messages.markRead(account, romeo, first);
    expect(messages.unread(account, romeo)).toEqual({ count: 1, mentions: 0, firstRow: first + 1 });
    messages.markRead(account, romeo, read);
    expect(messages.unread(account, romeo).count).toBe(1);
    expect(messages.unread(account, 'nobody@example.org').count).toBe(0);
  });

  it('does not count as read what comes after everything was read', () => {
    const { messages } = temporaryStores();
    messages.append(incoming());
    messages.markRead(account, romeo, Number.POSITIVE_INFINITY);
    messages.append(incoming());
    expect(messages.unread(account, romeo).count).toBe(1);
  });

  it('lists chats with what is unread, the one written to last first', () => {
    const { messages } = temporaryStores();
    messages.append(incoming({ time: 1 }));
    messages.append(incoming({ chat: room, kind: 'room', mention: true, time: 2 }));
    messages.append(outgoing({ time: 3 }));
    messages.append(incoming({ account: other }));
    expect(messages.chats(account)).toEqual([
      { chat: romeo, kind: 'contact', last: 3, time: 3, unread: 1, mentions: 0 },
      { chat: room, kind: 'room', last: 2, time: 2, unread: 1, mentions: 1 },
    ]);
  });
});

describe('accounts', () => {
  it('keeps the resource and the strongest mechanism, which an unknown one does not erase', () => {
    const { accounts } = temporaryStores();
    expect(accounts.account(account)).toBeUndefined();
    accounts.put({ account, resource: 'one', mechanism: 'SCRAM-SHA-256' });
    accounts.put({ account: other, resource: 'three' });
    accounts.put({ account, resource: 'two' });
    expect(accounts.account(account)).toEqual({ account, resource: 'two', mechanism: 'SCRAM-SHA-256' });
    expect(accounts.accounts().map((row) => row.account)).toEqual([account, other]);
  });

  it('keeps settings of each account, and forgets them', () => {
    const { settings } = temporaryStores();
    settings.set(account, 'accept-files', 'all');
    settings.set(other, 'accept-files', 'none');
    settings.set(account, '__proto__', 'x');
    expect(settings.get(account, 'accept-files')).toBe('all');
    expect(settings.get(account, '__proto__')).toBe('x');
    expect(settings.get(account, 'constructor')).toBeUndefined();
    settings.set(account, 'accept-files', undefined);
    expect(settings.get(account, 'accept-files')).toBeUndefined();
    expect(settings.get(other, 'accept-files')).toBe('none');
  });

  it('keeps rooms with nickname, password and autojoin', () => {
    const { rooms } = temporaryStores();
    rooms.keep(account, { room, nick: 'juliet', autojoin: false });
    rooms.keep(account, { room, nick: 'Juliet', password: 'rose', autojoin: true });
    rooms.keep(other, { room, nick: 'nurse', autojoin: true });
    expect(rooms.rooms(account)).toEqual([{ room, nick: 'Juliet', password: 'rose', autojoin: true }]);
    rooms.drop(account, room);
    expect(rooms.rooms(account)).toEqual([]);
    expect(rooms.rooms(other)).toEqual([{ room, nick: 'nurse', password: undefined, autojoin: true }]);
  });

  it('wipes everything of one account and nothing of another, down to the bytes', () => {
    const folder = temporaryFolder();
    const stores = temporaryStores(join(folder, 'x.db'));
    const fill = (owner: string, secret: string) => {
      stores.accounts.put({ account: owner, resource: secret });
      stores.rooms.keep(owner, { room, nick: secret, password: secret, autojoin: true });
      stores.settings.set(owner, 'draft', secret);
      const item = { jid: `${secret}@example.net`, name: secret, groups: [secret], ask: false } as const;
      stores.roster.replace(owner, secret, [{ ...item, subscription: 'both', approved: false }]);
      stores.roster.setLastSeen(owner, romeo, 5, 'away', secret);
      stores.messages.transaction(() => {
        for (let n = 0; n < 500; n += 1)
          stores.messages.append(
            incoming({ account: owner, to: owner, body: `${secret} `.repeat(20), stanzaId: `${secret}${n}` }),
          );
      });
    };
    fill(account, 'nightingale');
    fill(other, 'lark');
    const bytes = () => readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    expect(bytes().some((file) => file.includes('nightingale'))).toBe(true);
    stores.accounts.wipe(account);
    expect(bytes().some((file) => file.includes('nightingale'))).toBe(false);
    expect(bytes().some((file) => file.includes(account))).toBe(false);
    expect(stores.messages.history({ account, limit: 9 })).toEqual([]);
    expect(stores.accounts.accounts()).toEqual([{ account: other, resource: 'lark' }]);
    expect(stores.messages.history({ account: other, limit: 999 })).toHaveLength(500);
    expect(stores.settings.get(other, 'draft')).toBe('lark');
    expect(stores.roster.items(other)).toHaveLength(1);
    expect(stores.rooms.rooms(other)).toHaveLength(1);
    stores.accounts.wipeAll();
    expect(bytes().some((file) => file.includes('lark') || file.includes(other))).toBe(false);
    expect([stores.accounts.accounts(), stores.rooms.rooms(other)]).toEqual([[], []]);
  });

  it('wipes every table that names an account', () => {
    const database = temporaryDatabase();
    const named = database
      .statement(
        `SELECT m.name FROM sqlite_schema m WHERE m.type = 'table' AND
          (m.name = 'account' OR EXISTS (SELECT 1 FROM pragma_table_info(m.name) c WHERE c.name = 'account'))`,
      )
      .all()
      .map(({ name }) => String(name));
    expect(new Set(OF_ACCOUNT.map(([table]) => table))).toEqual(new Set(named));
  });
});

describe('roster', () => {
  const item = (jid: string, more: object = {}) => ({
    jid,
    name: '',
    groups: [],
    subscription: 'both' as const,
    ask: false,
    approved: false,
    ...more,
  });

  it('keeps the version with the items it belongs to (RFC 6121 §2.6)', () => {
    const { roster } = temporaryStores();
    expect(roster.version(account)).toBeUndefined();
    roster.replace(account, 'v1', [item('b@x'), item('a@x', { groups: ['Friends', 'Ünïted'], ask: true })]);
    expect(roster.version(account)).toBe('v1');
    expect(roster.items(account)).toEqual([
      item('a@x', { groups: ['Friends', 'Ünïted'], ask: true }),
      item('b@x'),
    ]);
    roster.put(account, 'v2', item('b@x', { name: 'B', approved: true, subscription: 'to' }));
    expect(roster.items(account)[1]).toEqual(item('b@x', { name: 'B', approved: true, subscription: 'to' }));
    roster.remove(account, 'v3', 'a@x');
    expect(roster.items(account).map((row) => row.jid)).toEqual(['b@x']);
    expect(roster.version(account)).toBe('v3');
    roster.replace(account, undefined, []);
    expect(roster.version(account)).toBeUndefined();
    expect(roster.items(other)).toEqual([]);
  });

  it('keeps an empty version, which is one (RFC 6121 §2.6.2)', () => {
    const { roster } = temporaryStores();
    roster.replace(account, '', []);
    expect(roster.version(account)).toBe('');
  });

  it('keeps the newest time a contact was seen, whatever happens to the roster', () => {
    const { roster } = temporaryStores();
    expect(roster.lastSeen(account, romeo)).toBeUndefined();
    roster.setLastSeen(account, romeo, 2000, 'away', 'asleep');
    roster.setLastSeen(account, romeo, 1000);
    roster.replace(account, 'v', []);
    expect(roster.lastSeen(account, romeo)).toEqual({ time: 2000, show: 'away', status: 'asleep' });
    roster.setLastSeen(account, romeo, 3000);
    expect(roster.lastSeen(account, romeo)).toEqual({ time: 3000, show: 'offline', status: '' });
    expect(roster.lastSeenTimes(account)).toEqual(new Map([[romeo, 3000]]));
    expect(roster.lastSeenTimes('other@example.org').size).toBe(0);
  });
});

describe('capabilities', () => {
  it('keeps the newest answers and drops the oldest', () => {
    const { caps, messages } = temporaryStores();
    expect(caps.get('sha-1 x')).toBeUndefined();
    messages.transaction(() => {
      for (let n = 0; n <= MOST_CAPABILITIES; n += 1) caps.put(`hash-${n}`, `{"n":${n}}`);
    });
    expect(caps.get('hash-0')).toBeUndefined();
    expect(caps.get('hash-1')).toBe('{"n":1}');
    caps.put('hash-1', '{"again":true}');
    caps.put('one more', '{}');
    expect(caps.get('hash-1')).toBe('{"again":true}');
    expect(caps.get('hash-2')).toBeUndefined();
  });
});
