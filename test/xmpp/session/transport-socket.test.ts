import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Established } from '../../../src/xmpp/session/establish.ts';
import { TransportSocket } from '../../../src/xmpp/session/transport-socket.ts';

/** One that is connected, the server's end of it, and what it told, in order. */
async function transport() {
  const server = new PassThrough();
  const told: string[] = [];
  const established = { socket: server, raw: server } as unknown as Established;
  const socket = new TransportSocket(() => Promise.resolve(established), {
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
