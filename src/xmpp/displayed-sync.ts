/** XEP-0490: Message Displayed Synchronization, version 1.0.1. https://xmpp.org/extensions/xep-0490.html */
import { EventEmitter } from 'node:events';
import { StanzaError } from './errors.ts';
import { isId, NS_SID, type StanzaId } from './ids.ts';
import { bareOf, parseJid } from './jid.ts';
import type { Pubsub, PubsubItem } from './pubsub.ts';
import type { Session } from './session/session.ts';
import { type Element, x } from './stanza.ts';

/** also the name of the node */
export const NS_MDS = 'urn:xmpp:mds:displayed:0';

/** Up to where a chat was displayed on some device of the account. */
export interface DisplayedState {
  /** bare JID of the contact or room; full JID of an occupant for its private messages */
  readonly chat: string;
  /** of the newest message displayed, as the own server (in rooms: the room) gave it */
  readonly stanzaId: StanzaId;
}

/** Reads an item; `undefined` where it names no chat, not one message, or an id that is not of that chat. §3.1 */
export function parseDisplayed(item: PubsubItem, account: string): DisplayedState | undefined {
  const chat = parseJid(item.id)?.full;
  const { payload } = item;
  if (chat === undefined || !payload?.is('displayed', NS_MDS)) return undefined;
  const [stanzaId, second] = payload.getChildren('stanza-id', NS_SID);
  const id = stanzaId?.attrs.id;
  const by = parseJid(stanzaId?.attrs.by)?.full;
  if (second !== undefined || !isId(id) || (by !== account && by !== bareOf(chat))) return undefined;
  return { chat, stanzaId: { id, by } };
}

export function xDisplayed({ id, by }: StanzaId): Element {
  return x('displayed', { xmlns: NS_MDS }, x('stanza-id', { xmlns: NS_SID, by, id }));
}

/** what the node must be like (§3.2) */
const OPTIONS = {
  'pubsub#persist_items': true,
  'pubsub#max_items': 'max',
  'pubsub#send_last_published_item': 'never',
  'pubsub#access_model': 'whitelist',
};

export interface DisplayedSyncEvents {
  /**
   * when a device of ours, this one too, displayed a chat up to there. It only moves forward, so it is to be compared
   * with what is known (§4.1); some servers tell it twice
   */
  displayed: [state: DisplayedState];
}

export interface DisplayedSync extends EventEmitter<DisplayedSyncEvents> {
  /** What all chats are displayed up to; for a new stream, after the presence (§3.4). Rejects as Session.request does. */
  load(): Promise<DisplayedState[]>;
  /**
   * Tells the other devices. One at a time: of several for one chat that wait, only the newest is told. Resolves when
   * it, or one that took its place, is kept; rejects as Pubsub.publish does.
   */
  publish(state: DisplayedState): Promise<void>;
}

export interface DisplayedSyncOptions {
  readonly pubsub: Pubsub;
}

/** Keeps what was displayed the same on all devices of the account, without telling anybody else. */
export function displayedSync(session: Session, { pubsub }: DisplayedSyncOptions): DisplayedSync {
  const events = new EventEmitter<DisplayedSyncEvents>();
  const read = (items: readonly PubsubItem[]) =>
    items
      .map((item) => parseDisplayed(item, session.account))
      .filter((state): state is DisplayedState => state !== undefined);

  pubsub.onEvent(
    NS_MDS,
    ({ items }) => {
      for (const state of read(items)) events.emit('displayed', state);
    },
    { private: true },
  );

  /** by chat: what is told next, and who waits for it */
  const waiting = new Map<string, { stanzaId: StanzaId; done: Promise<void> }>();
  let last: Promise<void> = Promise.resolve();

  return Object.assign(events, {
    async load() {
      try {
        return read(await pubsub.items(NS_MDS));
      } catch (error) {
        // Nothing was ever displayed: there is no node yet.
        if (error instanceof StanzaError && error.condition === 'item-not-found') return [];
        throw error;
      }
    },
    publish({ chat, stanzaId }: DisplayedState) {
      const known = waiting.get(chat);
      if (known !== undefined) {
        known.stanzaId = stanzaId;
        return known.done;
      }
      const entry = { stanzaId, done: last };
      waiting.set(chat, entry);
      entry.done = last
        .catch(() => undefined)
        .then(async () => {
          waiting.delete(chat);
          await pubsub.publish(NS_MDS, xDisplayed(entry.stanzaId), { id: chat, options: OPTIONS });
        });
      last = entry.done;
      return entry.done;
    },
  });
}
