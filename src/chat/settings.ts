/** Settings a person can change, with their defaults. Stored per account; values are words, so that a file can hold them. */
import { ROUTE_NAMES } from './files/route.ts';
import { ChatError } from './problem.ts';
import type { SettingsStore } from './stores.ts';

/** which offered files are taken: those of contacts (one is asked about others), all, none unasked, none at all */
export const ACCEPT_FILES = ['contacts', 'all', 'ask', 'none'] as const;
/** who may learn the address of this computer, when a file goes from one to the other */
export const DIRECT_FILES = ['contacts', 'all', 'none'] as const;
export const ON_OFF = ['on', 'off'] as const;

/** name → the values it takes; the first is the default */
export const SETTINGS = {
  'accept-files': ACCEPT_FILES,
  'auto-approve': ['off', 'on'],
  'restore-presence': ON_OFF,
  'send-typing': ON_OFF,
  'send-receipts': ON_OFF,
  'keep-messages': ['forever', '7d', '30d', '90d', '1y', 'nothing'],
  'notify-presence': ON_OFF,
  'notify-messages': ON_OFF,
  'notify-rooms': ['all', 'mentions', 'off'],
  'notify-occupants': ON_OFF,
  'notify-typing': ['off', 'on'],
  bell: ['mentions', 'all', 'off'],
  desktop: ['off', 'on'],
  'file-route': ['any', ...ROUTE_NAMES],
  'private-links': ['off', 'on'],
  'direct-files': DIRECT_FILES,
  'save-traffic': ['off', 'on'],
} as const satisfies Record<string, readonly string[]>;

export type Setting = keyof typeof SETTINGS;
/** `mute:<room JID>`: all, mentions or off for that room alone */
export type SettingName = Setting | `mute:${string}`;

export const MUTE_VALUES = ['all', 'mentions', 'off'] as const;

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name) || (name.startsWith('mute:') && name.length > 5);
}

/** The values that a setting takes; the first is the default. */
export function settingValues(name: SettingName): readonly string[] {
  return name.startsWith('mute:') ? MUTE_VALUES : SETTINGS[name as Setting];
}

/** What a setting takes beside the values that are offered: days, weeks, months of 30 days, years. */
const MORE: Readonly<Partial<Record<SettingName, RegExp>>> = { 'keep-messages': /^[1-9]\d{0,3}(d|w|mo|y)$/ };

export function takesMore(name: SettingName): boolean {
  return MORE[name] !== undefined;
}

export function isSettingValue(name: SettingName, value: string): boolean {
  return settingValues(name).includes(value) || MORE[name]?.test(value) === true;
}

export interface AccountSettingsOptions {
  readonly account: string;
  readonly store: SettingsStore;
  /** of this run, before those kept */
  readonly overrides?: Readonly<Partial<Record<SettingName, string>>> | undefined;
  /** what has to be told to somebody */
  readonly changed: (name: SettingName, value: string) => void;
}

/** The settings of one account. */
export function accountSettings({ account, store, overrides = {}, changed }: AccountSettingsOptions) {
  const ofRun = new Map<string, string | undefined>(Object.entries(overrides));
  return {
    get(name: SettingName): string {
      const set = ofRun.get(name) ?? store.get(account, name);
      return set !== undefined && isSettingValue(name, set) ? set : (settingValues(name)[0] ?? '');
    },
    /** Throws ChatError `no-such-setting`, `bad-setting`. What a person sets counts before what the run began with. */
    set(name: SettingName, value: string): void {
      if (!isSettingName(name)) throw new ChatError('no-such-setting', { name });
      if (!isSettingValue(name, value)) {
        const values = [...settingValues(name), ...(takesMore(name) ? ['45d', '6mo', '…'] : [])];
        throw new ChatError('bad-setting', { name, value, values: values.join(', ') });
      }
      store.set(account, name, value);
      ofRun.delete(name);
      changed(name, value);
    },
  };
}

export type AccountSettings = ReturnType<typeof accountSettings>;
