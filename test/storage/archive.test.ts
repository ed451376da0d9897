import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/chat/message.ts';
import { temporaryStores } from './support.ts';
import { account, incoming, outgoing, romeo } from './support-message.ts';

const other = 'benvolio@example.net';

const bodies = (messages: readonly Message[]) => messages.map(({ body }) => body);

describe('order', () => {
  it('puts what the archive names behind everything, and keeps its row', () => {
    const { messages } = temporaryStores();
    const live = messages.append(incoming({ body: 'live' }));
    const missed = messages.appendArchived(incoming({ body: 'missed', stanzaId: 'a1' }));
    expect(messages.follow(live.row, { id: 'a2', time: 7 }, missed.row)).toBe(true);
    expect(messages.get(live.row)?.time).toBe(7);
    expect(bodies(messages.history({ account, chat: romeo, limit: 9 }))).toEqual(['missed', 'live']);
    expect(messages.get(live.row)?.body).toBe('live');
  });

  it('leaves in its place what stands there already, and what no archive knows between', () => {
    const { messages } = temporaryStores();
    const first = messages.append(incoming({ body: 'first' }));
    messages.append(outgoing({ body: 'failed', state: 'failed' }));
    const second = messages.append(incoming({ body: 'second' }));
    for (const _ of ['page', 'replayed']) {
      expect(messages.follow(first.row, { id: 'a1', time: 1 }, undefined)).toBe(true);
      expect(messages.follow(second.row, { id: 'a2', time: 2 }, first.row)).toBe(true);
      // A message that is archived twice has its place from the first.
      expect(messages.follow(first.row, { id: 'a3', time: 3 }, second.row)).toBe(false);
    }
    const kept = messages.history({ account, chat: romeo, limit: 9 });
    expect(bodies(kept)).toEqual(['first', 'failed', 'second']);
    expect(kept[0]?.time).toBe(1);
  });

  it('keeps what came live while the archive was read behind all that its pages name', () => {
    const { messages } = temporaryStores();
    const known = messages.append(incoming({ body: 'known' }));
    const since = messages.lastRow();
    messages.append(incoming({ body: 'live' }));
    messages.append(incoming({ body: 'last' }));
    const missed = messages.appendArchived(incoming({ body: 'missed', stanzaId: 'a1' }), {
      read: false,
      since,
    });
    expect(messages.follow(known.row, { id: 'a2', time: 7 }, missed.row)).toBe(true);
    messages.appendArchived(incoming({ body: 'more', stanzaId: 'a3' }), { read: false, since });
    const kept = messages.history({ account, chat: romeo, limit: 9 });
    expect(bodies(kept)).toEqual(['missed', 'known', 'more', 'live', 'last']);
  });

  it('keeps what was on its way while the archive was read behind what another process wrote in between', () => {
    const { messages } = temporaryStores();
    const [n1, n2, n3, n21, under] = ['n1', 'n2', 'n3', 'n21', 'under way'].map(
      (body) => messages.append(outgoing({ body })).row,
    ) as [number, number, number, number, number];
    let before: number | undefined;
    for (const [at, row] of [n1, n21, n2, n3].entries()) {
      expect(messages.follow(row, { id: `a${at}`, time: at }, before)).toBe(true);
      before = row;
    }
    const kept = messages.history({ account, chat: romeo, limit: 9 });
    expect(bodies(kept)).toEqual(['n1', 'n21', 'n2', 'n3', 'under way']);
    expect(kept.at(-1)?.row).toBe(under);
  });

  it('moves what the same stream wrote behind a message with it, and nothing of another stream', () => {
    const { messages } = temporaryStores();
    const write = (body: string, by: string) =>
      messages.append(outgoing({ body, state: 'sent' }), { written: { by, sequence: 1 } }).row;
    const [n1] = [
      write('n1', 'third'),
      write('n2', 'third'),
      write('m1', 'second'),
      write('n3', 'third'),
    ] as const;
    const m2 = write('m2', 'second');
    // The archive was read when the second stream's last had come, and of the third's the first alone behind it.
    expect(messages.follow(m2, { id: 'a1', time: 1 }, undefined)).toBe(true);
    expect(messages.follow(n1, { id: 'a2', time: 2 }, m2)).toBe(true);
    const kept = messages.history({ account, chat: romeo, limit: 9 });
    expect(bodies(kept)).toEqual(['m1', 'm2', 'n1', 'n2', 'n3']);
  });

  it.each([
    ['is under way', 'sent'],
    ['has arrived since', 'acked'],
  ] as const)(
    'keeps what %s in the order of its writing, behind what came by the archive alone',
    (_, state) => {
      const { messages } = temporaryStores();
      const write = (body: string) => messages.append(outgoing({ body, state: 'sent' })).row;
      const [n1, n2] = [write('n1'), write('n2')] as const;
      const asked = messages.lastRow();
      for (const row of [n1, n2]) messages.setState(row, state);
      messages.appendArchived(incoming({ body: 'missed', stanzaId: 'a1' }), { read: false, since: asked });
      write('n3');
      expect(messages.follow(n1, { id: 'a2', time: 2 }, undefined)).toBe(true);
      expect(messages.follow(n2, { id: 'a3', time: 3 }, n1)).toBe(true);
      const kept = messages.history({ account, chat: romeo, limit: 9 });
      expect(bodies(kept)).toEqual(['missed', 'n1', 'n2', 'n3']);
    },
  );

  it('puts what came by the archive alone before what is under way', () => {
    const { messages } = temporaryStores();
    messages.append(incoming({ body: 'known' }));
    messages.append(outgoing({ body: 'under way', state: 'queued' }));
    messages.appendArchived(incoming({ body: 'missed', stanzaId: 'a1' }), {
      read: false,
      since: messages.lastRow(),
    });
    const kept = messages.history({ account, chat: romeo, limit: 9 });
    expect(bodies(kept)).toEqual(['known', 'missed', 'under way']);
  });

  it('keeps what came live before the first page was there behind it', () => {
    const { messages } = temporaryStores();
    messages.append(incoming({ body: 'live' }));
    for (const [body, stanzaId] of [
      ['one', 'a1'],
      ['two', 'a2'],
    ] as const)
      messages.appendArchived(incoming({ body, stanzaId }), { read: true, since: 0 });
    const kept = messages.history({ account, chat: romeo, limit: 9 });
    expect(bodies(kept)).toEqual(['one', 'two', 'live']);
  });

  it('puts what was paged back to before everything, read', () => {
    const { messages } = temporaryStores();
    messages.append(incoming({ body: 'new' }));
    messages.prepend(incoming({ body: 'old' }));
    messages.prepend(incoming({ body: 'older' }));
    const { row } = messages.append(incoming({ body: 'newest' }));
    expect(bodies(messages.history({ account, chat: romeo, limit: 9 }))).toEqual([
      'older',
      'old',
      'new',
      'newest',
    ]);
    expect(bodies(messages.history({ account, chat: romeo, before: row, limit: 2 }))).toEqual(['old', 'new']);
    expect(messages.unread(account, romeo).count).toBe(2);
  });

  it('does not take for read what the archive puts before a message that was', () => {
    const { messages } = temporaryStores();
    const live = messages.append(incoming({ body: 'live' }));
    messages.markRead(account, romeo, live.row);
    const missed = messages.appendArchived(incoming({ body: 'missed', stanzaId: 'a1' }));
    messages.follow(live.row, { id: 'a2', time: 7 }, missed.row);
    expect(messages.unread(account, romeo)).toEqual({ count: 1, mentions: 0, firstRow: missed.row });
  });
});

