/** XEP-0202: Entity Time, version 2.0. https://xmpp.org/extensions/xep-0202.html */
import { formatDateTime, formatOffset, parseDateTime, parseOffset } from './datetime.ts';
import { StanzaError } from './errors.ts';
import type { RequestOptions, Session } from './session/session.ts';
import { child, childText, type Element, x } from './stanza.ts';

export const NS_TIME = 'urn:xmpp:time';

export interface EntityTime {
  /** their clock, milliseconds since 1970 */
  readonly time: number;
  /** `+02:00` */
  readonly offset: string;
  /** minutes ahead of UTC */
  readonly offsetMinutes: number;
}

export function parseTime(element: Element | undefined): EntityTime | undefined {
  if (!element?.is('time', NS_TIME)) return undefined;
  const time = parseDateTime(childText(element, 'utc', NS_TIME));
  const offsetMinutes = parseOffset(childText(element, 'tzo', NS_TIME));
  if (time === undefined || offsetMinutes === undefined) return undefined;
  return { time, offset: formatOffset(offsetMinutes), offsetMinutes };
}

/** `time` in milliseconds since 1970, `offsetMinutes` ahead of UTC. §2 */
export function xTime(time: number, offsetMinutes: number): Element {
  return x(
    'time',
    { xmlns: NS_TIME },
    x('tzo', {}, formatOffset(offsetMinutes)),
    x('utc', {}, formatDateTime(time)),
  );
}

export interface TimeOptions {
  readonly disco: { addFeature(ns: string): void };
  /** whether they see our presence: the zone tells where we are (§5) */
  mayKnow(jid: string): boolean;
}

export interface Time {
  /** Rejects as Session.request does, and with StanzaError for an answer that is none. */
  ask(jid: string, options?: RequestOptions): Promise<EntityTime>;
}

/** What time is it there? Both ways. */
export function time(session: Session, options: TimeOptions): Time {
  options.disco.addFeature(NS_TIME);
  session.respond('get', 'time', NS_TIME, (iq) => {
    if (!options.mayKnow(iq.attrs.from ?? session.account)) throw new StanzaError('service-unavailable');
    const now = new Date();
    return xTime(now.getTime(), -now.getTimezoneOffset());
  });
  return {
    async ask(jid, more) {
      const iq = x('iq', { type: 'get', to: jid }, x('time', { xmlns: NS_TIME }));
      const answer = parseTime(child(await session.request(iq, more), 'time', NS_TIME));
      if (answer === undefined) throw new StanzaError('undefined-condition');
      return answer;
    },
  };
}
