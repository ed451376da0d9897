/** Choosing somebody: from the contacts by number, or any JID typed, with Tab completing those known. */
import { domainOf, parseAddress } from '../../chat/address.ts';
import type { Contact } from '../../chat/events.ts';
import { presenceText } from '../conversation/names.ts';
import type { Face, Seat } from '../face.ts';
import { brief, sanitize } from '../sanitize.ts';
import type { Completion } from '../terminal.ts';
import { choose } from './screen.ts';

/** contacts that a numbered list shows; the others are found by typing */
const LISTED = 30;

export interface PersonOptions {
  readonly message: string;
  /** only who is in the list can be meant */
  readonly contactsOnly?: boolean | undefined;
  /** a resource stays part of the address */
  readonly full?: boolean | undefined;
}

/** Resolves to a normalised JID, undefined where the user goes back. */
export async function choosePerson(
  face: Face,
  seat: Seat,
  options: PersonOptions,
): Promise<string | undefined> {
  const contacts = [...seat.client.contacts.list()].sort(byPresence);
  if (contacts.length === 0) return typePerson(face, seat, options);
  const known = (jid: string | undefined) =>
    options.contactsOnly === true && contacts.every((contact) => contact.jid !== jid) ? undefined : jid;
  const chosen = await choose<string | null>(
    face,
    options.message,
    [
      ...contacts.slice(0, LISTED).map((contact) => ({
        name: contactName(contact),
        badge: contactBadge(face, seat, contact),
        value: contact.jid,
      })),
      ...(options.contactsOnly === true && contacts.length <= LISTED
        ? []
        : [{ key: 'J', name: face.words.menus.chat.other, value: null }]),
    ],
    { typed: (text) => known(readPerson(seat, text, options)) },
  );
  return chosen === null ? typePerson(face, seat, options) : chosen;
}

/** Asks for any JID; a bare name means one on our own server. */
export async function typePerson(
  { terminal, words }: Face,
  seat: Seat,
  options: PersonOptions,
): Promise<string | undefined> {
  const { client } = seat;
  const { message } = options;
  const read = (text: string) => readPerson(seat, text, options);
  const typed = await terminal.text({
    message,
    validate: (text) =>
      text.trim() === '' || read(text) !== undefined ? undefined : words.prompts.notAJid(sanitize(text)),
    complete: (line, cursor) => completeFrom(knownJids(client.contacts.list()), line, cursor),
  });
  return read(typed);
}

/** Undefined for what is no JID. */
export function readPerson(
  { client }: Seat,
  typed: string,
  { full = false }: Pick<PersonOptions, 'full'>,
): string | undefined {
  const jid = parseAddress(typed, domainOf(client.account));
  return jid === undefined || full ? jid : client.chats.chatOf(jid);
}

/** Completes a whole line from a list. */
export function completeFrom(known: readonly string[], line: string, cursor: number): Completion {
  const typed = line.slice(0, cursor).toLocaleLowerCase();
  return { from: 0, options: known.filter((entry) => entry.toLocaleLowerCase().startsWith(typed)) };
}

function knownJids(contacts: readonly Contact[]): string[] {
  return contacts.map((contact) => contact.jid);
}

/** `Alice (alice@example.org)`. */
export function contactName({ name, jid }: Contact): string {
  return name === '' || name === jid ? sanitize(jid) : `${brief(name)} (${sanitize(jid)})`;
}

/** Presence, status message, unread messages. */
export function contactBadge({ words }: Face, seat: Pick<Seat, 'client'>, { jid, unread }: Contact): string {
  const waiting = unread > 0 ? words.menus.badges.unread(unread) : '';
  return [presenceText(seat, words, jid), waiting].filter((part) => part !== '').join(' · ');
}

/** unread first, then who is there, then by name */
function byPresence(a: Contact, b: Contact): number {
  const order =
    Number(b.unread > 0) - Number(a.unread > 0) ||
    Number(b.resources.length > 0) - Number(a.resources.length > 0);
  return order || (a.name || a.jid).localeCompare(b.name || b.jid);
}
