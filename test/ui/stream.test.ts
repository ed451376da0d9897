import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Streaming } from '../../src/actions/action.ts';
import { notice } from '../../src/actions/notices.ts';
import type { Row } from '../../src/actions/rows.ts';
import { catalogueFor } from '../../src/i18n/catalogue.ts';
import { writeStream } from '../../src/ui/stream.ts';
import { parseLines } from '../support/json-lines.ts';
import { message, NOON } from './support.ts';

const en = await catalogueFor('en');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xmpp-chat-export-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const row = (more: Parameters<typeof message>[0] = {}, versions?: { body: string; time: number }[]): Row => ({
  type: 'message',
  message: message(more),
  ...(versions === undefined ? {} : { versions }),
});
const stream = (pages: Iterable<readonly Row[]>, more: Partial<Streaming> = {}): Streaming => ({
  kind: 'stream',
  pages,
  format: undefined,
  output: undefined,
  empty: notice('no-history', {}),
  done: (count) => notice('exported', { count, path: '' }),
  ...more,
});
const face = (more: Partial<Parameters<typeof writeStream>[1]> = {}) => ({
  words: en,
  format: 'text' as const,
  signal: new AbortController().signal,
  write: async () => {},
  ...more,
});
const lines = async (...rows: Row[]): Promise<string[]> => {
  const written: string[] = [];
  await writeStream(stream([rows]), face({ write: async (text) => void written.push(text) }));
  return written.join('\n').split('\n');
};

describe('an export as text', () => {
  it('names each chat, with whole dates, JIDs, and what became of own messages', async () => {
    expect(
      await lines(
        row(),
        row({ direction: 'out', from: 'me@example.org/x', body: 'a\nb', state: 'read', time: NOON + 5000 }),
        row({ chat: 'r@c', kind: 'room', from: 'r@c/bob', nick: 'bob', body: 'here' }),
        row({ chat: 'r@c', kind: 'room', direction: 'out', nick: 'me', body: 'lost', state: 'failed' }),
      ),
    ).toEqual([
      '── alice@example.org ──',
      '2026-11-21 14:03:00  alice@example.org: hello',
      '2026-11-21 14:03:05  me@example.org: a',
      '    │ b',
      '',
      '── r@c ──',
      '2026-11-21 14:03:00  bob: here',
      '2026-11-21 14:03:00  me: lost (not delivered)',
    ]);
  });

  it('marks what was changed and taken back, with every text there was', async () => {
    const texts = [
      { body: 'helo', time: NOON + 60_000 },
      { body: 'hallo', time: NOON + 120_000 },
    ];
    const shown = await lines(
      row({ corrected: true, reactions: [{ from: 'bob@example.org', emojis: ['👍'] }] }, texts),
      row({ retracted: true, body: '' }, [{ body: 'never said', time: NOON + 180_000 }]),
    );
    expect(shown.slice(1)).toEqual([
      '2026-11-21 14:03:00  alice@example.org: hello (edited)',
      '    ✎ until 2026-11-21 14:04:00: helo',
      '    ✎ until 2026-11-21 14:05:00: hallo',
      '    ╰ 👍 bob@example.org',
      '2026-11-21 14:03:00  alice@example.org: [message withdrawn]',
      '    ✎ until 2026-11-21 14:06:00: never said',
    ]);
  });

  it('holds nothing that a terminal acts upon: somebody will print it (threats: terminal escapes)', async () => {
    const body = '\u001b]52;c;eA==\u0007\r\n2026-11-21 14:03:00  bob@example.org: forged';
    const shown = await lines(row({ body }));
    expect(shown.join('\n')).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(shown[2]).toMatch(/^ {4}│ 2026/);
  });
});

describe('an export to a file', () => {
  it('is made for its owner alone, as JSON lines where its name says so', async () => {
    const output = join(folder, 'alice.jsonl');
    const ended = await writeStream(
      stream([[row({}, [{ body: 'helo', time: NOON }])], [], [row({ row: 2 })]], { output }),
      face(),
    );
    expect(ended).toMatchObject({ kind: 'done', notice: { code: 'exported', values: { count: 2 } } });
    expect(statSync(output).mode & 0o777).toBe(0o600);
    const records = parseLines(readFileSync(output, 'utf8'));
    expect(records).toMatchObject([
      { type: 'message', versions: [{ body: 'helo' }] },
      { type: 'message', chat: 'alice@example.org' },
    ]);
  });

  it('never takes the place of one that is there', async () => {
    const output = join(folder, 'kept.txt');
    writeFileSync(output, 'mine');
    await expect(writeStream(stream([[row()]], { output }), face())).rejects.toMatchObject({
      code: 'EEXIST',
    });
    expect(readFileSync(output, 'utf8')).toBe('mine');
  });

  it('is not made for nothing, and not left half', async () => {
    const output = join(folder, 'none.txt');
    const ended = await writeStream(stream([], { output }), face());
    expect(ended).toMatchObject({ kind: 'rows', rows: [], empty: { code: 'no-history' } });
    const stopped = new AbortController();
    const pages = function* () {
      yield [row()];
      stopped.abort(new Error('stopped'));
      yield [row()];
    };
    const writing = writeStream(stream(pages(), { output }), face({ signal: stopped.signal }));
    await expect(writing).rejects.toThrow('stopped');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('holds one page at a time: the next is asked for when the one before it is written', async () => {
    const order: string[] = [];
    const pages = function* () {
      for (const name of ['a', 'b', 'c']) {
        order.push(`read ${name}`);
        yield [row({ body: name })];
      }
    };
    const write = async () => {
      await Promise.resolve();
      order.push('written');
    };
    await writeStream(stream(pages()), face({ write }));
    expect(order).toEqual(['read a', 'written', 'read b', 'written', 'read c', 'written']);
  });
});
