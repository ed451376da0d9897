/** XEP-0115: Entity Capabilities, version 1.6.0. https://xmpp.org/extensions/xep-0115.html */
import { createHash } from 'node:crypto';
import type { DiscoInfo, Identity } from './disco-info.ts';
import type { Form } from './forms.ts';
import { child, type Element, x } from './stanza.ts';

export const NS_CAPS = 'http://jabber.org/protocol/caps';

export interface Caps {
  readonly node: string;
  readonly ver: string;
  readonly hash: string;
}

/** hash functions known here; §8.1: sha-1 must be, and is what all write */
const HASHES = new Map([
  ['sha-1', 'sha1'],
  ['sha-256', 'sha256'],
  ['sha-512', 'sha512'],
]);
const LONGEST = 1024;

/** Reads `<c/>`; without a hash it is the old format, whose words cannot be verified (§5.4). */
export function parseCaps(presence: Element): Caps | undefined {
  const { node, ver, hash } = child(presence, 'c', NS_CAPS)?.attrs ?? {};
  if (!node || !ver || !hash || node.length + ver.length + hash.length > LONGEST) return undefined;
  return { node, ver, hash };
}

export function xCaps(caps: Caps): Element {
  return x('c', { xmlns: NS_CAPS, hash: caps.hash, node: caps.node, ver: caps.ver });
}

/** i;octet: by bytes of the UTF-8 text (§5.1). */
const byOctets = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const spell = (identity: Identity) =>
  `${identity.category}/${identity.type}/${identity.lang ?? ''}/${identity.name ?? ''}`;
/** Forms count by their hidden FORM_TYPE; others are ignored (§5.4 3.6). */
const typed = (form: Form) =>
  form.fields.some(
    (field) => field.name === 'FORM_TYPE' && field.type === 'hidden' && field.values.length > 0,
  );

function spellForm(form: Form): string {
  const fields = form.fields
    .filter((field) => field.name !== 'FORM_TYPE' && field.name !== '')
    .sort((a, b) => byOctets(a.name, b.name));
  return [
    form.formType ?? '',
    ...fields.flatMap((field) => [field.name, ...[...field.values].sort(byOctets)]),
  ]
    .map((part) => `${part}<`)
    .join('');
}

/** The verification string (§5.1); `undefined` for a hash function not known here. */
export function verificationString(info: DiscoInfo, hash = 'sha-1'): string | undefined {
  const algorithm = HASHES.get(hash);
  if (algorithm === undefined) return undefined;
  const head = [...info.identities.map(spell).sort(byOctets), ...[...info.features].sort(byOctets)];
  const forms = info.forms
    .filter(typed)
    .sort((a, b) => byOctets(a.formType ?? '', b.formType ?? ''))
    .map(spellForm);
  const text = head.map((part) => `${part}<`).join('') + forms.join('');
  return createHash(algorithm).update(text, 'utf8').digest('base64');
}

/** Whether an answer is what that string was made from; an ill-formed one never is (§5.4). */
export function verifyCaps(info: DiscoInfo, caps: Caps): boolean {
  const distinct = (texts: readonly string[]) => new Set(texts).size === texts.length;
  const forms = info.forms.filter(typed);
  // §5.1 joins with '<', which the parts may hold: an answer that plays with it is not believed.
  const parts = [...info.features, ...info.identities.map(spell)];
  return (
    parts.every((part) => !part.includes('<')) &&
    distinct(info.identities.map(spell)) &&
    distinct(info.features) &&
    distinct(forms.map((form) => form.formType ?? '')) &&
    forms.every(({ fields }) => {
      const type = fields.find((field) => field.name === 'FORM_TYPE');
      return new Set(type?.values).size === 1;
    }) &&
    verificationString(info, caps.hash) === caps.ver
  );
}

/** What keeps capabilities over sessions: texts by `hash ver`. */
export interface CapsStore {
  get(key: string): string | undefined;
  put(key: string, value: string): void;
}

/** answers kept in memory; the store has its own bound */
const MOST = 1000;

/** Verified answers by their string, for everybody who announces it (§5.4). */
export function capsMemory(store?: CapsStore) {
  const answers = new Map<string, DiscoInfo>();
  const keyOf = ({ hash, ver }: Caps) => `${hash} ${ver}`;
  const keep = (key: string, info: DiscoInfo) => {
    const [oldest] = answers.keys();
    if (answers.size >= MOST && oldest !== undefined) answers.delete(oldest);
    answers.set(key, info);
  };
  return {
    get(caps: Caps): DiscoInfo | undefined {
      const key = keyOf(caps);
      const known = answers.get(key);
      if (known !== undefined) return known;
      const info = restore(store?.get(key), caps);
      if (info !== undefined) keep(key, info);
      return info;
    },
    /** Only what `verifyCaps` accepts may be put here. */
    put(caps: Caps, info: DiscoInfo): void {
      keep(keyOf(caps), info);
      store?.put(keyOf(caps), JSON.stringify(info));
    },
  };
}

/** What was stored counts only while it still gives its own string: a damaged row is no answer. */
function restore(text: string | undefined, caps: Caps): DiscoInfo | undefined {
  if (text === undefined) return undefined;
  try {
    const info = JSON.parse(text) as DiscoInfo;
    return verifyCaps(info, caps) ? info : undefined;
  } catch {
    return undefined;
  }
}