describe('changes of a message', () => {
  it('keeps every text that was replaced (XEP-0308 §4)', () => {
    const { messages } = temporaryStores();
    const { row } = messages.append(incoming({ body: 'But soft, what light', time: 1 }));
    messages.correct(row, 'second', { id: 'c1', time: 2 });
    expect(messages.correct(row, 'third', { id: 'c2', time: 3 })).toMatchObject({
      body: 'third',
      corrected: true,
    });
    expect(messages.versions(row)).toEqual([
      { body: 'But soft, what light', time: 2 },
      { body: 'second', time: 3 },
    ]);
    expect(messages.correct(99, 'x', { id: 'c', time: 1 })).toBeUndefined();
  });

  it('shows the newest of several corrections, whatever our clock says of those that came live', () => {
    const { messages } = temporaryStores();
    const { row } = messages.append(incoming({ body: 'original', time: 5 }));
    // Our clock is far ahead, then far behind.
    messages.correct(row, 'one', { id: 'c1', time: 9_000 });
    expect(messages.correct(row, 'three', { id: 'c3', time: 1 })?.body).toBe('three');
    // The archive says when each was said, and brings one that was missed.
    expect(messages.correct(row, 'one', { id: 'c1', time: 10, stamped: true })).toBeUndefined();
    expect(messages.correct(row, 'two', { id: 'c2', time: 20, stamped: true })?.body).toBe('three');
    expect(messages.correct(row, 'three', { id: 'c3', time: 30, stamped: true })).toBeUndefined();
    expect(bodies(messages.versions(row) as unknown as Message[])).toEqual(['original', 'one', 'two']);
  });

  it('takes a correction once, and another one of the same id too', () => {
    const { messages } = temporaryStores();
    const { row } = messages.append(incoming({ body: 'original' }));
    messages.correct(row, 'one', { id: '', time: 1 });
    expect(messages.correct(row, 'one', { id: '', time: 2 })).toBeUndefined();
    expect(messages.correct(row, 'two', { id: '', time: 3 })?.body).toBe('two');
  });

  it('takes a retracted text away and keeps it as a version (XEP-0424 §3)', () => {
    const { messages } = temporaryStores();
    const { row } = messages.append(incoming({ body: 'regret' }));
    expect(messages.retract(row, { id: 'r', time: 2 })).toMatchObject({ body: '', retracted: true });
    messages.retract(row, { id: 'r', time: 2 });
    expect(bodies(messages.versions(row) as unknown as Message[])).toEqual(['regret']);
    expect(messages.search({ account, text: 'regret', limit: 9 })).toEqual([]);
  });

  it('keeps the newest reactions of each sender (XEP-0444 §3)', () => {
    const { messages } = temporaryStores();
    const { row } = messages.append(incoming());
    messages.react(row, { from: romeo, emojis: ['👋'] });
    messages.react(row, { from: other, emojis: ['🐢'] });
    messages.react(row, { from: romeo, emojis: ['👍', '❤️'] });
    expect(messages.get(row)?.reactions).toEqual([
      { from: other, emojis: ['🐢'] },
      { from: romeo, emojis: ['👍', '❤️'] },
    ]);
    expect(messages.react(row, { from: romeo, emojis: [] })?.reactions).toEqual([
      { from: other, emojis: ['🐢'] },
    ]);
  });

  it('knows a reaction that is older than the one it has (XEP-0444 §acceptable-reactions)', () => {
    const { messages } = temporaryStores();
    const { row } = messages.append(incoming());
    messages.react(row, { from: romeo, emojis: ['👋'] }, { id: 'r1', time: 10, stamped: true });
    messages.react(row, { from: romeo, emojis: [] }, { id: 'r2', time: 20, stamped: true });
    const again = { from: romeo, emojis: ['👋'] };
    expect(messages.react(row, again, { id: 'r1', time: 10, stamped: true })).toBeUndefined();
    expect(messages.get(row)?.reactions).toEqual([]);
    expect(messages.react(row, again, { id: 'r3', time: 1 })?.reactions).toEqual([again]);
  });

  it('keeps changes for a message that is not known yet, and gives them once', () => {
    const { messages } = temporaryStores();
    messages.wait(account, romeo, 'id-1', '{"n":1}', 1);
    messages.wait(account, romeo, 'id-1', '{"n":2}', 2);
    messages.wait(account, romeo, 'id-2', '{"n":3}', 3);
    expect(messages.takeWaiting(account, romeo, 'id-1')).toEqual(['{"n":1}', '{"n":2}']);
    expect(messages.takeWaiting(account, romeo, 'id-1')).toEqual([]);
  });
});

