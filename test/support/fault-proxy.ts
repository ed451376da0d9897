/**
 * A wire between a client and its server that fails as it is told: it stalls, cuts, slows and delays. It works on the
 * bytes as they are, so it knows nothing of TLS or XMPP, and a cut can fall anywhere in a record.
 */
import { EventEmitter, once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** `up`: from the client to the server. */
export type Direction = 'up' | 'down';
const DIRECTIONS: readonly Direction[] = ['up', 'down'];

interface Pipe {
  readonly from: Socket;
  readonly to: Socket;
  readonly direction: Direction;
  /** what waits for its turn; an empty one stands for the end */
  readonly held: { bytes: Buffer; due: number }[];
  timer: NodeJS.Timeout | undefined;
  /** bytes that went through */
  passed: number;
}

interface Wire {
  readonly near: Socket;
  readonly far: Socket;
  readonly pipes: readonly Pipe[];
  /** the server's side is gone, and nobody told the client */
  lost: boolean;
}

export interface FaultProxyEvents {
  /** when a client came; also one that is refused */
  connection: [];
  /** when a connection is gone on both sides */
  closed: [];
  /** when bytes went through */
  bytes: [direction: Direction, total: number];
}

export class FaultProxy extends EventEmitter<FaultProxyEvents> {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #wires = new Set<Wire>();
  readonly #stalled = new Set<Direction>();
  readonly #limits = new Map<Direction, number>();
  readonly #slow = new Map<Direction, { bytes: number; milliseconds: number }>();
  readonly #delays = new Map<Direction, number>();
  #refuses = false;
  #port = 0;
  /** clients that came, refused ones too */
  connections = 0;

  constructor(target: { readonly host: string; readonly port: number }) {
    super();
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true }, (near) => this.#accept(near));
  }

  /** `--service` of what stands behind. */
  get service(): string {
    return `xmpp://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** connections that are open */
  get open(): number {
    return this.#wires.size;
  }

  /** Bytes of the newest connection that went through so far. */
  passed(direction: Direction): number {
    const wire = [...this.#wires].at(-1);
    return wire?.pipes.find((pipe) => pipe.direction === direction)?.passed ?? 0;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    this.#port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Everything is well from now on; what was held goes out. Connections that were cut stay so. */
  pass(): void {
    this.#refuses = false;
    this.#stalled.clear();
    this.#limits.clear();
    this.#slow.clear();
    this.#delays.clear();
    for (const pipe of this.#pipes()) this.#run(pipe);
    for (const wire of this.#wires) if (!wire.lost) this.#follow(wire);
  }

  /** Holds everything back, as a wire that lost its packets; without a direction both. */
  stall(...directions: readonly Direction[]): void {
    for (const direction of directions.length === 0 ? DIRECTIONS : directions) this.#stalled.add(direction);
  }

  /** Resets every connection, on both sides. */
  cut(): void {
    for (const wire of this.#wires) this.#reset(wire);
  }

  /** New clients are reset at once until `pass`. */
  refuse(): void {
    this.#refuses = true;
  }

  /** The server's side of every connection goes, and the client is not told: what it writes goes nowhere. */
  halfOpen(): void {
    for (const wire of this.#wires) {
      wire.lost = true;
      wire.far.resetAndDestroy();
    }
  }

  /** Resets a connection when so many more bytes went through in that direction. */
  cutAfter(direction: Direction, bytes: number): void {
    this.#limits.set(direction, bytes);
  }

  /** Ends every connection in order of TCP, on both sides: neither TLS nor XMPP said good-bye. */
  finish(): void {
    for (const { near, far } of this.#wires) {
      near.end();
      far.end();
    }
  }

  /** So many bytes at a time, and so many milliseconds between. */
  slow(bytes: number, milliseconds: number, ...directions: readonly Direction[]): void {
    for (const direction of directions.length === 0 ? DIRECTIONS : directions)
      this.#slow.set(direction, { bytes, milliseconds });
  }

  /** Each answer of the server comes so many milliseconds late. */
  delay(milliseconds: number, direction: Direction = 'down'): void {
    this.#delays.set(direction, milliseconds);
  }

  /** Resolves when the next client comes. */
  async nextConnection(): Promise<void> {
    await once(this, 'connection');
  }

  /** Ends it with all connections. */
  async close(): Promise<void> {
    this.cut();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #pipes(): Pipe[] {
    return [...this.#wires].flatMap(({ pipes }) => pipes);
  }

  #accept(near: Socket): void {
    this.connections += 1;
    near.on('error', () => undefined);
    if (this.#refuses) {
      near.resetAndDestroy();
      this.emit('connection');
      return;
    }
    const far = connect({ ...this.#target, allowHalfOpen: true });
    const pipe = (from: Socket, to: Socket, direction: Direction): Pipe => ({
      from,
      to,
      direction,
      held: [],
      timer: undefined,
      passed: 0,
    });
    const wire: Wire = { near, far, lost: false, pipes: [pipe(near, far, 'up'), pipe(far, near, 'down')] };
    this.#wires.add(wire);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#closed(wire, socket));
    }
    for (const each of wire.pipes) {
      const put = (bytes: Buffer) => {
        each.held.push({ bytes, due: performance.now() + (this.#delays.get(each.direction) ?? 0) });
        this.#run(each);
      };
      each.from.on('data', put);
      each.from.on('end', () => put(Buffer.alloc(0)));
    }
    this.emit('connection');
  }

  /** One side is gone: the other goes as well, unless the wire is stalled and nobody can know. */
  #closed(wire: Wire, socket: Socket): void {
    const towards: Direction = socket === wire.near ? 'up' : 'down';
    if (!this.#stalled.has(towards) && !(wire.lost && socket === wire.far)) this.#follow(wire);
    if (!wire.near.destroyed || !wire.far.destroyed) return;
    for (const pipe of wire.pipes) clearTimeout(pipe.timer);
    if (this.#wires.delete(wire)) this.emit('closed');
  }

  /** Where one side is gone the other goes too, when what was on its way has been written. */
  #follow({ near, far }: Wire): void {
    const left = near.destroyed ? far : far.destroyed ? near : undefined;
    if (left === undefined || left.destroyed) return;
    left.write('', () => left.resetAndDestroy());
  }

  #reset({ near, far, pipes }: Wire): void {
    for (const pipe of pipes) {
      clearTimeout(pipe.timer);
      pipe.held.length = 0;
    }
    near.resetAndDestroy();
    far.resetAndDestroy();
  }

  /** Writes what may go now; a timer takes the rest. */
  #run(pipe: Pipe): void {
    clearTimeout(pipe.timer);
    pipe.timer = undefined;
    while (!this.#stalled.has(pipe.direction) && !pipe.to.destroyed) {
      const [next] = pipe.held;
      if (next === undefined) return;
      const early = next.due - performance.now();
      if (early > 0) return void this.#later(pipe, early);
      const slow = this.#slow.get(pipe.direction);
      const bytes = slow === undefined ? next.bytes : next.bytes.subarray(0, slow.bytes);
      if (bytes.length === next.bytes.length) pipe.held.shift();
      else pipe.held[0] = { bytes: next.bytes.subarray(bytes.length), due: next.due };
      if (!this.#write(pipe, bytes)) return;
      if (slow !== undefined) return void this.#later(pipe, slow.milliseconds);
    }
  }

  #later(pipe: Pipe, milliseconds: number): void {
    pipe.timer = setTimeout(() => this.#run(pipe), milliseconds);
  }

  /** False where the connection was cut on the way. */
  #write(pipe: Pipe, bytes: Buffer): boolean {
    if (bytes.length === 0) {
      pipe.to.end();
      return true;
    }
    const left = this.#limits.get(pipe.direction);
    const cut = left !== undefined && bytes.length >= left;
    const part = cut ? bytes.subarray(0, left) : bytes;
    pipe.passed += part.length;
    if (left !== undefined && !cut) this.#limits.set(pipe.direction, left - part.length);
    if (!cut) {
      pipe.to.write(part);
      this.emit('bytes', pipe.direction, pipe.passed);
      return true;
    }
    this.#limits.delete(pipe.direction);
    const wire = [...this.#wires].find(({ pipes }) => pipes.includes(pipe));
    // The last bytes have to be out before the reset takes what is left away.
    pipe.to.write(part, () => wire && this.#reset(wire));
    this.emit('bytes', pipe.direction, pipe.passed);
    return false;
  }
}

/** Resolves to a wire to that server on a free port of 127.0.0.1; whoever started it closes it. */
export async function startFaultProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<FaultProxy> {
  const proxy = new FaultProxy({ host: target.host, port: target.port });
  await proxy.listen();
  return proxy;
}
