import { expect, it } from 'vitest';
import { parseInfo } from '../../src/xmpp/disco.ts';
import { features } from '../../src/xmpp/features.ts';
import { FakeSession } from '../support/fake-session.ts';

const INFO = 'http://jabber.org/protocol/disco#info';
const STRANGER = 'stranger@example.com/x';

function start() {
  const session = new FakeSession();
  return { session, api: features(session, { version: '1.0.0', languages: ['en'] }) };
}
const ask = (session: FakeSession, name: string, xmlns: string, from = '') =>
  session.ask(`<iq type='get' id='1' ${from && `from='${from}'`}><${name} xmlns='${xmlns}'/></iq>`);

it('announces in presence what it answers to a question (XEP-0115 §6.1)', async () => {
  const { session, api } = start();
  api.presence.send({ show: 'available', status: '', priority: 0 });
  const announced = session.take()[0]?.getChild('c', 'http://jabber.org/protocol/caps')?.attrs.ver;
  expect(announced).toBe(api.disco.xCaps().attrs.ver);
  const answer = parseInfo((await ask(session, 'query', INFO)).getChild('query', INFO));
  expect(answer?.features).toEqual(
    expect.arrayContaining([
      'http://jabber.org/protocol/chatstates',
      'http://jabber.org/protocol/muc',
      'http://jabber.org/protocol/si/profile/file-transfer',
      'jabber:iq:version',
      'urn:xmpp:chat-markers:0',
      'urn:xmpp:hash-function-text-names:sha-256',
      'urn:xmpp:hashes:2',
      'urn:xmpp:jingle:1',
      'urn:xmpp:jingle:apps:file-transfer:5',
      'urn:xmpp:jingle:transports:ibb:1',
      'urn:xmpp:mds:displayed:0+notify',
      'urn:xmpp:message-correct:0',
      'urn:xmpp:ping',
      'urn:xmpp:receipts',
      'urn:xmpp:time',
    ]),
  );
});

it.each([
  ['query', INFO],
  ['query', 'http://jabber.org/protocol/disco#items'],
  ['ping', 'urn:xmpp:ping'],
  ['query', 'jabber:iq:version'],
  ['query', 'jabber:iq:last'],
  ['time', 'urn:xmpp:time'],
])('tells a stranger nothing by %s %s', async (name, xmlns) => {
  const { session } = start();
  expect((await ask(session, name, xmlns, STRANGER)).toString()).toContain('service-unavailable');
  expect((await ask(session, name, xmlns, session.domain)).attrs.type).toBe('result');
});

it('lets those we wrote to see what we can, not who we are', async () => {
  const { session, api } = start();
  api.messages.send({ to: 'stranger@example.com', type: 'chat', id: 'm1', body: 'hi' });
  expect((await ask(session, 'query', INFO, STRANGER)).attrs.type).toBe('result');
  expect((await ask(session, 'query', 'jabber:iq:version', STRANGER)).attrs.type).toBe('error');
});
