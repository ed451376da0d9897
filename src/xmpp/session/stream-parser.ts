/**
 * Characters to elements: restricted XML only, within limits, namespaces resolved. RFC 6120 §4.8, §11, §13.12.
 * A stream has one parser; a restarted stream has a new one. After the first fault it is deaf.
 *
 * Little of it goes character by character: a room of a thousand people is read before the engine has compiled anything,
 * and what searches a text is compiled from the beginning.
 */
import { bareElement, type Element } from './xml.ts';
import { Refused, type XmlFault } from './xml-fault.ts';
import { NO_NAMESPACE, OpenElements } from './xml-names.ts';
import { readTag, type Tag } from './xml-tag.ts';
import { characterData, detached, lines, UNKNOWN_CHARACTER, unfinishedReference } from './xml-text.ts';

export { NO_NAMESPACE, type XmlFault };

export const NS_STREAMS = 'http://etherx.jabber.org/streams';

export interface XmlLimits {
  /** characters of one top-level element; the excess is noticed where what came at once ends, or the element */
  stanza: number;
  /** elements inside each other, the top-level one included */
  depth: number;
}

/** Enough for a roster of 30,000 contacts or a page of the archive; a server that sends more is refused. */
export const DEFAULT_LIMITS: XmlLimits = { stanza: 4 * 1024 * 1024, depth: 100 };

export interface XmlListener {
  /** when the other side opened its stream; attributes of its header */
  opened(header: Element): void;
  /** for each complete element directly below the stream */
  element(element: Element): void;
  /** when the other side closed its stream */
  closed(): void;
  /** once, at the first offence; nothing is reported afterwards */
  fault(condition: XmlFault, text: string): void;
}

