import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/chat/message.ts';
import type { MessageStore } from '../../src/chat/stores.ts';
import { temporaryDatabase, temporaryFolder, temporaryStores } from './support.ts';
import { account, incoming, outgoing, romeo } from './support-message.ts';

const bodies = (messages: readonly Message[]) => messages.map(({ body }) => body);
const find = (messages: MessageStore, text: string) => bodies(messages.search({ account, text, limit: 9 }));

function kept() {
  const path = join(temporaryFolder(), 'xmpp-chat.db');
  const { messages } = temporaryStores(path);
  const database = temporaryDatabase(path);
  return {
    path,
    messages,
    database,
    /** Throws unless the index says of each message what is in it, and of no other. */
    check: () =>
      database.execute("INSERT INTO message_text (message_text, rank) VALUES ('integrity-check', 1)"),
    indexed: () => database.statement('SELECT count(*) AS n FROM message_text_docsize').get()?.n,
  };
}

describe('the index of words', () => {
  it('is complete with every commit, of one message and of many', () => {
    const { messages, check, indexed } = kept();
    messages.append(incoming({ body: 'alone' }));
    expect(indexed()).toBe(1);
    messages.transaction(() => {
      messages.append(incoming({ body: 'first of two' }));
      messages.append(outgoing({ body: 'second of two' }));
    });
    const held = messages.hold();
    messages.append(incoming({ body: 'held' }));
    expect(indexed()).toBe(3);
    held.keep();
    expect(indexed()).toBe(4);
    check();
    expect(find(messages, 'two')).toHaveLength(2);
  });

  it('finds what the open transaction kept', () => {
    const { messages, check } = kept();
    messages.transaction(() => {
      messages.append(incoming({ body: 'early lark' }));
      expect(find(messages, 'lark')).toEqual(['early lark']);
      messages.append(incoming({ body: 'late lark' }));
    });
    expect(find(messages, 'lark')).toHaveLength(2);
    check();
  });

  it('has nothing of what was undone, whose row the next message gets', () => {
    const { messages, check } = kept();
    messages.transaction(() => {
      expect(() =>
        messages.transaction(() => {
          messages.append(incoming({ body: 'undone' }));
          expect(find(messages, 'undone')).toEqual(['undone']);
          throw new Error('inner');
        }),
      ).toThrow('inner');
      messages.append(incoming({ body: 'stays' }));
    });
    const held = messages.hold();
    messages.append(incoming({ body: 'dropped' }));
    held.drop();
    messages.append(incoming({ body: 'next' }));
    check();
    expect([find(messages, 'undone'), find(messages, 'dropped')]).toEqual([[], []]);
    expect([find(messages, 'stays'), find(messages, 'next')]).toEqual([['stays'], ['next']]);
  });

  it('follows what is corrected, taken back, rewritten and removed in the transaction that kept it', () => {
    const { messages, check, indexed } = kept();
    messages.transaction(() => {
      const row = (body: string) => messages.append(incoming({ body })).row;
      messages.correct(row('wrong'), 'right', { id: 'c', time: 2 });
      messages.retract(row('regret'), { id: 'r', time: 2 });
      messages.rewrite(messages.append(outgoing({ body: 'draft', state: 'queued' })).row, 'fair copy');
      messages.remove(row('gone'));
      messages.append(incoming({ body: 'old', time: 1 }), { read: true });
      expect(messages.prune(account, 2, 9)).toBe(1);
    });
    check();
    expect(indexed()).toBe(3);
    for (const word of ['wrong', 'regret', 'draft', 'gone', 'old']) expect(find(messages, word)).toEqual([]);
    expect([find(messages, 'right'), find(messages, 'fair')]).toEqual([['right'], ['fair copy']]);
  });

  it('takes in what an older version, running still, kept without it, before it searches', () => {
    const { messages, check, database, path } = kept();
    messages.append(incoming({ body: 'new version' }));
    const old = (body: string) =>
      database
        .statement(
          `INSERT INTO message (chat, id, direction, source, time, sender, recipient, body, encryption, retracted, mention)
            VALUES ((SELECT id FROM chat WHERE jid = ?), ?, 'in', 'live', 5, 'a', 'b', ?, 'none', 0, 0)`,
        )
        .run(romeo, body, body).row;
    old('old version');
    messages.correct(old('mistaken'), 'corrected version', { id: 'c', time: 9 });
    messages.remove(old('removed version'));
    expect(find(temporaryStores(path).messages, 'version')).toHaveLength(3);
    expect(find(messages, 'mistaken')).toEqual([]);
    check();
    messages.remove(old('last version'));
    messages.append(incoming({ body: 'newest version' }));
    expect(find(messages, 'version')).toHaveLength(4);
    check();
  });
});
