/**
 * Taking somebody's message away: XEP-0425: Moderated Message Retraction, version 0.3.0, and its older form of version
 * 0.2.1 by XEP-0422: Message Fastening, version 0.2.0. https://xmpp.org/extensions/xep-0425.html
 * https://xmpp.org/extensions/xep-0422.html
 */
import type { Disco } from '../disco.ts';
import { UnsupportedFeatureError } from '../errors.ts';
import { NS_MODERATE, NS_MODERATE_0 } from '../moderation.ts';
import { NS_FASTEN, NS_RETRACT, NS_RETRACT_0 } from '../retractions.ts';
import type { Session } from '../session/session.ts';
import { type Element, x } from '../stanza.ts';

/** The newer form. */
export const xModerate = (id: string, reason?: string): Element =>
  x(
    'moderate',
    { xmlns: NS_MODERATE, id },
    x('retract', { xmlns: NS_RETRACT }),
    reason !== undefined && x('reason', {}, reason),
  );

/** The older form, which fastens it to the message. */
export const xModerate0 = (id: string, reason?: string): Element =>
  x(
    'apply-to',
    { xmlns: NS_FASTEN, id },
    x(
      'moderate',
      { xmlns: NS_MODERATE_0 },
      x('retract', { xmlns: NS_RETRACT_0 }),
      reason !== undefined && x('reason', {}, reason),
    ),
  );

/**
 * Takes the message with that stanza-id away for everybody, in the form that the room knows. Rejects with
 * UnsupportedFeatureError where it knows none; StanzaError `forbidden` (no moderator), `item-not-found`. §usecase
 */
export async function moderateMessage(
  { session, disco }: { session: Pick<Session, 'request'>; disco: Pick<Disco, 'info'> },
  room: string,
  id: string,
  reason?: string,
): Promise<void> {
  const { features } = await disco.info(room);
  const form = features.includes(NS_MODERATE)
    ? xModerate(id, reason)
    : features.includes(NS_MODERATE_0)
      ? xModerate0(id, reason)
      : undefined;
  if (form === undefined) throw new UnsupportedFeatureError(NS_MODERATE, room);
  await session.request(x('iq', { type: 'set', to: room }, form));
}
