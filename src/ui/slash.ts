/** `/commands`: a line typed in a conversation becomes an action of the table, a command of the view, or text. */
import type { Action } from '../actions/action.ts';
import { nearest } from '../actions/nearest.ts';
import type { Param } from '../actions/params.ts';
import type { ChatKind } from '../chat/message.ts';
import { optionName } from './parameters.ts';

/** What only the view can do; `me` is text and goes out as it is (XEP-0245). */
export const VIEW_COMMANDS = [
  'help',
  'close',
  'who',
  'msg',
  'older',
  'next',
  'clear',
  'cancel',
  'get',
  'accept',
  'refuse',
  'mute',
  'admin',
  'last',
  'around',
  'exit',
] as const;
export type ViewCommand = (typeof VIEW_COMMANDS)[number];

/** Other names people know from elsewhere. They win over an action of the same name: `/send` sends a file here. */
export const ALIASES: Readonly<Record<string, string>> = {
  topic: 'subject',
  config: 'room-config',
  send: 'send-file',
  more: 'older',
  decline: 'refuse',
  quit: 'exit',
  part: 'leave',
  add: 'add-contact',
};

/** Actions that make no sense inside a conversation: they belong to the menus. */
const ELSEWHERE: readonly string[] = [
  'register',
  'delete-account',
  'wipe-data',
  'change-password',
  'send-room',
  'send-lines',
  'logout',
  'archiving',
  'profile',
];

/** About a room, and yet of use beside a person: one goes there, or asks them to come. */
const EVERYWHERE: readonly string[] = ['join', 'leave', 'invite'];

/** Whether a command is of use in the conversation of a room only. */
export const isOfRooms = ({ name, params }: Action): boolean =>
  name === 'moderate' ||
  (!EVERYWHERE.includes(name) &&
    Object.values(params).some(({ kind, required }) => kind === 'room' && required));

export interface SlashContext {
  readonly actions: readonly Action[];
  /** the chat that is open */
  readonly chat: string;
  readonly kind: ChatKind;
  /** Reads one value; throws where it is none of that kind. */
  read(param: Param<unknown>, text: string): unknown;
  /** The message that a command means without a number; throws where there is none. */
  meant(param: Param<unknown>): number;
}

export type Slash =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'view'; readonly name: ViewCommand; readonly rest: string }
  | { readonly kind: 'action'; readonly action: Action; readonly input: Readonly<Record<string, unknown>> }
  /** `like`: a command that may have been meant */
  | { readonly kind: 'unknown'; readonly name: string; readonly like: string | undefined }
  /** `name` as it was typed; `error` where a value could not be read */
  | { readonly kind: 'wrong'; readonly action: Action; readonly name: string; readonly error?: unknown };

/** Whether a line is no message. */
export const isCommand = (typed: string): boolean =>
  typed.startsWith('/') && !typed.startsWith('//') && !/^\/me(\s|$)/.test(typed);

/** Takes what was typed, gives what it means. Total: an unknown command is never text. */
export function parseSlash(typed: string, context: SlashContext): Slash {
  if (typed.startsWith('//')) return { kind: 'text', text: typed.slice(1) };
  if (!isCommand(typed)) return { kind: 'text', text: typed };
  const [, word = '', rest = ''] = /^\/(\S*)\s*([\s\S]*)$/.exec(typed) ?? [];
  const name = Object.hasOwn(ALIASES, word) ? (ALIASES[word] ?? word) : word;
  const view = VIEW_COMMANDS.find((command) => command === name);
  if (view !== undefined) return { kind: 'view', name: view, rest: rest.trim() };
  const meant = name === 'invite' && goesOn(rest, context) ? 'conference' : name;
  const known = slashActions(context.actions);
  const action = known.find((entry) => entry.name === meant);
  if (action !== undefined) return fill(action, word, rest, context);
  const names = [...VIEW_COMMANDS, ...Object.keys(ALIASES), ...known.map((entry) => entry.name)];
  return { kind: 'unknown', name: word, like: nearest(word, names) };
}

/** Beside a person, to whom no room belongs, whoever invites somebody else goes on in a new one (XEP-0045 §7.9). */
const goesOn = (rest: string, { kind }: SlashContext) =>
  kind === 'contact' && !/(^|\s)--room(\s|$)/.test(rest);

/** The actions that can be asked for in a conversation. */
export function slashActions(actions: readonly Action[]): Action[] {
  return actions.filter((action) => !ELSEWHERE.includes(action.name)).map(here);
}

/** What stands behind the command where that is not what the flag takes: the chat is the open one. */
const VALUE_HERE: Readonly<Record<string, string | undefined>> = {
  export: 'output',
  subject: undefined,
  affiliations: 'list',
  destroy: 'successor',
  'room-config': undefined,
  conference: 'others',
};

function here(action: Action): Action {
  return Object.hasOwn(VALUE_HERE, action.name) ? { ...action, value: VALUE_HERE[action.name] } : action;
}

/**
 * How a command is written: `/invite <jid> [<reason…>] [--room <room>]`. `values` names what stands in <…>, `name` is
 * the command as somebody knows it.
 */
