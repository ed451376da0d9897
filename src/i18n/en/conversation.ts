/** Words of the conversation view. */
import { plurals } from '../plurals.ts';

const n = plurals('en');
const list = (names: readonly string[]) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;

export const conversation = {
  contactTitle: (name: string, jid: string) => (name === '' || name === jid ? jid : `${name} (${jid})`),
  roomTitle: (room: string, occupants: number) =>
    `room ${room}, ${n(occupants, { one: 'person', other: 'people' })}`,
  privateTitle: (nick: string, room: string) => `${nick} in the room ${room} (private)`,
  subject: (text: string) => `Subject: ${text}`,
  noSubject: 'This room has no subject.',
  howTo: 'Enter sends · /help: all commands and keys · Esc leaves',
  today: 'today',
  yesterday: 'yesterday',
  newMessages: 'new messages',
  beginning: 'beginning of what is kept',
  empty: 'No messages yet.',
  loading: 'Loading …',
  me: 'me',
  typing: (names: readonly string[]) =>
    names.length === 0
      ? ''
      : names.length > 3
        ? `${names.length} people are typing …`
        : `${list(names)} ${names.length === 1 ? 'is' : 'are'} typing …`,
  paused: (name: string) => `${name} stopped typing`,
  active: (name: string) => `${name} is looking at this chat`,
  inactive: (name: string) => `${name} is not looking at this chat`,
  gone: (name: string) => `${name} closed this chat`,
  /** what became of an own message, beside its sign */
  states: {
    queued: 'waiting for the connection',
    sent: 'sent',
    acked: 'received by the server',
    delivered: 'delivered',
    read: 'read',
    failed: 'not delivered',
  },
  failed: (why: string) => `not delivered: ${why}`,
  unreadable: (encryption: string) => `[encrypted with ${encryption}: this program has no key for it]`,
  encryptedUnknown: '[encrypted message: this program has no key for it]',
  retracted: '[message withdrawn]',
  edited: 'edited',
  replyTo: 'in reply to',
  link: 'link',
  private: 'private',
  via: (resource: string) => `from ${resource}`,
  offline: 'Not connected: what you write is kept and sent later.',
  entered: (count: number) => `In this room: ${n(count, { one: 'person', other: 'people' })}`,
  occupants: 'Here now',
  notInRoom: (room: string) => `You are not in the room ${room}. /join enters it.`,
  noUnread: 'No other chat has unread messages.',
  unread: (chat: string, count: number) => `${chat} (${count})`,
  unknownCommand: (name: string) => `There is no command /${name}. /help lists them; // sends a slash.`,
  wrongUse: (usage: string) => `Use it like this: ${usage}`,
  nothingToEdit: 'You have written nothing here that could be changed.',
  draftKept: 'Your draft is kept.',
  tooLong: 'This message is too long to be sent.',
  pasteHint: (lines: number) =>
    `${n(lines, { one: 'line', other: 'lines' })}: Enter sends, Alt-Enter adds a line`,
  helpTitle: 'Commands',
  helpKeys: 'Keys',
  keys: {
    enter: 'Enter sends',
    newLine: 'Alt-Enter starts a new line',
    complete: 'Tab completes commands and names',
    history: 'Up and Down: what you wrote before',
    next: 'Ctrl-N: next chat with unread messages',
    redraw: 'Ctrl-L draws the screen again',
    close: 'Esc or /close leaves the chat',
  },
  /** commands that exist only in a conversation; the others come from the table of actions */
  commands: {
    help: 'shows this list',
    close: 'leaves the chat (the room stays joined)',
    me: 'says what you do, in the third person',
    who: 'shows who is in the room',
    subject: 'shows or changes the subject of the room',
    nick: 'changes your nickname in the room',
    invite: 'invites somebody to the room',
    msg: 'writes privately to somebody in the room',
    older: 'shows older messages',
    next: 'goes to the next chat with unread messages',
    clear: 'clears the screen',
    status: 'sets your presence and its message',
    cancel: 'cancels a file transfer',
    accept: 'accepts what is offered here',
    refuse: 'refuses what is offered here',
    mute: 'mutes this room, or all but mentions',
    slash: 'sends a message that starts with a slash',
    exit: 'leaves the program',
  },
  footer: {
    online: 'online',
    connecting: 'connecting …',
    offline: 'offline',
    retry: (seconds: number) => `offline, next try in ${seconds} s`,
    notEncrypted: 'not end-to-end encrypted',
    unread: (count: number) => `${count} unread`,
    requests: (count: number) => n(count, { one: 'request', other: 'requests' }),
  },
};
