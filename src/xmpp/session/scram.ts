/**
 * The client's half of SCRAM, with and without channel binding, which also proves the server. RFC 5802, RFC 7677,
 * RFC 9266; SHA-512 as in draft-melnikov-scram-sha-512. No network here: text in, text out.
 */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { AuthenticationError } from '../errors.ts';
import { saslprep } from './saslprep.ts';

export type ScramHash = 'sha1' | 'sha256' | 'sha512';

const LENGTH: Record<ScramHash, number> = { sha1: 20, sha256: 32, sha512: 64 };
/** RFC 7677 §4 wants 4096 at least; the upper bound keeps a server from stopping the program for minutes. */
const MIN_ITERATIONS = 4096;
const MAX_ITERATIONS = 1_000_000;

/**
 * What is known of channel binding: bytes to bind to; or `none-offered`, when this side could and the server
 * offers nothing; or `unusable`. RFC 5802 §6.
 */
export type Binding = { type: string; data: Buffer } | 'none-offered' | 'unusable';

/** Salted passwords of one process, so that a reconnection does not derive them again. */
export type SaltedPasswords = Map<string, Buffer>;

export interface ScramOptions {
  hash: ScramHash;
  username: string;
  password: string;
  binding: Binding;
  salted?: SaltedPasswords;
  /** for tests with the vectors of the RFCs */
  nonce?: string;
}

const derive = promisify(pbkdf2);
const refuse = (text: string) => new AuthenticationError('malformed-challenge', text);

function attributes(message: string): Map<string, string> {
  return new Map(message.split(',').map((part) => [part.slice(0, 1), part[1] === '=' ? part.slice(2) : '']));
}

function gs2Header(binding: Binding): string {
  if (binding === 'unusable') return 'n,,';
  return binding === 'none-offered' ? 'y,,' : `p=${binding.type},,`;
}

export class Scram {
  readonly #options: ScramOptions;
  readonly #nonce: string;
  readonly #first: string;
  readonly #password: string;
  #expected: Buffer | undefined;
  #verified = false;

  /** Throws AuthenticationError when user name or password hold what SASLprep prohibits. */
  constructor(options: ScramOptions) {
    const username = saslprep(options.username);
    const password = saslprep(options.password);
    if (username === undefined || password === undefined || password === '')
      throw new AuthenticationError(
        'not-authorized',
        'the password holds characters that SASLprep prohibits',
      );
    this.#options = options;
    this.#password = password;
    this.#nonce = options.nonce ?? randomBytes(24).toString('base64');
    this.#first = `n=${username.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${this.#nonce}`;
  }

  /** True once the server proved that it knows the password too. */
  get verified(): boolean {
    return this.#verified;
  }

  clientFirst(): string {
    return gs2Header(this.#options.binding) + this.#first;
  }

  /** Takes server-first, resolves to client-final; rejects with AuthenticationError `malformed-challenge`. */
  async clientFinal(serverFirst: string): Promise<string> {
    const { hash, binding } = this.#options;
    const said = attributes(serverFirst);
    const nonce = said.get('r') ?? '';
    const iterations = said.get('i') ?? '';
    // §5.1: an extension that must be understood is not.
    if (said.has('m')) throw refuse('mandatory extension');
    if (!nonce.startsWith(this.#nonce) || nonce.length <= this.#nonce.length) throw refuse('foreign nonce');
    if (!/^[1-9]\d{0,6}$/.test(iterations)) throw refuse('iteration count');
    if (Number(iterations) < MIN_ITERATIONS || Number(iterations) > MAX_ITERATIONS)
      throw refuse(`iteration count ${iterations}`);
    const salt = said.get('s') ?? '';
    if (Buffer.from(salt, 'base64').length === 0) throw refuse('no salt');

    const bound = typeof binding === 'string' ? Buffer.alloc(0) : binding.data;
    const cbind = Buffer.concat([Buffer.from(gs2Header(binding)), bound]).toString('base64');
    const withoutProof = `c=${cbind},r=${nonce}`;
    const message = `${this.#first},${serverFirst},${withoutProof}`;
    const hmac = (key: Buffer, text: string) => createHmac(hash, key).update(text).digest();

    const salted = await this.#salted(salt, Number(iterations));
    const clientKey = hmac(salted, 'Client Key');
    const signature = hmac(createHash(hash).update(clientKey).digest(), message);
    this.#expected = hmac(hmac(salted, 'Server Key'), message);
    const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0));
    return `${withoutProof},p=${Buffer.from(proof).toString('base64')}`;
  }

  /** Takes server-final. Throws AuthenticationError `server-not-verified` when the signature is not right. */
  verify(serverFinal: string): void {
    const given = Buffer.from(attributes(serverFinal).get('v') ?? '', 'base64');
    const expected = this.#expected;
    if (expected === undefined || given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new AuthenticationError('server-not-verified', 'the server does not know the password');
    this.#verified = true;
  }

  async #salted(salt: string, iterations: number): Promise<Buffer> {
    const { hash, salted } = this.#options;
    const key = createHash('sha256')
      .update([hash, salt, iterations, this.#password].join('\0'))
      .digest('base64');
    const known = salted?.get(key);
    if (known !== undefined) return known;
    const made = await derive(this.#password, Buffer.from(salt, 'base64'), iterations, LENGTH[hash], hash);
    salted?.clear();
    salted?.set(key, made);
    return made;
  }
}
