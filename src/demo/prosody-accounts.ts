/**
 * Accounts of a throw-away Prosody, written into its data folder, which it reads at each log-in. So accounts
 * can be made before it runs as well as while it runs, and no password stands on a command line.
 */
import { createHash, createHmac, pbkdf2, randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Contact {
  readonly jid: string;
  readonly name?: string;
  readonly groups?: readonly string[];
  readonly subscription?: 'both' | 'from' | 'none' | 'to';
}

export interface Account {
  /** The part of the JID before the `@`. */
  readonly name: string;
  readonly password: string;
  /** The roster it starts with; the other side's roster is not touched. Default subscription: `both`. */
  readonly contacts?: readonly Contact[];
}

const ITERATIONS = 10_000;

/** Prosody's file name for a user or domain: all but letters and digits become %xx. */
function encodeName(name: string): string {
  return [...Buffer.from(name)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9]/.test(char) ? char : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

/** A Lua string: everything unusual as a decimal escape. */
function lua(text: string): string {
  const bytes = [...Buffer.from(text)].map((byte) =>
    byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c
      ? `\\${String(byte).padStart(3, '0')}`
      : String.fromCharCode(byte),
  );
  return `"${bytes.join('')}"`;
}

/** What the server keeps of a password (RFC 5802 §3). */
async function credentials(password: string, hash: 'SHA-1' | 'SHA-256'): Promise<string> {
  const digest = hash === 'SHA-1' ? 'sha1' : 'sha256';
  const length = hash === 'SHA-1' ? 20 : 32;
  const salt = randomUUID();
  const salted = await promisify(pbkdf2)(password.normalize('NFKC'), salt, ITERATIONS, length, digest);
  const keyed = (label: string): Buffer => createHmac(digest, salted).update(label).digest();
  const storedKey = createHash(digest).update(keyed('Client Key')).digest('hex');
  return `return {
  ["salt"] = ${lua(salt)};
  ["iteration_count"] = ${ITERATIONS};
  ["stored_key"] = ${lua(storedKey)};
  ["server_key"] = ${lua(keyed('Server Key').toString('hex'))};
};
`;
}

function roster(contacts: readonly Contact[]): string {
  const items = contacts.map(({ jid, name, groups = [], subscription = 'both' }) => {
    const members = groups.map((group) => `[${lua(group)}] = true`).join(', ');
    const named = name === undefined ? '' : ` ["name"] = ${lua(name)};`;
    return `  [${lua(jid)}] = { ["subscription"] = ${lua(subscription)};${named} ["groups"] = { ${members} } };\n`;
  });
  return `return {\n  [false] = { ["version"] = 1; ["pending"] = {} };\n${items.join('')}};\n`;
}

/** Writes an account; a roster only if it has contacts. An account of the same name gets the new password. */
export async function writeAccount(
  dataFolder: string,
  domain: string,
  account: Account,
  hash: 'SHA-1' | 'SHA-256' = 'SHA-256',
): Promise<void> {
  const write = async (store: string, content: string): Promise<void> => {
    const folder = join(dataFolder, encodeName(domain), store);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, `${encodeName(account.name)}.dat`), content, { mode: 0o600 });
  };
  await write('accounts', await credentials(account.password, hash));
  if (account.contacts !== undefined) await write('roster', roster(account.contacts));
}

/** Removes an account and its roster from the data folder. Sessions that are open stay open. */
export async function removeAccount(dataFolder: string, domain: string, name: string): Promise<void> {
  for (const store of ['accounts', 'roster']) {
    await rm(join(dataFolder, encodeName(domain), store, `${encodeName(name)}.dat`), { force: true });
  }
}
