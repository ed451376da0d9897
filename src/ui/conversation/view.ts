/** One open chat: shows what is kept, follows what happens, hands what is typed to the right place. */
import type { Action, Ended } from '../../actions/action.ts';
import { domainOf } from '../../chat/address.ts';
import type { Message } from '../../chat/message.ts';
import type { Face, Seat } from '../face.ts';
import { fileWaits } from '../file-waits.ts';
import { readValue } from '../parameters.ts';
import { expandHome } from '../prompts/path.ts';
import { complain, type Input, leaveRoom, runAction } from '../run-action.ts';
import { sanitize } from '../sanitize.ts';
import { isCommand, parseSlash, type SlashContext, usageOf } from '../slash.ts';
import { EndOfInputError, InterruptedError } from '../terminal.ts';
import { completeLine } from './completion.ts';
import { continueInRoom } from './conference.ts';
import { follow } from './follow.ts';
import { subjectNow } from './head.ts';
import { completable } from './known-names.ts';
import { ownTyping } from './own-typing.ts';
import { toldMeanwhile } from './told-meanwhile.ts';
import { nextUnread, runViewCommand } from './view-commands.ts';
import { pageHistory } from './whole-history.ts';

/** What of a room is done by menus and questions, for which the view makes room. */
export type RoomWish =
  | { readonly kind: 'menu' }
  | { readonly kind: 'configure' }
  | {
      readonly kind: 'destroy';
      readonly room: string;
      readonly successor?: string;
      readonly reason?: string;
    };

export type ViewEnd =
  | { readonly to: 'menu' }
  | { readonly to: 'exit' }
  | { readonly to: 'chat'; readonly chat: string }
  /** something is asked for; then this chat goes on */
  | { readonly to: 'aside'; readonly chat: string; readonly wish: RoomWish };

/** actions whose outcome is a line of the timeline */
const SHOWN_BY_THEMSELVES: readonly string[] = ['reply', 'react', 'edit', 'retract', 'moderate'];
/** what a room tells everybody of somebody who is there */
const TOLD_BY_ROOM: readonly string[] = ['kick', 'role', 'ban', 'affiliation'];

/** how long a plain run waits for its own messages before it goes on, in milliseconds */
const LAST_WORDS = 10_000;

/** Resolves to where the user goes next. */
export async function conversationView(face: Face, seat: Seat, chat: string): Promise<ViewEnd> {
  const { terminal, words } = face;
  const { client, drafts } = seat;
  const kind = client.chats.kindOf(chat);
  const shown = follow(face, seat, chat);
  const typing = ownTyping({ kind, send: (state) => client.chats.setTyping(chat, state) });
  let end: ViewEnd = { to: 'menu' };
  /** the own message that is being changed */
  let editing: Message | undefined;
  /** what stood in the input before */
  let unsent = '';

  /** Puts the text in place of the message that Ctrl-Up took back. */
  const change = (text: string): void => {
    if (editing === undefined || text.trim() === '' || text === editing.body)
      terminal.log(face.theme.dim(words.conversation.unchanged));
    else client.messages.correct(editing.row, text);
  };

  const entered = async (text: string, changes: boolean): Promise<'stay' | 'leave'> => {
    drafts.entered(chat, text);
    drafts.keep(chat, changes ? unsent : '');
    try {
      if (changes) {
        change(text);
        return 'stay';
      }
      const next = await act(face, seat, { chat, text, shown });
      if (next === undefined) return 'stay';
      if (next === 'sent') {
        typing.sent();
        // Who writes wants it to go: the next attempt is not waited for.
        client.reconnect();
        return 'stay';
      }
      end = next;
      return 'leave';
    } catch (error) {
      const saying = kind === 'room' ? 'send-room' : 'send';
      const action = changes ? 'edit' : isCommand(text) ? undefined : saying;
      complain(face, error, { action, values: { jid: chat, room: chat } });
      return 'stay';
    } finally {
      shown.typed('');
    }
  };

  /** Older messages come by themselves; the input stays as it is. */
  const older = (): void => {
    shown.older().catch((error: unknown) => complain(face, error, { action: 'history', values: {} }));
  };

  try {
    shown.enter();
    shown.typed(drafts.draft(chat));
    for (;;) {
      const closed = await terminal.conversation({
        prompt: () => face.theme.accent(`${shown.label()}> `),
        above: () => shown.above(),
        subscribe: shown.subscribe,
        draft: drafts.draft(chat),
        history: drafts.history(chat),
        complete: (line, cursor) => completeLine(line, cursor, completable(face, seat, chat)),
        changed(line) {
          drafts.keep(chat, line);
          typing.typed(line);
          shown.typed(line);
        },
        entered,
        editLast() {
          editing = shown.lastOwn();
          unsent = drafts.draft(chat);
          if (editing === undefined) terminal.log(face.theme.dim(words.conversation.nothingToEdit));
          return (
            editing && { text: editing.body, prompt: face.theme.accent(`${words.conversation.editing}> `) }
          );
        },
        older,
      });
      drafts.keep(chat, closed.draft);
      if (closed.by === 'left') {
        if (!terminal.interactive) await shown.settle(LAST_WORDS);
        return end;
      }
      const next = nextUnread(seat, chat);
      if (next !== undefined) return { to: 'chat', chat: next };
      terminal.log(words.conversation.noUnread);
    }
  } catch (error) {
    // Ctrl-C goes back one level; a draft stays for the next time.
    if (error instanceof InterruptedError) return { to: 'menu' };
    if (error instanceof EndOfInputError) await shown.settle(LAST_WORDS);
    throw error;
  } finally {
    typing.close();
    shown.close();
    if (drafts.draft(chat) !== '') terminal.log(face.theme.dim(words.conversation.draftKept));
  }
}

