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
  slowMode: {
    on: (seconds: number) =>
      `Slow mode: everybody may write once in ${n(seconds, { one: 'second', other: 'seconds' })}.`,
    off: 'Slow mode is over.',
    wait: (seconds: number) =>
      `slow mode: next message in ${n(seconds, { one: 'second', other: 'seconds' })}; what you send until then waits`,
  },
  noSubject: 'This room has no subject.',
  howTo: 'Enter sends · /help: all commands and keys · Esc leaves',
  howToAnswer: '/accept or /decline answers that.',
  muted: {
    all: 'Everything of this room is told again.',
    mentions: 'Of this room you are told only what names you.',
    off: 'Of this room you are told nothing.',
  },
  today: 'today',
  yesterday: 'yesterday',
  newMessages: 'new messages',
  beginning: 'beginning of what is kept',
  older: 'older messages',
  newerAbove: 'the newer ones stand above',
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
  moderated: (who: string, reason: string) =>
    `[removed by ${who === '' ? 'a moderator' : who}${reason === '' ? '' : `: ${reason}`}]`,
  changes: {
    correction: { waits: 'edit not sent yet', fails: 'edit not sent' },
    retraction: { waits: 'withdrawal not sent yet', fails: 'withdrawal not sent' },
    reaction: { waits: 'reaction not sent yet', fails: 'reaction not sent' },
  },
  edited: 'edited',
  until: (when: string) => `until ${when}`,
  mayArriveTwice: 'may arrive twice',
  answersUnknown: 'in reply to an earlier message',
  noReactions: 'no reactions any more',
  /** a conversation of two goes on in a room */
  conference: {
    intro: (people: string) =>
      `A new room for members only is made, and invited to it: ${people}. What was said here stays here, unless you send it.`,
    howMany: 'How many of the last messages shall everybody there see',
    notSoMany: (most: number) => `A number from 0 to ${most}`,
    wouldSee: 'Everybody in the room would see:',
    sure: 'Send that into the room?',
    notSent: 'Nothing of it is sent.',
  },
  numbered: 'The last messages here, 1 is the newest:',
  aroundHint: '/around 2 shows what was said around the second.',
  file: (about: string) => `file ${about}`,
  link: 'link',
  private: 'private',
  via: (resource: string) => `from ${resource}`,
  offline: 'Not connected: what you write is kept and sent later.',
  entered: (count: number) => `In this room: ${n(count, { one: 'person', other: 'people' })}`,
  occupants: 'Here now',
  notInRoom: (room: string) => `You are not in the room ${room}. /join enters it.`,
  whichFile: 'Which file? /cancel with its number, or /cancel all',
  noUnread: 'No other chat has unread messages.',
  unread: (chat: string, count: number) => `${chat} (${count})`,
  unknownCommand: (name: string, like: string) =>
    `There is no command /${name}.${like === '' ? '' : ` Did you mean /${like}?`} /help lists them; // sends a slash.`,
  wrongUse: (usage: string) => `Use it like this: ${usage}`,
  nothingToEdit: 'You have written nothing here that could be changed.',
  editing: 'change',
  unchanged: 'Nothing is changed. /retract takes a message back.',
  draftKept: 'Your draft is kept.',
  tooLong: 'This message is too long to be sent.',
  pasteHint: (lines: number) =>
    `${n(lines, { one: 'line', other: 'lines' })}: Enter sends, Alt-Enter adds a line`,
  helpTitle: 'Commands',
  helpMore: '/help all says what they do, /help with a name what one does.',
  helpKeys: 'Keys',
  keys: {
    enter: 'Enter sends',
    newLine: 'Alt-Enter starts a new line',
    complete: 'Tab completes commands and names',
    history: 'Up and Down: what you wrote before',
    edit: 'Ctrl-Up changes your last message',
    older: 'PageUp shows older messages',
    next: 'Ctrl-N: next chat with unread messages',
    redraw: 'Ctrl-L draws the screen again',
    close: 'Esc or /close leaves the chat',
  },
  /** commands that exist only in a conversation; the others come from the table of actions */
  commands: {
    help: 'lists the commands, /help all with what they do',
    close: 'leaves the chat (the room stays joined)',
    me: 'says what you do, in the third person',
    who: 'shows who is in the room',
    subject: 'shows or changes the subject of the room',
    nick: 'changes your nickname in the room',
    invite: 'invites somebody to the room; beside a person: goes on in a new room with them',
    conference: 'goes on with this conversation in a new room, with more people',
    msg: 'writes privately to somebody in the room',
    older: 'shows older messages',
    next: 'goes to the next chat with unread messages',
    clear: 'clears the screen',
    status: 'sets your presence and its message',
    get: 'fetches the file behind the newest link, or the one so many links back',
    cancel: 'cancels a file; where there are several, says their numbers first',
    accept: 'accepts what is offered here',
    refuse: 'refuses what is offered here',
    mute: 'mutes this room, or all but mentions',
    admin: 'all that you may do in this room, by menu',
    'room-config': 'shows the form of the room, or sets what is named',
    last: 'shows the last messages with their numbers',
    around: 'shows what was said around a result of /search',
    reply: 'answers a message, the newest one without a number',
    react: 'says what you think of a message; without an emoji takes it back',
    edit: 'changes your last message, or that one',
    retract: 'takes your last message back, or that one',
    versions: 'shows the texts that a message had before',
    search: 'searches this chat',
    history: 'all that is kept of this chat, in your pager ($PAGER)',
    export: 'writes this chat to a file (.jsonl: as JSON lines)',
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
