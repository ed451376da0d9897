/** What is to be told of messages that came, by whatever process, and the thread that a message belongs to. */
export const marks = `
-- 1: its sender wants to hear that it was displayed (XEP-0333)
ALTER TABLE message ADD COLUMN markable INTEGER NOT NULL DEFAULT 0;
-- 1: its sender wants to hear that it arrived (XEP-0184), and has not been told
ALTER TABLE message ADD COLUMN owed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX message_owed ON message (row) WHERE owed = 1;
-- XEP-0201
ALTER TABLE message ADD COLUMN thread TEXT;

-- up to where a chat was displayed here, until the other devices (XEP-0490) and the sender were told
CREATE TABLE displayed (
  chat INTEGER NOT NULL PRIMARY KEY REFERENCES chat (id) ON DELETE CASCADE,
  message INTEGER NOT NULL REFERENCES message (row) ON DELETE CASCADE,
  -- id of the newest message among these whose sender wants to hear it
  marker TEXT
) STRICT;
CREATE INDEX displayed_message ON displayed (message);
`;
