/**
 * The fault matrix: what a network does (rows 11 to 17). Alice sends numbered messages to Bob and to a room while it
 * happens; afterwards `checkInvariant` looks into both databases.
 */
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { dice, long, seed } from './seed.ts';
import { staged } from './staged.ts';

const { set } = staged();

/** notices a dead connection after 2 s */
const ALERT = { liveness: { silence: 1_000, patience: 1_000 } };
const RESUMED = { event: 'connection', state: 'resumed' };
const SENT = { event: 'message', direction: 'out' };
const OFFLINE = { event: 'connection', state: 'offline' };

describe(`network, seed ${seed}`, () => {
  it('row 11: a resume inside hibernation shows nobody, and enters no room again (quick)', async () => {
    const { wire, alice, bob, sends, startsSending, bobHasAll, checkInvariant } = await set({
      name: 'row11',
    });
    await sends(3);
    await bobHasAll();
    const flaps = () => bob.actor.count({ event: 'presence' }) + bob.actor.count({ event: 'occupant' });
    const before = flaps();
    startsSending(20, { every: 5 });
    await alice.actor.saw(SENT, dice('row11').between(7, 40));
    wire.cut();
    await alice.actor.saw(RESUMED);
    await sends(3);
    await bobHasAll();
    expect(flaps()).toBe(before);
    expect(alice.actor.count({ event: 'room' })).toBe(1);
    await checkInvariant();
  });

  it('row 12: a stall both ways, of both', async () => {
    const alert = long ? {} : ALERT;
    const { between } = dice('row12');
    const { wire, bobsWire, alice, bob, sends, startsSending, checkInvariant } = await set({
      name: 'row12',
      alice: alert,
      bob: alert,
    });
    await sends(3);
    startsSending(30, { every: between(10, 50) });
    await alice.actor.saw(SENT, between(7, 40));
    for (const each of [wire, bobsWire]) each.stall();
    const stalled = new Promise((resolve) => setTimeout(resolve, long ? 90_000 : between(0, 4_000)));
    for (const { actor } of [alice, bob]) await actor.saw(OFFLINE);
    await stalled;
    await checkInvariant();
  });

  it('row 13: a half-open connection is noticed (quick)', async () => {
    const { wire, bobsWire, alice, bob, sends, startsSending, checkInvariant } = await set({
      name: 'row13',
      alice: ALERT,
      bob: ALERT,
    });
    await sends(3);
    startsSending(20, { every: 20 });
    await alice.actor.saw(SENT, dice('row13').between(7, 40));
    for (const each of [wire, bobsWire]) each.halfOpen();
    for (const { actor } of [alice, bob]) await actor.saw(RESUMED);
    await checkInvariant();
  });

  for (const [who, direction, most] of [
    ['alice', 'up', 6_000],
    ['alice', 'down', 6_000],
    ['bob', 'up', 2_500],
    ['bob', 'down', 10_000],
  ] as const)
    it(`row 14: a reset at any byte, ${direction} at ${who}'s (quick)`, async () => {
      const name = `row14${who}${direction}`;
      const { between } = dice(name);
      const { wire, bobsWire, startsSending, checkInvariant } = await set({ name });
      const cutWire = who === 'alice' ? wire : bobsWire;
      for (let cut = 0; cut < 3; cut += 1) {
        // A log-in has some 4,000 bytes: the cut falls into one, or behind it.
        cutWire.cutAfter(direction, between(1, most));
        const gone = once(cutWire, 'closed');
        startsSending(25);
        await gone;
      }
      await checkInvariant();
    });

  it('row 14: a reset within a long message, of which the server keeps half (quick)', async () => {
    const { wire, alice, bob, sends, checkInvariant } = await set({ name: 'row14half', alice: ALERT });
    await sends(3);
    await alice.actor.does({ do: 'settle' });
    // TLS takes 16 KiB at a time: what came of the second part is never read, the first part is.
    wire.cutAfter('up', dice('row14half').between(17_500, 30_000));
    const long = { do: 'send', chats: [bob.jid], prefix: 'long '.repeat(8_000), from: 1, to: 1 } as const;
    await alice.actor.does(long);
    await alice.actor.saw(OFFLINE);
    await sends(3);
    await checkInvariant();
  });

  it('row 15: an end without a good-bye (quick)', async () => {
    const { wire, bobsWire, alice, bob, sends, startsSending, checkInvariant } = await set({ name: 'row15' });
    await sends(3);
    startsSending(20, { every: 5 });
    await alice.actor.saw(SENT, dice('row15').between(7, 40));
    for (const each of [wire, bobsWire]) each.finish();
    for (const { actor } of [alice, bob]) await actor.saw(RESUMED);
    await checkInvariant();
  });

  it('row 16: one byte at a time', async () => {
    const { wire, bobsWire, sends, bobHasAll, checkInvariant } = await set({ name: 'row16' });
    for (const each of [wire, bobsWire]) each.slow(1, long ? 10 : 1);
    await sends(dice('row16').between(2, 5));
    await bobHasAll();
    await checkInvariant();
  });

  it('row 17: every answer of the server is late', async () => {
    const late = { timeout: 120_000 };
    const { wire, alice, bob, sends, bobHasAll, checkInvariant } = await set({
      name: 'row17',
      alice: late,
      started: false,
    });
    await bob.enter();
    wire.delay(long ? 5_000 : dice('row17').between(300, 600));
    await alice.enter();
    await sends(5);
    await bobHasAll();
    await alice.actor.does({ do: 'settle' });
    expect(alice.actor.count(OFFLINE)).toBe(0);
    await checkInvariant();
  });
});
