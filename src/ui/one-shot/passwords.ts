/** Where passwords come from: standard input, a file or variable, the person; never the command line. */
import type { Catalogue } from '../../i18n/catalogue.ts';
import { sanitize } from '../sanitize.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { StandardInput } from './standard-input.ts';

/** Questions at a terminal; absent without one. */
export type Ask = Pick<Terminal, 'text' | 'password' | 'confirm'>;

export interface PasswordSources {
  readonly words: Catalogue;
  /** given with `--password-stdin`: first line the password, second the new one */
  readonly stdin?: StandardInput | undefined;
  /** of the configuration: a file, else a variable */
  configured(): string | undefined;
  configuredNew(): string | undefined;
  readonly ask?: Ask | undefined;
}

export interface Passwords {
  /** the account's own; found once. `twice`: it is new, so a typing error must show. Throws UsageError. */
  password(account: string, options?: { readonly twice?: boolean }): Promise<string>;
  /** the account's own as far as nobody has to be asked; undefined where there is none */
  given(): Promise<string | undefined>;
  /** Takes the line of `--password-stdin`, if there is one: a text from standard input stands behind it. */
  taken(): Promise<void>;
  /** the one to change to. Throws UsageError. */
  newPassword(account: string): Promise<string>;
}

export function passwords(sources: PasswordSources): Passwords {
  const { words, stdin, ask } = sources;
  let first: Promise<string | undefined> | undefined;
  let own: Promise<string> | undefined;
  /** read once: the second line stands behind it */
  const firstLine = () => {
    first ??= stdin?.line() ?? Promise.resolve(undefined);
    return first;
  };
  const asked = async (message: string, twice: boolean): Promise<string | undefined> => {
    if (ask === undefined) return undefined;
    const password = await ask.password({ message });
    if (!twice || password === '') return password;
    if ((await ask.password({ message: words.help.again })) !== password)
      throw new UsageError('passwords-differ');
    return password;
  };
  const given = async () => (stdin === undefined ? sources.configured() : firstLine());
  const found = async (account: string, twice: boolean): Promise<string> => {
    return checked(
      (await given()) ?? (await asked(words.help.passwordOf(sanitize(account)), twice)),
      'missing-password',
    );
  };
  return {
    password(account, { twice = false } = {}) {
      own ??= found(account, twice);
      return own;
    },
    given,
    async taken() {
      await firstLine();
    },
    async newPassword() {
      // The order of the lines stands, whichever is asked for first.
      await firstLine();
      const given = sources.configuredNew() ?? (await stdin?.line());
      return checked(given ?? (await asked(words.help.questions.newPassword, true)), 'missing-new-password');
    },
  };
}

function checked(password: string | undefined, missing: 'missing-password' | 'missing-new-password'): string {
  if (password === undefined) throw new UsageError(missing);
  if (password === '') throw new UsageError('empty-password');
  return password;
}
