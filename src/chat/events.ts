/** What the domain tells. Facts, in the past; the UI turns them into lines. */
import type { ChangeNews, Message } from './message.ts';

export type Show = 'available' | 'chat' | 'away' | 'xa' | 'dnd' | 'offline';

export interface Resource {
  readonly resource: string;
  readonly show: Show;
  readonly status: string;
  readonly priority: number;
  /** name and version of the client, where known */
  readonly client?: string | undefined;
}

export interface Contact {
  readonly jid: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly subscription: 'none' | 'to' | 'from' | 'both';
  /** true while our request is unanswered */
  readonly ask: boolean;
  readonly resources: readonly Resource[];
  /** milliseconds since 1970 */
  readonly lastSeen?: number | undefined;
  readonly unread: number;
}

export type Affiliation = 'owner' | 'admin' | 'member' | 'none' | 'outcast';
export type Role = 'moderator' | 'participant' | 'visitor' | 'none';

export interface Occupant {
  readonly nick: string;
  readonly affiliation: Affiliation;
  readonly role: Role;
  readonly show: Show;
  readonly status: string;
  /** real bare or full JID, where the room tells it */
  readonly jid?: string | undefined;
  /** the same for all stays of one person in the room, where the room gives such ids (XEP-0421) */
  readonly occupantId?: string | undefined;
}

/** A room that lets one message of each person through at a time (XEP-0500). */
export interface SlowMode {
  readonly room: string;
  /** between two messages of one person; 0: not any more */
  readonly seconds: number;
  /** seconds until ours may go out; 0: now */
  readonly wait: number;
}

export type OccupantEvent =
  | 'joined'
  | 'left'
  | 'kicked'
  | 'banned'
  | 'renamed'
  | 'role'
  | 'affiliation'
  | 'removed';

export type SelfEvent =
  | 'joined'
  | 'created'
  | 'left'
  | 'kicked'
  | 'banned'
  | 'removed'
  | 'destroyed'
  | 'shutdown'
  | 'failed';

export interface Request {
  /** `voice`: somebody asks to speak in a room that we moderate; `membership`: to be a member of one of ours */
  readonly kind: 'subscription' | 'invitation' | 'file' | 'voice' | 'membership';
  readonly id: string;
  /** who asks: bare JID (subscription, invitation), full JID (file), an occupant's or a bare JID (voice, membership) */
  readonly from: string;
  /** greeting or reason */
  readonly text?: string | undefined;
  /** the nickname the asker gives to itself (XEP-0172); unverified */
  readonly nick?: string | undefined;
  readonly room?: string | undefined;
  readonly password?: string | undefined;
  /** invitation: the room hands it on, and can tell who invited that we will not come */
  readonly mediated?: boolean | undefined;
  /** invitation: the room goes on with a conversation of two: `thread` is that one's, where it has one */
  readonly continues?: { readonly thread: string | undefined } | undefined;
  /** invitation: this room was destroyed, and names the other as the one to go to */
  readonly instead?: string | undefined;
  readonly name?: string | undefined;
  readonly size?: number | undefined;
  readonly time: number;
}

/**
 * `queued`: uploaded, and the message with the link goes out with the next connection. `waiting`: nothing was sent, it
 * goes when the other side is online.
 */
export type FileState = 'offered' | 'active' | 'queued' | 'waiting' | 'done' | 'failed' | 'cancelled';

export interface FileTransfer {
  readonly id: string;
  /** full JID of the other side; bare JID of a room */
  readonly peer: string;
  readonly direction: 'in' | 'out';
  readonly name: string;
  /** bytes; undefined where the sender did not say */
  readonly size?: number | undefined;
  readonly sent: number;
  /** MIME type: of own files by their content, of others as claimed until they are here */
  readonly mime?: string | undefined;
  /** of a file that is here: the MIME type that its sender, or its name, claimed, where the content shows another */
  readonly claimed?: string | undefined;
  /** of a file that is here: a sum was announced, and did not come or cannot be computed here: nothing was compared */
  readonly unverified?: true | undefined;
  /** of a file whose every byte is here: its sender sums it yet, and says the sum then */
  readonly awaits?: 'checksum' | undefined;
  /** of an own file that is sent: every byte is handed over, and this way says nothing of whether they were kept */
  readonly unconfirmed?: true | undefined;
  /** where it is (own file) or will be saved */
  readonly path?: string | undefined;
  readonly state: FileState;
  /** `upload`, `jingle-socks5`, `si-ibb`, … */
  readonly route: string;
  /** the route that was tried before this one and did not work, with the condition of its failure */
  readonly before?: { readonly route: string; readonly condition: string } | undefined;
  readonly sha256?: string | undefined;
  /** condition of the failure */
  readonly failure?: string | undefined;
  /** who asked for it waits for its end, and is told there */
  readonly awaited?: true | undefined;
}

