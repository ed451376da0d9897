/** Everything that can be learnt of one JID, and people found by a search. */

import type { DirectoryFields } from '../xmpp/directory.ts';
import { StanzaError, UnsupportedFeatureError } from '../xmpp/errors.ts';
import type { Features } from '../xmpp/features.ts';
import { bareOf } from './address.ts';
import type { Contacts } from './contacts.ts';
import { checkFilled, type Filled, type FilledForm, formValues, readableForm } from './form.ts';
import type { Device, ResourceDetails, UserDetails, UserRow } from './people.ts';
import type { ChatRooms } from './rooms.ts';

/** milliseconds one peer has for each question */
const PATIENCE = { timeout: 5_000 };

interface Sources {
  readonly features: Features;
  readonly contacts: Contacts;
  readonly rooms: ChatRooms;
  readonly domain: string;
}

const quietly = <T>(question: Promise<T>): Promise<T | undefined> => question.catch(() => undefined);

/** Asks the JID's server and each of its resources, in parallel; what does not answer is absent. */
export async function detailsOf(jid: string, { features, contacts, rooms }: Sources): Promise<UserDetails> {
  const contact = contacts.get(jid);
  let failure: string | undefined;
  const card = features.vcard.get(jid, PATIENCE).catch((error: unknown) => {
    if (error instanceof StanzaError) failure = error.condition;
    return undefined;
  });
  const there = contacts.resources(jid);
  const [vcard, last, blocked, resources] = await Promise.all([
    card,
    there.length === 0 ? quietly(features.lastActivity.ask(jid, PATIENCE)) : undefined,
    quietly(features.blocking.list()),
    Promise.all(there.map((resource) => resourceDetails(features, jid, resource))),
  ]);
  return {
    jid,
    name: contact?.name,
    groups: contact?.groups,
    subscription: contact?.subscription,
    ask: contact?.ask,
    blocked: blocked?.includes(jid),
    resources,
    lastSeen: last === undefined ? contact?.lastSeen : Date.now() - last.seconds * 1000,
    vcard,
    sharedRooms: sharedRooms(rooms, jid),
    failure: contact === undefined && there.length === 0 && vcard === undefined ? failure : undefined,
  };
}

/** What is logged in to the account: the server tells each of the others (RFC 6121 §4.2.2). This one is the first. */
export async function devicesOf(own: string, { features, contacts }: Sources): Promise<Device[]> {
  const bare = bareOf(own);
  const all = await Promise.all(
    contacts.resources(bare).map(async (resource) => ({
      ...(await resourceDetails(features, bare, resource)),
      current: `${bare}/${resource.resource}` === own,
    })),
  );
  return all.sort((a, b) => Number(b.current) - Number(a.current));
}

async function resourceDetails(
  features: Features,
  bare: string,
  resource: ResourceDetails,
): Promise<ResourceDetails> {
  const jid = `${bare}/${resource.resource}`;
  const [version, time, last] = await Promise.all([
    quietly(features.version.ask(jid, PATIENCE)),
    quietly(features.time.ask(jid, PATIENCE)),
    quietly(features.lastActivity.ask(jid, PATIENCE)),
  ]);
  return {
    ...resource,
    client:
      version === undefined ? resource.client : [version.name, version.version].filter(Boolean).join(' '),
    time: time === undefined ? undefined : clockThere(time),
    idleSeconds: last?.seconds,
  };
}

/** `14:03 +01:00`: what the clock shows there now. XEP-0202 §2. */
function clockThere({
  time,
  offset,
  offsetMinutes,
}: {
  time: number;
  offset: string;
  offsetMinutes: number;
}) {
  return `${new Date(time + offsetMinutes * 60_000).toISOString().slice(11, 16)} ${offset}`;
}

function sharedRooms(rooms: ChatRooms, jid: string): { room: string; nick: string }[] {
  return rooms
    .list()
    .flatMap(({ room, occupants }) =>
      occupants
        .filter(
          (occupant) =>
            occupant.jid !== undefined && (occupant.jid === jid || occupant.jid.startsWith(`${jid}/`)),
        )
        .map(({ nick }) => ({ room, nick })),
    );
}

export interface Found {
  readonly users: UserRow[];
  readonly domain: string;
  /** what the answer stands on */
  readonly complete: 'directory' | 'needs-text' | 'no-directory';
}

/**
 * The server's directory (XEP-0055), and the people known from elsewhere: where it has none, or wants a text, all of
 * them, and in a search those with that text in name or JID.
 */
export async function findUsers(query: string | undefined, sources: Sources): Promise<Found> {
  const { features, domain } = sources;
  try {
    const found = await features.directory.search(query);
    const users = found.users.map((user) => ({ ...user, from: 'directory' as const }));
    const complete = found.needsText ? 'needs-text' : 'directory';
    // Who lists everybody has them all; a search finds those alone who entered themselves, which few do.
    if (query === undefined && complete === 'directory') return { users, domain, complete };
    const listed = new Set(users.map(({ jid }) => jid));
    const others = known(query, sources).filter(({ jid }) => !listed.has(jid));
    return { users: [...users, ...others], domain, complete };
  } catch (error) {
    if (!(error instanceof UnsupportedFeatureError)) throw error;
    return { users: known(query, sources), domain, complete: 'no-directory' };
  }
}

/** The fields of the server's directory, as a form to fill in. Rejects with UnsupportedFeatureError where it has none. */
export async function directoryForm({ features }: Pick<Sources, 'features'>): Promise<DirectoryForm> {
  const fields = await features.directory.fields();
  const { form, names } = fields;
  const plain = () => names.map((name) => ({ name, label: name, kind: 'text', required: false }) as const);
  return { fields, form: form === undefined ? { instructions: '', fields: plain() } : readableForm(form) };
}

/** What a directory asks, and how it is read by a person. */
export interface DirectoryForm {
  readonly fields: DirectoryFields;
  readonly form: FilledForm;
}

/** People found by what was filled in. Throws ChatError `field-…`; rejects with what the directory says. */
export async function findUsersBy(
  { fields, form }: DirectoryForm,
  filled: Filled,
  { features, domain }: Pick<Sources, 'features' | 'domain'>,
): Promise<Found> {
  checkFilled(form, filled);
  const values = fields.form === undefined ? filled : formValues(fields.form, filled);
  const users = await features.directory.searchBy(fields, values as Record<string, string>);
  return {
    users: users.map((user) => ({ ...user, from: 'directory' })),
    domain,
    complete: 'directory',
  };
}

/** People of the roster, and those met in rooms that show real JIDs; not oneself. */
function known(query: string | undefined, { contacts, rooms }: Sources): UserRow[] {
  const people = new Map<string, UserRow>();
  for (const { room, nick: own, occupants } of rooms.list())
    for (const { jid, nick } of occupants) {
      const bare = jid?.replace(/\/.*$/s, '');
      if (bare !== undefined && nick !== own)
        people.set(bare, { jid: bare, name: `${nick} (${room})`, from: 'room' });
    }
  for (const { jid, name } of contacts.list())
    people.set(jid, { jid, name: name || undefined, from: 'roster' });
  const wanted = query?.toLocaleLowerCase() ?? '';
  return [...people.values()].filter(({ jid, name }) =>
    `${jid} ${name ?? ''}`.toLocaleLowerCase().includes(wanted),
  );
}
