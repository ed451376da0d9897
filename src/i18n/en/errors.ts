/**
 * Why something failed and what to try, a pair for every condition. `{name}` is filled with a value of the
 * error, sanitised. `why` is a clause without a full stop, `hint` whole sentences or ''.
 */
import { open } from '../open.ts';
import { errorsOfProtocol } from './protocol-errors.ts';

export interface Sentence {
  readonly why: string;
  readonly hint: string;
}
export type Sentences = Readonly<Record<string, Sentence>>;

/** What could not be done, before the colon. */
const what = open({
  login: 'cannot log in as {account}',
  connect: 'cannot connect to {domain}',
  storage: 'cannot use the local data',
  config: 'the configuration cannot be used',
  usage: 'wrong usage',
  internal: 'something unexpected happened',
  register: 'cannot register {jid}',
  send: 'cannot send to {jid}',
  'send-lines': 'cannot send to {jid}',
  'send-room': 'cannot send to the room {room}',
  get: 'cannot fetch {link}',
  'waiting-files': 'cannot list the files that wait',
  'cancel-file': 'cannot cancel {id}',
  'send-file': 'cannot send {path}',
  contacts: 'cannot list the contacts',
  users: 'cannot search the directory',
  user: 'cannot learn about {jid}',
  'add-contact': 'cannot add {jid}',
  'remove-contact': 'cannot remove {jid}',
  approve: 'cannot approve {jid}',
  decline: 'cannot decline {jid}',
  rooms: 'cannot list the rooms',
  join: 'cannot enter the room {room}',
  leave: 'cannot leave the room {room}',
  subject: 'cannot change the subject',
  nick: 'cannot change the nickname',
  invite: 'cannot invite {jid}',
  conference: 'cannot go on in a room',
  kick: 'cannot kick {nick}',
  ban: 'cannot ban {who}',
  unban: 'cannot take the ban of {jid} back',
  role: 'cannot change the role of {nick}',
  voice: 'cannot ask for voice',
  affiliation: 'cannot change the affiliation of {who}',
  affiliations: 'cannot list the affiliations',
  moderate: 'cannot take the message away',
  'room-config': 'cannot configure the room {room}',
  destroy: 'cannot destroy the room {room}',
  'register-nick': 'cannot register the nickname {nick}',
  requests: 'cannot list what waits for an answer',
  accept: 'cannot accept',
  refuse: 'cannot refuse',
  status: 'cannot set the presence',
  history: 'cannot show the history',
  search: 'cannot search',
  export: 'cannot export to {output}',
  doctor: 'not all is well with {domain}',
  reply: 'cannot answer',
  react: 'cannot react',
  edit: 'cannot change the message',
  retract: 'cannot take the message back',
  versions: 'cannot show earlier texts',
  'change-password': 'cannot change the password',
  'delete-account': 'cannot delete the account',
  'wipe-data': 'cannot erase the data',
  block: 'cannot block {jid}',
  unblock: 'cannot unblock {jid}',
  blocked: 'cannot list the blocked',
  devices: 'cannot list the connected devices',
  archiving: "cannot change what the server's archive keeps",
  profile: 'cannot show or change your profile',
  reconnect: 'cannot connect now',
  setting: 'cannot change the setting',
  logout: 'cannot log out',
  listen: 'cannot listen',
  demo: 'cannot run the demo',
});