export type TypingState = 'active' | 'composing' | 'paused' | 'inactive' | 'gone';
export type ConnectionState = 'connecting' | 'online' | 'resumed' | 'offline';

export interface ChatEvents {
  /** when the connection changed; `retryIn` in milliseconds while it will be tried again; `final` when not */
  connection: [
    event: {
      state: ConnectionState;
      condition?: string | undefined;
      /** what the server said of it */
      text?: string | undefined;
      retryIn?: number | undefined;
      final?: boolean | undefined;
      attempt?: number | undefined;
    },
  ];
  /** when a message became part of a timeline, ours or theirs, from anywhere */
  message: [message: Message];
  /** when a stored message changed: state, correction, retraction, reaction; `news` where somebody else did that */
  messageChanged: [
    message: Message,
    change: 'state' | 'corrected' | 'retracted' | 'reacted',
    news?: ChangeNews | undefined,
  ];
  /** when somebody's typing state changed (XEP-0085); never stored */
  typing: [event: { chat: string; from: string; nick?: string | undefined; state: TypingState }];
  /** when a resource of a contact (or of ourselves) came, changed or went; `initial` for the burst after login */
  presence: [
    event: {
      jid: string;
      resource: string;
      show: Show;
      status: string;
      before?: { show: Show; status: string } | undefined;
      initial: boolean;
    },
  ];
  /** when the burst after login is over: who is online */
  contactsOnline: [contacts: readonly Contact[]];
  /** when a contact was added or changed on the server */
  contact: [contact: Contact];
  /** when a contact left the roster */
  contactRemoved: [event: { jid: string }];
  /** when somebody answered or ended a subscription: `approved` and `declined` answer ours, `removed` ends theirs */
  subscription: [event: { jid: string; kind: 'approved' | 'declined' | 'removed' }];
  /** when somebody waits for our answer */
  request: [request: Request];
  /** when a request needs no answer any more */
  requestClosed: [request: Request];
  /** when an occupant of a joined room came, went or changed; not during the burst of entering */
  occupant: [
    event: {
      room: string;
      nick: string;
      event: OccupantEvent;
      newNick?: string | undefined;
      affiliation?: Affiliation | undefined;
      role?: Role | undefined;
      reason?: string | undefined;
      actor?: string | undefined;
      jid?: string | undefined;
      /** what the room told with it (XEP-0045 §15.6) */
      codes?: readonly number[] | undefined;
      /** true for who was lost in an outage with us and came back: nothing to be told */
      again?: boolean | undefined;
    },
  ];
  /** when we entered or left a room */
  room: [
    event: {
      room: string;
      nick: string;
      event: SelfEvent;
      condition?: string | undefined;
      text?: string | undefined;
      reason?: string | undefined;
      actor?: string | undefined;
      occupants?: number | undefined;
      codes?: readonly number[] | undefined;
      /** of a destroyed room: where to go instead */
      alternate?: string | undefined;
      /** entered, or not, after an outage, by itself */
      again?: boolean | undefined;
      /** with `again`: who came meanwhile */
      came?: readonly string[] | undefined;
      /** with `again`: that we were out was told already */
      told?: boolean | undefined;
    },
  ];
  /** when the subject of a joined room changed */
  subject: [event: { room: string; nick: string; subject: string }];
  /** when a room said something about itself by status codes (XEP-0045 §15.6): configuration, anonymity, logging */
  roomNotice: [event: { room: string; codes: readonly number[] }];
  /** when a joined room began, changed or ended its slow mode, or refused a message of ours as too fast: that waits */
  slowMode: [event: SlowMode];
  /** when somebody will not come to a room that we invited to */
  invitationDeclined: [event: { room: string; from: string; reason?: string | undefined }];
  /** when a file was offered, moved on (`active`, several times a second at most), ended */
  file: [file: FileTransfer];
  /** when the account itself changed */
  account: [event: { jid: string; kind: 'created' | 'deleted' | 'password-changed' }];
  /** when the number of unread messages of a chat changed */
  unread: [event: { chat: string; count: number; mentions: number }];
  /** when something could not be done in the background (store full, server answered nonsense); one line for the user */
  problem: [
    event: {
      condition: string;
      text: string;
      /** whom it is about */
      jid?: string | undefined;
      hint?: string | undefined;
    },
  ];
}
