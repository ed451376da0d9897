/**
 * The fault matrix: a peer dies while a file is on its way (row 35). Numbered messages go beside it; afterwards both
 * have been told, what came is gone on with when the file is sent again, and `checkInvariant` looks into both databases.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { dice, seed } from './seed.ts';
import { type Stage, setStage } from './stage.ts';

let server: Server;
let stage: Stage | undefined;
let folder: string;
beforeAll(async () => {
  // A lost connection can be resumed for 2 s.
  const settings = 'muc_room_default_persistent = true\nsmacks_hibernation_time = 2';
  server = await startServer(undefined, { settings });
});
afterAll(() => server?.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xmpp-chat-faults-'));
});
afterEach(async () => {
  await stage?.strike();
  stage = undefined;
  await rm(folder, { recursive: true, force: true });
});

const SIZE = 3_000_000;
const received = () => readdir(join(folder, 'received')).catch(() => []);

/** Both are there, and so much of a file of Alice's has come to Bob; messages go on. */
async function underWay(name: string): Promise<Stage> {
  const { between } = dice(name);
  const filesDir = join(folder, 'received');
  stage = await setStage(server, { name, bob: { filesDir } });
  const { alice, bob, bobsWire, startsSending } = stage;
  await bob.actor.saw({ event: 'presence', show: 'available' });
  const path = join(folder, 'picture.png');
  await writeFile(path, randomBytes(SIZE));
  const some = between(20_000, SIZE / 2);
  bobsWire.slow(between(4_000, 16_000), 4, 'down');
  await alice.actor.does({ do: 'send-file', path, to: bob.jid });
  startsSending(30, { every: 10 });
  await bob.actor.sawWhere(
    'some of the file',
    ({ event, direction, sent }) => event === 'file' && direction === 'in' && Number(sent) >= some,
  );
  return stage;
}

/** It goes on where it broke off, and is the same in the end; nothing else is left. */
async function sentAgain({ alice, bob, bobsWire }: Stage): Promise<void> {
  bobsWire.pass();
  const path = join(folder, 'picture.png');
  await alice.actor.does({ do: 'send-file', path, to: bob.jid });
  await bob.actor.sawWhere(
    'the whole file',
    ({ event, direction, state }) => event === 'file' && direction === 'in' && state === 'done',
  );
  expect(await received()).toEqual(['picture.png']);
  const [sent, come] = await Promise.all(
    [path, join(folder, 'received', 'picture.png')].map((at) => readFile(at)),
  );
  expect(come?.equals(sent ?? Buffer.alloc(0))).toBe(true);
}

const ENDED = ['failed', 'cancelled'];
const ended = ({ event, state }: { event: string; state?: unknown }) =>
  event === 'file' && ENDED.includes(String(state));

describe(`files, seed ${seed}`, () => {
  it('row 35: the receiver dies: the sender is told, and the next run goes on with what is left (quick)', async () => {
    const place = await underWay('row35');
    const { alice, bob, checkInvariant } = place;
    await bob.actor.kill();
    expect(await received()).toEqual(['picture.png.part']);
    await bob.start({ filesDir: join(folder, 'received') });
    await bob.actor.does({ do: 'online' });
    await alice.actor.sawWhere('the end of the file', ended);
    expect(await received()).toEqual(['picture.png.part']);
    await sentAgain(place);
    await checkInvariant();
  });

  it('row 35: the sender dies: the receiver is told, and goes on when it is sent again (quick)', async () => {
    const place = await underWay('row35b');
    const { bob, alice, checkInvariant } = place;
    await alice.actor.kill();
    await bob.actor.sawWhere('the end of the file', ended);
    expect(await received()).toEqual(['picture.png.part']);
    await alice.start({});
    await alice.actor.does({ do: 'online' });
    await sentAgain(place);
    await checkInvariant();
  });

  it('row 35: the connection of the receiver is lost and resumed: the file arrives whole', async () => {
    const { alice, bob, bobsWire, checkInvariant } = await underWay('row35c');
    bobsWire.cut();
    await bob.actor.saw({ event: 'connection', state: 'resumed' });
    bobsWire.pass();
    for (const { actor } of [alice, bob]) await actor.saw({ event: 'file', state: 'done' });
    const [sent, come] = await Promise.all(
      [join(folder, 'picture.png'), join(folder, 'received', 'picture.png')].map((path) => readFile(path)),
    );
    expect(come?.equals(sent ?? Buffer.alloc(0))).toBe(true);
    await checkInvariant();
  });
});
