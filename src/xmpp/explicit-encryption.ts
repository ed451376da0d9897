/** XEP-0380: Explicit Message Encryption, version 0.4.0. https://xmpp.org/extensions/xep-0380.html */
import { child, childText, type Element, elements, NS_CLIENT } from './stanza.ts';

export const NS_EME = 'urn:xmpp:eme:0';

export interface Encryption {
  readonly namespace: string;
  /** how people call it */
  readonly name: string;
}

const NAMES = new Map([
  ['urn:xmpp:otr:0', 'OTR'],
  ['jabber:x:encrypted', 'Legacy OpenPGP'],
  ['urn:xmpp:openpgp:0', 'OpenPGP for XMPP'],
  ['eu.siacs.conversations.axolotl', 'OMEMO'],
  ['urn:xmpp:omemo:1', 'OMEMO 1'],
  ['urn:xmpp:omemo:2', 'OMEMO 2'],
]);
/** elements that hold the cipher text of those who do not say so by `<encryption/>` */
const CARRIERS: readonly string[] = ['encrypted', 'openpgp', 'x'];
const OTR_BODY = /^\?OTR[:|,]/;
const LONGEST_NAME = 60;

/** How the message was encrypted, by its mark or by what it carries; `undefined` where it is readable. */
export function parseEncryption(stanza: Element): Encryption | undefined {
  const mark = child(stanza, 'encryption', NS_EME);
  const namespace = mark?.attrs.namespace;
  if (namespace !== undefined && namespace !== '') {
    // §4: the sender's name for it counts only where we have none.
    const given = mark?.attrs.name?.trim().slice(0, LONGEST_NAME);
    return { namespace, name: NAMES.get(namespace) ?? (given || namespace.slice(0, LONGEST_NAME)) };
  }
  for (const element of elements(stanza)) {
    const ns = element.getNS() ?? '';
    const name = NAMES.get(ns);
    if (name !== undefined && CARRIERS.includes(element.getName())) return { namespace: ns, name };
  }
  if (OTR_BODY.test(childText(stanza, 'body', NS_CLIENT) ?? ''))
    return { namespace: 'urn:xmpp:otr:0', name: 'OTR' };
  return undefined;
}
