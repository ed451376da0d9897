/** What happened while away, what waits for an answer, what to be notified of. */
import { bareOf, localOf } from '../../chat/address.ts';
import type { FileTransfer, Request } from '../../chat/events.ts';
import { chatLabel } from '../conversation/names.ts';
import { answerRequest } from '../conversation/view-commands.ts';
import { filesUnderWay, underWayText } from '../files-under-way.ts';
import { invitationLine } from '../notifications/lines.ts';
import { brief, sanitize } from '../sanitize.ts';
import type { Subscribe } from '../terminal.ts';
import type { MenuApp } from './accounts.ts';
import { enterChat } from './enter-chat.ts';
import type { MainEnd, Screen } from './main.ts';
import { enterRoom } from './rooms.ts';
import { runFromMenu } from './run.ts';
import { type Choice, choose } from './screen.ts';
import type { OpenSeat } from './seat.ts';
import { notificationSettings } from './settings.ts';

/** entries that one numbered list shows: a flood of requests must not bury the menu */
const LISTED = 40;

export const notifications: Screen = async (app, seat) => {
  const { notifications: labels } = app.words.menus;
  for (let answered = false; ; ) {
    const entries = waiting(app, seat);
    // that was the last one
    if (entries.length === 0 && answered) return undefined;
    if (entries.length === 0) app.terminal.log(app.theme.dim(labels.nothing));
    if (entries.length > LISTED) app.terminal.log(app.words.menus.moreRows(entries.length - LISTED));
    const chosen = await choose(
      app,
      labels.title,
      () => [
        ...waiting(app, seat).slice(0, LISTED),
        ...(seat.client.chats.unread().length === 0
          ? []
          : [{ id: 'A', key: 'A', name: labels.markAllRead, value: markAllRead }]),
        { id: 'S', key: 'S', name: labels.settings, value: notificationSettings },
      ],
      { echo: 'item', subscribe: changesOf(seat) },
    );
    if (chosen === undefined) return undefined;
    answered = chosen !== notificationSettings;
    const end = await chosen(app, seat);
    if (end !== undefined) return end;
  }
};

/** Everything that may change the list. */
function changesOf({ client }: OpenSeat): Subscribe {
  const names = ['request', 'requestClosed', 'unread', 'file'] as const;
  return (redraw) => {
    for (const name of names) client.on(name, redraw);
    return () => {
      for (const name of names) client.off(name, redraw);
    };
  };
}

/** Requests first: somebody waits for them. */
function waiting(app: MenuApp, seat: OpenSeat): Choice<Screen>[] {
  const { notifications: labels } = app.words.menus;
  const requests = seat.client.requests.list().map(
    (request): Choice<Screen> => ({
      id: `request ${request.id}`,
      name: requestText(app, seat, request),
      value: () => answer(app, seat, request),
    }),
  );
  const unread = seat.client.chats.unread().map(
    (entry): Choice<Screen> => ({
      id: `chat ${entry.chat}`,
      name: labels.unread(sanitize(chatLabel(seat, entry.chat)), entry.count),
      badge: entry.mentions > 0 ? app.words.menus.badges.mentions(entry.mentions) : undefined,
      value: () => enterChat(app, seat, entry.chat),
    }),
  );
  const files = filesUnderWay(seat)
    // Those stand among the requests.
    .filter(({ direction, state }) => direction === 'out' || state === 'active')
    .map(
      (file): Choice<Screen> => ({
        id: `file ${file.id}`,
        name: underWayText(seat, app.words, file),
        value: () => cancelFile(app, seat, file),
      }),
    );
  return [...requests, ...files, ...unread];
}

async function cancelFile(app: MenuApp, { client }: OpenSeat, file: FileTransfer): Promise<undefined> {
  const { cancel, sendFile, notifications: labels } = app.words.menus;
  if (filesUnderWay({ client }).every(({ id }) => id !== file.id)) {
    app.terminal.log(app.theme.dim(labels.over));
    return undefined;
  }
  const chosen = await choose(app, brief(file.name), [{ name: cancel, value: true }], { echo: 'item' });
  if (chosen !== true) return undefined;
  client.files.cancel(file.id);
  // Who waits for it is told there.
  if (file.awaited !== true) app.terminal.log(sendFile.cancelled(brief(file.name)));
  return undefined;
}

const markAllRead: Screen = async (_app, { client }) => {
  for (const entry of client.chats.unread()) client.chats.markRead(entry.chat);
  return undefined;
};

