/** A message as the domain knows it: what is stored, shown and written as JSON. */

/** own messages only; `failed` only by an error for it or by the user, never by a time-out */
export type MessageState = 'queued' | 'sent' | 'acked' | 'delivered' | 'read' | 'failed';
export type MessageSource = 'live' | 'carbon' | 'archive' | 'local';
export type ChatKind = 'contact' | 'room' | 'private';

export interface Reaction {
  /** full JID of an occupant, bare JID of a contact */
  readonly from: string;
  readonly emojis: readonly string[];
}

export interface LinkedFile {
  /** as the sender wrote it */
  readonly name?: string | undefined;
  /** bytes */
  readonly size?: number | undefined;
  /** MIME type */
  readonly mime?: string | undefined;
  /** algorithm as in XEP-0300, sum in lower case hex */
  readonly hashes: readonly { readonly algorithm: string; readonly hex: string }[];
}

export interface MessageFailure {
  readonly condition: string;
  readonly text?: string | undefined;
}

/** Who took a message away, and why, as the room says. */
export interface Moderated {
  /** normalised JID: an occupant's, somebody's, or the room's own */
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
}

/** What we do to a message that was sent: a new text (XEP-0308), taking it back (XEP-0424), reactions (XEP-0444). */
export type AmendmentKind = 'correction' | 'retraction' | 'reaction';

/** The newest thing that we did to a message, and what became of that. */
export interface MessageAmendment {
  readonly kind: AmendmentKind;
  /** id of the message that says so */
  readonly id: string;
  readonly state: 'queued' | 'sent' | 'acked' | 'failed';
  readonly failure?: MessageFailure | undefined;
}

export interface Message {
  /** local row, ascending in order of the timeline of one database */
  readonly row: number;
  readonly account: string;
  /** bare JID of the contact or room; for a private message in a room the occupant's full JID */
  readonly chat: string;
  readonly kind: ChatKind;
  /** full JID */
  readonly from: string;
  /** rooms: the occupant's nickname */
  readonly nick?: string | undefined;
  readonly to: string;
  /** id attribute; for own messages also origin-id */
  readonly id: string;
  /** archive id given by `by` (XEP-0359) */
  readonly stanzaId?: string | undefined;
  readonly body: string;
  /** subject of a message that has a body too (RFC 6121 §5.2.4) */
  readonly subject?: string | undefined;
  /** milliseconds since 1970, by the server's clock where it said one */
  readonly time: number;
  readonly direction: 'in' | 'out';
  readonly source: MessageSource;
  readonly state?: MessageState | undefined;
  readonly failure?: MessageFailure | undefined;
  /** `none`, or the name of the encryption */
  readonly encryption: string;
  /** id of the message that this one corrected */
  readonly replaces?: string | undefined;
  readonly retracted: boolean;
  /** set where a moderator of the room took it away (XEP-0425) */
  readonly moderated?: Moderated | undefined;
  readonly replyTo?: string | undefined;
  readonly reactions: readonly Reaction[];
  /** link of an out-of-band file (XEP-0066, XEP-0447) */
  readonly url?: string | undefined;
  /** what its sender says of the file behind the link; nothing of it is verified */
  readonly file?: LinkedFile | undefined;
  /** XHTML-IM turned into text with XEP-0393 marks; never sent */
  readonly styled?: string | undefined;
  /** in a room: names our nickname, or refers to us */
  readonly mention: boolean;
  /** an older text is kept (XEP-0308) */
  readonly corrected?: boolean | undefined;
  /** own message written again where no archive could tell whether it had arrived */
  readonly mayArriveTwice?: boolean | undefined;
  /** in rooms: who said it, whatever its nickname (XEP-0421); believed only of a room that announces it */
  readonly occupantId?: string | undefined;
  /** it came with a delay of its own: written again by its sender, or kept on the way (XEP-0203) */
  readonly delayed?: boolean | undefined;
  /** its sender wants to hear that it was displayed (XEP-0333) */
  readonly markable?: boolean | undefined;
  /** its sender wants to hear that it arrived (XEP-0184), and has not been told */
  readonly receiptOwed?: boolean | undefined;
  /** conversation that its sender says it belongs to (XEP-0201) */
  readonly thread?: string | undefined;
  /**
   * Of a room, told once and not kept: it came with the room's history, and was said before we knew the room, or while
   * we were away.
   */
  readonly history?: 'past' | 'missed' | undefined;
  /** set where we changed it or reacted to it from here */
  readonly amendment?: MessageAmendment | undefined;
}

/** What changed a message: the id of the message that did, and when. */
export interface ChangedBy {
  readonly id: string;
  /** milliseconds since 1970 */
  readonly time: number;
  /** the time is a server's; otherwise it came just now, and is newer than all that is known */
  readonly stamped?: boolean | undefined;
}

/** What somebody else did to a message just now: who (full JID), and what of it is news. */
export interface ChangeNews {
  readonly from: string;
  readonly source: MessageSource;
  /** reactions that were not there before */
  readonly emojis?: readonly string[] | undefined;
  /** the new text names us, the old one did not */
  readonly mention?: boolean | undefined;
}

/** A text that a correction replaced. */
export interface MessageVersion {
  readonly body: string;
  /** milliseconds since 1970 */
  readonly time: number;
}

/** What `appendMessage` takes: the row is given by the store. */
export type NewMessage = Omit<Message, 'row' | 'corrected' | 'amendment' | 'history'>;
