/**
 * Errors for own messages. In a room one may mean that the room lost us without a word (XEP-0045 §7.4, XEP-0410 §3.2):
 * then the message waits until we are back, and goes out again.
 */
import { bareOf } from '../address.ts';
import type { ChatKind, MessageFailure } from '../message.ts';
import type { Outbound } from '../outbound.ts';
import type { ChatRooms } from '../rooms.ts';

/** `not-acceptable`: we are no occupant; the others: the room cannot be reached */
const LOST: readonly string[] = ['not-acceptable', 'remote-server-not-found', 'remote-server-timeout'];
/** times that one message is written again for it */
const MOST = 3;

export interface BouncesOptions {
  readonly outbox: Pick<Outbound, 'failed' | 'again'>;
  readonly kindOf: (chat: string) => ChatKind;
  readonly rooms: Pick<ChatRooms, 'knows' | 'check'>;
}

export function bounces({ outbox, kindOf, rooms }: BouncesOptions) {
  const times = new Map<string, number>();

  /** An error came for the message with that id in that chat. */
  return async (chat: string, id: string, failure: MessageFailure): Promise<void> => {
    const room = bareOf(chat);
    const count = (times.get(id) ?? 0) + 1;
    const mayBeLost = kindOf(chat) !== 'contact' && LOST.includes(failure.condition) && count <= MOST;
    if (!mayBeLost || !rooms.knows(room)) {
      times.delete(id);
      outbox.failed(chat, id, failure);
      return;
    }
    times.set(id, count);
    const verdict = await rooms.check(room);
    // In the room, and refused all the same: it is about this message. Where nobody knows, it waits.
    if (verdict === 'joined' || !rooms.knows(room)) outbox.failed(chat, id, failure);
    else outbox.again(chat, id);
  };
}
