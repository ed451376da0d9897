/** What an action says when it is done, a sentence for every code. */
import type { NoticeCode, Notices } from '../../actions/notices.ts';

/**
 * Values come sanitised and in words: a `show` is already a word, a `reason` a clause, sizes and seconds
 * are text. A code without a sentence does not compile.
 */
export type NoticeWords = { readonly [C in NoticeCode]: (values: Texts<Notices[C]>) => string };
type Texts<V> = { readonly [K in keyof V]: string };

export const notices: NoticeWords = {
  registered: ({ jid }) => `The account ${jid} is registered.`,
  'message-acknowledged': ({ chat }) => `Message to ${chat}: received by the server.`,
  'message-queued': ({ chat, reason }) =>
    `Message to ${chat}: kept, not sent yet (${reason}). The next run sends it.`,
  'message-sent-room': ({ room }) => `Message to the room ${room}: it has arrived.`,
  'contact-asked': ({ jid }) => `${jid} is asked to be your contact. The answer will be a notification.`,
  'contact-removed': ({ jid }) => `${jid} is no longer a contact.`,
  approved: ({ jid }) => `${jid} may see your presence now.`,
  declined: ({ jid }) => `${jid} may not see your presence.`,
  'no-contacts': () => 'You have no contacts yet. --add-contact <jid> asks somebody.',
  'no-users': ({ query }) => (query === '' ? 'Nobody found.' : `Nobody found for “${query}”.`),
  'no-directory': ({ domain }) =>
    `${domain} has no user directory. These are your contacts and people met in rooms.`,
  'directory-needs-text': ({ domain }) =>
    `The directory of ${domain} lists nobody without a text to search for: --users <text>.`,
  'no-rooms': ({ service }) =>
    service === '' ? 'Your server has no room service.' : `There are no public rooms on ${service}.`,
  'no-blocked': () => 'Nobody is blocked.',
  'no-history': () => 'No messages are kept here.',
  'no-requests': () => 'Nobody waits for an answer.',
  blocked: ({ jid }) => `${jid} is blocked.`,
  unblocked: ({ jid }) => `${jid} is no longer blocked.`,
  joined: ({ room, nick }) => `You are in the room ${room} as ${nick}.`,
  'room-created': ({ room, nick }) => `The room ${room} is created; you are in it as ${nick}.`,
  left: ({ room }) => `You have left the room ${room}.`,
  'file-sent': ({ name, peer, size, sha256, seconds }) =>
    `${name} (${size}) is sent to ${peer} in ${seconds}.${sha256 === '' ? '' : ` SHA-256 ${sha256}`}`,
  'presence-set': ({ show, status }) => `Presence: ${show}${status === '' ? '' : ` (${status})`}.`,
  'presence-saved': ({ show, status }) =>
    `Presence for the next session: ${show}${status === '' ? '' : ` (${status})`}.`,
  'password-changed': ({ jid }) => `The password of ${jid} is changed.`,
  'account-deleted': ({ jid, wiped }) =>
    wiped === '0'
      ? `The account ${jid} is deleted from the server.`
      : `The account ${jid} is deleted from the server, and its data from this computer.`,
  'setting-saved': ({ name, value }) => `${name} = ${value}`,
  invited: ({ jid, room }) => `${jid} is invited to the room ${room}.`,
  'request-accepted': () => 'Accepted.',
  'request-refused': () => 'Refused.',
  'subject-set': ({ room }) => `The subject of the room ${room} is changed.`,
  'nick-set': ({ nick }) => `You are called ${nick} in this room now.`,
  'logged-out': ({ jid }) => `${jid} is logged out.`,
};
