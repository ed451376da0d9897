/** A peer that speaks Jingle, for tests of one side. */
import { parseJingle } from '../../../src/xmpp/jingle/elements.ts';
import type { Element } from '../../../src/xmpp/stanza.ts';
import type { FakeSession } from '../../support/fake-session.ts';

export const PEER = 'romeo@example.net/orchard';
export const NS = 'urn:xmpp:jingle:1';
export const FT = 'urn:xmpp:jingle:apps:file-transfer:5';
export const IBB = 'urn:xmpp:jingle:transports:ibb:1';
export const S5B = 'urn:xmpp:jingle:transports:s5b:1';
export const SHA256_OF_FOOBAR = 'w6uP8Tcg6K2QR905Rms8iXTlksL6OD1KOWBxTK7wxPI=';

/** No network is used. */
export const reach = { direct: false, permit: async () => [] };

export const disco = { addFeature: () => {} };

export const iq = (payload: string, from = PEER) =>
  `<iq type='set' id='i${Math.random()}' from='${from}' to='juliet@example.org/balcony'>${payload}</iq>`;

export const xJingle = (action: string, children = '', { sid = 's1', more = '' } = {}) =>
  `<jingle xmlns='${NS}' action='${action}' sid='${sid}' ${more}>${children}</jingle>`;

export const xIbb = (sid = 'ibb1', size = 4096) =>
  `<transport xmlns='${IBB}' sid='${sid}' block-size='${size}'/>`;

export const xFile = (children: string) =>
  `<description xmlns='${FT}'><file>${children}</file></description>`;

export const FOOBAR = xFile(
  `<name>foobar.txt</name><size>6</size><media-type>text/plain</media-type><range/>
   <hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>${SHA256_OF_FOOBAR}</hash>`,
);

export const xContent = (
  children: string,
  { name = 'a-file', creator = 'initiator', senders = `senders='initiator'` } = {},
) => `<content creator='${creator}' name='${name}' ${senders}>${children}</content>`;

/** What the answer to a request complains of: the condition, and the one of Jingle. */
export function conditionsOf(answer: Element): string[] {
  const error = answer.getChild('error');
  return (error?.getChildElements() ?? []).map((node) => node.getName());
}

/** Jingle actions that were written since the last call, acknowledged. */
export function actions(session: FakeSession) {
  return session.take().flatMap((stanza) => {
    const element = stanza.getChild('jingle', NS);
    const jingle = element && parseJingle(element);
    if (jingle === undefined) return [];
    session.answer(stanza);
    return [{ ...jingle, to: stanza.attrs.to }];
  });
}

export async function read(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}
