/** From a menu into a conversation, and what its room commands ask for by menus. */
import { type Aside, openConversation } from '../conversation.ts';
import { attempt } from '../run-action.ts';
import { InterruptedError } from '../terminal.ts';
import type { MenuApp } from './accounts.ts';
import type { MainEnd } from './main.ts';
import { configureRoom, destroyRoom, roomMenu } from './room-administration.ts';
import type { OpenSeat } from './seat.ts';

/** Opens the conversation; its /exit leaves the program. */
export async function enterChat(app: MenuApp, seat: OpenSeat, chat: string): Promise<MainEnd | undefined> {
  return (await openConversation(app, seat, chat, roomAside(app, seat))) === 'exit' ? 'exit' : undefined;
}

/** Ctrl-C, and everything that fails, comes back to the conversation. */
function roomAside(app: MenuApp, seat: OpenSeat): Aside {
  return async (room, wish) => {
    const about = { action: wish.kind === 'destroy' ? 'destroy' : 'room-config', values: { room } };
    let end: MainEnd | undefined;
    try {
      await attempt(
        app,
        async () => {
          if (wish.kind === 'menu')
            end = await roomMenu(app, seat, room, (chat) => enterChat(app, seat, chat));
          else if (wish.kind === 'configure') await configureRoom(app, seat, room);
          else await destroyRoom(app, seat, wish.room, wish);
        },
        about,
      );
    } catch (error) {
      if (!(error instanceof InterruptedError)) throw error;
    }
    return end === 'exit' ? 'exit' : undefined;
  };
}
