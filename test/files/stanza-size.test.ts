/** A server that takes no large stanzas ends the stream over a block: the file goes again at once, in small ones. */
import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseLines } from '../support/json-lines.ts';
import { record } from '../support/listener.ts';
import { createPerson, type Person } from '../support/person.ts';
import type { Program } from '../support/program.ts';
import { type Server, startServer } from '../support/server.ts';

const TIMEOUT = 120_000;
let server: Server;
let anna: Person;
let ben: Program;

beforeAll(async () => {
  server = await startServer(undefined, {
    stanzaBytes: 20_000,
    users: [
      { name: 'anna', password: 'secret', contacts: [{ jid: 'ben@localhost', name: 'Ben' }] },
      { name: 'ben', password: 'secret', contacts: [{ jid: 'anna@localhost', name: 'Anna' }] },
    ],
  });
  anna = await createPerson(server, 'anna');
  const person = await createPerson(server, 'ben');
  ben = await person.listen(['--json', '--accept-files', 'all', '--resource', 'phone'], { timeoutMs: 1e9 });
  await record(ben, { type: 'contacts-online' });
}, TIMEOUT);
afterAll(async () => {
  ben?.signal('SIGTERM');
  await ben?.ended;
  await server?.stop();
});

it.each(['jingle-ibb', 'si-ibb'])(
  'a file by %s arrives through a server that takes no block of its size (RFC 6120 §13.12)',
  async (route) => {
    const name = `${route}.bin`;
    const content = randomBytes(1024 * 1024);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const [path, trace] = [join(anna.home.work, name), join(anna.home.work, `${name}.trace`)];
    await writeFile(path, content);
    const sent = await anna.run([
      ...['--json', '--send-file', path, '--to', 'ben@localhost/phone', '--file-route', route],
      ...['--debug', trace],
    ]);
    const [own] = parseLines(sent.stdout);
    expect(own).toMatchObject({ type: 'file', state: 'done', route, sha256 });
    const came = await record(ben, { type: 'file', name, state: 'done', sha256 });
    expect(content.equals(await readFile(String(came.path)))).toBe(true);
    const blocks = [...(await readFile(trace, 'utf8')).matchAll(/block-size=["'](\d+)/g)];
    expect(blocks.map(([, size]) => Number(size)).at(0)).toBe(32_768);
    expect(blocks.map(([, size]) => Number(size)).at(-1)).toBe(4096);
  },
  TIMEOUT,
);
