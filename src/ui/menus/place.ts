/** What was said around a message: further back, further on, or the chat itself. */
import type { Message } from '../../chat/message.ts';
import { placeLines, placeOf } from '../conversation/around.ts';
import { chatLabel } from '../conversation/names.ts';
import { sanitize } from '../sanitize.ts';
import type { MenuApp } from './accounts.ts';
import { enterChat } from './enter-chat.ts';
import type { MainEnd } from './main.ts';
import { type Choice, choose } from './screen.ts';
import type { OpenSeat } from './seat.ts';

/** messages that each further step shows */
const STEP = 15;

type Way = 'older' | 'newer' | 'open';

export async function showPlace(
  app: MenuApp,
  seat: OpenSeat,
  message: Message,
): Promise<MainEnd | undefined> {
  const { client } = seat;
  const { chat } = message;
  const { search: labels, history } = app.words.menus;
  const title = sanitize(chatLabel(seat, chat));
  const place = placeOf(client, message);
  app.terminal.log([app.theme.bold(`── ${title} ──`), ...placeLines(app, seat, chat, place)].join('\n'));
  let oldest = place.messages[0]?.row;
  let newest = place.messages.at(-1)?.row;
  for (;;) {
    const older = client.history.read({ chat, before: oldest, limit: STEP });
    const newer = client.history.read({ chat, after: newest, end: 'oldest', limit: STEP });
    const ways: Choice<Way>[] = [
      ...(older.length > 0 ? [{ name: history.older, value: 'older' as const }] : []),
      ...(newer.length > 0 ? [{ name: labels.newer, value: 'newer' as const }] : []),
      { key: 'O', name: labels.open, value: 'open' },
    ];
    const way = await choose(app, title, ways, { echo: 'item' });
    if (way === undefined) return undefined;
    if (way === 'open') return enterChat(app, seat, chat);
    const messages = way === 'older' ? older : newer;
    app.terminal.log(placeLines(app, seat, chat, { messages }).join('\n'));
    if (way === 'older') oldest = messages[0]?.row;
    else newest = messages.at(-1)?.row;
  }
}
