/**
 * XEP-0095 Stream Initiation, version 1.2. https://xmpp.org/extensions/xep-0095.html
 * with its profile XEP-0096 SI File Transfer, version 1.3.1. https://xmpp.org/extensions/xep-0096.html
 * and the form of XEP-0020 Feature Negotiation, version 1.6. https://xmpp.org/extensions/xep-0020.html
 */
import { EventEmitter } from 'node:events';
import { StanzaError, XmppError } from '../errors.ts';
import { bareOf } from '../jid.ts';
import type { Session } from '../session/session.ts';
import { child, type Element, x } from '../stanza.ts';

export const NS = 'http://jabber.org/protocol/si';
export const NS_FILE_TRANSFER = 'http://jabber.org/protocol/si/profile/file-transfer';
const NS_FEATURE_NEGOTIATION = 'http://jabber.org/protocol/feature-neg';
const NS_DATA = 'jabber:x:data';
const STREAM_METHOD = 'stream-method';

/** What the profile tells about a file (XEP-0096 §3). Everything is the sender's word. */
export interface SiFile {
  readonly name: string;
  /** bytes */
  readonly size: number;
  /** MD5, lower case hex */
  readonly hash?: string | undefined;
  /** last change, XEP-0082 date and time */
  readonly date?: string | undefined;
  readonly description?: string | undefined;
  readonly mimeType?: string | undefined;
}

export interface SiRequest {
  /** also the id of the stream that follows */
  readonly id: string;
  readonly file: SiFile;
  /** namespaces of stream methods, in the sender's order */
  readonly methods: readonly string[];
  /** the sender can send a part of the file (XEP-0096 §3) */
  readonly ranged?: boolean | undefined;
}

/** What an offer is answered with. */
export interface SiAnswer {
  /** namespace of the stream method */
  readonly method: string;
  /** byte to begin at; 0 for the beginning */
  readonly offset: number;
  /** bytes wanted from there */
  readonly length: number;
}

export interface SiOffer extends SiRequest {
  /** full JID */
  readonly from: string;
  /** aborted when the offer is over before it was answered */
  readonly signal: AbortSignal;
  /**
   * Takes the offer by one of its methods, from byte `offset` on where it is `ranged`; the stream follows. Does nothing
   * when it was answered before.
   */
  accept(method: string, offset?: number): void;
  /** Refuses; `condition` other than `forbidden` says why. */
  decline(condition?: 'forbidden' | 'not-acceptable' | 'resource-constraint'): void;
}

export interface SiEvents {
  /** when somebody offered a file by a method we have; it waits for `accept` or `decline` */
  offer: [offer: SiOffer];
}

/** Reads `<file/>`; `undefined` without a name or a size in plain digits. XEP-0096 §3. */
export function parseSiFile(element: Element, mimeType?: string): SiFile | undefined {
  const { name, size = '', hash, date } = element.attrs;
  if (!element.is('file', NS_FILE_TRANSFER) || !name || !/^\d{1,16}$/.test(size)) return undefined;
  if (!Number.isSafeInteger(Number(size))) return undefined;
  const description = child(element, 'desc', NS_FILE_TRANSFER)?.getText();
  return {
    name,
    size: Number(size),
    hash: hash !== undefined && /^[0-9a-f]{32}$/i.test(hash) ? hash.toLowerCase() : undefined,
    date,
    description,
    mimeType,
  };
}

const methodField = (si: Element): Element | undefined =>
  child(child(si, 'feature', NS_FEATURE_NEGOTIATION), 'x', NS_DATA)
    ?.getChildren('field', NS_DATA)
    .find((field) => field.attrs.var === STREAM_METHOD);

const firstValue = (element: Element | undefined) => child(element, 'value', NS_DATA)?.getText();

/** The methods of an offer. XEP-0095 §4.1. */
export function parseMethods(si: Element): string[] {
  const options = methodField(si)?.getChildren('option', NS_DATA) ?? [];
  return options.map(firstValue).filter((method) => method !== undefined);
}

/** Reads an offer of a file; `undefined` where it is none, or incomplete. */
export function parseSiRequest(si: Element): SiRequest | undefined {
  const { id, profile, 'mime-type': mimeType } = si.attrs;
  if (!si.is('si', NS) || !id || profile !== NS_FILE_TRANSFER) return undefined;
  const element = child(si, 'file', NS_FILE_TRANSFER);
  const file = element && parseSiFile(element, mimeType);
  if (element === undefined || file === undefined) return undefined;
  const ranged = child(element, 'range', NS_FILE_TRANSFER) !== undefined;
  return { id, file, methods: parseMethods(si), ranged };
}

const bytesIn = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;

/**
 * Reads which method an answer chose, and which part of a file of `size` bytes it wants (XEP-0096 §3); undefined where it
 * names none, or a part that the file does not have.
 */
export function parseSiAnswer(iq: Element, size: number): SiAnswer | undefined {
  const si = child(iq, 'si', NS);
  const method = si && firstValue(methodField(si));
  const range = child(child(si, 'file', NS_FILE_TRANSFER), 'range', NS_FILE_TRANSFER);
  const offset = bytesIn(range?.attrs.offset, 0);
  const length = bytesIn(range?.attrs.length, size - offset);
  return method !== undefined && offset <= size && length <= size - offset
    ? { method, offset, length }
    : undefined;
}

const negotiation = (type: 'form' | 'submit', field: Element) =>
  x('feature', { xmlns: NS_FEATURE_NEGOTIATION }, x('x', { xmlns: NS_DATA, type }, field));

