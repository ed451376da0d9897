import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAvailability, xPresence } from '../../src/xmpp/availability.ts';
import { presence } from '../../src/xmpp/presence.ts';
import { NS_ROSTER, roster } from '../../src/xmpp/roster.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

const ROMEO = 'romeo@example.net';

async function start(items = `<item jid='${ROMEO}' subscription='both'/>`) {
  const session = new FakeSession();
  session.whenAsked('get', 'query', NS_ROSTER, `<query xmlns='${NS_ROSTER}'>${items}</query>`);
  const contacts = roster(session);
  const api = presence(session, { roster: contacts });
  await contacts.load();
  session.take();
  const seen: string[] = [];
  api.on('changed', ({ jid, resource, show, status, before }) =>
    seen.push(`${jid}/${resource} ${before?.show ?? '-'} > ${show} ${status}`.trim()),
  );
  for (const name of ['approved', 'declined', 'unsubscribed', 'subscriptionEnded'] as const)
    api.on(name, ({ jid }) => seen.push(`${name} ${jid}`));
  api.on('subscriptionRequest', ({ from, text, nick }) => seen.push(`request ${from} ${text} ${nick}`));
  api.on('failed', ({ jid, error }) => seen.push(`failed ${jid} ${error.condition}`));
  api.on('cleared', () => seen.push('cleared'));
  return { session, api, contacts, seen };
}
const from = (jid: string, inner = '', type = '') =>
  `<presence from='${jid}' ${type && `type='${type}'`}>${inner}</presence>`;

describe('parseAvailability (RFC 6121 §4.7)', () => {
  it.each([
    ['<priority>5</priority>', 5],
    ['<priority> -1 </priority>', -1],
    ['<priority>128</priority>', 0],
    ['<priority>1e2</priority>', 0],
    ['<priority/>', 0],
  ])('reads %s', (inner, priority) => {
    expect(parseAvailability(parse(from(`${ROMEO}/a`, inner)))?.priority).toBe(priority);
  });

  it('takes an unknown show, and one of another namespace, as available', () => {
    expect(parseAvailability(parse(from(ROMEO, '<show>busy</show>')))?.show).toBe('available');
    expect(parseAvailability(parse(from(ROMEO, "<show xmlns='urn:evil'>dnd</show>")))?.show).toBe(
      'available',
    );
    expect(parseAvailability(parse(from(ROMEO, '', 'subscribe')))).toBeUndefined();
  });

  it('reads back what xPresence wrote', () => {
    const own = fc.record({
      show: fc.constantFrom('available', 'chat', 'away', 'xa', 'dnd'),
      status: fc.stringMatching(/^[a-z <&>你]{0,20}$/),
      priority: fc.integer({ min: -128, max: 127 }),
    });
    fc.assert(
      fc.property(own, (state) => {
        expect(parseAvailability(parse(xPresence(state).toString()))).toMatchObject(state);
      }),
    );
  });
});

