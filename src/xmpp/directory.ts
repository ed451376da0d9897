/** XEP-0055 Jabber Search, version 1.3. https://xmpp.org/extensions/xep-0055.html */
import { setMaxListeners } from 'node:events';
import type { Disco, Service } from './disco.ts';
import { StanzaError, TimeoutError, UnsupportedFeatureError, XmppError } from './errors.ts';
import { type Form, parseForm, xSubmit } from './forms.ts';
import { localOf, parseJid } from './jid.ts';
import type { Session } from './session/session.ts';
import { child, type Element, elements, x } from './stanza.ts';

export const NS = 'jabber:iq:search';

export interface DirectoryUser {
  /** bare JID */
  readonly jid: string;
  readonly userName: string | undefined;
  readonly name: string | undefined;
  readonly email: string | undefined;
}

export interface DirectoryAnswer {
  /** one row for each JID */
  readonly users: readonly DirectoryUser[];
  /** true where the server does not list everyone: `users` is what could be had, ask again with a text */
  readonly needsText: boolean;
}

/** What a directory can be asked for: the names of its fields, by its form or in its own elements. */
export interface SearchFields {
  readonly form: Form | undefined;
  readonly names: readonly string[];
}

/** Values by name of field; one request. */
export type SearchQuery = Readonly<Record<string, string | boolean>>;

/** milliseconds for each request; some are never answered */
const DEADLINE = 5_000;
/** milliseconds that the rest still has when somebody was found */
const GRACE = 1_000;

/** Reads what a directory asks for (§2.1, §3). A form counts before single fields. */
export function parseSearchFields(iq: Element): SearchFields | undefined {
  const query = child(iq, 'query', NS);
  if (query === undefined) return undefined;
  const form = parseForm(query);
  if (form !== undefined) return { form, names: form.fields.map(({ name }) => name) };
  const fields = elements(query).filter((node) => node.getNS() === NS && node.getName() !== 'instructions');
  return { form: undefined, names: fields.map((node) => node.getName()) };
}

const filled = (text: string | undefined) => text?.trim() || undefined;

function userOf(values: ReadonlyMap<string, string>): DirectoryUser | undefined {
  const jid = parseJid(values.get('jid'))?.bare;
  if (jid === undefined) return undefined;
  const value = (name: string) => filled(values.get(name));
  const parts = [value('first'), value('last')].filter((part) => part !== undefined).join(' ');
  return {
    jid,
    userName: value('user') ?? value('username') ?? localOf(jid),
    name: value('fn') ?? value('name') ?? filled(parts) ?? value('nick'),
    email: value('email'),
  };
}

/** Reads the people found, by form or in single elements (§2.1, §3); rows without a JID are left out. */
export function parseUsers(iq: Element): DirectoryUser[] | undefined {
  const query = child(iq, 'query', NS);
  if (query === undefined) return undefined;
  const rows = (parseForm(query)?.items ?? []).map(
    (item) => new Map([...item].map(([name, values]) => [name.toLowerCase(), values.join(' ')])),
  );
  for (const item of query.getChildren('item', NS)) {
    const fields = elements(item).filter((node) => node.getNS() === NS);
    rows.push(
      new Map([
        ['jid', item.attrs.jid ?? ''],
        ...fields.map((node) => [node.getName(), node.getText()] as const),
      ]),
    );
  }
  return rows.map(userOf).filter((user) => user !== undefined);
}

function xQuery(to: string, { form }: SearchFields, query: SearchQuery): Element {
  const payload =
    form === undefined
      ? Object.entries(query).map(([name, value]) => x(name, {}, String(value)))
      : [xSubmit(form, query)];
  return x('iq', { type: 'set', to }, x('query', { xmlns: NS }, ...payload));
}

/** One field for a text, with a switch for each column that it shall be looked for in (Openfire). */
function switches({ form }: SearchFields, text: string): SearchQuery | undefined {
  if (!form?.fields.some(({ name }) => name === 'search')) return undefined;
  const columns = form.fields
    .filter(({ type }) => type === 'boolean')
    .map(({ name }) => [name, true] as const);
  return Object.fromEntries([['search', text] as const, ...columns]);
}

