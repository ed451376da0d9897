/**
 * Looking for words in what is kept: the newest messages that have them, by number; narrowed step by step to a chat, a
 * person, a time; and from each the place in its chat where it was said.
 */
import { bareOf } from '../../chat/address.ts';
import type { Message } from '../../chat/message.ts';
import { foundLine } from '../conversation/found.ts';
import { chatLabel, senderName } from '../conversation/names.ts';
import { stamp } from '../render/formats.ts';
import { actionNamed } from '../run-action.ts';
import { brief, sanitize } from '../sanitize.ts';
import type { MenuApp } from './accounts.ts';
import { askValue } from './ask.ts';
import type { MainEnd } from './main.ts';
import { showPlace } from './place.ts';
import { sayCommandLine } from './run.ts';
import { type Choice, choose } from './screen.ts';
import type { OpenSeat } from './seat.ts';

/** results that one list shows, and that are added to it */
const LISTED = 20;
/** chats and people that are offered to narrow a search */
const OFFERED = 30;
/** results among which these are looked for */
const LOOKED_AT = 500;
/** cells that stand before a result: mark, number, bracket */
const MARGIN = 7;

interface Wanted {
  readonly text: string;
  readonly chat?: string | undefined;
  /** bare JID, or nickname */
  readonly from?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

type Step = { readonly message: Message } | 'more' | 'chat' | 'person' | 'since' | 'until' | 'text';

/** Asks for words and shows what has them, until the user goes back; `chat`: only there. */
export async function search(
  app: MenuApp,
  seat: OpenSeat,
  { chat }: { chat?: string | undefined } = {},
): Promise<MainEnd | undefined> {
  const text = await askWords(app);
  if (text === undefined) return undefined;
  let wanted: Wanted = { text, chat };
  say(app, seat, wanted);
  for (let listed = LISTED; ; ) {
    const step = await chooseStep(app, seat, wanted, listed);
    if (step === undefined) return undefined;
    if (typeof step === 'object') {
      const end = await showPlace(app, seat, step.message);
      if (end !== undefined) return end;
    } else if (step === 'more') listed += LISTED;
    else {
      const narrowed = await narrow(app, seat, wanted, step);
      if (narrowed === undefined) continue;
      wanted = narrowed;
      listed = LISTED;
      say(app, seat, wanted);
    }
  }
}

async function askWords({ terminal, words }: MenuApp): Promise<string | undefined> {
  const typed = (await terminal.text({ message: words.menus.history.searchFor })).trim();
  return typed === '' ? undefined : typed;
}

/** The results, and what can be done with them. */
async function chooseStep(
  app: MenuApp,
  seat: OpenSeat,
  wanted: Wanted,
  listed: number,
): Promise<Step | undefined> {
  const { search: labels } = app.words.menus;
  const found = seat.client.history.search({ ...wanted, limit: listed + 1 });
  const line = (message: Message) =>
    foundLine(app, seat, message, { ...wanted, columns: app.terminal.columns - MARGIN });
  if (found.length === 0) app.terminal.log(app.words.notices['nothing-found']({ text: brief(wanted.text) }));
  const steps: Choice<Step>[] = [
    ...found.slice(0, listed).map((message) => ({ name: line(message), value: { message } })),
    ...(found.length > listed ? [{ key: 'M', name: labels.more, value: 'more' as const }] : []),
    { key: 'C', name: labels.chat, value: 'chat' },
    { key: 'P', name: labels.person, value: 'person' },
    { key: 'F', name: labels.since, value: 'since' },
    { key: 'U', name: labels.until, value: 'until' },
    { key: 'W', name: labels.words, value: 'text' },
  ];
  return choose(app, titleOf(app, seat, wanted), steps, { echo: 'item' });
}

/** Undefined where the user goes back. */
async function narrow(
  app: MenuApp,
  seat: OpenSeat,
  wanted: Wanted,
  step: 'chat' | 'person' | 'since' | 'until' | 'text',
): Promise<Wanted | undefined> {
  switch (step) {
    case 'text': {
      const text = await askWords(app);
      return text === undefined ? undefined : { ...wanted, text };
    }
    case 'chat': {
      const chosen = await chooseChat(app, seat, wanted);
      return chosen && { ...wanted, ...chosen };
    }
    case 'person': {
      const chosen = await choosePerson(app, seat, wanted);
      return chosen && { ...wanted, ...chosen };
    }
    default: {
      const param = actionNamed(app, 'search').params[step];
      if (param === undefined) return undefined;
      const time = await askValue(app, seat, param, app.words.menus.search[step]);
      return { ...wanted, [step]: time as number | undefined };
    }
  }
}

/** Those that have the words, in any case; the newest first. */
async function chooseChat(
  app: MenuApp,
  seat: OpenSeat,
  wanted: Wanted,
): Promise<{ chat: string | undefined } | undefined> {
  const found = seat.client.history.search({ ...wanted, chat: undefined, limit: LOOKED_AT });
  const chats = [...new Set(found.map(({ chat }) => chat))].slice(0, OFFERED);
  return choose<{ chat: string | undefined }>(app, app.words.menus.search.chat, [
    { key: 'A', name: app.words.menus.history.everywhere, value: { chat: undefined } },
    ...chats.map((chat) => ({ name: sanitize(chatLabel(seat, chat)), value: { chat } })),
  ]);
}

async function choosePerson(
  app: MenuApp,
  seat: OpenSeat,
  wanted: Wanted,
): Promise<{ from: string | undefined } | undefined> {
  const found = seat.client.history.search({ ...wanted, from: undefined, limit: LOOKED_AT });
  const people = new Map<string, string>();
  for (const message of found) {
    const from = message.kind === 'contact' ? bareOf(message.from) : (message.nick ?? message.from);
    if (!people.has(from)) people.set(from, sanitize(senderName(seat, app.words, message)));
  }
  return choose<{ from: string | undefined }>(app, app.words.menus.search.person, [
    { key: 'A', name: app.words.menus.search.anybody, value: { from: undefined } },
    ...[...people].slice(0, OFFERED).map(([from, name]) => ({ name, value: { from } })),
  ]);
}

/** What is looked for, and by what it is narrowed. */
function titleOf({ words }: MenuApp, seat: OpenSeat, wanted: Wanted): string {
  const { search: labels } = words.menus;
  const { text, chat, from, since, until } = wanted;
  return [
    labels.title(brief(text)),
    chat === undefined ? '' : labels.inChat(sanitize(chatLabel(seat, chat))),
    from === undefined ? '' : labels.of(sanitize(from)),
    since === undefined ? '' : labels.from(stamp(since)),
    until === undefined ? '' : labels.to(stamp(until)),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function say(app: MenuApp, seat: OpenSeat, wanted: Wanted): void {
  sayCommandLine(app, seat, actionNamed(app, 'search'), { ...wanted });
}
