/** What a command line asks for: a pure value. */
import type { Action } from '../../actions/action.ts';
import type { RawInput } from '../parameters.ts';

export interface StartPresence {
  readonly show: string;
  readonly message: string;
}

export interface ListenRooms {
  readonly rooms: readonly string[];
  readonly nick?: string | undefined;
  readonly password?: string | undefined;
}

export type Wish =
  | { readonly kind: 'menu' }
  | { readonly kind: 'action'; readonly action: Action; readonly input: RawInput }
  | { readonly kind: 'listen'; readonly join: ListenRooms; readonly status?: StartPresence | undefined }
  | { readonly kind: 'demo'; readonly status?: StartPresence | undefined }
  | { readonly kind: 'version' }
  | { readonly kind: 'help' };

export type Invocation = Wish & {
  /** common options as given, by the keys of the configuration; values are checked there */
  readonly flags: Readonly<Record<string, string | boolean>>;
  readonly passwordStdin: boolean;
  readonly yes: boolean;
};
