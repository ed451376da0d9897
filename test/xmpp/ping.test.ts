import { expect, it } from 'vitest';
import { NS_PING, ping } from '../../src/xmpp/ping.ts';
import { FakeSession } from '../support/fake-session.ts';

const refusal = (condition: string) =>
  `<error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;

function start(mayKnow = true) {
  const session = new FakeSession();
  const features: string[] = [];
  const api = ping(session, { mayKnow: () => mayKnow, disco: { addFeature: (ns) => features.push(ns) } });
  return { session, api, features };
}
const asked = `<iq type='get' id='1' from='romeo@example.net/x'><ping xmlns='${NS_PING}'/></iq>`;

it('answers with an empty result (XEP-0199 §4.1) and says that it can (§5)', async () => {
  const { session, features } = start();
  const answer = await session.ask(asked);
  expect(answer.attrs.type).toBe('result');
  expect(answer.children).toEqual([]);
  expect(features).toEqual([NS_PING]);
});

it('answers like nobody to whom must not know that we are here (XEP-0199 §8)', async () => {
  expect((await start(false).session.ask(asked)).toString()).toContain('service-unavailable');
});

it('takes a refusal of the own server for an answer (XEP-0199 §4.2), not that of a client', async () => {
  const { session, api } = start();
  session.whenAsked('get', 'ping', NS_PING, refusal('service-unavailable'));
  expect(await api.ping()).toBeGreaterThanOrEqual(0);
  expect(await api.ping('example.org')).toBeGreaterThanOrEqual(0);
  await expect(api.ping('romeo@example.net/x')).rejects.toMatchObject({ condition: 'service-unavailable' });
});

it('does not take a server that cannot be reached for one that answers', async () => {
  const { session, api } = start();
  session.whenAsked('get', 'ping', NS_PING, refusal('remote-server-not-found'));
  await expect(api.ping('nowhere.example')).rejects.toMatchObject({ condition: 'remote-server-not-found' });
});
