/**
 * An XMPP server that misbehaves as it is told: TCP and TLS on loopback, its own certificates, SCRAM, binding,
 * XEP-0198. It keeps everything it was sent, so that a test can show what was never said.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { SaxesParser } from 'saxes';
import { type Element, x } from '../../src/xmpp/stanza.ts';
import { type CertificateKind, type Certificates, makeCertificates } from './certificates.ts';

const NS_SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const NS_TLS = 'urn:ietf:params:xml:ns:xmpp-tls';
const NS_BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
const NS_SM = 'urn:xmpp:sm:3';

export interface FakeServerOptions {
  /** default `starttls` */
  tls?: 'starttls' | 'direct' | 'none';
  /** default `good`: for the domain, by the CA in `ca` */
  certificate?: CertificateKind;
  /** shared between servers of one test file, as making them takes time */
  certificates?: Certificates;
  /** default `localhost` */
  domain?: string;
  /** user name → password; default `juliet` → `s3cr3t-pässwörd` */
  accounts?: Record<string, string>;
  /** default SCRAM-SHA-256, SCRAM-SHA-1, PLAIN */
  mechanisms?: string[];
  /** XEP-0440 types; none are named by default */
  bindings?: string[];
  iterations?: number;
  /** XML of further features, before and after authentication */
  featuresBefore?: string;
  featuresAfter?: string;
  /** default true: offers XEP-0198, with resumption */
  management?: boolean;
  /** where `<enabled/>` says to come back to */
  location?: string;
  maxTlsVersion?: 'TLSv1.2' | 'TLSv1.3';
  misbehave?: {
    /** leaves STARTTLS out of the features */
    stripStarttls?: boolean;
    /** written in clear text right behind `<proceed/>` */
    behindProceed?: string;
    /** sent in place of the answer to `<starttls/>` */
    insteadOfProceed?: string;
    /** answered to the first header of each connection, in place of everything */
    insteadOfStream?: string;
    /** stream error text sent in place of the features on the secure stream */
    insteadOfFeatures?: string;
    forgeSignature?: boolean;
    omitSignature?: boolean;
    /** the server's nonce does not begin with the client's */
    foreignNonce?: boolean;
    /** the signature comes in a challenge of its own */
    signatureInChallenge?: boolean;
    /** SASL condition answered to every attempt */
    saslFailure?: string;
    /** `<success/>` to `<auth/>` at once */
    successAtOnce?: boolean;
    /** written in one piece with `<success/>` */
    behindSuccess?: string;
    /** bound whoever asks */
    bindJid?: string;
    /** XML of the errors that the first bindings are answered with; each is taken out */
    bindErrors?: string[];
    /** answered to `<resume/>`, in place of everything */
    insteadOfResumed?: string;
    /** accepts the connection and is silent */
    neverAnswer?: boolean;
    /** does not acknowledge and does not answer pings once bound */
    silentOnceBound?: boolean;
    /** resumes a stream, and hears nothing that comes in it then */
    deafOnceResumed?: boolean;
  };
  /** Each stanza that is not part of the negotiation; without it gets are answered with an empty result. */
  onStanza?: (stanza: Element, connection: FakeConnection) => void;
}

/** One client's connection as the server sees it. */
export class FakeConnection extends EventEmitter<{ stanza: [Element]; bound: []; closed: [] }> {
  readonly #options: FakeServerOptions;
  readonly #server: FakeServer;
  #socket: Socket;
  /** what waits for pieces to be through */
  #held: (string | Buffer)[] | undefined;
  #parser: SaxesParser | undefined;
  #authenticated = '';
  #secure: boolean;
  #scram: Scram | undefined;
  /** the bound full JID */
  jid = '';
  managed = false;
  /** stanzas received since `<enable/>` */
  handled = 0;
  #resumed = false;

  constructor(socket: Socket, server: FakeServer, options: FakeServerOptions) {
    super();
    this.#options = options;
    this.#server = server;
    this.#secure = options.tls === 'direct';
    this.#socket = socket;
    if (options.tls === 'direct') this.#upgrade();
    else this.#listen();
  }

