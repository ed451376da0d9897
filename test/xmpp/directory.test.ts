import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  directory,
  everyoneQueries,
  NS,
  parseSearchFields,
  parseUsers,
  textQueries,
} from '../../src/xmpp/directory.ts';
import type { Service } from '../../src/xmpp/disco.ts';
import { TimeoutError } from '../../src/xmpp/errors.ts';
import type { RequestOptions } from '../../src/xmpp/session/session.ts';
import { type Element, x } from '../../src/xmpp/stanza.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';
const query = (inner: string) => `<query xmlns='${NS}'>${inner}</query>`;
const iq = (inner: string) => parse(`<iq>${query(inner)}</iq>`);
const refusal = `<error type='modify'><not-acceptable xmlns='${STANZAS}'/></error>`;
const LEGACY = query('<instructions>Fill in</instructions><first/><last/><nick/><email/>');
const ITEM =
  "<item jid='Tybalt@example.org'><first>Tybalt</first><last>Capulet</last><nick>ty</nick><email>tybalt@example.org</email></item>";
const FORM = query(
  "<x xmlns='jabber:x:data' type='form'>" +
    ['user', 'fn', 'email'].map((name) => `<field var='${name}' type='text-single'/>`).join('') +
    '</x>',
);
const row = (values: Record<string, string>) =>
  `<item>${Object.entries(values)
    .map(([name, value]) => `<field var='${name}'><value>${value}</value></field>`)
    .join('')}</item>`;
const result = (...rows: string[]) =>
  query(`<x xmlns='jabber:x:data' type='result'><reported/>${rows.join('')}</x>`);

const service = (jid: string, features: string[] = [NS], category = 'directory'): Service => ({
  jid,
  node: undefined,
  name: undefined,
  info: { identities: [{ category, type: 'user' }], features, forms: [] },
});

/** A session whose requests end after their deadline, as a real one's do. */
class Patient extends FakeSession {
  override request(stanza: Element, options: RequestOptions = {}): Promise<Element> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new TimeoutError()), options.timeout ?? 30_000);
    const signal = options.signal ? AbortSignal.any([options.signal, late.signal]) : late.signal;
    return super.request(stanza, { ...options, signal }).finally(() => clearTimeout(timer));
  }
}

const valuesOf = (stanza: Element): Record<string, string> => {
  const inner = stanza.getChild('query', NS);
  const form = inner?.getChild('x', 'jabber:x:data');
  const fields = form?.getChildren('field').map((field) => [field.attrs.var, field.getChildText('value')]);
  return Object.fromEntries(
    fields ?? inner?.getChildElements().map((node) => [node.getName(), node.getText()]) ?? [],
  );
};

/** mod_vjud of Prosody 0.12 as measured: no form; answers only what fills in the e-mail, two characters or more. */
function vjud(session: FakeSession): void {
  session.whenAsked('get', 'query', NS, LEGACY);
  session.on('sent', (sent) => {
    if (sent.attrs.type !== 'set') return;
    const values = Object.values(valuesOf(sent));
    const { email = '', nick = '' } = valuesOf(sent);
    if (values.every((value) => value.length < 2)) queueMicrotask(() => session.answer(sent, refusal));
    else if (email.length >= 2) {
      const found = 'tybalt@example.org'.includes(email) || nick === 'ty';
      queueMicrotask(() => session.answer(sent, query(found ? ITEM : '')));
    }
  });
}

const of = (session: FakeSession, ...services: Service[]) =>
  directory({ session, disco: { silent: false, services: async () => services } });

