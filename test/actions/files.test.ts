import { expect, it } from 'vitest';
import type { ActionContext } from '../../src/actions/action.ts';
import { sendFile } from '../../src/actions/files.ts';

/** Runs the action; what was asked of the client, in order. */
async function orderOf(to: string): Promise<string[]> {
  const order: string[] = [];
  const client = {
    chats: { kindOf: () => 'contact' },
    rooms: {
      get: () => undefined,
      service: async () => 'rooms.example.org',
      join: async (room: string) => void order.push(`joined ${room}`),
    },
    contacts: {
      settled: async () => {
        await Promise.resolve();
        order.push('settled');
      },
    },
    files: {
      send: async (path: string, peer: string) => {
        order.push('sent');
        return { name: path, peer, sent: 1, size: 1 };
      },
    },
  };
  await sendFile.run({ client } as unknown as ActionContext, { path: 'a.txt', to });
  return order;
}

it('looks for a resource that takes files only when the presences of the log-in have come', async () => {
  expect(await orderOf('ben@example.org')).toEqual(['settled', 'sent']);
});

it('waits for nobody where the resource is named', async () => {
  expect(await orderOf('ben@example.org/desk')).toEqual(['sent']);
});

it('enters a room first, where what is sent is a link that is said there', async () => {
  expect(await orderOf('lobby@rooms.example.org')).toEqual([
    'joined lobby@rooms.example.org',
    'settled',
    'sent',
  ]);
});
