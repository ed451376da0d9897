/** What the stores see of the database: text of SQL in, rows out. Everything throws StorageError. */

export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;

export interface Statement {
  /** resolves to the last row id and the number of rows changed */
  run(...values: Value[]): { row: number; changes: number };
  get(...values: Value[]): Row | undefined;
  all(...values: Value[]): Row[];
}

export interface Database {
  readonly path: string;
  /** Prepared at the first call, kept until close(). */
  statement(sql: string): Statement;
  execute(sql: string): void;
  /**
   * As `transaction`, where none is open; else part of the open one, which has to fail with it. Saves what a transaction
   * within another costs, for what a message does several times.
   */
  whole<T>(work: () => T): T;
  /** A transaction that stays open until one of these is called, in the same turn; the other does nothing then. */
  hold(): { keep(): void; drop(): void };
  /**
   * Runs `work` as the last of the open transaction, once however often it is asked for the same function; at once
   * where none is open. What it throws undoes the transaction.
   */
  atLast(work: () => void): void;
  /** The number that a pragma holds. */
  pragma(name: 'user_version' | 'application_id'): number;
  /** All of `work` is kept, or none. Nests. */
  transaction<T>(work: () => T): T;
  /** Writes the log into the database file and gives back pages that hold nothing; as far as others allow it. */
  compact(): void;
  close(): void;
}
