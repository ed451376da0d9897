import { expect, it } from 'vitest';
import type { ActionContext } from '../../src/actions/action.ts';
import { user } from '../../src/actions/contacts.ts';

it('asks about somebody only when the presences of the log-in have come', async () => {
  const order: string[] = [];
  const client = {
    contacts: {
      settled: async () => {
        await Promise.resolve();
        order.push('settled');
      },
    },
    users: {
      details: async (jid: string) => {
        order.push('asked');
        return { jid, resources: [], sharedRooms: [] };
      },
    },
  };
  await user.run({ client } as unknown as ActionContext, { jid: 'ben@example.org' });
  expect(order).toEqual(['settled', 'asked']);
});
