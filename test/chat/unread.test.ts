import { afterEach, expect, it, vi } from 'vitest';
import { reading } from '../../src/chat/client/unread.ts';
import { incoming } from '../storage/support-message.ts';
import { ACCOUNT, memoryStores, ROMEO, World } from './support.ts';

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

it('are listed without looking at all of them each time, where a flood of strangers wrote', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { messages: store } = memoryStores();
  const chats = reading({
    account: ACCOUNT,
    store,
    kindOf: () => 'contact',
    changed: () => undefined,
    failed: () => undefined,
  });
  const looked = vi.spyOn(store, 'unreadChats');
  const says = (n: number, time = n) => {
    const chat = `stranger${n}@example.org`;
    store.append(incoming({ account: ACCOUNT, chat, from: `${chat}/x`, time }));
    chats.note(chat);
    chats.countNoted();
  };
  for (let n = 1; n <= 150; n++) {
    says(n);
    chats.unread();
  }
  expect(looked.mock.calls.length).toBeLessThanOrEqual(101);
  says(7, 1000);
  store.markRead(ACCOUNT, 'stranger9@example.org', Number.POSITIVE_INFINITY);
  chats.count('stranger9@example.org');
  const calls = looked.mock.calls.length;
  const listed = chats.unread();
  expect(looked).toHaveBeenCalledTimes(calls);
  expect(listed[0]).toMatchObject({ chat: 'stranger7@example.org', count: 2 });
  expect(listed).toEqual(store.unreadChats(ACCOUNT));
  // What another process reads is noticed a second later.
  store.markRead(ACCOUNT, 'stranger7@example.org', Number.POSITIVE_INFINITY);
  vi.advanceTimersByTime(1001);
  expect(chats.unread()[0]).toMatchObject({ chat: 'stranger150@example.org' });
});
