import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Established } from '../../../src/xmpp/session/establish.ts';
import type { Intake } from '../../../src/xmpp/session/options.ts';
import { TransportSocket } from '../../../src/xmpp/session/transport-socket.ts';

/** One that is connected, the server's end of it, and what it told, in order. */
async function transport(intake?: Intake) {
  const server = new PassThrough();
  const told: string[] = [];
  const established = { socket: server, raw: server } as unknown as Established;
  const socket = new TransportSocket(() => Promise.resolve(established), {
    intake,
    wanted: () => true,
    broken: () => told.push('broken'),
  });
  socket.on('data', (text) => told.push(text));
  socket.on('error', ({ message }) => told.push(message));
  socket.on('close', () => told.push('close'));
  socket.connect();
  await once(socket, 'connect');
  return { server, socket, told };
}

/** What came is seen, and the turn of the event loop in which it came is over. */
const turnOver = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));

/** So that each is read by itself, as records of TLS are. */
async function write(server: PassThrough, ...chunks: (string | Buffer)[]): Promise<void> {
  for (const chunk of chunks) {
    server.write(chunk);
    await new Promise<void>((resolve) => process.nextTick(() => process.nextTick(resolve)));
  }
}

describe('characters of a connection', () => {
  it('are passed on together where they come in one turn, in order', async () => {
    const { server, told } = await transport();
    await write(server, '<one/>', '<two/>', '<three/>');
    expect(told).toEqual([]);
    await turnOver();
    expect(told).toEqual(['<one/><two/><three/>']);
    await write(server, '<four/>');
    await turnOver();
    expect(told).toEqual(['<one/><two/><three/>', '<four/>']);
  });

  it('wait for no more than 128 KiB', async () => {
    const { server, told } = await transport();
    const record = 'x'.repeat(16 * 1024);
    await write(server, ...Array.from({ length: 9 }, () => record));
    expect(told.map(({ length }) => length)).toEqual([8 * record.length]);
    await turnOver();
    expect(told.map(({ length }) => length)).toEqual([8 * record.length, record.length]);
  });

  it('stay in the network while what was made of them waits for its reader', async () => {
    let goOn = () => {};
    const intake = { open: true, opened: () => new Promise<void>((resolve) => (goOn = resolve)) };
    const { server, told } = await transport(intake);
    await write(server, '<one/>');
    await turnOver();
    intake.open = false;
    await write(server, '<two/>', 'x'.repeat(100_000));
    await turnOver();
    expect(told).toEqual(['<one/>']);
    expect(server.readableLength).toBe(100_006);
    intake.open = true;
    goOn();
    await turnOver();
    expect(told.join('')).toBe(`<one/><two/>${'x'.repeat(100_000)}`);
  });

  it('come before the end of the connection, and before what broke it', async () => {
    const { server, told } = await transport();
    await write(server, '<last/>');
    server.destroy(new Error('cut'));
    await turnOver();
    expect(told).toEqual(['<last/>', expect.stringContaining('connection lost'), 'close']);
  });

  it('come before bytes that are no UTF-8, and nothing comes behind those (RFC 6120 §11.6)', async () => {
    const { server, told } = await transport();
    await write(server, '<good/>', Buffer.from([0xff, 0xff, 0xff, 0xff]), '<more/>');
    await turnOver();
    expect(told).toEqual(['<good/>', 'broken']);
  });

  it('are nobody’s when the connection was dropped from here', async () => {
    const { server, socket, told } = await transport();
    await write(server, '<late/>');
    socket.destroy();
    await turnOver();
    expect(told).toEqual(['close']);
  });
});

/** As `transport`, over TLS; what is written comes back. */
async function secure() {
  const server = new PassThrough();
  const fragments: number[] = [];
  const tls = Object.assign(server, { setMaxSendFragment: (size: number) => fragments.push(size) });
  const socket = new TransportSocket(
    () => Promise.resolve({ socket: server, raw: server, tls } as unknown as Established),
    { wanted: () => true, broken: () => undefined },
  );
  let written = '';
  socket.on('data', (text) => {
    written += text;
  });
  socket.connect();
  await once(socket, 'connect');
  const write = async (...texts: string[]): Promise<string> => {
    written = '';
    for (const text of texts) socket.write(text);
    await turnOver();
    return written;
  };
  return { fragments, write };
}

describe('what is written over TLS', () => {
  const large = `<a>${'x'.repeat(5000)}</a>`;

  it('goes in records of 4,096 bytes, of which a server reads a whole one', async () => {
    expect((await secure()).fragments).toEqual([4096]);
  });

  it('ends with a record where it is more than one, and so does what follows (RFC 6120 §4.6.1)', async () => {
    const { write } = await secure();
    expect(await write(large, large)).toBe((large + large).padEnd(3 * 4096));
    expect(await write('<r/>')).toBe('<r/>'.padEnd(4096));
    expect(await write('x'.repeat(8192))).toBe('x'.repeat(8192));
  });

  it('stays as it is where it is little', async () => {
    const { write } = await secure();
    expect(await write('<one/>')).toBe('<one/>');
    expect(await write('x'.repeat(4096))).toBe('x'.repeat(4096));
  });

  it('is filled up by no more than an eighth in the long run', async () => {
    const { write } = await secure();
    let filled = 0;
    for (let turn = 0; turn < 200; turn++) filled += (await write(large)).length - large.length;
    expect(filled).toBeGreaterThan(0);
    expect(filled).toBeLessThan(4 * 4096 + (200 * large.length) / 8);
  });

  it('has nothing behind the end of the stream', async () => {
    const { write } = await secure();
    expect(await write(large, '</stream:stream>')).toBe(`${large}</stream:stream>`);
  });
});
