import { expect, it } from 'vitest';
import type { ActionContext } from '../../src/actions/action.ts';
import { sendFile } from '../../src/actions/files.ts';

/** What is asked of the client, in order, when `ben` has this many resources. */
async function orderOf(resources: readonly object[], oneShot: boolean): Promise<string[]> {
  const order: string[] = [];
  const client = {
    contact: () => ({ resources }),
    contactsSettled: async () => {
      await Promise.resolve();
      order.push('settled');
    },
    sendFile: async () => {
      order.push('sent');
      return { name: 'f', peer: 'ben@example.org', sent: 0 };
    },
  };
  const context = { client, oneShot } as unknown as ActionContext;
  await sendFile.run(context, { path: 'f', to: 'ben@example.org' });
  return order;
}

it('waits for the presences of the log-in where nobody is known to be there yet', async () => {
  expect(await orderOf([], true)).toEqual(['settled', 'sent']);
});

it('sends at once to who is there, and where somebody is logged in for long', async () => {
  expect(await orderOf([{}], true)).toEqual(['sent']);
  expect(await orderOf([], false)).toEqual(['sent']);
});
