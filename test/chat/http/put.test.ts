import { createSecureContext } from 'node:tls';
import { expect, it } from 'vitest';
import { type PutOptions, put } from '../../../src/chat/http/put.ts';
import { serve } from './support.ts';

async function* content(...parts: string[]): AsyncGenerator<Uint8Array, void> {
  for (const part of parts) yield Buffer.from(part);
}

const options = (url: string, more: Partial<PutOptions> = {}): PutOptions => ({
  url,
  headers: [],
  size: 10,
  mime: 'text/plain',
  source: content('hello', 'world'),
  trust: createSecureContext,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  ...more,
});

it('says length and type first, sends the headers of the slot in order, and all bytes (XEP-0363 §4)', async () => {
  let got: unknown;
  const url = await serve(async (request, response) => {
    const body = (await request.toArray()).join('');
    got = { method: request.method, raw: request.rawHeaders, body };
    response.writeHead(201).end();
  });
  const told: number[] = [];
  const headers = [
    ['Authorization', 'Basic x'],
    ['Expires', 'a'],
    ['Expires', 'b'],
  ] as const;
  await put(options(url, { headers, onProgress: (sent) => told.push(sent) }));
  expect(got).toMatchObject({ method: 'PUT', body: 'helloworld' });
  expect((got as { raw: string[] }).raw).toEqual(
    expect.arrayContaining([
      'Content-Type',
      'text/plain',
      'Content-Length',
      '10',
      'Authorization',
      'Basic x',
    ]),
  );
  expect((got as { raw: string[] }).raw.join('|')).toContain('Expires|a|Expires|b');
  expect(told).toEqual([5, 10]);
});

it.each([
  [413, 'file-too-large'],
  [403, 'upload-refused'],
  [302, 'upload-refused'],
  [500, 'upload-refused'],
])('takes the answer %i as %s, and follows nothing', async (status, condition) => {
  let asked = 0;
  const url = await serve((_request, response) => {
    asked++;
    response.writeHead(status, { Location: '/elsewhere' }).end();
  });
  await expect(put(options(url))).rejects.toMatchObject({ condition });
  expect(asked).toBe(1);
});

it('stops reading the file when the server refuses in the middle', async () => {
  const url = await serve((request, response) => {
    request.once('data', () => response.writeHead(403).end());
  });
  let read = 0;
  async function* endless(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      read += 65536;
      yield Buffer.alloc(65536);
    }
  }
  await expect(put(options(url, { size: 1e12, source: endless() }))).rejects.toMatchObject({
    condition: 'upload-refused',
  });
  expect(read).toBeLessThan(100e6);
});

it('tells a connection that breaks, and a file that changed, by what they are', async () => {
  const url = await serve((request) => request.once('data', () => request.socket.destroy()));
  await expect(put(options(url, { size: 20 }))).rejects.toMatchObject({ condition: 'closed' });
  await expect(put(options('http://127.0.0.1:9/'))).rejects.toMatchObject({ condition: 'refused' });
  async function* changed(): AsyncGenerator<Uint8Array, void> {
    yield Buffer.from('he');
    throw Object.assign(new Error('changed'), { condition: 'file-changed' });
  }
  await expect(put(options(url, { source: changed() }))).rejects.toMatchObject({ condition: 'file-changed' });
});

it('ends at once when it is cancelled, with the reason of that', async () => {
  const stop = new AbortController();
  const url = await serve((request) => request.once('data', () => stop.abort(new Error('enough'))));
  await expect(put(options(url, { size: 20, signal: stop.signal }))).rejects.toThrow('enough');
});
