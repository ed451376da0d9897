import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type SocketStream, socketStream } from '../../../src/xmpp/bytestreams/socket-stream.ts';
import { connectTo, connectToFirst, MOST_TRIED } from '../../../src/xmpp/bytestreams/socks5-connect.ts';
import { type Listening, listenFor, ownAddresses } from '../../../src/xmpp/bytestreams/socks5-listen.ts';
import { destinationOf, parseStreamHosts, xStreamHost } from '../../../src/xmpp/bytestreams/streamhosts.ts';
import { x } from '../../../src/xmpp/stanza.ts';
import { parse } from '../../support/parse.ts';

const DESTINATION = destinationOf('vxf9n471bn46', 'requester@example.com/foo', 'target@example.org/bar');
const LOOPBACK = '127.0.0.1';
const ENDS: (() => void)[] = [];
afterEach(() => {
  for (const end of ENDS.splice(0)) end();
});

const anywhere = async ({ host }: { host: string }) => [{ address: host, family: 4 }];
const terms = { destination: DESTINATION, permit: anywhere };

async function listening(patience?: number): Promise<Listening & { port: number }> {
  const options = patience === undefined ? {} : { handshakePatience: patience };
  const made = await listenFor(DESTINATION, [LOOPBACK], options);
  ENDS.push(made.close);
  return { ...made, port: made.places[0]?.port ?? 0 };
}

/** A server that plays the streamhost by a function of its own. */
async function streamhost(play: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    play(socket);
  });
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  ENDS.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

