import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DisconnectedError, StreamError } from '../../src/xmpp/errors.ts';
import {
  changePassword,
  missingFields,
  NS,
  parseRegistration,
  register,
  registration,
  registrationForm,
  removeAccount,
} from '../../src/xmpp/registration.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';
const query = (inner: string) => `<query xmlns='${NS}'>${inner}</query>`;
const LEGACY = query('<instructions>Choose</instructions><username/><password/><email/>');
const FORM = query(
  "<x xmlns='jabber:x:data' type='form'><field var='FORM_TYPE' type='hidden'><value>jabber:iq:register</value></field>" +
    "<field var='username' type='text-single'><required/></field><field var='password' type='text-private'><required/></field>" +
    "<field var='first' type='text-single'><required/></field></x><username/><password/>",
);
const values = new Map([
  ['username', 'bill'],
  ['password', 'Calliope'],
  ['extra', 'x'],
]);
const read = (inner: string) => parseRegistration(parse(`<iq>${inner}</iq>`));

describe('registering', () => {
  it('gets the fields and submits exactly these (XEP-0077 §3.1)', async () => {
    const session = new FakeSession();
    session.whenAsked('get', 'query', NS, LEGACY, 'example.org');
    session.whenAsked('set', 'query', NS, '', 'example.org');
    const form = await registrationForm(session, 'example.org');
    expect(form).toMatchObject({ instructions: 'Choose', fields: ['username', 'password', 'email'] });
    expect(missingFields(form, values)).toEqual(['email']);
    await register(session, 'example.org', form, values);
    const sent = session.take()[1]?.getChild('query', NS);
    expect(sent?.getChildElements().map((node) => [node.getName(), node.getText()])).toEqual([
      ['username', 'bill'],
      ['password', 'Calliope'],
      ['email', ''],
    ]);
  });

  it('submits the form where there is one, and not the fields (XEP-0077 §5)', async () => {
    const session = new FakeSession();
    session.whenAsked('set', 'query', NS, '');
    const form = read(FORM);
    if (form === undefined) throw new Error('no form');
    expect(missingFields(form, values)).toEqual(['first']);
    await register(session, 'example.org', form, values);
    const sent = session.take()[0]?.getChild('query', NS);
    expect(sent?.getChildElements().map((node) => node.getName())).toEqual(['x']);
    expect(sent?.toString()).toContain('Calliope');
    expect(sent?.toString()).not.toContain('extra');
  });

  it('names the address where accounts are made elsewhere (XEP-0077 §6)', async () => {
    const session = new FakeSession();
    const form = read(
      query("<instructions>Go</instructions><x xmlns='jabber:x:oob'><url>https://example.org/new</url></x>"),
    );
    expect(form).toMatchObject({ url: 'https://example.org/new', fields: [], form: undefined });
    if (form)
      await expect(register(session, 'example.org', form, values)).rejects.toMatchObject({
        condition: 'redirected',
      });
    expect(read(query("<x xmlns='jabber:x:oob'><url>file:///etc/passwd</url></x>"))?.url).toBeUndefined();
  });

  it.each(['conflict', 'not-acceptable', 'resource-constraint', 'not-allowed', 'forbidden'])(
    'keeps the condition %s (XEP-0077 §3.1)',
    async (condition) => {
      const session = new FakeSession();
      session.whenAsked(
        'set',
        'query',
        NS,
        `<error type='cancel'><${condition} xmlns='${STANZAS}'/></error>`,
      );
      const form = read(LEGACY);
      if (form)
        await expect(register(session, 'example.org', form, values)).rejects.toMatchObject({ condition });
    },
  );

  it('never has the password in an error', async () => {
    const session = new FakeSession();
    session.whenAsked(
      'set',
      'query',
      NS,
      `<error type='modify'><not-acceptable xmlns='${STANZAS}'/><text xmlns='${STANZAS}'>Calliope is too weak</text>` +
        "<echo xmlns='urn:x'>Calliope</echo></error>",
    );
    const form = read(LEGACY);
    const error = form && (await register(session, 'example.org', form, values).catch((e: unknown) => e));
    expect(error).toMatchObject({ condition: 'not-acceptable', text: undefined, application: undefined });
    expect(String(error) + JSON.stringify(error)).not.toContain('Calliope');
  });

  it('reads the data of an account that exists (XEP-0077 §3.1)', () => {
    expect(read(query('<registered/><username>juliet</username>'))).toMatchObject({
      registered: true,
      fields: ['username'],
    });
  });

  it('never throws on what a server sends', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), (names, xmlns) => {
        const children = names.map((name) => x(`n${name}`, { xmlns }));
        const form = parseRegistration(x('iq', {}, x('query', { xmlns: NS }, ...children)));
        expect(form?.fields.length).toBeLessThanOrEqual(names.length);
      }),
    );
    expect(parseRegistration(parse("<iq><query xmlns='urn:evil'><username/></query></iq>"))).toBeUndefined();
  });
});

describe('an account that exists', () => {
  it('changes its password (XEP-0077 §3.3)', async () => {
    const session = new FakeSession();
    session.whenAsked('set', 'query', NS, '', 'example.org');
    await registration(session).changePassword('newpass');
    const sent = session.take()[0]?.getChild('query', NS);
    expect(sent?.getChildText('username')).toBe('juliet');
    expect(sent?.getChildText('password')).toBe('newpass');
  });

  it('does not send an empty password, which the server would ignore (XEP-0077 §3.3)', async () => {
    const session = new FakeSession();
    await expect(changePassword(session, 'example.org', 'juliet', '')).rejects.toMatchObject({
      condition: 'not-acceptable',
    });
    expect(session.take()).toEqual([]);
  });

  it('is removed by a request without an address (XEP-0077 §3.2)', async () => {
    const session = new FakeSession();
    session.whenAsked('set', 'query', NS, '');
    await removeAccount(session);
    const [iq] = session.take();
    expect(iq?.attrs.to).toBeUndefined();
    expect(
      iq
        ?.getChild('query', NS)
        ?.getChildElements()
        .map((node) => node.getName()),
    ).toEqual(['remove']);
  });

  it.each([
    ['conflict', true],
    ['not-authorized', true],
    ['system-shutdown', false],
  ])(
    'is gone, or not known to be, when the stream ends with %s before the result (XEP-0077 §3.2)',
    async (condition, gone) => {
      const session = new FakeSession();
      session.request = async () => {
        queueMicrotask(() =>
          session.emit('offline', { reason: new StreamError(condition), final: true, retryIn: undefined }),
        );
        throw new DisconnectedError();
      };
      const removing = removeAccount(session);
      if (gone) await removing;
      else await expect(removing).rejects.toMatchObject({ condition: 'disconnected' });
      expect(session.listenerCount('offline')).toBe(0);
    },
  );

  it('stays where the server does not allow its removal (XEP-0077 §3.2)', async () => {
    const session = new FakeSession();
    session.whenAsked('set', 'query', NS, `<error type='cancel'><not-allowed xmlns='${STANZAS}'/></error>`);
    await expect(registration(session).remove()).rejects.toMatchObject({ condition: 'not-allowed' });
  });
});
