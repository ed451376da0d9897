/** Restricted XML, limits, namespaces. RFC 6120 §4.8, §11. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { NO_NAMESPACE, StreamParser } from '../../../src/xmpp/session/stream-parser.ts';
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

it('keeps nothing of what else came with a text or an attribute that somebody remembers', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const remembered: unknown[] = [];
  const parser = new StreamParser({
    opened: () => undefined,
    element: (element) => {
      const body = element.getChild('body');
      remembered.push(element.attrs.from, element.attrs.id, body?.getText(), body?.attrs.stamp);
    },
    closed: () => undefined,
    fault: (condition) => remembered.push(condition),
  });
  parser.write(HEADER);
  const rubbish = (at: number) => Buffer.alloc(100_000, `rubbish ${at} `).toString();
  // The second time in a tag that is large itself.
  const stanzas = [
    (at: number) =>
      `<message from='somebody${at}@example.org/x' id='an-id-that-is-long'><body>said by somebody</body><z>${rubbish(at)}</z></message>`,
    (at: number) =>
      `<message from='somebody${at}@example.org/x' id='an-id-that-is-long' z='${rubbish(at)}'><body stamp='2026-11-21T10:00:00Z' z='${rubbish(at)}'/></message>`,
  ];
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let at = 0; at < 200; at++) for (const stanza of stanzas) parser.write(stanza(at));
  collectGarbage();
  expect(remembered).toHaveLength(1600);
  expect(remembered).toContain('somebody199@example.org/x');
  // Windows on what was read would keep 40 MB.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(4_000_000);
});

describe('restricted XML', () => {
  it.each([
    ['a DTD', "<!DOCTYPE x [<!ENTITY a 'b'>]>", 'restricted-xml'],
    ['a comment', '<!-- c -->', 'restricted-xml'],
    ['the first characters of a comment', '<!--', 'restricted-xml'],
    ['an XML declaration that is not the beginning', "<?xml version='1.0'?>", 'restricted-xml'],
    ['a comment in text', '<message><body>a<!-- c -->b</body></message>', 'restricted-xml'],
    ['a processing instruction', '<?php evil ?>', 'restricted-xml'],
    ['an undefined entity', '<message><body>&nbsp;</body></message>', 'not-well-formed'],
    ['a reference to no character', '<message><body>&#27;</body></message>', 'not-well-formed'],
    ['a NUL', '<message><body>\0</body></message>', 'not-well-formed'],
    ['mismatched tags', '<message><body></message></body>', 'not-well-formed'],
    ['an undeclared prefix', '<a:message/>', 'not-well-formed'],
    ['an attribute twice', "<message id='1' id='2'/>", 'not-well-formed'],
    ['an attribute twice by two prefixes', "<a xmlns:b='u' xmlns:c='u' b:d='' c:d=''/>", 'not-well-formed'],
    ['a declaration twice', "<a xmlns='u' xmlns='v'/>", 'not-well-formed'],
    ['a prefix without a namespace', "<a xmlns:b=''/>", 'not-well-formed'],
    ['another prefix for xml', "<a xmlns:b='http://www.w3.org/XML/1998/namespace'/>", 'not-well-formed'],
    ['another namespace for xml', "<a xmlns:xml='urn:b'/>", 'not-well-formed'],
    ['a prefix xmlns', '<xmlns:a/>', 'not-well-formed'],
    ['a namespace of declarations', "<a xmlns='http://www.w3.org/2000/xmlns/'/>", 'not-well-formed'],
    ['two colons', "<a xmlns:b='u'><b:c:d/></a>", 'not-well-formed'],
    ['"<" in an attribute', "<message id='<'/>", 'not-well-formed'],
    ['"]]>" in text', '<message><body>]]></body></message>', 'not-well-formed'],
    ['half a surrogate pair', '<message><body>\ud83d</body></message>', 'not-well-formed'],
    ['a reference to half a surrogate pair', '<message><body>&#xd83d;</body></message>', 'not-well-formed'],
    ['a reference past Unicode', '<message><body>&#x110000;</body></message>', 'not-well-formed'],
    ['a reference without a number', '<message><body>&#x;</body></message>', 'not-well-formed'],
    ['a lone ampersand', '<message><body>a & b</body></message>', 'not-well-formed'],
    ['U+FFFE', '<message><body>\ufffe</body></message>', 'not-well-formed'],
    ['an attribute without a value', '<message a/>', 'not-well-formed'],
    ['an attribute without quotation marks', '<message a=b/>', 'not-well-formed'],
    ['attributes without a space between', "<message a='1'b='2'/>", 'not-well-formed'],
    ['a closing tag with an attribute', "<message></message a='1'>", 'not-well-formed'],
    ['a name that begins with a digit', '<1a/>', 'not-well-formed'],
    ['a space before the name', '< message/>', 'not-well-formed'],
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

  it.each(["<?xml version='1.1'?>", '<?xml?>', "<?xml encoding='UTF-8'?>", '<?php evil?>'])(
    'wants XML 1.0 or no declaration: %s (RFC 6120 §11)',
    (declaration) => {
      expect(read([declaration, HEADER]).faults).toEqual(['restricted-xml']);
      expect(read([...declaration, HEADER]).faults).toEqual(['restricted-xml']);
    },
  );

  it('reads line ends and references as they are meant (XML 1.0 §2.11, §3.3.3, §4.6)', () => {
    const xml = "<a b='1\r\n2\t3&#10;4&apos;' c=\"'>\">\r\n&lt;\r&#13;&#x41;&amp;amp;<![CDATA[\r\n]]></a>";
    for (const chunks of [[xml], [...xml]]) {
      const [element] = read([HEADER, ...chunks]).elements;
      expect(element?.attrs).toMatchObject({ b: "1 2 3\n4'", c: "'>" });
      expect(element?.getText()).toBe('\n<\n\rA&amp;\n');
    }
  });

  it('wants nothing outside of the stream (XML 1.0 §2.1)', () => {
    for (const xml of ['x', '<![CDATA[x]]>', '<a/>', HEADER]) {
      const seen = read([HEADER, '</stream:stream>', xml, '<']);
      expect([seen.closed, seen.faults]).toEqual([1, ['not-well-formed']]);
    }
    expect(read(['x', HEADER]).faults).toEqual(['not-well-formed']);
  });

  it('hands out what came before the offence in the same characters', () => {
    const seen = read([`${HEADER}<message id='1'/><message id='2'><body>\0`]);
    expect(seen.elements.map(({ attrs }) => attrs.id)).toEqual(['1']);
    expect(seen.faults).toEqual(['not-well-formed']);
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

  it.each(['<message id="', '<![CDATA[', '<message><![CDATA[', '<message ', '<'])(
    'refuses an endless %s too',
    (start) => {
      const chunks = [HEADER, start, ...Array.from({ length: 50 }, () => 'a'.repeat(100))];
      expect(read(chunks, { stanza: 4000, depth: 10 }).faults).toEqual(['policy-violation']);
    },
  );

  it('refuses elements nested too deeply', () => {
    expect(read([HEADER, '<a>'.repeat(100)]).faults).toEqual([]);
    expect(read([HEADER, '<a>'.repeat(101)]).faults).toEqual(['policy-violation']);
  });

  it('measures a stanza wherever it is cut', () => {
    const stanza = `<message><body>${'a'.repeat(968)}</body></message>`;
    const limits = { stanza: 1000, depth: 10 };
    const before = '<presence/>'.repeat(200);
    expect(read([HEADER + before + stanza], limits).faults).toEqual([]);
    expect(read([HEADER, ...before, ...stanza], limits).faults).toEqual([]);
    expect(read([HEADER + before + stanza.replace('aa', 'aaa')], limits).faults).toEqual([
      'policy-violation',
    ]);
  });

  it('does not count the white space that keeps a connection alive (RFC 6120 §4.6.1)', () => {
    const seen = read([HEADER, ...Array.from({ length: 50 }, () => ' '.repeat(100)), '<a/>'], {
      stanza: 1000,
      depth: 10,
    });
    expect([seen.faults, seen.elements.length]).toEqual([[], 1]);
  });

  it.each([
    ['an attribute', "<message id='", "'/>"],
    ['text', '<message><body>', '</body></message>'],
    ['CDATA', '<message><body><![CDATA[', ']]></body></message>'],
    ['a name', '<message ', "='1'/>"],
  ])('reads 2 MB of %s, a character at a time, in linear time', (_what, begin, end) => {
    const chunks = [HEADER, begin, ...'x'.repeat(2_000_000), end];
    const before = performance.now();
    const seen = read(chunks);
    expect([seen.faults, seen.elements.length]).toEqual([[], 1]);
    expect(performance.now() - before).toBeLessThan(5000);
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

describe('tags that come again', () => {
  it('are elements of their own each time', () => {
    const seen = read([HEADER, "<a b='1'><c d='2'/></a><a b='1'><c d='2'/></a>"]);
    const [first, second] = seen.elements;
    if (first !== undefined) first.attrs.b = 'changed';
    expect(second?.attrs.b).toBe('1');
    expect(first?.children[0]).not.toBe(second?.children[0]);
  });

  it('mean what they mean where they stand', () => {
    const [one, two] = read([
      HEADER,
      "<m xmlns:p='urn:1'><p:c d='2'/></m><m xmlns:p='urn:2'><p:c d='2'/></m>",
    ]).elements;
    const inner = [one, two].map((m) => m?.getChildElements()[0]?.getNS());
    expect(inner).toEqual(['urn:1', 'urn:2']);
    expect(read([HEADER, "<m xmlns:p='urn:1'><p:c/></m><m><p:c/></m>"]).faults).toEqual(['not-well-formed']);
  });
});

/** What a parser of all of XML makes of it: text of the stanzas, where it finds nothing wrong up to the end. */
function judged(xml: string): string[] | undefined {
  const parser = new SaxesParser({ xmlns: true, position: false });
  const found: string[] = [];
  const open: string[][] = [];
  let wrong = false;
  const refuse = () => {
    wrong = true;
  };
  parser.on('error', refuse);
  parser.on('comment', refuse);
  parser.on('doctype', refuse);
  parser.on('processinginstruction', refuse);
  parser.on('opentag', ({ local, uri, attributes }) => {
    const kept = Object.values(attributes).filter(({ prefix, name }) => prefix === '' && name !== 'xmlns');
    open.push([local, uri, ...kept.map(({ name, value }) => `${name}=${JSON.stringify(value)}`).sort()]);
  });
  const said = (text: string) => void open.at(-1)?.push(`"${text}`);
  parser.on('text', said);
  parser.on('cdata', said);
  parser.on('closetag', () => {
    const element = JSON.stringify(open.pop());
    if (open.length === 1) found.push(element);
    else open.at(-1)?.push(element);
  });
  parser.write(xml).close();
  return wrong ? undefined : found;
}

