/**
 * Characters to elements: restricted XML only, within limits, namespaces resolved. RFC 6120 §4.8, §11, §13.12.
 * A stream has one parser; a restarted stream has a new one. After the first fault it is deaf.
 */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { bareElement, type Element } from './xml.ts';

export const NS_STREAMS = 'http://etherx.jabber.org/streams';

/** The stream errors that the parser itself finds, RFC 6120 §4.9.3. */
export type XmlFault =
  | 'not-well-formed'
  | 'restricted-xml'
  | 'invalid-namespace'
  | 'policy-violation'
  | 'unsupported-encoding';

export interface XmlLimits {
  /** characters of one top-level element; the excess is noticed at the next chunk (64 KiB at most) */
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

/** Stands for `xmlns=''`. */
export const NO_NAMESPACE = 'about:blank';

const SLICE = 64 * 1024;

class Refused extends Error {
  readonly condition: XmlFault;
  constructor(condition: XmlFault, text: string) {
    super(text);
    this.condition = condition;
  }
}

export class StreamParser {
  readonly #saxes = new SaxesParser({ xmlns: true, position: false });
  readonly #listener: XmlListener;
  readonly #limits: XmlLimits;
  #current: Element | undefined;
  /** namespace of each open element below the stream, outermost first */
  readonly #namespaces: string[] = [];
  #depth = 0;
  #unfinished = 0;
  #deaf = false;

  constructor(listener: XmlListener, limits: XmlLimits = DEFAULT_LIMITS) {
    this.#listener = listener;
    this.#limits = limits;
    const saxes = this.#saxes;
    const refuse = (what: string) => () => {
      throw new Refused('restricted-xml', what);
    };
    saxes.on('error', (error) => {
      throw new Refused('not-well-formed', error.message);
    });
    saxes.on('doctype', refuse('document type declaration'));
    saxes.on('comment', refuse('comment'));
    saxes.on('processinginstruction', refuse('processing instruction'));
    saxes.on('xmldecl', ({ encoding }) => {
      // §11.6: UTF-8 and nothing else.
      if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8')
        throw new Refused('unsupported-encoding', encoding);
    });
    saxes.on('opentagstart', () => {
      this.#depth++;
      if (this.#depth > this.#limits.depth + 1) throw new Refused('policy-violation', 'nested too deeply');
    });
    saxes.on('opentag', (tag) => this.#open(tag));
    saxes.on('text', (text) => this.#current?.children.push(text));
    saxes.on('cdata', (text) => this.#current?.children.push(text));
    saxes.on('closetag', () => this.#close());
  }

  /** No call of the listener follows. */
  stop(): void {
    this.#deaf = true;
  }

  /** Takes the next characters of the stream. Throws only what a method of the listener throws. */
  write(text: string): void {
    for (let at = 0; at < text.length && !this.#deaf; at += SLICE) {
      const slice = text.length <= SLICE ? text : text.slice(at, at + SLICE);
      this.#unfinished += slice.length;
      try {
        if (this.#unfinished > this.#limits.stanza) throw new Refused('policy-violation', 'stanza too large');
        this.#saxes.write(slice);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (this.#deaf) return;
        this.#deaf = true;
        this.#listener.fault(error.condition, error.message);
      }
    }
  }

  #open(tag: SaxesTagNS): void {
    if (this.#deaf) return;
    const element = bareElement(tag.local);
    for (const name in tag.attributes) {
      const attribute = tag.attributes[name];
      if (attribute === undefined) continue;
      // Prefixes are not carried on, so an attribute of a foreign namespace would turn into another one.
      if (attribute.prefix === '' || attribute.prefix === 'xml')
        element.attrs[attribute.name] = attribute.value;
    }
    // ltx takes an empty namespace for an inherited one.
    const namespace = tag.uri === '' ? NO_NAMESPACE : tag.uri;
    if (this.#depth === 1) {
      this.#openStream(element, namespace);
      return;
    }
    if (namespace !== this.#namespaces.at(-1)) element.attrs.xmlns = namespace;
    this.#namespaces.push(namespace);
    this.#current?.append(element);
    this.#current = element;
  }

  #openStream(header: Element, namespace: string): void {
    if (namespace !== NS_STREAMS || header.name !== 'stream')
      throw new Refused('invalid-namespace', `${header.name} is no stream`);
    header.attrs.xmlns = namespace;
    this.#unfinished = 0;
    this.#listener.opened(header);
  }

  #close(): void {
    this.#depth--;
    if (this.#deaf) return;
    const element = this.#current;
    if (element === undefined) {
      this.#listener.closed();
      return;
    }
    this.#namespaces.pop();
    this.#current = element.parent ?? undefined;
    if (this.#current !== undefined) return;
    this.#unfinished = 0;
    this.#listener.element(element);
  }
}
