/** An archive (XEP-0313) on the session of a test: what is put into it, it gives, as it should or as it should not. */
import type { FakeSession } from '../support/fake-session.ts';
import { asked, fin, NOT_FOUND, NS_MAM, result } from '../xmpp/archive/fake-archive.ts';
import { ACCOUNT, ROMEO } from './support.ts';

export { NS_MAM } from '../xmpp/archive/fake-archive.ts';

type Forgets = 'nothing' | 'says so' | 'begins anew';

interface Kept {
  readonly id: string;
  readonly xml: string;
  readonly time: number;
}

/** Archives that count in seconds give what is a little older, too: Prosody does. */
const wholeSecond = (stamp: string): number => Math.floor(Date.parse(stamp) / 1000) * 1000;

export class FakeArchive {
  readonly kept: Kept[] = [];
  /** what it was asked, oldest first */
  readonly queries: ReturnType<typeof asked>[] = [];
  /** it does not know the id of the next question any more, and says so or begins anew, each time */
  forgets: Forgets = 'nothing';
  readonly #forgotten = new Map<string, Forgets>();
  /** XML of an error that it answers with */
  fails: string | undefined;

  constructor(session: FakeSession, jid: string = ACCOUNT) {
    session.whenAsked(
      'set',
      'query',
      NS_MAM,
      (iq) => {
        const query = asked(iq);
        this.queries.push(query);
        if (this.fails !== undefined) return this.fails;
        const page = this.#page(query);
        if (page === undefined) return NOT_FOUND;
        for (const { id, xml, time } of page.items) {
          const delay = `<delay xmlns='urn:xmpp:delay' stamp='${new Date(time).toISOString()}'/>`;
          session.receive(result({ from: query.to, queryId: query.queryId, id, inner: xml, delay }));
        }
        const [first, last] = [page.items[0]?.id, page.items.at(-1)?.id];
        return fin({ ...(first && { first }), ...(last && { last }), complete: String(page.complete) });
      },
      ...(jid === ACCOUNT ? [] : [jid]),
    );
  }

  /** Keeps what romeo says to us, or what `attributes` say; seconds after the beginning of 2026. */
  add(id: string, body: string, { seconds = this.kept.length, attributes = '', more = '' } = {}): void {
    const head = attributes || `from='${ROMEO}/orchard' to='${ACCOUNT}' type='chat' id='m-${id}'`;
    const xml = `<message xmlns='jabber:client' ${head}><body>${body}</body>${more}</message>`;
    this.kept.push({ id, xml, time: Date.UTC(2026, 0, 1) + seconds * 1000 });
  }

  #page({ after, before, max, fields }: ReturnType<typeof asked>) {
    const limit = Number(max ?? 100);
    const start = fields.start?.[0] === undefined ? Number.NEGATIVE_INFINITY : wholeSecond(fields.start[0]);
    const end = fields.end?.[0] === undefined ? Number.POSITIVE_INFINITY : Date.parse(fields.end[0]);
    const all = this.kept.filter(
      ({ xml, time }) => time >= start && time <= end && xml.includes(fields.with?.[0] ?? ''),
    );
    const id = after ?? before ?? '';
    if (id !== '' && this.forgets !== 'nothing') {
      this.#forgotten.set(id, this.forgets);
      this.forgets = 'nothing';
    }
    const forgotten = this.#forgotten.get(id);
    if (forgotten === 'says so') return undefined;
    const known = id !== '' && forgotten === undefined;
    const at = all.findIndex((kept) => kept.id === id);
    if (before !== undefined) {
      const older = known ? all.slice(0, at) : all;
      return { items: older.slice(-limit), complete: older.length <= limit };
    }
    const newer = known ? all.slice(at + 1) : all;
    return { items: newer.slice(0, limit), complete: newer.length <= limit };
  }
}