describe('resources', () => {
  it('come, change and go, each told with what was before (RFC 6121 §4.2, §4.4, §4.5)', async () => {
    const { session, api, seen } = await start();
    session.receive(from(`${ROMEO}/a`));
    session.receive(from(`${ROMEO}/a`, '<show>dnd</show><status>busy</status>'));
    session.receive(from(`${ROMEO}/a`, '<status>bye</status>', 'unavailable'));
    expect(seen).toEqual([
      `${ROMEO}/a - > available`,
      `${ROMEO}/a available > dnd busy`,
      `${ROMEO}/a dnd > offline bye`,
    ]);
    expect(api.resources(ROMEO)).toEqual([]);
    expect(api.lastSeen(ROMEO)?.status).toBe('bye');
  });

  it('are ordered by priority', async () => {
    const { session, api } = await start();
    session.receive(from(`${ROMEO}/low`, '<priority>-1</priority>'));
    session.receive(from(`${ROMEO}/high`, '<priority>5</priority>'));
    session.receive(from(`${ROMEO}/mid`));
    expect(api.resources(ROMEO).map(({ resource }) => resource)).toEqual(['high', 'mid', 'low']);
  });

  it('of ourselves are told under the account', async () => {
    const { session, seen } = await start();
    session.receive(from('juliet@example.org/phone'));
    expect(seen).toEqual(['juliet@example.org/phone - > available']);
  });

  it('are not told to have gone where they never were, but the stamp is kept (XEP-0203)', async () => {
    const { session, api, seen } = await start();
    const delay = "<delay xmlns='urn:xmpp:delay' stamp='2020-01-02T03:04:05Z'/>";
    session.receive(from(ROMEO, delay, 'unavailable'));
    expect(seen).toEqual([]);
    expect(api.lastSeen(ROMEO)?.time).toBe(Date.UTC(2020, 0, 2, 3, 4, 5));
  });

  it('were not seen now by a server that only says they are not there (RFC 6121 §4.3.2)', async () => {
    const { session, api } = await start();
    session.receive(from(ROMEO, '', 'unavailable'));
    expect(api.lastSeen(ROMEO)).toBeUndefined();
  });

  it('all go when the account goes', async () => {
    const { session, api } = await start();
    session.receive(from(`${ROMEO}/a`));
    session.receive(from(`${ROMEO}/b`));
    expect(api.resources(ROMEO)).toHaveLength(2);
    session.receive(from(ROMEO, '', 'unavailable'));
    expect(api.resources(ROMEO)).toEqual([]);
  });

  it('are forgotten with a new session, not with a resumed one (XEP-0198 §5)', async () => {
    const { session, api, seen } = await start();
    session.receive(from(`${ROMEO}/a`));
    session.emit('resumed', { inherited: false });
    expect(api.resources(ROMEO)).toHaveLength(1);
    session.emit('online', { jid: session.jid, forgotten: false });
    expect(api.resources(ROMEO)).toEqual([]);
    expect(seen.at(-1)).toBe('cleared');
  });

  it('that answer with an error are not there (RFC 6121 §4.3.2)', async () => {
    const { session, api, seen } = await start();
    session.receive(from(`${ROMEO}/a`));
    const condition = "<remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>";
    session.receive(from(ROMEO, `<error type='cancel'>${condition}</error>`, 'error'));
    expect(api.resources(ROMEO)).toEqual([]);
    expect(seen.at(-1)).toBe(`failed ${ROMEO} remote-server-not-found`);
  });

  it('of one JID are bounded, as are strangers', async () => {
    const { session, api, seen } = await start();
    for (let i = 0; i < 500; i++) session.receive(from(`${ROMEO}/${i}`));
    expect(api.resources(ROMEO)).toHaveLength(100);
    seen.length = 0;
    for (let i = 0; i < 3000; i++) session.receive(from(`stranger${i}@example.com/x`));
    expect(seen.length).toBeLessThanOrEqual(1001);
    for (let i = 0; i < 100; i++) session.receive(from(`stranger1@example.com/${i}`));
    expect(api.resources('stranger1@example.com')).toHaveLength(8);
  });

  it('of strangers who come and go leave no more behind than those who stay, and take no place of contacts', async () => {
    const { session, api } = await start();
    for (let i = 0; i < 3000; i++) {
      session.receive(from(`stranger${i}@example.com/x`));
      session.receive(from(`stranger${i}@example.com/x`, '<status>bye</status>', 'unavailable'));
    }
    const known = Array.from({ length: 3000 }, (_, i) => api.lastSeen(`stranger${i}@example.com`));
    expect(known.filter((seen) => seen !== undefined)).toHaveLength(1001);
    session.receive(from(`${ROMEO}/a`));
    session.receive(from(`${ROMEO}/a`, '<status>bye</status>', 'unavailable'));
    expect(api.lastSeen(ROMEO)).toMatchObject({ status: 'bye' });
  });

  it('say something short, however long it is', async () => {
    const { session, api, seen } = await start();
    session.receive(from(`${ROMEO}/a`, `<status>${'x'.repeat(100_000)}</status>`));
    expect(api.resources(ROMEO)[0]?.status).toHaveLength(1024);
    session.receive(from('nurse@example.com', `<status>${'x'.repeat(100_000)}</status>`, 'subscribe'));
    expect(seen.at(-1)?.length).toBeLessThan(1100);
  });
});

describe('rooms', () => {
  const room = 'lobby@muc.example.org';
  it('take the presences they claim, until they release them', async () => {
    const { session, api, seen } = await start();
    const release = api.claim((jid) => jid === room);
    session.receive(from(`${room}/nick`));
    session.receive(from(room, '', 'subscribe'));
    expect(seen).toEqual([]);
    release();
    session.receive(from(`${room}/nick`));
    expect(seen).toEqual([`${room}/nick - > available`]);
  });

  it('never joined are ignored', async () => {
    const { session, seen } = await start();
    session.receive(from(`${room}/nick`, "<x xmlns='http://jabber.org/protocol/muc#user'/>"));
    expect(seen).toEqual([]);
  });
});

