import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NS_CORRECT, parseReplace, xReplace } from '../../src/xmpp/corrections.ts';
import { NS_MODERATE, NS_MODERATE_0, parseModeration, parseTombstone } from '../../src/xmpp/moderation.ts';
import {
  NS_FASTEN,
  NS_RETRACT,
  NS_RETRACT_0,
  parseRetraction,
  xRetraction,
} from '../../src/xmpp/retractions.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { anyStanza } from '../support/any-stanza.ts';
import { parse } from '../support/parse.ts';

const ROOM = 'room@muc.example.com';
const message = (inner: string, attrs = `type='groupchat' from='${ROOM}'`) =>
  parse(`<message id='r1' ${attrs}>${inner}</message>`);
const CHAT = "type='chat' from='romeo@montague.example/x'";
const NEWER = `<retract xmlns='${NS_RETRACT}' id='m1'/>`;
const OLDER = `<apply-to xmlns='${NS_FASTEN}' id='o1'><retract xmlns='${NS_RETRACT_0}'/></apply-to>`;

describe('corrections', () => {
  it('name the message they take the place of (XEP-0308 §3)', () => {
    expect(parseReplace(x('message', { id: 'm2' }, xReplace('m1')))).toBe('m1');
  });

  it.each([
    `<replace xmlns='${NS_CORRECT}'/>`,
    "<replace xmlns='urn:evil' id='m1'/>",
    `<replace xmlns='${NS_CORRECT}' id='r1'/>`,
  ])('are not %s', (xml) => {
    expect(parseReplace(message(xml))).toBeUndefined();
  });

  it('are total', () => {
    fc.assert(
      fc.property(anyStanza(NS_CORRECT, ['replace']), (stanza) => {
        expect(parseReplace(stanza)).not.toBe(stanza.attrs.id ?? '');
      }),
    );
  });
});

describe('retractions', () => {
  it.each([
    ['newer (XEP-0424 §3)', NEWER, { id: 'm1', originId: undefined }],
    ['older (XEP-0424 0.3 §3)', OLDER, { id: 'o1', originId: 'o1' }],
    ['both', OLDER + NEWER, { id: 'm1', originId: 'o1' }],
  ])('are read in the form: %s', (_, xml, retraction) => {
    expect(parseRetraction(message(xml, CHAT))).toEqual(retraction);
  });

  it.each([
    `<retract xmlns='${NS_RETRACT}'/>`,
    "<retract xmlns='urn:evil' id='m1'/>",
    `<retract xmlns='${NS_RETRACT_0}' id='m1'/>`,
    `<apply-to xmlns='urn:evil' id='o1'><retract xmlns='${NS_RETRACT_0}'/></apply-to>`,
    `<apply-to xmlns='${NS_FASTEN}'><retract xmlns='${NS_RETRACT_0}'/></apply-to>`,
    `<apply-to xmlns='${NS_FASTEN}' id='o1' clear='true'><retract xmlns='${NS_RETRACT_0}'/></apply-to>`,
  ])('are not %s', (xml) => {
    expect(parseRetraction(message(xml, CHAT))).toBeUndefined();
  });

  it('are not what an error brings back', () => {
    expect(parseRetraction(message(NEWER, "type='error' from='a@b'"))).toBeUndefined();
  });

  it('are written in both forms, the older one by the origin-id (XEP-0424 0.3 §3)', () => {
    const stanza = x('message', {}, ...xRetraction({ id: 'm1', originId: 'o1' }));
    expect(parseRetraction(parse(stanza.toString()))).toEqual({ id: 'm1', originId: 'o1' });
    expect(parseRetraction(x('message', {}, ...xRetraction({ id: 'm1' })))?.originId).toBe('m1');
  });
});

const OCCUPANT = "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='occ'/>";
const MODERATED = `<retract xmlns='${NS_RETRACT}' id='s1'><moderated xmlns='${NS_MODERATE}' by='${ROOM}/macbeth'>${OCCUPANT}</moderated><reason> Spam </reason></retract>`;
const MODERATED_0 = `<apply-to xmlns='${NS_FASTEN}' id='s1'><moderated xmlns='${NS_MODERATE_0}' by='${ROOM}/macbeth'><retract xmlns='${NS_RETRACT_0}'/><reason>Spam</reason></moderated></apply-to>`;

