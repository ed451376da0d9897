/** The field's words: shows, subscriptions, affiliations, roles, what a room says of itself. */

export const words = {
  shows: {
    available: 'online',
    chat: 'free to chat',
    away: 'away',
    xa: 'away for long',
    dnd: 'do not disturb',
    offline: 'offline',
  },
  /** the subscription as seen from us (RFC 6121 §2.1.2.5) */
  subscriptions: {
    none: 'none',
    to: 'I see them',
    from: 'they see me',
    both: 'both ways',
  },
  asked: 'asked, no answer yet',
  affiliations: {
    owner: 'owner',
    admin: 'administrator',
    member: 'member',
    none: 'none',
    outcast: 'banned',
  },
  roles: {
    moderator: 'moderator',
    participant: 'participant',
    visitor: 'visitor',
    none: 'none',
  },
  /** XEP-0045 §15.6 */
  roomCodes: {
    100: 'everybody here can see your whole JID',
    102: 'it now shows members who are not here',
    103: 'it no longer shows members who are not here',
    104: 'its configuration has changed',
    170: 'what is said here is now logged',
    171: 'what is said here is no longer logged',
    172: 'nobody is anonymous here any more',
    173: 'only moderators can see whole JIDs now',
    174: 'everybody is anonymous here now',
    201: 'it was created just now',
    210: 'it has changed your nickname',
  },
  /** what an archive keeps (XEP-0441) */
  archiving: { always: 'always kept', never: 'never kept', roster: 'kept with contacts only' },
  transferStates: {
    offered: 'offered',
    active: 'under way',
    done: 'done',
    failed: 'failed',
    cancelled: 'cancelled',
  },
  requests: {
    subscription: 'contact request',
    invitation: 'invitation',
    file: 'offered file',
  },
  origins: { directory: 'directory', roster: 'contact', room: 'met in a room' },
  me: 'me',
  yes: 'yes',
  no: 'no',
  unknown: 'unknown',
  now: 'now',
  units: { bytes: 'B', seconds: 's', minutes: 'min', hours: 'h', days: 'd' },
};
