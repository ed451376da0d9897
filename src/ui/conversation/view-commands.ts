/** The commands that only an open conversation has; all others are actions of the table. */
import { bareOf, domainOf, parseAddress } from '../../chat/address.ts';
import type { Request } from '../../chat/events.ts';
import { ChatError } from '../../chat/problem.ts';
import { MUTE_VALUES, type SettingName } from '../../chat/settings.ts';
import type { Face, Seat } from '../face.ts';
import { filesUnderWay, underWayText } from '../files-under-way.ts';
import { actionNamed, runAction } from '../run-action.ts';
import { sanitize } from '../sanitize.ts';
import type { ViewCommand } from '../slash.ts';
import type { Shown } from './follow.ts';
import { helpText, msgUsage, wholeHelp } from './help.ts';
import { MARKS } from './notes.ts';
import { LISTED } from './pointing.ts';
import { clockTime } from './timeline.ts';
import type { ViewEnd } from './view.ts';
import { occupantMarks } from './who.ts';

export interface ViewCommandCall {
  readonly chat: string;
  readonly name: ViewCommand;
  /** everything after the command */
  readonly rest: string;
  readonly shown: Shown;
}

/** Resolves to an end where the command leaves the chat. Throws ChatError. */
export async function runViewCommand(
  face: Face,
  seat: Seat,
  call: ViewCommandCall,
): Promise<ViewEnd | undefined> {
  const { terminal, words, theme } = face;
  const { client } = seat;
  switch (call.name) {
    case 'help':
      if (call.rest === 'all') await terminal.page(wholeHelp(face, client.chats.kindOf(call.chat)));
      else terminal.log(helpText(face, client.chats.kindOf(call.chat), call.rest));
      return undefined;
    case 'close':
      return { to: 'menu' };
    case 'exit':
      return { to: 'exit' };
    case 'older':
      await call.shown.older();
      return undefined;
    case 'last':
      terminal.log(lastText(face, call));
      return undefined;
    case 'around':
      call.shown.finding.around(call.rest);
      return undefined;
    case 'clear':
      terminal.clear();
      return undefined;
    case 'who':
      terminal.log(whoText(face, seat, call.chat));
      return undefined;
    case 'next': {
      const next = nextUnread(seat, call.chat);
      if (next !== undefined) return { to: 'chat', chat: next };
      terminal.log(theme.dim(words.conversation.noUnread));
      return undefined;
    }
    case 'msg':
      return privately(face, seat, call);
    case 'accept':
    case 'refuse':
      return answer(face, seat, call);
    case 'cancel':
      cancelFiles(face, seat, call);
      return undefined;
    case 'admin':
      if (client.chats.kindOf(call.chat) !== 'room') throw new ChatError('not-in-a-room');
      return { to: 'aside', chat: call.chat, wish: { kind: 'menu' } };
    case 'get':
      void getLink(face, seat, call);
      return undefined;
    case 'mute':
      await mute(face, seat, call);
      return undefined;
  }
}

/** `/last [n]`: the messages by their numbers, for /reply and its kind. */
function lastText({ words, theme }: Face, { rest, shown }: ViewCommandCall): string {
  const count = /^[1-9]\d{0,2}$/.test(rest) ? Number(rest) : LISTED;
  const lines = shown.pointing.list(count);
  if (lines.length === 0) return theme.dim(words.conversation.empty);
  return [words.conversation.numbered, ...lines].join('\n');
}

/** The chat to go to by one key: those that name us first, then by their newest message. */
export function nextUnread({ client }: Seat, chat: string): string | undefined {
  const order = client.chats.list().map((entry) => entry.chat);
  const unread = client.chats
    .unread()
    .filter((entry) => entry.chat !== chat && entry.count > 0)
    .sort((a, b) => b.mentions - a.mentions || order.indexOf(a.chat) - order.indexOf(b.chat));
  return unread[0]?.chat;
}

function whoText({ words, theme }: Face, { client }: Seat, chat: string): string {
  const room = client.rooms.get(bareOf(chat));
  if (room === undefined) return words.conversation.notInRoom(sanitize(bareOf(chat)));
  const rows = room.occupants.map((occupant) => {
    const marks = occupantMarks(words, occupant);
    const name = theme.person(occupant.nick, sanitize(occupant.nick));
    return `  ${name}${marks.length === 0 ? '' : `  ${theme.dim(marks.join(' · '))}`}`;
  });
  return [`${words.conversation.occupants}:`, ...rows].join('\n');
}

