/**
 * The traffic, for the debug file: @xmpp/debug formats it, after everything secret was taken out here.
 * The package writes to console.debug only; what it writes is caught and handed on.
 */
import { EventEmitter } from 'node:events';
import writeDebug from '@xmpp/debug';
import { NS_SASL } from './sasl.ts';
import { type Element, x } from './xml.ts';

/** Sees every element of a connection. */
export interface Traffic {
  received(element: Element): void;
  sent(element: Element): void;
  note(text: string): void;
}

const NS_REGISTER = 'jabber:iq:register';
const NS_SASL2 = 'urn:xmpp:sasl:2';
const NS_FORMS = 'jabber:x:data';
const HIDDEN = '(hidden)';

/** Elements whose whole text is secret, wherever they stand. */
const SECRET: readonly (readonly [name: string | undefined, xmlns: string])[] = [
  ['auth', NS_SASL],
  ['challenge', NS_SASL],
  ['response', NS_SASL],
  ['success', NS_SASL],
  ['challenge', NS_SASL2],
  ['response', NS_SASL2],
  ['initial-response', NS_SASL2],
  ['additional-data', NS_SASL2],
  // Names too: what somebody registers with is theirs to tell.
  ['username', NS_REGISTER],
  ['password', NS_REGISTER],
  ['email', NS_REGISTER],
  ['key', NS_REGISTER],
  ['password', 'http://jabber.org/protocol/muc'],
  ['password', 'http://jabber.org/protocol/muc#user'],
  ['password', 'urn:xmpp:bookmarks:1'],
  ['password', 'storage:bookmarks'],
  ['header', 'urn:xmpp:http:upload:0'],
  ['digest', 'jabber:iq:auth'],
  ['password', 'jabber:iq:auth'],
];
/** Attributes that open a door: FAST tokens, resumption ids, upload slots. */
const SECRET_ATTRIBUTES: readonly (readonly [name: string, xmlns: string, attribute: string])[] = [
  ['token', 'urn:xmpp:fast:0', 'token'],
  ['enabled', 'urn:xmpp:sm:3', 'id'],
  ['resume', 'urn:xmpp:sm:3', 'previd'],
  ['resumed', 'urn:xmpp:sm:3', 'previd'],
  ['x', 'jabber:x:conference', 'password'],
];

function isSecret(element: Element): boolean {
  const name = element.getName();
  const xmlns = element.getNS();
  if (SECRET.some(([secret, space]) => secret === name && space === xmlns)) return true;
  return xmlns === NS_FORMS && name === 'value' && holdsSecret(element);
}

/** A registration form (XEP-0077 §4) may hold a password under any name; elsewhere its field says so. */
function holdsSecret(value: Element): boolean {
  const { parent: field } = value;
  if (field === null) return true;
  if (field.attrs.type === 'text-private' || /passw|secret/i.test(field.attrs.var ?? '')) return true;
  for (let above = field.parent; above !== null; above = above.parent)
    if (above.getNS() === NS_REGISTER) return true;
  return false;
}

/** A copy without anything that must not be written down. */
export function masked(element: Element): Element {
  const copy = x(element.name, { ...element.attrs });
  const xmlns = element.getNS();
  for (const [name, space, attribute] of SECRET_ATTRIBUTES)
    if (element.getName() === name && xmlns === space && copy.attrs[attribute] !== undefined)
      copy.attrs[attribute] = HIDDEN;
  if (isSecret(element)) {
    if (element.children.length > 0) copy.append(HIDDEN);
    return copy;
  }
  for (const node of element.children) copy.append(typeof node === 'string' ? node : masked(node));
  return copy;
}

/** Routes elements through @xmpp/debug into `line`, which gets one entry a call, line breaks in it. */
export function traffic(line: (text: string) => void): Traffic {
  const tap = new EventEmitter();
  writeDebug(tap, true);
  const through = (event: 'element' | 'send', element: Element) => {
    // biome-ignore lint/suspicious/noConsole: it is put back below
    const original = console.debug;
    // Nothing else runs meanwhile: the package formats and writes within the emit.
    Object.assign(console, { debug: (text: string) => line(text) });
    try {
      tap.emit(event, masked(element));
    } finally {
      Object.assign(console, { debug: original });
    }
  };
  return {
    received: (element) => through('element', element),
    sent: (element) => through('send', element),
    note: (text) => line(text),
  };
}
