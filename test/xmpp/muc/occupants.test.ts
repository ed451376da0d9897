import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOccupantPresence, parseStatusCodes } from '../../../src/xmpp/muc/occupants.ts';
import { departureOf, noticesOf } from '../../../src/xmpp/muc/status-codes.ts';
import { x } from '../../../src/xmpp/stanza.ts';
import { parse } from '../../support/parse.ts';
import { ROOM, USER } from './fake-room.ts';

describe('the presence of an occupant', () => {
  it('never throws, and gives only known affiliations and roles', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('owner', 'none', 'moderator', '303', ROOM));
    fc.assert(
      fc.property(fc.array(text, { minLength: 9, maxLength: 9 }), (values) => {
        const [from, type, affiliation, role, jid, nick, code, actor, show] = values;
        const stanza = x(
          'presence',
          { xmlns: 'jabber:client', from: `${ROOM}/${from}`, type: type === 'none' ? undefined : type },
          x('show', {}, show),
          x(
            'x',
            { xmlns: USER },
            x('item', { affiliation, role, jid, nick }, x('actor', { jid: actor })),
            x('status', { code }),
          ),
        );
        const presence = parseOccupantPresence(stanza);
        if (presence === undefined) return;
        expect(['owner', 'admin', 'member', 'none', 'outcast']).toContain(presence.occupant.affiliation);
        expect(['moderator', 'participant', 'visitor', 'none']).toContain(presence.occupant.role);
        expect(['available', 'chat', 'away', 'xa', 'dnd']).toContain(presence.occupant.show);
      }),
    );
  });

  it('is nothing without the element of the namespace, of other types, or without a nick', () => {
    const item = `<x xmlns='${USER}'><item/></x>`;
    expect(parseOccupantPresence(parse(`<presence from='${ROOM}/a'>${item}</presence>`))).toBeDefined();
    expect(parseOccupantPresence(parse(`<presence from='${ROOM}/a'/>`))).toBeUndefined();
    expect(parseOccupantPresence(parse(`<presence from='${ROOM}'>${item}</presence>`))).toBeUndefined();
    expect(parseOccupantPresence(parse(`<presence from='@'>${item}</presence>`))).toBeUndefined();
    expect(
      parseOccupantPresence(parse(`<presence type='error' from='${ROOM}/a'>${item}</presence>`)),
    ).toBeUndefined();
  });

  it('names an actor by nick, else by bare JID (XEP-0045 §8.2)', () => {
    const actor = (attrs: string) =>
      parseOccupantPresence(
        parse(
          `<presence type='unavailable' from='${ROOM}/a'><x xmlns='${USER}'><item><actor ${attrs}/></item></x></presence>`,
        ),
      )?.actor;
    expect(actor("nick='Fluellen' jid='f@example.org/x'")).toBe('Fluellen');
    expect(actor("jid='f@example.org/x'")).toBe('f@example.org');
    expect(actor("jid='@'")).toBeUndefined();
    expect(actor('')).toBeUndefined();
  });

  it('ignores status codes that are no three digits', () => {
    const codes = ['110', '1e2', '', '9999', '-10', '301'].map((code) => x('status', { code }));
    expect(parseStatusCodes(x('presence', {}, x('x', { xmlns: USER }, ...codes)))).toEqual([110, 301]);
  });
});

describe('status codes', () => {
  it('prefer the stronger reason (XEP-0045 §15.6)', () => {
    expect(departureOf([307, 333], false)).toBe('failed');
    expect(departureOf([301, 307], false)).toBe('banned');
    expect(departureOf([307], true)).toBe('destroyed');
    expect(departureOf([], false)).toBe('left');
  });

  it('are told where they concern the room itself', () => {
    expect(noticesOf([100, 110, 170, 201, 210, 307, 104])).toEqual([100, 170, 210, 104]);
  });
});