describe('the user directory', () => {
  it('reads people from single elements and from forms (XEP-0055 §2.1, §3)', () => {
    expect(parseUsers(iq(`${ITEM}<item jid='@'/>`))).toEqual([
      { jid: 'tybalt@example.org', userName: 'tybalt', name: 'Tybalt Capulet', email: 'tybalt@example.org' },
    ]);
    const xml = result(
      row({ JID: 'romeo@example.org', FN: 'Romeo M', email: '' }),
      row({ fn: 'nobody' }),
      row({ jid: 'x@example.org', user: 'xx', nick: 'nick' }),
    );
    expect(parseUsers(parse(`<iq>${xml}</iq>`))).toEqual([
      { jid: 'romeo@example.org', userName: 'romeo', name: 'Romeo M', email: undefined },
      { jid: 'x@example.org', userName: 'xx', name: 'nick', email: undefined },
    ]);
    expect(parseUsers(parse('<iq/>'))).toBeUndefined();
  });

  it('is not said to be missing where the server does not answer', async () => {
    const nowhere = (silent: boolean) =>
      directory({ session: new FakeSession(), disco: { silent, services: async () => [] } }).search('ty');
    await expect(nowhere(true)).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(nowhere(false)).rejects.toMatchObject({ name: 'UnsupportedFeatureError' });
  });

  it('with fields of its own alone cannot be searched by a text, and says so (XEP-0055 §3)', async () => {
    const session = new FakeSession();
    const form = "<x xmlns='jabber:x:data' type='form'><field var='shoe-size' type='text-single'/></x>";
    session.whenAsked('get', 'query', NS, query(form));
    const found = of(session, service('users.example.org')).search('ty');
    await expect(found).rejects.toMatchObject({ condition: 'directory-own-fields' });
  });

  it('never throws on what a service sends', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ jid: fc.string(), text: fc.string() })), (items) => {
        const rows = items.map(({ jid, text }) => x('item', { jid }, x('nick', {}, text)));
        const users = parseUsers(x('iq', {}, x('query', { xmlns: NS }, ...rows)));
        expect(users?.length).toBeLessThanOrEqual(items.length);
      }),
    );
  });

  it('finds by text on a mod_vjud that answers only some requests, soon after the first find', async () => {
    vi.useFakeTimers();
    try {
      const session = new Patient();
      vjud(session);
      const searching = of(session, service('example.org', [NS], 'server')).search('ty');
      await vi.advanceTimersByTimeAsync(1000);
      expect(await searching).toEqual({
        users: [
          {
            jid: 'tybalt@example.org',
            userName: 'tybalt',
            name: 'Tybalt Capulet',
            email: 'tybalt@example.org',
          },
        ],
        needsText: false,
      });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('finds nobody after five seconds at most, though requests stay unanswered', async () => {
    vi.useFakeTimers();
    try {
      const session = new Patient();
      vjud(session);
      const searching = of(session, service('example.org')).search('nobody');
      await vi.advanceTimersByTimeAsync(5000);
      expect(await searching).toEqual({ users: [], needsText: false });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('wants a text where everyone is refused, and gives those it could get', async () => {
    const session = new FakeSession();
    vjud(session);
    const found = await of(session, service('example.org')).search();
    expect(found.needsText).toBe(true);
    expect(found.users.map(({ jid }) => jid)).toEqual(['tybalt@example.org']);
    expect(await of(session, service('example.org')).search('q')).toMatchObject({
      users: [],
      needsText: true,
    });
  });

  it('lists everyone where a service knows wildcards', async () => {
    const session = new FakeSession();
    session.whenAsked('get', 'query', NS, FORM);
    session.whenAsked('set', 'query', NS, (sent) =>
      valuesOf(sent).user === '*'
        ? result(row({ jid: 'a@example.org' }), row({ jid: 'b@example.org' }))
        : result(),
    );
    const found = await of(session, service('vjud.example.org')).search('  ');
    expect(found.needsText).toBe(false);
    expect(found.users.map(({ jid }) => jid)).toEqual(['a@example.org', 'b@example.org']);
  });

  it('finds exact values by one field at a time where wildcards find nothing (ejabberd)', async () => {
    const session = new FakeSession();
    session.whenAsked('get', 'query', NS, FORM);
    session.whenAsked('set', 'query', NS, (sent) => {
      const values = valuesOf(sent);
      const exact = Object.keys(values).length === 1 && Object.values(values)[0] === 'alice';
      return exact ? result(row({ jid: 'alice@example.org', fn: 'Alice' })) : result();
    });
    expect((await of(session, service('vjud.example.org')).search('alice')).users).toEqual([
      { jid: 'alice@example.org', userName: 'alice', name: 'Alice', email: undefined },
    ]);
    expect(await of(session, service('vjud.example.org')).search()).toEqual({ users: [], needsText: true });
  });

  it('fills in one field and switches where the form has them (Openfire)', () => {
    const fields = parseSearchFields(
      iq(
        "<x xmlns='jabber:x:data' type='form'><field var='search' type='text-single'/><field var='Username' type='boolean'/><field var='Email' type='boolean'/></x>",
      ),
    );
    if (fields === undefined) throw new Error('no fields');
    expect(everyoneQueries(fields)).toEqual([{ search: '*', Username: true, Email: true }]);
    expect(textQueries(fields, 'al', 'example.org')[0]).toEqual({
      search: '*al*',
      Username: true,
      Email: true,
    });
  });

  it('joins what several services found, one row for a person', async () => {
    const session = new FakeSession();
    session.whenAsked('get', 'query', NS, FORM);
    session.whenAsked('set', 'query', NS, result(row({ jid: 'a@example.org' })), 'one.example.org');
    session.whenAsked('set', 'query', NS, result(row({ jid: 'a@example.org', fn: 'A' })), 'two.example.org');
    const found = await of(session, service('one.example.org'), service('two.example.org')).search('a');
    expect(found.users).toEqual([{ jid: 'a@example.org', userName: 'a', name: 'A', email: undefined }]);
  });

  it('says so where there is no directory', async () => {
    const session = new FakeSession();
    const none = of(session, service('example.org', []), service('chat.example.org', [NS], 'conference'));
    await expect(none.search('a')).rejects.toMatchObject({
      name: 'UnsupportedFeatureError',
      feature: NS,
      entity: 'example.org',
    });
  });

  it('keeps the condition where the only service refuses', async () => {
    const session = new FakeSession();
    session.whenAsked('get', 'query', NS, `<error type='cancel'><not-allowed xmlns='${STANZAS}'/></error>`);
    await expect(of(session, service('example.org')).search('a')).rejects.toMatchObject({
      condition: 'not-allowed',
    });
  });
});

describe('the fields of a directory', () => {
  const open = (...services: Service[]) => {
    const session = new FakeSession();
    return { session, api: directory({ session, disco: { silent: false, services: async () => services } }) };
  };

  it('are asked of the first that answers, and filled in as they are (XEP-0055 §3)', async () => {
    const { session, api } = open(service('silent.example.org'), service('users.example.org'));
    session.whenAsked('get', 'query', NS, refusal, 'silent.example.org');
    session.whenAsked('get', 'query', NS, FORM, 'users.example.org');
    session.whenAsked('set', 'query', NS, result(row({ jid: 'tybalt@example.org', fn: 'Tybalt' })));
    const fields = await api.fields();
    expect(fields).toMatchObject({ service: 'users.example.org', names: ['user', 'fn', 'email'] });
    session.take();
    expect(await api.searchBy(fields, { fn: 'Tyb*' })).toMatchObject([{ jid: 'tybalt@example.org' }]);
    const [asked] = session.take();
    expect(asked?.attrs.to).toBe('users.example.org');
    expect(asked && valuesOf(asked)).toMatchObject({ fn: 'Tyb*' });
  });

  it('without a form go out by their own elements, empty ones not at all (XEP-0055 §2.1)', async () => {
    const { session, api } = open(service('users.example.org'));
    session.whenAsked('get', 'query', NS, LEGACY);
    session.whenAsked('set', 'query', NS, query(ITEM));
    const fields = await api.fields();
    session.take();
    expect(await api.searchBy(fields, { last: 'Capulet', first: '' })).toHaveLength(1);
    expect(session.take().map(valuesOf)).toEqual([{ last: 'Capulet' }]);
  });

  it('are none where no server has a directory, or none answers', async () => {
    await expect(open().api.fields()).rejects.toMatchObject({ condition: 'feature-not-implemented' });
    const { session, api } = open(service('users.example.org'));
    session.whenAsked('get', 'query', NS, refusal);
    await expect(api.fields()).rejects.toMatchObject({ condition: 'not-acceptable' });
  });
});