  /** TLS details of the client: ALPN and SNI it asked for. */
  get tls(): { alpn: string | false | null; servername: string | false | null } {
    const socket = this.#socket as TLSSocket & { servername?: string | false };
    return { alpn: socket.alpnProtocol ?? null, servername: socket.servername ?? null };
  }

  write(xml: string | Buffer): void {
    const socket = this.#socket;
    if (!socket.writable) return;
    if (this.#held !== undefined) {
      this.#held.push(xml);
      return;
    }
    // What is written in one turn arrives in one piece.
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    socket.write(xml);
  }

  /** Sends bytes one by one, or cut wherever told, each in a packet of its own; other writes wait meanwhile. */
  async writePieces(bytes: Buffer, size: number): Promise<void> {
    this.#socket.setNoDelay(true);
    this.#held = [];
    for (let at = 0; at < bytes.length; at += size) {
      this.#socket.write(bytes.subarray(at, at + size));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const held = this.#held;
    this.#held = undefined;
    for (const xml of held) this.write(xml);
  }

  /** A reset, as of a pulled cable. */
  cut(): void {
    this.#socket.destroy();
  }

  /** Resolves to the next stanza that fits. */
  stanza(fits: (stanza: Element) => boolean = () => true): Promise<Element> {
    return new Promise((resolve) => {
      const look = (stanza: Element) => {
        if (!fits(stanza)) return;
        this.off('stanza', look);
        resolve(stanza);
      };
      this.on('stanza', look);
    });
  }

  #listen(): void {
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.emit('closed'));
    this.#socket.on('data', (bytes: Buffer) => {
      this.#server.received += bytes.toString('utf8');
      if (this.#options.misbehave?.neverAnswer !== true) this.#read(bytes.toString('utf8'));
    });
  }

  #upgrade(): void {
    const { cert, key } = this.#server.certificates.of(this.#options.certificate ?? 'good');
    this.#socket.on('error', () => undefined);
    this.#socket.removeAllListeners('data');
    this.#socket = new TLSSocket(this.#socket, {
      isServer: true,
      secureContext: createSecureContext({ cert, key, maxVersion: this.#options.maxTlsVersion ?? 'TLSv1.3' }),
      ALPNProtocols: ['xmpp-client'],
    });
    this.#secure = true;
    this.#parser = undefined;
    this.#listen();
  }

  #read(text: string): void {
    for (const part of text.split(/(?=<stream:stream)/)) {
      if (part.startsWith('<stream:stream')) this.#parser = this.#newParser();
      this.#parser?.write(part);
    }
  }

  #newParser(): SaxesParser {
    const parser = new SaxesParser();
    const open: Element[] = [];
    let depth = 0;
    parser.on('error', () => this.cut());
    parser.on('opentag', ({ name, attributes }) => {
      if (depth++ === 0) return this.#header();
      const element = x(name, { ...attributes });
      if (depth === 2) element.attrs.xmlns ??= 'jabber:client';
      open.at(-1)?.append(element);
      open.push(element);
    });
    parser.on('text', (value) => open.at(-1)?.append(value));
    parser.on('closetag', () => {
      depth--;
      const element = open.pop();
      if (depth === 1 && element !== undefined) this.#element(element);
      if (depth !== 0) return;
      this.write('</stream:stream>');
      this.#socket.end();
    });
    return parser;
  }

  #header(): void {
    const { domain = 'localhost', misbehave = {}, tls = 'starttls' } = this.#options;
    if (misbehave.insteadOfStream !== undefined && !(tls === 'starttls' && this.#secure)) {
      this.write(misbehave.insteadOfStream);
      return;
    }
    this.write(
      `<?xml version='1.0'?><stream:stream from='${domain}' id='${randomBytes(6).toString('hex')}' version='1.0'` +
        ` xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`,
    );
    const settled = this.#secure || tls === 'none';
    if (settled && this.#authenticated === '' && misbehave.insteadOfFeatures !== undefined) {
      this.write(misbehave.insteadOfFeatures);
      return;
    }
    this.write(`<stream:features>${this.#features()}</stream:features>`);
  }

  #features(): string {
    const { misbehave = {}, tls = 'starttls', management = true } = this.#options;
    if (tls === 'starttls' && !this.#secure && misbehave.stripStarttls !== true)
      return `<starttls xmlns='${NS_TLS}'><required/></starttls>`;
    if (this.#authenticated !== '')
      return `<bind xmlns='${NS_BIND}'/>${management ? `<sm xmlns='${NS_SM}'/>` : ''}${this.#options.featuresAfter ?? ''}`;
    const { mechanisms = ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'], bindings = [] } = this.#options;
    const list = mechanisms.map((name) => `<mechanism>${name}</mechanism>`).join('');
    const types = bindings.map((type) => `<channel-binding type='${type}'/>`).join('');
    const named =
      types === '' ? '' : `<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'>${types}</sasl-channel-binding>`;
    return `<mechanisms xmlns='${NS_SASL}'>${list}</mechanisms>${named}${this.#options.featuresBefore ?? ''}`;
  }

  #element(element: Element): void {
    const { misbehave = {} } = this.#options;
    if (element.is('starttls', NS_TLS)) {
      if (misbehave.insteadOfProceed !== undefined) {
        this.write(misbehave.insteadOfProceed);
        return;
      }
      this.write(`<proceed xmlns='${NS_TLS}'/>${misbehave.behindProceed ?? ''}`);
      this.#upgrade();
      return;
    }
    if (element.getNS() === NS_SASL) {
      this.#sasl(element);
      return;
    }
    if (element.getNS() === NS_SM) {
      this.#management(element);
      return;
    }
    if (element.is('iq') && element.getChild('bind', NS_BIND)) {
      this.#bind(element);
      return;
    }
    // XEP-0198 §4: stanzas count, a stream error does not.
    if (!['iq', 'message', 'presence'].includes(element.getName())) return;
    if (misbehave.deafOnceResumed === true && this.#resumed) return;
    if (this.managed) this.handled++;
    if (misbehave.silentOnceBound === true) return;
    this.emit('stanza', element);
    this.#server.emit('stanza', element, this);
    const { onStanza } = this.#options;
    if (onStanza !== undefined) onStanza(element, this);
    else if (element.attrs.type === 'get') this.answer(element);
  }

  /** Answers an IQ: with XML in the result, from its addressee unless told otherwise. */
  answer(iq: Element, xml = '', from: string | undefined = iq.attrs.to): void {
    const by = from === undefined ? '' : ` from='${from}'`;
    this.write(`<iq type='result' id='${iq.attrs.id}'${by} to='${this.jid}'>${xml}</iq>`);
  }

  #sasl(element: Element): void {
    const { misbehave = {}, accounts = ACCOUNTS } = this.#options;
    const say = (name: string, data: string) =>
      this.write(`<${name} xmlns='${NS_SASL}'>${Buffer.from(data).toString('base64')}</${name}>`);
    const fail = (condition: string) => this.write(`<failure xmlns='${NS_SASL}'><${condition}/></failure>`);
    const data = Buffer.from(element.getText(), 'base64').toString('utf8');
    if (misbehave.saslFailure !== undefined) {
      fail(misbehave.saslFailure);
      return;
    }
    if (misbehave.successAtOnce === true) {
      say('success', '');
      return;
    }
    const mechanism = element.attrs.mechanism ?? '';
    if (mechanism === 'PLAIN') {
      const [, user = '', password] = data.split('\0');
      if (accounts[user] !== password) {
        fail('not-authorized');
        return;
      }
      this.#authenticated = user;
      say('success', '');
      return;
    }
    if (element.getName() === 'auth') {
      const tls = this.#socket instanceof TLSSocket ? this.#socket : undefined;
      this.#scram = new Scram(mechanism, this.#options, tls, this.#server);
      say('challenge', this.#scram.first(data));
      return;
    }
    if (this.#scram === undefined) {
      fail('malformed-request');
      return;
    }
    if (data === '') {
      say('success', '');
      return;
    }
    const signature = this.#scram.final(data);
    if (signature === undefined) {
      fail('not-authorized');
      return;
    }
    this.#authenticated = this.#scram.user;
    if (misbehave.omitSignature === true) {
      say('success', '');
      return;
    }
    say(misbehave.signatureInChallenge === true ? 'challenge' : 'success', signature);
    this.write(misbehave.behindSuccess ?? '');
  }

  #bind(iq: Element): void {
    const { domain = 'localhost', misbehave = {} } = this.#options;
    const error = misbehave.bindErrors?.shift();
    if (error !== undefined) {
      this.write(`<iq type='error' id='${iq.attrs.id}'>${error}</iq>`);
      return;
    }
    const asked = iq.getChild('bind', NS_BIND)?.getChildText('resource') ?? randomBytes(4).toString('hex');
    this.jid = misbehave.bindJid ?? `${this.#authenticated}@${domain}/${asked}`;
    this.write(
      `<iq type='result' id='${iq.attrs.id}'><bind xmlns='${NS_BIND}'><jid>${this.jid}</jid></bind></iq>`,
    );
    if (this.#options.management === false) this.#online();
  }

  #online(): void {
    this.emit('bound');
    this.#server.emit('bound', this);
  }

  #management(element: Element): void {
    const { misbehave } = this.#options;
    if (element.getName() === 'enable') {
      this.managed = true;
      this.handled = 0;
      const id = randomBytes(8).toString('hex');
      this.#server.sessions.set(id, this);
      const { location } = this.#options;
      const where = location === undefined ? '' : ` location='${location}'`;
      this.write(`<enabled xmlns='${NS_SM}' id='${id}' resume='true'${where}/>`);
      this.#online();
    } else if (element.getName() === 'resume' && misbehave?.insteadOfResumed !== undefined) {
      this.write(misbehave.insteadOfResumed);
    } else if (element.getName() === 'resume') {
      const old = this.#server.sessions.get(element.attrs.previd ?? '');
      if (old === undefined) {
        const h = this.#server.expired.get(element.attrs.previd ?? '');
        this.write(`<failed xmlns='${NS_SM}'${h === undefined ? '' : ` h='${h}'`}/>`);
        return;
      }
      this.managed = true;
      this.#resumed = true;
      this.handled = old.handled;
      this.jid = old.jid;
      this.#server.resumedWith = Number(element.attrs.h);
      this.write(`<resumed xmlns='${NS_SM}' previd='${element.attrs.previd}' h='${old.handled}'/>`);
      this.#server.sessions.set(element.attrs.previd ?? '', this);
      this.#online();
    } else if (misbehave?.deafOnceResumed === true && this.#resumed) return;
    else if (element.getName() === 'r' && misbehave?.silentOnceBound !== true)
      this.write(`<a xmlns='${NS_SM}' h='${this.handled}'/>`);
    else if (element.getName() === 'a') this.#server.emit('acknowledged', Number(element.attrs.h));
  }
}

