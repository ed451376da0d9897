/** Messages for tests of storage; without vitest, so that scripts can use them too. */
import type { NewMessage } from '../../src/chat/message.ts';

export const account = 'juliet@example.org';
export const romeo = 'romeo@example.net';

export function incoming(more: Partial<NewMessage> = {}): NewMessage {
  return {
    account,
    chat: romeo,
    kind: 'contact',
    from: `${romeo}/orchard`,
    to: account,
    id: 'id-1',
    body: 'Art thou not Romeo?',
    time: 1_700_000_000_000,
    direction: 'in',
    source: 'live',
    encryption: 'none',
    retracted: false,
    reactions: [],
    mention: false,
    ...more,
  };
}

export function outgoing(more: Partial<NewMessage> = {}): NewMessage {
  return incoming({
    from: `${account}/balcony`,
    to: romeo,
    direction: 'out',
    source: 'local',
    state: 'queued',
    ...more,
  });
}
