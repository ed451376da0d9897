/** Version 13: files that wait until somebody is online. `writer`: the process that sends it, if any. */
export const waitingFiles = `
CREATE TABLE waiting_file (
  account TEXT NOT NULL,
  id TEXT NOT NULL,
  path TEXT NOT NULL,
  peer TEXT NOT NULL,
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  modified REAL NOT NULL,
  writer INTEGER,
  PRIMARY KEY (account, id)
);
`;
