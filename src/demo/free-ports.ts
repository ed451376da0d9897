/** Free TCP ports on the loopback interface. */
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * Below those that systems give out by themselves (Linux from 32,768 on, others from 49,152): the port of a server that is
 * down for a moment is not taken by somebody's connection.
 */
const LOWEST = 10_240;
const HIGHEST = 32_767;
const ATTEMPTS = 100;

function listenOn(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

async function listen(): Promise<Server> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await listenOn(randomInt(LOWEST, HIGHEST + 1));
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
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
