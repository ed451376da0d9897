/** What a long history costs: opening a conversation, searching, memory. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '../src/chat/client.ts';
import type { NewMessage } from '../src/chat/message.ts';
import { openDatabase } from '../src/storage/database.ts';
import type { Database, Value } from '../src/storage/sql.ts';
import { DATABASE_FILE, openStores } from '../src/storage/stores.ts';
import { figuresOf, ratio, table, verdict } from './figures.ts';
import { machine } from './machine.ts';
import { environment, LAUNCHER } from './place.ts';
import { chance, sentence, word } from './words.ts';

const MESSAGES = 100_000;
const CHATS = 200;
const UNREAD = 12;
const GOAL = 3;
const MEMORY_GOAL = 120;
/** rows that the program shows of a search, and on entering a chat */
const SHOWN = 50;
const PAGE = 20;
const account = 'user@localhost';
const START = Date.UTC(2025, 0, 1);

/** Half of it is in one chat, the rest in the others. */
const chatOf = (n: number) => (n % 2 === 0 ? 'pal@localhost' : `friend${n % CHATS}@localhost`);

function messageOf(n: number, body: string): NewMessage {
  const chat = chatOf(n);
  const out = n % 3 === 0;
  return {
    account,
    chat,
    kind: 'contact',
    from: out ? `${account}/bench` : `${chat}/phone`,
    nick: undefined,
    to: out ? chat : account,
    id: `m${n}`,
    stanzaId: `archive-${n}`,
    body,
    subject: undefined,
    time: START + n * 60_000,
    direction: out ? 'out' : 'in',
    source: 'archive',
    state: out ? 'delivered' : undefined,
    encryption: 'none',
    replaces: undefined,
    replyTo: undefined,
    retracted: false,
    reactions: [],
    url: undefined,
    styled: undefined,
    mention: false,
  };
}

function fill(file: string): void {
  const stores = openStores(file);
  const next = chance(1);
  stores.accounts.put({ account, resource: 'bench', mechanism: undefined });
  for (let from = 0; from < MESSAGES; from += 5000)
    stores.messages.transaction(() => {
      for (let n = from; n < from + 5000; n += 1)
        stores.messages.appendArchived(messageOf(n, sentence(next)), { read: n < MESSAGES - 2 * UNREAD });
    });
  stores.close();
}

interface Work {
  readonly name: string;
  /** as the program does it; gives the rows */
  readonly own: () => readonly { readonly row: number }[];
  /** the same rows, and nothing else */
  readonly bare: (rows: readonly number[]) => number;
}

const all = (database: Database, sql: string, ...values: Value[]) =>
  database.statement(sql).all(...values).length;

const LAST_PAGE = `SELECT * FROM message WHERE chat = (SELECT id FROM chat WHERE account = ? AND jid = ?)
  ORDER BY position DESC LIMIT ?`;
const COUNT = `SELECT count(*) FROM message WHERE unread = 1
  AND chat = (SELECT id FROM chat WHERE account = ? AND jid = ?)`;
const FOUND = `SELECT m.* FROM message_text t JOIN message m ON m.row = t.rowid WHERE message_text MATCH ?
  ORDER BY m.time DESC, m.row DESC LIMIT ${SHOWN}`;

function works(client: Client, database: Database): Work[] {
  const opening = (chat: string): Work => ({
    name: `open ${chat === chatOf(0) ? 'the longest chat' : 'a short chat'}`,
    own() {
      const unread = client.chats.unread().find((entry) => entry.chat === chat)?.count ?? 0;
      return client.history.read({ chat, limit: Math.max(PAGE, unread + 5) });
    },
    bare: (rows) =>
      all(database, LAST_PAGE, account, chat, rows.length) + all(database, COUNT, account, chat),
  });
  const searching = (name: string, text: string): Work => ({
    name: `search ${name}`,
    own: () => client.history.search({ text, limit: SHOWN }),
    bare: () =>
      all(
        database,
        FOUND,
        text
          .split(' ')
          .map((each, at, words) => `"${each}"${at === words.length - 1 ? '*' : ''}`)
          .join(' '),
      ),
  });
  return [
    opening(chatOf(0)),
    opening(chatOf(1)),
    searching('a rare word', word(15_000)),
    searching('a word in 1 % of all', word(70)),
    searching('a word in 5 % of all', word(12)),
    searching('two words', `${word(3)} ${word(900)}`),
  ];
}

const timed = (work: () => unknown): number => {
  const began = performance.now();
  work();
  return performance.now() - began;
};

/** Peak of its resident memory in MB, as the last look before its end saw it. */
async function peak(args: readonly string[], env: Record<string, string>): Promise<number> {
  const child = spawn(process.execPath, [LAUNCHER, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let running = true;
  void ended.then(() => {
    running = false;
  });
  let most = 0;
  while (running) {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    most = Math.max(most, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024);
  }
  const code = await ended;
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return most;
}

/** Prints the tables. */
export async function historyBench(rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'xmpp-chat-bench-'));
  try {
    const data = join(folder, 'data');
    await mkdir(data, { mode: 0o700 });
    const file = join(data, DATABASE_FILE);
    fill(file);
    measure(file, rounds);
    await memory(folder, data, rounds);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function measure(file: string, rounds: number): void {
  const stores = openStores(file);
  const database = openDatabase(file);
  const client = new Client({ account, stores, filesDir: () => '/nowhere', version: '0', languages: [] });
  const micro = (samples: readonly number[]) => {
    const { median, least, most } = figuresOf(samples);
    const us = (value: number) => (value * 1000).toFixed(0);
    return `${us(median)} [${us(least)}..${us(most)}]`;
  };
  const rows: string[][] = [];
  const verdicts: string[] = [];
  for (const { name, own, bare } of works(client, database)) {
    const found = own().map(({ row }) => row);
    bare(found);
    const mine: number[] = [];
    const floor: number[] = [];
    for (let round = 0; round < rounds * 10; round += 1) {
      mine.push(timed(own));
      floor.push(timed(() => bare(found)));
    }
    rows.push([name, String(found.length), micro(mine), micro(floor), ratio(mine, floor)]);
    verdicts.push(verdict(name, figuresOf(mine).median / figuresOf(floor).median, GOAL, '×'));
  }
  const title = `A store of ${MESSAGES} messages, microseconds: median [least..most] of ${rounds * 10}, in turns`;
  console.log(table(`${title}\n${machine()}`, ['', 'rows', 'this program', 'bare SELECT', 'ratio'], rows));
  for (const line of verdicts) console.log(line);
  database.close();
  stores.close();
}

async function memory(folder: string, data: string, rounds: number): Promise<void> {
  const env = environment(folder);
  const common = ['-j', account, '--data-dir', data, '--offline', '--limit', String(SHOWN)];
  const runs: [string, string[]][] = [
    ['--history, the longest chat', [...common, '--history', chatOf(0)]],
    ['--search, a word in 5 % of all', [...common, '--search', word(12)]],
  ];
  const rows: string[][] = [];
  for (const [name, args] of runs) {
    const samples: number[] = [];
    for (let round = 0; round < Math.min(rounds, 5); round += 1) samples.push(await peak(args, env));
    const { median, least, most } = figuresOf(samples);
    rows.push([name, `${median.toFixed(0)} [${least.toFixed(0)}..${most.toFixed(0)}]`]);
    console.log(verdict(`memory of ${name}`, median, MEMORY_GOAL, 'MB'));
  }
  console.log(table('Memory at its peak, MB', ['', 'MB'], rows));
}