const chat = {
  'nothing-to-configure': { why: 'the room offers nothing to configure', hint: '' },
  'nobody-to-invite': {
    why: 'nobody but the two of you would be there',
    hint: 'Say who else: /invite <jid>, or --with <jid>.',
  },
  'not-a-person': {
    why: '{jid} is a room or somebody in one, and what is said there goes nowhere else',
    hint: 'Name whom you talk with outside of rooms: name@server.',
  },
  'room-exists': { why: 'the room {room} is there already', hint: 'Try again.' },
  'room-left-over': {
    why: 'the room {room} was made, did not become ready, and could not be destroyed: what was sent is in it',
    hint: 'Destroy it later: --destroy {room} --yes.',
  },
  'room-not-private': {
    why: 'the room service has no rooms for members only, and anybody could read what was said',
    hint: 'Go on without sending what was said.',
  },
  'no-such-occupant': {
    why: 'there is no {nick} in the room {room}',
    hint: '/who lists who is there; of others give the whole JID.',
  },
  'ambiguous-occupant': {
    why: 'somebody in the room has taken {nick} for a nickname, and is somebody else',
    hint: 'Kick the nickname, or look at /who for the JID behind it.',
  },
  'not-in-a-room': { why: 'that is done in rooms only', hint: '' },
  'no-setting': { why: '“{value}” is no setting', hint: 'It looks like name=value.' },
  'field-missing': { why: 'the field {name} needs a value', hint: '' },
  'field-not-an-option': { why: 'the field {name} does not take that', hint: 'It takes one of: {choices}.' },
  'field-not-a-jid': { why: 'the field {name} takes JIDs only', hint: 'A JID looks like name@server.' },
  'field-not-a-number': { why: 'the field {name} takes numbers only', hint: '' },
  'field-not-a-date': {
    why: 'the field {name} takes dates or times only',
    hint: 'They look like 2026-11-21, 14:03:00 or 2026-11-21T14:03:00Z.',
  },
  'field-out-of-range': {
    why: 'the value of the field {name} is too small or too large',
    hint: 'From {min} to {max}.',
  },
  'field-wrong-count': {
    why: 'the field {name} takes another number of choices',
    hint: 'From {least} to {most}.',
  },
  'field-wrong-pattern': {
    why: 'the value of the field {name} has another form',
    hint: 'It has to match {pattern}.',
  },
  'no-directory-field': { why: 'the directory has no field {name}', hint: 'It has: {fields}.' },
  'no-profile-field': { why: 'a profile has no field {name}', hint: '{suggestion}It has: {fields}.' },
  'no-such-field': { why: 'the room has no setting {name}', hint: '--room-config without --set lists them.' },
  'registration-closed': { why: 'this server does not let people register', hint: 'Choose another server.' },
  'registration-elsewhere': { why: 'this server registers accounts on the web', hint: 'Look there: {url}' },
  'no-archive-preferences': {
    why: 'your server does not let people choose what its archive keeps, or has no archive',
    hint: 'What is kept on this computer is a setting (menu 16, --keep-messages).',
  },
  'no-domain': { why: 'no server is named', hint: 'Write --doctor example.org, or give --domain.' },
  'unreachable-server': {
    why: 'no connection can be made that can be trusted',
    hint: 'The lines above say where it ends.',
  },
  'log-in-refused': { why: 'wrong user name or password', hint: 'The lines above say what else was found.' },
  'checks-failed': {
    why: 'it can be used, but not everything works (failures: {count})',
    hint: 'The lines above say what does not.',
  },
  'no-such-setting': { why: 'there is no setting {name}', hint: '/setting alone lists them.' },
  'wrong-value': { why: '{name} cannot be {value}', hint: 'It takes one of: {choices}.' },
  'bad-setting': { why: '{name} cannot be {value}', hint: 'It takes one of: {values}.' },
  'message-gone': { why: 'the message is no longer kept', hint: '' },
  'no-such-result': {
    why: 'the last search has no result {value}',
    hint: '/search <text> lists some with their numbers.',
  },
  'no-such-message': {
    why: 'there is no message {value} here',
    hint: '/last shows the last ones with their numbers.',
  },
  'nothing-meant': {
    why: 'there is no message here that could be meant',
    hint: '/last shows the last ones.',
  },
  'not-own-message': {
    why: 'the message is not yours',
    hint: '/last shows the last ones with their numbers.',
  },
  withdrawn: { why: 'it was withdrawn before it was sent', hint: '' },
  'message-without-id': { why: 'the message has no id by which it could be named', hint: '' },
  'no-reaction': { why: 'you have not reacted to it', hint: 'Put an emoji behind it; Tab offers some.' },
  'not-an-emoji': { why: '“{value}” is no emoji', hint: 'Tab offers some.' },
  'no-certificates': { why: '{path} holds no certificate (PEM)', hint: 'Give another file with --ca.' },
  'unreadable-file': { why: '{path} cannot be read', hint: 'Check the path and its permissions.' },
  'no-jid': { why: '“{text}” is not a JID', hint: 'It looks like name@server.' },
  'presence-unknown': {
    why: 'you do not see when {jid} is online',
    hint: 'Add them with --add-contact; once they have approved, a file can wait for them.',
  },
  'no-transfer': { why: 'no file is being transferred here', hint: '' },
  'nobody-asked': {
    why: '{jid} has not asked to see your presence',
    hint: 'Ask them to add you, or add them with --add-contact.',
  },
  'own-jid': { why: '{jid} is yourself', hint: '' },
  'own-server': {
    why: '{jid} is your own server, which could not tell you anything any more',
    hint: 'Block people by their JIDs.',
  },
  'server-not-started': { why: '{message}', hint: 'Try again.' },
  'program-missing': { why: '{program} is not installed', hint: 'Run: {install}' },
  'no-such-request': {
    why: 'nobody waits for an answer to that',
    hint: 'It may have been answered already.',
  },
  'no-room-service': {
    why: 'your server has no room service',
    hint: 'Give the whole JID of the room: room@service.',
  },
  'no-such-contact': { why: '{jid} is not a contact', hint: '--contacts lists them.' },
  'not-in-room': { why: 'you are not in the room {room}', hint: 'Enter it first.' },
  'not-joined': { why: 'you are not in the room {room}', hint: 'Enter it first.' },
  'not-kept': { why: 'you are not in it, and do not keep it', hint: 'Check its name.' },
  offline: { why: 'there is no connection', hint: 'Try again when it is back.' },
  'not-online': { why: 'there is no connection', hint: 'Try again when it is back.' },
  disconnected: { why: 'the connection was lost before the answer came', hint: 'Try again.' },
  'empty-message': { why: 'there is no text to send', hint: '' },
  'too-long': { why: 'the text is too long', hint: 'Send it as a file, or in parts.' },
  'message-too-long': { why: 'the text is too long', hint: 'Send it as a file, or in parts.' },
  'no-account': { why: 'no account is given', hint: 'Give one with -j <jid>, or set XMPP_JID.' },
  cancelled: { why: 'cancelled', hint: '' },
  interrupted: { why: 'interrupted', hint: '' },
  declined: { why: 'the other side declined it', hint: '' },
  'none-accepted': { why: 'accept-files is set to none', hint: '' },
  'too-many-at-once': {
    why: 'too many files come at once',
    hint: 'Ask for it again when the others are here.',
  },
  'file-not-found': { why: 'there is no file {path}', hint: 'Check the path.' },
  'file-unreadable': { why: '{path} cannot be read', hint: 'Check its permissions.' },
  'not-a-file': { why: '{path} is not a file', hint: 'Pack a folder first, for example with tar.' },
  'file-changed': { why: '{path} changed while it was sent', hint: 'Try again.' },
  'file-too-large': { why: 'the file is too large for this way', hint: 'Send it in parts.' },
  'file-too-large-for-server': {
    why: 'the server takes files of {mostBytes} at most, and this one has {bytes}',
    hint: 'Send it in parts.',
  },
  'file-too-large-for-peer': {
    why: 'the other side has no room for a file of that size, or takes none that large',
    hint: 'Send it in parts.',
  },
  'file-not-kept': { why: 'the other side could not keep the file', hint: 'Try again.' },
  'file-unconfirmed': {
    why: 'the other side took every byte, and did not say that it has the file',
    hint: 'Ask there, or send it another way.',
  },
  'no-answer': { why: 'nobody on the other side answered', hint: 'Try again later.' },
  'upload-refused': { why: 'the web server refused the file ({status})', hint: 'Try again later.' },
  'upload-quota': { why: 'the server takes no more files from you for now', hint: 'Try again later.' },
  'no-bytestream': { why: 'no connection for the bytes could be made', hint: '' },
  'not-chosen': { why: 'the other side chose another way', hint: '' },
  'bytestream-broken': { why: 'the connection for the file broke', hint: 'Try again.' },
  'bad-link': { why: 'this is no link to a file (http or https)', hint: '' },
  'private-address': {
    why: '{host} is in the own network, or this computer',
    hint: 'To allow that give --private-links, or set private-links to on (menu 16, settings).',
  },
  'too-many-redirects': { why: 'the link leads from one place to the next', hint: '' },
  'link-gone': { why: 'the file is not there any more', hint: 'Ask for it again.' },
  'download-refused': { why: 'the web server refused it ({status})', hint: '' },
  'packed-content': { why: 'the web server packed the file, which could hide its size', hint: '' },
  'not-resumable': { why: 'the web server does not give the rest of the file', hint: 'Try again.' },
  'no-link': { why: 'there is no such link here', hint: '' },
  'file-incomplete': { why: 'the file arrived incomplete', hint: 'Ask for it again.' },
  'file-corrupt': { why: 'the file arrived damaged', hint: 'Ask for it again.' },
  'hash-mismatch': { why: 'the file arrived damaged', hint: 'Ask for it again.' },
  'folder-unwritable': {
    why: 'the folder {path} cannot be written to',
    hint: 'Choose another with --files-dir.',
  },
  'folder-full': {
    why: 'no space is left for received files',
    hint: 'Free some, or choose another folder with --files-dir.',
  },
  'no-route': {
    why: '{jid} is not online, or takes files in no way that this program knows',
    hint: 'Whom you see online can be sent files when they come: add them as a contact.',
  },
  'peer-offline': {
    why: '{jid} is not online, and no server here keeps files',
    hint: 'With --when-online it waits until they are.',
  },
  'peer-closed': { why: 'the other side closed the transfer', hint: 'Try again.' },
  'no-valid-streams': { why: 'the other side knows no common way to send files', hint: '' },
};