const CDATA = '<![CDATA[';
const CDATA_END = ']]>';
const DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*["']1\.0["'](?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z][\w.-]*)["'])?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*["'](?:yes|no)["'])?[ \t\r\n]*\?>$/;
const SPACE = /^[ \t\r\n]*$/;

/** Markup whose end has not come, and what it is as far as can be seen. */
interface Unfinished {
  readonly kind: 'tag' | 'cdata' | 'unknown';
  text: string;
  /** of a tag: the quotation mark that is open; of CDATA: its last two characters */
  state: string;
}

/** What the end of a tag may be, or what may not stand in one, by the quotation mark that is open. */
const SIGNIFICANT: Readonly<Record<string, RegExp>> = { '': /["'<>]/g, '"': /["<]/g, "'": /['<]/g };

/** tags that are known: the same ones come again and again, in a room above all */
const MOST_TAGS = 256;
const LONGEST_TAG = 256;
/** what says who or which is different each time */
const VARYING = /[ \t\r\n](?:from|to|id|jid|stamp)[ \t\r\n]*=/;

export class StreamParser {
  readonly #listener: XmlListener;
  readonly #limits: XmlLimits;
  readonly #open = new OpenElements();
  readonly #tags = new Map<string, Tag>();
  #current: Element | undefined;
  #phase: 'untouched' | 'before' | 'open' | 'closed' = 'untouched';
  #unfinished: Unfinished | undefined;
  /** text since the last markup, as it is written */
  #text = '';
  /** what may be the beginning of a reference at its end */
  #reference = '';
  /** where in the characters that are being read the top-level element begins; below 0: before them */
  #start = 0;
  #deaf = false;

  constructor(listener: XmlListener, limits: XmlLimits = DEFAULT_LIMITS) {
    this.#listener = listener;
    this.#limits = limits;
  }

  /** No call of the listener follows. */
  stop(): void {
    this.#deaf = true;
  }

  /** Takes the next characters of the stream, none of them halved. Throws only what a method of the listener throws. */
  write(text: string): void {
    if (this.#deaf) return;
    const unknown = text.search(UNKNOWN_CHARACTER);
    try {
      this.#read(unknown < 0 ? text : text.slice(0, unknown));
      if (unknown >= 0) throw new Refused('not-well-formed', 'disallowed character');
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (this.#deaf) return;
      this.#deaf = true;
      this.#listener.fault(error.condition, error.message);
    }
  }

  #read(text: string): void {
    for (let at = 0; at < text.length && !this.#deaf; ) {
      if (this.#unfinished !== undefined) {
        at = this.#goOn(this.#unfinished, text, at);
        continue;
      }
      const markup = text.indexOf('<', at);
      const end = markup < 0 ? text.length : markup;
      if (end > at) this.#characters(text.slice(at, end), end);
      if (markup < 0) this.#reference = unfinishedReference(this.#reference + text.slice(at));
      at = markup < 0 ? end : this.#markup(text, markup);
    }
    this.#measure(text.length);
    this.#start -= text.length;
  }

  #measure(at: number): void {
    if (at - this.#start > this.#limits.stanza) throw new Refused('policy-violation', 'stanza too large');
  }

  #characters(text: string, end: number): void {
    // Between stanzas it is a sign of life (§4.6.1), of which there may be as much as there likes to be.
    if (this.#text === '' && this.#current === undefined && SPACE.test(text)) this.#start = end;
    else this.#text += text;
    if (this.#phase === 'untouched') this.#phase = 'before';
  }

  #endOfText(): void {
    if (this.#text === '') return;
    const text = characterData(this.#text);
    this.#text = '';
    this.#reference = '';
    if (this.#phase !== 'open' && !SPACE.test(text)) throw outside();
    this.#current?.children.push(text);
  }

  /** Gives where what follows begins. */
  #markup(text: string, at: number): number {
    this.#endOfText();
    if (this.#current === undefined) this.#start = at;
    const end = text.indexOf('>', at) + 1;
    const next = text[at + 1];
    const tag = end === 0 || next === '!' || next === '?' ? undefined : this.#tag(text.slice(at, end));
    if (tag === undefined) {
      this.#unfinished = { kind: 'unknown', text: '<', state: '' };
      return at + 1;
    }
    this.#take(tag, end);
    return end;
  }

  #tag(raw: string): Tag | undefined {
    const known = this.#tags.get(raw);
    if (known !== undefined) return known;
    const tag = readTag(raw);
    if (tag === undefined || raw.length > LONGEST_TAG || VARYING.test(raw)) return tag;
    if (this.#tags.size >= MOST_TAGS) this.#tags.clear();
    this.#tags.set(detached(raw), tag);
    return tag;
  }

  /** As `#markup`, of markup that began in what was read before. */
  #goOn(unfinished: Unfinished, text: string, at: number): number {
    if (unfinished.kind === 'cdata') return this.#cdata(unfinished, text, at);
    if (unfinished.kind === 'tag') return this.#restOfTag(unfinished, text, at);
    const next = text[at];
    if (unfinished.text === '<' && next !== '!' && next !== '?') {
      this.#unfinished = { kind: 'tag', text: '<', state: '' };
      return at;
    }
    unfinished.text += next;
    if (unfinished.text.startsWith('<?')) this.#declaration(unfinished.text);
    else if (unfinished.text === CDATA) {
      if (this.#phase !== 'open') throw outside();
      this.#unfinished = { kind: 'cdata', text: '', state: '' };
    } else if (!CDATA.startsWith(unfinished.text))
      throw new Refused('restricted-xml', 'comment or document type declaration');
    return at + 1;
  }

  #restOfTag(unfinished: Unfinished, text: string, start: number): number {
    for (let at = start; ; ) {
      const significant = SIGNIFICANT[unfinished.state] as RegExp;
      significant.lastIndex = at;
      const mark = significant.exec(text)?.[0];
      at = significant.lastIndex;
      if (mark === '<') throw new Refused('not-well-formed', 'a tag in a tag');
      if (mark === undefined || mark === '>') {
        unfinished.text += text.slice(start, mark === undefined ? text.length : at);
        if (mark === undefined) return text.length;
        const tag = this.#tag(unfinished.text);
        if (tag === undefined) throw new Refused('not-well-formed', 'a quotation mark that is not closed');
        this.#unfinished = undefined;
        this.#take(tag, at);
        return at;
      }
      unfinished.state = unfinished.state === '' ? mark : '';
    }
  }

  #cdata(unfinished: Unfinished, text: string, at: number): number {
    const { state: last } = unfinished;
    const end = (last + text.slice(at)).indexOf(CDATA_END);
    if (end < 0) {
      unfinished.text += text.slice(at);
      unfinished.state = (last + text.slice(-2)).slice(-2);
      return text.length;
    }
    const behind = at + end - last.length + CDATA_END.length;
    const written = (unfinished.text + text.slice(at, behind)).slice(0, -CDATA_END.length);
    this.#unfinished = undefined;
    this.#current?.children.push(lines(detached(written)));
    return behind;
  }

  /** §11.5, XML 1.0 §2.8: at the very beginning, or nowhere. */
  #declaration(text: string): void {
    if (this.#phase !== 'untouched' || (text.length === LONGEST_TAG && !text.endsWith('>')))
      throw new Refused('restricted-xml', 'processing instruction');
    if (!text.endsWith('>')) return;
    const declaration = DECLARATION.exec(text);
    if (declaration === null) throw new Refused('restricted-xml', 'processing instruction');
    // §11.6: UTF-8 and nothing else.
    const [, encoding = 'utf-8'] = declaration;
    if (encoding.toLowerCase() !== 'utf-8') throw new Refused('unsupported-encoding', encoding);
    this.#phase = 'before';
    this.#unfinished = undefined;
  }

  #take(tag: Tag, end: number): void {
    if (tag.kind !== 'end') this.#begin(tag);
    if (tag.kind === 'start') return;
    this.#open.close(tag.name);
    this.#end(end);
  }

  #begin(tag: Tag): void {
    const { depth, namespace: around } = this.#open;
    if (this.#phase === 'closed') throw outside();
    if (depth > this.#limits.depth) throw new Refused('policy-violation', 'nested too deeply');
    const namespace = this.#open.open(tag);
    const element = bareElement(tag.local);
    Object.assign(element.attrs, tag.attributes);
    if (depth <= 1 || namespace !== around || tag.declared?.has('')) element.attrs.xmlns = namespace;
    if (depth === 0) this.#openStream(element);
    else {
      element.parent = this.#current ?? null;
      this.#current?.children.push(element);
      this.#current = element;
    }
  }

  #openStream(header: Element): void {
    if (header.attrs.xmlns !== NS_STREAMS || header.name !== 'stream')
      throw new Refused('invalid-namespace', `${header.name} is no stream`);
    this.#phase = 'open';
    this.#listener.opened(header);
  }

  #end(at: number): void {
    const element = this.#current;
    if (element === undefined) {
      this.#phase = 'closed';
      this.#listener.closed();
      return;
    }
    this.#current = element.parent ?? undefined;
    if (this.#current !== undefined) return;
    this.#measure(at);
    this.#start = at;
    this.#listener.element(element);
  }
}

const outside = () => new Refused('not-well-formed', 'something outside the stream');
