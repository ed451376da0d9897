/** What is wrong with the settings. The value of a secret is never in it. */
import type { Source } from './names.ts';

export type ConfigCondition =
  /** the file cannot be opened, or is none */
  | 'unreadable'
  /** the file of the trace cannot be made or written */
  | 'unwritable'
  | 'not-json'
  /** JSON, but no object; or much too long */
  | 'syntax'
  | 'unknown-key'
  /** not text where text is wanted, and the like */
  | 'wrong-type'
  | 'wrong-value';

/** What a setting takes; each language has a text for it. */
export type Takes =
  | 'text'
  | 'account'
  | 'domain'
  | 'resource'
  | 'service'
  | 'path'
  | 'toggle'
  | 'seconds'
  | 'one-of'
  | 'keeping'
  | 'language'
  | 'password-file'
  | 'certificates'
  /** of JSON */
  | 'string'
  | 'boolean'
  | 'number';

export interface ConfigFault {
  /** as the user wrote it: `--timeout`, `XMPP_TIMEOUT`, `timeout`; '' where a whole file is at fault */
  readonly name: string;
  /** '' for a secret */
  readonly value?: string | undefined;
  readonly source: Source;
  /** in English, for the debug file and for `{text}` */
  readonly reason: string;
  readonly takes?: Takes | undefined;
  /** separated by commas, where it takes one of them */
  readonly choices?: string | undefined;
  /** the file that the name stands in, where it is not the file at fault */
  readonly file?: string | undefined;
  readonly path?: string | undefined;
  /** the known name that is most like an unknown one */
  readonly nearest?: string | undefined;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly condition: ConfigCondition;
  readonly fault: ConfigFault;
  constructor(condition: ConfigCondition, fault: ConfigFault, options?: ErrorOptions) {
    super(`${fault.name === '' ? (fault.path ?? fault.source) : fault.name}: ${fault.reason}`, options);
    this.condition = condition;
    this.fault = fault;
  }
}

/** What the user should hear of although everything works. */
export interface ConfigWarning {
  readonly condition: /** a password lies in a file that others may read */
    | 'readable-by-others'
    /** an XMPP_ name in `.env` that is none of ours, but is like one */
    | 'unknown-name'
    /** left out, because it belongs to another account, or came in a `.env` without its account */
    | 'not-taken'
    /** `.env` is there and cannot be read */
    | 'unreadable';
  readonly path: string;
  readonly name?: string | undefined;
  readonly nearest?: string | undefined;
}
