/** What others make of a message: its texts (XEP-0308, XEP-0424) and reactions (XEP-0444). */
import type { ChangedBy, Message, MessageVersion, Moderated, Reaction } from '../chat/message.ts';
import type { MessageStore } from '../chat/stores.ts';
import { jsonOf, wholeTime } from './message-row.ts';
import type { Database } from './sql.ts';

/** One text of a message; the first by `at` is the original. */
interface Text {
  readonly at: number;
  /** id of the message that brought it */
  readonly stanza: string;
  readonly body: string;
  readonly time: number;
}

/** A reaction as it is kept: with what tells which of two is the newer one. */
interface KeptReaction extends Reaction {
  readonly id?: string;
  readonly time?: number;
  /** of an occupant of a room that gives such ids (XEP-0421) */
  readonly occupantId?: string;
}

/** One who has an id is known by it under another nickname too, and nobody else under the same. */
const isBy = (reaction: KeptReaction, from: string, occupantId: string | undefined): boolean =>
  reaction.occupantId === undefined || occupantId === undefined
    ? reaction.from === from
    : reaction.occupantId === occupantId;

type Texts = Pick<MessageStore, 'correct' | 'wasCorrected' | 'retract' | 'react' | 'versions'>;

/** `get` reads a message whole. */
export function texts(database: Database, get: (row: number) => Message | undefined): Texts {
  /** The original, then the others by time. */
  function all(row: number): Text[] {
    const found = database
      .statement('SELECT id, stanza, body, time FROM version WHERE message = ? ORDER BY id')
      .all(row)
      .map(({ id, stanza, body, time }) => ({
        at: Number(id),
        stanza: String(stanza),
        body: String(body),
        time: Number(time),
      }));
    const [original, ...others] = found;
    return original === undefined ? [] : [original, ...others.sort((a, b) => a.time - b.time || a.at - b.at)];
  }

  function add(row: number, stanza: string, body: string, time: number): void {
    database
      .statement('INSERT INTO version (message, stanza, body, time) VALUES (?, ?, ?, ?)')
      .run(row, stanza, body, wholeTime(time));
  }

  /** What comes just now is newer than all that is known, whatever our clock says. */
  const timeOf = ({ time, stamped }: ChangedBy, newest: number) => (stamped ? time : Math.max(time, newest));

  /** Keeps one more text beside the original; gives when the newest was brought. */
  function addNewer(message: Message, body: string, by: ChangedBy): void {
    const known = all(message.row);
    if (known.length === 0) add(message.row, message.id, message.body, message.time);
    // The original is older than what replaces it, whichever clock its time is from.
    const newest = known.slice(1).at(-1)?.time ?? Number.NEGATIVE_INFINITY;
    add(message.row, by.id, body, timeOf(by, newest));
  }

  /** The same correction by its id and text: a careless sender may use an id again. */
  const sameText = (row: number, id: string, body: string) =>
    all(row)
      .slice(1)
      .find((text) => text.stanza === id && text.body === body);

  function correct(row: number, body: string, by: ChangedBy): Message | undefined {
    const message = get(row);
    if (message === undefined || message.retracted) return undefined;
    const again = sameText(row, by.id, body);
    if (again === undefined) addNewer(message, body, by);
    else if (by.stamped)
      database.statement('UPDATE version SET time = ? WHERE id = ?').run(wholeTime(by.time), again.at);
    const shown = all(row).at(-1)?.body ?? message.body;
    if (shown !== message.body)
      database.statement('UPDATE message SET body = ?, styled = NULL WHERE row = ?').run(shown, row);
    else if (again !== undefined) return undefined;
    return get(row);
  }

  function retract(row: number, by: ChangedBy, moderated?: Moderated): Message | undefined {
    const message = get(row);
    if (message === undefined || message.retracted) return undefined;
    addNewer(message, '', { ...by, stamped: false });
    database
      .statement(
        "UPDATE message SET retracted = 1, moderated = ?, body = '', styled = NULL, url = NULL WHERE row = ?",
      )
      .run(jsonOf(moderated), row);
    return get(row);
  }

  function react(
    row: number,
    { from, emojis }: Reaction,
    by: ChangedBy = { id: '', time: 0 },
    occupantId?: string,
  ): Message | undefined {
    const kept = database.statement('SELECT reactions FROM message WHERE row = ?').get(row);
    if (kept === undefined) return undefined;
    const before = JSON.parse(String(kept.reactions ?? '[]')) as KeptReaction[];
    const known = before.find((reaction) => isBy(reaction, from, occupantId));
    const newest = known?.time ?? Number.NEGATIVE_INFINITY;
    const again = known?.id === by.id && known.emojis.join() === emojis.join();
    // XEP-0444 §acceptable-reactions: a late one counts only where no newer one is known.
    if (by.stamped && by.time < newest && !again) return undefined;
    const time = timeOf(by, newest);
    const reaction: KeptReaction = { from, emojis, id: by.id, time, ...(occupantId && { occupantId }) };
    const all = [...before.filter((other) => other !== known), reaction];
    database.statement('UPDATE message SET reactions = ? WHERE row = ?').run(JSON.stringify(all), row);
    return again ? undefined : get(row);
  }

  return {
    correct: (row, body, by) => database.transaction(() => correct(row, body, by)),
    wasCorrected: (row, id, body) => sameText(row, id, body) !== undefined,
    retract: (row, by, moderated) => database.transaction(() => retract(row, by, moderated)),
    react: (row, reaction, by, occupantId) =>
      database.transaction(() => react(row, reaction, by, occupantId)),
    versions(row): MessageVersion[] {
      const known = all(row);
      return known.slice(0, -1).map(({ body }, at) => ({ body, time: known[at + 1]?.time ?? 0 }));
    },
  };
}
