import { createSecureContext } from 'node:tls';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPrivate } from '../../../src/chat/http/addresses.ts';
import { type GetOptions, get } from '../../../src/chat/http/get.ts';
import { serve } from './support.ts';

const fetched = (url: string, more: Partial<GetOptions> = {}) =>
  get({
    url,
    allowPrivate: true,
    trust: createSecureContext,
    signal: new AbortController().signal,
    ...more,
  });

async function text(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const bytes of body) parts.push(bytes);
  return Buffer.concat(parts).toString();
}

describe('a link of somebody else', () => {
  it.each([
    'file:///etc/passwd',
    'ftp://example.org/a',
    'javascript:alert(1)',
    'data:text/plain,hello',
    'https://user:secret@example.org/a',
    '/etc/passwd',
    '',
  ])('is refused: %s (CVE-2011-3185)', async (url) => {
    await expect(fetched(url)).rejects.toMatchObject({ condition: 'bad-link' });
  });

  it.each([
    ...['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0'],
    ...['224.0.0.1', '255.255.255.255', '[::1]', '[::]', '[fe80::1]', '[fd00::1]', '[::ffff:10.0.0.1]'],
    ...['[::127.0.0.1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '2130706433', '0x7f.1', '017700000001'],
  ])('does not lead into the own network unasked: %s', async (host) => {
    await expect(fetched(`http://${host}/a`, { allowPrivate: false })).rejects.toMatchObject({
      condition: 'private-address',
    });
  });

  it('does not lead there by a name either, nor by one that has a public address beside', async () => {
    const resolve = async () => [
      { address: '93.184.216.34', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    await expect(fetched('http://evil.example/a', { allowPrivate: false, resolve })).rejects.toMatchObject({
      condition: 'private-address',
    });
  });

  it('is connected to where its name was checked: it is looked up once (DNS rebinding)', async () => {
    let asked = 0;
    let host: string | undefined;
    const url = await serve((request, response) => {
      host = request.headers.host;
      response.end('hello');
    });
    const { port } = new URL(url);
    const resolve = async () => {
      asked++;
      return [{ address: '127.0.0.1', family: 4 }];
    };
    const { body } = await fetched(`http://rebound.example:${port}/a`, { resolve });
    expect(await text(body)).toBe('hello');
    expect([asked, host]).toEqual([1, `rebound.example:${port}`]);
  });

  it.each([
    ['another scheme', 'file:///etc/passwd'],
    ['credentials', 'http://a:b@127.0.0.1/'],
  ])('is checked again after a redirection to %s', async (_what, location) => {
    const url = await serve((_request, response) => response.writeHead(302, { Location: location }).end());
    await expect(fetched(url)).rejects.toMatchObject({ condition: 'bad-link' });
  });

  it('is looked up again after a redirection, which may not lead into the own network', async () => {
    const names: string[] = [];
    const url = await serve((_request, response) =>
      response.writeHead(302, { Location: 'http://inside.example/' }).end(),
    );
    // As if the first were a public address; the connection goes to the server of the test.
    const resolve = async (host: string) => {
      names.push(host);
      if (host === 'inside.example') throw Object.assign(new Error('stop'), { condition: 'private-address' });
      return [{ address: '127.0.0.1', family: 4 }];
    };
    const first = `http://outside.example:${new URL(url).port}/`;
    await expect(fetched(first, { resolve })).rejects.toMatchObject({ condition: 'private-address' });
    expect(names).toEqual(['outside.example', 'inside.example']);
  });

  it('leads on five times at most', async () => {
    let asked = 0;
    const url = await serve((_request, response) => {
      asked++;
      response.writeHead(302, { Location: `/${asked}` }).end();
    });
    await expect(fetched(url)).rejects.toMatchObject({ condition: 'too-many-redirects' });
    expect(asked).toBe(6);
  });

  it('follows to the file, and says where it is', async () => {
    const url = await serve((request, response) =>
      request.url === '/b' ? response.end('there') : response.writeHead(307, { Location: '/b' }).end(),
    );
    const answer = await fetched(url);
    expect(await text(answer.body)).toBe('there');
    expect(answer.url).toBe(new URL('/b', url).href);
  });

  it('is never packed: that could hide its size (gzip bomb)', async () => {
    let wanted: string | undefined;
    const url = await serve((request, response) => {
      wanted = request.headers['accept-encoding'];
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1_000_000)));
    });
    await expect(fetched(url)).rejects.toMatchObject({ condition: 'packed-content' });
    expect(wanted).toBe('identity');
  });

  it('breaks off where the server said more than it sends', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Length': '100' }).write('hello', () => response.socket?.destroy());
    });
    const { body, size } = await fetched(url);
    expect(size).toBe(100);
    await expect(text(body)).rejects.toMatchObject({ condition: 'closed' });
  });

  it.each([
    [404, 'link-gone'],
    [410, 'link-gone'],
    [403, 'download-refused'],
    [500, 'download-refused'],
    [204, 'download-refused'],
  ])('takes the answer %i as %s', async (status, condition) => {
    const url = await serve((_request, response) => response.writeHead(status).end());
    await expect(fetched(url)).rejects.toMatchObject({ condition });
  });
});

describe('the rest of a file (RFC 9110 §14)', () => {
  const from = { size: 3, validator: '"v1"' };

  it('is asked for with what the server called the content, and begins there', async () => {
    let asked: unknown;
    const url = await serve(({ headers }, response) => {
      asked = { range: headers.range, ifRange: headers['if-range'] };
      response.writeHead(206, { 'Content-Range': 'bytes 3-4/5', ETag: '"v1"' }).end('lo');
    });
    const answer = await fetched(url, { from });
    expect(asked).toEqual({ range: 'bytes=3-', ifRange: '"v1"' });
    expect(answer).toMatchObject({ start: 3, size: 5, validator: '"v1"' });
    expect(await text(answer.body)).toBe('lo');
  });

  it('is all of it where the content is another by now', async () => {
    const url = await serve((_request, response) => response.end('other'));
    expect(await fetched(url, { from })).toMatchObject({ start: 0 });
  });

  it('is taken where its last byte is counted from one, as Prosody does', async () => {
    const url = await serve((_request, response) =>
      response.writeHead(206, { 'Content-Range': 'bytes 3-5/5', ETag: '"v1"' }).end('lo'),
    );
    expect(await fetched(url, { from })).toMatchObject({ start: 3, size: 5 });
  });

  it.each([
    [206, 'bytes 0-4/5'],
    [206, 'bytes 3-4/2'],
    [206, 'bytes 3-2/9'],
    [206, 'nonsense'],
    [416, 'bytes */2'],
  ])('is not taken where the answer %i is about something else: %s', async (status, range) => {
    const url = await serve((_request, response) =>
      response.writeHead(status, { 'Content-Range': range }).end('hello'),
    );
    await expect(fetched(url, { from })).rejects.toMatchObject({ condition: 'not-resumable' });
  });

  it('is not asked for by a weak entity tag (RFC 9110 §13.1.5)', async () => {
    const url = await serve((_request, response) => response.writeHead(200, { ETag: 'W/"v1"' }).end('a'));
    expect((await fetched(url)).validator).toBeUndefined();
  });
});

it('knows every address for private or public without a throw', () => {
  expect(['93.184.216.34', '2606:2800:220:1::1', '8.8.8.8'].map(isPrivate)).toEqual([false, false, false]);
  fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), (address) => void isPrivate(address)));
  fc.assert(fc.property(fc.ipV4(), (address) => void expect(isPrivate(`::ffff:${address}`)).toBe(true)));
});
