/** What was written before, of one chat or of all. Works without a connection. */
import { chatLabel } from '../conversation/names.ts';
import { sanitize } from '../sanitize.ts';
import type { Screen } from './main.ts';
import { runFromMenu } from './run.ts';
import { choose } from './screen.ts';

/** chats that one numbered list shows */
const LISTED = 50;

export const history: Screen = async (app, seat) => {
  const { history: labels } = app.words.menus;
  const chats = seat.client.chats();
  if (chats.length === 0) {
    app.terminal.log(labels.none);
    return undefined;
  }
  const chosen = await choose<string | null>(app, labels.which, [
    ...chats.slice(0, LISTED).map((entry) => ({
      name: sanitize(chatLabel(seat, entry.chat)),
      value: entry.chat,
    })),
    { key: 'A', name: labels.all, value: null },
  ]);
  if (chosen === undefined) return undefined;
  await runFromMenu(app, seat, 'history', {
    preset: { jid: chosen ?? undefined, limit: undefined, since: undefined, offline: true },
  });
  return undefined;
};
