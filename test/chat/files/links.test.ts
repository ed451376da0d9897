import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Link, links } from '../../../src/chat/files/links.ts';
import { files } from '../../../src/chat/files.ts';
import type { LinkedFile } from '../../../src/chat/message.ts';
import { memoryStores } from '../support.ts';

let folder: string;
let answer: RequestListener;
/** breaks the connection of the request that is under way */
let cut: () => void;
let ranges: (string | undefined)[];
const server = createServer((request, response) => {
  ranges.push(request.headers.range);
  answer(request, response);
});
beforeEach(async () => {
  ranges = [];
  cut = () => undefined;
  folder = await mkdtemp(join(tmpdir(), 'links-'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const CONTENT = Buffer.from('0123456789'.repeat(1000));
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const about = (more: Partial<LinkedFile> = {}): LinkedFile => ({
  name: 'a.txt',
  size: CONTENT.length,
  hashes: [{ algorithm: 'sha-256', hex: SHA256 }],
  ...more,
});
const linkTo = (file?: LinkedFile): Link => ({
  url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dir/report.txt?x=1`,
  peer: 'romeo@example.net/orchard',
  file,
});

/** A clock that is a second later each time: every step is told. */
function everyStep(): () => number {
  let now = 0;
  return () => {
    now += 1000;
    return now;
  };
}

const cutHalfway = { onProgress: ({ sent }: { sent: number }) => sent > 0 && cut() };

function setUp(maxSize?: number) {
  const partials = memoryStores().partials('juliet@example.org');
  return files({
    routes: [],
    filesDir: () => folder,
    acceptPolicy: () => 'decline',
    maxSize,
    now: everyStep(),
    links: links({ trust: createSecureContext, allowPrivate: () => true, partials }),
  });
}

/** The content, or its first half and then nothing any more; later requests get what they ask for. */
const brokenOnce = (etag = '"v1"'): RequestListener => {
  let broken = false;
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const head = { 'Content-Length': CONTENT.length - from, ETag: etag };
    if (!broken) {
      broken = true;
      response.writeHead(200, head);
      response.write(CONTENT.subarray(0, CONTENT.length / 2));
      cut = () => response.socket?.destroy();
    } else if (from > 0 && request.headers['if-range'] === '"v1"' && etag === '"v1"') {
      const range = `bytes ${from}-${CONTENT.length - 1}/${CONTENT.length}`;
      response.writeHead(206, { ...head, 'Content-Range': range }).end(CONTENT.subarray(from));
    } else response.writeHead(200, { ETag: etag }).end(CONTENT);
  };
};

describe('a file behind a link', () => {
  it('is saved under the name that the sender gave, or that of the link, made safe', async () => {
    answer = (_request, response) => response.end(CONTENT);
    const api = setUp();
    expect(await api.fetch(linkTo(about({ name: '../../.evil\u202e.txt' })))).toMatchObject({
      state: 'done',
      route: 'link',
      path: join(folder, 'evil.txt'),
      sha256: SHA256,
    });
    expect(await api.fetch(linkTo())).toMatchObject({ path: join(folder, 'report.txt') });
  });

  it.each([
    ['another sum', { hashes: [{ algorithm: 'sha-256', hex: '00'.repeat(32) }] }, 'file-corrupt'],
    ['another size than was said', { size: 5 }, 'file-corrupt'],
  ])('is not kept with %s', async (_what, more, condition) => {
    answer = (_request, response) =>
      response.writeHead(200, { ETag: '"v1"', 'Content-Length': CONTENT.length }).end(CONTENT);
    await expect(setUp().fetch(linkTo(about(more)))).rejects.toMatchObject({ condition });
    expect(await readdir(folder)).toEqual([]);
  });

  it('is bounded also where the server never says how long it is', async () => {
    answer = (_request, response) => {
      const more = () => {
        while (response.write(CONTENT));
        response.once('drain', more);
      };
      more();
    };
    await expect(setUp(1_000_000).fetch(linkTo())).rejects.toMatchObject({ condition: 'file-too-large' });
    answer = (_request, response) => response.writeHead(200, { 'Content-Length': 5_000_000 }).end(CONTENT);
    await expect(setUp(1_000_000).fetch(linkTo())).rejects.toMatchObject({ condition: 'file-too-large' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('goes on from the byte reached after the connection broke, and has the right sum', async () => {
    answer = brokenOnce();
    const api = setUp();
    await expect(api.fetch(linkTo(about()), cutHalfway)).rejects.toMatchObject({ condition: 'closed' });
    expect(await readdir(folder)).toEqual(['a.txt.part']);
    expect(await api.fetch(linkTo(about()))).toMatchObject({ state: 'done', sha256: SHA256 });
    expect(ranges).toEqual([undefined, 'bytes=5000-']);
    expect(await readdir(folder)).toEqual(['a.txt']);
    expect((await readFile(join(folder, 'a.txt'))).equals(CONTENT)).toBe(true);
  });

  it('begins again where the content is another by now, and leaves nothing of the first', async () => {
    answer = brokenOnce();
    const api = setUp();
    await expect(api.fetch(linkTo(), cutHalfway)).rejects.toMatchObject({ condition: 'closed' });
    const [first] = await readdir(folder);
    expect(first).toBe('report.txt.part');
    answer = (_request, response) => response.writeHead(200, { ETag: '"v2"' }).end('new');
    expect(await api.fetch(linkTo())).toMatchObject({ state: 'done', size: 3 });
    expect(await readdir(folder)).toEqual(['report.txt']);
  });

  it('does not go on with a part that others may write to', async () => {
    answer = brokenOnce();
    const api = setUp();
    await expect(api.fetch(linkTo(about()), cutHalfway)).rejects.toMatchObject({ condition: 'closed' });
    await chmod(join(folder, 'a.txt.part'), 0o666);
    expect(await api.fetch(linkTo(about()))).toMatchObject({ state: 'done', sha256: SHA256 });
    expect(ranges).toEqual([undefined, undefined]);
  });

  it('is nowhere any more when it was cancelled', async () => {
    const stop = new AbortController();
    answer = (_request, response) => {
      response.writeHead(200, { 'Content-Length': CONTENT.length, ETag: '"v1"' });
      response.write(CONTENT.subarray(0, 100), () => stop.abort());
    };
    await expect(setUp().fetch(linkTo(about()), { signal: stop.signal })).rejects.toMatchObject({
      condition: 'cancelled',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('is one that the process which died left, and no other writes to', async () => {
    const path = join(folder, 'a.txt.part');
    await writeFile(path, CONTENT.subarray(0, 7000), { mode: 0o600 });
    const partials = memoryStores().partials('juliet@example.org');
    const { url } = linkTo();
    partials.put(`link:${url}`, { path, validator: '"v1"' }, { busy: true });
    expect(partials.take(`link:${url}`)).toBe('busy');
    partials.put(`link:${url}`, { path, validator: '"v1"' }, { busy: false });
    expect(partials.take(`link:${url}`)).toEqual({ path, validator: '"v1"' });
    expect(partials.take(`link:${url}`)).toBe('busy');
  });
});
