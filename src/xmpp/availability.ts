/** What a presence says of somebody's availability. RFC 6121 §4.7. https://xmpp.org/rfcs/rfc6121.html#presence-syntax */
import { type Delay, parseDelay } from './delay.ts';
import { resourceOf } from './jid.ts';
import { shortText } from './short-text.ts';
import { childText, type Element, type Node, NS_CLIENT, x } from './stanza.ts';

export type Show = 'available' | 'chat' | 'away' | 'xa' | 'dnd' | 'offline';

export interface OwnPresence {
  readonly show: Exclude<Show, 'offline'>;
  readonly status: string;
  /** -128 … 127; below 0 no chat messages to the bare JID come here (§8.5.2.1.1) */
  readonly priority: number;
}

/** What a resource says of itself. */
export interface ResourcePresence {
  /** '' for a service or account that speaks as a whole */
  readonly resource: string;
  readonly show: Show;
  readonly status: string;
  readonly priority: number;
  /** set where an old presence was delivered again (XEP-0203) */
  readonly delay: Delay | undefined;
}

const SHOWS: readonly string[] = ['chat', 'away', 'xa', 'dnd'];

/** Reads a presence of availability: without a type, or `unavailable`. §4.7 */
export function parseAvailability(stanza: Element): ResourcePresence | undefined {
  const { type, from } = stanza.attrs;
  if (!stanza.is('presence', NS_CLIENT) || (type !== undefined && type !== 'unavailable')) return undefined;
  const show = childText(stanza, 'show')?.trim() ?? '';
  const priority = childText(stanza, 'priority')?.trim() ?? '';
  // §4.7.2.3: an integer from -128 to 127, else 0.
  const number = /^[+-]?\d{1,4}$/.test(priority) ? Number(priority) : 0;
  return {
    resource: resourceOf(from ?? '') ?? '',
    show: type === 'unavailable' ? 'offline' : SHOWS.includes(show) ? (show as Show) : 'available',
    status: shortText(childText(stanza, 'status') ?? ''),
    priority: number < -128 || number > 127 ? 0 : number,
    delay: parseDelay(stanza),
  };
}

/** Builds an available presence. §4.2, §4.7 */
export function xPresence(own: OwnPresence, to?: string, ...extensions: readonly Node[]): Element {
  const priority = Math.min(127, Math.max(-128, Math.trunc(own.priority)));
  return x(
    'presence',
    { to },
    own.show !== 'available' && x('show', {}, own.show),
    own.status !== '' && x('status', {}, own.status),
    priority !== 0 && x('priority', {}, String(priority)),
    ...extensions,
  );
}
