import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInfo } from '../../../src/xmpp/disco.ts';
import { isTooFast, slowModeOf } from '../../../src/xmpp/muc/slow-mode.ts';
import { x } from '../../../src/xmpp/stanza.ts';

const info = (value: string) =>
  parseInfo(
    x(
      'query',
      { xmlns: 'http://jabber.org/protocol/disco#info' },
      x(
        'x',
        { xmlns: 'jabber:x:data', type: 'result' },
        x(
          'field',
          { var: 'FORM_TYPE', type: 'hidden' },
          x('value', {}, 'http://jabber.org/protocol/muc#roominfo'),
        ),
        x('field', { var: 'muc#roominfo_slow_mode_duration' }, x('value', {}, value)),
      ),
    ),
  );

describe('slow mode of a room', () => {
  it.each([
    ['20', 20],
    ['0', 0],
    ['604800', 604_800],
    ['604801', 0],
    ['-5', 0],
    ['1.5', 0],
    ['1e3', 0],
    ['twenty', 0],
    ['', 0],
  ])(
    'is read as %j: %i seconds; what is no such number is none (XEP-0500 §client-discovering, §security)',
    (value, seconds) => {
      expect(slowModeOf(info(value))).toBe(seconds);
    },
  );

  it('is none where the room says nothing of itself', () => {
    expect(slowModeOf(undefined)).toBe(0);
    expect(slowModeOf({ identities: [], features: [], forms: [] })).toBe(0);
  });

  it('is never anything but a whole number of seconds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const seconds = slowModeOf(info(value));
        expect(Number.isInteger(seconds) && seconds >= 0).toBe(true);
      }),
    );
  });

  it('refuses by that condition and that type (XEP-0500 §server-side-rate-limiting)', () => {
    expect(isTooFast({ condition: 'policy-violation', type: 'wait' })).toBe(true);
    expect(isTooFast({ condition: 'policy-violation', type: 'modify' })).toBe(false);
    expect(isTooFast({ condition: 'resource-constraint', type: 'wait' })).toBe(false);
  });
});