const COLUMNS = ['user', 'username', 'fn', 'name', 'nick', 'first', 'last', 'email'];

/** What to ask so that everyone comes; the service decides which of it works. */
export function everyoneQueries(fields: SearchFields): SearchQuery[] {
  const switched = switches(fields, '*');
  if (switched !== undefined) return [switched];
  const columns = COLUMNS.filter((name) => fields.names.includes(name));
  return [
    {},
    ...columns.filter((name) => !['first', 'last', 'name'].includes(name)).map((name) => ({ [name]: '*' })),
  ];
}

/**
 * What to ask for a text. One field at a time, as services join several by "and"; exactly and by its beginning, as
 * ejabberd's own database finds nothing by wildcards. Without a form each field is asked together with the e-mail too:
 * mod_vjud of Prosody 0.12 joins by "or", and answers only requests that fill in the e-mail.
 */
export function textQueries(fields: SearchFields, text: string, domain: string): SearchQuery[] {
  const switched = switches(fields, `*${text}*`);
  if (switched !== undefined)
    return [switched, ...[switches(fields, text)].filter((query) => query !== undefined)];
  const columns = COLUMNS.filter((name) => fields.names.includes(name));
  const local = text.includes('@') ? (localOf(parseJid(text)?.bare ?? '') ?? text) : text;
  const valueFor = (name: string) => (name === 'user' || name === 'username' ? local : text);
  if (fields.form !== undefined) {
    return columns.flatMap((name) => [{ [name]: valueFor(name) }, { [name]: `${valueFor(name)}*` }]);
  }
  const single = columns.map((name) => ({ [name]: valueFor(name) }));
  if (!columns.includes('email')) return single;
  const others = columns.filter((name) => name !== 'email');
  const together = Object.fromEntries(columns.map((name) => [name, valueFor(name)]));
  const address = text.includes('@') ? [] : [{ email: `${local}@${domain}` }];
  return [
    together,
    ...others.map((name) => ({ [name]: valueFor(name), email: text })),
    ...address,
    ...single,
  ];
}

function merge(found: readonly DirectoryUser[]): DirectoryUser[] {
  const users = new Map<string, DirectoryUser>();
  for (const user of found) {
    const { userName, name, email } = users.get(user.jid) ?? {};
    users.set(user.jid, {
      jid: user.jid,
      userName: userName ?? user.userName,
      name: name ?? user.name,
      email: email ?? user.email,
    });
  }
  return [...users.values()];
}

export interface Directory {
  /**
   * Looks for people by user name, name or e-mail; without a text for everyone, where the server lets that be. Takes
   * 5 s at most after the services are known, however many requests stay unanswered. Rejects with
   * UnsupportedFeatureError where there is no directory, with XmppError `directory-own-fields`, StanzaError, TimeoutError or DisconnectedError where
   * none of its services answered anything usable.
   */
  search(text?: string): Promise<DirectoryAnswer>;
  /** What the first directory that answers can be asked for. Rejects as `search` does. §2.1, §3 */
  fields(): Promise<DirectoryFields>;
  /** Asks one directory by its own fields; empty ones are not sent without a form. Rejects with StanzaError, TimeoutError. */
  searchBy(fields: DirectoryFields, query: SearchQuery): Promise<readonly DirectoryUser[]>;
}

/** A directory and what it can be asked for. */
export interface DirectoryFields extends SearchFields {
  /** JID */
  readonly service: string;
}

