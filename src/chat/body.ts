/** What may stand in an own message: the same text here, on the wire and in the archive. */
import { carriable } from '../xmpp/stanza.ts';
import { ChatError } from './problem.ts';

/** bytes of the text as XML writes it; Prosody and ejabberd refuse stanzas of more than 256 KiB, and end the stream */
const LARGEST = 200 * 1024;

/** bytes that a stanza may have at every server (RFC 6120 §13.12) */
const ALLOWED_EVERYWHERE = 10_000;

/** Bytes of the text in a stanza; less than 4 KiB more than it may stand round it. */
function writtenBytes(text: string): number {
  return Buffer.byteLength(text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;'));
}

/**
 * The text as it is kept and sent: line breaks as XML has them (XML 1.0 §2.11), U+FFFD for what XML cannot carry.
 * A copy that comes back is the same text then. Throws ChatError `too-long`.
 */
export function ownBody(text: string): string {
  const body = carriable(text.replace(/\r\n?/g, '\n'));
  if (body.length > LARGEST || writtenBytes(body) > LARGEST) throw new ChatError('too-long');
  return body;
}

/** Whether a server may refuse the text for its size, by bytes; undefined where none may. */
export function questionableSize(text: string): number | undefined {
  const bytes = writtenBytes(text);
  return bytes > ALLOWED_EVERYWHERE - 4096 ? bytes : undefined;
}
