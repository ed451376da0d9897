/**
 * The fault matrix: what a server does (rows 7 to 10, 19 to 21, 28). Alice sends numbered messages to Bob and to a room
 * while it happens; afterwards `checkInvariant` looks into both databases.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates } from '../support/certificates.ts';
import { replaceCertificate, type Server, serverKind, startServer } from '../support/server.ts';
import { dice, long, seed } from './seed.ts';
import { STOPPED, type Stage, type StageOptions, setStage } from './stage.ts';

const MODULES = fileURLToPath(new URL('./prosody', import.meta.url));

let server: Server;
let stage: Stage;
let folder: string;
/** what mod_half_way is told */
let orders: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xmpp-chat-server-faults-'));
  orders = join(folder, 'order');
  // A lost connection can be resumed for 2 s; one that says nothing to a question counts as lost after 4 s.
  const settings = [
    'muc_room_default_persistent = true',
    'smacks_hibernation_time = 2',
    'smacks_max_ack_delay = 4',
    `half_way_file = ${JSON.stringify(orders)}`,
    `plugin_paths = { ${JSON.stringify(MODULES)}, "/usr/lib/prosody/modules", "/usr/local/lib/prosody/community-modules" }`,
  ].join('\n');
  server = await startServer(undefined, { settings, modules: ['half_way'] });
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => stage?.strike());

async function set(options: StageOptions): Promise<Stage> {
  stage = await setStage(server, options);
  return stage;
}