describe('own presence', () => {
  it('is sent with show, status, priority and what others add (RFC 6121 §4.2)', async () => {
    const { session, api } = await start();
    api.extend(() => x('c', { xmlns: 'urn:example' }));
    api.send({ show: 'away', status: 'tea', priority: 300 });
    expect(session.take()[0]?.toString()).toBe(
      '<presence><show>away</show><status>tea</status><priority>127</priority><c xmlns="urn:example"/></presence>',
    );
    expect(api.own?.show).toBe('away');
    api.sendUnavailable('night');
    expect(session.take()[0]?.toString()).toBe(
      '<presence type="unavailable"><status>night</status></presence>',
    );
    expect(api.own).toBeUndefined();
  });

  it('is shown to one (RFC 6121 §4.6), who then knows that we are here', async () => {
    const { session, api } = await start();
    api.send({ show: 'dnd', status: '', priority: 0 });
    expect(api.isShownTo('stranger@example.com/x')).toBe(false);
    api.direct('stranger@example.com', x('y', { xmlns: 'urn:example' }));
    expect(session.take()[1]?.toString()).toBe(
      '<presence to="stranger@example.com"><show>dnd</show><y xmlns="urn:example"/></presence>',
    );
    expect(api.isShownTo('stranger@example.com/x')).toBe(true);
    expect(api.isSubscribed('stranger@example.com/x')).toBe(false);
    api.directUnavailable('stranger@example.com');
    expect(api.isShownTo('stranger@example.com/x')).toBe(false);
  });

  it('is known to subscribers, ourselves, our server, and to whom we wrote', async () => {
    const items = `<item jid='${ROMEO}' subscription='from'/><item jid='to@example.net' subscription='to'/>`;
    const { session, api } = await start(items);
    const asked = [ROMEO, 'to@example.net', session.account, session.domain];
    expect(asked.map((jid) => api.isSubscribed(jid))).toEqual([true, false, true, true]);
    session.send(x('message', { to: 'penpal@example.com' }));
    expect(api.isShownTo('penpal@example.com/x')).toBe(true);
  });
});

describe('subscriptions (RFC 6121 §3)', () => {
  it('are asked for with a greeting and a nickname, at the bare JID (§3.1.1)', async () => {
    const { session, api } = await start('');
    api.subscribe(`${ROMEO}/a`, { text: 'hi', nick: 'Juliet' });
    expect(session.take()[0]?.toString()).toBe(
      `<presence to="${ROMEO}" type="subscribe"><status>hi</status><nick xmlns="http://jabber.org/protocol/nick">Juliet</nick></presence>`,
    );
  });

  it('are asked of us', async () => {
    const { session, seen } = await start('');
    const greeting = "<status>me</status><nick xmlns='http://jabber.org/protocol/nick'>R</nick>";
    session.receive(from(ROMEO, greeting, 'subscribe'));
    expect(seen).toEqual([`request ${ROMEO} me R`]);
  });

  it('tell approved and declined as answers, unsubscribed as an end (§3.1.6, §3.2.3)', async () => {
    const { session, api, seen } = await start('');
    session.receive(from(ROMEO, '', 'subscribed'));
    api.subscribe(ROMEO);
    session.receive(from(ROMEO, '', 'subscribed'));
    session.receive(from(ROMEO, '', 'unsubscribed'));
    api.subscribe(ROMEO);
    session.receive(from(ROMEO, '', 'unsubscribed'));
    session.receive(from(ROMEO, '', 'unsubscribe'));
    expect(seen).toEqual([
      `approved ${ROMEO}`,
      `unsubscribed ${ROMEO}`,
      `declined ${ROMEO}`,
      `subscriptionEnded ${ROMEO}`,
    ]);
  });

  it('asked for on another device or earlier are known by the roster, whichever comes first', async () => {
    const { session, seen } = await start(`<item jid='${ROMEO}' ask='subscribe'/>`);
    const item = `<item jid='${ROMEO}' subscription='to'/>`;
    await session.ask(`<iq type='set' id='1'><query xmlns='${NS_ROSTER}'>${item}</query></iq>`);
    session.receive(from(ROMEO, '', 'subscribed'));
    expect(seen).toEqual([`approved ${ROMEO}`]);
  });

  it('are answered, taken back and ended', async () => {
    const { session, api } = await start('');
    api.approve(ROMEO);
    api.decline(ROMEO);
    api.unsubscribe(ROMEO);
    expect(session.take().map((stanza) => stanza.attrs.type)).toEqual([
      'subscribed',
      'unsubscribed',
      'unsubscribe',
    ]);
  });

  it('are approved beforehand only where the server offers it (§3.4)', async () => {
    const { session, api } = await start('');
    expect(() => api.preApprove(ROMEO)).toThrow('pre-approval');
    expect(session.take()).toEqual([]);
    session.streamFeatures.add('urn:xmpp:features:pre-approval sub');
    api.preApprove(ROMEO);
    expect(session.take()[0]?.attrs.type).toBe('subscribed');
  });
});
