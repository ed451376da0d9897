/** Conditions of connections, streams, SASL and stanzas (RFC 6120 §4.9.3, §6.5, §8.3.3), and of what we refuse. */

const tryLater = 'Try again later.';
const askAdmin = 'Ask the administrator of the server.';

const connection = {
  'dns-not-found': { why: 'there is no server {domain}', hint: 'Check the name, or give --service.' },
  'dns-failed': {
    why: 'the name {domain} cannot be looked up',
    hint: 'Check the network connection, or give --service.',
  },
  refused: {
    why: 'no XMPP server answers there',
    hint: 'Check that the server runs and its port is open, or give --service.',
  },
  unreachable: { why: 'the network cannot be reached', hint: 'Check the network connection.' },
  timeout: { why: 'no answer in time', hint: 'Check the network, or allow more time with --timeout.' },
  closed: { why: 'the server closed the connection', hint: tryLater },
  'no-tls': {
    why: 'the server offers no encryption, so the password was not sent',
    hint: 'Use a server with TLS.',
  },
  'tls-failed': {
    why: 'no encrypted connection could be made',
    hint: 'Check --service, or try again later.',
  },
  'certificate-untrusted': {
    why: 'the certificate of the server is not signed by anybody trusted here',
    hint: 'If you know its authority, give it with --ca <file>.',
  },
  'certificate-expired': { why: 'the certificate of the server has expired', hint: askAdmin },
  'certificate-not-yet-valid': {
    why: 'the certificate of the server is not valid yet',
    hint: 'Check the clock of this computer.',
  },
  'certificate-wrong-host': {
    why: 'the certificate of the server is for another name than {domain}',
    hint: 'Somebody may be listening in. Check the JID and --service.',
  },
  policy: {
    why: 'the server answered in a way that is not acceptable',
    hint: 'Check the JID and --service.',
  },
};

const auth = {
  'not-authorized': {
    why: 'wrong user name or password',
    hint: 'Check both; --register creates a new account.',
  },
  'account-disabled': { why: 'the account is disabled', hint: askAdmin },
  'credentials-expired': { why: 'the password has expired', hint: askAdmin },
  'temporary-auth-failure': { why: 'the server cannot check passwords just now', hint: tryLater },
  'encryption-required': { why: 'the server wants encryption first', hint: askAdmin },
  'mechanism-too-weak': { why: 'the server wants a stronger way to log in', hint: askAdmin },
  'invalid-mechanism': { why: 'the server refuses this way to log in', hint: askAdmin },
  'invalid-authzid': { why: 'the server does not let you log in as somebody else', hint: 'Check the JID.' },
  'incorrect-encoding': { why: 'the server could not read the log-in', hint: tryLater },
  'malformed-request': { why: 'the server could not read the log-in', hint: tryLater },
  aborted: { why: 'the log-in was broken off', hint: 'Try again.' },
  'no-mechanism': {
    why: 'the server offers no way to log in that is safe enough',
    hint: askAdmin,
  },
  downgrade: {
    why: 'the server offers only weaker ways to log in than it did before; the password was not sent',
    hint: 'Somebody may be listening in. Ask the administrator of the server.',
  },
  'malformed-challenge': {
    why: 'the server answered the log-in wrongly; the password was not sent',
    hint: 'Somebody may be listening in. Ask the administrator of the server.',
  },
  'server-not-verified': {
    why: 'the server could not prove that it knows the password',
    hint: 'Somebody may be listening in. Ask the administrator of the server.',
  },
  'wrong-account': { why: 'the server logged in another account than asked', hint: askAdmin },
};

