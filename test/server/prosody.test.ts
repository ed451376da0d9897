import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type ProsodyStart, ServerStartError, startProsody } from '../../src/demo/prosody.ts';

async function start(options: ProsodyStart) {
  const server = await startProsody(options);
  onTestFinished(() => server.stop());
  return server;
}

const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('xmpp-chat-prosody-'));

it('says why it did not start, and leaves nothing behind', async () => {
  const marker = `broken_${process.pid}`;
  const before = folders();
  const failed = startProsody({ settings: `${marker} = = 1` });
  await expect(failed).rejects.toBeInstanceOf(ServerStartError);
  await expect(failed).rejects.toMatchObject({ condition: 'server-not-started' });
  // Other tests have folders of their own at this moment; none of the new ones has our broken setting.
  const left = folders().filter((name) => !before.includes(name));
  const texts = left.map((name) => {
    try {
      return readFileSync(join(tmpdir(), name, 'prosody.cfg.lua'), 'utf8');
    } catch {
      return '';
    }
  });
  expect(texts.filter((text) => text.includes(marker))).toEqual([]);
});

it('listens on loopback only and shows a certificate for the domain and its services', async () => {
  const server = await start({ domain: 'chat.test', upload: true, proxy: true });
  const listening = (await server.log()).match(/Activated service '\w+' on \[[^\]]+\]/g) ?? [];
  expect(listening.length).toBeGreaterThanOrEqual(4);
  expect(listening.every((line) => line.endsWith('[127.0.0.1]'))).toBe(true);
  const { subjectAltName = '' } = new X509Certificate(readFileSync(server.caFile));
  for (const name of ['chat.test', 'conference.chat.test', 'upload.chat.test']) {
    expect(subjectAltName).toContain(`DNS:${name}`);
  }
  expect(server.rooms).toBe('conference.chat.test');
});

it('keeps its folder, its key and its accounts to the owner', async () => {
  const server = await start({ users: [{ name: 'alice', password: 'pw' }] });
  const mode = (path: string): number => statSync(join(server.folder, path)).mode & 0o077;
  expect(mode('.')).toBe(0);
  expect(mode('server.key')).toBe(0);
  expect(mode('data/localhost/accounts/alice.dat')).toBe(0);
});
