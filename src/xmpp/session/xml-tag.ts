/** One tag: its name and attributes, prefixes not resolved yet. XML 1.0 §3.1, Namespaces in XML 1.0. */
import { Refused } from './xml-fault.ts';
import { attributeValue, detached } from './xml-text.ts';

export interface Tag {
  readonly kind: 'start' | 'empty' | 'end';
  /** as it is written, with its prefix */
  readonly name: string;
  /** '' where there is none */
  readonly prefix: string;
  readonly local: string;
  /** without a prefix, or with `xml:`; without declarations */
  readonly attributes: Readonly<Record<string, string>>;
  /** namespaces by prefix, '' for the default one */
  readonly declared: ReadonlyMap<string, string> | undefined;
  /** names with other prefixes: nobody needs their values */
  readonly foreign: readonly { readonly prefix: string; readonly local: string }[] | undefined;
}

export const NS_XML = 'http://www.w3.org/XML/1998/namespace';
const NS_XMLNS = 'http://www.w3.org/2000/xmlns/';

const START = String.raw`A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\u{10000}-\u{effff}`;
const PART = String.raw`[${START}][${START}\-.0-9\xb7\u0300-\u036f\u203f\u2040]*`;
/** a prefix, and what stands behind it */
const NAME = `(?:(${PART}):)?(${PART})`;
const OPENING = new RegExp(`<(/?)${NAME}`, 'uy');
/** up to the quotation mark */
const ATTRIBUTE = new RegExp(`[ \\t\\r\\n]+${NAME}[ \\t\\r\\n]*=[ \\t\\r\\n]*(["'])`, 'uy');
const CLOSING = /[ \t\r\n]*(\/?)>/y;

/** characters of a tag whose values may keep all of it alive */
const SMALL = 1024;

const malformed = (what: string) => new Refused('not-well-formed', what);

/** Reads what stands from `<` to `>`; `undefined` where that `>` stands between quotation marks. Throws Refused. */
export function readTag(written: string): Tag | undefined {
  // One copy for all of them; where the tag is large, one for each (`readAttributes`).
  const raw = written.length > SMALL ? written : detached(written);
  OPENING.lastIndex = 0;
  const opening = OPENING.exec(raw);
  if (opening === null) throw malformed('no name of a tag');
  const [{ length }, slash, prefix = '', local = ''] = opening;
  const parts: Parts = { attributes: Object.create(null), declared: undefined, foreign: undefined };
  const at = readAttributes(raw, length, parts);
  if (at === undefined) return undefined;
  CLOSING.lastIndex = at;
  const closing = CLOSING.exec(raw);
  if (closing === null || CLOSING.lastIndex !== raw.length)
    throw malformed('no attribute, and no end of a tag');
  const kind = slash !== '' ? 'end' : closing[1] === '' ? 'start' : 'empty';
  if (kind === 'end' && (at > length || closing[1] !== ''))
    throw malformed('a closing tag with more than a name');
  return { kind, name: prefix === '' ? local : `${prefix}:${local}`, prefix, local, ...parts };
}

interface Parts {
  readonly attributes: Record<string, string>;
  declared: Map<string, string> | undefined;
  foreign: { prefix: string; local: string }[] | undefined;
}

/** Gives where they end. */
function readAttributes(raw: string, start: number, parts: Parts): number | undefined {
  for (let at = start; ; ) {
    ATTRIBUTE.lastIndex = at;
    const found = ATTRIBUTE.exec(raw);
    if (found === null) return at;
    const [, prefix = '', local = '', quote = ''] = found;
    const begin = ATTRIBUTE.lastIndex;
    const end = raw.indexOf(quote, begin);
    if (end < 0) return undefined;
    const piece = raw.slice(begin, end);
    const written = raw.length > SMALL ? detached(piece) : piece;
    if (written.includes('<')) throw malformed('"<" in an attribute');
    note(parts, prefix, local, attributeValue(written));
    at = end + 1;
  }
}

function note(parts: Parts, prefix: string, local: string, value: string): void {
  const { attributes } = parts;
  if (prefix === 'xmlns' || (prefix === '' && local === 'xmlns')) {
    parts.declared ??= new Map();
    const declared = prefix === '' ? '' : local;
    if (parts.declared.has(declared)) throw malformed(`two attributes ${local}`);
    checkDeclaration(declared, value);
    parts.declared.set(declared, value);
  } else if (prefix === '' || prefix === 'xml') {
    const name = prefix === '' ? local : `xml:${local}`;
    if (name in attributes) throw malformed(`two attributes ${name}`);
    attributes[name] = value;
  } else {
    parts.foreign ??= [];
    parts.foreign.push({ prefix, local });
  }
}

/** Namespaces in XML 1.0 §2.2, §3. */
function checkDeclaration(prefix: string, uri: string): void {
  if (prefix !== '' && uri === '') throw malformed('a prefix without a namespace');
  const ofXml = prefix === 'xml' ? uri === NS_XML : uri !== NS_XML;
  if (prefix === 'xmlns' || uri === NS_XMLNS || !ofXml) throw malformed(`${prefix} cannot be ${uri}`);
}
