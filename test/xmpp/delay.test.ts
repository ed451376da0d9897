import { describe, expect, it } from 'vitest';
import { parseDelay, xDelay } from '../../src/xmpp/delay.ts';
import { parse } from '../support/parse.ts';

const now = Date.UTC(2024, 5, 1);
const stanza = (...delays: string[]) => parse(`<message>${delays.join('')}</message>`);
const delay = (stamp: string, from = 'capulet.com') =>
  `<delay xmlns='urn:xmpp:delay' from='${from}' stamp='${stamp}'>Offline Storage</delay>`;

describe('delay', () => {
  it('reads stamp, from and reason (XEP-0203 §2)', () => {
    expect(parseDelay(stanza(delay('2002-09-10T23:08:25Z')), { now })).toEqual({
      time: Date.UTC(2002, 8, 10, 23, 8, 25),
      from: 'capulet.com',
      reason: 'Offline Storage',
    });
  });

  it('reads the older form (XEP-0091), the newer first (XEP-0203 §4)', () => {
    const old = "<x xmlns='jabber:x:delay' from='a.example' stamp='20020910T23:08:25'/>";
    expect(parseDelay(stanza(old), { now })?.time).toBe(Date.UTC(2002, 8, 10, 23, 8, 25));
    expect(parseDelay(stanza(old, delay('2003-01-01T00:00:00Z')), { now })?.time).toBe(Date.UTC(2003, 0, 1));
  });

  it('prefers the stamp of whom the reader names', () => {
    const two = stanza(delay('2003-01-01T00:00:00Z', 'evil.example'), delay('2004-01-01T00:00:00Z'));
    expect(parseDelay(two, { now, prefer: ['capulet.com'] })?.time).toBe(Date.UTC(2004, 0, 1));
    expect(parseDelay(two, { now, prefer: ['nobody.example'] })?.time).toBe(Date.UTC(2003, 0, 1));
  });

  it.each([
    ['9999-01-01T00:00:00Z', now],
    ['2024-06-03T00:00:00Z', now],
    ['2024-06-01T20:00:00Z', Date.UTC(2024, 5, 1, 20)],
    ['0001-01-01T00:00:00Z', Date.UTC(1999, 0, 1)],
    ['1970-01-01T00:00:00Z', Date.UTC(1999, 0, 1)],
  ])('clamps the odd stamp %s (XEP-0203 §5)', (stamp, time) => {
    expect(parseDelay(stanza(delay(stamp)), { now })?.time).toBe(time);
  });

  it('ignores a stamp that is none, and one of another namespace', () => {
    expect(parseDelay(stanza(delay('soon')))).toBeUndefined();
    expect(parseDelay(stanza("<delay xmlns='urn:evil' stamp='2002-09-10T23:08:25Z'/>"))).toBeUndefined();
  });

  it('writes UTC (XEP-0203 §2)', () => {
    expect(xDelay(0, 'a@b').toString()).toBe(
      '<delay xmlns="urn:xmpp:delay" stamp="1970-01-01T00:00:00.000Z" from="a@b"/>',
    );
  });
});
