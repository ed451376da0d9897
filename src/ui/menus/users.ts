/** People on the server: the directory, and everything known of one of them. */
import { foundUsers } from '../../actions/contacts.ts';
import { domainOf, parseUserAddress } from '../../chat/address.ts';
import type { Found } from '../../chat/details.ts';
import type { Filled } from '../../chat/form.ts';
import type { UserRow } from '../../chat/people.ts';
import { continueInRoom } from '../conversation/conference.ts';
import { actionNamed, attempt } from '../run-action.ts';
import { brief, sanitize } from '../sanitize.ts';
import type { MenuApp } from './accounts.ts';
import { enterChat } from './enter-chat.ts';
import { submitForm } from './form.ts';
import type { MainEnd, Screen } from './main.ts';
import { choosePerson } from './person.ts';
import { runFromMenu, sayCommandLine } from './run.ts';
import { choose } from './screen.ts';
import type { OpenSeat } from './seat.ts';
import { whileWorking } from './working.ts';

/** people that one numbered list shows */
const LISTED = 50;

/** Lists who can be had; a directory that wants a text to search for is asked again with one. */
export const listUsers: Screen = async (app, seat) => {
  const { users: labels } = app.words.menus;
  const found = await whileWorking(app, { message: labels.asking }, () => seat.client.users.find(undefined));
  app.terminal.log(app.render.outcome(foundUsers(found, undefined)));
  sayCommandLine(app, seat, actionNamed(app, 'users'), {});
  if (found.complete !== 'needs-text') return undefined;
  const query = (await app.terminal.text({ message: labels.query })).trim();
  if (query !== '') await runFromMenu(app, seat, 'users', { preset: { query, set: [] } });
  return undefined;
};

/** By whatever fields the directory has, filled in as any form. */
export const searchDirectory: Screen = async (app, seat) => {
  const { users: labels } = app.words.menus;
  const { client } = seat;
  const form = await whileWorking(app, { message: labels.asking }, () => client.users.form());
  let found: Found | undefined;
  const submit = async (filled: Filled) => {
    found = await whileWorking(app, { message: labels.asking }, () => client.users.findBy(filled));
  };
  await submitForm(app, form, submit, { action: 'users' });
  if (found === undefined) return undefined;
  const said = foundUsers(found, '');
  if (found.users.length === 0) app.terminal.log(labels.nobody);
  else app.terminal.log(app.render.outcome(said));
  return undefined;
};

/** Looks somebody up by user name, name, e-mail or JID, shows what is known, offers what can be done. */
export const userDetails: Screen = async (app, seat) => {
  const { user: labels } = app.words.menus;
  const query = (await app.terminal.text({ message: labels.query })).trim();
  if (query === '') return undefined;
  const jid = await find(app, seat, query);
  if (jid === undefined) return undefined;
  await runFromMenu(app, seat, 'user', { preset: { jid } });
  return personMenu(app, seat, jid);
};

/** A contact needs no search; else the directory, the contacts and people met are looked through. */
async function find(app: MenuApp, seat: OpenSeat, query: string): Promise<string | undefined> {
  const { user: labels } = app.words.menus;
  const domain = domainOf(seat.client.account);
  const typed = parseUserAddress(query, domain);
  // A contact is known already: no directory, which may not even answer, has to be asked.
  if (typed !== undefined && seat.client.contacts.get(typed) !== undefined) return typed;
  let rows: readonly UserRow[] = [];
  await attempt(
    app,
    async () => {
      const found = await whileWorking(app, { message: labels.searching }, () =>
        seat.client.users.find(query),
      );
      rows = found.users;
    },
    { action: 'users' },
  );
  if (rows.length === 0) {
    if (typed === undefined) app.terminal.log(labels.notFound(sanitize(query)));
    return typed;
  }
  if (rows.length === 1) return rows[0]?.jid;
  return choose(
    app,
    labels.which,
    rows.slice(0, LISTED).map((row) => ({
      name: sanitize(row.jid),
      badge: [row.name, row.email].map((text) => brief(text ?? '')).join(' '),
      value: row.jid,
    })),
  );
}

/** What can be done with one person. */
async function personMenu(app: MenuApp, seat: OpenSeat, jid: string): Promise<MainEnd | undefined> {
  const { users, contacts: labels } = app.words.menus;
  const isContact = seat.client.contacts.get(jid) !== undefined;
  const chosen = await choose(app, users.actions(sanitize(jid)), [
    { name: labels.chat, value: 'chat' },
    isContact ? { name: labels.remove, value: 'remove-contact' } : { name: labels.add, value: 'add-contact' },
    { name: labels.sendFile, value: 'send-file' },
    { name: labels.block, value: 'block' },
    { name: labels.conference, value: 'conference' },
  ] as const);
  if (chosen === 'chat') return enterChat(app, seat, seat.client.chats.chatOf(jid));
  const { confirm } = app.words.menus.removeContact;
  if (chosen === 'remove-contact')
    if (!(await app.terminal.confirm({ message: confirm(sanitize(jid)), initial: false }))) return undefined;
  if (chosen === 'conference') return goOnInRoom(app, seat, jid);
  if (chosen === 'send-file') await runFromMenu(app, seat, chosen, { preset: { to: jid } });
  else if (chosen !== undefined) await runFromMenu(app, seat, chosen, { preset: { jid } });
  return undefined;
}

/** Who else, and what of the conversation they shall see; then one is in the room. */
async function goOnInRoom(app: MenuApp, seat: OpenSeat, jid: string): Promise<MainEnd | undefined> {
  const action = actionNamed(app, 'conference');
  const other = await choosePerson(app, seat, { message: app.words.help.questions.others });
  if (other === undefined) return undefined;
  const end = await continueInRoom(app, seat, action, { jid, others: [other] });
  return end && enterChat(app, seat, end.chat);
}