const storage = {
  'read-only': { why: '{path} cannot be written to', hint: 'Check its permissions, or use --data-dir.' },
  corrupt: {
    why: '{path} is damaged or not a database',
    hint: 'Log in from the menus, which offer to move it aside; the server’s archive brings back what it holds.',
  },
  foreign: { why: '{path} belongs to another program', hint: 'Choose another folder with --data-dir.' },
  newer: { why: '{path} was written by a newer version of this program', hint: 'Update this program.' },
  locked: { why: '{path} is in use by another process', hint: 'End the other one, or wait.' },
  full: { why: 'no space is left for {path}', hint: 'Free some space, then try again.' },
  unsafe: {
    why: '{path} stands where others could read or replace it',
    hint: 'Use a folder of your own with --data-dir.',
  },
  unavailable: { why: '{path} cannot be opened', hint: 'Check that the folder exists, or use --data-dir.' },
  'too-many-files': { why: 'too many files are open', hint: 'Close other programs, or raise the limit.' },
  closed: { why: 'the local data is closed already', hint: '' },
  failed: { why: '{path} failed', hint: 'Check the disk.' },
};

const config = {
  syntax: { why: '{path} is not valid: {text}', hint: 'Correct or remove it.' },
  'not-json': { why: '{path} is not valid JSON', hint: 'Correct or remove it.' },
  unreadable: { why: '{path} cannot be read', hint: 'Check the path and its permissions.' },
  unwritable: { why: '{path} cannot be written to', hint: 'Check the path and its permissions.' },
  'unknown-key': { why: '{path} has an unknown key {name}', hint: '{suggestion}Correct or remove it.' },
  'wrong-value': { why: '{name} cannot be {value}', hint: 'It takes {takes}.' },
  'wrong-type': { why: '{name} has a value of the wrong kind', hint: 'It takes {takes}.' },
};

