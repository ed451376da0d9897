/** Own corrections, retractions and reactions: like messages, what is queued or sent here is their outbox. */
export const amendments = `
CREATE TABLE amendment (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  message INTEGER NOT NULL REFERENCES message (row) ON DELETE CASCADE,
  id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('correction', 'retraction', 'reaction')),
  -- the new text, or the emojis as a JSON array; '' for a retraction
  content TEXT NOT NULL,
  -- milliseconds since 1970
  time INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'acked', 'failed')),
  failure TEXT,
  failure_text TEXT,
  -- row of the newest message when it was made: what was written later goes out later
  after INTEGER NOT NULL
) STRICT;
CREATE INDEX amendment_of_message ON amendment (message, row);
CREATE INDEX amendment_by_id ON amendment (id);
CREATE INDEX amendment_pending ON amendment (row) WHERE state IN ('queued', 'sent');
`;
