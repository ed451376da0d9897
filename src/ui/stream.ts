/** Writes what an action streams, page after page: to a new file, or to whatever takes lines. */
import { type FileHandle, open, unlink } from 'node:fs/promises';
import type { Ended, Streaming } from '../actions/action.ts';
import { rowRecord } from '../actions/records.ts';
import type { Row } from '../actions/rows.ts';
import type { Catalogue } from '../i18n/catalogue.ts';
import { safeLine } from './json.ts';
import { transcript } from './stream/transcript.ts';

export type Format = 'text' | 'jsonl';

export interface StreamFace {
  readonly words: Catalogue;
  /** where the stream names no file: takes lines without the last line break, resolves when it can take more */
  write(lines: string): Promise<void>;
  /** where neither the action nor the name of its file says one */
  readonly format: Format;
  readonly signal: AbortSignal;
}

/**
 * Resolves to how it ended. A file that exists is left as it is (EEXIST); one that was begun and could not be finished
 * is removed. Rejects with what the file system says, with the signal's reason, or with what `write` throws.
 */
export async function writeStream(stream: Streaming, face: StreamFace): Promise<Ended> {
  const format = stream.format ?? formatOf(stream.output) ?? face.format;
  const pages = textOf(stream.pages, format, face.words);
  const first = pages.next();
  if (first.done === true) return { kind: 'rows', rows: [], empty: stream.empty };
  const counted = await (stream.output === undefined
    ? copy(first.value, pages, face, face.write)
    : copyToFile(first.value, pages, face, stream.output));
  return { kind: 'done', notice: stream.done(counted) };
}

/** By the name of the file. */
function formatOf(path: string | undefined): Format | undefined {
  return path !== undefined && /\.(jsonl|ndjson|json)$/i.test(path) ? 'jsonl' : undefined;
}

interface Page {
  readonly lines: string;
  readonly count: number;
}

/** Lines, as much as one page gives. */
export function* textOf(
  pages: Iterable<readonly Row[]>,
  format: Format,
  words: Catalogue,
): Generator<Page, undefined> {
  const lines = transcript(words);
  const lineOf = (row: Row) =>
    format === 'text' && row.type === 'message' ? lines(row) : [safeLine(rowRecord(row))];
  for (const rows of pages)
    if (rows.length > 0) yield { lines: rows.flatMap(lineOf).join('\n'), count: rows.length };
  return undefined;
}

async function copy(
  first: Page,
  others: Iterable<Page>,
  { signal }: Pick<StreamFace, 'signal'>,
  write: (lines: string) => Promise<void>,
): Promise<number> {
  signal.throwIfAborted();
  await write(first.lines);
  let { count } = first;
  for (const page of others) {
    signal.throwIfAborted();
    await write(page.lines);
    count += page.count;
  }
  return count;
}

/** Made anew, for its owner alone: what is in it was said in confidence. */
async function copyToFile(
  first: Page,
  others: Iterable<Page>,
  face: StreamFace,
  path: string,
): Promise<number> {
  const file: FileHandle = await open(path, 'wx', 0o600);
  try {
    const count = await copy(first, others, face, (lines) => file.writeFile(`${lines}\n`));
    await file.sync();
    await file.close();
    return count;
  } catch (error) {
    await file.close().catch(() => undefined);
    await unlink(path).catch(() => undefined);
    throw error;
  }
}
