/** The real way in over the real store in memory, without a connection: tests give it parsed messages. */

import { type AmendingOptions, amending } from '../../src/chat/amending.ts';
import { batch } from '../../src/chat/batch.ts';
import { changes } from '../../src/chat/changes.ts';
import { amendments } from '../../src/chat/client/amendments.ts';
import { type HistorySync, historySync } from '../../src/chat/client/history-sync.ts';
import { type ArchivedPage, type InboundOptions, inbound } from '../../src/chat/inbound.ts';
import { speaksToUs } from '../../src/chat/mentions.ts';
import type { Message, NewMessage } from '../../src/chat/message.ts';
import { outbound, type Wire } from '../../src/chat/outbound.ts';
import type { AmendmentStore, MessageStore } from '../../src/chat/stores.ts';
import { catchUp } from '../../src/xmpp/archive/catch-up.ts';
import type { ArchivePage } from '../../src/xmpp/archive/pages.ts';
import type { PageQuery } from '../../src/xmpp/archive/query.ts';
import type { Features } from '../../src/xmpp/features.ts';
import type { ParsedMessage } from '../../src/xmpp/messages.ts';
import { ACCOUNT, JID, memoryStores, ROMEO, ROOM } from './support.ts';

export const PHONE = `${ACCOUNT}/phone`;
export const NICK = 'juliet';
export const T0 = Date.UTC(2026, 0, 1);

const EMPTY: ParsedMessage = {
  type: 'chat',
  from: `${ROMEO}/orchard`,
  to: JID,
  id: undefined,
  body: undefined,
  subject: undefined,
  thread: undefined,
  parentThread: undefined,
  lang: undefined,
  delay: undefined,
  state: undefined,
  link: undefined,
  styled: undefined,
  unstyled: false,
  nick: undefined,
  encryption: undefined,
  originId: undefined,
  stanzaIds: [],
  hints: [],
  private: false,
  occupant: false,
  error: undefined,
};

/** A message of romeo's to us, unless said otherwise. */
export function parsed(more: Partial<ParsedMessage> = {}): ParsedMessage {
  return { ...EMPTY, ...more };
}

/** What an occupant says in the room. */
export function inRoom(nick: string, more: Partial<ParsedMessage> = {}): ParsedMessage {
  return parsed({ type: 'groupchat', from: `${ROOM}/${nick}`, ...more });
}

/** The archive id that an entity gave. */
export const archivedBy = (by: string, id: string) => ({ stanzaIds: [{ by, id }] });

/** A stamp of its own; seconds after the beginning. */
export const delayed = (seconds: number) => ({
  delay: { time: T0 + seconds * 1000, from: undefined, reason: undefined },
});

export interface ArrivalsOptions extends Partial<InboundOptions> {
  /** default: an empty one */
  readonly store?: MessageStore;
  /** default: none, and nothing can be changed from here */
  readonly amendments?: AmendmentStore | undefined;
  /** what is written; default: it goes nowhere */
  readonly wire?: Partial<Wire>;
  /** a change of ours is written */
  readonly amend?: AmendingOptions['write'];
  readonly namesOccupants?: boolean;
  /** ours, in the room */
  readonly occupantId?: string;
  readonly stayed?: (occupant: string, row: number) => boolean;
}

