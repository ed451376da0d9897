/**
 * The conversation: one timeline per contact, room or occupant, and an input line that stays open.
 * What is printed never changes; own messages wait in the live block until the server has them.
 */
import { conversationView, type RoomWish } from './conversation/view.ts';
import type { Face, Seat } from './face.ts';

/** How a conversation ended: back to where it was opened, or out of the program. */
export type ConversationResult = 'menu' | 'exit';

/** Asks for what a room's view cannot ask for itself. Resolves when the view may go on, to `exit` where the program ends. */
export type Aside = (room: string, wish: RoomWish) => Promise<'exit' | undefined>;

/**
 * Opens a chat (a bare JID, or an occupant's full JID) and follows the user from chat to chat. Resolves when
 * the view is left; Ctrl-C leaves it too. Rejects with EndOfInputError where nobody types any more.
 */
export async function openConversation(
  face: Face,
  seat: Seat,
  first: string,
  aside: Aside,
): Promise<ConversationResult> {
  let chat = first;
  try {
    for (;;) {
      seat.setOpenChat(chat);
      const end = await conversationView(face, seat, chat);
      if (end.to === 'menu' || end.to === 'exit') return end.to;
      chat = end.chat;
      if (end.to === 'chat') continue;
      seat.setOpenChat(undefined);
      if ((await aside(chat, end.wish)) === 'exit') return 'exit';
      // A room that is gone, or that we left, is no conversation any more.
      if (seat.client.rooms.get(chat) === undefined) return 'menu';
    }
  } finally {
    seat.setOpenChat(undefined);
  }
}