/** The user directories of our server: its services, and the domain itself. */
export function directory({
  session,
  disco,
}: {
  session: Pick<Session, 'request' | 'domain'>;
  disco: Pick<Disco, 'services' | 'silent'>;
}): Directory {
  const isDirectory = ({ info }: Service) =>
    info.features.includes(NS) && !info.identities.some(({ category }) => category === 'conference');

  const fieldsOf = async (service: string): Promise<SearchFields> => {
    const iq = x('iq', { type: 'get', to: service }, x('query', { xmlns: NS }));
    const fields = parseSearchFields(await session.request(iq, { timeout: DEADLINE }));
    if (fields === undefined) throw new UnsupportedFeatureError(NS, service);
    return fields;
  };

  /** Asks everything at once; when somebody was found, what is still unanswered has one second more. */
  async function ask(service: string, fields: SearchFields, queries: readonly SearchQuery[]) {
    const enough = new AbortController();
    setMaxListeners(0, enough.signal);
    let timer: NodeJS.Timeout | undefined;
    const requests = queries.map(async (query) => {
      const iq = xQuery(service, fields, query);
      const answer = await session.request(iq, { timeout: DEADLINE, signal: enough.signal });
      const users = parseUsers(answer) ?? [];
      if (users.length > 0) timer ??= setTimeout(() => enough.abort(), GRACE);
      return users;
    });
    const results = await Promise.allSettled(requests);
    clearTimeout(timer);
    const answered = results.filter((result) => result.status === 'fulfilled');
    const failed = results.find((result) => result.status === 'rejected');
    return {
      users: answered.flatMap(({ value }) => value),
      answered: answered.length > 0,
      error: failed?.reason,
    };
  }

  async function everyone(service: string): Promise<DirectoryAnswer> {
    const fields = await fieldsOf(service);
    const { users } = await ask(service, fields, everyoneQueries(fields));
    if (users.length > 0) return { users, needsText: false };
    // Nobody came: those whose address is on this server are better than none.
    if (fields.form !== undefined || !fields.names.includes('email')) return { users, needsText: true };
    const some = await ask(service, fields, [{ email: session.domain }]);
    return { users: some.users, needsText: true };
  }

  async function byText(service: string, text: string): Promise<DirectoryAnswer> {
    const fields = await fieldsOf(service);
    const queries = textQueries(fields, text, session.domain);
    // It has fields of its own alone: what a text would be compared with is not known.
    if (queries.length === 0) throw new XmppError('directory-own-fields', service);
    const { users, answered, error } = await ask(service, fields, queries);
    // A text that is too short is refused, though not by every field.
    const refused = error instanceof StanzaError && error.type === 'modify';
    if (answered || refused) return { users, needsText: users.length === 0 && refused };
    throw error;
  }

  async function directories(): Promise<readonly Service[]> {
    const services = (await disco.services()).filter(isDirectory);
    if (services.length === 0 && disco.silent) throw new TimeoutError();
    if (services.length === 0) throw new UnsupportedFeatureError(NS, session.domain);
    return services;
  }

  return {
    async fields() {
      const asked = (await directories()).map(async ({ jid: service }) => ({
        service,
        ...(await fieldsOf(service)),
      }));
      const answers = await Promise.allSettled(asked);
      const first = answers.find((answer) => answer.status === 'fulfilled');
      if (first !== undefined) return first.value;
      throw answers.find((answer) => answer.status === 'rejected')?.reason;
    },

    async searchBy({ service, ...fields }, query) {
      const given = Object.entries(query).filter(([, value]) => fields.form !== undefined || value !== '');
      const iq = xQuery(service, fields, Object.fromEntries(given));
      return merge(parseUsers(await session.request(iq, { timeout: DEADLINE })) ?? []);
    },

    async search(text) {
      const wanted = filled(text);
      const services = await directories();
      const answers = await Promise.allSettled(
        services.map(({ jid }) => (wanted === undefined ? everyone(jid) : byText(jid, wanted))),
      );
      const usable = answers.filter((answer) => answer.status === 'fulfilled').map(({ value }) => value);
      const failed = answers.find((answer) => answer.status === 'rejected');
      if (usable.length === 0) throw failed?.reason;
      return {
        users: merge(usable.flatMap(({ users }) => users)),
        needsText: usable.every(({ needsText }) => needsText),
      };
    },
  };
}