export function usageOf(
  action: Action,
  values: Readonly<Record<string, string>>,
  name: string = action.name,
): string {
  const words = Object.entries(action.params).map(([key, param]) => {
    const numbered = param.kind === 'message';
    const label = numbered
      ? values.number
      : (values[key] ?? values[optionName(action, key)] ?? (isJid(param) ? values.jid : undefined) ?? key);
    const plain = key === action.value ? `<${label}>` : key === action.rest ? `<${label}…>` : undefined;
    const value = param.kind === 'switch' ? '' : ` <${param.choices?.join('|') ?? label}>`;
    const shown = plain ?? `--${optionName(action, key)}${value}`;
    return {
      shown: param.required && plain !== undefined && !numbered ? shown : `[${shown}]`,
      option: plain === undefined,
    };
  });
  const order = [...words.filter((word) => !word.option), ...words.filter((word) => word.option)];
  return [`/${name}`, ...order.map((word) => word.shown)].join(' ');
}

/** An address of whatever is meant. */
const isJid = ({ kind }: Param<unknown>): boolean => kind === 'jid' || kind === 'full-jid';

function fill(action: Action, name: string, typed: string, context: SlashContext): Slash {
  const wrong = (error?: unknown): Slash => ({ kind: 'wrong', action, name, error });
  const split = splitWords(action, typed);
  if (split === undefined) return wrong();
  const { values, left } = split;
  const input: Record<string, unknown> = {};
  try {
    for (const [name, param] of Object.entries(action.params)) {
      const given = values.get(name);
      if (given === undefined && param.kind === 'message' && !param.many) input[name] = context.meant(param);
      if (given === undefined) continue;
      input[name] = param.many
        ? given.map((text) => context.read(param, text))
        : context.read(param, given.at(-1) ?? '');
    }
  } catch (error) {
    return wrong(error);
  }
  const own = chatParam(action, context, values);
  if (own !== undefined) input[own] = context.chat;
  for (const [name, param] of Object.entries(action.params))
    if (param.many && input[name] === undefined) input[name] = [];
  const missing = Object.entries(action.params).some(
    ([name, param]) => param.required && input[name] === undefined,
  );
  return missing || left !== '' ? wrong() : { kind: 'action', action, input };
}

/** The parameter that means the open chat where nothing else was typed. */
function chatParam(
  action: Action,
  { kind }: SlashContext,
  values: ReadonlyMap<string, unknown>,
): string | undefined {
  const open = Object.entries(action.params).filter(([name]) => !values.has(name));
  if (kind === 'room') {
    const room = open.find(([, param]) => param.kind === 'room');
    if (room !== undefined) return room[0];
  }
  const suits = ([name, param]: [string, Param<unknown>]) => {
    if (kind === 'contact') return isJid(param);
    // A room, or somebody in it, is no user: it is meant only where the action takes any address at all.
    return param.kind === 'full-jid' && (name !== action.value || !param.required);
  };
  return open.find(suits)?.[0];
}

interface Split {
  readonly values: Map<string, string[]>;
  /** what no parameter took */
  readonly left: string;
}

/** The first word is the action's `value`, `--option word` its options, everything else its `rest`. */
function splitWords(action: Action, typed: string): Split | undefined {
  const values = new Map<string, string[]>();
  let left = typed.trim();
  const take = (): string | undefined => {
    const [whole = '', quoted, bare] = /^(?:"([^"]*)"|(\S+))\s*/.exec(left) ?? [];
    left = left.slice(whole.length);
    return quoted ?? bare;
  };
  const put = (name: string, value: string) => values.set(name, [...(values.get(name) ?? []), value]);
  for (;;) {
    const option = /^--([\w-]+)(?:\s+|$)/.exec(left);
    const name = option === null ? undefined : paramOf(action, option[1] ?? '');
    if (option !== null && name !== undefined) {
      left = left.slice(option[0].length);
      const value = action.params[name]?.kind === 'switch' ? 'true' : take();
      if (value === undefined) return undefined;
      put(name, value);
    } else if (left !== '' && action.value !== undefined && !values.has(action.value) && fits(action, left)) {
      put(action.value, action.rest === undefined && !hasOptions(left) ? takeAll() : (take() ?? ''));
    } else break;
  }
  if (left !== '' && action.rest !== undefined) put(action.rest, takeAll());
  return { values, left };

  function takeAll(): string {
    const all = left.trimEnd().replace(/^"([^"]*)"$/, '$1');
    left = '';
    return all;
  }
}

/** A message is named by a number or not at all: `/reply 2 yes`, `/reply yes`. */
function fits({ params, value = '' }: Action, text: string): boolean {
  return params[value]?.kind !== 'message' || /^\d{1,9}(\s|$)/.test(text);
}

/** A path or a name may hold blanks, as long as no option follows. */
function hasOptions(text: string): boolean {
  return /\s--[\w-]/.test(text);
}

function paramOf(action: Action, option: string): string | undefined {
  return Object.keys(action.params).find((name) => optionName(action, name) === option);
}
