import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashedOnTheWay, type OpenFile, openFile } from '../../../src/chat/files/outgoing.ts';

const KIB = 1024;
const sumOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Copies: what was given is written over. */
async function all(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const bytes of source) pieces.push(Buffer.from(bytes));
  return Buffer.concat(pieces);
}

describe('a file that is sent', () => {
  let folder: string;
  let path: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xmpp-chat-outgoing-'));
    path = join(folder, 'letter.bin');
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function opened(size: number): Promise<{ file: OpenFile; bytes: Buffer }> {
    const bytes = randomBytes(size);
    await writeFile(path, bytes);
    return { file: await openFile(path), bytes };
  }

  it.each([0, 1, 256 * KIB - 1, 256 * KIB, 256 * KIB + 1, 700 * KIB])(
    'is read as it is, from any byte on: %i bytes',
    async (size) => {
      const { file, bytes } = await opened(size);
      for (const from of [0, 1, Math.floor(size / 2), size])
        expect((await all(file.read(from))).equals(bytes.subarray(from))).toBe(true);
      expect(await file.sha256()).toBe(sumOf(bytes));
      await file.close();
    },
  );

  it('needs two pieces of memory, however large it is', async () => {
    const { file } = await opened(2000 * KIB);
    const memory = new Set<ArrayBufferLike>();
    for await (const bytes of file.read()) memory.add(bytes.buffer);
    expect(memory.size).toBe(2);
    await file.close();
  });

  it('can not be sent when it has become shorter', async () => {
    const { file } = await opened(700 * KIB);
    const reading = file.read()[Symbol.asyncIterator]();
    await reading.next();
    await truncate(path, 300 * KIB);
    const rest = async () => {
      for (let step = await reading.next(); step.done !== true; ) step = await reading.next();
    };
    await expect(rest()).rejects.toMatchObject({ condition: 'file-changed' });
    await file.close();
  });

  it('is summed once: on its way, or before', async () => {
    const { file, bytes } = await opened(300 * KIB);
    let summed = 0;
    const counted = {
      ...file,
      sha256: () => {
        summed += 1;
        return file.sha256();
      },
    };
    const onTheWay = hashedOnTheWay(counted);
    await all(onTheWay.read());
    expect([await onTheWay.sha256(), summed]).toEqual([sumOf(bytes), 0]);
    const before = hashedOnTheWay(counted);
    expect([await before.sha256(), summed]).toEqual([sumOf(bytes), 1]);
    await file.close();
  });
});
