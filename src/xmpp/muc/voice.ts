/** Asking for the right to speak in a moderated room, and granting it. XEP-0045 §7.13, §8.6. */
import { type FieldValue, type Form, parseForm, valuesOf, xSubmit } from '../forms.ts';
import { parseJid, resourceOf } from '../jid.ts';
import { randomId } from '../session/random-id.ts';
import { child, type Element, NS_CLIENT, x } from '../stanza.ts';

export const NS_REQUEST = 'http://jabber.org/protocol/muc#request';
export const NS_ROOM_REGISTER = 'http://jabber.org/protocol/muc#register';

/** A room asks its moderators whether somebody may speak (§8.6), or its admins whether somebody may be a member (§9.9). */
export interface Petition {
  /** bare JID of the room */
  readonly room: string;
  readonly kind: 'voice' | 'membership';
  /** who asks, as the room says */
  readonly nick: string | undefined;
  readonly jid: string | undefined;
  /** to be given back with the answer */
  readonly form: Form;
}

const KINDS: Readonly<Record<string, Petition['kind'] | undefined>> = {
  [NS_REQUEST]: 'voice',
  [NS_ROOM_REGISTER]: 'membership',
};

/** UTF-16 units of its XML; such a form has six fields of a line */
const LONGEST = 16_384;

/** Reads the form; only the room itself sends it, not somebody in it. One that is far too long is none: it is kept. */
export function parsePetition(message: Element): Petition | undefined {
  const from = parseJid(message.attrs.from);
  const type = message.attrs.type ?? 'normal';
  if (!from?.local || from.resource !== undefined || type !== 'normal') return undefined;
  if (!message.is('message', NS_CLIENT)) return undefined;
  const form = parseForm(message);
  const kind = form?.type === 'form' ? KINDS[form.formType ?? ''] : undefined;
  if (form === undefined || kind === undefined || message.toString().length > LONGEST) return undefined;
  const values = valuesOf(form);
  const nick = values.get('muc#roomnick') ?? values.get('muc#register_roomnick') ?? '';
  return {
    room: from.bare,
    kind,
    nick: resourceOf(parseJid(`${from.bare}/${nick}`)?.full ?? '') || undefined,
    jid: parseJid(values.get('muc#jid'))?.full,
    form,
  };
}

/** The moderator's or admin's answer. */
export function xPetitionAnswer({ room, kind, form }: Petition, allow: boolean): Element {
  const name = kind === 'voice' ? 'muc#request_allow' : 'muc#register_allow';
  const values: Record<string, FieldValue> = { [name]: allow };
  return x('message', { to: room, id: randomId() }, xSubmit(form, values));
}

/** Asks for voice (§7.13). */
export function xVoiceRequest(room: string, id: string): Element {
  const field = (name: string, type: string | undefined, value: string) =>
    x('field', { var: name, type }, x('value', {}, value));
  return x(
    'message',
    { to: room, id },
    x(
      'x',
      { xmlns: 'jabber:x:data', type: 'submit' },
      field('FORM_TYPE', 'hidden', NS_REQUEST),
      field('muc#role', 'list-single', 'participant'),
    ),
  );
}

/** True for a form of a room that is no text of anybody. */
export const isPetition = (message: Element): boolean =>
  child(message, 'x', 'jabber:x:data') !== undefined && parsePetition(message) !== undefined;
