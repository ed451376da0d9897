/** The opening tag of our stream. RFC 6120 §4.7. */
import { NS_STREAMS } from './stream-parser.ts';
import { x } from './xml.ts';

/**
 * `from` goes only into a stream that is secure (§4.7.1). There is no XML declaration: white space may have been
 * written before a restarted stream, and a declaration may not follow it (§4.4, §11.7 recommends it only).
 */
export function xHeader(options: {
  domain: string;
  from?: string | undefined;
  lang?: string | undefined;
}): string {
  const header = x('stream:stream', {
    to: options.domain,
    from: options.from,
    version: '1.0',
    'xml:lang': options.lang,
    xmlns: 'jabber:client',
    'xmlns:stream': NS_STREAMS,
  });
  return `${header.toString().slice(0, -2)}>`;
}

export const FOOTER = '</stream:stream>';
