/** Writes a file to a web server, as it is read: `PUT` with the length said first (RFC 9110 §9.3.4). */
import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { type RequestOptions, request as secureRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { SecureContext } from 'node:tls';
import { connectionError } from '../../xmpp/session/trust.ts';
import { ChatError } from '../problem.ts';
import { trusting } from './trusting.ts';

export interface PutOptions {
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** bytes that `source` gives */
  readonly size: number;
  /** MIME type */
  readonly mime: string;
  readonly source: AsyncIterable<Uint8Array>;
  /** who is believed */
  readonly trust: () => SecureContext;
  readonly signal: AbortSignal;
  /** bytes handed to the network */
  readonly onProgress: (sent: number) => void;
}

/** milliseconds without any byte either way */
const SILENCE = 30_000;

async function* counted(
  source: AsyncIterable<Uint8Array>,
  onProgress: (sent: number) => void,
): AsyncGenerator<Uint8Array, void> {
  let sent = 0;
  for await (const bytes of source) {
    yield bytes;
    sent += bytes.length;
    onProgress(sent);
  }
}

/** Values of one name stay in order, each as a header of its own. */
function headersOf({ headers, size, mime }: PutOptions): Record<string, string | string[]> {
  const all = new Map<string, string[]>();
  for (const [name, value] of headers) all.set(name, [...(all.get(name) ?? []), value]);
  return { 'Content-Type': mime, 'Content-Length': String(size), ...Object.fromEntries(all) };
}

function open(options: PutOptions): ClientRequest {
  const { url, trust, signal } = options;
  const headers = headersOf(options);
  const settings: RequestOptions = { method: 'PUT', headers, agent: false, signal };
  const request = url.startsWith('https:')
    ? secureRequest(url, { ...settings, ...trusting(trust()) })
    : plainRequest(url, settings);
  return request.setTimeout(SILENCE, () => request.destroy(new ChatError('timeout')));
}

/**
 * Resolves when the server has it all. Rejects with ChatError `file-too-large`, `upload-refused` (with `status`),
 * `timeout`; ConnectionError; what `source` throws; the signal's reason. Redirections are refused, as anything else
 * that is no success.
 */
export async function put(options: PutOptions): Promise<void> {
  const { url, source, signal, onProgress } = options;
  const request = open(options);
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
  const body = pipeline(counted(source, onProgress), request, { signal });
  // Of the two the first to fail is told.
  answer.catch(() => undefined);
  body.catch(() => undefined);
  try {
    // A server that refuses says so before it has read everything.
    const response = await Promise.race([answer, body.then(() => answer)]);
    response.resume();
    const { statusCode: status = 0 } = response;
    if (status === 413) throw new ChatError('file-too-large');
    if (status < 200 || status > 299) throw new ChatError('upload-refused', { status });
    await body;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof Error && 'condition' in error ? error : connectionError(error, new URL(url).host);
  } finally {
    request.destroy();
  }
}
