/** The fault matrix: a clock that jumps (row 30). Afterwards `checkInvariant` looks into both databases. */
import { describe, expect, it } from 'vitest';
import { dice, seed } from './seed.ts';
import { textsOf } from './stage.ts';
import { staged } from './staged.ts';

const { set } = staged();

const DAY = 86_400_000;

describe(`the clock, seed ${seed}`, () => {
  it.each([
    { first: 'forward', second: 'back' },
    { first: 'back', second: 'forward' },
  ])(
    'row 30: it jumps a day $first for one, $second for the other, with deaths and catch-ups between (quick)',
    async ({ first }) => {
      const { between, oneOf } = dice(`row30 ${first}`);
      const { alice, bob, wire, room, sends, bobHasAll, checkInvariant } = await set({
        name: `row30${first}`,
      });
      const sign = first === 'forward' ? 1 : -1;
      await sends(between(1, 5));
      await bobHasAll();
      await alice.actor.does({ do: 'clock', ahead: sign * DAY });
      await bob.actor.does({ do: 'clock', ahead: -sign * DAY });
      await sends(between(1, 5));
      await bobHasAll();
      // What comes by the archive and what comes live has to agree about the order.
      await bob.actor.close();
      await sends(between(1, 5));
      wire.cut();
      await sends(between(1, 5));
      await alice.actor.saw({ event: 'connection', state: 'resumed' });
      await alice.actor.does({ do: 'settle' });
      // A new process has the machine's clock: another jump.
      await bob.start();
      if (oneOf([true, false])) await bob.actor.does({ do: 'clock', ahead: sign * DAY });
      await bob.actor.does({ do: 'online' });
      await bobHasAll();
      await alice.actor.kill();
      await alice.enter();
      await alice.actor.does({ do: 'clock', ahead: -sign * DAY });
      await sends(between(1, 5));
      await bobHasAll();
      await checkInvariant();
      expect(textsOf(bob, room)).toEqual(textsOf(alice, room));
    },
  );
});
