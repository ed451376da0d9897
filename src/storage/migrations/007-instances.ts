/** Which runs there were, what each left, and which message each has on its way. */
export const instances = `
CREATE TABLE instance (
  account TEXT NOT NULL,
  -- names its lock and, in message, what it writes
  key TEXT NOT NULL PRIMARY KEY,
  resource TEXT NOT NULL,
  -- 1: the user wanted this resource
  given INTEGER NOT NULL,
  -- 1: it stays online, and what it leaves may be resumed
  resumes INTEGER NOT NULL,
  -- of XEP-0198; NULL: nothing to resume
  stream TEXT,
  jid TEXT,
  location TEXT,
  inbound INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- the key of the instance that wrote it last, and the number of the stanza in its stream
ALTER TABLE message ADD COLUMN writer TEXT;
ALTER TABLE message ADD COLUMN sequence INTEGER;
`;
