import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { type Server, type ServerOptions, serverKind, startServer } from '../support/server.ts';

async function start(options: ServerOptions = {}): Promise<Server> {
  const server = await startServer(serverKind(), options);
  onTestFinished(() => server.stop());
  return server;
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** What SASL PLAIN (RFC 4616) answers over direct TLS (XEP-0368): the name of the element. */
async function logIn(server: Server, user: string, password: string): Promise<string> {
  const socket = connectTls({
    host: server.host,
    port: server.directTlsPort,
    servername: server.domain,
    ca: readFileSync(server.caFile),
    ALPNProtocols: ['xmpp-client'],
  });
  const header = `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='${server.domain}' version='1.0'>`;
  const response = Buffer.from(`\0${user}\0${password}`).toString('base64');
  let text = '';
  try {
    await once(socket, 'secureConnect');
    socket.write(header);
    for await (const chunk of socket) {
      text += String(chunk);
      if (text.includes('</stream:features>') && !text.includes('urn:sent')) {
        text = 'urn:sent';
        socket.write(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${response}</auth>`);
      }
      const answer = /<(success|failure)/.exec(text);
      if (answer) return answer[1] ?? '';
    }
    return 'closed';
  } finally {
    socket.destroy();
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

it('knows the accounts it started with and those added later, by their passwords only', async () => {
  const server = await start({ users: [{ name: 'alice', password: 'pässword "1"' }] });
  expect(await logIn(server, 'alice', 'pässword "1"')).toBe('success');
  expect(await logIn(server, 'alice', 'other')).toBe('failure');
  expect(await logIn(server, 'bob.b_b', 'pw')).toBe('failure');
  await server.addUser({ name: 'bob.b_b', password: 'pw' });
  expect(await logIn(server, 'bob.b_b', 'pw')).toBe('success');
  await server.removeUser('bob.b_b');
  expect(await logIn(server, 'bob.b_b', 'pw')).toBe('failure');
});

it('leaves neither process nor folder nor listener behind', async () => {
  const server = await start();
  const pid = server.pid();
  expect(runs(pid)).toBe(true);
  await server.stop();
  expect(runs(pid)).toBe(false);
  expect(existsSync(server.folder)).toBe(false);
  expect(await accepts(server.port)).toBe(false);
});

it('comes back on the same ports with its accounts after a restart and after a crash', async () => {
  const server = await start({ users: [{ name: 'alice', password: 'pw' }] });
  const first = server.pid();
  await server.restart();
  expect(runs(first)).toBe(false);
  const second = server.pid();
  expect(await logIn(server, 'alice', 'pw')).toBe('success');
  await server.kill();
  expect(runs(second)).toBe(false);
  expect(await accepts(server.port)).toBe(false);
  await server.start();
  expect(await logIn(server, 'alice', 'pw')).toBe('success');
});

it('gives servers that start together ports of their own', async () => {
  const servers = await Promise.all([start(), start(), start()]);
  const ports = servers.flatMap(({ port, directTlsPort }) => [port, directTlsPort]);
  expect(new Set(ports).size).toBe(6);
});

it('offers upload and proxy services when asked', async () => {
  const server = await start({ upload: true, proxy: true, archive: 'memory' });
  expect(await server.log()).toMatch(/proxy/i);
});

it('dies with whoever started it, however that one dies', async () => {
  const module = fileURLToPath(new URL('../support/server.ts', import.meta.url));
  const script = `
    const { startServer } = await import(${JSON.stringify(module)});
    const server = await startServer(${JSON.stringify(serverKind())});
    process.stdout.write(JSON.stringify({ pid: server.pid(), folder: server.folder }) + '\\n');
    await new Promise((resolve) => setTimeout(resolve, 60_000));`;
  const starter = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void starter.kill('SIGKILL'));
  const [line] = (await once(starter.stdout, 'data')) as [Buffer];
  const { pid, folder } = JSON.parse(line.toString()) as { pid: number; folder: string };
  expect(folder.startsWith(join(tmpdir(), 'xmpp-chat-'))).toBe(true);
  starter.kill('SIGKILL');
  await expect.poll(() => runs(pid) || existsSync(folder), { timeout: 10_000 }).toBe(false);
});
