/**
 * The order of the archive, what was read message by message, every version of a text, marks that came before what
 * they are for, and how far each archive is known.
 */
export const archive = `
DROP INDEX message_in_chat;

-- ascending in a chat; the row stays the message's identity. Below zero: what was paged back to
ALTER TABLE message ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
UPDATE message SET position = row;
CREATE INDEX message_in_chat ON message (chat, position);

-- read by itself: a message that the archive puts before a read one is not read by that
ALTER TABLE message ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;
UPDATE message SET unread = 1 WHERE direction = 'in'
  AND row > (SELECT read_row FROM chat WHERE chat.id = message.chat);
CREATE INDEX message_unread ON message (chat, position, mention) WHERE unread = 1;
ALTER TABLE chat DROP COLUMN read_row;

-- 1: written again without an archive that could tell whether it had arrived
ALTER TABLE message ADD COLUMN twice INTEGER NOT NULL DEFAULT 0;

-- older texts of a message, oldest first; the newest stands in message
CREATE TABLE version (
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES message (row) ON DELETE CASCADE,
  -- id of the message that brought this text
  stanza TEXT NOT NULL,
  body TEXT NOT NULL,
  time INTEGER NOT NULL
) STRICT;
CREATE INDEX version_of_message ON version (message);

-- corrections, retractions, reactions and marks whose message is not known yet
CREATE TABLE waiting (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  chat TEXT NOT NULL,
  target TEXT NOT NULL,
  -- JSON
  change TEXT NOT NULL,
  time INTEGER NOT NULL
) STRICT;
CREATE INDEX waiting_for ON waiting (account, chat, target);

-- one unbroken range of each archive; only pages of the archive move its ends
CREATE TABLE archive_range (
  account TEXT NOT NULL,
  -- own bare JID, or the room
  by TEXT NOT NULL,
  newest TEXT NOT NULL,
  newest_time INTEGER NOT NULL,
  PRIMARY KEY (account, by)
) STRICT;

-- how far a chat was paged back; complete: the archive has nothing older
CREATE TABLE paged_back (
  account TEXT NOT NULL,
  chat TEXT NOT NULL,
  oldest TEXT,
  complete INTEGER NOT NULL,
  PRIMARY KEY (account, chat)
) STRICT;
`;
