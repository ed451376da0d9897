/**
 * The fault matrix: what the machine does (rows 22 to 24, 27, 31, 33), and the built program that is killed at any
 * moment. Afterwards `checkInvariant` looks into both databases.
 */
import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createPerson, expectOneLine } from '../support/person.ts';
import { createHome, runProgram, startProgram } from '../support/program.ts';
import { type Server, startServer } from '../support/server.ts';
import { dice, long, seed } from './seed.ts';
import { type Stage, type StageOptions, setStage } from './stage.ts';

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

/** What a run that sends may say, and nothing else. */
const NOTICE = /^(Message to [^\n]+\n)?$/;

describe(`the machine, seed ${seed}`, () => {
  it('rows 1 to 3: runs of the built program, killed at any moment (quick)', async () => {
    const { between } = dice('runs');
    const { alice, bob, wire, checkInvariant } = await set({ name: 'runs' });
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
      const run = await startProgram([...account, '--send', bob.jid, `n${n}`], options);
      // Some 200 ms are a whole run.
      const death = setTimeout(() => run.signal('SIGKILL'), between(60, 260));
      const { code, stderr } = await run.ended;
      clearTimeout(death);
      expect([0, null]).toContain(code);
      expect(stderr).toMatch(NOTICE);
      if (code === 0) await bob.actor.does({ do: 'holds', chat: alice.jid, texts: [`n${n}`] });
    }
    await checkInvariant({ gaps: true });
  });

  it('row 22: the disk is full: nothing counts as handled that is not kept (quick)', async () => {
    const { alice, bob, sends, bobHasAll, checkInvariant } = await set({ name: 'row22' });
    await sends(1);
    await bobHasAll();
    await bob.actor.close();
    const { size } = await stat(bob.database);
    await bob.enter({ quota: size + 20_000 });
    await sends(150);
    await bob.actor.saw({ event: 'problem', condition: 'full' });
    await alice.actor.does({ do: 'settle' });
    expect(bob.actor.count({ event: 'problem' })).toBe(1);
    await bob.actor.kill();
    await checkInvariant();
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
    expectOneLine(await listening.ended, 141);
    await checkInvariant({ gaps: true });
  });
});