async function dial(port: number): Promise<Socket> {
  const socket = connect(port, LOOPBACK);
  socket.on('error', () => undefined);
  ENDS.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

const hostAt = (port: number, jid = 'requester@example.com/foo') => ({ jid, host: LOOPBACK, port });

/** Two ends of a connection that has the handshake behind it. */
async function pair(): Promise<{ listener: SocketStream; dialer: SocketStream }> {
  const there = await listening();
  const dialer = await connectTo(hostAt(there.port), terms);
  const listener = await there.connection();
  ENDS.push(
    () => dialer.close(),
    () => listener.close(),
  );
  return { listener, dialer };
}

async function* chunks(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array, void> {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part;
}

async function read(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

const request = (name: string, { command = 1, type = 3, port = 0 } = {}) =>
  Buffer.concat([
    Buffer.from([5, command, 0, type, name.length]),
    Buffer.from(name),
    Buffer.from([port >> 8, port & 255]),
  ]);

/** Everything that comes until the other side ends. */
async function answerTo(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  socket.on('data', (bytes) => parts.push(bytes));
  await once(socket, 'close');
  return Buffer.concat(parts);
}

describe('the name that is asked for', () => {
  it('is the SHA-1 of stream, requester and target, in hexadecimal digits (XEP-0065 §5.3.2)', () => {
    expect(destinationOf('vj3hs98y', 'romeo@montague.lit/orchard', 'juliet@capulet.lit/balcony')).toBe(
      '972b7bf47291ca609517f67f86b5081086052dad',
    );
  });
});

describe('streamhosts', () => {
  const hosts = (...elements: string[]) =>
    parseStreamHosts(
      parse(`<query xmlns='http://jabber.org/protocol/bytestreams' sid='s'>${elements.join('')}</query>`),
    );

  it('keep their order; the port is 1080 where none is given (XEP-0065 §9.2)', () => {
    expect(
      hosts(
        "<streamhost jid='a@example.com/x' host='192.168.4.1' port='5086'/>",
        "<streamhost jid='proxy.example.com' host='streamer.example.com'/>",
        "<streamhost jid='a@example.com/x' host='2001:db8::1' port='1'/>",
      ),
    ).toEqual([
      { jid: 'a@example.com/x', host: '192.168.4.1', port: 5086 },
      { jid: 'proxy.example.com', host: 'streamer.example.com', port: 1080 },
      { jid: 'a@example.com/x', host: '2001:db8::1', port: 1 },
    ]);
  });

  it.each([
    "<streamhost host='192.168.4.1' port='5086'/>",
    "<streamhost jid='a@b@c' host='192.168.4.1' port='5086'/>",
    "<streamhost jid='a@example.com' port='5086'/>",
    "<streamhost jid='a@example.com' host='192.168.4.1' port='0'/>",
    "<streamhost jid='a@example.com' host='192.168.4.1' port='65536'/>",
    "<streamhost jid='a@example.com' host='192.168.4.1' port='0x50'/>",
    "<streamhost jid='a@example.com' host='a b' port='80'/>",
    "<streamhost jid='a@example.com' host='-oProxy' port='80'/>",
    "<streamhost jid='a@example.com' host='127.1' port='80'/>",
    "<streamhost jid='a@example.com' host='0x7f000001' port='80'/>",
    "<streamhost jid='a@example.com' host='fe80::1%eth0' port='80'/>",
    "<streamhost jid='a@example.com' host='http://example.com/' port='80'/>",
    `<streamhost jid='a@example.com' host='${'a'.repeat(300)}.example' port='80'/>`,
    "<streamhost xmlns='urn:evil' jid='a@example.com' host='192.168.4.1' port='5086'/>",
  ])('that are none are passed over: %s', (element) => {
    expect(hosts(element)).toEqual([]);
  });

  it('count once for each host and port, since a proxy takes the second connection for the other side', () => {
    const twice = "<streamhost jid='p.example.com' host='P.example.com' port='7777'/>";
    expect(hosts(twice, twice.toLowerCase())).toHaveLength(1);
  });

  it('beyond sixteen are not read', () => {
    const many = Array.from({ length: 1000 }, (_, at) => `<streamhost jid='a@b.c' host='h${at}.example'/>`);
    expect(hosts(...many)).toHaveLength(16);
  });

  it('are written as they are read', () => {
    const host = { jid: 'a@example.com/x', host: '2001:db8::1', port: 7777 };
    const query = x('query', { xmlns: 'http://jabber.org/protocol/bytestreams' }, xStreamHost(host));
    expect(parseStreamHosts(parse(query.toString()))).toEqual([host]);
  });
});

describe('connecting', () => {
  it('sends the greeting and the request of RFC 1928, a name and port 0 (XEP-0065 §10.2)', async () => {
    const seen: Buffer[] = [];
    const port = await streamhost((socket) => {
      socket.on('data', (bytes) => {
        seen.push(bytes);
        socket.write(seen.length === 1 ? Buffer.from([5, 0]) : Buffer.from([5, 0, 0, 1, 1, 2, 3, 4, 5, 6]));
      });
    });
    (await connectTo(hostAt(port), terms)).close();
    expect(Buffer.concat(seen)).toEqual(Buffer.concat([Buffer.from([5, 1, 0]), request(DESTINATION)]));
  });

  it.each([
    ['an IPv4 address', [1, 127, 0, 0, 1, 0, 0]],
    ['an IPv6 address', [4, ...Array(16).fill(0), 0, 0]],
    ['a name', [3, 2, 97, 98, 0, 0]],
    ['an empty name', [3, 0, 0, 0]],
  ])('reads an answer with %s to its last byte, and nothing behind it (RFC 1928 §6)', async (_, bound) => {
    const port = await streamhost((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.from([5, 0]));
        socket.once('data', () => socket.end(Buffer.from([5, 0, 0, ...(bound as number[]), 104, 105])));
      });
    });
    const stream = await connectTo(hostAt(port), terms);
    expect(await read(stream.receive({ size: 2 }))).toBe('hi');
  });

  it.each([
    ['another version', [4, 0]],
    ['a wish for a password', [5, 2]],
    ['no method at all', [5, 255]],
    ['a refusal', [5, 0, 5, 1, 0, 1, 0, 0, 0, 0, 0, 0]],
    ['an unknown kind of address', [5, 0, 5, 0, 0, 9, 0, 0, 0, 0, 0, 0]],
    ['an end after the greeting', [5, 0]],
    ['a web page', [...Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')]],
    ['nothing', []],
  ])('gives up on %s', async (_, bytes) => {
    const port = await streamhost((socket) => socket.end(Buffer.from(bytes as number[])));
    await expect(connectTo(hostAt(port), terms)).rejects.toThrow();
  });

  it('holds against any bytes', async () => {
    let bytes: Uint8Array = new Uint8Array();
    const port = await streamhost((socket) => socket.end(bytes));
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (given) => {
        bytes = given;
        const stream = await connectTo(hostAt(port), terms).catch((error: unknown) => error);
        if (stream instanceof Error) return;
        (stream as SocketStream).close();
        expect([...given.subarray(0, 4)]).toEqual([5, 0, 5, 0]);
      }),
      { numRuns: 40 },
    );
  });

  it('does not wait for a streamhost that says nothing longer than it may', async () => {
    const port = await streamhost(() => undefined);
    await expect(connectTo(hostAt(port), { ...terms, patience: 30 })).rejects.toMatchObject({
      condition: 'remote-server-timeout',
    });
  });

  it('does not wait for a name that is not found out', async () => {
    const permit = () => new Promise<never>(() => undefined);
    await expect(connectTo(hostAt(1), { ...terms, permit, patience: 30 })).rejects.toMatchObject({
      condition: 'remote-server-timeout',
    });
  });

  it('connects to no address that is not permitted', async () => {
    const there = await listening();
    const host = hostAt(there.port);
    await expect(connectTo(host, { ...terms, permit: async () => [] })).rejects.toMatchObject({
      condition: 'not-allowed',
    });
  });

  it('ends when it is not wanted any more, with the reason', async () => {
    const port = await streamhost(() => undefined);
    const stop = new AbortController();
    const attempt = connectTo(hostAt(port), { ...terms, signal: stop.signal });
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(attempt).rejects.toBe(reason);
  });

  it('tries streamhosts in their order until one works (XEP-0065 §5.3.2)', async () => {
    const tried: number[] = [];
    const refusing = await streamhost((socket) => {
      tried.push(refusing);
      socket.end(Buffer.from([5, 255]));
    });
    const there = await listening();
    const last = await streamhost(() => tried.push(last));
    const found = await connectToFirst([hostAt(refusing), hostAt(there.port), hostAt(last)], terms);
    found?.stream.close();
    expect({ tried, port: found?.host.port }).toEqual({ tried: [refusing], port: there.port });
  });

  it('tries no more than eight, so that nobody looks through a network with us', async () => {
    let asked = 0;
    const permit = async () => {
      asked++;
      return [];
    };
    const hosts = Array.from({ length: 16 }, (_, at) => hostAt(at + 1));
    expect(await connectToFirst(hosts, { ...terms, permit })).toBeUndefined();
    expect(asked).toBe(MOST_TRIED);
  });
});

