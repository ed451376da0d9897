/** Disco answers by caps hash. `id` grows with every put, so that the oldest can be dropped. */
export const capabilities = `
CREATE TABLE capability (
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  answer TEXT NOT NULL
) STRICT;
`;