/** Errors of the operating system, by name. */
const files = {
  ENOENT: { why: 'there is no {path}', hint: 'Check the path.' },
  EACCES: { why: '{path} may not be opened', hint: 'Check its permissions.' },
  EPERM: { why: '{path} may not be changed', hint: 'Check its permissions.' },
  EISDIR: { why: '{path} is a folder', hint: 'Give a file.' },
  ENOTDIR: { why: '{path} is not a folder', hint: 'Check the path.' },
  EEXIST: { why: '{path} exists already', hint: 'Choose another name, or move it away first.' },
  ELOOP: { why: '{path} is a link that leads nowhere', hint: 'Check the path.' },
  ENAMETOOLONG: { why: 'the name {path} is too long', hint: 'Use a shorter one.' },
  ENOSPC: { why: 'no space is left on the disk', hint: 'Free some, then try again.' },
  EDQUOT: { why: 'your disk quota is used up', hint: 'Free some space, then try again.' },
  EROFS: { why: '{path} is on a disk that cannot be written to', hint: 'Choose another folder.' },
  EMFILE: { why: 'too many files are open', hint: 'Close other programs, or raise the limit.' },
  ENFILE: { why: 'too many files are open', hint: 'Close other programs, or raise the limit.' },
  EIO: { why: 'the disk failed', hint: 'Check the disk.' },
  EPIPE: { why: 'the reader of the output has gone', hint: '' },
};

