/** The shape of a row in the table of actions, and what running one gives. Data only: faces render it. */
import type { Client } from '../chat/client.ts';
import type { FileTransfer } from '../chat/events.ts';
import type { Notice } from './notices.ts';
import type { InputOf, Params } from './params.ts';
import type { Row } from './rows.ts';

/**
 * What must stand before `run` is called. `nothing`: not even an account. `store`: the account's local data.
 * `stream`: logged in, no presence sent. `background`: presence with priority −1. `presence`: as a person.
 */
export type Need = 'nothing' | 'store' | 'stream' | 'background' | 'presence';

export interface ActionContext {
  readonly client: Client;
  /** ended by Ctrl-C, a signal or the user's cancelling */
  readonly signal: AbortSignal;
  /** a flag run: the process ends afterwards, so what was sent must be confirmed before */
  readonly oneShot: boolean;
  /** milliseconds that one confirmation may take */
  readonly timeout: number;
  /** Logs in as far as `need` asks; does nothing where that stands already. */
  online(need: Need): Promise<void>;
  /** Creates an account on its server (XEP-0077); `fields` answers the server's form. */
  register(account: {
    jid: string;
    password: string;
    fields?: Readonly<Record<string, string>>;
  }): Promise<void>;
  /** The lines of standard input as they come, several where they come together; of a flag run whose action takes them. */
  readonly lines?: (() => AsyncIterable<readonly string[]>) | undefined;
  /** Tells how far a long action is. */
  progress(file: FileTransfer): void;
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

export interface Action {
  /** as in `--name`, `/name` and the JSON command */
  readonly name: string;
  readonly needs: Need;
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
  /** `input` has been read by the parameters' kinds; required ones are there */
  run(context: ActionContext, input: Readonly<Record<string, unknown>>): Promise<Outcome>;
}

/** An action as it is written: `run` knows the types of its own parameters. */
export interface Definition<P extends Params>
  extends Omit<Action, 'params' | 'value' | 'rest' | 'options' | 'run'> {
  readonly params: P;
  readonly value?: Extract<keyof P, string> | undefined;
  readonly rest?: Extract<keyof P, string> | undefined;
  readonly options?: Readonly<Partial<Record<Extract<keyof P, string>, string>>> | undefined;
  run(context: ActionContext, input: InputOf<P>): Promise<Outcome>;
}

export function action<const P extends Params>(definition: Definition<P>): Action {
  return definition;
}
