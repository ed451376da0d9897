/** The SOCKS5 handshake as bytestreams use it: no authentication, CONNECT to a name. RFC 1928; XEP-0065 §5.3.2. */
import { timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { XmppError } from '../errors.ts';

const VERSION = 5;
const NO_AUTHENTICATION = 0;
const NO_METHOD = 0xff;
const CONNECT = 1;
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;
const SUCCEEDED = 0;
const REFUSED = 2;
const COMMAND_UNKNOWN = 7;
const ADDRESS_UNKNOWN = 8;

const malformed = () => new XmppError('not-acceptable', 'no SOCKS5');

/** Resolves when there is something to read, or an end; rejects with what the socket failed with. */
function readable(socket: Socket): Promise<void> {
  const events = ['readable', 'end', 'close'] as const;
  return new Promise((resolve, reject) => {
    const settle = () => {
      for (const event of events) socket.off(event, settle);
      if (socket.errored) reject(socket.errored);
      else resolve();
    };
    for (const event of events) socket.once(event, settle);
  });
}

interface Reader {
  /** Exactly that many bytes. Rejects when the socket ends before. */
  take(count: number): Promise<Buffer>;
  /** Puts back what was read too far. */
  release(): void;
}

function reader(socket: Socket): Reader {
  let rest: Buffer = Buffer.alloc(0);
  return {
    async take(count) {
      while (rest.length < count) {
        // Everything, always: what stays in the socket would be told again at once, and for ever.
        const more = socket.read() as Buffer | null;
        if (more !== null) rest = Buffer.concat([rest, more]);
        else if (socket.readableEnded || socket.destroyed)
          throw socket.errored ?? new XmppError('closed', 'ended within the SOCKS5 handshake');
        else await readable(socket);
      }
      const bytes = rest.subarray(0, count);
      rest = rest.subarray(count);
      return bytes;
    },
    release() {
      if (rest.length > 0 && !socket.destroyed) socket.unshift(rest);
    },
  };
}

/** The address in a request or an answer, without its port. §4 */
async function takeAddress(from: Reader, type: number): Promise<Buffer> {
  if (type === IPV4) return from.take(4);
  if (type === IPV6) return from.take(16);
  if (type !== NAME) throw malformed();
  const [length = 0] = await from.take(1);
  return from.take(length);
}

/** A name and port 0, as a request has it, and the answer to it (XEP-0065 §5.3.2: the same again). */
const named = (code: number, destination: string) =>
  Buffer.concat([
    Buffer.from([VERSION, code, 0, NAME, Buffer.byteLength(destination)]),
    Buffer.from(destination, 'latin1'),
    Buffer.from([0, 0]),
  ]);

/** Asks the other side for `destination`. Rejects with an XmppError where it is no SOCKS5 server, or says no. */
export async function requestConnection(socket: Socket, destination: string): Promise<void> {
  const answer = reader(socket);
  socket.write(Buffer.from([VERSION, 1, NO_AUTHENTICATION]));
  const [version, method] = await answer.take(2);
  if (version !== VERSION || method !== NO_AUTHENTICATION) throw malformed();
  socket.write(named(CONNECT, destination));
  const [again, status, , type = 0] = await answer.take(4);
  if (again !== VERSION) throw malformed();
  if (status !== SUCCEEDED) throw new XmppError('not-allowed', `SOCKS5 status ${status}`);
  // What it says that it is bound to is of no use; it must be read all the same.
  await takeAddress(answer, type);
  await answer.take(2);
  answer.release();
}

/**
 * Answers somebody who asks for `destination`. Rejects with an XmppError after telling them, where they speak no SOCKS5
 * or ask for anything else.
 */
export async function answerConnection(socket: Socket, destination: string): Promise<void> {
  const asked = reader(socket);
  const [version, count = 0] = await asked.take(2);
  if (version !== VERSION || count === 0) throw malformed();
  const methods = await asked.take(count);
  if (!methods.includes(NO_AUTHENTICATION)) {
    socket.end(Buffer.from([VERSION, NO_METHOD]));
    throw new XmppError('not-authorized');
  }
  socket.write(Buffer.from([VERSION, NO_AUTHENTICATION]));
  const [again, command, , type = 0] = await asked.take(4);
  if (again !== VERSION) throw malformed();
  const address = await takeAddress(asked, type);
  const port = (await asked.take(2)).readUInt16BE();
  const refuse = (code: number, condition: string) => {
    socket.end(named(code, ''));
    return new XmppError(condition);
  };
  if (command !== CONNECT) throw refuse(COMMAND_UNKNOWN, 'feature-not-implemented');
  if (type !== NAME) throw refuse(ADDRESS_UNKNOWN, 'not-acceptable');
  const expected = Buffer.from(destination, 'latin1');
  if (port !== 0 || address.length !== expected.length || !timingSafeEqual(address, expected))
    throw refuse(REFUSED, 'not-allowed');
  asked.release();
  socket.write(named(SUCCEEDED, destination));
}
