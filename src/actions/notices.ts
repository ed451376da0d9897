/** What an action says when it is done. The words stand in src/i18n; a missing one is a compile error. */

export interface Notices {
  registered: { jid: string };
  'message-acknowledged': { chat: string };
  'message-queued': { chat: string; reason: string };
  'message-sent-room': { room: string };
  'lines-sent': { chat: string; count: string };
  'lines-queued': { chat: string; count: string; reason: string };
  'contact-asked': { jid: string };
  'contact-already': { jid: string };
  'contact-removed': { jid: string };
  approved: { jid: string };
  'approved-in-advance': { jid: string };
  declined: { jid: string };
  'declined-unknown': { jid: string };
  'no-contacts': Record<never, never>;
  /** without a connection */
  'contacts-kept': Record<never, never>;
  'no-users': { query: string };
  /** the server has no directory: what is known is shown instead */
  'no-directory': { domain: string };
  'directory-needs-text': { domain: string };
  'no-rooms': { service: string };
  'no-rooms-found': { query: string };
  'no-blocked': Record<never, never>;
  'no-devices': Record<never, never>;
  'no-history': Record<never, never>;
  'nothing-found': { text: string };
  'no-versions': Record<never, never>;
  exported: { count: number; path: string };
  'message-edited': Record<never, never>;
  'message-answered': Record<never, never>;
  'message-reacted': Record<never, never>;
  'message-retracted': Record<never, never>;
  'no-requests': Record<never, never>;
  blocked: { jid: string };
  unblocked: { jid: string };
  joined: { room: string; nick: string };
  'room-created': { room: string; nick: string };
  left: { room: string };
  'file-sent': {
    name: string;
    peer: string;
    size: number;
    sha256: string;
    seconds: number;
    /** the route, where that does not say whether the file was kept; else '' */
    unconfirmed: string;
  };
  'file-waiting': { name: string; peer: string };
  'file-cancelled': { name: string };
  'no-waiting-files': Record<never, never>;
  'file-queued': { name: string; peer: string; reason: string };
  'file-received': {
    name: string;
    path: string;
    size: number;
    sha256: string;
    seconds: number;
    /** MIME types; `claimed` is '' where it is what the content shows */
    claimed: string;
    mime: string;
  };
  'presence-set': { show: string; status: string };
  'presence-saved': { show: string; status: string };
  'password-changed': { jid: string };
  'account-deleted': { jid: string; wiped: number };
  wiped: { jid: string };
  'all-wiped': Record<never, never>;
  'profile-saved': { jid: string };
  'no-settings': Record<never, never>;
  'setting-saved': { name: string; value: string };
  invited: { jid: string; room: string };
  /** `invited`, `failed`: JIDs, separated by commas */
  conference: { room: string; invited: string; failed: string; sent: number };
  kicked: { nick: string; room: string };
  banned: { who: string; room: string };
  unbanned: { who: string; room: string };
  'role-set': { nick: string; role: string; room: string };
  'affiliation-set': { who: string; affiliation: string; room: string };
  'no-affiliations': { room: string };
  'no-fields': { room: string };
  'room-configured': { room: string };
  destroyed: { room: string };
  'nick-registered': { nick: string; room: string };
  'voice-asked': { room: string };
  moderated: Record<never, never>;
  'request-accepted': Record<never, never>;
  'request-refused': Record<never, never>;
  'subject-set': { room: string };
  'nick-set': { nick: string };
  'logged-out': { jid: string };
  reconnecting: { jid: string };
  connected: { jid: string };
  checked: { domain: string };
  'checked-warned': { domain: string; count: number };
}

export type NoticeCode = keyof Notices;

export type Notice = { [C in NoticeCode]: { readonly code: C; readonly values: Notices[C] } }[NoticeCode];

export function notice<C extends NoticeCode>(code: C, values: Notices[C]): Notice {
  return { code, values } as Notice;
}
