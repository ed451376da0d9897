import { expect, it } from 'vitest';
import { NS_TIME, parseTime, time, xTime } from '../../src/xmpp/time.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

function start(mayKnow = true) {
  const session = new FakeSession();
  return { session, api: time(session, { disco: { addFeature: () => undefined }, mayKnow: () => mayKnow }) };
}
const asked = `<iq type='get' id='1' from='romeo@example.net/x'><time xmlns='${NS_TIME}'/></iq>`;

it('tells the clock and the zone (XEP-0202 §2)', async () => {
  const before = Date.now();
  const answer = parseTime((await start().session.ask(asked)).getChild('time', NS_TIME));
  expect(answer?.time).toBeGreaterThanOrEqual(before);
  expect(answer?.offsetMinutes).toBe(-new Date().getTimezoneOffset() || 0);
});

it('tells nothing to those who do not see our presence (XEP-0202 §5)', async () => {
  expect((await start(false).session.ask(asked)).toString()).toContain('service-unavailable');
});

it('reads the example (XEP-0202 §3)', async () => {
  const { session, api } = start();
  const example = `<time xmlns='${NS_TIME}'><tzo>-06:00</tzo><utc>2006-12-19T17:58:35Z</utc></time>`;
  session.whenAsked('get', 'time', NS_TIME, example);
  expect(await api.ask('romeo@example.net/x')).toEqual({
    time: Date.UTC(2006, 11, 19, 17, 58, 35),
    offset: '-06:00',
    offsetMinutes: -360,
  });
});

it('reads back what it wrote, and nothing without both parts', () => {
  expect(parseTime(xTime(1_000, 345))).toEqual({ time: 1_000, offset: '+05:45', offsetMinutes: 345 });
  expect(parseTime(parse(`<time xmlns='${NS_TIME}'><tzo>Z</tzo></time>`))).toBeUndefined();
  expect(
    parseTime(parse("<time xmlns='urn:evil'><tzo>Z</tzo><utc>2006-12-19T17:58:35Z</utc></time>")),
  ).toBeUndefined();
});
