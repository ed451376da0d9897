/**
 * XEP-0447: Stateless file sharing, version 0.3.1. https://xmpp.org/extensions/xep-0447.html
 * XEP-0446: File metadata element, version 0.2.0. https://xmpp.org/extensions/xep-0446.html
 * XEP-0103: URL Address Information, version 0.6 (the address alone). https://xmpp.org/extensions/xep-0103.html
 */
import { NS_FALLBACK } from './fallback.ts';
import { type Hash, parseHashes, xHash } from './hashes.ts';
import { child, childText, type Element, type Node, x } from './stanza.ts';

export const NS_SHARING = 'urn:xmpp:sfs:0';
export const NS_METADATA = 'urn:xmpp:file:metadata:0';
export const NS_URL_DATA = 'http://jabber.org/protocol/url-data';

/** What its sender says of a file; nothing of it is verified. */
export interface FileMetadata {
  readonly name?: string | undefined;
  /** bytes */
  readonly size?: number | undefined;
  /** MIME type */
  readonly mime?: string | undefined;
  readonly hashes: readonly Hash[];
}

export interface SharedFile extends FileMetadata {
  /** http or https only */
  readonly url: string;
}

const LONGEST = 4096;
const SIZE = /^\d{1,15}$/;
const MIME = /^[\w.+-]{1,80}\/[\w.+-]{1,80}$/;

export function parseMetadata(file: Element): FileMetadata {
  const text = (name: string) => childText(file, name, NS_METADATA)?.trim() || undefined;
  const size = text('size');
  const mime = text('media-type');
  return {
    name: text('name')?.slice(0, LONGEST),
    size: size !== undefined && SIZE.test(size) ? Number(size) : undefined,
    mime: mime !== undefined && MIME.test(mime) ? mime : undefined,
    hashes: parseHashes(file),
  };
}

/** True for an address that may be offered to be fetched: http(s), and not endless. */
export function isFetchable(text: string | undefined): text is string {
  if (text === undefined || text.length > LONGEST || !URL.canParse(text)) return false;
  const { protocol } = new URL(text);
  return protocol === 'http:' || protocol === 'https:';
}

/** The file that a message shares (0447 §3.1) with the first of its sources that is a link; others are none of ours. */
export function parseFileSharing(stanza: Element): SharedFile | undefined {
  const sharing = child(stanza, 'file-sharing', NS_SHARING);
  const file = child(sharing, 'file', NS_METADATA);
  const sources = child(sharing, 'sources', NS_SHARING)?.getChildren('url-data', NS_URL_DATA) ?? [];
  const url = sources.map(({ attrs }) => attrs.target?.trim()).find(isFetchable);
  return file === undefined || url === undefined ? undefined : { ...parseMetadata(file), url };
}

function xMetadata({ name, size, mime, hashes }: FileMetadata): Element {
  return x(
    'file',
    { xmlns: NS_METADATA },
    mime !== undefined && x('media-type', {}, mime),
    name !== undefined && x('name', {}, name),
    size !== undefined && x('size', {}, String(size)),
    ...hashes.map(xHash),
  );
}

/** The file with its link, and that a body which is the link stands in for it (0447 §3.1). */
export function xFileSharing(file: SharedFile): Node[] {
  return [
    x(
      'file-sharing',
      { xmlns: NS_SHARING, disposition: 'attachment' },
      xMetadata(file),
      x('sources', {}, x('url-data', { xmlns: NS_URL_DATA, target: file.url })),
    ),
    x('fallback', { xmlns: NS_FALLBACK, for: NS_SHARING }, x('body', {})),
  ];
}
