/** What belongs to an account beside its messages. */
export const accounts = `
CREATE TABLE account (
  jid TEXT NOT NULL PRIMARY KEY,
  resource TEXT NOT NULL,
  mechanism TEXT
) STRICT;

CREATE TABLE room (
  account TEXT NOT NULL,
  jid TEXT NOT NULL,
  nick TEXT NOT NULL,
  password TEXT,
  autojoin INTEGER NOT NULL,
  PRIMARY KEY (account, jid)
) STRICT, WITHOUT ROWID;

-- account '' is for the settings of the program
CREATE TABLE setting (
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE roster (
  account TEXT NOT NULL PRIMARY KEY,
  version TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE roster_item (
  account TEXT NOT NULL,
  jid TEXT NOT NULL,
  name TEXT NOT NULL,
  -- JSON array
  groups TEXT NOT NULL,
  subscription TEXT NOT NULL,
  ask INTEGER NOT NULL,
  approved INTEGER NOT NULL,
  PRIMARY KEY (account, jid)
) STRICT, WITHOUT ROWID;

CREATE TABLE last_seen (
  account TEXT NOT NULL,
  jid TEXT NOT NULL,
  time INTEGER NOT NULL,
  show TEXT NOT NULL,
  status TEXT NOT NULL,
  PRIMARY KEY (account, jid)
) STRICT, WITHOUT ROWID;
`;
