import { describe, expect, it } from 'vitest';
import { fetchRegistrationForm, registerAccount } from '../../src/chat/registration.ts';
import type { SessionOptions } from '../../src/xmpp/session/create-session.ts';
import type { Element } from '../../src/xmpp/stanza.ts';
import type { FakeConnection, FakeServer } from '../support/fake-server.ts';
import { fake } from '../xmpp/session/support.ts';
import { error } from './support.ts';

const NS = 'jabber:iq:register';
const OFFERED = "<register xmlns='http://jabber.org/features/iq-register'/>";
const FORM = `<instructions>old clients</instructions><x xmlns='jabber:x:data' type='form'><instructions>Welcome</instructions><field var='FORM_TYPE' type='hidden'><value>${NS}</value></field><field var='username' type='text-single' label='User'><required/></field><field var='password' type='text-private' label='Password'><required/></field><field var='color' type='text-single' label='Your colour'><required/></field></x>`;

/** A server that makes accounts: what it asks for, and how it answers what is submitted. */
async function registrar(asks: string, answer: (query: Element) => string = () => '', offers = OFFERED) {
  const accounts: Record<string, string> = {};
  const submitted: Element[] = [];
  const reply = (iq: Element, peer: FakeConnection, xml: string) =>
    xml.startsWith('<error')
      ? peer.write(`<iq type='error' id='${iq.attrs.id}' from='localhost'>${xml}</iq>`)
      : peer.answer(iq, xml, 'localhost');
  const server = await fake({
    accounts,
    featuresBefore: offers,
    onStanza(iq, peer) {
      const query = iq.getChild('query', NS);
      if (query === undefined) return;
      if (iq.attrs.type === 'get') {
        reply(iq, peer, asks.startsWith('<error') ? asks : `<query xmlns='${NS}'>${asks}</query>`);
        return;
      }
      submitted.push(query);
      const xml = answer(query);
      const values = new Map(
        query
          .getChild('x')
          ?.getChildren('field')
          .map((field) => [field.attrs.var, field.getChildText('value') ?? '']) ??
          [...query.getChildElements()].map((node) => [node.getName(), node.getText()]),
      );
      if (xml === '') accounts[values.get('username') ?? ''] = values.get('password') ?? '';
      reply(iq, peer, xml);
    },
  });
  return { server, submitted, accounts };
}

const options = (server: FakeServer, more: Partial<SessionOptions> = {}): SessionOptions => ({
  jid: 'romeo@localhost',
  password: 'montague',
  service: server.service,
  ca: server.ca,
  timeout: 5000,
  ...more,
});

describe('the form of a server (XEP-0077 §4, §8)', () => {
  it('without user name and password, which are asked for anyway', async () => {
    const { server } = await registrar(FORM);
    expect(await fetchRegistrationForm(options(server))).toMatchObject({
      instructions: 'Welcome',
      fields: [{ name: 'color', label: 'Your colour', kind: 'text', required: true }],
    });
    expect(server.received).not.toContain('<auth');
  });

  it('its own fields where it has no form (§3.1)', async () => {
    const { server } = await registrar('<instructions>Choose</instructions><username/><password/><email/>');
    expect(await fetchRegistrationForm(options(server))).toMatchObject({
      instructions: 'Choose',
      fields: [{ name: 'email', kind: 'text', required: true }],
    });
  });

  it.each([
    ['closed', error('service-unavailable'), 'registration-closed'],
    ['not allowed', error('not-allowed'), 'registration-closed'],
    [
      'on the web only (§6)',
      "<x xmlns='jabber:x:oob'><url>https://example.org/join</url></x>",
      'registration-elsewhere',
    ],
    [
      'on the web, at no address of the web',
      '<x xmlns="jabber:x:oob"><url>javascript:x</url></x>',
      'registration-closed',
    ],
    ['busy', error('resource-constraint', 'wait'), 'resource-constraint'],
  ])('%s', async (_, asks, condition) => {
    const { server } = await registrar(asks, undefined, '');
    await expect(fetchRegistrationForm(options(server))).rejects.toMatchObject({ condition });
  });

  it('can be given up', async () => {
    const server = await fake({ featuresBefore: OFFERED, onStanza: () => {} });
    const stop = new AbortController();
    server.on('stanza', () => stop.abort());
    await expect(fetchRegistrationForm(options(server), { signal: stop.signal })).rejects.toThrow();
  });
});

describe('a new account (XEP-0077 §3.1)', () => {
  it('is made by the form and logged in with, on the same stream', async () => {
    const { server, submitted, accounts } = await registrar(FORM);
    await registerAccount(options(server), { color: 'red', username: 'iago' });
    const fields = submitted[0]?.getChild('x')?.getChildren('field');
    expect(fields?.map((field) => [field.attrs.var, field.getChildText('value')])).toEqual([
      ['FORM_TYPE', NS],
      ['username', 'romeo'],
      ['password', 'montague'],
      ['color', 'red'],
    ]);
    expect(accounts).toEqual({ romeo: 'montague' });
    expect(server.connections).toHaveLength(1);
    expect(server.connections[0]?.jid).toMatch(/^romeo@localhost\//);
  });

  it('is made by its own fields where the server has no form', async () => {
    const { server, submitted } = await registrar('<username/><password/><email/>');
    await registerAccount(options(server), { email: 'r@example.org' });
    const values = submitted[0]?.getChildElements().map((node) => [node.getName(), node.getText()]);
    expect(values).toEqual([
      ['username', 'romeo'],
      ['password', 'montague'],
      ['email', 'r@example.org'],
    ]);
  });

  it.each([
    ['a name that is taken', 'conflict', 'conflict'],
    ['something missing', 'not-acceptable', 'not-acceptable'],
    ['too fast', 'resource-constraint', 'resource-constraint'],
    ['closed after all', 'forbidden', 'registration-closed'],
  ])('%s: refused, nobody logs in', async (_, answer, condition) => {
    const { server } = await registrar(FORM, () => error(answer));
    await expect(registerAccount(options(server))).rejects.toMatchObject({ condition });
    expect(server.received).not.toContain('<auth');
  });

  it('no password goes to a server that cannot be trusted', async () => {
    const server = await fake({ certificate: 'wrong-host', featuresBefore: OFFERED });
    await expect(registerAccount(options(server))).rejects.toMatchObject({
      condition: 'certificate-wrong-host',
    });
    expect(server.received).not.toContain('montague');
  });

  it('can be given up', async () => {
    const server = await fake({ featuresBefore: OFFERED, onStanza: () => {} });
    const stop = new AbortController();
    server.on('stanza', () => stop.abort());
    await expect(registerAccount(options(server), {}, { signal: stop.signal })).rejects.toThrow();
    await expect(registerAccount(options(server), {}, { signal: stop.signal })).rejects.toThrow();
    expect(server.connections).toHaveLength(1);
  });
});