const ACCOUNTS: Record<string, string> = { juliet: 's3cr3t-pässwörd' };

/** The server's half of SCRAM. RFC 5802. */
class Scram {
  user = '';
  readonly #options: FakeServerOptions;
  readonly #hash: string;
  readonly #tls: TLSSocket | undefined;
  readonly #server: FakeServer;
  readonly #salt = randomBytes(16);
  #firstBare = '';
  #gs2 = '';
  #serverFirst = '';

  constructor(mechanism: string, options: FakeServerOptions, tls: TLSSocket | undefined, server: FakeServer) {
    this.#options = options;
    this.#tls = tls;
    this.#server = server;
    this.#hash = /SHA-(\d+)/.exec(mechanism)?.[1] === '1' ? 'sha1' : `sha${/SHA-(\d+)/.exec(mechanism)?.[1]}`;
  }

  first(message: string): string {
    const [flag = '', authzid = '', ...rest] = message.split(',');
    this.#gs2 = `${flag},${authzid},`;
    this.#server.gs2 = this.#gs2;
    this.#firstBare = rest.join(',');
    this.user = (rest[0] ?? '').slice(2).replaceAll('=2C', ',').replaceAll('=3D', '=');
    const nonce = this.#options.misbehave?.foreignNonce === true ? 'EVIL' : (rest[1] ?? '').slice(2);
    const { iterations = 4096 } = this.#options;
    this.#serverFirst = `r=${nonce}${randomBytes(9).toString('base64')},s=${this.#salt.toString('base64')},i=${iterations}`;
    return this.#serverFirst;
  }

