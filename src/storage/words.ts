/** The index of words (FTS5), of what is searched. docs/decisions/commits.md */
import type { Database } from './sql.ts';

/** Rows are indexed in their order, and a row is never given twice: what is above the last one is not in it yet. */
const NOT_INDEXED = 'row > coalesce((SELECT max(id) FROM message_text_docsize), 0)';

const INDEX = `INSERT INTO message_text (rowid, body) SELECT row, body FROM message WHERE ${NOT_INDEXED}`;
const IS_BEHIND = `SELECT 1 FROM message WHERE ${NOT_INDEXED} LIMIT 1`;

export interface Words {
  /** A message was kept in the open transaction: before that ends its words are in the index. */
  kept(): void;
  /** What follows finds every message, also what this transaction or an older version of the program kept. */
  complete(): void;
}

export function words(database: Database): Words {
  // Together: between two statements that touch it, FTS5 writes what it has to the disk, as a part of its own.
  const index = () => {
    database.statement(INDEX).run();
  };
  return {
    kept: () => database.atLast(index),
    complete() {
      if (database.statement(IS_BEHIND).get() !== undefined) database.whole(index);
    },
  };
}
