import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Element, x } from '../../src/xmpp/stanza.ts';
import { NS_XHTML, NS_XHTML_IM, parseXhtml } from '../../src/xmpp/xhtml-im.ts';
import { parse } from '../support/parse.ts';

const read = (body: string) =>
  parseXhtml(
    parse(`<message><html xmlns='${NS_XHTML_IM}'><body xmlns='${NS_XHTML}'>${body}</body></html></message>`),
  );

describe('XHTML as styled text (XEP-0071 §7)', () => {
  it.each([
    ['<p>hi <strong>there</strong></p>', 'hi *there*'],
    ['<p>one</p><p>two</p>', 'one\ntwo'],
    ['a<br/>b', 'a\nb'],
    ['<em> spaced </em>out', '_spaced_ out'],
    ["<p>see <a href='https://example.org/'>this</a></p>", 'see this (https://example.org/)'],
    ["<a href='https://example.org/'>https://example.org/</a>", 'https://example.org/'],
    ["<a href='javascript:alert(1)'>click</a>", 'click'],
    ["<img src='http://evil.example/x.png' alt='a cat'/>", '[a cat]'],
    ["<img src='http://evil.example/x.png'/>after", 'after'],
    ['<ul><li>one</li><li>two</li></ul>', '- one\n- two'],
    ['<ol><li>one</li><li>two<br/>more</li></ol>', '1. one\n2. two\n  more'],
    ['<p>I say</p><blockquote><p>a</p><p>b</p></blockquote><p>c</p>', 'I say\n> a\n> b\nc'],
    ['<pre>  x = 1\n  y</pre>', '```\n  x = 1\n  y\n```'],
    ['use <code>ls</code>', 'use `ls`'],
    ["<span style='color: red; font-weight: bold'>loud</span>", '*loud*'],
    ["<span style='text-decoration: underline line-through'>no</span>", '~no~'],
    ['<strong>two<br/>lines</strong>', '*two*\n*lines*'],
    ['<table><tr><td>cell</td></tr></table>', 'cell'],
    ['<script>alert(1)</script>ok', 'ok'],
    ['white   \n  space', 'white space'],
  ])('reads %s', (body, text) => {
    expect(read(body)).toBe(text);
  });

  it('says nothing where nothing is left', () => {
    expect(read('<p> </p>')).toBeUndefined();
    expect(parseXhtml(parse('<message><body>hi</body></message>'))).toBeUndefined();
  });

  it('takes only elements of its namespace (XEP-0071 §5)', () => {
    expect(read("<p>a<strong xmlns='urn:evil'>b</strong></p>")).toBe('a');
    expect(
      parseXhtml(parse("<message><html xmlns='urn:evil'><body>x</body></html></message>")),
    ).toBeUndefined();
  });

  it('bounds depth and size', () => {
    let tree: Element = x('em', {}, 'deep');
    for (let i = 0; i < 3000; i++) tree = x('blockquote', {}, tree);
    const wide = Array.from({ length: 20_000 }, () => x('strong', {}, 'a'));
    const message = (...nodes: Element[]) =>
      x('message', {}, x('html', { xmlns: NS_XHTML_IM }, x('body', { xmlns: NS_XHTML }, ...nodes)));
    expect(parseXhtml(message(tree, x('p', {}, 'end')))).toContain('end');
    expect((parseXhtml(message(...wide)) ?? '').length).toBeLessThan(65_537);
  });

  it('is total', () => {
    const names = fc.constantFrom(
      'p',
      'em',
      'ol',
      'li',
      'pre',
      'blockquote',
      'a',
      'img',
      'br',
      'script',
      'code',
    );
    const tree = fc.letrec<{ node: Element | string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        fc.string(),
        fc
          .record({ name: names, href: fc.webUrl(), children: fc.array(tie('node'), { maxLength: 4 }) })
          .map(({ name, href, children }) => x(name, { href, style: href }, ...children)),
      ),
    })).node;
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 5 }), (nodes) => {
        const text = parseXhtml(
          x('message', {}, x('html', { xmlns: NS_XHTML_IM }, x('body', { xmlns: NS_XHTML }, ...nodes))),
        );
        expect(text ?? '').not.toContain('\u0000');
      }),
    );
  });
});
