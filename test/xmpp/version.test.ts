import { expect, it } from 'vitest';
import { NS_VERSION, parseVersion, version } from '../../src/xmpp/version.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

function start(mayKnow = true) {
  const session = new FakeSession();
  const disco = { addFeature: () => undefined };
  return {
    session,
    api: version(session, { disco, mayKnow: () => mayKnow, name: 'xmpp-chat', version: '1.2.3' }),
  };
}
const asked = `<iq type='get' id='1' from='romeo@example.net/x'><query xmlns='${NS_VERSION}'/></iq>`;

it('tells name and version, and no operating system (XEP-0092 §5)', async () => {
  const answer = await start().session.ask(asked);
  expect(answer.getChild('query', NS_VERSION)?.toString()).toBe(
    `<query xmlns="${NS_VERSION}"><name>xmpp-chat</name><version>1.2.3</version></query>`,
  );
});

it('tells nothing to those who do not see our presence', async () => {
  expect((await start(false).session.ask(asked)).toString()).toContain('service-unavailable');
});

it('reads an answer with parts left out (XEP-0092 §2), and none without', async () => {
  const { session, api } = start();
  session.whenAsked('get', 'query', NS_VERSION, `<query xmlns='${NS_VERSION}'><name>Exodus</name></query>`);
  expect(await api.ask('romeo@example.net/x')).toEqual({ name: 'Exodus', version: '', os: undefined });
  session.whenAsked('get', 'query', NS_VERSION, '');
  await expect(api.ask('romeo@example.net/x')).rejects.toMatchObject({ condition: 'undefined-condition' });
  expect(parseVersion(parse("<query xmlns='urn:evil'/>"))).toBeUndefined();
});