const usage = {
  'unknown-option': { why: 'there is no option {option}', hint: '{suggestion}See --help.' },
  'dashed-text': {
    why: 'there is no option {option}',
    hint: 'A text that starts with “-” stands after “--”; --help lists the options.',
  },
  'missing-value': { why: '{option} needs a value', hint: 'See --help.' },
  'unexpected-value': { why: '{option} takes no value', hint: 'See --help.' },
  'stray-words': {
    why: '“{words}” belongs to nothing',
    hint: 'Put a text of several words behind its option, or in quotes.',
  },
  'two-actions': { why: '{first} and {second} cannot be used together', hint: 'Run one after the other.' },
  'given-twice': { why: '{option} is given twice', hint: 'Give it once.' },
  'option-without-action': { why: '{option} goes with {actions}', hint: 'See --help.' },
  'starts-with-dash': {
    why: '“{value}” starts with “-”',
    hint: 'A JID never does; a text that does stands after “--”.',
  },
  'not-a-jid': { why: '“{value}” is not a JID', hint: 'It looks like user@server.' },
  'not-a-room': { why: '“{value}” is not a room', hint: 'It looks like room@service, or a plain name.' },
  'not-a-number': { why: '{option} needs a whole number from 1 up, not “{value}”', hint: '' },
  'not-a-date': {
    why: '{option} needs a date, not “{value}”',
    hint: 'Write 2026-11-21, 2026-11-21T14:03:00Z, 2h or 3d.',
  },
  'not-a-choice': { why: '{option} cannot be “{value}”', hint: 'It takes one of: {choices}.' },
  'not-a-word': { why: '{option} must be one line of text', hint: '' },
  'missing-parameter': { why: '{option} is missing', hint: 'See --help.' },
  'no-lines': {
    why: 'there is no input to read lines from',
    hint: 'Pipe it in: tail -f file | xmpp-chat --send-lines <jid>.',
  },
  'missing-text': { why: 'there is no text to send', hint: 'Write it behind the JID, or pipe it in.' },
  'text-too-long': { why: 'the text is longer than {limit}', hint: 'Send it with --send-file.' },
  'not-utf8': { why: 'what came in on standard input is not UTF-8 text', hint: 'Send it with --send-file.' },
  'missing-password': {
    why: 'no password is given, and there is no terminal to ask at',
    hint: 'Use --password-file, --password-stdin or XMPP_PASSWORD.',
  },
  'missing-new-password': {
    why: 'no new password is given, and there is no terminal to ask at',
    hint: 'Use --new-password-file, XMPP_NEW_PASSWORD or a second line with --password-stdin.',
  },
  'empty-password': { why: 'the password is empty', hint: 'Give one of at least one character.' },
  'passwords-differ': { why: 'the two passwords are not the same', hint: 'Try again.' },
  'missing-account': { why: 'no account is given', hint: 'Give one with -j <jid>, or set XMPP_JID.' },
  'account-without-server': {
    why: 'the account {jid} names no server',
    hint: 'Write {jid}@example.org, or give --domain.',
  },
  'needs-yes': { why: 'this cannot be undone', hint: 'Add --yes if you mean it.' },
  'json-is-no-text': {
    why: '{option} is no JSON',
    hint: 'Give --output <file> for the text, or leave --json out.',
  },
};

const unknown = {
  /** a condition nobody has written a sentence for */
  condition: { why: 'the answer was “{condition}”', hint: '' },
  unexpected: { why: '{text}', hint: 'Run again with --debug <file> and report it with that file.' },
};

export const errors = {
  program: 'xmpp-chat',
  what,
  groups: { ...errorsOfProtocol, chat, storage, config, files, usage, unknown },
  /** what is said although everything works: sentences about settings */
  warnings: {
    'readable-by-others': '{path} holds a password and others can read it. Run: chmod 600 {path}',
    'unknown-name': '{path}: there is no {name}. Did you mean {nearest}?',
    'not-taken': '{path}: {name} is left out, because the file names another JID, or none.',
    unreadable: '{path} cannot be read and is left out.',
  },
  empty: 'empty',
  /** what settings take, behind “It takes” */
  takes: {
    text: 'text',
    account: 'a JID (user@server) or a user name',
    domain: 'a domain, such as example.org',
    resource: 'a name without control characters',
    service: 'xmpp://host:port or xmpps://host:port',
    path: 'a path',
    toggle: '1 or 0',
    seconds: 'seconds, from 0.1 to 86400',
    'one-of': 'one of: {choices}',
    keeping: 'forever, nothing, or a time such as 30d, 6w, 6mo or 1y',
    language: 'en or es',
    'password-file': 'a file with a password in its first line',
    certificates: 'a file of certificates (PEM)',
    string: 'text, in quotes',
    boolean: 'true or false, without quotes',
    number: 'a number, without quotes',
  },
  /** the server's own words behind a reason */
  quoted: (why: string, text: string) => `${why} (“${text}”)`,
  didYouMean: (option: string) => `Did you mean ${option}? `,
};
