import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jidOfUri, parseJid, uriOf } from '../../src/xmpp/jid.ts';
import { NS_MENTIONS, NS_REFERENCE, parseMentions, xMention } from '../../src/xmpp/mentions.ts';
import { parseMessage, xMessage } from '../../src/xmpp/messages.ts';
import type { Element } from '../../src/xmpp/stanza.ts';
import { anyStanza } from '../support/any-stanza.ts';
import { parse } from '../support/parse.ts';

const BODY = '<body>hi 👋 Alice!</body>';
const read = (xml: string) => parseMentions(parse(`<message type='groupchat'>${BODY}${xml}</message>`));
const reference = (attributes: string) => `<reference xmlns='${NS_REFERENCE}' ${attributes}/>`;
const mention = (attributes: string, inside = '') =>
  `<mention xmlns='${NS_MENTIONS}' ${attributes}>${inside}</mention>`;
const alice = { jid: 'alice@example.org' };

describe('parseMentions', () => {
  it.each([
    ["type='mention' uri='xmpp:Alice@example.org' begin='5' end='10'", [alice]],
    ["type='mention' uri='xmpp:alice@example.org'", [alice]],
    ["type='mention' uri='xmpp:alice@example.org?message' begin='0' end='11'", [alice]],
    ["type='mention' uri='xmpp:lobby@muc.example.org/A%20lice'", [{ jid: 'lobby@muc.example.org/A lice' }]],
    ["type='data' uri='xmpp:alice@example.org'", []],
    ["type='mention' uri='xmpp:alice@example.org' anchor='xmpp:lobby@muc.example.org'", []],
    ["type='mention' uri='https://example.org'", []],
    ["type='mention' uri='xmpp:%'", []],
    ["type='mention'", []],
  ])('reads the reference %s (XEP-0372 §usecase_mention)', (attributes, found) => {
    expect(read(reference(attributes))).toEqual(found);
  });

  it.each([
    ["begin='5' end='12'"],
    ["begin='10' end='10'"],
    ["begin='7' end='5'"],
    ["begin='-1' end='5'"],
    ["begin='5'"],
    ["end='5'"],
    ["begin='1e0' end='5'"],
    ["begin='0' end='99999999999999999999'"],
  ])('leaves out what points at no part of the text: %s (XEP-0372 §usecase_generics)', (range) => {
    expect(read(reference(`type='mention' uri='xmpp:alice@example.org' ${range}`))).toEqual([]);
    expect(read(mention(`occupantid='o1' ${range}`))).toEqual([]);
  });

  it('reads an explicit mention by occupant id or JID (XEP-0513 §individual)', () => {
    expect(read(mention("occupantid='o1' begin='5' end='10'"))).toEqual([{ occupantId: 'o1' }]);
    expect(read(mention("jid='alice@example.org'"))).toEqual([alice]);
    expect(read(mention(`occupantid='${'o'.repeat(129)}'`))).toEqual([]);
    expect(read(mention("jid='@'"))).toEqual([]);
  });

  it('leaves out groups, and who shall not be told (XEP-0513 §groups, §noping)', () => {
    expect(read(mention("mentions='urn:xmpp:mentions:0#channel'"))).toEqual([]);
    expect(read(mention("occupantid='o1'", '<noping/>'))).toEqual([]);
    expect(read(mention("occupantid='o1'", '<active/>'))).toEqual([{ occupantId: 'o1' }]);
  });

  it('measures with the longest of several texts (XEP-0513 §hreflang)', () => {
    const other = "<body xml:lang='de'>Guten Tag, Alice, wie geht es?</body>";
    expect(read(other + mention("occupantid='o1' begin='11' end='16' hreflang='de'"))).toHaveLength(1);
  });

  it('counts none of more than 32 (XEP-0513 §permissions)', () => {
    const many = (count: number) => read(mention("occupantid='o1'").repeat(count)).length;
    expect([many(32), many(33)]).toEqual([32, 0]);
  });

  it('is total', () => {
    const stanza = anyStanza([NS_REFERENCE, NS_MENTIONS], ['reference', 'mention', 'noping', 'body']);
    fc.assert(fc.property(stanza, (any) => void parseMentions(any)));
  });
});

describe('what goes out', () => {
  it('says the range behind the quotation of an answer, in code points (XEP-0372, XEP-0461 §compat)', () => {
    const stanza = xMessage({
      to: 'lobby@muc.example.org',
      type: 'groupchat',
      id: 'm1',
      body: '👋 Alice',
      reply: { id: 's1', quoted: '👋' },
      mentions: [{ range: { start: 2, end: 7 }, jid: 'lobby@muc.example.org/Alice' }],
    });
    const attrs: Element['attrs'] = stanza.getChild('reference', NS_REFERENCE)?.attrs ?? {};
    expect(attrs).toMatchObject({ begin: '6', end: '11', type: 'mention' });
    const body = [...(stanza.getChildText('body') ?? '')];
    expect(body.slice(Number(attrs.begin), Number(attrs.end)).join('')).toBe('Alice');
    stanza.attrs.from = 'juliet@example.org/balcony';
    expect(parseMessage(parse(stanza.toString()))?.mentions).toEqual([
      { jid: 'lobby@muc.example.org/Alice' },
    ]);
  });

  it('is what is read, whatever the name is (RFC 5122 §2.7.2)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (nick) => {
        const jid = parseJid(`löbby@muc.example.org/${nick}`)?.full;
        if (jid === undefined) return;
        expect(jidOfUri(uriOf(jid))?.full).toBe(jid);
        const element = xMention({ range: { start: 0, end: 1 }, jid });
        expect(element.attrs.uri).not.toMatch(/[ ?#]/);
      }),
    );
  });
});
