/** XEP-0158: CAPTCHA Forms, version 1.0.1. https://xmpp.org/extensions/xep-0158.html */
import { type BitOfBinary, dataIn } from './bob.ts';
import { type Form, type FormValues, parseForm, xSubmit } from './forms.ts';
import { bareOf, domainOf, parseJid } from './jid.ts';
import { child, childText, type Element, NS_CLIENT, NS_STANZAS, x } from './stanza.ts';

export const NS_CAPTCHA = 'urn:xmpp:captcha';
const NS_OOB = 'jabber:x:oob';

/** Somebody wants to know whether a person did that. */
export interface Challenge {
  readonly id: string;
  /** normalised JID of who asks */
  readonly from: string;
  /** normalised JID that what is asked about went to */
  readonly about: string;
  /** its id, where it had one */
  readonly stanza: string | undefined;
  readonly form: Form;
  readonly body: string | undefined;
  /** where the same is done on the web; http(s) only */
  readonly url: string | undefined;
  /** pictures and sounds that came along */
  readonly data: readonly BitOfBinary[];
}

/**
 * Reads a challenge (§protocol-challenge); undefined where it is none, or asks about something that went to somebody
 * else (§protocol-response). Whether we sent what it is about has to be judged by who did.
 */
export function parseChallenge(stanza: Element): Challenge | undefined {
  const form = parseForm(child(stanza, 'captcha', NS_CAPTCHA));
  const from = parseJid(stanza.attrs.from);
  const { id, type } = stanza.attrs;
  if (form?.type !== 'form' || form.formType !== NS_CAPTCHA || from === undefined || !id) return undefined;
  const value = (name: string) => form.fields.find((field) => field.name === name)?.values[0];
  const about = parseJid(value('from'));
  if (about === undefined || type === 'error' || value('challenge') === undefined) return undefined;
  if (bareOf(from.full) !== about.bare && from.full !== domainOf(about.full)) return undefined;
  const url = childText(child(stanza, 'x', NS_OOB), 'url', NS_OOB)?.trim();
  return {
    id,
    from: from.full,
    about: about.full,
    stanza: value('sid'),
    form,
    body: childText(stanza, 'body', NS_CLIENT)?.trim() || undefined,
    url: url !== undefined && /^https?:\/\//i.test(url) ? url : undefined,
    data: dataIn(stanza),
  };
}

/** §protocol-response: what was filled in, with the hidden fields as they came. */
export const xChallengeAnswer = ({ from, form }: Challenge, values: FormValues): Element =>
  x('iq', { type: 'set', to: from }, x('captcha', { xmlns: NS_CAPTCHA }, xSubmit(form, values)));

/** §protocol-response: nobody will answer it. */
export const xChallengeDeclined = ({ from, id }: Challenge): Element =>
  x(
    'message',
    { type: 'error', to: from, id },
    x('error', { type: 'modify' }, x('not-acceptable', { xmlns: NS_STANZAS })),
  );
