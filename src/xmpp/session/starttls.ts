/** From a connected socket to the point where TLS may start, nothing said but that. RFC 6120 §5. */
import type { Socket } from 'node:net';
import { ConnectionError, StreamError } from '../errors.ts';
import { parseStreamError, UnreadableError } from './stream-error.ts';
import { xHeader } from './stream-header.ts';
import { NS_STREAMS, StreamParser } from './stream-parser.ts';
import { connectionError } from './trust.ts';
import { Utf8Stream } from './utf8-stream.ts';
import { type Element, x } from './xml.ts';

export const NS_TLS = 'urn:ietf:params:xml:ns:xmpp-tls';

/** Nothing of what stands here can be trusted: a few features are all that is read. */
const LIMITS = { stanza: 64 * 1024, depth: 10 };

/**
 * Resolves when `<proceed/>` came; everything behind it in clear text is dropped (RFC 6120 §5.4.3.3).
 * Rejects with ConnectionError `no-tls` when TLS is not offered or refused, StreamError when the server said so.
 */
export function startTls(socket: Socket, domain: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const decoder = new Utf8Stream();
    const settle = (error?: Error) => {
      parser.stop();
      socket.off('data', read).off('close', closed).off('error', failed);
      socket.pause();
      if (error === undefined) resolve();
      else reject(error);
    };
    const element = (element: Element) => {
      const error = parseStreamError(element);
      // Nobody has proved anything yet: a redirection from here is not followed.
      if (error?.otherHost !== undefined)
        return settle(new ConnectionError('policy', 'sent to another host before TLS'));
      if (error !== undefined) return settle(error);
      if (element.is('proceed', NS_TLS)) return asked ? settle() : settle(new ConnectionError('no-tls'));
      if (!element.is('features', NS_STREAMS) || asked)
        return settle(new ConnectionError('no-tls', `<${element.getName()}/> instead of <proceed/>`));
      if (element.getChild('starttls', NS_TLS) === undefined)
        return settle(new ConnectionError('no-tls', 'the server does not offer STARTTLS'));
      asked = true;
      socket.write(x('starttls', { xmlns: NS_TLS }).toString());
    };
    const parser = new StreamParser(
      {
        opened: () => undefined,
        element,
        closed: () => settle(new ConnectionError('closed')),
        fault: (condition, text) => settle(new UnreadableError(condition, text)),
      },
      LIMITS,
    );
    let asked = false;
    const read = (chunk: Buffer) => {
      const text = decoder.decode(chunk);
      if (text === undefined) settle(new StreamError('not-well-formed', 'no UTF-8'));
      else parser.write(text);
    };
    const closed = () => settle(new ConnectionError('closed', 'closed before TLS'));
    const failed = (error: Error) => settle(connectionError(error, 'before TLS'));
    socket.on('data', read).on('close', closed).on('error', failed);
    socket.write(xHeader({ domain }));
  });
}
