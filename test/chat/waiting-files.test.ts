import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { waitingFiles } from '../../src/chat/client/waiting-files.ts';
import type { FileTransfer } from '../../src/chat/events.ts';
import { ChatError } from '../../src/chat/problem.ts';
import type { WaitingFile, WaitingFiles } from '../../src/chat/stores.ts';
import { StanzaError } from '../../src/xmpp/errors.ts';
import { memoryStores } from './support.ts';

const ROMEO = 'romeo@example.net';
let folder: string;
let path: string;
let store: WaitingFiles;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waiting-'));
  path = join(folder, 'a.txt');
  await writeFile(path, 'hello');
  store = memoryStores().waitingFiles('juliet@example.org');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A run with the same data. */
function run(send: (file: WaitingFile) => Promise<unknown> = async () => undefined) {
  const sent: WaitingFile[] = [];
  const told: FileTransfer[] = [];
  const api = waitingFiles({
    store,
    send: (file) => {
      sent.push(file);
      return send(file);
    },
    tell: (file) => told.push(file),
  });
  return { api, sent, told };
}

it('waits through a restart, is listed, and goes once to whom it is for when they are online', async () => {
  const before = run();
  const kept = await before.api.keep(path, ROMEO);
  expect(kept).toMatchObject({ state: 'waiting', peer: ROMEO, name: 'a.txt', size: 5, path });
  expect(before.told).toEqual([{ ...kept, awaited: true }]);
  const { api, sent } = run();
  expect(api.list()).toEqual([kept]);
  await api.arrived('nurse@example.net');
  expect(sent).toEqual([]);
  await Promise.all([api.arrived(ROMEO), api.arrived(ROMEO)]);
  expect(sent).toMatchObject([{ path, peer: ROMEO, id: kept.id }]);
  expect(api.list()).toEqual([]);
  await api.arrived(ROMEO);
  expect(sent).toHaveLength(1);
});

it.each([
  ['its size', 'file-changed', () => writeFile(path, 'hello, world')],
  ['its time', 'file-changed', () => utimes(path, 1, 1)],
  ['everything', 'file-not-found', () => rm(path)],
])('is not sent where it changed meanwhile: %s', async (_what, failure, change) => {
  const { api, sent, told } = run();
  const { id } = await api.keep(path, ROMEO);
  await change();
  await api.arrived(ROMEO);
  expect(sent).toEqual([]);
  expect(told.at(-1)).toMatchObject({ id, state: 'failed', failure });
  expect(api.list()).toEqual([]);
});

it.each([
  ['nobody takes files there after all', new ChatError('no-route'), 1],
  ['they are gone again', new StanzaError('recipient-unavailable'), 1],
  ['they do not want it', new ChatError('declined'), 0],
  ['it was cancelled', new ChatError('cancelled'), 0],
])('waits on only where that helps: %s', async (_what, error, left) => {
  const { api } = run(() => Promise.reject(error));
  await api.keep(path, ROMEO);
  await api.arrived(ROMEO);
  expect(api.list()).toHaveLength(left);
});

it('waits again where the run ends while it is under way', async () => {
  const first = run(async () => {
    first.api.close();
    throw new ChatError('cancelled');
  });
  await first.api.keep(path, ROMEO);
  await first.api.arrived(ROMEO);
  const second = run();
  await second.api.arrived(ROMEO);
  expect(second.sent).toHaveLength(1);
});

it('is sent by one of two runs with the same data', async () => {
  let finish = () => {};
  const first = run(
    () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      }),
  );
  await first.api.keep(path, ROMEO);
  const sending = first.api.arrived(ROMEO);
  await expect.poll(() => first.sent.length).toBe(1);
  expect(first.api.list()).toEqual([]);
  const second = run();
  await second.api.arrived(ROMEO);
  expect(second.sent).toEqual([]);
  finish();
  await sending;
  expect(second.api.list()).toEqual([]);
});

it('can be taken out, which is told', async () => {
  const { api, told, sent } = run();
  const { id } = await api.keep(path, ROMEO);
  expect(api.drop('none')).toBe(false);
  expect(api.drop(id)).toBe(true);
  expect(told.at(-1)).toMatchObject({ id, state: 'cancelled' });
  await api.arrived(ROMEO);
  expect(sent).toEqual([]);
});

it('has to be a file', async () => {
  const { api } = run();
  await expect(api.keep(folder, ROMEO)).rejects.toMatchObject({ condition: 'not-a-file' });
  expect(api.list()).toEqual([]);
});