const stream = {
  conflict: {
    why: 'another program has logged in with the same resource',
    hint: 'End the other one, or give this one its own --resource.',
  },
  'connection-timeout': { why: 'the server heard nothing for too long', hint: 'Check the network.' },
  'host-gone': { why: 'the server no longer serves {domain}', hint: 'Check the JID.' },
  'host-unknown': { why: 'the server does not know {domain}', hint: 'Check the JID and --service.' },
  'internal-server-error': { why: 'the server has a fault', hint: tryLater },
  'not-authorized': {
    why: 'the server no longer accepts the log-in',
    hint: 'Log in again; the password may have changed.',
  },
  'policy-violation': { why: 'the server refuses by its rules', hint: askAdmin },
  'remote-connection-failed': { why: 'the server cannot reach what it needs', hint: tryLater },
  reset: { why: 'the server wants the session to start again', hint: 'Log in again.' },
  'resource-constraint': { why: 'the server is overloaded', hint: tryLater },
  'see-other-host': { why: 'the server wants you to use another one', hint: 'Give it with --service.' },
  'stanza-too-large': {
    why: 'the connection ended over a large block of a file; they are small from now on',
    hint: 'Send the file again.',
  },
  'system-shutdown': { why: 'the server is being shut down', hint: tryLater },
  'bad-format': { why: 'server and program did not understand each other', hint: tryLater },
  'bad-namespace-prefix': { why: 'server and program did not understand each other', hint: tryLater },
  'improper-addressing': { why: 'server and program did not understand each other', hint: tryLater },
  'invalid-from': { why: 'the server refuses the sender', hint: 'Check the JID.' },
  'invalid-namespace': { why: 'that is not an XMPP server for clients', hint: 'Check --service.' },
  'invalid-xml': { why: 'what the server sent is not valid', hint: tryLater },
  'not-well-formed': { why: 'what the server sent is not valid', hint: tryLater },
  'sent-too-much': { why: 'the server sent more in one piece than is read', hint: tryLater },
  'restricted-xml': { why: 'the server sent what XMPP forbids', hint: askAdmin },
  'unsupported-encoding': { why: 'server and program did not understand each other', hint: tryLater },
  'unsupported-feature': { why: 'the server needs something this program lacks', hint: askAdmin },
  'unsupported-stanza-type': { why: 'server and program did not understand each other', hint: tryLater },
  'unsupported-version': { why: 'the server is too old or too new', hint: askAdmin },
  'undefined-condition': { why: 'the server ended the connection', hint: tryLater },
};

const stanza = {
  'bad-request': { why: 'the server could not read the request', hint: '' },
  conflict: { why: 'that is taken already', hint: 'Choose another.' },
  'feature-not-implemented': { why: 'the other side does not know how to do this', hint: '' },
  forbidden: { why: 'you are not allowed to', hint: '' },
  gone: { why: 'that no longer exists', hint: '' },
  'internal-server-error': { why: 'the server has a fault', hint: tryLater },
  'item-not-found': { why: 'there is no such thing on the server', hint: 'Check the name.' },
  'jid-malformed': { why: 'the server says that this is not a JID', hint: 'Check the spelling.' },
  'not-acceptable': { why: 'the server does not accept what was given', hint: '' },
  'not-allowed': { why: 'nobody is allowed to do that there', hint: '' },
  'not-authorized': { why: 'that needs a password or a right you have not given', hint: '' },
  'policy-violation': { why: 'it breaks the rules of the server', hint: '' },
  'recipient-unavailable': { why: 'the recipient is not online', hint: tryLater },
  redirect: { why: 'it has moved elsewhere', hint: '' },
  'registration-required': { why: 'that needs a registration', hint: '' },
  'remote-server-not-found': { why: 'there is no such server', hint: 'Check the part behind the @.' },
  captcha: {
    why: 'the room wants to know first whether a person enters (CAPTCHA)',
    hint: 'Enter it by menu 6, which shows what it asks.',
  },
  'captcha-failed': {
    why: 'that was not the right answer, or it came too late',
    hint: 'Enter again for another try.',
  },
  'captcha-needs-answers': { why: 'more of the questions have to be answered: {count}', hint: '' },
  'room-search-needs-text': {
    why: 'the search service does not list all rooms',
    hint: 'Search for a word: --rooms <word>.',
  },
  'room-search-bad-text': {
    why: 'the search service cannot search for that',
    hint: 'Try a longer word, or another.',
  },
  'room-search-too-often': {
    why: 'the search service was asked too often',
    hint: 'Try again in some minutes.',
  },
  'directory-own-fields': {
    why: 'the user directory has fields of its own, and cannot be searched by a text',
    hint: 'Fill them in: menu 16, or --users --set name=value.',
  },
  'slot-unusable': {
    why: 'the upload service gave no place that a file can be sent to safely',
    hint: 'Ask the administrator of the server.',
  },
  'slow-mode': {
    why: 'the room takes one message of each person at a time',
    hint: 'It goes out when it may.',
  },
  'remote-server-timeout': {
    why: 'no answer in time',
    hint: 'Try again later, or allow more with --timeout.',
  },
  'resource-constraint': { why: 'the server is too busy, or a limit is reached', hint: tryLater },
  'service-unavailable': { why: 'nobody there takes it', hint: 'Check the address.' },
  'subscription-required': { why: 'you must be contacts of each other first', hint: '--add-contact asks.' },
  'undefined-condition': { why: 'it was refused without a reason', hint: '' },
  'unexpected-request': { why: 'it was not expected at this moment', hint: 'Try again.' },
  disconnected: { why: 'the connection was lost before the answer came', hint: 'Try again.' },
  cancelled: { why: 'cancelled', hint: '' },
  'peer-closed': { why: 'the other side closed the transfer', hint: 'Try again.' },
  'no-valid-streams': { why: 'the other side knows no common way to send files', hint: '' },
};

