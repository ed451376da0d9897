/** An archive on the fake server that answers when the test says so, over one stream or two. */
import { EventEmitter, once } from 'node:events';
import type { Element } from '../../src/xmpp/stanza.ts';
import { fin, NS_MAM, result } from '../xmpp/archive/fake-archive.ts';
import type { FakeConnection } from './fake-server.ts';

/** A question for a page that waits for its answer. */
export interface Question {
  readonly connection: FakeConnection;
  /** Gives a page of so many messages; unless it is `complete` there is more. */
  answer(name: string, page?: { messages?: number; complete?: boolean }): void;
}

export class PagedArchive extends EventEmitter<{ question: [Question] }> {
  /** oldest first */
  readonly questions: Question[] = [];

  /** Takes a stanza of a client; false: it is no question for a page. */
  take(iq: Element, connection: FakeConnection): boolean {
    const queryId = iq.getChild('query', NS_MAM)?.attrs.queryid;
    if (queryId === undefined) return false;
    const question: Question = {
      connection,
      answer(name, { messages = 1, complete = false } = {}) {
        const ids = Array.from({ length: messages }, (_, at) => `${name}-${at + 1}`);
        const inner = (id: string) =>
          `<message xmlns='jabber:client' from='romeo@localhost/x' to='juliet@localhost' type='chat' id='m-${id}'>` +
          `<body>${id}</body></message>`;
        for (const id of ids) connection.write(result({ queryId, id, inner: inner(id) }));
        const [first, last] = [ids[0], ids.at(-1)];
        const ends = { ...(first && { first }), ...(last && { last }), complete: String(complete) };
        connection.answer(iq, fin(ends));
      },
    };
    this.questions.push(question);
    this.emit('question', question);
    return true;
  }

  /** Resolves to the first question that comes from now on. */
  async next(): Promise<Question> {
    return (await once(this, 'question'))[0] as Question;
  }

  /** Answers until a question comes over another stream than the first; resolves to that one, which is open. */
  async onSecond(first: FakeConnection | undefined, question: Question): Promise<Question> {
    let [open, messages] = [question, 250];
    for (let page = 1; open.connection === first; page += 1) {
      const next = this.next();
      open.answer(`page${page}`, { messages });
      [open, messages] = [await next, 1];
    }
    return open;
  }
}