/** The same of what ours reads. */
function told(element: Element): string {
  const { xmlns, ...attributes } = element.attrs;
  const kept = Object.entries(attributes).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const namespace = element.getNS() === NO_NAMESPACE ? '' : (element.getNS() ?? '');
  const children = element.children.map((node) => (typeof node === 'string' ? `"${node}` : told(node)));
  return JSON.stringify([element.name, namespace, ...kept.sort(), ...children]);
}

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

  it('accepts what a parser of all of XML accepts, and reads the same in it', () => {
    const scrap = fc.constantFrom(
      ...[
        '<a>',
        '</a>',
        '<b:a>',
        '</b:a>',
        "<a xmlns:b='urn:b'>",
        "<a xmlns=''>",
        '<a/>',
        '<b:a/>',
        '<é>',
        '</é>',
      ],
      ...[
        '<a c="1" d=\'"\'>',
        "<a c = '&lt;>' >",
        '</a >',
        '<a c="1" c="2">',
        "<a b:c='1' c='2'>",
        '<a\nc="\r\n\t"/>',
      ],
      ...[
        'text',
        '&amp;',
        '&#65;',
        '&#x1F600;',
        '&#0;',
        '&',
        ';',
        ']]',
        '>',
        '<',
        '"',
        "'",
        '\r',
        '\n',
        '=',
        '/',
        ' ',
      ],
      ...[
        '<![CDATA[',
        ']]>',
        '<![CDATA[<]]]]>',
        '\u0085',
        '\u2028',
        '\u{1f600}',
        '\ufffd',
        '<a.b-c·/>',
        '<a:/>',
        '<:a/>',
      ],
    );
    // Enough that fits together, so that not everything is refused.
    const whole = fc
      .array(fc.constantFrom('<a/>', 'x', '&lt;', "<b:a c='1'/>", '<![CDATA[y]]>', "<a c='&#10;\n'>z</a>"))
      .map((parts) => `<a xmlns:b='urn:b'>${parts.join('')}</a>`);
    fc.assert(
      fc.property(fc.array(fc.oneof(scrap, whole), { maxLength: 12 }), (parts) => {
        const stanzas = parts.join('');
        // What stands between stanzas is not looked at.
        const xml = `${HEADER}<m xmlns:b='urn:m'>${stanzas}</m></stream:stream>`;
        const seen = read([xml]);
        const accepted = seen.faults.length === 0 && seen.closed === 1;
        const judgement = judged(xml);
        expect(accepted).toBe(judgement !== undefined);
        if (judgement !== undefined) expect(seen.elements.map(told)).toEqual(judgement);
        const cut = read([...xml]);
        expect([cut.faults, cut.elements.map(told)]).toEqual([seen.faults, seen.elements.map(told)]);
      }),
      { numRuns: 2000 },
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
