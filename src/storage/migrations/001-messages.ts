/**
 * Chats and their messages.
 *
 * `message.row` is never given twice (AUTOINCREMENT) and is the order of the timeline for now. An order by archive
 * can be added as a column beside it. A message has any number of archive ids, so these have a table of their own.
 */
export const messages = `
CREATE TABLE chat (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  jid TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('contact', 'room', 'private')),
  -- everything up to this row counts as read
  read_row INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account, jid)
) STRICT;

CREATE TABLE message (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  chat INTEGER NOT NULL REFERENCES chat (id) ON DELETE CASCADE,
  id TEXT NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
  source TEXT NOT NULL,
  state TEXT,
  -- milliseconds since 1970
  time INTEGER NOT NULL,
  sender TEXT NOT NULL,
  nick TEXT,
  recipient TEXT NOT NULL,
  body TEXT NOT NULL,
  subject TEXT,
  styled TEXT,
  url TEXT,
  encryption TEXT NOT NULL,
  replaces TEXT,
  retracted INTEGER NOT NULL,
  reply_to TEXT,
  -- JSON, NULL for none
  reactions TEXT,
  mention INTEGER NOT NULL,
  failure TEXT,
  failure_text TEXT
) STRICT;

-- the timeline, and by itself enough to count what is unread
CREATE INDEX message_in_chat ON message (chat, row, direction, mention);
CREATE INDEX message_by_id ON message (chat, id);
CREATE INDEX message_pending ON message (chat) WHERE state IN ('queued', 'sent');

CREATE TABLE archive_id (
  message INTEGER NOT NULL REFERENCES message (row) ON DELETE CASCADE,
  -- whose archive: own bare JID, or the room
  by TEXT NOT NULL,
  id TEXT NOT NULL,
  UNIQUE (message, by, id)
) STRICT;

CREATE INDEX archive_id_by_id ON archive_id (id, by);
`;