describe('moderation', () => {
  it('is read in both forms (XEP-0425 §3.1)', () => {
    const moderation = { id: 's1', by: `${ROOM}/macbeth`, reason: 'Spam' };
    expect(parseModeration(message(MODERATED))).toEqual({ ...moderation, occupantId: 'occ' });
    expect(parseModeration(message(MODERATED_0))).toEqual({ ...moderation, occupantId: undefined });
  });

  it.each([
    ['an occupant', `type='groupchat' from='${ROOM}/macbeth'`],
    ['a contact', CHAT],
    ['outside of a room', `type='chat' from='${ROOM}'`],
    ['nobody', "type='groupchat'"],
  ])('is discarded when it comes from %s, and is no retraction either (XEP-0425 §5)', (_, attrs) => {
    for (const xml of [MODERATED, MODERATED_0]) {
      expect(parseModeration(message(xml, attrs))).toBeUndefined();
      expect(parseRetraction(message(xml, attrs))).toBeUndefined();
    }
  });

  it('is not another act, nor a retraction of the room without a moderator', () => {
    const other = MODERATED_0.replace(`<retract xmlns='${NS_RETRACT_0}'/>`, '');
    expect(parseModeration(message(other))).toBeUndefined();
    expect(parseModeration(message(NEWER))).toBeUndefined();
    expect(parseModeration(message(MODERATED.replace("id='s1'", '')))).toBeUndefined();
  });

  it('may leave open who and why (XEP-0425 §4)', () => {
    const bare = `<retract xmlns='${NS_RETRACT}' id='s1'><moderated xmlns='${NS_MODERATE}' by='@'/></retract>`;
    expect(parseModeration(message(bare))).toEqual({
      id: 's1',
      by: undefined,
      reason: undefined,
      occupantId: undefined,
    });
  });
});

describe('tombstones', () => {
  const time = Date.UTC(2019, 8, 20, 23, 9, 32);
  const STAMP = "stamp='2019-09-20T23:09:32Z'";

  it('are read in both forms (XEP-0424 §4)', () => {
    const newer = message(`<retracted xmlns='${NS_RETRACT}' id='r9' ${STAMP}/>`, CHAT);
    expect(parseTombstone(newer)).toEqual({ time, retraction: 'r9', moderated: undefined });
    const older = message(
      `<retracted xmlns='${NS_RETRACT_0}' ${STAMP}><origin-id xmlns='urn:xmpp:sid:0' id='o1'/></retracted>`,
      CHAT,
    );
    expect(parseTombstone(older)).toEqual({ time, retraction: undefined, moderated: undefined });
  });

  it('say which were the act of a moderator (XEP-0425 §4)', () => {
    const newer = `<retracted xmlns='${NS_RETRACT}' ${STAMP}><moderated xmlns='${NS_MODERATE}' by='witch@shakespeare.example'/><reason>Spam</reason></retracted>`;
    const older = `<moderated xmlns='${NS_MODERATE_0}' by='witch@shakespeare.example'><retracted xmlns='${NS_RETRACT_0}' ${STAMP}/><reason>Spam</reason></moderated>`;
    for (const xml of [newer, older])
      expect(parseTombstone(message(xml, `type='groupchat' from='${ROOM}/oldhag'`))).toEqual({
        time,
        retraction: undefined,
        moderated: { by: 'witch@shakespeare.example', occupantId: undefined, reason: 'Spam' },
      });
  });

  it('have times that can be', () => {
    const odd = (stamp: string) =>
      parseTombstone(message(`<retracted xmlns='${NS_RETRACT}' stamp='${stamp}'/>`), time)?.time;
    expect(odd('2119-09-20T23:09:32Z')).toBe(time);
    expect(odd('yesterday')).toBeUndefined();
  });

  it('are not retractions, nor retractions tombstones', () => {
    expect(parseTombstone(message(NEWER + OLDER))).toBeUndefined();
    expect(parseRetraction(message(`<retracted xmlns='${NS_RETRACT}' id='r9'/>`))).toBeUndefined();
    expect(parseTombstone(message("<retracted xmlns='urn:evil' id='r9'/>"))).toBeUndefined();
  });
});

it('reads any stanza without a throw, moderation only from the room itself (XEP-0425 §5)', () => {
  const namespaces = [NS_RETRACT, NS_RETRACT_0, NS_FASTEN, NS_MODERATE, NS_MODERATE_0];
  const names = ['retract', 'retracted', 'apply-to', 'moderated', 'reason', 'occupant-id'];
  fc.assert(
    fc.property(anyStanza(namespaces, names), (stanza) => {
      const own = parseRetraction(stanza);
      const moderation = parseModeration(stanza);
      parseTombstone(stanza);
      expect(own !== undefined && moderation !== undefined).toBe(false);
      if (moderation)
        expect(stanza.attrs).toMatchObject({ type: 'groupchat', from: ROOM.replace('.com', '') });
    }),
    { numRuns: 500 },
  );
});
