import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lastActivity, NS_LAST, parseLastActivity } from '../../src/xmpp/last-activity.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

function start(mayKnow = true) {
  const session = new FakeSession();
  const clock = { now: 1_000_000 };
  const disco = { addFeature: () => undefined };
  const api = lastActivity(session, { disco, mayKnow: () => mayKnow, now: () => clock.now });
  const ask = () =>
    session.ask(`<iq type='get' id='1' from='romeo@example.net/x'><query xmlns='${NS_LAST}'/></iq>`);
  return { session, clock, api, ask };
}

it('tells the seconds since the user did something (XEP-0012 §4)', async () => {
  const { clock, api, ask } = start();
  clock.now += 123_900;
  expect((await ask()).getChild('query', NS_LAST)?.attrs.seconds).toBe('123');
  api.touched();
  expect((await ask()).getChild('query', NS_LAST)?.attrs.seconds).toBe('0');
  clock.now -= 5_000;
  expect((await ask()).getChild('query', NS_LAST)?.attrs.seconds).toBe('0');
});

it('tells nothing to those who do not see our presence, or when switched off (XEP-0012 §8)', async () => {
  expect((await start(false).ask()).toString()).toContain('service-unavailable');
  const { api, ask } = start();
  api.enabled = false;
  expect((await ask()).toString()).toContain('service-unavailable');
});

it('reads seconds and the last status (XEP-0012 §3)', async () => {
  const { session, api } = start();
  session.whenAsked('get', 'query', NS_LAST, `<query xmlns='${NS_LAST}' seconds='903'>Heading Home</query>`);
  expect(await api.ask('juliet@capulet.com')).toEqual({ seconds: 903, status: 'Heading Home' });
});

it.each(['', '-1', '1e9', 'many', '9'.repeat(40)])('ignores seconds=%s', (seconds) => {
  expect(parseLastActivity(parse(`<query xmlns='${NS_LAST}' seconds='${seconds}'/>`))).toBeUndefined();
});

it('is total', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (seconds, text) => {
      const read = parseLastActivity(x('query', { xmlns: NS_LAST, seconds }, text));
      expect(read === undefined || Number.isSafeInteger(read.seconds)).toBe(true);
    }),
  );
});
