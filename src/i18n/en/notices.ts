/**
 * What an action says when it is done, a sentence for every code; src/ui checks that none is missing.
 * Values come sanitised and in words: a `show` is already a word, a `reason` a clause, sizes and seconds text.
 */
type Of<K extends string> = Readonly<Record<K, string>>;

export const notices = {
  registered: ({ jid }: Of<'jid'>) => `The account ${jid} is registered.`,
  'message-acknowledged': ({ chat }: Of<'chat'>) => `Message to ${chat}: received by the server.`,
  'message-queued': ({ chat, reason }: Of<'chat' | 'reason'>) =>
    `Message to ${chat}: kept, not sent yet (${reason}). The next run sends it.`,
  'message-sent-room': ({ room }: Of<'room'>) => `Message to the room ${room}: it has arrived.`,
  'lines-sent': ({ chat, count }: Of<'chat' | 'count'>) => `Messages to ${chat}: the server has ${count}.`,
  'lines-queued': ({ chat, count, reason }: Of<'chat' | 'count' | 'reason'>) =>
    `Messages to ${chat}: ${count} kept, not sent yet (${reason}). The next run sends them.`,
  'contact-asked': ({ jid }: Of<'jid'>) =>
    `${jid} is asked to be your contact. The answer will be a notification.`,
  'contact-already': ({ jid }: Of<'jid'>) => `${jid} is your contact already.`,
  'contact-removed': ({ jid }: Of<'jid'>) => `${jid} is no longer a contact.`,
  approved: ({ jid }: Of<'jid'>) => `${jid} may see your presence now.`,
  'approved-in-advance': ({ jid }: Of<'jid'>) =>
    `${jid} has not asked yet, and may see your presence as soon as they do.`,
  declined: ({ jid }: Of<'jid'>) => `${jid} may not see your presence.`,
  'declined-unknown': ({ jid }: Of<'jid'>) =>
    `${jid} may not see your presence; no request of theirs was known here.`,
  'no-contacts': () => 'You have no contacts yet. --add-contact <jid> asks somebody.',
  'contacts-kept': () => 'No connection: these are your contacts; who of them is there is not known now.',
  'no-users': ({ query }: Of<'query'>) => (query === '' ? 'Nobody found.' : `Nobody found for “${query}”.`),
  'no-directory': ({ domain }: Of<'domain'>) =>
    `${domain} has no user directory. These are your contacts and people met in rooms.`,
  'directory-needs-text': ({ domain }: Of<'domain'>) =>
    `The directory of ${domain} does not list everybody: search it by a text (--users <text>).`,
  'no-rooms': ({ service }: Of<'service'>) =>
    service === '' ? 'Your server has no room service.' : `There are no public rooms on ${service}.`,
  'no-rooms-found': ({ query }: Of<'query'>) => `No public room found for “${query}”.`,
  'no-blocked': () => 'Nobody is blocked.',
  'no-devices': () => 'The server tells of no connected device.',
  'no-history': () => 'No messages are kept here.',
  'nothing-found': ({ text }: Of<'text'>) => `No kept message has “${text}” in it.`,
  'no-versions': () => 'No text of that message was replaced.',
  exported: ({ count, path }: Of<'count' | 'path'>) =>
    path === '' ? `Messages: ${count}.` : `Messages written to ${path}: ${count}.`,
  'message-edited': () => 'The message is changed.',
  'message-answered': () => 'The answer is on its way.',
  'message-reacted': () => 'Your reaction is changed.',
  'message-retracted': () => 'The message is withdrawn, as far as the other programs follow.',
  'no-requests': () => 'Nobody waits for an answer.',
  blocked: ({ jid }: Of<'jid'>) => `${jid} is blocked.`,
  unblocked: ({ jid }: Of<'jid'>) => `${jid} is no longer blocked.`,
  joined: ({ room, nick }: Of<'room' | 'nick'>) => `You are in the room ${room} as ${nick}.`,
  'room-created': ({ room, nick }: Of<'room' | 'nick'>) =>
    `The room ${room} is created; you are in it as ${nick}.`,
  left: ({ room }: Of<'room'>) => `You have left the room ${room}.`,
  'file-sent': ({
    name,
    peer,
    size,
    sha256,
    seconds,
    unconfirmed,
  }: Of<'name' | 'peer' | 'size' | 'sha256' | 'seconds' | 'unconfirmed'>) =>
    `${name} (${size}) is sent to ${peer} in ${seconds}.${sha256 === '' ? '' : ` SHA-256 ${sha256}`}${
      unconfirmed === '' ? '' : `\nThis way (${unconfirmed}) does not say whether it was kept there.`
    }`,
  'file-waiting': ({ name, peer }: Of<'name' | 'peer'>) =>
    `${name} waits until ${peer} is online: the menus and --listen send it then, if it has not changed.`,
  'file-cancelled': ({ name }: Of<'name'>) => `${name}: cancelled.`,
  'no-waiting-files': () => 'No file waits for anybody.',
  'file-queued': ({ name, peer, reason }: Of<'name' | 'peer' | 'reason'>) =>
    `${name} is uploaded. The link to ${peer}: kept, not sent yet (${reason}). The next run sends it.`,
  'file-received': ({
    name,
    path,
    size,
    sha256,
    seconds,
    claimed,
    mime,
  }: Of<'name' | 'path' | 'size' | 'sha256' | 'seconds' | 'claimed' | 'mime'>) =>
    `${name} (${size}) is saved as ${path} in ${seconds}. SHA-256 ${sha256}${
      claimed === '' ? '' : `\nIt claims to be ${claimed}, its content is ${mime}.`
    }`,
  'presence-set': ({ show, status }: Of<'show' | 'status'>) =>
    `Presence: ${show}${status === '' ? '' : ` (${status})`}.`,
  'presence-saved': ({ show, status }: Of<'show' | 'status'>) =>
    `Presence for the next session: ${show}${status === '' ? '' : ` (${status})`}.`,
  'password-changed': ({ jid }: Of<'jid'>) => `The password of ${jid} is changed.`,
  'account-deleted': ({ jid, wiped }: Of<'jid' | 'wiped'>) =>
    wiped === '0'
      ? `The account ${jid} is deleted from the server.`
      : `The account ${jid} is deleted from the server, and its data from this computer.`,
  wiped: ({ jid }: Of<'jid'>) =>
    `The data of ${jid} on this computer is erased. Its account and archive on the server stay, and so do received files.`,
  'all-wiped': () =>
    'The data of all accounts on this computer is erased. What servers keep stays, and so do received files.',
  'no-settings': () => 'There are no settings.',
  'setting-saved': ({ name, value }: Of<'name' | 'value'>) => `${name} = ${value}`,
  invited: ({ jid, room }: Of<'jid' | 'room'>) => `${jid} is invited to the room ${room}.`,
  conference: ({ room, invited, failed, sent }: Of<'room' | 'invited' | 'failed' | 'sent'>) =>
    [
      `The conversation goes on in the room ${room}.${invited === '' ? '' : ` Invited: ${invited}.`}`,
      sent === '0' ? '' : `Messages sent there: ${sent}.`,
      failed === ''
        ? ''
        : `Could not be invited (no such user, or their server takes no invitation): ${failed}.`,
    ]
      .filter((part) => part !== '')
      .join(' '),
  kicked: ({ nick, room }: Of<'nick' | 'room'>) => `${nick} is kicked from the room ${room}.`,
  banned: ({ who, room }: Of<'who' | 'room'>) => `${who} is banned from the room ${room}.`,
  unbanned: ({ who, room }: Of<'who' | 'room'>) => `${who} is no longer banned from the room ${room}.`,
  'role-set': ({ nick, role, room }: Of<'nick' | 'role' | 'room'>) =>
    `${nick} has the role ${role} in the room ${room}.`,
  'affiliation-set': ({ who, affiliation, room }: Of<'who' | 'affiliation' | 'room'>) =>
    `${who} has the affiliation ${affiliation} in the room ${room}.`,
  'no-affiliations': ({ room }: Of<'room'>) => `Nobody is on that list of the room ${room}.`,
  'no-fields': ({ room }: Of<'room'>) => `The room ${room} offers nothing to configure.`,
  'profile-saved': () => 'Your profile is saved, for everybody to read.',
  'room-configured': ({ room }: Of<'room'>) => `The room ${room} is configured.`,
  destroyed: ({ room }: Of<'room'>) => `The room ${room} is destroyed.`,
  'nick-registered': ({ nick, room }: Of<'nick' | 'room'>) =>
    `The room ${room} keeps the nickname ${nick} for you, or asks its administrators to.`,
  'voice-asked': ({ room }: Of<'room'>) => `The moderators of the room ${room} are asked to let you speak.`,
  moderated: () => 'The message is taken away for everybody.',
  'request-accepted': () => 'Accepted.',
  'request-refused': () => 'Refused.',
  'subject-set': ({ room }: Of<'room'>) => `The subject of the room ${room} is changed.`,
  'nick-set': ({ nick }: Of<'nick'>) => `You are called ${nick} in this room now.`,
  checked: ({ domain }: Of<'domain'>) => `All is well with ${domain}.`,
  'checked-warned': ({ domain, count }: Of<'domain' | 'count'>) =>
    `${domain} can be used; warnings: ${count}.`,
  reconnecting: ({ jid }: Of<'jid'>) => `Connecting ${jid} now.`,
  connected: ({ jid }: Of<'jid'>) => `${jid} is connected.`,
  'logged-out': ({ jid }: Of<'jid'>) => `${jid} is logged out.`,
};
