/** XEP-0363: HTTP File Upload, version 1.2.0. https://xmpp.org/extensions/xep-0363.html */
import { isLoopbackAddress } from './bytestreams/socks5-listen.ts';
import type { Disco } from './disco.ts';
import { StanzaError, UnsupportedFeatureError, XmppError } from './errors.ts';
import type { RequestOptions, Session } from './session/session.ts';
import { child, childText, type Element, x } from './stanza.ts';

export const NS = 'urn:xmpp:http:upload:0';

export interface UploadService {
  readonly jid: string;
  /** bytes; undefined where it does not say */
  readonly maxSize: number | undefined;
}

export interface Slot {
  readonly put: string;
  readonly get: string;
  /** of the `PUT`, in order; a name may come more than once */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface UploadRequest {
  readonly name: string;
  /** bytes */
  readonly size: number;
  /** MIME type */
  readonly mime: string;
}

const LONGEST = 8192;
const ALLOWED: readonly string[] = ['authorization', 'cookie', 'expires'];
/** What a header may hold (RFC 9110 §5.5): visible ASCII, spaces, tabs. */
const VALUE = /^[\t\x20-\x7e]*$/;

/** True for this machine itself, the only place where clear text is no danger. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/**
 * §4: https; http only where the server is `atHome`, on this computer, and on its loopback: what else listens there is
 * not for a server elsewhere to have us write to. Credentials belong into headers.
 */
function secureUrl(text: string | undefined, atHome: boolean): string | undefined {
  if (text === undefined || text.length > LONGEST || !URL.canParse(text)) return undefined;
  const { protocol, hostname, href, username, password } = new URL(text);
  const secure = protocol === 'https:' || (protocol === 'http:' && atHome && isLoopback(hostname));
  return secure && username === '' && password === '' ? href : undefined;
}

/**
 * §4: only Authorization, Cookie and Expires. Line breaks are to be taken out; a value that has some inside is no honest
 * one, and a slot with it is refused as a whole.
 */
function parseHeaders(put: Element): Slot['headers'] | undefined {
  const headers = put
    .getChildren('header', NS)
    .map((header) => [header.attrs.name ?? '', header.getText().trim()] as const)
    .filter(([name]) => ALLOWED.includes(name.toLowerCase()));
  return headers.every(([, value]) => VALUE.test(value)) ? headers : undefined;
}

/** Reads `<slot/>`; undefined where an address is missing or not secure, or a header is no header. */
export function parseSlot(slot: Element | undefined, atHome: boolean): Slot | undefined {
  if (!slot?.is('slot', NS)) return undefined;
  const put = child(slot, 'put', NS);
  const to = secureUrl(put?.attrs.url, atHome);
  const from = secureUrl(child(slot, 'get', NS)?.attrs.url, atHome);
  const headers = put && parseHeaders(put);
  return to === undefined || from === undefined || headers === undefined
    ? undefined
    : { put: to, get: from, headers };
}

/** Bytes that a refusal (§5) or a service's form (§3) says are the most; undefined where they say nothing. */
function parseMaxSize(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
}

/** The most that the service takes, from a refusal for size; undefined where the error is another. §5 */
export function tooLarge(error: unknown): { maxSize: number | undefined } | undefined {
  const application = error instanceof StanzaError ? error.application : undefined;
  if (!application?.is('file-too-large', NS)) return undefined;
  return { maxSize: parseMaxSize(childText(application, 'max-file-size', NS)) };
}

export interface HttpUpload {
  /** The server's service, on the domain itself or on one of its items. */
  service(): Promise<UploadService | undefined>;
  /** Rejects as Session.request does; XmppError `slot-unusable` for a slot that is none; UnsupportedFeatureError. */
  slot(file: UploadRequest, options?: RequestOptions): Promise<Slot>;
}

export interface HttpUploadOptions {
  readonly disco: Pick<Disco, 'services'>;
}

/** Asks for places to upload to. */
export function httpUpload(session: Session, { disco }: HttpUploadOptions): HttpUpload {
  const api: HttpUpload = {
    async service() {
      const found = (await disco.services()).find(({ info }) => info.features.includes(NS));
      if (found === undefined) return undefined;
      const form = found.info.forms.find(({ formType }) => formType === NS);
      const field = form?.fields.find(({ name }) => name === 'max-file-size');
      return { jid: found.jid, maxSize: parseMaxSize(field?.values[0]) };
    },
    async slot({ name, size, mime }, more) {
      const service = await api.service();
      if (service === undefined) throw new UnsupportedFeatureError(NS, session.domain);
      const request = x('request', { xmlns: NS, filename: name, size: String(size), 'content-type': mime });
      const answer = await session.request(x('iq', { type: 'get', to: service.jid }, request), more);
      const slot = parseSlot(child(answer, 'slot', NS), isLoopbackAddress(session.localAddress ?? ''));
      if (slot === undefined) throw new XmppError('slot-unusable', service.jid);
      return slot;
    },
  };
  return api;
}
