import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSecureContext } from 'node:tls';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { OutgoingFile } from '../../../src/chat/files/route.ts';
import { type UploadOptions, upload } from '../../../src/chat/routes/upload.ts';
import { StanzaError } from '../../../src/xmpp/errors.ts';

let statuses: number[];
let bodies: string[];
const server = createServer(async (request, response) => {
  bodies.push((await request.toArray()).join(''));
  response.writeHead(statuses.shift() ?? 201).end();
});
beforeEach(() => {
  statuses = [];
  bodies = [];
  return new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const FILE: OutgoingFile = {
  name: 'a.txt',
  size: 5,
  modified: new Date(0),
  mime: 'text/plain',
  async *read() {
    yield Buffer.from('hello');
  },
  sha256: async () => 'abc',
};

function route(more: Partial<UploadOptions> = {}) {
  const shared: unknown[] = [];
  let slots = 0;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const api = upload({
    httpUpload: {
      service: async () => ({ jid: 'upload.example.org', maxSize: 100 }),
      slot: async () => ({ put: url, get: `${url}${++slots}`, headers: [] }),
    },
    trust: createSecureContext,
    chatOf: (peer) => peer.split('/')[0] ?? '',
    share: async (...args) => shared.push(args.slice(0, 3)) > 0,
    pauses: [0, 0],
    ...more,
  });
  return { api, shared, url, slots: () => slots };
}
const context = () => ({ signal: new AbortController().signal, onProgress: () => undefined });
const { signal } = new AbortController();

it('uploads, then says the link with name, size, type and sum (XEP-0363 §4, XEP-0447 §3)', async () => {
  const { api, shared, url } = route();
  expect(await api.addresses('ben@example.org/phone', FILE, signal)).toEqual(['ben@example.org']);
  await api.send(FILE, 'ben@example.org', context());
  expect(bodies).toEqual(['hello']);
  const about = {
    name: 'a.txt',
    size: 5,
    mime: 'text/plain',
    hashes: [{ algorithm: 'sha-256', hex: 'abc' }],
  };
  expect(shared).toEqual([['ben@example.org', `${url}1`, about]]);
});

it('tries again with a slot of its own, from the beginning, and says only the link that works', async () => {
  const { api, shared, url } = route();
  statuses = [500, 403];
  await api.send(FILE, 'ben@example.org', context());
  expect(bodies).toEqual(['hello', 'hello', 'hello']);
  expect(shared).toMatchObject([['ben@example.org', `${url}3`, {}]]);
});

it('gives up after three slots, and at once where another does not help', async () => {
  const often = route();
  statuses = [500, 500, 500];
  await expect(often.api.send(FILE, 'b@c', context())).rejects.toMatchObject({ condition: 'upload-refused' });
  expect(often.shared).toEqual([]);
  const large = route();
  statuses = [413];
  await expect(large.api.send(FILE, 'b@c', context())).rejects.toMatchObject({ condition: 'file-too-large' });
  expect(large.slots()).toBe(1);
});

it('cannot where no service is, and says how large a file may be before anything is sent (XEP-0363 §3)', async () => {
  const slot = () => Promise.reject(new StanzaError('service-unavailable'));
  const none = route({ httpUpload: { service: async () => undefined, slot } });
  expect(await none.api.addresses('b@c', FILE, signal)).toEqual([]);
  const { api } = route();
  await expect(api.addresses('b@c', { ...FILE, size: 101 }, signal)).rejects.toMatchObject({
    condition: 'file-too-large-for-server',
    values: { bytes: 101, mostBytes: 100 },
  });
});

it('says nothing of a file when it was cancelled', async () => {
  const stop = new AbortController();
  const { api, shared } = route();
  const sending = api.send(FILE, 'b@c', {
    signal: stop.signal,
    onProgress: () => stop.abort(new Error('no')),
  });
  await expect(sending).rejects.toThrow('no');
  expect(shared).toEqual([]);
});

it('says whether the link waits in the outbox, which is not yet sent', async () => {
  const queued: boolean[] = [];
  for (const said of [true, false]) {
    const { api } = route({ share: async () => said });
    let waits = false;
    const onQueued = () => {
      waits = true;
    };
    await api.send(FILE, 'ben@example.org', { ...context(), onQueued });
    queued.push(waits);
  }
  expect(queued).toEqual([false, true]);
});
