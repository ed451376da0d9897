import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFallbacks, withoutFallback } from '../../src/xmpp/fallback.ts';
import { NS_REPLY, parseReply, quotation, xQuotationFallback, xReply } from '../../src/xmpp/replies.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { anyStanza } from '../support/any-stanza.ts';
import { parse } from '../support/parse.ts';

describe('parseReply', () => {
  it('reads which message is answered, and whose (XEP-0461 §3)', () => {
    const stanza = x('message', {}, xReply({ id: 'm1', to: 'Anna@Example.com/tablet' }));
    expect(parseReply(stanza)).toEqual({ id: 'm1', to: 'anna@example.com/tablet' });
  });

  it.each([
    [`<reply xmlns='${NS_REPLY}' id='m1'/>`, { id: 'm1', to: undefined }],
    [`<reply xmlns='${NS_REPLY}' id='m1' to='@'/>`, { id: 'm1', to: undefined }],
    [`<reply xmlns='${NS_REPLY}' to='a@b'/>`, undefined],
    ["<reply xmlns='urn:evil' id='m1'/>", undefined],
  ])('reads %s', (xml, reply) => {
    expect(parseReply(parse(`<message>${xml}</message>`))).toEqual(reply);
  });

  it('is total', () => {
    fc.assert(fc.property(anyStanza(NS_REPLY, ['reply']), (stanza) => void parseReply(stanza)));
  });
});

describe('quotation', () => {
  it('stands before the answer, line by line (XEP-0461 §3.1)', () => {
    expect(quotation('Anna wrote:\nWe should bake a cake')).toBe('> Anna wrote:\n> We should bake a cake\n');
    const stanza = x('message', {}, xQuotationFallback('Anna wrote:\nWe should bake a cake'));
    expect(parseFallbacks(stanza)[0]?.body).toEqual([{ start: 0, end: 38 }]);
  });

  it('is what the other side cuts off, whatever the texts are (XEP-0426 §2)', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (quoted, answer) => {
        const fallbacks = parseFallbacks(x('message', {}, xQuotationFallback(quoted)));
        expect(withoutFallback(quotation(quoted) + answer, fallbacks, NS_REPLY)).toBe(answer);
      }),
    );
  });
});
