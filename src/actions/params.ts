/** What an action asks for. One description makes the flag, the `/command`, the question and the JSON parameter. */

export interface Param<T> {
  /** how the value is read from text and asked for */
  readonly kind: ParamKind;
  readonly required: boolean;
  /** several values: a flag that may be repeated */
  readonly many: boolean;
  readonly choices?: readonly string[] | undefined;
  /** never stored, never shown, never taken from the command line */
  readonly secret: boolean;
  /** kind `message`: which one is meant where none is named */
  readonly meant?: Meant | undefined;
  /** exists only in the type: what `run` gets */
  readonly type?: T;
}

/** The newest one of the open chat: our own, somebody else's, or one whose text was replaced or taken back. */
export type Meant = 'own' | 'theirs' | 'changed';

/**
 * `domain`: also by a JID in it. `jid`: a bare name means name@own-domain. `full-jid` keeps the resource. `room`: a bare name means
 * name@the-server's-room-service. `date`: RFC 3339, `2026-11-21`, or `2h`, `3d` ago. `message`:
 * a message of the open chat by its number, 1 for the newest.
 */
export type ParamKind =
  | 'domain'
  | 'jid'
  | 'full-jid'
  | 'room'
  | 'text'
  | 'word'
  | 'password'
  | 'path'
  | 'number'
  | 'date'
  | 'message'
  | 'choice'
  | 'switch';

export type Params = Readonly<Record<string, Param<unknown>>>;

type ValueOf<P> = P extends Param<infer T> ? T : never;
/** What `run` gets: required parameters, and the optional ones as possibly undefined. */
export type InputOf<P extends Params> = { readonly [K in keyof P]: ValueOf<P[K]> };

function param<T>(kind: ParamKind, more: Partial<Param<T>> = {}): Param<T> {
  return { kind, required: true, many: false, secret: false, ...more };
}

export const domain = (): Param<string> => param('domain');
export const jid = (): Param<string> => param('jid');
export const fullJid = (): Param<string> => param('full-jid');
export const room = (): Param<string> => param('room');
export const text = (): Param<string> => param('text');
export const word = (): Param<string> => param('word');
export const path = (): Param<string> => param('path');
/** a whole number from 1 up */
export const count = (): Param<number> => param('number');
/** milliseconds since 1970 */
export const date = (): Param<number> => param('date');
/** the local row of a message */
export const message = (meant: Meant): Param<number> => param('message', { meant });
export const password = (): Param<string> => param('password', { secret: true });
export const choice = <const C extends readonly string[]>(...choices: C): Param<C[number]> =>
  param('choice', { choices });
export const toggle = (): Param<boolean> => param('switch', { required: false });

export function optional<T>(of: Param<T>): Param<T | undefined> {
  return { ...of, required: false } as Param<T | undefined>;
}

export function many<T>(of: Param<T>): Param<readonly T[]> {
  return { ...of, many: true, required: false } as Param<readonly T[]>;
}
