/**
 * XEP-0203: Delayed Delivery, version 2.0. https://xmpp.org/extensions/xep-0203.html
 * XEP-0091: Legacy Delayed Delivery, version 1.4 (read only). https://xmpp.org/extensions/xep-0091.html
 */
import { formatDateTime, parseDateTime } from './datetime.ts';
import { parseJid } from './jid.ts';
import { type Element, x } from './stanza.ts';

export const NS_DELAY = 'urn:xmpp:delay';
export const NS_LEGACY_DELAY = 'jabber:x:delay';

export interface Delay {
  /** milliseconds since 1970, clamped to what can be */
  readonly time: number;
  /** normalised JID of who delayed it or first sent it; may be forged (§5) */
  readonly from: string | undefined;
  readonly reason: string | undefined;
}

export interface DelayOptions {
  /** JIDs whose stamp wins over others; each a normalised JID */
  readonly prefer?: readonly string[];
  /** the local clock, milliseconds since 1970 */
  readonly now?: number;
}

/** before this there was no Jabber to send anything */
const EARLIEST = Date.UTC(1999, 0, 1);
/** local clocks may be wrong by a day (and stamps then right); more than that is odd */
const SKEW = 25 * 3_600_000;

/** What cannot be is moved to the nearest that can: the message stays, its stamp does not decide anything. */
export function clampTime(time: number, now: number = Date.now()): number {
  if (time > now + SKEW) return now;
  return time < EARLIEST ? EARLIEST : time;
}

function parseOne(element: Element, now: number): Delay | undefined {
  const time = parseDateTime(element.attrs.stamp);
  if (time === undefined) return undefined;
  const reason = element.getText().trim();
  return {
    time: clampTime(time, now),
    from: parseJid(element.attrs.from)?.full,
    reason: reason === '' ? undefined : reason,
  };
}

/** Reads the delay of a stanza (or of `<forwarded/>`); of several the preferred, else the first; 0203 before 0091. */
export function parseDelay(stanza: Element, options: DelayOptions = {}): Delay | undefined {
  const now = options.now ?? Date.now();
  const delays = [...stanza.getChildren('delay', NS_DELAY), ...stanza.getChildren('x', NS_LEGACY_DELAY)]
    .map((element) => parseOne(element, now))
    .filter((delay) => delay !== undefined);
  return (
    delays.find((delay) => delay.from !== undefined && options.prefer?.includes(delay.from)) ?? delays[0]
  );
}

/** `time` in milliseconds since 1970. §2 */
export function xDelay(time: number, from?: string): Element {
  return x('delay', { xmlns: NS_DELAY, stamp: formatDateTime(time), from });
}
