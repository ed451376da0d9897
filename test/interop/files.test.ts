/**
 * Files to and from slixmpp by stream initiation, over SOCKS5 and in-band. docs/interop.md says what else there is to
 * say, beside the tests.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FileTransfer } from '../../src/chat/events.ts';
import { Device } from '../support/device.ts';
import { type Server, startServer } from '../support/server.ts';
import { SlixmppDevice } from './slixmpp-device.ts';

const SOCKS5 = 'http://jabber.org/protocol/bytestreams';
const IN_BAND = 'http://jabber.org/protocol/ibb';
const BOTH = [SOCKS5, IN_BAND];

describe('files with slixmpp', () => {
  let server: Server;
  let nurse: SlixmppDevice;
  let romeo: Device;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xmpp-chat-interop-'));
    const friends = (name: string) => [{ jid: `${name}@localhost`, name }];
    server = await startServer(undefined, {
      proxy: true,
      users: [
        { name: 'nurse', password: 'secret', contacts: friends('romeo') },
        { name: 'romeo', password: 'secret', contacts: friends('nurse') },
      ],
    });
    nurse = new SlixmppDevice(server, 'nurse', 'slixmpp');
    romeo = new Device(server, 'romeo', 'orchard', { filesDir: join(folder, 'received') });
    await Promise.all([romeo.come(), nurse.come()]);
  });
  beforeEach(() => {
    romeo.client.setSetting('file-route', 'si-socks5');
    romeo.client.setSetting('direct-files', 'contacts');
  });
  afterAll(async () => {
    await Promise.all([nurse?.leave(), romeo?.end()]);
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const saved = (): Promise<FileTransfer> =>
    new Promise((resolve) => {
      const watch = (file: FileTransfer) => {
        if (file.direction !== 'in' || file.state === 'offered' || file.state === 'active') return;
        romeo.client.off('file', watch);
        resolve(file);
      };
      romeo.client.on('file', watch);
    });

  async function takesFrom(methods: readonly string[]): Promise<{ method: string; file: FileTransfer }> {
    const come = saved();
    const sent = await nurse.offer(`${romeo.jid}/orchard`, { name: 'answer.bin', size: 200_000, methods });
    const file = await come;
    expect(file).toMatchObject({ state: 'done', sha256: sent.sha256 });
    const bytes = await readFile(file.path ?? '');
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sent.sha256);
    return { method: sent.method, file };
  }

  /** Sends a file that was not sent before, which comes as it was. */
  async function sends(): Promise<FileTransfer> {
    const path = join(folder, 'letter.bin');
    const bytes = randomBytes(300_000);
    await writeFile(path, bytes);
    const sent = await romeo.client.sendFile(path, `${nurse.jid}/slixmpp`);
    expect(sent.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    await nurse.takes(String(sent.sha256));
    return sent;
  }

  it('takes a file over SOCKS5, by the proxy (XEP-0095, XEP-0065)', async () => {
    const { method, file } = await takesFrom(BOTH);
    expect({ method, route: file.route }).toEqual({ method: SOCKS5, route: 'si-socks5' });
  });

  it('takes a file in-band where nothing else is offered (XEP-0095, XEP-0047)', async () => {
    const { method, file } = await takesFrom([IN_BAND]);
    expect({ method, route: file.route }).toEqual({ method: IN_BAND, route: 'si-ibb' });
  });

  it.each(['contacts', 'none'])(
    'sends a file over SOCKS5, with our address for %s (XEP-0065)',
    async (whom) => {
      await nurse.prefer(SOCKS5);
      romeo.client.setSetting('direct-files', whom);
      expect(await sends()).toMatchObject({ state: 'done', route: 'si-socks5' });
    },
  );

  it('sends a file in-band where that is chosen, and says so (XEP-0095)', async () => {
    await nurse.prefer(IN_BAND);
    romeo.client.setSetting('file-route', 'any');
    const before = { route: 'si-socks5', condition: 'not-chosen' };
    expect(await sends()).toMatchObject({ state: 'done', route: 'si-ibb', before });
  });
});
