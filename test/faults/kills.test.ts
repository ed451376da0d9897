/**
 * The fault matrix: processes that die or stand still (rows 1 to 6, 26, 29). Alice sends numbered messages to Bob and
 * to a room while it happens; afterwards `checkInvariant` looks into both databases.
 */
import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dice, long, seed } from './seed.ts';
import type { Role } from './stage.ts';
import { staged } from './staged.ts';

const { set } = staged();

/** How often a place is surely reached: what one read brings is held together, and that may be all there is. */
const most = (at: string, messages: number) =>
  at === 'after transaction' ? 6 : at === 'after hold' ? 1 : messages;

/** Resolves when it died where it was told to. */
async function died({ actor }: Role): Promise<void> {
  expect(await actor.ended).toMatchObject({ signal: 'SIGKILL' });
  expect(actor.lines.at(-1)).toMatchObject({ event: 'dies' });
}

describe(`kills, seed ${seed}`, () => {
  it('row 1: before the write (quick)', async () => {
    const { alice, startsSending, checkInvariant } = await set({ name: 'row1' });
    await alice.actor.does({ do: 'kill', at: 'before send', count: dice('row1').between(1, 20) });
    startsSending(10);
    await died(alice);
    await checkInvariant();
  });

  it('row 2: between the write and the acknowledgement (quick)', async () => {
    const { alice, wire, sends, bobHasAll, checkInvariant } = await set({ name: 'row2' });
    await sends(3);
    await alice.actor.does({ do: 'settle' });
    // The server has it and says so, and nobody hears it.
    wire.stall('down');
    await sends(dice('row2').between(1, 10));
    await bobHasAll();
    await alice.actor.kill();
    await checkInvariant();
  });

  it('row 2: right behind the write (quick)', async () => {
    const { alice, startsSending, checkInvariant } = await set({ name: 'row2b' });
    await alice.actor.does({ do: 'kill', at: 'after send', count: dice('row2b').between(1, 20) });
    startsSending(10);
    await died(alice);
    await checkInvariant();
  });

  it('row 3: after the acknowledgement, before its commit (quick)', async () => {
    const { alice, startsSending, checkInvariant } = await set({ name: 'row3' });
    // A receipt may be faster than an acknowledgement; the room's ten reflections are sure.
    await alice.actor.does({ do: 'kill', at: 'before setState acked', count: dice('row3').between(1, 10) });
    startsSending(10, { every: 5 });
    await died(alice);
    await checkInvariant();
  });

  it('row 4: the receiver, again and again, while 1,000 arrive', async () => {
    const { between, oneOf } = dice('row4');
    const { alice, bob, startsSending, checkInvariant } = await set({ name: 'row4' });
    for (let round = 0; round < 4; round += 1) {
      const at = oneOf(['before append', 'after append', 'after hold']);
      await bob.actor.does({ do: 'kill', at, count: between(1, most(at, 150)) });
      startsSending(125);
      await died(bob);
      await bob.start();
      await bob.actor.does({ do: 'online' });
    }
    expect(alice.actor.running).toBe(true);
    await checkInvariant();
  });

  it('row 5: the receiver, within a page of the archive (quick)', async () => {
    const { between, oneOf } = dice('row5');
    const { alice, bob, sends, bobHasAll, checkInvariant } = await set({ name: 'row5' });
    await sends(2);
    await bobHasAll();
    await bob.actor.close();
    // What was said to Bob alone waits for him elsewhere too: it is the room's archive that is surely read. A page may be
    // kept in the first round, and the second has to come as far.
    await sends(120);
    await alice.actor.does({ do: 'settle' });
    for (let round = 0; round < 2; round += 1) {
      const at = oneOf(['before appendArchived', 'after appendArchived']);
      await bob.start({ kill: { at, count: between(1, 50) } });
      bob.actor.asks({ do: 'online' });
      await died(bob);
    }
    await checkInvariant();
  });

  it('row 6: the receiver, in a catch-up with live messages between (quick)', async () => {
    const { between, oneOf } = dice('row6');
    const { alice, bob, sends, startsSending, bobHasAll, checkInvariant } = await set({ name: 'row6' });
    await sends(2);
    await bobHasAll();
    await bob.actor.close();
    await sends(50);
    await alice.actor.does({ do: 'settle' });
    startsSending(100, { every: 3 });
    const at = oneOf(['before append', 'after append', 'after transaction']);
    await bob.start({ kill: { at, count: between(1, most(at, 120)) } });
    bob.actor.asks({ do: 'online' });
    await died(bob);
    await checkInvariant();
  });

  it('row 6: a long catch-up, a stream of which breaks, with live messages between (quick)', async () => {
    const { alice, bob, bobsWire, sends, startsSending, bobHasAll, checkInvariant } = await set({
      name: 'row6long',
    });
    await sends(2);
    await bobHasAll();
    await bob.actor.close();
    await sends(400);
    await alice.actor.does({ do: 'settle' });
    const before = bobsWire.connections;
    // The second stream that reads the archive, or the first: what goes on then is the other, or a new one.
    bobsWire.on('connection', () => {
      const bytes = dice('row6long').between(1, 100_000);
      if (bobsWire.connections === before + 2) bobsWire.cutAfter('down', bytes);
    });
    startsSending(100, { every: 3 });
    await bob.start();
    await bob.actor.does({ do: 'online' });
    await bobHasAll();
    expect(bobsWire.connections).toBeGreaterThanOrEqual(before + 2);
    await checkInvariant();
  });

  it('row 26: a log of the database is left over (quick)', async () => {
    const { alice, bob, sends, bobHasAll, checkInvariant } = await set({ name: 'row26' });
    await sends(dice('row26').between(5, 40));
    await bobHasAll();
    await alice.actor.does({ do: 'settle' });
    for (const role of [alice, bob]) {
      await role.actor.kill();
      expect(statSync(`${role.database}-wal`).size).toBeGreaterThan(0);
    }
    await checkInvariant();
  });

  it('row 29: SIGSTOP, then SIGCONT', async () => {
    const { alice, bob, startsSending, checkInvariant } = await set({ name: 'row29' });
    const stopped = long ? 10_000 : dice('row29').between(500, 3_000);
    startsSending(100, { every: 10 });
    for (const { actor } of [alice, bob]) {
      await bob.actor.saw({ event: 'message' });
      actor.signal('SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, stopped));
      actor.signal('SIGCONT');
    }
    await checkInvariant();
  });
});
