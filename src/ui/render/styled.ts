/** Colours the marks of XEP-0393 "Message Styling", 1.1.1 (https://xmpp.org/extensions/xep-0393.html). */
import { type Block, FENCE, MARKS, parseStyling, type Span } from '../../chat/styling.ts';
import type { Theme } from '../theme.ts';

/** Takes a text that is already safe to print. The marks stay visible, so that nothing can be hidden by them (§7). */
export function styledText(text: string, theme: Theme): string {
  if (!/[*_~`>]/.test(text)) return text;
  return blocksText(parseStyling(text), theme).join('\n');
}

function blocksText(blocks: readonly Block[], theme: Theme): string[] {
  return blocks.flatMap((block) => blockText(block, theme));
}

function blockText(block: Block, theme: Theme): string[] {
  switch (block.type) {
    case 'plain':
      return [block.spans.map((span) => spanText(span, theme)).join('')];
    case 'code':
      return [
        theme.dim(`${FENCE}${block.info}`),
        ...(block.text === '' ? [] : block.text.split('\n').map((line) => theme.code(line))),
        ...(block.closed ? [theme.dim(FENCE)] : []),
      ];
    case 'quote':
      return blocksText(block.blocks, theme).map((line) => `${theme.dim('>')} ${line}`);
  }
}

function spanText(span: Span, theme: Theme): string {
  switch (span.type) {
    case 'text':
      return span.text;
    case 'code':
      return theme.code(`${MARKS.code}${span.text}${MARKS.code}`);
    case 'strong':
      return theme.bold(marked(MARKS.strong, span.spans, theme));
    case 'emphasis':
      return theme.italic(marked(MARKS.emphasis, span.spans, theme));
    case 'strike':
      return theme.strike(marked(MARKS.strike, span.spans, theme));
  }
}

function marked(mark: string, spans: readonly Span[], theme: Theme): string {
  return `${mark}${spans.map((span) => spanText(span, theme)).join('')}${mark}`;
}
