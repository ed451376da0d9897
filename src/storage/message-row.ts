/** A message as a row, and back. */
import type {
  LinkedFile,
  Message,
  MessageAmendment,
  MessageState,
  Moderated,
  NewMessage,
  Reaction,
} from '../chat/message.ts';
import type { Row, Value } from './sql.ts';

/** Columns of `message` in the order of `valuesOf`; those of where it stands and who writes it stand before them. */
const COLUMNS = [
  'id',
  'direction',
  'source',
  'state',
  'time',
  'sender',
  'nick',
  'recipient',
  'body',
  'subject',
  'styled',
  'url',
  'encryption',
  'replaces',
  'retracted',
  'reply_to',
  'reactions',
  'mention',
  'failure',
  'failure_text',
  'twice',
  'occupant',
  'delayed',
  'markable',
  'owed',
  'thread',
  'file',
  'moderated',
] as const;

export const INSERT_MESSAGE = `INSERT INTO message (chat, position, unread, placed, writer, sequence, ${COLUMNS.join(', ')})
  VALUES (?, ?, ?, ?, ?, ?, ${COLUMNS.map(() => '?').join(', ')})`;

/** Everything that `messageOf` reads; goes on with WHERE. Of several archive ids the one that came last. */
export const SELECT_MESSAGE = `SELECT m.*, c.account, c.jid AS chat_jid, c.kind,
    (SELECT a.id FROM archive_id a WHERE a.message = m.row ORDER BY a.rowid DESC LIMIT 1) AS stanza_id,
    EXISTS (SELECT 1 FROM version v WHERE v.message = m.row) AS corrected,
    (SELECT json_array(a.kind, a.id, a.state, a.failure, a.failure_text)
      FROM amendment a WHERE a.message = m.row ORDER BY a.row DESC LIMIT 1) AS amendment
  FROM message m JOIN chat c ON c.id = m.chat`;

/** Who archives: the room its own messages, the account everything else (XEP-0359 §3.2, XEP-0313 §4). */
export function archiveOf(message: Pick<Message, 'account' | 'chat' | 'kind'>): string {
  return message.kind === 'room' ? message.chat : message.account;
}

/** Milliseconds as SQLite keeps them: whole, and inside what a date can say. */
export function wholeTime(time: number): number {
  if (Number.isNaN(time)) return 0;
  return Math.round(Math.min(Math.max(time, -8.64e15), 8.64e15));
}

/** As a column keeps it. */
export const jsonOf = (value: object | undefined): Value =>
  value === undefined ? null : JSON.stringify(value);

export function valuesOf(message: NewMessage): Value[] {
  return [
    message.id,
    message.direction,
    message.source,
    message.state ?? null,
    wholeTime(message.time),
    message.from,
    message.nick ?? null,
    message.to,
    message.body,
    message.subject ?? null,
    message.styled ?? null,
    message.url ?? null,
    message.encryption,
    message.replaces ?? null,
    Number(message.retracted),
    message.replyTo ?? null,
    message.reactions.length === 0 ? null : JSON.stringify(message.reactions),
    Number(message.mention),
    message.failure?.condition ?? null,
    message.failure?.text ?? null,
    Number(message.mayArriveTwice ?? false),
    message.occupantId ?? null,
    Number(message.delayed ?? false),
    Number(message.markable ?? false),
    Number(message.receiptOwed ?? false),
    message.thread ?? null,
    jsonOf(message.file),
    jsonOf(message.moderated),
  ];
}

const text = (value: Value | undefined) => String(value ?? '');
const optional = (value: Value | undefined) => (typeof value === 'string' ? value : undefined);

/** What was taken back is kept, so that an older one does not come up again. */
function shownReactions(kept: string): Reaction[] {
  return (JSON.parse(kept) as Reaction[])
    .filter(({ emojis }) => emojis.length > 0)
    .map(({ from, emojis }) => ({ from, emojis }));
}

function amendmentOf(kept: string | undefined): MessageAmendment | undefined {
  if (kept === undefined) return undefined;
  const [kind, id, state, condition, text] = JSON.parse(kept) as (string | null)[];
  return {
    kind: kind as MessageAmendment['kind'],
    id: id ?? '',
    state: state as MessageAmendment['state'],
    ...(condition ? { failure: { condition, text: text ?? undefined } } : {}),
  };
}

/** What `jsonOf` wrote. */
const parsed = <T>(kept: string | undefined): T | undefined =>
  kept === undefined ? undefined : (JSON.parse(kept) as T);

export function messageOf(row: Row): Message {
  const failure = optional(row.failure);
  const reactions = optional(row.reactions);
  return {
    row: Number(row.row),
    account: text(row.account),
    chat: text(row.chat_jid),
    kind: text(row.kind) as Message['kind'],
    from: text(row.sender),
    nick: optional(row.nick),
    to: text(row.recipient),
    id: text(row.id),
    stanzaId: optional(row.stanza_id),
    body: text(row.body),
    subject: optional(row.subject),
    time: Number(row.time),
    direction: text(row.direction) as Message['direction'],
    source: text(row.source) as Message['source'],
    state: optional(row.state) as MessageState | undefined,
    failure: failure === undefined ? undefined : { condition: failure, text: optional(row.failure_text) },
    encryption: text(row.encryption),
    replaces: optional(row.replaces),
    retracted: row.retracted === 1,
    moderated: parsed<Moderated>(optional(row.moderated)),
    replyTo: optional(row.reply_to),
    reactions: reactions === undefined ? [] : shownReactions(reactions),
    url: optional(row.url),
    file: parsed<LinkedFile>(optional(row.file)),
    styled: optional(row.styled),
    mention: row.mention === 1,
    corrected: row.corrected === 1 || undefined,
    mayArriveTwice: row.twice === 1 || undefined,
    occupantId: optional(row.occupant),
    delayed: row.delayed === 1 || undefined,
    markable: row.markable === 1 || undefined,
    receiptOwed: row.owed === 1 || undefined,
    thread: optional(row.thread),
    amendment: amendmentOf(optional(row.amendment)),
  };
}
