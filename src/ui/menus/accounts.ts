/** What the start menu needs of the program around it. */
import type { ActionContext } from '../../actions/action.ts';
import type { Client } from '../../chat/client.ts';
import type { FileTransfer } from '../../chat/events.ts';
import type { Face } from '../face.ts';

/** One field of a form that a server asks to be filled in (XEP-0004 §3.2). Nothing in it is sanitised. */
export interface FormField {
  readonly name: string;
  readonly label: string;
  /** `lines`: several values, one a line; `note`: a text to read */
  readonly kind: 'text' | 'password' | 'lines' | 'switch' | 'choice' | 'choices' | 'note';
  readonly required: boolean;
  readonly value?: string | undefined;
  readonly options?: readonly { readonly label: string; readonly value: string }[] | undefined;
}

export interface Form {
  readonly instructions: string;
  readonly fields: readonly FormField[];
  /** where the server registers accounts on the web instead (XEP-0077 §5) */
  readonly url?: string | undefined;
}

/** What was filled in: several values are joined by line breaks, a switch is `1` or `0`. */
export type Filled = Readonly<Record<string, string>>;

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
  /** The server's form without user name and password; rejects where it registers nobody. */
  registrationForm(jid: string, options: Cancelable): Promise<Form>;
  register(account: Credentials & { fields?: Filled }, options: Cancelable): Promise<void>;
  /** Starts the demo and logs its user in; undefined where the program cannot offer it. */
  demo?: ((options: Cancelable) => Promise<Client>) | undefined;
}

/** A room's configuration form (XEP-0045 §10.2), for its owner. */
export interface RoomForms {
  form(client: Client, room: string): Promise<Form>;
  submit(client: Client, room: string, fields: Filled): Promise<void>;
}

/** Everything the menus take. */
export interface MenuApp extends Face {
  readonly accounts: Accounts;
  readonly roomForms?: RoomForms | undefined;
  /** a context for actions of that client */
  context(
    client: Client,
    options: { signal: AbortSignal; progress: (file: FileTransfer) => void },
  ): ActionContext;
  /** Starts the notifications of a client; `openChat` says which chat is open now. Gives the function that ends them. */
  notify(client: Client, openChat: () => string | undefined): () => void;
}
