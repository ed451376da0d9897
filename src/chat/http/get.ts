/** Reads a file of a web server, from where an earlier attempt ended (RFC 9110 §14). */
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { type RequestOptions, request as secureRequest } from 'node:https';
import type { SecureContext } from 'node:tls';
import { connectionError } from '../../xmpp/session/trust.ts';
import { ChatError } from '../problem.ts';
import { allowedAddresses, type Resolve } from './addresses.ts';
import { trusting } from './trusting.ts';

export interface GetOptions {
  readonly url: string;
  /** bytes that are here already, and what the server called them then */
  readonly from?: { readonly size: number; readonly validator: string } | undefined;
  /** links into the own network, and to this computer */
  readonly allowPrivate: boolean;
  readonly trust: () => SecureContext;
  readonly signal: AbortSignal;
  /** tests put their own names in */
  readonly resolve?: Resolve | undefined;
}

export interface Fetched {
  /** after redirections */
  readonly url: string;
  /** the byte at which `body` begins: 0, or those that were here already */
  readonly start: number;
  /** bytes of the whole, where the server says so */
  readonly size: number | undefined;
  /** MIME type that the server claims */
  readonly mime: string | undefined;
  /** by which the same content is known again: a strong entity tag, else the date of the last change */
  readonly validator: string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends it without reading. */
  close(): void;
}

const MOST_REDIRECTS = 5;
/** milliseconds without any byte */
const SILENCE = 30_000;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** http(s), without credentials; never from a secure address to one that is not. Throws ChatError `bad-link`. */
function checkedUrl(text: string, before: URL | undefined): URL {
  const url = URL.canParse(text, before?.href) ? new URL(text, before?.href) : undefined;
  const allowed = before?.protocol === 'https:' ? ['https:'] : ['http:', 'https:'];
  if (url === undefined || !allowed.includes(url.protocol) || url.username !== '' || url.password !== '')
    throw new ChatError('bad-link', { url: text.slice(0, 200) });
  return url;
}

async function ask(url: URL, options: GetOptions): Promise<IncomingMessage> {
  const { from, allowPrivate, resolve, signal, trust } = options;
  const addresses = await allowedAddresses(url.hostname, { allowPrivate, resolve });
  const settings: RequestOptions = {
    agent: false,
    signal,
    // What is packed could be a thousand times larger than what comes.
    headers: {
      Accept: '*/*',
      'Accept-Encoding': 'identity',
      ...(from === undefined ? {} : { Range: `bytes=${from.size}-`, 'If-Range': from.validator }),
    },
    lookup: (_host, { all }, give) => {
      const [first] = addresses;
      if (all === true) give(null, [...addresses]);
      else give(null, first?.address ?? '', first?.family);
    },
  };
  const request =
    url.protocol === 'https:'
      ? secureRequest(url, { ...settings, ...trusting(trust()) })
      : plainRequest(url, settings);
  request.setTimeout(SILENCE, () => request.destroy(new ChatError('timeout')));
  return new Promise((answer, refuse) => {
    request.once('response', answer);
    // After the answer, what goes wrong is told by reading it.
    request.on('error', refuse);
    request.end();
  });
}

const whole = (text: string | undefined) =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

/** What the answer says of the content; throws ChatError where it is not the one that was asked for. */
function read(url: URL, response: IncomingMessage, { from }: GetOptions): Fetched {
  const { statusCode: status = 0, headers } = response;
  const length = whole(headers['content-length']);
  let start = 0;
  let size = length;
  if (status === 206) {
    const range = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(headers['content-range'] ?? '');
    const [first, last, all] = (range?.slice(1) ?? []).map(Number);
    // RFC 9110 §14.4: what begins behind its own end is none; ours could pass for the whole. That the last
    // byte is said to be the one behind the end, as Prosody does, changes nothing.
    const isRange =
      first !== undefined && last !== undefined && all !== undefined && first <= last && first < all;
    if (!isRange || first !== from?.size) throw new ChatError('not-resumable');
    start = first;
    size = all;
  } else if (status === 416) throw new ChatError('not-resumable');
  else if (status === 404 || status === 410) throw new ChatError('link-gone');
  else if (status !== 200) throw new ChatError('download-refused', { status });
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') throw new ChatError('packed-content');
  const etag = headers.etag;
  return {
    url: url.href,
    start,
    size,
    mime: headers['content-type']?.split(';', 1)[0]?.trim().slice(0, 100),
    // RFC 9110 §13.1.5: only a strong one says that every byte is the same.
    validator: etag !== undefined && !etag.startsWith('W/') ? etag : headers['last-modified'],
    body: bytesOf(response, url),
    close: () => response.destroy(),
  };
}

async function* bytesOf(response: IncomingMessage, url: URL): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const bytes of response) yield bytes;
  } catch (error) {
    throw named(error, url);
  }
}

const named = (error: unknown, url: URL): unknown =>
  error instanceof Error && 'condition' in error ? error : connectionError(error, url.host);

/**
 * Asks for it; resolves when the content is about to come. Rejects with ChatError `bad-link`, `private-address`,
 * `too-many-redirects`, `link-gone`, `download-refused` (with `status`), `packed-content`, `not-resumable`, `timeout`;
 * ConnectionError; the signal's reason.
 */
export async function get(options: GetOptions): Promise<Fetched> {
  let url = checkedUrl(options.url, undefined);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    let response: IncomingMessage;
    try {
      response = await ask(url, options);
    } catch (error) {
      options.signal.throwIfAborted();
      throw named(error, url);
    }
    const { statusCode = 0, headers } = response;
    try {
      if (!REDIRECTS.includes(statusCode)) return read(url, response, options);
      response.destroy();
      url = checkedUrl(headers.location ?? '', url);
    } catch (error) {
      response.destroy();
      throw error;
    }
  }
  throw new ChatError('too-many-redirects');
}
