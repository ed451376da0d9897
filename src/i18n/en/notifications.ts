/** The NOTIFICATION lines. Every value comes sanitised, on one line; '' where it is not known. */
import { plurals } from '../plurals.ts';

const n = plurals('en');
const said = (text: string) => (text === '' ? '' : `: ${text}`);
const by = (actor: string) => (actor === '' ? '' : ` by ${actor}`);
const people = (count: number) => n(count, { one: 'person', other: 'people' });

export const notifications = {
  word: 'NOTIFICATION',
  online: (who: string, show: string, status: string) =>
    `${who} is online${show === '' ? '' : ` (${show})`}${said(status)}`,
  offline: (who: string, status: string) => `${who} is offline${said(status)}`,
  changed: (who: string, show: string, status: string) => `${who} is ${show}${said(status)}`,
  onlineNow: (who: readonly string[], more: number) =>
    who.length === 0
      ? 'none of your contacts is online'
      : `online now: ${who.join(', ')}${more === 0 ? '' : ` and ${more} more`}`,
  message: (who: string, body: string) => `message from ${who}: ${body}`,
  privateMessage: (nick: string, room: string, body: string) =>
    `private message from ${nick} in the room ${room}: ${body}`,
  roomMessage: (nick: string, room: string, body: string) => `${nick} in the room ${room}: ${body}`,
  mention: (nick: string, room: string, body: string) => `${nick} names you in the room ${room}: ${body}`,
  reaction: (who: string, emojis: string, body: string) => `${who} reacted ${emojis} to: ${body}`,
  reactionInRoom: (nick: string, room: string, emojis: string, body: string) =>
    `${nick} in the room ${room} reacted ${emojis} to: ${body}`,
  moderated: (nick: string, room: string, reason: string) =>
    `${nick === '' ? 'a moderator' : nick} removed your message in the room ${room}${said(reason)}`,
  failed: (chat: string, why: string) => `message to ${chat} was not delivered: ${why}`,
  occupant: {
    joined: (nick: string, room: string) => `${nick} joined the room ${room}`,
    left: (nick: string, room: string, reason: string) => `${nick} left the room ${room}${said(reason)}`,
    kicked: (nick: string, room: string, actor: string, reason: string) =>
      `${nick} was kicked from the room ${room}${by(actor)}${said(reason)}`,
    banned: (nick: string, room: string, actor: string, reason: string) =>
      `${nick} was banned from the room ${room}${by(actor)}${said(reason)}`,
    removed: (nick: string, room: string, why: string) => `${nick} had to leave the room ${room} (${why})`,
    renamed: (nick: string, room: string, newNick: string) =>
      `${nick} in the room ${room} is now called ${newNick}`,
    role: (nick: string, room: string, role: string) => `${nick} in the room ${room} has the role: ${role}`,
    affiliation: (nick: string, room: string, affiliation: string) =>
      `${nick} in the room ${room} has the affiliation: ${affiliation}`,
  },
  self: {
    joined: (room: string, nick: string, occupants: number) =>
      `you joined the room ${room} as ${nick}${occupants > 0 ? `, ${people(occupants)} here` : ''}`,
    created: (room: string, nick: string) => `you created the room ${room} and are in it as ${nick}`,
    back: (room: string, came: number) => `you are back in the room ${room}; meanwhile ${people(came)} came`,
    left: (room: string) => `you left the room ${room}`,
    kicked: (room: string, actor: string, reason: string) =>
      `you were kicked from the room ${room}${by(actor)}${said(reason)}`,
    banned: (room: string, actor: string, reason: string) =>
      `you were banned from the room ${room}${by(actor)}${said(reason)}`,
    removed: (room: string, why: string) => `you had to leave the room ${room} (${why})`,
    destroyed: (room: string, reason: string, successor: string) =>
      `the room ${room} was destroyed${said(reason)}${successor === '' ? '' : `; its people go to ${successor}`}`,
    shutdown: (room: string) => `you left the room ${room}: its service shuts down`,
    failed: (room: string, why: string) => `cannot enter the room ${room}: ${why}`,
  },
  bursts: {
    joined: (count: number, room: string) => `${people(count)} joined ${room}`,
    left: (count: number, room: string) => `${people(count)} left ${room}`,
    changedInRoom: (count: number, room: string) => `${people(count)} changed in ${room}`,
    online: (count: number) => `${n(count, { one: 'contact', other: 'contacts' })} came online`,
    offline: (count: number) => `${n(count, { one: 'contact', other: 'contacts' })} went offline`,
    changed: (count: number) => `${n(count, { one: 'contact', other: 'contacts' })} changed presence`,
    messages: (count: number, chat: string) =>
      `${n(count, { one: 'more message', other: 'more messages' })} in ${chat}`,
    strangers: (count: number) =>
      `${n(count, { one: 'more message', other: 'more messages' })} from people who are no contacts`,
    requests: (count: number) => `${n(count, { one: 'more request', other: 'more requests' })} for you`,
    files: (count: number) => `${n(count, { one: 'more file', other: 'more files' })} changed`,
    others: (count: number) => `${n(count, { one: 'more event', other: 'more events' })}`,
  },
  request: {
    subscription: (who: string, nick: string, text: string) =>
      `${who}${nick === '' ? '' : ` (calls itself “${nick}”)`} wants to add you as a contact${said(text)}`,
    invitation: (who: string, room: string, text: string) =>
      `${who} invites you to the room ${room}${said(text)}`,
    insider: (nick: string, room: string, text: string) =>
      `${nick} in the room ${room} invites you there${said(text)}`,
    continued: (who: string, room: string, text: string) =>
      `${who} goes on with your conversation in the room ${room}, and invites you${said(text)}`,
    continuedElse: (who: string, room: string, text: string) =>
      `${who} goes on with a conversation in the room ${room}, and invites you${said(text)}`,
    successor: (old: string, room: string) => `the room ${old} is gone; its people go to ${room}`,
    voice: (who: string, room: string) => `${who} asks to speak in the room ${room}`,
    membership: (who: string, room: string) => `${who} asks to be a member of the room ${room}`,
    file: (who: string, name: string, size: string) =>
      `${who} offers you the file ${name}${size === '' ? '' : ` (${size})`}`,
  },
  subscription: {
    approved: (who: string) => `${who} has accepted you as a contact`,
    declined: (who: string) => `${who} has declined your request`,
    removed: (who: string) => `${who} has removed you: you no longer see each other's presence`,
  },
  file: {
    received: (name: string, who: string, path: string) => `file ${name} from ${who} is saved as ${path}`,
    sent: (name: string, who: string) => `file ${name} is sent to ${who}`,
    unconfirmed: ' (this way does not say whether it was kept there)',
    unverified: ' (not verified: the checksum announced did not come, or cannot be computed here)',
    summing: (name: string) =>
      `file ${name} is here; its sender still computes the checksum, which is waited for`,
    otherKind: (claimed: string, content: string) =>
      ` (it claims to be ${claimed}, its content is ${content})`,
    underWay: {
      in: (name: string, who: string, far: string) => `${name} from ${who}: ${far}`,
      out: (name: string, who: string, far: string) => `${name} to ${who}: ${far}`,
    },
    waiting: (name: string, who: string) => `file ${name} waits until ${who} is online`,
    queued: (name: string, who: string) =>
      `file ${name} is uploaded; ${who} gets the link when there is a connection`,
    receiveFailed: (name: string, who: string, why: string) => `file ${name} from ${who} failed: ${why}`,
    sendFailed: (name: string, who: string, why: string) => `file ${name} to ${who} failed: ${why}`,
    again: (name: string, why: string) => `file ${name} goes again: ${why}`,
    rerouted: (name: string, before: string, why: string, now: string) =>
      `file ${name}: ${before} did not work (${why}); now ${now}`,
    noneAccepted: (name: string, who: string) =>
      `file ${name} from ${who} was declined: accept-files is set to none`,
    cancelled: (name: string, who: string) => `file ${name} with ${who} was cancelled`,
  },
  account: {
    created: (jid: string) => `the account ${jid} was created`,
    deleted: (jid: string) => `the account ${jid} was deleted`,
    'password-changed': (jid: string) => `the password of ${jid} was changed`,
  },
  connection: {
    lost: (why: string, seconds: number) =>
      `connection lost${said(why)}${seconds > 0 ? `; next try in ${seconds} s` : ''}`,
    ended: (why: string) => `connection ended${said(why)}`,
    back: 'the connection is back',
  },
  typing: {
    composing: (who: string) => `${who} is typing`,
    paused: (who: string) => `${who} stopped typing`,
    active: (who: string) => `${who} is looking at the chat`,
    inactive: (who: string) => `${who} is not looking at the chat`,
    gone: (who: string) => `${who} closed the chat`,
  },
  inRoom: (nick: string, room: string) => `${nick} in the room ${room}`,
  subject: (room: string, nick: string, subject: string) =>
    subject === ''
      ? `${nick} removed the subject of the room ${room}`
      : nick === ''
        ? `the subject of the room ${room} is: ${subject}`
        : `${nick} changed the subject of the room ${room}: ${subject}`,
  invitationDeclined: (who: string, room: string, reason: string) =>
    `${who} does not come to the room ${room}${said(reason)}`,
  roomNotice: (room: string, text: string) => `the room ${room}: ${text}`,
  problem: (text: string, hint: string) => (hint === '' ? text : `${text} ${hint}`),
  encrypted: '[encrypted message]',
};