describe('search', () => {
  const kept = () => {
    const { messages } = temporaryStores();
    messages.append(incoming({ body: 'Ein schöner Frühling in Málaga', time: 1 }));
    messages.append(outgoing({ body: 'fruhling is spring', time: 2 }));
    messages.append(incoming({ body: 'malaga again', chat: other, from: `${other}/x`, time: 3 }));
    messages.append(incoming({ body: 'Frühling', account: other, time: 4 }));
    return messages;
  };
  const found = (text: string, more: object = {}) =>
    bodies(kept().search({ account, text, limit: 9, ...more }));

  it('finds words with accents folded, over all chats of the account, newest first', () => {
    expect(found('FRUHLING')).toEqual(['fruhling is spring', 'Ein schöner Frühling in Málaga']);
    expect(found('mála')).toEqual(['malaga again', 'Ein schöner Frühling in Málaga']);
    expect(found('frühling schoner')).toEqual(['Ein schöner Frühling in Málaga']);
  });

  it('narrows by chat, sender and time', () => {
    expect(found('malaga', { chat: other })).toEqual(['malaga again']);
    expect(found('malaga', { from: `${other}/x` })).toEqual(['malaga again']);
    expect(found('malaga', { from: other })).toEqual(['malaga again']);
    expect(found('malaga', { since: 2 })).toEqual(['malaga again']);
    expect(found('malaga', { until: 3 })).toEqual(['Ein schöner Frühling in Málaga']);
    expect(found('malaga', { limit: 1 })).toEqual(['malaga again']);
  });

  it('keeps the order of a chat within a second, which is all that archives tell', () => {
    const { messages } = temporaryStores();
    messages.append(outgoing({ body: 'lark first', time: 5900 }));
    messages.append(incoming({ body: 'lark second', time: 5000 }));
    messages.append(incoming({ body: 'lark elsewhere', chat: other, time: 4000 }));
    const order = ['lark elsewhere', 'lark first', 'lark second'];
    expect(bodies(messages.search({ account, text: 'lark', limit: 9 }))).toEqual(order.toReversed());
    expect(bodies(messages.history({ account, limit: 9 }))).toEqual(order);
  });

  it('finds beginnings of words: of the last one, and of each with a * behind it', () => {
    expect(found('schon mal')).toEqual([]);
    expect(found('schon* mal')).toEqual(['Ein schöner Frühling in Málaga']);
  });

  it('finds what has no words, and what has no blanks between them', () => {
    const messages = kept();
    messages.append(incoming({ body: '昨日は晴れた 👍🏽', time: 5 }));
    for (const text of ['👍', '晴れ']) expect(messages.search({ account, text, limit: 9 })).toHaveLength(1);
    expect(messages.search({ account, text: '🌧', limit: 9 })).toEqual([]);
  });

  it.each(['"', "'; DROP TABLE message", 'a OR', 'NEAR(', '*', '', '-x', 'body:x', '^'])(
    'takes %j for words',
    (text) => {
      expect(() => found(text)).not.toThrow();
    },
  );

  it('follows a corrected text', () => {
    const messages = kept();
    const [message] = messages.search({ account, text: 'spring', limit: 1 });
    messages.correct(message?.row ?? 0, 'autumn', { id: 'c', time: 9 });
    expect(messages.search({ account, text: 'spring', limit: 9 })).toEqual([]);
    expect(bodies(messages.search({ account, text: 'autumn', limit: 9 }))).toEqual(['autumn']);
  });
});

