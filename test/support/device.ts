/** A device of an account: a client with a store of its own, which can be away and come back. */
import { readFileSync } from 'node:fs';
import { Client } from '../../src/chat/client.ts';
import type { ChatEvents } from '../../src/chat/events.ts';
import type { Message } from '../../src/chat/message.ts';
import type { Stores } from '../../src/chat/stores.ts';
import { openStores } from '../../src/storage/stores.ts';
import type { Server } from './server.ts';

const TOLD: readonly (keyof ChatEvents)[] = [
  ...(['message', 'messageChanged', 'unread', 'contact', 'presence'] as const),
  ...(['room', 'occupant', 'subject', 'roomNotice', 'request', 'invitationDeclined'] as const),
];

/** Something that the client told, as it told it. */
export interface Told {
  readonly name: keyof ChatEvents;
  readonly event: Readonly<Record<string, unknown>>;
}

export class Device {
  readonly name: string;
  readonly jid: string;
  client: Client;
  /** what was news, oldest first, since it came the last time */
  news: Message[] = [];
  /** what the client told, oldest first, since it came the last time */
  told: Told[] = [];
  /** what went wrong in the background */
  readonly problems: string[] = [];
  readonly #server: Server;
  readonly #filesDir: string;
  readonly #stores: Stores = openStores(':memory:');
  readonly #looks = new Set<() => void>();

  constructor(server: Server, user: string, name: string, { filesDir = '/nowhere' } = {}) {
    this.#filesDir = filesDir;
    this.#server = server;
    this.name = name;
    this.jid = `${user}@${server.domain}`;
    this.client = this.#make();
  }

  #make(): Client {
    const { service, caFile } = this.#server;
    const client = new Client({
      account: this.jid,
      stores: this.#stores,
      session: async () => ({
        jid: this.jid,
        password: 'secret',
        resource: this.name,
        service,
        ca: readFileSync(caFile, 'utf8'),
        reconnect: 'never',
      }),
      filesDir: () => this.#filesDir,
      version: '0.0.0',
      languages: ['en'],
    });
    client.on('message', (message) => this.news.push(message));
    client.on('problem', ({ condition, text }) => this.problems.push(`${condition} ${text}`));
    for (const name of TOLD)
      client.on(name, (...[event]: readonly unknown[]) => {
        this.told.push({ name, event: { ...(event as object) } });
        this.#look();
      });
    return client;
  }

  #look(): void {
    for (const look of [...this.#looks]) look();
  }

  /** Logs in and brings what was missed. */
  async come(): Promise<this> {
    this.client = this.#make();
    this.news = [];
    this.told = [];
    await this.client.online('presence');
    await this.client.contacts.settled();
    await this.client.history.caughtUp();
    return this;
  }

  leave(): Promise<void> {
    return this.client.close();
  }

  async end(): Promise<void> {
    await this.leave();
    this.#stores.close();
  }

  history(chat: string): Message[] {
    return this.client.history.read({ chat, limit: 500 });
  }

  /** What a chat shows. */
  texts(chat: string): string[] {
    return this.history(chat).map(({ direction, body }) => `${direction === 'out' ? '> ' : ''}${body}`);
  }

  unread(chat: string): number {
    return this.client.chats.unread().find((entry) => entry.chat === chat)?.count ?? 0;
  }

  /** The message of that text; rejects when it does not come. */
  async message(chat: string, body: string): Promise<Message> {
    const find = () => this.history(chat).find((message) => message.body === body);
    await this.until(() => find() !== undefined, `message ${body}`);
    return find() as Message;
  }

  /** Resolves to the event of that name that fits, told already or yet to come. */
  async hears(name: keyof ChatEvents, wanted: Readonly<Record<string, unknown>>): Promise<Told['event']> {
    const fits = ({ event }: Told) => Object.entries(wanted).every(([key, value]) => event[key] === value);
    const find = () => this.told.find((told) => told.name === name && fits(told));
    await this.until(() => find() !== undefined, `${name} ${JSON.stringify(wanted)}`);
    return find()?.event ?? {};
  }

  /** Resolves when `test` holds, looked at after everything that the client tells; rejects after 10 s. */
  until(test: () => boolean, what = test.toString()): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!test()) return;
        clearTimeout(timer);
        this.#looks.delete(look);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#looks.delete(look);
        const chats = this.client.chats.list().map(({ chat }) => `${chat}: ${this.texts(chat).join(' | ')}`);
        const troubles = this.problems.join('\n');
        reject(new Error(`${this.name} did not see: ${what}\n${chats.join('\n')}\n${troubles}`));
      }, 10_000);
      this.#looks.add(look);
      look();
    });
  }
}
