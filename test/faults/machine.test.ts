/**
 * The fault matrix: what the machine does (rows 22 to 24, 27, 31, 33), and the built program that is killed at any
 * moment. Afterwards `checkInvariant` looks into both databases.
 */
import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openStores } from '../../src/storage/stores.ts';
import { createPerson, expectOneLine } from '../support/person.ts';
import { createHome, launcher, runProgram, startProgram } from '../support/program.ts';
import { Pty } from '../support/pty.ts';
import { type Server, startServer } from '../support/server.ts';
import { dice, long, seed } from './seed.ts';
import { type Role, type Stage, type StageOptions, setStage } from './stage.ts';

const PERSISTENT = 'muc_room_default_persistent = true';
let server: Server;
let stage: Stage | undefined;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  server = await startServer(undefined, { settings: PERSISTENT });
});
afterAll(() => server?.stop());
afterEach(async () => {
  await stage?.strike();
  stage = undefined;
  for (const stop of stops.splice(0)) await stop();
});

async function set(options: StageOptions, on: Server = server): Promise<Stage> {
  stage = await setStage(on, options);
  return stage;
}

/** The length of a fault, not a wait for something. */
const passes = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What waits in the outbox. */
function pendingOf({ database, jid }: Role): string[] {
  const stores = openStores(database);
  try {
    return stores.messages.pending(jid).map(({ body }) => body);
  } finally {
    stores.close();
  }
}

/** Starts somebody anew whose database may grow by no more than some 20 kB, until something else is removed. */
async function fillDisk(role: Role): Promise<{ free(): void }> {
  await role.actor.close();
  const change = (sql: string) => {
    const database = new DatabaseSync(role.database, { timeout: 5_000 });
    database.exec(sql);
    database.close();
  };
  change('CREATE TABLE ballast (it BLOB); INSERT INTO ballast VALUES (zeroblob(2000000))');
  const { size } = await stat(role.database);
  await role.enter({ quota: size + 20_000 });
  return { free: () => change('DROP TABLE ballast') };
}

/** What a run that sends may say, and nothing else. */
const NOTICE = /^(Message to [^\n]+\n)?$/;

