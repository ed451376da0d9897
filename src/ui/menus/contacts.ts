/** Contacts: talk, list, add, remove. */

import { notice } from '../../actions/notices.ts';
import { chatLabel, isConnected } from '../conversation/names.ts';
import { sanitize } from '../sanitize.ts';
import type { MenuApp } from './accounts.ts';
import { enterChat } from './enter-chat.ts';
import type { Screen } from './main.ts';
import { choosePerson, contactBadge, contactName, readPerson, typePerson } from './person.ts';
import { runFromMenu } from './run.ts';
import { choose } from './screen.ts';
import type { OpenSeat } from './seat.ts';

/** recent chats offered beside the contacts */
const RECENT = 20;

/** Any JID, contact or not: those talked to last first. */
export const chatWith: Screen = async (app, seat) => {
  const jid = await choosePartner(app, seat);
  return jid === undefined ? undefined : enterChat(app, seat, jid);
};

async function choosePartner(app: MenuApp, seat: OpenSeat): Promise<string | undefined> {
  const { client } = seat;
  const { chat: labels, badges } = app.words.menus;
  const recent = client.chats.list().filter((entry) => entry.kind !== 'room');
  const listed = new Set(recent.slice(0, RECENT).map((entry) => entry.chat));
  const contacts = client.contacts.list().filter((contact) => !listed.has(contact.jid));
  if (listed.size === 0) return choosePerson(app, seat, { message: labels.who });
  const unread = new Map(recent.map((entry) => [entry.chat, entry.unread]));
  const entries = [...listed, ...contacts.slice(0, RECENT).map((contact) => contact.jid)];
  const chosen = await choose<string | null>(
    app,
    labels.title,
    [
      ...entries.map((chat) => {
        const contact = client.contacts.get(chat);
        if (contact !== undefined)
          return { name: contactName(contact), badge: contactBadge(app, seat, contact), value: chat };
        const count = unread.get(chat) ?? 0;
        return {
          name: sanitize(chatLabel(seat, chat)),
          badge: count > 0 ? badges.unread(count) : undefined,
          value: chat,
        };
      }),
      { key: 'J', name: labels.other, value: null },
    ],
    { echo: 'item', typed: (text) => readPerson(seat, text, {}) },
  );
  return chosen === null ? typePerson(app, seat, { message: labels.who }) : chosen;
}

/** Without a connection those that are kept here, of whom nobody knows whether they are there. */
export const listContacts: Screen = async (app, seat) => {
  const { client } = seat;
  const known = isConnected(client) ? [] : client.contacts.list();
  if (known.length === 0) {
    await runFromMenu(app, seat, 'contacts');
    return undefined;
  }
  const rows = known.map((contact) => ({ type: 'contact', contact: { ...contact, resources: [] } }) as const);
  const [empty, note] = [notice('no-contacts', {}), notice('contacts-kept', {})];
  app.terminal.log(app.render.outcome({ kind: 'rows', rows, empty, note }));
  return undefined;
};

export const addContact: Screen = async (app, seat) => {
  const { addContact: labels } = app.words.menus;
  // Who is to be added is not in the list yet, so nothing is offered by number.
  const jid = await typePerson(app, seat, { message: labels.jid });
  if (jid === undefined) return undefined;
  await runFromMenu(app, seat, 'add-contact', { preset: { jid }, questions: { ...labels } });
  return undefined;
};

export const removeContact: Screen = async (app, seat) => {
  const { removeContact: labels } = app.words.menus;
  if (seat.client.contacts.list().length === 0) {
    app.terminal.log(labels.none);
    return undefined;
  }
  const jid = await choosePerson(app, seat, { message: labels.which, contactsOnly: true });
  if (jid === undefined) return undefined;
  if (!(await app.terminal.confirm({ message: labels.confirm(sanitize(jid)), initial: false })))
    return undefined;
  await runFromMenu(app, seat, 'remove-contact', { preset: { jid } });
  return undefined;
};