export function arrivals(options: ArrivalsOptions = {}) {
  const stores = memoryStores();
  const {
    namesOccupants = false,
    occupantId,
    stayed = () => false,
    store = stores.messages,
    ...others
  } = options;
  const { amendments: changesKept = stores.amendments, amend = () => undefined, wire, ...more } = others;
  const nothing = () => undefined;
  const told: string[] = [];
  const outbox = outbound({
    account: ACCOUNT,
    store,
    wire: { ready: true, jid: JID, reachable: () => true, write: nothing, nextSequence: undefined, ...wire },
    appended: nothing,
    changed: (message) => outgoing.known(message),
    failed: nothing,
    nick: () => NICK,
    instance: nothing,
    before: (row) => outgoing.flush(row),
  });
  const outgoing = amending({
    instance: () => undefined,
    account: ACCOUNT,
    store,
    amendments: changesKept,
    canWrite: (chat, kind) => outbox.canWrite(chat, kind),
    write: amend,
    changed: nothing,
    awaitsName: () => false,
    failed: nothing,
  });
  const speaks = speaksToUs({ account: ACCOUNT, nick: () => NICK, occupantId: () => occupantId });
  const incoming = inbound({
    account: ACCOUNT,
    store,
    outbound: outbox,
    batch: batch({ store, told: nothing, failed: nothing }),
    changes: changes({
      account: ACCOUNT,
      store,
      namesOccupants: () => namesOccupants,
      stayed,
      speaksToUs: speaks,
      changed: ({ id }, change) => told.push(`${change} ${id}`),
      hasTold: () => true,
    }),
    amended: outgoing.confirmed,
    isRoom: (bare) => bare === ROOM,
    nick: () => NICK,
    speaksToUs: speaks,
    trusts: () => true,
    claims: { isOpen: () => false, note: nothing },
    typing: nothing,
    spoke: nothing,
    readElsewhere: nothing,
    attendedElsewhere: nothing,
    answeredElsewhere: nothing,
    said: nothing,
    owes: () => true,
    isNew: () => false,
    counted: () => nothing,
    invited: () => undefined,
    heard: () => false,
    heardBeside: nothing,
    received: ({ body }) => told.push(`new ${body}`),
    ...more,
  });

  return {
    store,
    outbox,
    outgoing,
    incoming,
    /** what we change of messages */
    ours: amendments({
      account: ACCOUNT,
      store,
      outbox: outgoing,
      isRoom: (bare) => bare === ROOM,
      nick: () => NICK,
      occupantId: () => occupantId,
      changed: nothing,
      awaitsName: () => false,
    }),
    /** what was told since the last time */
    told: (): string[] => told.splice(0),
    take: incoming.take,
    live: (...messages: readonly ParsedMessage[]): void => {
      for (const message of messages) incoming.take(message, 'live');
    },
    carbon: (message: ParsedMessage): void => incoming.take(message, 'carbon'),
    /** A page of an archive: messages by archive id, a second apart. */
    page(
      items: Readonly<Record<string, ParsedMessage>>,
      { archive = ACCOUNT, page = 'newer', from = 0 }: Partial<ArchivedPage> & { from?: number } = {},
    ): void {
      const archived = Object.entries(items).map(([archiveId, message], at) => ({
        archiveId,
        message,
        time: T0 + (from + at) * 1000,
      }));
      incoming.takePage({ archive, items: archived, page }, nothing);
    },
    keep: (message: NewMessage): Message => store.append(message),
    history: (chat: string = ROMEO): Message[] => store.history({ account: ACCOUNT, chat, limit: 100 }),
    bodies: (chat: string = ROMEO): string[] =>
      store.history({ account: ACCOUNT, chat, limit: 100 }).map(({ body }) => body),
  };
}

export interface ReadingOptions {
  readonly store: MessageStore;
  readonly inbound: ReturnType<typeof inbound>;
  readonly page: (query: PageQuery) => Promise<ArchivePage>;
  readonly failed: (error: unknown) => void;
}

/** Reads archives that answer as `page` says: the account's, and the room's. */
export function reading({ page, ...options }: ReadingOptions): HistorySync {
  const features = {
    archive: {
      abilities: async () => ({ archive: true, extended: false, groupchatField: false, groupchat: false }),
      page,
      catchUp: (query: Parameters<typeof catchUp>[1], look: (answer: ArchivePage) => void) =>
        catchUp(page, query, look),
    },
  } as unknown as Features;
  return historySync({
    account: ACCOUNT,
    features: () => features,
    kindOf: (chat) => (chat === ROOM ? 'room' : 'contact'),
    isOurs: () => true,
    ...options,
  });
}
