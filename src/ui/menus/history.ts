/** What was written before, of one chat or of all, page by page; and looking for a text in it. Offline too. */
import type { Message } from '../../chat/message.ts';
import { chatLabel } from '../conversation/names.ts';
import { olderPages } from '../conversation/older.ts';
import { pageHistory } from '../conversation/whole-history.ts';
import { attempt } from '../run-action.ts';
import { sanitize } from '../sanitize.ts';
import type { MenuApp } from './accounts.ts';
import { askPath } from './ask.ts';
import { enterChat } from './enter-chat.ts';
import type { MainEnd, Screen } from './main.ts';
import { runFromMenu } from './run.ts';
import { type Choice, choose } from './screen.ts';
import { search } from './search.ts';
import type { OpenSeat } from './seat.ts';
import { cancellable } from './working.ts';

/** chats that one numbered list shows */
const LISTED = 50;
/** messages of a page: as many as --history shows */
const PAGE = 100;

type Where = { readonly chat: string | undefined } | 'search';

export const history: Screen = async (app, seat) => {
  const { history: labels } = app.words.menus;
  if (seat.client.chats.list().length === 0) {
    app.terminal.log(labels.none);
    return undefined;
  }
  const chosen = await choose<Where>(app, labels.which, [
    ...chatsOf(seat),
    { key: 'A', name: labels.all, value: { chat: undefined } },
    { key: 'S', name: labels.search, value: 'search' },
  ]);
  if (chosen === 'search') return search(app, seat);
  return chosen && pageBack(app, seat, chosen.chat);
};

function chatsOf(seat: OpenSeat): Choice<{ chat: string }>[] {
  const chats = seat.client.chats.list().slice(0, LISTED);
  return chats.map(({ chat }) => ({ name: sanitize(chatLabel(seat, chat)), value: { chat } }));
}

/** The newest page; then what the user wants of it: what came before it, a search in it, the chat itself. */
async function pageBack(
  app: MenuApp,
  seat: OpenSeat,
  chat: string | undefined,
): Promise<MainEnd | undefined> {
  const { client } = seat;
  const shown = await runFromMenu(app, seat, 'history', {
    preset: { jid: chat, limit: undefined, since: undefined, until: undefined, offline: undefined },
  });
  if (!shown) return undefined;
  let over = false;
  const pages = olderPages({
    history: {
      read: (query) => client.history.read({ ...query, chat }),
      // Archives are asked for one chat at a time.
      older: async () => chat !== undefined && client.history.older(chat),
    },
    chat: chat ?? '',
    size: PAGE,
    print: (messages) => print(app, messages),
    end() {
      over = true;
      app.terminal.log(app.theme.dim(`── ${app.words.conversation.beginning} ──`));
    },
    loading: () => {},
  });
  for (const message of client.history.read({ chat, limit: PAGE })) pages.shown(message);
  for (;;) {
    const wish = await chooseWish(app, seat, chat, over);
    if (wish === undefined) return undefined;
    if (wish === 'search') return search(app, seat, { chat });
    if (wish === 'page' && chat !== undefined) {
      await pageHistory(app, seat, chat);
      continue;
    }
    if (wish === 'export') {
      await exportTo(app, seat, chat);
      continue;
    }
    if (wish === 'open') return chat === undefined ? undefined : enterChat(app, seat, chat);
    if (!(await attempt(app, () => cancellable(app, () => pages.older())))) return undefined;
  }
}

type Wish = 'older' | 'page' | 'search' | 'export' | 'open';

function chooseWish(
  app: MenuApp,
  seat: OpenSeat,
  chat: string | undefined,
  over: boolean,
): Promise<Wish | undefined> {
  const { history: labels, search: others } = app.words.menus;
  const wishes: Choice<Wish>[] = [
    ...(over ? [] : [{ name: labels.older, value: 'older' as const }]),
    ...(chat === undefined ? [] : [{ key: 'P', name: labels.page, value: 'page' as const }]),
    { key: 'S', name: labels.search, value: 'search' },
    { key: 'E', name: labels.export, value: 'export' },
    ...(chat === undefined ? [] : [{ key: 'O', name: others.open, value: 'open' as const }]),
  ];
  const title = chat === undefined ? labels.title : sanitize(chatLabel(seat, chat));
  return choose(app, title, wishes, { echo: 'item' });
}

/** To a file of that name, whose ending says how it is written. */
async function exportTo(app: MenuApp, seat: OpenSeat, chat: string | undefined): Promise<void> {
  const output = await askPath(app, app.words.menus.history.exportTo);
  if (output === undefined) return;
  await runFromMenu(app, seat, 'export', {
    preset: { jid: chat, output, format: undefined, since: undefined, until: undefined, offline: undefined },
  });
}

function print(app: MenuApp, messages: readonly Message[]): void {
  const rows = messages.map((message) => ({ type: 'message', message }) as const);
  app.terminal.log(app.render.outcome({ kind: 'rows', rows, empty: { code: 'no-history', values: {} } }));
}
