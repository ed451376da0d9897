/**
 * Errors for own messages. In a room one may mean that the room lost us without a word (XEP-0045 §7.4, XEP-0410 §3.2):
 * then the message waits until we are back, and goes out again. Or that we were too fast: then until we may.
 */
import type { ErrorType } from '../../xmpp/errors.ts';
import { ABSENT } from '../../xmpp/muc/self-ping.ts';
import { isTooFast } from '../../xmpp/muc/slow-mode.ts';
import { bareOf } from '../address.ts';
import type { ChatKind, MessageFailure } from '../message.ts';
import type { Outbound } from '../outbound.ts';
import type { SlowModes } from '../rooms/slow-mode.ts';
import type { ChatRooms } from '../rooms.ts';

/** `not-acceptable`: we are no occupant; the others: the room cannot be reached */
const LOST: readonly string[] = ['not-acceptable', 'remote-server-not-found', 'remote-server-timeout'];
/** Of what was on its way when the room lost us: a service that is being stopped lets nobody speak. */
const STOPPED: readonly string[] = [...LOST, ...ABSENT, 'forbidden', 'not-allowed'];
/** times that one message is written again for it */
const MOST = 3;
/** times that one message waits since the room takes one at a time */
const MOST_WAITS = 10;

/** An error as it came, with what may be done about it (RFC 6120 §8.3.2). */
export interface Refusal extends MessageFailure {
  readonly type: ErrorType;
}

export interface BouncesOptions {
  readonly outbox: Pick<Outbound, 'failed' | 'again' | 'isUnknown'>;
  readonly kindOf: (chat: string) => ChatKind;
  readonly rooms: Pick<ChatRooms, 'knows' | 'check' | 'get'>;
  readonly slow: Pick<SlowModes, 'refused'>;
  /** asks a room what it is like now; never rejects */
  readonly learn: (room: string) => Promise<void>;
}

export function bounces({ outbox, kindOf, rooms, slow, learn }: BouncesOptions) {
  const times = new Map<string, number>();

  /** XEP-0500: it goes out when it may. The room may have said for how long that is, or may say so now. */
  async function tooFast(room: string): Promise<boolean> {
    if (slow.refused(room)) return true;
    await learn(room);
    return slow.refused(room);
  }

  /** An error came for the message with that id in that chat. */
  return async (chat: string, id: string, { type, ...failure }: Refusal): Promise<void> => {
    const room = bareOf(chat);
    const count = (times.get(id) ?? 0) + 1;
    const waits = kindOf(chat) === 'room' && isTooFast({ ...failure, type }) && count <= MOST_WAITS;
    if (waits && (await tooFast(room))) {
      times.set(id, count);
      outbox.again(chat, id);
      return;
    }
    const kind = kindOf(chat);
    // While its service starts again; of an occupant it would mean that nobody has that nickname.
    const absent = kind === 'room' && ABSENT.includes(failure.condition);
    const out = kind === 'room' && (rooms.get(room)?.joined === false || outbox.isUnknown(chat, id));
    const mayBeLost = kind !== 'contact' && (absent || LOST.includes(failure.condition));
    const wasLost = out && STOPPED.includes(failure.condition);
    if (!(mayBeLost || wasLost) || count > MOST || !rooms.knows(room)) {
      times.delete(id);
      outbox.failed(chat, id, failure);
      return;
    }
    times.set(id, count);
    // We may be in again already: that says nothing of what was said before.
    if (wasLost) return outbox.again(chat, id);
    const verdict = await rooms.check(room, { absent });
    // In the room, and refused all the same: it is about this message. Where nobody knows, it waits.
    if (verdict === 'joined' || !rooms.knows(room)) outbox.failed(chat, id, failure);
    else outbox.again(chat, id);
  };
}
