/** A SOCKS5 proxy on loopback that joins two connections with one name, once it is told to. XEP-0065 §6. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface Socks5Proxy {
  readonly port: number;
  /** names asked for so far, in their order */
  readonly asked: readonly string[];
  /** Joins both; false where there are not two. */
  activate(destination: string): boolean;
  close(): void;
}

export async function socks5Proxy(): Promise<Socks5Proxy> {
  const asked: string[] = [];
  const waiting = new Map<string, Socket[]>();
  const all = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    all.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', (request: Buffer) => {
        const length = request[4] ?? 0;
        const name = request.subarray(5, 5 + length).toString('latin1');
        asked.push(name);
        waiting.set(name, [...(waiting.get(name) ?? []), socket]);
        socket.pause();
        socket.write(Buffer.concat([Buffer.from([5, 0, 0, 3, length]), Buffer.from(name), Buffer.alloc(2)]));
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    activate(destination) {
      const [one, two] = (waiting.get(destination) ?? []).filter((socket) => !socket.destroyed).slice(-2);
      if (one === undefined || two === undefined) return false;
      one.pipe(two).pipe(one);
      return true;
    },
    close() {
      server.close();
      for (const socket of all) socket.destroy();
    },
  };
}
