/** Version 11: files received in part. `writer`: the process that writes to it, if any. */
export const partialFiles = `
CREATE TABLE partial_file (
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  path TEXT NOT NULL,
  validator TEXT NOT NULL,
  writer INTEGER,
  PRIMARY KEY (account, key)
) WITHOUT ROWID;
`;