/** XEP-0045 §7.2: entering a room gives some conditions a meaning of their own. */
const join = {
  'not-authorized': { why: 'the room needs a password', hint: 'Give it with --room-password.' },
  forbidden: { why: 'you are banned from it', hint: '' },
  conflict: { why: 'the nickname is taken', hint: 'Choose another with --nick.' },
  'registration-required': { why: 'only members may enter', hint: 'Ask its owner to make you a member.' },
  'item-not-found': {
    why: 'the room is locked or does not exist',
    hint: 'Check its name. A room that is being made can be entered some minutes later.',
  },
  'not-allowed': {
    why: 'you may not create rooms there',
    hint: 'Check its name; --rooms lists what exists.',
  },
  'not-acceptable': { why: 'the room wants your registered nickname', hint: 'Give it with --nick.' },
  'service-unavailable': { why: 'the room is full, or its service is away', hint: tryLater },
  'jid-malformed': { why: 'the nickname is not possible', hint: 'Choose another with --nick.' },
  'remote-server-not-found': { why: 'there is no such room service', hint: 'Check the part behind the @.' },
  gone: { why: 'the room no longer exists', hint: '' },
};

/** XEP-0077 §3.1, §4. */
const register = {
  conflict: { why: 'the user name is taken', hint: 'Choose another.' },
  'not-acceptable': {
    why: 'the server does not accept the user name or the password',
    hint: 'Try a longer password, or another user name.',
  },
  'not-allowed': { why: 'this server does not let people register', hint: 'Choose another server.' },
  forbidden: { why: 'this server does not let people register', hint: 'Choose another server.' },
  'service-unavailable': {
    why: 'this server does not let people register by a program',
    hint: 'Look for a form on its web page.',
  },
  'feature-not-implemented': {
    why: 'this server does not let people register by a program',
    hint: 'Look for a form on its web page.',
  },
  'resource-constraint': {
    why: 'there were too many registrations from here',
    hint: 'Wait, then try again.',
  },
  'policy-violation': {
    why: 'it breaks the rules of the server',
    hint: 'Try another password or user name.',
  },
  'not-authorized': { why: 'the server wants more than a user name and a password', hint: askAdmin },
  'jid-malformed': { why: 'that user name is not possible', hint: 'Choose another.' },
};

/** RFC 6121 §8.5: what a message to somebody who is not there gives. */
const send = {
  'service-unavailable': { why: 'there is no such user, or it takes no messages', hint: 'Check the JID.' },
  'item-not-found': { why: 'there is no such user', hint: 'Check the JID.' },
  'recipient-unavailable': { why: 'the recipient is not there', hint: tryLater },
  forbidden: { why: 'you may not write to it', hint: '' },
  'not-acceptable': { why: 'it was refused; you may have blocked it, or it you', hint: '' },
  'policy-violation': { why: 'the server refuses the message by its rules', hint: '' },
};

/** What has been said in a room, and came back (XEP-0045 §7.4). */
const roomMessage = {
  forbidden: { why: 'visitors may not speak in this room', hint: 'Ask a moderator for voice (/voice).' },
  'not-acceptable': {
    why: 'you are not in the room any more',
    hint: 'Enter it again (/join), then repeat it.',
  },
  'not-allowed': { why: 'the room does not let you speak', hint: 'Ask a moderator (/who shows them).' },
  'not-authorized': { why: 'the room does not let you speak', hint: 'Ask a moderator (/who shows them).' },
  'registration-required': { why: 'only members may speak in this room', hint: 'Ask its owner.' },
  'item-not-found': { why: 'the room does not exist any more', hint: 'Look for another (/rooms).' },
  gone: { why: 'the room does not exist any more', hint: 'Look for another (/rooms).' },
  redirect: { why: 'the room has moved', hint: '' },
  'service-unavailable': { why: 'the room takes no messages, or is gone', hint: 'Enter it again (/join).' },
  'policy-violation': {
    why: 'the room refuses it by its rules: too fast, too long, or not wanted there',
    hint: 'Wait a little, or write it in another way.',
  },
  'resource-constraint': { why: 'the room cannot keep up with its messages', hint: tryLater },
  'recipient-unavailable': { why: 'the room cannot be reached', hint: tryLater },
  'remote-server-not-found': { why: 'the room service cannot be reached', hint: tryLater },
  'remote-server-timeout': { why: 'the room service does not answer', hint: tryLater },
  'bad-request': { why: 'the room could not read it', hint: '' },
  'feature-not-implemented': { why: 'the room does not know how to do this', hint: '' },
};
const sendRoom = {
  forbidden: { why: 'visitors may not speak in this room', hint: 'Ask a moderator for voice.' },
  'not-acceptable': { why: 'you are not in the room', hint: 'Enter it first.' },
};