describe('listening', () => {
  it('lets in who asks for the name, and answers with the same name and port (XEP-0065 §5.3.2)', async () => {
    const there = await listening();
    const socket = await dial(there.port);
    socket.write(Buffer.concat([Buffer.from([5, 2, 1, 0]), request(DESTINATION)]));
    const stream = await there.connection();
    stream.close();
    const answer = await answerTo(socket);
    expect(answer).toEqual(
      Buffer.concat([Buffer.from([5, 0, 5, 0, 0, 3, 40]), Buffer.from(DESTINATION), Buffer.from([0, 0])]),
    );
  });

  it('reads the handshake byte by byte as well', async () => {
    const there = await listening();
    const socket = await dial(there.port);
    socket.setNoDelay(true);
    for (const byte of Buffer.concat([Buffer.from([5, 1, 0]), request(DESTINATION)])) {
      socket.write(Buffer.from([byte]));
      await turn();
    }
    expect((await there.connection()).closed).toBe(false);
  });

  const other = destinationOf('another', 'a@example.com', 'b@example.com');
  it.each([
    ['another name', [5, 1, 0], request(other), [5, 0, 5, 2]],
    ['a shorter name', [5, 1, 0], request(DESTINATION.slice(1)), [5, 0, 5, 2]],
    ['another port', [5, 1, 0], request(DESTINATION, { port: 1 }), [5, 0, 5, 2]],
    ['to listen for it (BIND)', [5, 1, 0], request(DESTINATION, { command: 2 }), [5, 0, 5, 7]],
    ['an IPv4 address', [5, 1, 0], Buffer.from([5, 1, 0, 1, 127, 0, 0, 1, 0, 0]), [5, 0, 5, 8]],
    ['to log in', [5, 1, 2], Buffer.alloc(0), [5, 255]],
    ['in the words of the web', [71, 69, 84, 32], Buffer.from('/ HTTP/1.1\r\n\r\n'), []],
    ['by SOCKS4', [4, 1], Buffer.alloc(10), []],
    ['with no method', [5, 0], Buffer.alloc(10), []],
  ])('refuses who asks for %s', async (_, greeting, rest, told) => {
    const there = await listening();
    const socket = await dial(there.port);
    const answer = answerTo(socket);
    socket.write(Buffer.concat([Buffer.from(greeting), rest]));
    expect([...(await answer).subarray(0, told.length || 1)]).toEqual(told);
    await expect(there.connection({ timeout: 20 })).rejects.toMatchObject({
      condition: 'remote-server-timeout',
    });
  });

  it('holds against any bytes, and lets nobody in by them', async () => {
    const there = await listening(50);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (bytes) => {
        const socket = await dial(there.port);
        const over = answerTo(socket);
        socket.end(bytes);
        await over;
      }),
      { numRuns: 40 },
    );
    await expect(there.connection({ timeout: 20 })).rejects.toMatchObject({
      condition: 'remote-server-timeout',
    });
  });

  it('sends away who does not come to an end', async () => {
    const there = await listening(30);
    const socket = await dial(there.port);
    socket.write(Buffer.from([5, 1]));
    expect(await answerTo(socket)).toHaveLength(0);
  });

  it('keeps few connections waiting at one time', async () => {
    const there = await listening();
    const sockets = await Promise.all(Array.from({ length: 8 }, () => dial(there.port)));
    const late = await dial(there.port);
    expect(await answerTo(late)).toHaveLength(0);
    expect(sockets.every((socket) => !socket.destroyed)).toBe(true);
  });

  it('gives the newest connection that stands, closes the others, and lets in nobody else', async () => {
    const there = await listening();
    const first = await connectTo(hostAt(there.port), terms);
    const second = await connectTo(hostAt(there.port), terms);
    const third = await connectTo(hostAt(there.port), terms);
    third.close();
    for (let at = 0; at < 50; at++) await turn();
    const stream = await there.connection();
    const sent = stream.send({ source: chunks('for the newest') });
    const [one, two] = await Promise.allSettled([
      read(first.receive({ size: 14 })),
      read(second.receive({ size: 14 })),
    ]);
    const won = [one, two].find(({ status }) => status === 'fulfilled');
    expect(won).toMatchObject({ value: 'for the newest' });
    expect([one, two].filter(({ status }) => status === 'rejected')).toHaveLength(1);
    await sent;
    await expect(connectTo(hostAt(there.port), terms)).rejects.toThrow();
  });

  it('listens at no address that is not there', async () => {
    const there = await listenFor(DESTINATION, ['192.0.2.1', LOOPBACK]);
    expect(there.places.map(({ host }) => host)).toEqual([LOOPBACK]);
    there.close();
  });
});