/** One line: who wants what, in their own words where there are some. */
function requestText({ words, render }: MenuApp, { client }: OpenSeat, request: Request): string {
  const { notifications: labels } = words.menus;
  const from = sanitize(request.from);
  const what = {
    subscription: () => labels.subscription(from),
    invitation: () =>
      request.instead === undefined
        ? invitationLine(client, words, request, '')
        : words.notifications.request.successor(sanitize(request.instead), sanitize(request.room ?? '')),
    voice: () => labels.voice(from, sanitize(request.room ?? '')),
    membership: () => labels.membership(from, sanitize(request.room ?? '')),
    file: () =>
      labels.file(
        from,
        brief(request.name ?? ''),
        request.size === undefined ? words.words.unknown : render.size(request.size),
      ),
  }[request.kind]();
  const nick = tellsMore(request) ? labels.callsItself(brief(request.nick ?? '')) : '';
  const text = request.text ? labels.said(brief(request.text)) : '';
  return [what, nick, text].filter((part) => part !== '').join(' · ');
}

/** A nickname that only repeats the user name is no news. */
const tellsMore = ({ nick, from }: Pick<Request, 'nick' | 'from'>): boolean =>
  nick !== undefined && nick !== '' && nick !== localOf(bareOf(from));

type Answer = 'approve' | 'approve-add' | 'decline' | 'block' | 'join' | 'accept' | 'refuse';

async function answer(app: MenuApp, seat: OpenSeat, request: Request): Promise<MainEnd | undefined> {
  const { notifications: labels } = app.words.menus;
  if (seat.client.requests.list().every(({ id }) => id !== request.id)) {
    app.terminal.log(app.theme.dim(labels.over));
    return undefined;
  }
  const answers: Record<Request['kind'], Choice<Answer>[]> = {
    subscription: [
      ...(isAsked(seat, request) ? [] : [{ name: labels.approveAdd, value: 'approve-add' as const }]),
      { name: labels.approve, value: 'approve' },
      { name: labels.decline, value: 'decline' },
      { name: labels.block, value: 'block' },
    ],
    invitation: [
      { name: labels.join, value: 'join' },
      { name: labels.refuse, value: 'refuse' },
    ],
    voice: [
      { name: labels.allow, value: 'accept' },
      { name: labels.refuse, value: 'refuse' },
    ],
    membership: [
      { name: labels.allow, value: 'accept' },
      { name: labels.refuse, value: 'refuse' },
    ],
    file: [
      { name: labels.accept, value: 'accept' },
      { name: labels.refuse, value: 'refuse' },
    ],
  };
  // `0`, going back, is to decide later.
  const chosen = await choose(app, requestText(app, seat, request), answers[request.kind], { echo: 'item' });
  return chosen === undefined ? undefined : give(app, seat, request, chosen);
}

/** We see their presence, or have asked to: nothing is left to add. */
function isAsked({ client }: OpenSeat, { from }: Request): boolean {
  const contact = client.contacts.get(bareOf(from));
  return contact !== undefined && (contact.ask || ['to', 'both'].includes(contact.subscription));
}

async function give(
  app: MenuApp,
  seat: OpenSeat,
  request: Request,
  chosen: Answer,
): Promise<MainEnd | undefined> {
  const jid = bareOf(request.from);
  switch (chosen) {
    case 'approve-add':
      if (await runFromMenu(app, seat, 'approve', { preset: { jid } }))
        await runFromMenu(app, seat, 'add-contact', {
          preset: { jid, name: undefined, groups: [], greeting: undefined },
        });
      return undefined;
    case 'block':
      if (await runFromMenu(app, seat, 'decline', { preset: { jid } }))
        await runFromMenu(app, seat, 'block', { preset: { jid } });
      return undefined;
    case 'join': {
      // We enter here, where a taken nickname is asked for again; what is left of the invitation is put away.
      // Its password comes with it (XEP-0249 §2).
      const { room, password } = request;
      if (room === undefined || (await enterRoom(app, seat, room, password)) === undefined) return undefined;
      // Entering has closed it, where it was told by the room itself.
      if (seat.client.requests.list().some(({ id }) => id === request.id))
        await seat.client.requests.refuse(request.id);
      return enterChat(app, seat, room);
    }
    default:
      await answerRequest(app, seat, request, chosen === 'approve' || chosen === 'accept');
      return undefined;
  }
}
