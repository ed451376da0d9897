/** Free TCP ports on the loopback interface. */
import { createServer, type Server } from 'node:net';

function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/**
 * That many different ports of 127.0.0.1 that were free a moment ago. Another program may take one before
 * it is used, so whoever listens on them must be ready to ask for others.
 */
export async function freePorts(count: number): Promise<number[]> {
  // All are held at once, so that no port is given out twice.
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map(portOf);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