describe('addresses of this computer', () => {
  const at = (address: string, internal = false) => ({ address, internal }) as never;
  const interfaces = {
    lo: [at('127.0.0.1', true), at('::1', true)],
    eth0: [at('192.168.4.1'), at('fe80::1'), at('2001:db8::5')],
    wlan0: [at('169.254.3.4'), at('10.0.0.7')],
  };

  it('begin with the one that the server is reached by; those of the link or this computer alone are left out', () => {
    expect(ownAddresses('::ffff:10.0.0.7', interfaces)).toEqual(['10.0.0.7', '192.168.4.1', '2001:db8::5']);
  });

  it('are the loopback address where the server is on this computer', () => {
    expect(ownAddresses('127.0.0.1', interfaces)).toEqual(['127.0.0.1']);
  });

  it('are six at most', () => {
    const many = { eth0: Array.from({ length: 50 }, (_, n) => at(`10.0.0.${n}`)) };
    expect(ownAddresses(undefined, many)).toHaveLength(6);
  });
});

describe('the bytes', () => {
  it('arrive as they were, either way', async () => {
    for (const way of ['listener', 'dialer'] as const) {
      const ends = await pair();
      const [from, to] = way === 'listener' ? [ends.listener, ends.dialer] : [ends.dialer, ends.listener];
      const progress: number[] = [];
      const sent = from.send({ source: chunks('foo', 'bar'), onProgress: (bytes) => progress.push(bytes) });
      expect(await read(to.receive({ size: 6 }))).toBe('foobar');
      await sent;
      expect(progress).toEqual([3, 6]);
    }
  });

  it('of an empty file are none, and it takes the end of the stream to know that', async () => {
    const { listener, dialer } = await pair();
    const come = read(dialer.receive({ size: 0 }));
    await listener.send({ source: chunks() });
    expect(await come).toBe('');
  });

  it('wait for a reader that is slow: no more than the buffers hold is under way', async () => {
    const { listener, dialer } = await pair();
    let asked = 0;
    async function* source() {
      for (; asked < 1000; asked++) yield Buffer.alloc(256 * 1024);
    }
    const sent = listener.send({ source: source() });
    sent.catch(() => undefined);
    const reader = dialer.receive({})[Symbol.asyncIterator]();
    await reader.next();
    let before = -1;
    while (before !== asked) {
      before = asked;
      for (let at = 0; at < 50; at++) await turn();
    }
    expect(asked).toBeLessThan(200);
    await reader.return?.();
    await expect(sent).rejects.toMatchObject({ condition: 'bytestream-broken' });
  });

  it('beyond what was declared end the stream', async () => {
    const { listener, dialer } = await pair();
    const sent = listener.send({ source: chunks('too many') });
    sent.catch(() => undefined);
    await expect(read(dialer.receive({ size: 3 }))).rejects.toMatchObject({ condition: 'policy-violation' });
  });

  it('that are too few are told from a whole file', async () => {
    const { listener, dialer } = await pair();
    const sent = listener.send({ source: chunks('few') });
    await expect(read(dialer.receive({ size: 10 }))).rejects.toMatchObject({
      condition: 'bytestream-broken',
    });
    await sent;
  });

  it('without a declared size end with the stream, within the limit', async () => {
    const { listener, dialer } = await pair();
    const sent = listener.send({ source: chunks('all of it') });
    expect(await read(dialer.receive({ limit: 100 }))).toBe('all of it');
    await sent;
  });

  it('are not all there when the reader closes early, and the sender is told', async () => {
    const { listener, dialer } = await pair();
    const stream = dialer.receive({ size: 2 ** 30 });
    async function* source() {
      for (;;) yield Buffer.alloc(65_536);
    }
    const sent = listener.send({ source: source() });
    const come = expect(read(stream)).rejects.toMatchObject({ condition: 'cancelled' });
    stream.close();
    await expect(sent).rejects.toMatchObject({ condition: 'bytestream-broken' });
    await come;
  });

  it('stop when the sender is told to, with its reason, and the reader sees that it broke', async () => {
    const { listener, dialer } = await pair();
    const stop = new AbortController();
    const reason = new Error('enough');
    async function* source() {
      yield Buffer.from('beginning');
      stop.abort(reason);
      yield Buffer.from('more');
    }
    const sent = listener.send({ source: source(), signal: stop.signal });
    const come = expect(read(dialer.receive({ size: 100 }))).rejects.toMatchObject({
      condition: 'bytestream-broken',
    });
    await expect(sent).rejects.toBe(reason);
    await come;
  });

  it('are not waited for for ever, in either direction', async () => {
    const port = await streamhost((socket) => socket.pause());
    const silent = async () => {
      const socket = await dial(port);
      return socketStream(socket, { patience: 30 });
    };
    await expect(read((await silent()).receive({ size: 1 }))).rejects.toMatchObject({
      condition: 'remote-server-timeout',
    });
    async function* source() {
      for (;;) yield Buffer.alloc(2 ** 20);
    }
    await expect((await silent()).send({ source: source() })).rejects.toMatchObject({
      condition: 'remote-server-timeout',
    });
  });
});
