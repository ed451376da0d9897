/** Text becomes the typed values of an action's parameters: for flags, slash commands, questions alike. */
import type { Action } from '../actions/action.ts';
import type { Param } from '../actions/params.ts';
import { bareOf, domainOf, parseAddress } from '../chat/address.ts';
import { UsageError } from './usage-error.ts';

export interface Reading {
  /** completes bare names; undefined: they stay as they are, for the server to complete or refuse */
  readonly domain?: string | undefined;
  /** milliseconds since 1970 */
  readonly now: number;
  /** how the value was asked for, for the error: `--since`, `Since when` */
  readonly label: string;
}

export type RawInput = Readonly<Record<string, string | readonly string[] | boolean>>;

/** Takes what was typed for one value; gives what `run` gets. Throws UsageError. */
export function readValue(param: Param<unknown>, typed: string, reading: Reading): unknown {
  const wrong = (condition: ConstructorParameters<typeof UsageError>[0], more = {}) =>
    new UsageError(condition, { option: reading.label, value: typed, ...more });
  switch (param.kind) {
    case 'jid':
    case 'full-jid': {
      const jid = readJid(typed, reading);
      return param.kind === 'jid' ? bareOf(jid) : jid;
    }
    case 'domain':
      return domainOf(readJid(typed, { ...reading, domain: undefined }));
    case 'room':
      return readRoom(typed, reading);
    case 'number':
      if (!/^[1-9]\d{0,8}$/.test(typed.trim())) throw wrong('not-a-number');
      return Number(typed);
    case 'date': {
      const time = readDate(typed.trim(), reading.now);
      if (time === undefined) throw wrong('not-a-date');
      return time;
    }
    case 'choice':
      if (param.choices?.includes(typed.trim()) !== true)
        throw wrong('not-a-choice', { choices: (param.choices ?? []).join(', ') });
      return typed.trim();
    case 'switch':
      return typed === 'true';
    case 'word':
      if (typed.trim() === '' || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(typed)) throw wrong('not-a-word');
      return typed.trim();
    default:
      return typed;
  }
}

/** Reads every value that was given; missing ones stay missing (`missingParams` names them). Throws UsageError. */
export function readInput(
  action: Action,
  raw: RawInput,
  reading: Omit<Reading, 'label'>,
): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, param] of Object.entries(action.params)) {
    const given = raw[name];
    const read = (typed: string) => readValue(param, typed, { ...reading, label: labelOf(action, name) });
    if (typeof given === 'boolean') input[name] = given;
    else if (typeof given === 'string') input[name] = param.many ? [read(given)] : read(given);
    else if (given !== undefined) input[name] = given.map(read);
    else if (param.many) input[name] = [];
  }
  return input;
}

/** Names of the required parameters that have no value yet, or a text of nothing but blanks, in their order. */
export function missingParams(action: Action, input: Readonly<Record<string, unknown>>): string[] {
  const isMissing = (param: Param<unknown>, value: unknown) =>
    value === undefined ||
    value === '' ||
    (param.kind === 'text' && typeof value === 'string' && value.trim() === '');
  return Object.entries(action.params)
    .filter(([name, param]) => param.required && isMissing(param, input[name]))
    .map(([name]) => name);
}

/** `group` for the parameter `groups` of add-contact: the name of its option. */
export function optionName(action: Action, param: string): string {
  return action.options?.[param] ?? kebab(param);
}

function labelOf(action: Action, param: string): string {
  return param === action.value || param === action.rest
    ? `--${action.name}`
    : `--${optionName(action, param)}`;
}

function readJid(typed: string, { domain, label }: Reading): string {
  const values = { option: label, value: typed };
  if (typed.startsWith('-')) throw new UsageError('starts-with-dash', values);
  const jid = parseAddress(typed, domain);
  if (jid === undefined) throw new UsageError('not-a-jid', values);
  return jid;
}

/** A bare room name is completed later, by the room service that the server names. */
function readRoom(typed: string, { label }: Reading): string {
  const values = { option: label, value: typed };
  const text = typed.trim();
  if (text.startsWith('-')) throw new UsageError('starts-with-dash', values);
  // The domain only stands in: what matters is whether the local part is possible.
  const room = text.includes('@') ? parseAddress(text) : parseAddress(`${text}@localhost`);
  if (room === undefined || room.includes('/')) throw new UsageError('not-a-room', values);
  return text.includes('@') ? room : room.slice(0, room.lastIndexOf('@'));
}

const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** RFC 3339, `2026-11-21` (local midnight), `2026-11-21 14:03` (local), or `2h`, `3d` ago. Milliseconds since 1970. */
function readDate(typed: string, now: number): number | undefined {
  const ago = /^(\d{1,6})([smhdw])$/.exec(typed);
  if (ago !== null) return now - Number(ago[1]) * (UNITS[ago[2] ?? ''] ?? 0);
  const [, year = '', month = '', day = '', clock, zone] =
    /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)([Zz]|[+-]\d\d:\d\d)?)?$/.exec(typed) ?? [];
  if (year === '') return undefined;
  const days = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  // Date.UTC carries the 31st of February over into March.
  if (days.getUTCMonth() !== Number(month) - 1 || days.getUTCDate() !== Number(day)) return undefined;
  const time = Date.parse(`${year}-${month}-${day}T${clock ?? '00:00'}${zone?.toUpperCase() ?? ''}`);
  return Number.isNaN(time) ? undefined : time;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
