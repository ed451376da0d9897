/** Restricted XML, limits, namespaces. RFC 6120 §4.8, §11. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamParser } from '../../../src/xmpp/session/stream-parser.ts';
import { Utf8Stream } from '../../../src/xmpp/session/utf8-stream.ts';
import { type Element, x } from '../../../src/xmpp/stanza.ts';

const HEADER =
  "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";

function read(chunks: string[], limits?: { stanza: number; depth: number }) {
  const seen = { elements: [] as Element[], faults: [] as string[], closed: 0 };
  const parser = new StreamParser(
    {
      opened: () => undefined,
      element: (element) => seen.elements.push(element),
      closed: () => seen.closed++,
      fault: (condition) => seen.faults.push(condition),
    },
    limits,
  );
  for (const chunk of chunks) parser.write(chunk);
  return seen;
}

describe('restricted XML', () => {
  it.each([
    ['a DTD', "<!DOCTYPE x [<!ENTITY a 'b'>]>", 'not-well-formed'],
    ['a comment', '<!-- c -->', 'restricted-xml'],
    ['a comment in text', '<message><body>a<!-- c -->b</body></message>', 'restricted-xml'],
    ['a processing instruction', '<?php evil ?>', 'restricted-xml'],
    ['an undefined entity', '<message><body>&nbsp;</body></message>', 'not-well-formed'],
    ['a reference to no character', '<message><body>&#27;</body></message>', 'not-well-formed'],
    ['a NUL', '<message><body>\0</body></message>', 'not-well-formed'],
    ['mismatched tags', '<message><body></message></body>', 'not-well-formed'],
    ['an undeclared prefix', '<a:message/>', 'not-well-formed'],
    ['an attribute twice', "<message id='1' id='2'/>", 'not-well-formed'],
  ])('ends the stream at %s (RFC 6120 §11)', (_what, xml, condition) => {
    const seen = read([HEADER, xml, '<message><body>after</body></message>']);
    expect(seen.faults).toEqual([condition]);
    expect(seen.elements).toEqual([]);
  });

  it('ends the stream at a DTD before it (RFC 6120 §11.1)', () => {
    expect(read(['<!DOCTYPE x>', HEADER]).faults).toEqual(['restricted-xml']);
  });

  it('wants UTF-8 (RFC 6120 §11.6)', () => {
    expect(read(["<?xml version='1.0' encoding='ISO-8859-1'?>", HEADER]).faults).toEqual([
      'unsupported-encoding',
    ]);
  });

  it('wants a stream (RFC 6120 §4.8.1)', () => {
    expect(read(["<stream xmlns='urn:evil'>"]).faults).toEqual(['invalid-namespace']);
  });

  it('takes CDATA for text', () => {
    const [message] = read([HEADER, '<message><body>a<![CDATA[<&]]>b</body></message>']).elements;
    expect(message?.getChildText('body')).toBe('a<&b');
  });
});

describe('limits', () => {
  it('refuses 20 MB in one stanza after the limit, not after all of it', () => {
    const chunk = 'y'.repeat(1 << 16);
    const chunks = [HEADER, '<message><body>', ...Array.from({ length: 320 }, () => chunk)];
    const before = performance.now();
    expect(read(chunks).faults).toEqual(['policy-violation']);
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it.each(['<message id="', '<!--', '<message ', '<'])('refuses an endless %s too', (start) => {
    const chunks = [HEADER, start, ...Array.from({ length: 50 }, () => 'a'.repeat(100))];
    expect(read(chunks, { stanza: 4000, depth: 10 }).faults).toEqual(['policy-violation']);
  });

  it('refuses elements nested too deeply', () => {
    expect(read([HEADER, '<a>'.repeat(100)]).faults).toEqual([]);
    expect(read([HEADER, '<a>'.repeat(101)]).faults).toEqual(['policy-violation']);
  });

  it('counts each stanza for itself', () => {
    const stanza = `<message><body>${'a'.repeat(900)}</body></message>`;
    const seen = read([HEADER, ...Array.from({ length: 50 }, () => stanza)], { stanza: 1000, depth: 10 });
    expect(seen.faults).toEqual([]);
    expect(seen.elements).toHaveLength(50);
  });
});

describe('namespaces', () => {
  it('sees through prefixes (RFC 6120 §4.8.5)', () => {
    const [message] = read([
      "<s:stream xmlns:s='http://etherx.jabber.org/streams' xmlns:c='jabber:client' version='1.0'>",
      "<c:message from='a@b'><c:body>hi</c:body><e:x xmlns:e='urn:e' xml:lang='en' e:y='1'/></c:message>",
    ]).elements;
    expect(message?.is('message', 'jabber:client')).toBe(true);
    expect(message?.getChild('body', 'jabber:client')?.getText()).toBe('hi');
    expect(message?.getChild('x', 'urn:e')?.attrs).toEqual({ xmlns: 'urn:e', 'xml:lang': 'en' });
  });

  it('does not take an element of another namespace for one of ours', () => {
    const [evil, message] = read([
      HEADER,
      "<message xmlns='urn:evil'/><message><body xmlns=''>no</body><html xmlns='urn:h'><body>x</body></html></message>",
    ]).elements;
    expect(evil?.is('message', 'jabber:client')).toBe(false);
    expect(message?.getChild('body', 'jabber:client')).toBeUndefined();
  });

  it('writes what it read so that it means the same', () => {
    const xml =
      "<message from='a@b'><x xmlns='urn:x'><y/><body xmlns='jabber:client'>&lt;ü&gt;</body></x></message>";
    const [first] = read([HEADER, xml]).elements;
    const [second] = read([HEADER, String(first)]).elements;
    expect(String(second)).toBe(String(first));
    expect(first?.getChild('x', 'urn:x')?.getChild('body', 'jabber:client')?.getText()).toBe('<ü>');
  });
});

/** Text that XML can hold. */
const text = fc
  .string({ unit: 'binary', maxLength: 20 })
  .map((s) => s.replace(/[^\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?'));
const tree = fc.letrec<{ element: Element }>((tie) => ({
  element: fc
    .tuple(
      fc.constantFrom('a', 'body', 'x'),
      fc.constantFrom('jabber:client', 'urn:x'),
      text,
      fc.array(fc.oneof({ depthSize: 'small' }, text, tie('element')), { maxLength: 3 }),
    )
    .map(([name, xmlns, id, children]) => x(name, { xmlns, id }, ...children)),
})).element;

describe('for anything', () => {
  it('gives back what was written, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(tree, { maxLength: 4 }),
        fc.array(fc.nat(40), { maxLength: 40 }),
        (elements, cuts) => {
          const bytes = Buffer.from(HEADER + elements.map(String).join(''));
          const utf8 = new Utf8Stream();
          const chunks: string[] = [];
          let at = 0;
          for (const cut of cuts) {
            chunks.push(utf8.decode(bytes.subarray(at, at + cut)) ?? 'broken');
            at += cut;
          }
          chunks.push(utf8.decode(bytes.subarray(at)) ?? 'broken');
          const seen = read(chunks);
          const whole = read([HEADER, elements.map(String).join('')]);
          expect(seen.faults).toEqual([]);
          expect(seen.elements.map(String)).toEqual(whole.elements.map(String));
          expect(seen.elements.map((e) => [e.getName(), e.getNS(), e.getText()])).toEqual(
            elements.map((e) => [e.getName(), e.getNS(), e.getText()]),
          );
        },
      ),
    );
  });

  it('never throws, and is silent after the first fault', () => {
    const scrap = fc.constantFrom(
      HEADER,
      '<message>',
      '</message>',
      '<a b="',
      '">',
      '&amp;',
      '&',
      '<!',
      '<?',
      ']]>',
      '<',
      '>',
      '\r',
      'x',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(scrap, fc.string({ unit: 'binary' }))), (chunks) => {
        const seen = read(chunks);
        expect(seen.faults.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('reads UTF-8 exactly as it is defined (RFC 3629)', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 6 })), (chunks) => {
        const utf8 = new Utf8Stream();
        const ours = chunks.map((chunk) => utf8.decode(Buffer.from(chunk)));
        const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
        const valid = (() => {
          try {
            return decoder.decode(Buffer.concat(chunks), { stream: true });
          } catch {
            return undefined;
          }
        })();
        if (valid !== undefined) expect(ours.join('')).toBe(valid);
        else if (!ours.includes(undefined)) {
          // What cannot be valid any more may be noticed one chunk later, never be passed on.
          expect(utf8.decode(Buffer.from('abcd'))).toBeUndefined();
        }
      }),
    );
  });
});
