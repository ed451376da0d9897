/** What was written before, of one chat or of all, page by page; and looking for a text in it. Offline too. */
import type { Message } from '../../chat/message.ts';
import { chatLabel } from '../conversation/names.ts';
import { olderPages } from '../conversation/older.ts';
import { actionNamed, attempt, runAction } from '../run-action.ts';
import { sanitize } from '../sanitize.ts';
import type { MenuApp } from './accounts.ts';
import { askFor } from './ask.ts';
import type { Screen } from './main.ts';
import { runFromMenu, sayCommandLine } from './run.ts';
import { type Choice, choose } from './screen.ts';
import type { OpenSeat } from './seat.ts';
import { cancellable } from './working.ts';

/** chats that one numbered list shows */
const LISTED = 50;
/** messages of a page: as many as --history and --search show */
const PAGE = 100;

type Where = { readonly chat: string | undefined } | 'search';

export const history: Screen = async (app, seat) => {
  const { history: labels } = app.words.menus;
  if (seat.client.chats().length === 0) {
    app.terminal.log(labels.none);
    return undefined;
  }
  const chosen = await choose<Where>(app, labels.which, [
    ...chatsOf(seat),
    { key: 'A', name: labels.all, value: { chat: undefined } },
    { key: 'S', name: labels.search, value: 'search' },
  ]);
  if (chosen === 'search') await search(app, seat);
  else if (chosen !== undefined) await pageBack(app, seat, chosen.chat);
  return undefined;
};

function chatsOf(seat: OpenSeat): Choice<{ chat: string }>[] {
  const chats = seat.client.chats().slice(0, LISTED);
  return chats.map(({ chat }) => ({ name: sanitize(chatLabel(seat, chat)), value: { chat } }));
}

/** The newest page; then, as long as the user wants, what came before it. */
async function pageBack(app: MenuApp, seat: OpenSeat, chat: string | undefined): Promise<void> {
  const { client } = seat;
  const shown = await runFromMenu(app, seat, 'history', {
    preset: { jid: chat, limit: undefined, since: undefined, offline: undefined },
  });
  const newest = client.history({ chat, limit: PAGE });
  if (!shown || newest.length < PAGE) return;
  let over = false;
  const pages = olderPages({
    client: {
      history: (query) => client.history({ ...query, chat }),
      // Archives are asked for one chat at a time.
      older: async () => chat !== undefined && client.older(chat),
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
  for (const message of newest) pages.shown(message);
  while (!over && (await wantsOlder(app)))
    if (!(await attempt(app, () => cancellable(app, () => pages.older())))) return;
}

async function search(app: MenuApp, seat: OpenSeat): Promise<void> {
  const { client } = seat;
  const { history: labels } = app.words.menus;
  const chats = chatsOf(seat);
  const everywhere: Choice<{ chat: string | undefined }> = {
    key: 'A',
    name: labels.everywhere,
    value: { chat: undefined },
  };
  const where = chats.length > 1 ? await choose(app, labels.where, [everywhere, ...chats]) : everywhere.value;
  if (where === undefined) return;
  const action = actionNamed(app, 'search');
  const asked = await askFor(app, seat, action, {
    preset: { chat: where.chat, from: undefined, limit: undefined, offline: undefined },
    questions: { text: labels.searchFor },
  });
  if (asked === undefined) return;
  const done = await attempt(app, () =>
    cancellable(app, (signal) => runAction(app, seat, action, asked, { signal })),
  );
  sayCommandLine(app, seat, action, asked);
  const query = { text: String(asked.text), chat: where.chat, since: asked.since as number | undefined };
  for (let shown = PAGE; done; shown += PAGE) {
    const found = client.search({ ...query, limit: shown + PAGE });
    const older = found.slice(0, Math.max(0, found.length - shown));
    if (older.length === 0 || !(await wantsOlder(app))) return;
    print(app, older);
  }
}

async function wantsOlder(app: MenuApp): Promise<boolean> {
  const { history: labels } = app.words.menus;
  return (await choose(app, labels.title, [{ name: labels.older, value: true }])) === true;
}

function print(app: MenuApp, messages: readonly Message[]): void {
  const rows = messages.map((message) => ({ type: 'message', message }) as const);
  app.terminal.log(app.render.outcome({ kind: 'rows', rows, empty: { code: 'no-history', values: {} } }));
}