describe('archives', () => {
  it('remembers how far each is known, and how far each chat was paged back', () => {
    const { messages } = temporaryStores();
    expect(messages.archiveEnd(account, account)).toBeUndefined();
    messages.setArchiveEnd(account, account, { id: 'a1', time: 5 });
    messages.setArchiveEnd(account, account, { id: 'a2', time: 6 });
    expect(messages.archiveEnd(account, account)).toEqual({ id: 'a2', time: 6 });
    messages.setPagedBack(account, romeo, { oldest: undefined, complete: true });
    expect(messages.pagedBack(account, romeo)).toEqual({ oldest: undefined, complete: true });
    expect(messages.pagedBack(account, other)).toBeUndefined();
  });

  it('prunes what is old, read, and not waiting to be sent, the oldest first and some at a time', () => {
    const stores = temporaryStores();
    const { messages } = stores;
    for (let at = 0; at < 5; at++)
      messages.append(incoming({ body: `read ${at}`, time: at }), { read: true });
    messages.append(incoming({ body: 'unread', time: 1 }));
    for (const state of ['queued', 'sent'] as const)
      messages.append(outgoing({ body: state, state, time: 1 }));
    messages.append(outgoing({ body: 'new', state: 'acked', time: 100 }));
    messages.append(incoming({ body: 'read', account: other, time: 1 }), { read: true });
    const left = () => bodies(messages.history({ account, chat: romeo, limit: 9 }));
    expect(messages.prune(account, 50, 3)).toBe(3);
    expect(left()).toEqual(['read 3', 'read 4', 'unread', 'queued', 'sent', 'new']);
    expect(messages.prune(account, 50, 3)).toBe(2);
    expect(messages.prune(account, 50, 3)).toBe(0);
    expect(left()).toEqual(['unread', 'queued', 'sent', 'new']);
    expect(messages.search({ account, text: 'read', limit: 9 })).toEqual([]);
    expect(messages.history({ account: other, limit: 9 })).toHaveLength(1);
  });

  it('leaves nothing of a chat that is pruned to its end, and asks its archive again when somebody looks', () => {
    const { messages } = temporaryStores();
    messages.append(incoming({ time: 1, stanzaId: 'a1' }), { read: true });
    messages.setPagedBack(account, romeo, { oldest: 'a1', complete: true });
    messages.setPagedBack(account, other, { oldest: 'a2', complete: true });
    messages.wait(account, romeo, 'id-9', '{}', 1);
    messages.prune(account, 50, 9);
    expect(messages.chats(account)).toEqual([]);
    expect(messages.pagedBack(account, romeo)).toBeUndefined();
    expect(messages.pagedBack(account, other)).toEqual({ oldest: 'a2', complete: true });
    expect(messages.takeWaiting(account, romeo, 'id-9')).toEqual([]);
  });
});