describe(`the machine, seed ${seed}`, () => {
  it('rows 1 to 3: runs of the built program, killed at any moment (quick)', async () => {
    const { between } = dice('runs');
    const { alice, bob, room, wire, checkInvariant } = await set({ name: 'runs' });
    await alice.actor.close();
    const home = await createHome();
    const dataDir = dirname(alice.database);
    const account = [
      '-j',
      alice.jid,
      '--service',
      wire.service,
      '--ca',
      server.caFile,
      '--data-dir',
      dataDir,
    ];
    const options = { home, env: { XMPP_PASSWORD: 'secret' }, stdin: '' };
    for (let n = 1; n <= 10; n += 1) {
      const to = n % 3 === 0 ? ['--send-room', room] : ['--send', bob.jid];
      const run = await startProgram([...account, ...to, `n${n}`], options);
      // Some 200 ms are a whole run.
      const death = setTimeout(() => run.signal('SIGKILL'), between(60, 260));
      const { code, stderr } = await run.ended;
      clearTimeout(death);
      expect([0, null]).toContain(code);
      expect(stderr).toMatch(NOTICE);
      if (code === 0)
        await bob.actor.does({ do: 'holds', chat: n % 3 === 0 ? room : alice.jid, texts: [`n${n}`] });
    }
    await checkInvariant({ gaps: true });
  });

  it('rows 9 to 15: runs of the built program over a wire that fails, and what they say of it (quick)', async () => {
    const { between, oneOf } = dice('wires');
    const { alice, bob, wire, checkInvariant } = await set({ name: 'wires' });
    await alice.actor.close();
    const home = await createHome();
    const reach = ['--service', wire.service, '--ca', server.caFile, '--data-dir', dirname(alice.database)];
    const options = { home, env: { XMPP_PASSWORD: 'secret' } };
    for (let n = 1; n <= 8; n += 1) {
      const fault = oneOf([
        () => wire.cutAfter('up', between(1, 5_000)),
        () => wire.cutAfter('down', between(1, 5_000)),
        () => wire.stall('down'),
        () => wire.refuse(),
        () => wire.slow(between(200, 2_000), 10),
      ]);
      fault();
      const args = ['-j', alice.jid, ...reach, '--timeout', '2', '--send', bob.jid, `n${n}`];
      const { code, stderr } = await runProgram(args, options);
      wire.pass();
      expect([0, 5]).toContain(code);
      expect(stderr).toMatch(/^([^\n]+\n)?$/);
      expect(stderr).not.toContain('    at ');
      expect(pendingOf(alice).includes(`n${n}`)).toBe(code === 5);
      if (code === 0) await bob.actor.does({ do: 'holds', chat: alice.jid, texts: [`n${n}`] });
    }
    // 2 s may be too short to ask the archive what arrived.
    await checkInvariant({ gaps: true, twice: true });
  });

  it('row 22: the disk of the receiver is full: nothing counts as handled that is not kept (quick)', async () => {
    const { alice, bob, sends, bobHasAll, checkInvariant } = await set({ name: 'row22' });
    await sends(1);
    await bobHasAll();
    const space = await fillDisk(bob);
    await sends(150);
    await bob.actor.saw({ event: 'problem', condition: 'full' });
    await alice.actor.does({ do: 'settle' });
    // Again only when something had found place meanwhile.
    expect(bob.actor.count({ event: 'problem' })).toBeLessThanOrEqual(3);
    space.free();
    // The same process goes on, or another one.
    if (dice('row22').oneOf([true, false])) await bob.actor.kill();
    await checkInvariant();
  });

  it('row 22: the disk of the sender is full: nothing is sent that is not kept (quick)', async () => {
    const { alice, sends, bobHasAll, checkInvariant } = await set({ name: 'row22b' });
    await sends(1);
    await bobHasAll();
    const space = await fillDisk(alice);
    await expect(sends(500, { every: 1 })).rejects.toThrow('full');
    space.free();
    await sends(dice('row22b').between(1, 20));
    await checkInvariant({ gaps: true });
  });

  it('row 23: a data folder that is read-only is told at the start (quick)', async () => {
    const alice = await createPerson(server, 'alice-row23');
    const home = await createHome();
    const dataDir = join(home.folder, 'kept');
    await mkdir(dataDir);
    await chmod(dataDir, 0o555);
    await chmod(home.folder, 0o755);
    // Modes mean nothing to root.
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const args = ['-j', alice.jid, '--data-dir', dataDir, '--send', 'bob@localhost', 'n1'];
    const run = await runProgram(args, {
      home,
      env: { XMPP_PASSWORD: 'secret' },
      ...(process.getuid?.() === 0 ? { through: nobody } : {}),
    });
    expectOneLine(run, 1);
    expect(run.stderr).toContain(dataDir);
  });

  it('row 24: another process holds the database', async () => {
    const { alice, bob, startsSending, bobHasAll, checkInvariant } = await set({ name: 'row24' });
    startsSending(60, { every: 5 });
    await bob.actor.saw({ event: 'message' });
    for (const role of [bob, alice]) {
      const holder = new DatabaseSync(role.database, { timeout: 5_000 });
      holder.exec('BEGIN IMMEDIATE');
      await passes(long ? 20_000 : dice('row24').between(500, 3_000));
      holder.exec('ROLLBACK');
      holder.close();
    }
    await bobHasAll();
    await checkInvariant();
  });

  it('row 27: two processes of one account write at once (quick)', async () => {
    const { alice, sends, wire, checkInvariant } = await set({ name: 'row27' });
    const first = alice.actor;
    const second = await alice.enter();
    await Promise.all([sends(20, { every: 3, by: first }), sends(20, { every: 3, by: second })]);
    await Promise.all([first, second].map((actor) => actor.does({ do: 'settle' })));
    const more = [sends(10, { every: 3, by: first }), sends(10, { every: 3, by: second })];
    wire.cut();
    await Promise.all(more);
    await Promise.all([first, second].map((actor) => actor.saw({ event: 'connection', state: 'resumed' })));
    await first.does({ do: 'settle' });
    expect(await first.close()).toBe(0);
    await checkInvariant({ twoWriters: true });
  });

  it('row 27: one of two dies, and a third takes its place, while the other writes on (quick)', async () => {
    const { between, oneOf } = dice('row27b');
    const { alice, sends, checkInvariant } = await set({ name: 'row27b' });
    const first = alice.actor;
    const second = await alice.enter();
    const others = sends(60, { every: 10, by: second });
    await first.does({
      do: 'kill',
      at: oneOf(['before send', 'after send', 'after append']),
      count: between(1, 20),
    });
    const dies = sends(10, { every: 3, by: first });
    await expect(dies).rejects.toThrow('it ended');
    const third = await alice.enter();
    await sends(10, { every: 3, by: third });
    await others;
    await Promise.all([second, third].map((actor) => actor.does({ do: 'settle' })));
    expect(await second.close()).toBe(0);
    await checkInvariant({ twoWriters: true, gaps: true });
  });

  it('row 31: DNS fails, is slow, and changes', async () => {
    // No name service is asked about localhost.
    const named = await startServer(undefined, { domain: 'faults.test', settings: PERSISTENT });
    stops.push(() => named.stop());
    const { alice, bob, wire, sends, bobHasAll, checkInvariant } = await set(
      { name: 'row31', started: false },
      named,
    );
    await bob.enter();
    const dns = [{}, { after: dice('row31').between(200, 1_000), port: wire.port }, { port: named.port }];
    await alice.enter({ service: undefined, dns });
    expect(alice.actor.count({ event: 'connection', state: 'offline' })).toBe(1);
    await sends(5);
    wire.refuse();
    wire.cut();
    await alice.actor.saw({ event: 'connection', state: 'resumed' });
    await sends(5);
    await bobHasAll();
    await checkInvariant();
  });

  it('row 33: nobody reads what it prints, nothing is typed, there is no terminal (quick)', async () => {
    const { alice, bob, checkInvariant } = await set({ name: 'row33' });
    await alice.actor.close();
    const home = await createHome();
    const account = ['-j', alice.jid, '--service', server.service, '--ca', server.caFile];
    const args = [...account, '--data-dir', dirname(alice.database)];
    const options = { home, env: { XMPP_PASSWORD: 'secret' } };
    const sent = await startProgram([...args, '--json', '--send', bob.jid, 'n1'], options);
    sent.child.stdout?.destroy();
    const { code, stderr } = await sent.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(NOTICE);
    const listening = await startProgram([...args, '--json', '--listen'], { ...options, stdin: '' });
    await listening.waitFor('"state":"online"');
    listening.child.stdout?.destroy();
    const quiet = await startProgram([...args, '--quiet', '--send', bob.jid, 'n2'], options);
    quiet.closeInput();
    expect(await quiet.ended).toMatchObject({ code: 0, stdout: '', stderr: '' });
    // A copy of it is what it cannot print: 128 + SIGPIPE, as `| head` has it.
    expect(await listening.ended).toMatchObject({ code: 141, stderr: '' });
    await checkInvariant({ gaps: true });
  });

  it('row 33: in a terminal of one cell one can still write (quick)', async () => {
    const { alice, bob, checkInvariant } = await set({ name: 'row33b' });
    await alice.actor.close();
    const online = { event: 'presence', jid: alice.jid, show: 'available' };
    const before = bob.actor.count(online);
    const home = await createHome();
    const args = ['-j', alice.jid, '--service', server.service, '--ca', server.caFile];
    const pty = new Pty([process.execPath, launcher, ...args, '--data-dir', dirname(alice.database)], {
      columns: 1,
      rows: 1,
      cwd: home.work,
      env: { ...home.env, XMPP_PASSWORD: 'secret' },
    });
    stops.push(async () => pty.kill());
    // Nothing can be read there: that one is online is seen by the other, and what is typed is typed blindly.
    await bob.actor.saw(online, before + 1);
    await pty.quiet(500);
    pty.type('1\r');
    await pty.quiet(500);
    pty.type(`${bob.jid}\r`);
    await pty.quiet(500);
    pty.type('n1\r');
    await bob.actor.does({ do: 'holds', chat: alice.jid, texts: ['n1'] });
    pty.type('/close\r');
    await pty.quiet(500);
    pty.type('0\r');
    expect(await pty.exit).toBe(0);
    expect(pty.raw).not.toMatch(/Error:|node:internal/);
    await checkInvariant({ gaps: true });
  });
});
