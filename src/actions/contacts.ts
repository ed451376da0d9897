/** Contacts, people, the block list. */
import type { Found } from '../chat/details.ts';
import { ChatError } from '../chat/problem.ts';
import { action, type Ended } from './action.ts';
import { fillByName, settings } from './form-values.ts';
import { notice } from './notices.ts';
import { jid, many, optional, text, word } from './params.ts';

export const contacts = action({
  name: 'contacts',
  needs: 'background',
  params: {},
  async run({ client, oneShot }) {
    await client.contacts.settled();
    // What is unread depends on what came, and was read elsewhere, since the last run.
    if (oneShot) await client.history.caughtUp({ marks: true });
    return {
      kind: 'rows',
      rows: client.contacts.list().map((contact) => ({ type: 'contact', contact })),
      empty: notice('no-contacts', {}),
    };
  },
});

export const addContact = action({
  name: 'add-contact',
  needs: 'stream',
  params: { jid: jid(), name: optional(text()), groups: many(text()), greeting: optional(text()) },
  value: 'jid',
  options: { groups: 'group' },
  async run({ client }, input) {
    const done = await client.contacts.add(input.jid, {
      name: input.name,
      groups: input.groups,
      greeting: input.greeting,
    });
    const code = done === 'asked' ? 'contact-asked' : 'contact-already';
    return { kind: 'done', notice: notice(code, { jid: input.jid }) };
  },
});

export const removeContact = action({
  name: 'remove-contact',
  needs: 'stream',
  params: { jid: jid() },
  value: 'jid',
  async run({ client }, input) {
    await client.contacts.remove(input.jid);
    return { kind: 'done', notice: notice('contact-removed', { jid: input.jid }) };
  },
});

export const approve = action({
  name: 'approve',
  needs: 'stream',
  params: { jid: jid() },
  value: 'jid',
  async run({ client }, input) {
    const done = await client.contacts.approve(input.jid);
    const code = done === 'approved' ? 'approved' : 'approved-in-advance';
    return { kind: 'done', notice: notice(code, { jid: input.jid }) };
  },
});

export const decline = action({
  name: 'decline',
  needs: 'stream',
  params: { jid: jid() },
  value: 'jid',
  async run({ client }, input) {
    const done = await client.contacts.decline(input.jid);
    const code = done === 'declined' ? 'declined' : 'declined-unknown';
    return { kind: 'done', notice: notice(code, { jid: input.jid }) };
  },
});

export const users = action({
  name: 'users',
  needs: 'stream',
  params: { query: optional(text()), set: many(text()) },
  value: 'query',
  async run({ client }, { query, set = [] }) {
    if (set.length === 0) return foundUsers(await client.users.find(query), query);
    const wanted = settings(set);
    const { fields } = await client.users.form();
    const names = fields
      .map(({ name }) => name)
      .filter(Boolean)
      .join(', ');
    const unknown = (name: string) => new ChatError('no-directory-field', { name, fields: names });
    const filled = fillByName(fields, wanted, unknown);
    return foundUsers(await client.users.findBy(filled), [...wanted.values()].join(' '));
  },
});

/** What a search gave, and what its directory does not do. */
export function foundUsers({ users: found, domain, complete }: Found, query: string | undefined): Ended {
  const notes = {
    directory: undefined,
    'needs-text': notice('directory-needs-text', { domain }),
    'no-directory': notice('no-directory', { domain }),
  };
  return {
    kind: 'rows',
    rows: found.map((user) => ({ type: 'user', user })),
    empty: notice('no-users', { query: query ?? '' }),
    note: notes[complete],
  };
}

export const user = action({
  name: 'user',
  needs: 'background',
  params: { jid: jid() },
  value: 'jid',
  async run({ client }, input) {
    // Which resources are asked is known when the presences of the log-in have come.
    await client.contacts.settled();
    const details = await client.users.details(input.jid);
    return {
      kind: 'rows',
      rows: [{ type: 'details', details }],
      empty: notice('no-users', { query: input.jid }),
    };
  },
});

/** What is logged in to the own account. */
export const devices = action({
  name: 'devices',
  needs: 'background',
  params: {},
  async run({ client }) {
    // The server tells of the others when it has our presence.
    await client.contacts.settled();
    const all = await client.users.devices();
    return {
      kind: 'rows',
      rows: all.map((device) => ({ type: 'device', device })),
      empty: notice('no-devices', {}),
    };
  },
});

export const block = action({
  name: 'block',
  needs: 'stream',
  params: { jid: jid() },
  value: 'jid',
  async run({ client }, input) {
    await client.contacts.block(input.jid);
    return { kind: 'done', notice: notice('blocked', { jid: input.jid }) };
  },
});

export const unblock = action({
  name: 'unblock',
  needs: 'stream',
  params: { jid: jid() },
  value: 'jid',
  async run({ client }, input) {
    await client.contacts.unblock(input.jid);
    return { kind: 'done', notice: notice('unblocked', { jid: input.jid }) };
  },
});

export const blocked = action({
  name: 'blocked',
  needs: 'stream',
  params: {},
  async run({ client }) {
    const list = await client.contacts.blocked();
    return {
      kind: 'rows',
      rows: list.map((entry) => ({ type: 'blocked', jid: entry })),
      empty: notice('no-blocked', {}),
    };
  },
});

export const requests = action({
  name: 'requests',
  needs: 'presence',
  flag: false,
  params: {},
  async run({ client }) {
    return {
      kind: 'rows',
      rows: client.requests.list().map((request) => ({ type: 'request', request })),
      empty: notice('no-requests', {}),
    };
  },
});

/** Takes an invitation or an offered file. */
export const accept = action({
  name: 'accept',
  needs: 'presence',
  flag: false,
  params: { id: word() },
  value: 'id',
  async run({ client }, input) {
    await client.requests.accept(input.id);
    return { kind: 'done', notice: notice('request-accepted', {}) };
  },
});

export const refuse = action({
  name: 'refuse',
  needs: 'presence',
  flag: false,
  params: { id: word() },
  value: 'id',
  async run({ client }, input) {
    await client.requests.refuse(input.id);
    return { kind: 'done', notice: notice('request-refused', {}) };
  },
});
