import { afterEach, expect, it, vi } from 'vitest';
import { ROMEO, World } from './support.ts';

afterEach(() => {
  vi.useRealTimers();
});

it('are counted at each message, and in a flood a few times a second: each count looks at all of them', async () => {
  const world = await new World().login();
  const { messages } = world.stores;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const counts = vi.spyOn(messages, 'unread');
  const correct = (from: number, to: number) => {
    for (let n = from; n < to; n++)
      world.says(
        `${ROMEO}/x`,
        `${n}`,
        `<replace xmlns='urn:xmpp:message-correct:0' id='none${n}'/>`,
        `id='m${n}'`,
      );
  };
  correct(0, 1000);
  expect(counts).toHaveBeenCalledTimes(1000);
  expect(world.events('unread').at(-1)).toEqual({ chat: ROMEO, count: 1000, mentions: 0 });
  correct(1000, 1500);
  expect(counts).toHaveBeenCalledTimes(1000);
  vi.advanceTimersByTime(250);
  expect(counts).toHaveBeenCalledTimes(1001);
  expect(world.events('unread').at(-1)).toEqual({ chat: ROMEO, count: 1500, mentions: 0 });
  correct(1500, 1501);
  await world.client.close();
  vi.advanceTimersByTime(250);
  expect(counts).toHaveBeenCalledTimes(1001);
});
