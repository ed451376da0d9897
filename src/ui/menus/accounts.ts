/** What the start menu needs of the program around it. */
import type { ActionContext, BareContext } from '../../actions/action.ts';
import type { Client } from '../../chat/client.ts';
import type { FileTransfer } from '../../chat/events.ts';
import type { Filled, FilledForm } from '../../chat/form.ts';
import type { Face } from '../face.ts';

export interface Credentials {
  /** bare JID */
  readonly jid: string;
  readonly password: string;
}

interface Cancelable {
  readonly signal: AbortSignal;
}

export interface Accounts {
  /** bare JID that was used last */
  readonly lastJid: string | undefined;
  /** completes a bare user name */
  readonly domain: string | undefined;
  /** bare JIDs that have data here */
  knownAccounts(): readonly string[];
  /** Resolves when logged in and present. Rejects with the error that says why not; nothing is kept then. */
  login(credentials: Credentials, options: Cancelable): Promise<Client>;
  /** Opens what is kept of an account here; its connection is tried until there is one. */
  workOffline(credentials: Credentials): Promise<Client>;
  /** Puts local data out of the way that is damaged; resolves to where it is kept. */
  moveAside(): Promise<string>;
  /** The server's form without user name and password; rejects where it registers nobody. */
  registrationForm(jid: string, options: Cancelable): Promise<FilledForm>;
  register(account: Credentials & { fields?: Filled }, options: Cancelable): Promise<void>;
  /** Starts the demo and logs its user in; undefined where the program cannot offer it. */
  demo?: ((options: Cancelable) => Promise<Client>) | undefined;
}

/** Everything the menus take. */
export interface MenuApp extends Face {
  readonly accounts: Accounts;
  /** a context for actions that need no account; what they check logs in as `account` where that is given */
  bare(options: { signal: AbortSignal; account?: Credentials | undefined }): BareContext;
  /** a context for actions of that client */
  context(
    client: Client,
    options: { signal: AbortSignal; progress: (file: FileTransfer) => void },
  ): ActionContext;
  /** Starts the notifications of a client; `openChat` says which chat is open now. Gives the function that ends them. */
  notify(client: Client, openChat: () => string | undefined): () => void;
}