/** `/msg who text`: who is a nickname here (it may hold blanks), else any address. Without a text it opens that chat. */
async function privately(face: Face, seat: Seat, call: ViewCommandCall): Promise<ViewEnd | undefined> {
  const { client } = seat;
  const room = client.rooms.get(bareOf(call.chat));
  const nick = room?.occupants
    .map((occupant) => occupant.nick)
    .filter((name) => call.rest === name || call.rest.startsWith(`${name} `))
    .sort((a, b) => b.length - a.length)[0];
  const [word = ''] = call.rest.split(/\s/, 1);
  // Who has left the room is not looked for elsewhere: a nickname is no user name.
  if (room !== undefined && nick === undefined && word !== '' && !word.includes('@'))
    throw new ChatError('no-such-occupant', { nick: word, room: room.room });
  const to = room !== undefined && nick !== undefined ? `${room.room}/${nick}` : undefined;
  const chat = to ?? addressed(seat, word);
  const text = call.rest.slice((nick ?? word).length).trim();
  if (chat === undefined) {
    face.terminal.log(face.words.conversation.wrongUse(msgUsage(face.words)));
    return undefined;
  }
  if (text === '') return { to: 'chat', chat };
  const { state, time } = client.messages.send(chat, text);
  const who = nick ?? chat;
  // What becomes of it later its own chat shows, and a failure is told.
  const head = face.theme.dim(`${clockTime(time)} (${face.words.conversation.private})`);
  const waits = state === 'queued' ? ` ${face.theme.dim(MARKS.queued)}` : '';
  face.terminal.log(`${head} → ${face.theme.person(who, sanitize(who))}  ${sanitize(text)}${waits}`);
  return undefined;
}

function addressed({ client }: Seat, word: string): string | undefined {
  const jid = word === '' ? undefined : parseAddress(word, domainOf(client.account));
  return jid === undefined ? undefined : client.chats.chatOf(jid);
}

/**
 * Answers what waits here: of the person or room of this chat, of the JID given, else the newest there is. Who accepts
 * an invitation is in that room then.
 */
async function answer(face: Face, seat: Seat, call: ViewCommandCall): Promise<ViewEnd | undefined> {
  const { client } = seat;
  const wanted = call.rest === '' ? bareOf(call.chat) : addressed(seat, call.rest);
  const open = client.requests.list();
  const concerns = (request: Request) => bareOf(request.from) === wanted || request.room === wanted;
  const request = open.find(concerns) ?? (call.rest === '' ? open.at(-1) : undefined);
  if (request === undefined) {
    face.terminal.log(face.words.notices['no-requests']());
    return undefined;
  }
  const yes = call.name === 'accept';
  const { kind, room } = request;
  const entered = (await answerRequest(face, seat, request, yes)) && yes && kind === 'invitation';
  return entered && room !== undefined && room !== call.chat ? { to: 'chat', chat: room } : undefined;
}

/** Resolves to true where the answer was given. */
export function answerRequest(face: Face, seat: Seat, request: Request, yes: boolean): Promise<boolean> {
  if (request.kind === 'subscription')
    return runAction(face, seat, actionNamed(face, yes ? 'approve' : 'decline'), { jid: request.from });
  // That one is in the room now is told by the room.
  const options = yes && request.kind === 'invitation' ? { text: () => '' } : {};
  return runAction(face, seat, actionNamed(face, yes ? 'accept' : 'refuse'), { id: request.id }, options);
}

/** `/cancel [n|all]`: the only one, the n-th, or all; where it is not clear which, they are listed. Throws ChatError. */
function cancelFiles({ terminal, words }: Face, seat: Seat, { chat, rest }: ViewCommandCall): void {
  const running = filesUnderWay(seat, chat);
  if (running.length === 0) throw new ChatError('no-transfer');
  const only = rest === '' && running.length === 1 ? running[0] : undefined;
  const chosen = only ?? (/^[1-9]\d{0,2}$/.test(rest) ? running[Number(rest) - 1] : undefined);
  const ended = rest === 'all' ? running : chosen === undefined ? [] : [chosen];
  for (const file of ended) seat.client.files.cancel(file.id);
  if (ended.length > 0) return;
  const lines = running.map((file, at) => `  ${at + 1}  ${underWayText(seat, words, file)}`);
  terminal.log([words.conversation.whichFile, ...lines].join('\n'));
}

/** `/get [n|link]`: the newest link of the chat, the n-th newest, or any. One goes on talking meanwhile. */
async function getLink(face: Face, seat: Seat, { chat, rest }: ViewCommandCall): Promise<void> {
  const known = seat.client.files.links(chat);
  const nth = rest === '' ? 1 : /^[1-9]\d{0,2}$/.test(rest) ? Number(rest) : undefined;
  const link = nth === undefined ? rest : known[nth - 1]?.url;
  if (link === undefined) face.terminal.log(face.render.problem(new ChatError('no-link')));
  else await runAction(face, seat, actionNamed(face, 'get'), { link });
}

/** `/mute [all|mentions|off]`: without a word, mentions only and back. */
async function mute(face: Face, seat: Seat, call: ViewCommandCall): Promise<void> {
  const name: SettingName = `mute:${bareOf(call.chat)}`;
  const now = seat.client.settings.get(name);
  const value = call.rest === '' ? (now === 'mentions' ? 'all' : 'mentions') : call.rest;
  if (!(MUTE_VALUES as readonly string[]).includes(value)) {
    face.terminal.log(face.words.conversation.wrongUse(`/mute [${MUTE_VALUES.join('|')}]`));
    return;
  }
  const text = () => face.words.conversation.muted[value as (typeof MUTE_VALUES)[number]];
  await runAction(face, seat, actionNamed(face, 'setting'), { name, value }, { text });
}
