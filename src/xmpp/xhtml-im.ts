/** XEP-0071: XHTML-IM, version 1.5.4 (deprecated; received only). https://xmpp.org/extensions/xep-0071.html */
import { child, type Element } from './stanza.ts';
import { FENCE, MARKS } from './styling.ts';

export const NS_XHTML_IM = 'http://jabber.org/protocol/xhtml-im';
export const NS_XHTML = 'http://www.w3.org/1999/xhtml';

/** Stands for the edge of a block until all is known; XML cannot carry it, so no text holds one. */
const EDGE = '\u0000';
/** bounds for hostile trees: elements, depth, characters */
const MOST = 5000;
const DEEPEST = 50;
const LONGEST = 65_536;

const MARKED = new Map<string, string>([
  ...['strong', 'b', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'dt'].map((name) => [name, MARKS.strong] as const),
  ...['em', 'i', 'cite', 'dfn', 'var'].map((name) => [name, MARKS.emphasis] as const),
  ...['code', 'kbd', 'samp', 'tt'].map((name) => [name, MARKS.code] as const),
  ...['del', 's', 'strike'].map((name) => [name, MARKS.strike] as const),
]);
const BLOCKS = new Set([
  'p',
  'div',
  'address',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'dl',
  'dt',
  'dd',
  'tr',
  'body',
]);
const SILENT = new Set(['head', 'title', 'style', 'script', 'object', 'iframe', 'template']);
const LINK = /^(?:https?|xmpp|mailto):/i;
/** the style properties that have a mark (§7.6) */
const STYLES: readonly (readonly [RegExp, string])[] = [
  [/(?:^|;)\s*font-weight\s*:\s*(?:bold|bolder|[6-9]00)\b/i, MARKS.strong],
  [/(?:^|;)\s*font-style\s*:\s*(?:italic|oblique)\b/i, MARKS.emphasis],
  [/(?:^|;)\s*text-decoration\s*:[^;]*\bline-through\b/i, MARKS.strike],
];

interface Walk {
  left: number;
}

/** Reads the XHTML body of a message as text with the marks of XEP-0393; `undefined` where there is none. */
export function parseXhtml(stanza: Element): string | undefined {
  const body = child(child(stanza, 'html', NS_XHTML_IM), 'body', NS_XHTML);
  if (body === undefined) return undefined;
  const text = settle(render(body, { left: MOST }, 0, false))
    .trim()
    .slice(0, LONGEST);
  return text === '' ? undefined : text;
}

/** §7: what is not known is ignored, its content is not. */
function render(element: Element, walk: Walk, depth: number, verbatim: boolean): string {
  if (--walk.left < 0 || depth > DEEPEST || element.getNS() !== NS_XHTML) return '';
  const name = element.getName();
  if (SILENT.has(name)) return '';
  if (name === 'br') return '\n';
  if (name === 'img') return image(element);
  const keep = verbatim || name === 'pre';
  let text = '';
  for (const node of element.children) {
    if (text.length > LONGEST) break;
    if (typeof node !== 'string') text += render(node, walk, depth + 1, keep);
    else text += (keep ? node : node.replace(/[ \t\r\n]+/g, ' ')).replaceAll(EDGE, '');
  }
  if (verbatim) return text;
  return dress(element, name, text);
}

function dress(element: Element, name: string, text: string): string {
  if (name === 'pre') return block(`${FENCE}\n${text.replace(/^\n|\n$/g, '')}\n${FENCE}`);
  if (name === 'blockquote') return block(prefix(settle(text), '> ', '> '));
  if (name === 'li') return block(prefix(settle(text), bullet(element), '  '));
  if (name === 'ul' || name === 'ol') return block(settle(text));
  if (name === 'a') return link(element, text);
  if (name === 'q') return `“${text}”`;
  const marks = new Set(
    STYLES.filter(([style]) => style.test(element.attrs.style ?? '')).map(([, mark]) => mark),
  );
  const own = MARKED.get(name);
  if (own !== undefined) marks.add(own);
  const marked = [...marks].reduce(enclose, text);
  return BLOCKS.has(name) ? block(marked) : marked;
}

const block = (text: string) => `${EDGE}${text}${EDGE}`;

/** Edges become line ends: one where any number of them meet, none at the ends. */
function settle(text: string): string {
  return text.replace(/ *\n? *\u0000[\u0000 ]*/g, '\n').replace(/^\n+|[\n ]+$/g, '');
}

function prefix(text: string, first: string, rest: string): string {
  return text
    .split('\n')
    .map((line, at) => (at === 0 ? first : rest) + line)
    .join('\n');
}

/** XEP-0393 §5.2: a span ends on its line and has no white space inside its marks. */
function enclose(text: string, mark: string): string {
  return text
    .split(/([\n\u0000])/)
    .map((piece) => {
      const inner = piece.trim();
      if (inner === '' || inner === EDGE) return piece;
      const start = piece.indexOf(inner);
      return `${piece.slice(0, start)}${mark}${inner}${mark}${piece.slice(start + inner.length)}`;
    })
    .join('');
}

function link(element: Element, text: string): string {
  const href = element.attrs.href?.trim();
  if (href === undefined || !LINK.test(href)) return text;
  const shown = text.trim();
  return shown === '' || shown === href ? href : `${text} (${href})`;
}

/** §7.4: the text for it; nothing is fetched. */
function image(element: Element): string {
  const alt = element.attrs.alt?.replace(/\s+/g, ' ').replaceAll(EDGE, '').trim();
  return alt === undefined || alt === '' ? '' : `[${alt}]`;
}

function bullet(item: Element): string {
  if (item.parent?.getName() !== 'ol') return '- ';
  const place = item.parent.getChildren('li').indexOf(item);
  return `${place + 1}. `;
}
