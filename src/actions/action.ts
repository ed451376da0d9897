/** The shape of a row in the table of actions, and what running one gives. Data only: faces render it. */
import type { Check } from '../chat/checks.ts';
import type { Client } from '../chat/client.ts';
import type { Diagnosis } from '../chat/doctor.ts';
import type { FileTransfer } from '../chat/events.ts';
import type { Notice } from './notices.ts';
import type { InputOf, Params } from './params.ts';
import type { Row } from './rows.ts';

/**
 * What must stand before `run` is called. `nothing`: not even an account. `store`: the account's local data.
 * `stream`: logged in, no presence sent. `background`: presence with priority −1. `presence`: as a person.
 */
export type Need = 'nothing' | 'store' | 'stream' | 'background' | 'presence';

/** What every action gets; those that need nothing get no more. */
export interface BareContext {
  /** ended by Ctrl-C, a signal or the user's cancelling */
  readonly signal: AbortSignal;
  /** a flag run: the process ends afterwards, so what was sent must be confirmed before */
  readonly oneShot: boolean;
  /** milliseconds that one confirmation may take */
  readonly timeout: number;
  /** of the account, else the one that completes bare names */
  readonly domain: string | undefined;
  /** Creates an account on its server (XEP-0077); `fields` answers the server's form. */
  register(account: {
    jid: string;
    password: string;
    fields?: Readonly<Record<string, string>>;
  }): Promise<void>;
  /** Checks the way to a server; each check is told as soon as it is done. Logs in where that was asked for. */
  examine(domain: string, tell: (check: Check) => void): Promise<Diagnosis>;
  /** Shows a row before the action has ended. */
  show(row: Row): void;
  /** The lines of standard input as they come, several where they come together; of a flag run whose action takes them. */
  readonly lines?: (() => AsyncIterable<readonly string[]>) | undefined;
  /** Tells how far a long action is. */
  progress(file: FileTransfer): void;
}

export interface ActionContext extends BareContext {
  readonly client: Client;
  /** Logs in as far as `need` asks; does nothing where that stands already. */
  online(need: Need): Promise<void>;
}

/** What an action gives that has ended. `exitCode` only where success is not 0. */
export type Ended =
  | { readonly kind: 'done'; readonly notice: Notice; readonly exitCode?: number; readonly row?: Row }
  | {
      readonly kind: 'rows';
      readonly rows: readonly Row[];
      readonly empty: Notice;
      readonly note?: Notice | undefined;
    };

/** More rows than fit into memory: the face takes page after page, and writes each before it asks for the next. */
export interface Streaming {
  readonly kind: 'stream';
  readonly pages: Iterable<readonly Row[]>;
  /** undefined: as the face thinks best */
  readonly format: 'text' | 'jsonl' | undefined;
  /** file to be made; undefined: where the face shows results */
  readonly output: string | undefined;
  readonly empty: Notice;
  /** said when all is written */
  done(count: number): Notice;
}

export type Outcome = Ended | Streaming;

interface Described {
  /** as in `--name`, `/name` and the JSON command */
  readonly name: string;
  readonly params: Params;
  /** the parameter that the flag takes itself (`--add-contact <jid>`) */
  readonly value?: string | undefined;
  /** the parameter that takes the remaining words (`--send <jid> [text…]`), else standard input where `stdin` */
  readonly rest?: string | undefined;
  /** `lines`: standard input is read by the line, as long as there is any */
  readonly stdin?: true | 'lines' | undefined;
  /** a flag run stays online as long as it has input: a lost connection is made again */
  readonly lasts?: boolean | undefined;
  /** names of the options of the other parameters where they differ from the parameter's own (`groups` → `group`) */
  readonly options?: Readonly<Record<string, string | undefined>> | undefined;
  /** false: no flag of its own */
  readonly flag?: false | undefined;
  /** cannot be undone: asked at a terminal, `--yes` without one */
  readonly confirm?: boolean | undefined;
}

/** `input` has been read by the parameters' kinds; required ones are there. */
type Running<Input> =
  | { readonly needs: 'nothing'; run(context: BareContext, input: Input): Promise<Outcome> }
  | { readonly needs: Exclude<Need, 'nothing'>; run(context: ActionContext, input: Input): Promise<Outcome> };

export type Action = Described & Running<Readonly<Record<string, unknown>>>;

/** An action as it is written: `run` knows the types of its own parameters. */
export type Definition<P extends Params> = Omit<Described, 'params' | 'value' | 'rest' | 'options'> & {
  readonly params: P;
  readonly value?: Extract<keyof P, string> | undefined;
  readonly rest?: Extract<keyof P, string> | undefined;
  readonly options?: Readonly<Partial<Record<Extract<keyof P, string>, string>>> | undefined;
} & Running<InputOf<P>>;

export function action<const P extends Params>(definition: Definition<P>): Action {
  return definition;
}