const ONLINE = { event: 'connection', state: 'online' };
const OFFLINE = { event: 'connection', state: 'offline' };
/** The length of a fault, not a wait for something. */
const passes = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe(`servers, seed ${seed}`, () => {
  it('row 7: the server is killed, and back in 2 s (quick)', async () => {
    const { alice, bob, startsSending, sends, checkInvariant } = await set({ name: 'row7' });
    await sends(3);
    startsSending(40, { every: 5 });
    await bob.actor.saw({ event: 'message' }, dice('row7').between(1, 30));
    await server.kill();
    await passes(2_000);
    await server.start();
    await alice.actor.saw(ONLINE, 2);
    await checkInvariant({ crashes: 1 });
  });

  // ejabberd takes no module that would kill it there.
  it.runIf(serverKind() === 'prosody')(
    'row 7: the server is killed over a message that it archived, and did not pass on (quick)',
    async () => {
      const { alice, sends, startsSending, checkInvariant } = await set({ name: 'row7half' });
      await sends(3);
      writeFileSync(orders, `n${dice('row7half').between(4, 20)}`);
      startsSending(20, { every: 5 });
      await alice.actor.saw(OFFLINE);
      // It is dead already; this waits until it is gone.
      await server.kill();
      expect(existsSync(orders)).toBe(false);
      await server.start();
      await alice.actor.saw(ONLINE, 2);
      await checkInvariant({ crashes: 1 });
    },
  );

  it('row 8: the server is restarted (quick)', async () => {
    const { alice, bob, startsSending, checkInvariant } = await set({ name: 'row8' });
    startsSending(40, { every: 5 });
    await bob.actor.saw({ event: 'message' }, dice('row8').between(1, 30));
    await server.restart();
    await alice.actor.saw(ONLINE, 2);
    await checkInvariant(STOPPED);
  });

  it('row 9: the server is down for long, and nobody knocks all the time', async () => {
    const { alice, bob, sends, startsSending, checkInvariant } = await set({ name: 'row9' });
    await sends(3);
    await server.halt();
    startsSending(10, { every: dice('row9').between(20, 200) });
    await passes(long ? 180_000 : 7_000);
    // 1, 2, 4, 8 … 60 s, less up to half of it.
    for (const { actor } of [alice, bob]) {
      expect(actor.count({ event: 'connection', state: 'connecting' })).toBeLessThanOrEqual(long ? 13 : 6);
      const waits = actor.lines
        .filter(({ state }) => state === 'offline')
        .map(({ retryIn }) => Number(retryIn));
      expect(waits).toEqual(waits.toSorted((a, b) => a - b));
      expect(waits.at(-1)).toBeGreaterThan(3_000);
    }
    await server.start();
    await alice.actor.saw(ONLINE, 2);
    await checkInvariant(STOPPED);
  });

  it('row 10: the hibernation is over (quick)', async () => {
    const { alice, wire, sends, startsSending, checkInvariant } = await set({ name: 'row10' });
    await sends(3);
    startsSending(10, { every: 2 });
    await alice.actor.saw({ event: 'message', direction: 'out' }, dice('row10').between(7, 20));
    wire.refuse();
    wire.cut();
    await passes(4_000);
    wire.pass();
    await alice.actor.saw(ONLINE, 2);
    await checkInvariant();
  });

  it('row 19: another certificate, as good as the first', async () => {
    const other = makeCertificates(server.domain);
    const ca = `${readFileSync(server.caFile, 'utf8')}\n${other.ca}`;
    const { alice, startsSending, checkInvariant } = await set({ name: 'row19', alice: { ca }, bob: { ca } });
    startsSending(20, { every: dice('row19').between(2, 40) });
    const restore = await replaceCertificate(server, other, 'good');
    try {
      await alice.actor.saw(ONLINE, 2);
      await checkInvariant();
    } finally {
      await restore();
    }
  });

  for (const [kind, condition] of [
    ['self-signed', 'certificate-untrusted'],
    ['expired', 'certificate-expired'],
  ] as const)
    it(`row 20: the certificate is ${kind} from now on`, async () => {
      const name = `row20${kind}`;
      const other = makeCertificates(server.domain, [kind]);
      const ca = `${readFileSync(server.caFile, 'utf8')}\n${kind === 'expired' ? other.ca : ''}`;
      const { alice, bob, sends, checkInvariant } = await set({ name, alice: { ca }, bob: { ca } });
      await sends(3);
      const restore = await replaceCertificate(server, other, kind);
      try {
        for (const { actor } of [alice, bob]) await actor.saw({ ...OFFLINE, condition, final: true });
        await sends(3);
        const attempts = alice.actor.count({ event: 'connection', state: 'connecting' });
        await passes(1_500);
        expect(alice.actor.count({ event: 'connection', state: 'connecting' })).toBe(attempts);
      } finally {
        await restore();
      }
      await checkInvariant();
    });

  it('row 21: the password is another one now (quick)', async () => {
    const { alice, bob, wire, sends, checkInvariant } = await set({ name: 'row21' });
    await sends(3);
    await alice.actor.does({ do: 'settle' });
    const contacts = [{ jid: bob.jid }];
    await server.addUser({ name: 'alice-row21', password: 'another', contacts });
    wire.cut();
    await alice.actor.saw({ ...OFFLINE, condition: 'not-authorized', final: true });
    await sends(3);
    await passes(1_500);
    expect([wire.connections, alice.actor.count({ ...OFFLINE, final: true })]).toEqual([2, 1]);
    expect(await alice.actor.close()).toBe(0);
    await alice.enter({ password: 'another' });
    await checkInvariant();
  });

  it('row 28: a resource that another process takes is given up, once (quick)', async () => {
    const { alice, sends, checkInvariant } = await set({
      name: 'row28',
      alice: { resource: 'same' },
    });
    await sends(3);
    const first = alice.actor;
    const written = sends(80, { every: 20 });
    await first.saw({ event: 'message', direction: 'out' }, dice('row28').between(7, 60));
    const second = await alice.enter();
    const conflict = { ...OFFLINE, condition: 'conflict', final: true };
    const told = await Promise.race(
      [first, second].map(async (actor) => {
        await actor.saw(conflict);
        return actor;
      }),
    );
    await passes(1_500);
    expect(first.count(conflict) + second.count(conflict)).toBe(1);
    expect(second.count(ONLINE)).toBe(1);
    // A reset may take away what the server said last (the first was writing): then the first comes back, once, and the
    // server has forgotten its stream.
    const missed = told === second;
    expect(first.count({ ...OFFLINE, condition: 'closed', final: false })).toBe(missed ? 1 : 0);
    expect(first.count(ONLINE)).toBe(missed ? 2 : 1);
    await written;
    await sends(3);
    // What the one that gave up kept, the next run sends.
    expect(await first.close()).toBe(0);
    expect(await second.close()).toBe(0);
    await alice.enter();
    // What the second found unsent went out before what was on its way from the first when it was thrown out.
    await checkInvariant({ anyOrder: true, crashes: missed ? 1 : 0 });
  });

  it('row 29: SIGSTOP for longer than the server waits, then SIGCONT', async () => {
    const { alice, bob, sends, startsSending, checkInvariant } = await set({ name: 'row29long' });
    const { between, oneOf } = dice('row29long');
    await sends(3);
    startsSending(100, { every: 10 });
    await bob.actor.saw({ event: 'message' }, between(1, 100));
    const { actor } = oneOf([alice, bob]);
    actor.signal('SIGSTOP');
    await passes(long ? 60_000 : 9_000);
    actor.signal('SIGCONT');
    await checkInvariant();
  });
});
