/**
 * XEP-0333: Displayed Markers, version 1.0.0; `received` and `acknowledged` of version 0.4 are read only.
 * https://xmpp.org/extensions/xep-0333.html
 */
import { isId } from './ids.ts';
import { bareOf } from './jid.ts';
import { randomId, type Session } from './session/session.ts';
import { child, type Element, elements, x } from './stanza.ts';

export const NS_MARKERS = 'urn:xmpp:chat-markers:0';

export type MarkerType = 'received' | 'displayed' | 'acknowledged';

/** Everything up to that message was received, displayed or acknowledged. */
export interface Marker {
  readonly type: MarkerType;
  /** id of the message; in rooms the stanza-id that the room gave it (§groups) */
  readonly id: string;
}

const TYPES: readonly string[] = ['received', 'displayed', 'acknowledged'];

/** Whether the sender wants to hear that the message was displayed; never for a marker (§sending: no loops). */
export function parseMarkable(stanza: Element): boolean {
  const wanted = child(stanza, 'markable', NS_MARKERS) !== undefined && parseMarker(stanza) === undefined;
  return wanted && isId(stanza.attrs.id) && stanza.attrs.type !== 'error';
}

/** The marker a message carries; of several the one that says most. */
export function parseMarker(stanza: Element): Marker | undefined {
  return elements(stanza)
    .filter((element) => element.getNS() === NS_MARKERS)
    .flatMap((element): Marker[] => {
      const type = element.getName();
      const { id } = element.attrs;
      return TYPES.includes(type) && isId(id) ? [{ type: type as MarkerType, id }] : [];
    })
    .sort((a, b) => TYPES.indexOf(b.type) - TYPES.indexOf(a.type))[0];
}

export function xMarkable(): Element {
  return x('markable', { xmlns: NS_MARKERS });
}

export function xMarker({ type, id }: Marker): Element {
  return x(type, { xmlns: NS_MARKERS, id });
}

/** Up to where a chat was displayed. */
export interface Displayed {
  /** bare JID of the contact or room; of an occupant the full JID */
  readonly to: string;
  readonly type: 'chat' | 'groupchat';
  /** of the newest message displayed that is not ours: its id; in rooms the stanza-id that the room gave it */
  readonly id: string;
  readonly thread?: string | undefined;
}

export interface MarkersOptions {
  readonly disco: { addFeature(ns: string): void };
  /** whether they may know that we are here; a full JID for an occupant of a room. §security */
  mayKnow(jid: string): boolean;
}

export interface Markers {
  /** the user allows it (§privacy); true at first */
  enabled: boolean;
  /**
   * Tells the other side; true where it was told: not to those who do not see our presence, not to ourselves, not the
   * same twice in a row, not without a stream. That a contact asked for it (markable), and that it only moves
   * forward (§rules), is for the caller to see to; in rooms nobody has to ask (§groups).
   */
  displayed(upTo: Displayed): boolean;
}

/** chats whose last marker is remembered */
const MOST_CHATS = 1000;

/** Tells others what we have displayed. */
export function markers(session: Session, options: MarkersOptions): Markers {
  options.disco.addFeature(NS_MARKERS);
  const last = new Map<string, string>();

  const api: Markers = {
    enabled: true,
    displayed({ to, type, id, thread }) {
      if (!api.enabled || !session.online || bareOf(to) === session.account) return false;
      if (last.get(to) === id || !options.mayKnow(to)) return false;
      if (last.size >= MOST_CHATS) last.clear();
      last.set(to, id);
      const marker = xMarker({ type: 'displayed', id });
      const inThread = thread !== undefined && x('thread', {}, thread);
      session.send(x('message', { to, type, id: randomId() }, inThread, marker));
      return true;
    },
  };
  return api;
}