export function xSiRequest({ id, file, methods, ranged }: SiRequest): Element {
  const { name, size, hash, date, description, mimeType = 'application/octet-stream' } = file;
  return x(
    'si',
    { xmlns: NS, id, 'mime-type': mimeType, profile: NS_FILE_TRANSFER },
    x(
      'file',
      { xmlns: NS_FILE_TRANSFER, name, size: String(size), hash, date },
      description !== undefined && x('desc', {}, description),
      ranged === true && x('range'),
    ),
    negotiation(
      'form',
      x(
        'field',
        { var: STREAM_METHOD, type: 'list-single' },
        ...methods.map((method) => x('option', {}, x('value', {}, method))),
      ),
    ),
  );
}

export function xSiAnswer(method: string, offset = 0): Element {
  return x(
    'si',
    { xmlns: NS },
    offset > 0 && x('file', { xmlns: NS_FILE_TRANSFER }, x('range', { offset: String(offset) })),
    negotiation('submit', x('field', { var: STREAM_METHOD }, x('value', {}, method))),
  );
}

/** A refusal of XEP-0095 §5.2, with the condition of its own namespace. */
const badRequest = (specific: 'no-valid-streams' | 'bad-profile') =>
  new StanzaError('bad-request', specific === 'bad-profile' ? 'modify' : 'cancel', undefined, {
    application: x(specific, { xmlns: NS }),
  });

/** Why an offer came to nothing, as one condition: `no-valid-streams` and `bad-profile` are told apart. */
export function siCondition(error: StanzaError): string {
  const specific = error.application?.getNS() === NS ? error.application.getName() : undefined;
  return specific ?? error.condition;
}

export interface StreamInitiation extends EventEmitter<SiEvents> {
  /**
   * Offers a file to a full JID and waits for the answer of a person (10 minutes by default). Resolves to what is wanted
   * of it. Rejects with StanzaError (`forbidden` when declined), TimeoutError or DisconnectedError; XmppError
   * `no-valid-streams` where the answer names no method of ours, or a part that is not there.
   */
  offer(
    peer: string,
    request: SiRequest,
    options?: { signal?: AbortSignal | undefined; timeout?: number | undefined },
  ): Promise<SiAnswer>;
}

const DEFAULT_PATIENCE = 10 * 60_000;
/** A flood of offers is cut off here: in all, and of one person. */
const MOST_OFFERS = 64;
const MOST_OFFERS_OF_ONE = 8;

/** Offers of files, in and out. `methods` are the stream methods we have, in order of preference. */
export function streamInitiation(
  session: Session,
  {
    disco,
    methods,
    patience = DEFAULT_PATIENCE,
  }: { disco: { addFeature(feature: string): void }; methods: readonly string[]; patience?: number },
): StreamInitiation {
  const events = new EventEmitter<SiEvents>();
  /** open offers, with the function that ends each */
  const waiting = new Map<string, { from: string; expire: () => void }>();
  disco.addFeature(NS);
  disco.addFeature(NS_FILE_TRANSFER);

  const capped = (from: string) =>
    waiting.size >= MOST_OFFERS ||
    [...waiting.values()].filter((entry) => bareOf(entry.from) === bareOf(from)).length >= MOST_OFFERS_OF_ONE;

  const answerTo = (from: string, request: SiRequest): Promise<Element> => {
    const key = JSON.stringify([from, request.id]);
    if (waiting.has(key)) throw new StanzaError('conflict');
    if (capped(from)) throw new StanzaError('resource-constraint', 'wait');
    return new Promise((resolve, reject) => {
      const over = new AbortController();
      const expire = () => {
        if (!settle()) return;
        reject(new StanzaError('forbidden', 'cancel', 'No answer'));
        over.abort(new XmppError('remote-server-timeout'));
      };
      const timer = setTimeout(expire, patience);
      const settle = () => {
        clearTimeout(timer);
        return waiting.delete(key);
      };
      waiting.set(key, { from, expire });
      events.emit('offer', {
        ...request,
        methods: request.methods.filter((method) => methods.includes(method)),
        from,
        signal: over.signal,
        accept: (method, offset) => {
          if (settle()) resolve(xSiAnswer(method, offset));
        },
        decline: (condition = 'forbidden') => {
          if (settle()) reject(new StanzaError(condition, 'cancel', 'Offer Declined'));
        },
      });
    });
  };

  session.respond('set', 'si', NS, (iq, payload) => {
    const request = parseSiRequest(payload);
    const from = iq.attrs.from;
    if (request === undefined || from === undefined) throw badRequest('bad-profile');
    if (!request.methods.some((method) => methods.includes(method))) throw badRequest('no-valid-streams');
    if (events.listenerCount('offer') === 0) throw new StanzaError('forbidden', 'cancel', 'Offer Declined');
    return answerTo(from, request);
  });
  // The answer could not reach the one who asked: a new stream has a new full JID.
  const expireAll = () => {
    for (const { expire } of [...waiting.values()]) expire();
  };
  session.on('online', expireAll);
  session.on('offline', ({ final }) => {
    if (final) expireAll();
  });

  return Object.assign(events, {
    async offer(
      peer: string,
      request: SiRequest,
      options: { signal?: AbortSignal | undefined; timeout?: number | undefined } = {},
    ) {
      const iq = x('iq', { type: 'set', to: peer }, xSiRequest(request));
      const answer = await session.request(iq, {
        timeout: options.timeout ?? DEFAULT_PATIENCE,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      const chosen = parseSiAnswer(answer, request.file.size);
      const isPart = chosen !== undefined && chosen.length < request.file.size;
      if (chosen === undefined || !request.methods.includes(chosen.method) || (isPart && !request.ranged))
        throw new XmppError('no-valid-streams');
      return chosen;
    },
  });
}
