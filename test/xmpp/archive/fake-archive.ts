/** An archive played by the test: it answers queries, well or badly. */
import { features } from '../../../src/xmpp/features.ts';
import { type Element, x } from '../../../src/xmpp/stanza.ts';
import { FakeSession } from '../../support/fake-session.ts';

export const OWN = 'juliet@example.org';
export const ROOM = 'verona@muc.example.org';
export const ROMEO = 'romeo@example.net/orchard';
export const NS_MAM = 'urn:xmpp:mam:2';
export const NOT_FOUND =
  "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
const NS_RSM = 'http://jabber.org/protocol/rsm';

export function start() {
  const session = new FakeSession();
  const api = features(session, { version: '1', languages: ['en'] });
  const heard: unknown[] = [];
  api.messages.on('received', (message) => heard.push(message.body));
  api.messages.on('bounced', (message) => heard.push(message.id));
  api.rooms.on('message', ({ message }) => heard.push(message.body));
  return { session, api, heard };
}

export const body = (text: string) =>
  `<message xmlns='jabber:client' from='${ROMEO}' to='${OWN}' type='chat' id='m-${text}'><body>${text}</body></message>`;
export const said = (nick: string, text: string, more = '') =>
  `<message xmlns='jabber:client' from='${ROOM}/${nick}' type='groupchat'><body>${text}</body>${more}</message>`;
const DELAY = "<delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25Z'/>";

export interface ResultParts {
  readonly from?: string | undefined;
  readonly queryId: string;
  readonly id: string;
  readonly inner?: string;
  readonly delay?: string;
  readonly rest?: string;
}

export const result = ({ from, queryId, id, inner, delay = DELAY, rest = '' }: ResultParts): string =>
  `<message ${from === undefined ? '' : `from='${from}'`} to='${OWN}/balcony'>` +
  `<result xmlns='${NS_MAM}' queryid='${queryId}' id='${id}'>` +
  `<forwarded xmlns='urn:xmpp:forward:0'>${delay}${inner ?? body(id)}</forwarded></result>${rest}</message>`;

export const fin = (parts: { first?: string; last?: string; count?: number; complete?: string } = {}) =>
  `<fin xmlns='${NS_MAM}'${parts.complete === undefined ? '' : ` complete='${parts.complete}'`}>` +
  `<set xmlns='${NS_RSM}'>` +
  (parts.first === undefined ? '' : `<first index='0'>${parts.first}</first>`) +
  (parts.last === undefined ? '' : `<last>${parts.last}</last>`) +
  (parts.count === undefined ? '' : `<count>${parts.count}</count>`) +
  '</set></fin>';

/** What a query asked for. */
export function asked(iq: Element | undefined) {
  const query = iq?.getChild('query', NS_MAM);
  const set = query?.getChild('set', NS_RSM);
  const fields = query?.getChild('x', 'jabber:x:data')?.getChildren('field') ?? [];
  return {
    to: iq?.attrs.to,
    type: iq?.attrs.type,
    queryId: query?.attrs.queryid ?? '',
    flip: query?.getChild('flip-page') !== undefined,
    max: set?.getChildText('max') ?? undefined,
    after: set?.getChildText('after') ?? undefined,
    before: set?.getChildText('before') ?? undefined,
    fields: Object.fromEntries(
      fields.map((field) => [field.attrs.var, field.getChildren('value').map((value) => value.getText())]),
    ),
  };
}

export type Asked = ReturnType<typeof asked>;

/**
 * Answers every query with what `pageOf` gives for it: ids of results, and how it ends. Messages named in `ids` say
 * their id.
 */
export function answers(
  session: FakeSession,
  pageOf: (query: Asked) => { ids: readonly string[]; fin: string },
): Asked[] {
  const queries: Asked[] = [];
  session.whenAsked('set', 'query', NS_MAM, (iq) => {
    const query = asked(iq);
    queries.push(query);
    const page = pageOf(query);
    for (const id of page.ids) session.receive(result({ from: query.to, queryId: query.queryId, id }));
    return page.fin;
  });
  return queries;
}

/** An archive as it should be: all ids, paged forwards. */
export function goodArchive(session: FakeSession, all: readonly string[]): Asked[] {
  return answers(session, ({ after, max }) => {
    const begin = after === undefined ? 0 : all.indexOf(after) + 1;
    const ids = all.slice(begin, begin + Number(max));
    const [first] = ids;
    const last = ids.at(-1);
    const complete = String(begin + ids.length >= all.length);
    return { ids, fin: fin({ ...(first && { first }), ...(last && { last }), count: all.length, complete }) };
  });
}

/** Says in disco what an archive can. */
export function announces(session: FakeSession, jid: string, ...features: string[]): void {
  const NS = 'http://jabber.org/protocol/disco#info';
  session.whenAsked(
    'get',
    'query',
    NS,
    () => x('query', { xmlns: NS }, ...features.map((feature) => x('feature', { var: feature }))),
    jid,
  );
}