/** A private message to somebody in a room (§7.5). */
const privateMessage = {
  'item-not-found': { why: 'nobody of that name is in the room any more', hint: '/who lists who is there.' },
  'recipient-unavailable': {
    why: 'nobody of that name is in the room any more',
    hint: '/who lists who is there.',
  },
  'not-acceptable': {
    why: 'you are not in the room any more',
    hint: 'Enter it again (/join), then repeat it.',
  },
  forbidden: {
    why: 'the room does not allow you private messages',
    hint: 'Ask a moderator (/who shows them).',
  },
  'not-allowed': { why: 'the room does not allow private messages', hint: 'Say it in the room.' },
  'service-unavailable': {
    why: 'they take no private messages, or the room is gone',
    hint: 'Say it in the room.',
  },
  'policy-violation': roomMessage['policy-violation'],
  'remote-server-not-found': roomMessage['remote-server-not-found'],
  'remote-server-timeout': roomMessage['remote-server-timeout'],
};

const sendFile = {
  forbidden: { why: 'the other side declined it', hint: '' },
  'not-acceptable': { why: 'the other side declined it', hint: '' },
  'service-unavailable': {
    why: 'the other side is not online, or takes no files',
    hint: 'Files need the other side to be online.',
  },
  'recipient-unavailable': { why: 'the other side is not online', hint: tryLater },
  'item-not-found': { why: 'the other side no longer knows this transfer', hint: 'Try again.' },
  'feature-not-implemented': { why: "the other side's program takes no files", hint: '' },
};

const directory = {
  'service-unavailable': { why: 'there is no directory', hint: '' },
};

/** A server answers the same for who does not exist and for who says nothing of themselves (XEP-0054 §3.1). */
const unknownUser = {
  why: 'there is no such user, or it tells nothing about itself',
  hint: 'Check the JID.',
};
const user = { 'item-not-found': unknownUser, 'service-unavailable': unknownUser };

/** Of the own one (XEP-0054 §3.1, §3.2). */
const noProfiles = { why: 'your server keeps no profiles', hint: '' };
const fixedProfile = { why: 'your server does not let you change your profile', hint: askAdmin };
const wrongProfile = {
  why: 'your server does not take this profile',
  hint: 'Write less, or in another way.',
};
const profile = {
  'service-unavailable': noProfiles,
  'feature-not-implemented': noProfiles,
  forbidden: fixedProfile,
  'not-allowed': fixedProfile,
  'bad-request': wrongProfile,
  'not-acceptable': wrongProfile,
  'policy-violation': wrongProfile,
  'resource-constraint': wrongProfile,
};

const changePassword = {
  'not-authorized': { why: 'the server wants you to log in again first', hint: 'Log in again, then try.' },
  'not-allowed': { why: 'the server does not let people change their password', hint: askAdmin },
  'bad-request': { why: 'the server does not accept this password', hint: 'Choose another.' },
  'not-acceptable': { why: 'the server does not accept this password', hint: 'Choose a longer one.' },
};

const deleteAccount = {
  'not-allowed': { why: 'the server does not let people delete their account', hint: askAdmin },
  forbidden: { why: 'the server does not let people delete their account', hint: askAdmin },
};

/** XEP-0045 §8–§10: what a room does not let us do to somebody, or with itself. */
const office = {
  forbidden: { why: 'your standing in the room does not allow it', hint: '/who shows who stands how.' },
  'not-allowed': {
    why: 'the room does not allow you that: your standing is too low, or theirs as high as yours',
    hint: '',
  },
  conflict: { why: 'the room would be left without an owner', hint: 'Make somebody else an owner first.' },
  'item-not-found': { why: 'there is nobody of that name in the room', hint: '/who lists who is there.' },
};
const form = {
  forbidden: { why: 'only owners may do that', hint: '' },
  'not-allowed': { why: 'only owners may do that', hint: '' },
  'not-acceptable': {
    why: 'the room does not take these settings together',
    hint: 'Change them, and submit again.',
  },
};
const subject = {
  forbidden: { why: 'in this room only moderators may do that', hint: '' },
};

export const errorsOfProtocol = {
  connection,
  auth,
  stream,
  stanza,
  join,
  register,
  send,
  'send-lines': send,
  'send-room': { ...roomMessage, ...join, ...sendRoom },
  'room-message': roomMessage,
  'private-message': privateMessage,
  'send-file': sendFile,
  user,
  users: directory,
  profile,
  'change-password': changePassword,
  'delete-account': deleteAccount,
  kick: office,
  ban: office,
  unban: office,
  role: office,
  affiliation: office,
  affiliations: { forbidden: office.forbidden, 'not-allowed': office.forbidden },
  'room-config': form,
  destroy: form,
  subject,
};
