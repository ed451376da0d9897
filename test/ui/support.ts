/** What the tests of the faces share: a theme that marks nothing, messages, contacts, a client that only tells. */
import { EventEmitter } from 'node:events';
import { bareOf, resourceOf } from '../../src/chat/address.ts';
import type { ChatEvents, Contact } from '../../src/chat/events.ts';
import type { Message } from '../../src/chat/message.ts';
import { type SettingName, settingValues } from '../../src/chat/settings.ts';
import type { NotifyingClient } from '../../src/ui/notifications.ts';
import { createTheme } from '../../src/ui/theme.ts';

export const plain = createTheme({ level: 0, background: 'dark' });

/** 14:03 by the local clock */
export const NOON = new Date(2026, 10, 21, 14, 3).getTime();

export function message(more: Partial<Message> = {}): Message {
  return {
    row: 1,
    account: 'me@example.org',
    chat: 'alice@example.org',
    kind: 'contact',
    from: 'alice@example.org/phone',
    to: 'me@example.org',
    id: 'id',
    body: 'hello',
    time: NOON,
    direction: 'in',
    source: 'live',
    encryption: 'none',
    retracted: false,
    reactions: [],
    mention: false,
    ...more,
  };
}

export function contact(jid: string, more: Partial<Contact> = {}): Contact {
  return { jid, name: '', groups: [], subscription: 'both', ask: false, resources: [], unread: 0, ...more };
}

export class ToldClient extends EventEmitter<ChatEvents> implements NotifyingClient {
  readonly account = 'me@example.org';
  readonly people = new Map<string, Contact>();
  readonly joined: string[] = [];
  readonly chosen = new Map<SettingName, string>();

  readonly contacts: NotifyingClient['contacts'] = {
    list: () => [...this.people.values()],
    get: (jid) => this.people.get(jid),
  };
  readonly chats: NotifyingClient['chats'] = {
    chatOf: (jid) => (this.joined.includes(bareOf(jid)) ? jid : bareOf(jid)),
    kindOf: (chat) => {
      if (!this.joined.includes(bareOf(chat))) return 'contact';
      return resourceOf(chat) === undefined ? 'room' : 'private';
    },
  };
  readonly conferences: NotifyingClient['conferences'] = {
    continuesOurs: ({ continues }) => continues?.thread === 'ours',
  };
  readonly roomNames = new Map<string, string>();
  readonly rooms: NotifyingClient['rooms'] = {
    name: (room) => this.roomNames.get(room) ?? '',
    list: () => this.joined.map((room) => ({ room, nick: 'me', subject: '', joined: true, occupants: [] })),
  };
  readonly settings: NotifyingClient['settings'] = {
    get: (name) => this.chosen.get(name) ?? settingValues(name)[0] ?? '',
  };
}
