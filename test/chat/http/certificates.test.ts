import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { get } from '../../../src/chat/http/get.ts';
import { put } from '../../../src/chat/http/put.ts';
import { trustedRoots } from '../../../src/xmpp/session/trust.ts';
import { makeCertificates } from '../../support/certificates.ts';

const kinds = ['good', 'wrong-host', 'expired', 'self-signed'] as const;
const own = makeCertificates('localhost', kinds);
const another = makeCertificates('localhost');

let server: Server | undefined;
let requests: number;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(kind: (typeof kinds)[number]): Promise<string> {
  requests = 0;
  const { cert, key } = own.of(kind);
  server = createServer({ cert, key }, (request, response) => {
    requests++;
    request.resume().on('end', () => response.end(request.method === 'GET' ? 'hello' : ''));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `https://localhost:${(server.address() as AddressInfo).port}/a.txt`;
}

const { signal } = new AbortController();
const ways = {
  async download(url: string, ca: string | undefined): Promise<void> {
    const { body } = await get({ url, allowPrivate: true, trust: trustedRoots(ca), signal });
    const parts: Uint8Array[] = [];
    for await (const bytes of body) parts.push(bytes);
    expect(Buffer.concat(parts).toString()).toBe('hello');
  },
  async upload(url: string, ca: string | undefined): Promise<void> {
    async function* source() {
      yield Buffer.from('hello');
    }
    const to = { url, headers: [], size: 5, mime: 'text/plain', source: source() };
    await put({ ...to, trust: trustedRoots(ca), signal, onProgress: () => undefined });
  },
};

describe.each(['download', 'upload'] as const)('an HTTPS %s', (way) => {
  it('is believed by the CA of --ca', async () => {
    await ways[way](await serve('good'), own.ca);
    expect(requests).toBe(1);
  });

  it.each([
    ['good', undefined, 'certificate-untrusted'],
    ['good', another.ca, 'certificate-untrusted'],
    ['self-signed', own.ca, 'certificate-untrusted'],
    ['wrong-host', own.ca, 'certificate-wrong-host'],
    ['expired', own.ca, 'certificate-expired'],
  ] as const)('is refused before anything is said: %s certificate', async (kind, ca, condition) => {
    await expect(ways[way](await serve(kind), ca)).rejects.toMatchObject({ condition });
    expect(requests).toBe(0);
  });
});
