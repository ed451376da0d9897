import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { x } from '../../src/xmpp/stanza.ts';
import {
  type Block,
  MARKS,
  parseStyling,
  parseUnstyled,
  type Span,
  xUnstyled,
} from '../../src/xmpp/styling.ts';

/** writes spans as <strong>…</strong> and so on */
function show(spans: readonly Span[]): string {
  return spans
    .map((span) => {
      if (span.type === 'text') return span.text;
      return `<${span.type}>${span.type === 'code' ? span.text : show(span.spans)}</${span.type}>`;
    })
    .join('');
}
function line(text: string): string {
  const [block] = parseStyling(text);
  return block?.type === 'plain' ? show(block.spans) : `not plain: ${block?.type}`;
}

describe('spans (XEP-0393 §5.2)', () => {
  it.each([
    ['plain span', 'plain span'],
    ['*strong span*', '<strong>strong span</strong>'],
    ['plain _emphasis_ plain', 'plain <emphasis>emphasis</emphasis> plain'],
    ['`pre` plain *strong*', '<code>pre</code> plain <strong>strong</strong>'],
    ['*strong*plain*', '<strong>strong</strong>plain*'],
    ['* plain *strong*', '* plain <strong>strong</strong>'],
    ['Everyone ~dis~likes cake.', 'Everyone <strike>dis</strike>likes cake.'],
    ['This is `*monospace*`', 'This is <code>*monospace*</code>'],
    ['This is *`monospace and bold`*', 'This is <strong><code>monospace and bold</code></strong>'],
    ['Two spans, both *alike in dignity*', 'Two spans, both <strong>alike in dignity</strong>'],
    ['*a _b_*', '<strong>a <emphasis>b</emphasis></strong>'],
  ])('styles %s', (text, shown) => {
    expect(line(text)).toBe(shown);
  });

  it.each([
    'not strong*',
    '*not strong',
    '*not *strong',
    '**',
    '***',
    '****',
    'a*b*c',
    '*not strong *',
    'x ** y',
  ])('leaves %s alone', (text) => {
    expect(line(text)).toBe(text);
  });

  it('does not style over the end of a line', () => {
    expect(
      parseStyling('*not \n strong*').map((block) => block.type === 'plain' && show(block.spans)),
    ).toEqual(['*not ', ' strong*']);
  });
});

describe('blocks (XEP-0393 §5.1)', () => {
  it('ends preformatted text at a line of the fence alone', () => {
    expect(parseStyling('```clojure\n(println "*hi*")\n```x\n```\nafter')).toEqual([
      { type: 'code', text: '(println "*hi*")\n```x', info: 'clojure', closed: true },
      { type: 'plain', spans: [{ type: 'text', text: 'after' }] },
    ]);
  });

  it('ends preformatted text with its quotation', () => {
    expect(parseStyling('> ```\n> (println)\noutside')).toEqual([
      { type: 'quote', blocks: [{ type: 'code', text: '(println)', info: '', closed: false }] },
      { type: 'plain', spans: [{ type: 'text', text: 'outside' }] },
    ]);
  });

  it('nests quotations and trims one white space', () => {
    expect(parseStyling('>> inner\n>  outer')).toEqual([
      {
        type: 'quote',
        blocks: [
          { type: 'quote', blocks: [{ type: 'plain', spans: [{ type: 'text', text: 'inner' }] }] },
          { type: 'plain', spans: [{ type: 'text', text: ' outer' }] },
        ],
      },
    ]);
  });

  it('survives ten thousand signs and marks in a moment', () => {
    const started = performance.now();
    parseStyling('>'.repeat(10_000));
    parseStyling(' *a'.repeat(10_000));
    parseStyling('*_~`'.repeat(10_000));
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

/** the text again, with its marks: nothing may be lost */
function unparse(blocks: readonly Block[]): string[] {
  const spell = (span: Span): string => {
    if (span.type === 'text') return span.text;
    const inner = span.type === 'code' ? span.text : span.spans.map(spell).join('');
    return MARKS[span.type] + inner + MARKS[span.type];
  };
  return blocks.flatMap((block) => {
    if (block.type === 'plain') return [block.spans.map(spell).join('')];
    if (block.type === 'quote') return unparse(block.blocks).map((text) => `> ${text}`);
    const body = block.text === '' && !block.closed ? [] : block.text.split('\n');
    return [`\`\`\`${block.info}`, ...body, ...(block.closed ? ['```'] : [])];
  });
}

it('loses no character of a text without quotations and fences', () => {
  const piece = fc.constantFrom('*', '_', '~', '`', ' ', 'a', '你', '\n', '**');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join('');
      fc.pre(!text.includes('```'));
      expect(unparse(parseStyling(text)).join('\n')).toBe(text);
    }),
  );
});

it('reads what asks not to be styled (XEP-0393 §6)', () => {
  expect(parseUnstyled(x('message', {}, xUnstyled()))).toBe(true);
  expect(parseUnstyled(x('message', {}, x('unstyled', { xmlns: 'urn:evil' })))).toBe(false);
});
