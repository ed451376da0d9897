import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDateTime, formatOffset, parseDateTime, parseOffset } from '../../src/xmpp/datetime.ts';

describe('DateTime (XEP-0082 §3.2)', () => {
  it.each([
    ['1969-07-21T02:56:15Z', Date.UTC(1969, 6, 21, 2, 56, 15)],
    ['1969-07-20T21:56:15-05:00', Date.UTC(1969, 6, 21, 2, 56, 15)],
    ['2002-09-10T23:08:25.1239Z', Date.UTC(2002, 8, 10, 23, 8, 25, 123)],
    ['20020910T23:08:25', Date.UTC(2002, 8, 10, 23, 8, 25)],
    ['0099-01-01T00:00:00Z', Date.parse('0099-01-01T00:00:00Z')],
    ['2016-12-31T23:59:60Z', Date.UTC(2016, 11, 31, 23, 59, 59)],
  ])('reads %s', (text, time) => {
    expect(parseDateTime(text)).toBe(time);
  });

  it.each([
    undefined,
    '',
    'yesterday',
    '2023-02-30T00:00:00Z',
    '2023-13-01T00:00:00Z',
    '2023-01-01T24:00:00Z',
    '2023-01-01T00:60:00Z',
    '2023-01-01T00:00:00+99:00',
    '2023-01-01',
    '99999999999-01-01T00:00:00Z',
  ])('refuses %s', (text) => {
    expect(parseDateTime(text)).toBeUndefined();
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), (time) => {
        expect(parseDateTime(formatDateTime(time))).toBe(time);
      }),
    );
  });

  it('clamps what four digits cannot say', () => {
    expect(formatDateTime(Number.POSITIVE_INFINITY)).toBe('1970-01-01T00:00:00.000Z');
    expect(formatDateTime(1e300)).toBe('9999-12-31T23:59:59.999Z');
  });

  it('is total', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const time = parseDateTime(text);
        expect(time === undefined || Number.isFinite(time)).toBe(true);
      }),
    );
  });
});

describe('time zone definition (XEP-0082 §2.1)', () => {
  it.each([
    ['Z', 0],
    ['+00:00', 0],
    ['-06:00', -360],
    ['+05:45', 345],
  ])('reads %s', (text, minutes) => {
    expect(parseOffset(text)).toBe(minutes);
  });

  it.each(['+99:00', '+01:75', '6', '', undefined])('refuses %s', (text) => {
    expect(parseOffset(text)).toBeUndefined();
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: -840, max: 840 }), (minutes) => {
        expect(parseOffset(formatOffset(minutes))).toBe(minutes);
      }),
    );
  });
});
