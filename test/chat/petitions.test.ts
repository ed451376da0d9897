import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { type Hearers, listen } from '../../src/chat/client/listen.ts';
import { MOST_REQUESTS, Requests } from '../../src/chat/requests.ts';
import type { Features } from '../../src/xmpp/features.ts';
import type { Petition } from '../../src/xmpp/muc/voice.ts';

it('are forgotten with the requests that they made, which are bounded', () => {
  const rooms = new EventEmitter();
  const none = new EventEmitter();
  const petitions = new Map<string, Petition>();
  const requests = new Requests();
  listen(
    { rooms, carbons: none, messages: none, presence: none } as unknown as Features,
    { requests, petitions, invitations: { came: () => undefined } } as unknown as Hearers,
  );
  for (let n = 0; n < MOST_REQUESTS + 50; n++)
    rooms.emit('petition', {
      room: 'lobby@rooms.example.org',
      kind: 'voice',
      nick: `visitor ${n}`,
      form: {},
    });
  expect(requests.list()).toHaveLength(MOST_REQUESTS);
  expect([...petitions.keys()]).toEqual(requests.list().map(({ id }) => id));
});
