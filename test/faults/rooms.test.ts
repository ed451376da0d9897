/**
 * The fault matrix: rooms (row 34). Whatever loses us in a room, we are back by ourselves; nothing said there is lost
 * or twice, and of a room and an outage at most one line is told.
 */
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import type { ActorSettings } from './actor.ts';
import { dice, long, seed } from './seed.ts';
import { type Role, STOPPED, type Stage, setStage } from './stage.ts';

const MODULES = fileURLToPath(new URL('./prosody', import.meta.url));
const ERLANG = fileURLToPath(new URL('./ejabberd/room_faults.erl', import.meta.url));

let server: Server;
let stage: Stage;
let folder: string;
let orders: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xmpp-chat-room-faults-'));
  orders = join(folder, 'order');
  const settings = `muc_room_default_persistent = true
smacks_hibernation_time = 2
room_faults_file = ${JSON.stringify(orders)}
plugin_paths = { ${JSON.stringify(MODULES)}, "/usr/lib/prosody/modules", "/usr/local/lib/prosody/community-modules" }`;
  const faults = { module: ERLANG, path: orders };
  server = await startServer(undefined, { settings, modules: ['room_faults'], faults });
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => stage?.strike());

/** Minutes are scaled to what a test can wait for. */
const roomSilences = long
  ? { ask: 60_000, doubt: 20_000, leaves: 2000 }
  : { ask: 600, doubt: 300, leaves: 2000 };

async function set(name: string): Promise<Stage> {
  const settings: Partial<ActorSettings> = { roomSilences };
  stage = await setStage(server, { name, alice: settings, bob: settings });
  return stage;
}

/** The length of a fault, not a wait for something. */
const passes = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Has the room service do something; resolves when it is done. */
async function order(line: string): Promise<void> {
  writeFileSync(`${orders}.new`, line);
  renameSync(`${orders}.new`, orders);
  while (existsSync(orders)) await passes(20);
}

/** Everybody has entered the room once; ejabberd makes it anew for the first who comes back. */
const isBack = (role: Role) => role.actor.saw({ event: 'room' }, 2);

/** Where an outage begins: what a person was told before belongs to none. */
function outage(...roles: readonly Role[]): () => number[] {
  const begun = roles.map(({ actor }) => actor.lines.length);
  // Of the room, from the first that an outage takes to the last that comes back; who goes in the end is none of it.
  const told = ({ actor: { lines } }: Role, from = 0) => {
    const gone = lines.findLastIndex(({ event, what }) => event === 'room' && what === 'left');
    return lines
      .slice(from, gone === -1 ? undefined : gone)
      .filter((line) => (line.event === 'room' || line.event === 'occupant') && line.told === true).length;
  };
  return () => roles.map((role, at) => told(role, begun[at]));
}

describe(`rooms, seed ${seed}`, () => {
  it('the server is restarted (quick)', async () => {
    const { alice, bob, startsSending, checkInvariant } = await set('roomrestart');
    startsSending(40, { every: 5 });
    await bob.actor.saw({ event: 'message' }, dice('roomrestart').between(1, 30));
    const told = outage(alice, bob);
    await server.restart();
    for (const role of [alice, bob]) await isBack(role);
    await checkInvariant(STOPPED);
    for (const lines of told()) expect(lines).toBeLessThanOrEqual(1);
  });

  it('the room service is restarted (quick)', async () => {
    const { alice, bob, startsSending, checkInvariant } = await set('component');
    startsSending(40, { every: 5 });
    await bob.actor.saw({ event: 'message' }, dice('component').between(1, 30));
    const told = outage(alice, bob);
    await order('restart');
    for (const role of [alice, bob]) await isBack(role);
    for (const role of [alice, bob])
      expect(role.actor.count({ event: 'connection', state: 'offline' })).toBe(0);
    await checkInvariant();
    // In real time he who only listens is out for a minute: who was back at once hears that he left, and that he came.
    for (const lines of told()) expect(lines).toBeLessThanOrEqual(long ? 2 : 1);
  });

  it('row 34: the room forgets one who speaks (quick)', async () => {
    const { alice, room, sends, startsSending, checkInvariant } = await set('forgets');
    await sends(3);
    const told = outage(alice);
    await order(`drop ${room} alice`);
    startsSending(10, { every: 5 });
    await isBack(alice);
    await checkInvariant();
    for (const lines of told()) expect(lines).toBeLessThanOrEqual(1);
  });

  it('row 34: the room forgets one who only listens', async () => {
    const { bob, room, sends, bobHasAll, checkInvariant } = await set('forgetsbob');
    await sends(3);
    await bobHasAll();
    const told = outage(bob);
    await order(`drop ${room} bob`);
    await sends(3);
    await isBack(bob);
    await checkInvariant();
    for (const lines of told()) expect(lines).toBeLessThanOrEqual(1);
  });

  it('a process is stopped and goes on, after its stream has ended', async () => {
    const { bob, sends, bobHasAll, checkInvariant } = await set('stopped');
    await sends(3);
    await bobHasAll();
    const told = outage(bob);
    bob.actor.signal('SIGSTOP');
    await sends(5);
    await passes(long ? 180_000 : 4_000);
    bob.actor.signal('SIGCONT');
    await sends(2);
    await checkInvariant();
    for (const lines of told()) expect(lines).toBeLessThanOrEqual(1);
  });
});
