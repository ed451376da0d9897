/** The options of every run, and which actions have a flag. */
import type { Action } from '../../actions/action.ts';
import { ROUTE_NAMES } from '../../chat/files/route.ts';
import { ACCEPT_FILES } from '../../chat/settings.ts';
import { optionName } from '../parameters.ts';

export interface CommonOption {
  /** as on the command line, without the dashes */
  readonly name: string;
  readonly short?: string;
  /** name of the value in the words of `--help`; absent: a switch */
  readonly value?:
    | 'jid'
    | 'domain'
    | 'file'
    | 'folder'
    | 'uri'
    | 'resource'
    | 'seconds'
    | 'choice'
    | 'keeping';
  readonly choices?: readonly string[];
  readonly group: 'connection' | 'behaviour';
}

export const COMMON_OPTIONS: readonly CommonOption[] = [
  { name: 'jid', short: 'j', value: 'jid', group: 'connection' },
  { name: 'domain', value: 'domain', group: 'connection' },
  { name: 'password-file', value: 'file', group: 'connection' },
  { name: 'password-stdin', group: 'connection' },
  { name: 'new-password-file', value: 'file', group: 'connection' },
  { name: 'service', value: 'uri', group: 'connection' },
  { name: 'ca', value: 'file', group: 'connection' },
  { name: 'resource', value: 'resource', group: 'connection' },
  { name: 'timeout', value: 'seconds', group: 'connection' },
  { name: 'data-dir', value: 'folder', group: 'behaviour' },
  { name: 'files-dir', value: 'folder', group: 'behaviour' },
  { name: 'accept-files', value: 'choice', choices: ACCEPT_FILES, group: 'behaviour' },
  { name: 'auto-approve', group: 'behaviour' },
  { name: 'file-route', value: 'choice', choices: ['any', ...ROUTE_NAMES], group: 'behaviour' },
  { name: 'private-links', group: 'behaviour' },
  { name: 'direct-files', value: 'choice', choices: ['contacts', 'all', 'none'], group: 'behaviour' },
  { name: 'keep-messages', value: 'keeping', group: 'behaviour' },
  { name: 'room-search', value: 'domain', group: 'behaviour' },
  { name: 'lang', value: 'choice', choices: ['en', 'es'], group: 'behaviour' },
  { name: 'json', group: 'behaviour' },
  { name: 'no-color', group: 'behaviour' },
  { name: 'quiet', group: 'behaviour' },
  { name: 'debug', value: 'file', group: 'behaviour' },
];

/** What is no action but runs by itself. */
export const MODES = ['listen', 'demo', 'version', 'help'] as const;
export type Mode = (typeof MODES)[number];

/** `passwordFile` for `password-file`: the key of the configuration. */
export function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function flagActions(actions: readonly Action[]): Action[] {
  return actions.filter((action) => action.flag !== false);
}

/** One option of an action beside its own flag: `--nick` of `--join`. */
export interface SideOption {
  readonly name: string;
  readonly param: string;
  readonly action: Action;
}

/** Options of an action's other parameters; secrets have none (product: never from the command line). */
export function sideOptions(action: Action): SideOption[] {
  return (
    Object.entries(action.params)
      .filter(([name, param]) => name !== action.value && name !== action.rest && !param.secret)
      // A message has a number in an open conversation only.
      .filter(([, param]) => param.kind !== 'message')
      .map(([param]) => ({ name: optionName(action, param), param, action }))
  );
}