  /** The signature for the right proof and binding, else nothing. */
  final(message: string): string | undefined {
    const { accounts = ACCOUNTS, iterations = 4096, misbehave = {} } = this.#options;
    const without = message.slice(0, message.lastIndexOf(',p='));
    const proof = Buffer.from(message.slice(message.lastIndexOf(',p=') + 3), 'base64');
    const hmac = (key: Buffer, text: string) => createHmac(this.#hash, key).update(text).digest();
    const length = createHash(this.#hash).digest().length;
    const salted = pbkdf2Sync(accounts[this.user] ?? '', this.#salt, iterations, length, this.#hash);
    const auth = `${this.#firstBare},${this.#serverFirst},${without}`;
    const stored = createHash(this.#hash).update(hmac(salted, 'Client Key')).digest();
    const signature = hmac(stored, auth);
    const key = Buffer.from(proof.map((byte, index) => byte ^ (signature[index] ?? 0)));
    const bound = this.#gs2.startsWith('p=')
      ? (this.#tls?.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)) ?? Buffer.alloc(0))
      : Buffer.alloc(0);
    const cbind = Buffer.concat([Buffer.from(this.#gs2), bound]).toString('base64');
    if (!without.startsWith(`c=${cbind},`)) return undefined;
    if (!createHash(this.#hash).update(key).digest().equals(stored)) return undefined;
    const secret = misbehave.forgeSignature === true ? randomBytes(32) : hmac(salted, 'Server Key');
    return `v=${hmac(secret, auth).toString('base64')}`;
  }
}

interface FakeServerEvents {
  connection: [FakeConnection];
  bound: [FakeConnection];
  stanza: [Element, FakeConnection];
  acknowledged: [number];
}

export class FakeServer extends EventEmitter<FakeServerEvents> {
  readonly certificates: Certificates;
  readonly connections: FakeConnection[] = [];
  /** resumable streams by id; emptied by a test to make a resumption fail */
  readonly sessions = new Map<string, FakeConnection>();
  /** everything that was received, decrypted, of all connections */
  received = '';
  /** the `h` of the last `<resume/>` */
  resumedWith: number | undefined;
  /** streams that are over, and how many stanzas of each were handled */
  readonly expired = new Map<string, number>();
  /** the GS2 header of the last SCRAM exchange */
  gs2 = '';
  readonly #server: Server;
  readonly #options: FakeServerOptions;
  readonly #sockets = new Set<Socket>();
  port = 0;

  constructor(options: FakeServerOptions) {
    super();
    this.#options = options;
    this.certificates =
      options.certificates ??
      makeCertificates(options.domain ?? 'localhost', [options.certificate ?? 'good']);
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      const connection = new FakeConnection(socket, this, options);
      this.connections.push(connection);
      this.emit('connection', connection);
    });
  }

  /** `--service` of this server */
  get service(): string {
    return `${this.#options.tls === 'direct' ? 'xmpps' : 'xmpp'}://127.0.0.1:${this.port}`;
  }

  /** `--ca` of this server */
  get ca(): string {
    return this.certificates.ca;
  }

  async listen(port = 0): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Cuts everything; `listen(port)` makes it come back. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Resolves to a server on a free port of 127.0.0.1; whoever started it closes it. */
export async function startFakeServer(options: FakeServerOptions = {}): Promise<FakeServer> {
  const server = new FakeServer(options);
  await server.listen();
  return server;
}