const chatOf = ({ client }: Seat, jid: unknown) =>
  typeof jid === 'string' ? client.chats.chatOf(jid) : undefined;

/** Does what a line means. Resolves to 'sent' for a message, to an end where the line leaves the chat. */
async function act(
  face: Face,
  seat: Seat,
  { chat, text, shown }: { chat: string; text: string; shown: ReturnType<typeof follow> },
): Promise<ViewEnd | 'sent' | undefined> {
  const { terminal, words } = face;
  const { client } = seat;
  const context: SlashContext = {
    actions: face.actions,
    chat,
    kind: client.chats.kindOf(chat),
    read(param, value) {
      const reading = { domain: domainOf(client.account), now: face.now(), label: text };
      if (param.kind === 'message') return shown.pointing.numbered(value);
      return readValue(param, param.kind === 'path' ? expandHome(value) : value, reading);
    },
    meant: (param) => shown.pointing.meant(param),
  };
  if (context.kind === 'room' && /^\/(topic|subject)\s*$/.test(text)) {
    terminal.log(subjectNow(words, client, chat));
    return undefined;
  }
  const meant = parseSlash(text, context);
  switch (meant.kind) {
    case 'text':
      if (meant.text.trim() === '') return undefined;
      client.messages.send(chat, meant.text);
      return 'sent';
    case 'unknown':
      terminal.log(
        face.theme.error(words.conversation.unknownCommand(sanitize(meant.name), meant.like ?? '')),
      );
      return undefined;
    case 'wrong':
      if (meant.error !== undefined) terminal.log(face.render.problem(meant.error));
      terminal.log(words.conversation.wrongUse(usageOf(meant.action, words.help.values, meant.name)));
      return undefined;
    case 'view':
      return runViewCommand(face, seat, { chat, name: meant.name, rest: meant.rest, shown });
    case 'action': {
      const aside = asideOf(meant.action, meant.input, context);
      if (aside !== undefined) return aside;
      if (meant.action.name === 'history' && meant.input.limit === undefined && terminal.interactive) {
        await pageHistory(face, seat, chatOf(seat, meant.input.jid) ?? chat, meant.input);
        client.chats.markRead(chat);
        return undefined;
      }
      if (meant.action.name === 'search' && terminal.interactive) {
        await shown.finding.search(meant.action, meant.input);
        return undefined;
      }
      if (meant.action.name === 'conference') return continueInRoom(face, seat, meant.action, meant.input);
      const input = await withWaiting(face, seat, meant.action, meant.input);
      if (input === undefined) return undefined;
      if (meant.action.name === 'leave' && (await isRoom(seat, chat, input.room)))
        return (await leaveRoom(face, seat, chat)) ? { to: 'menu' } : undefined;
      const silent =
        SHOWN_BY_THEMSELVES.includes(meant.action.name) || isToldByRoom(seat, chat, meant.action, input);
      const meanwhile = toldMeanwhile(client, chat, meant.action.name);
      const text = (outcome: Ended) => (silent || meanwhile.told() ? '' : face.render.outcome(outcome));
      const running = runAction(face, seat, meant.action, input, { text }).finally(meanwhile.close);
      // A file takes its time: one goes on talking meanwhile.
      if (meant.action.name !== 'send-file') await running;
      return undefined;
    }
  }
}

/** Whether the room whose conversation is open tells what becomes of somebody: they are there. */
function isToldByRoom({ client }: Seat, chat: string, { name }: Action, { room, nick, who }: Input): boolean {
  if (!TOLD_BY_ROOM.includes(name) || room !== chat) return false;
  return client.rooms.get(chat)?.occupants.some((occupant) => occupant.nick === (nick ?? who)) === true;
}

/** Whether that chat is the room of that name or JID. */
async function isRoom({ client }: Seat, chat: string, room: unknown): Promise<boolean> {
  return typeof room === 'string' && (await client.rooms.address(room).catch(() => undefined)) === chat;
}

/** A file for who is away: one is asked whether it shall wait. Resolves to undefined where it shall not be sent. */
async function withWaiting(
  face: Face,
  seat: Seat,
  { name }: Action,
  input: Input,
): Promise<Input | undefined> {
  if (name !== 'send-file' || input.whenOnline === true || typeof input.to !== 'string') return input;
  const whenOnline = await fileWaits(face, seat, input.to);
  return whenOnline === undefined ? undefined : { ...input, whenOnline };
}

/** The configuration is a form, and a room is not destroyed without a question. */
function asideOf({ name }: Action, input: Input, { kind, chat }: SlashContext): ViewEnd | undefined {
  const words = (value: unknown) => (typeof value === 'string' ? value : undefined);
  if (name === 'room-config' && kind === 'room' && input.room === chat && isEmpty(input.set))
    return { to: 'aside', chat, wish: { kind: 'configure' } };
  if (name !== 'destroy') return undefined;
  const [room = chat, successor, reason] = [words(input.room), words(input.successor), words(input.reason)];
  const more = {
    ...(successor === undefined ? {} : { successor }),
    ...(reason === undefined ? {} : { reason }),
  };
  return { to: 'aside', chat, wish: { kind: 'destroy', room, ...more } };
}

const isEmpty = (list: unknown) => !Array.isArray(list) || list.length === 0;
