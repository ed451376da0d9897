/** XEP-0066: Out of Band Data, version 1.5 (in messages). https://xmpp.org/extensions/xep-0066.html */
import { StanzaError } from './errors.ts';
import type { Session } from './session/session.ts';
import { child, childText, type Element, x } from './stanza.ts';

export const NS_OOB = 'jabber:x:oob';
export const NS_OOB_IQ = 'jabber:iq:oob';

export interface OutOfBand {
  /** http or https only */
  readonly url: string;
  readonly description: string | undefined;
}

const LONGEST = 4096;

/** The link of a message (§3). Others than http(s) are ignored: a link must never start a local program. */
export function parseOob(stanza: Element): OutOfBand | undefined {
  const element = child(stanza, 'x', NS_OOB);
  const text = childText(element, 'url', NS_OOB)?.trim();
  if (text === undefined || text.length > LONGEST || !URL.canParse(text)) return undefined;
  const { protocol } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  const description = childText(element, 'desc', NS_OOB)?.trim();
  return { url: text, description: description === '' ? undefined : description };
}

export function xOob(oob: { url: string; description?: string | undefined }): Element {
  return x(
    'x',
    { xmlns: NS_OOB },
    x('url', {}, oob.url),
    oob.description !== undefined && x('desc', {}, oob.description),
  );
}

/** Refuses to fetch what others ask us to fetch by IQ (§2): not-acceptable says that the link was not followed. */
export function outOfBand(session: Session): void {
  session.respond('set', 'query', NS_OOB_IQ, () => {
    throw new StanzaError('not-acceptable', 'modify');
  });
}
