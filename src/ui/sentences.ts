/** Errors become one line: what could not be done, why, what to try. Never a stack trace. */
import type { ChatKind, MessageFailure } from '../chat/message.ts';
import type { Catalogue } from '../i18n/catalogue.ts';
import { exitCodeOf, named } from './exit-codes.ts';
import { size } from './render/formats.ts';
import { sanitize } from './sanitize.ts';

export interface Problem {
  readonly condition: string;
  /** what could not be done; '' where `why` says it all */
  readonly what: string;
  readonly why: string;
  /** what to try, whole sentences; '' where nothing helps */
  readonly hint: string;
  readonly exitCode: number;
}

/** What was being done: an action's name, and values that its sentences name (`jid`, `room`, `path`, `domain`). */
export interface About {
  readonly action?: string | undefined;
  readonly values?: Readonly<Record<string, unknown>> | undefined;
}

type Values = Readonly<Record<string, unknown>>;
type Sentence = { readonly why: string; readonly hint: string };
type Groups = Readonly<Record<string, Readonly<Record<string, Sentence>>>>;

/** Where a condition is looked up, by the name of the error; an action's own meanings come before the general ones. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  UsageError: ['usage'],
  ConfigError: ['config'],
  StorageError: ['storage'],
  OutputError: ['files'],
  AuthenticationError: ['auth', 'stanza'],
  ConnectionError: ['connection', 'stream'],
  StreamError: ['stream', 'stanza'],
  ConnectionEnded: ['stream', 'connection', 'auth', 'stanza'],
};
const EVERYWHERE = ['chat', 'stanza', 'connection', 'stream', 'auth', 'storage'];

/** Conditions of AuthenticationError that we found, not the server: their text is for the debug file. */
const OUR_FINDINGS = [
  'no-mechanism',
  'downgrade',
  'malformed-challenge',
  'server-not-verified',
  'wrong-account',
];
const LONGEST_QUOTE = 200;

export function problemOf(error: unknown, words: Catalogue, about: About = {}): Problem {
  const { name, condition: given } = named(error);
  const condition = given ?? systemCondition(error) ?? 'unexpected';
  const values = withSizes(valuesOf(error, about, words), words);
  const sentence = find(words, groupsOf(error, about), condition);
  const fallback =
    given === undefined ? words.errors.groups.unknown.unexpected : words.errors.groups.unknown.condition;
  const why = fill((sentence ?? fallback).why, values);
  const quote = quoteOf(error);
  return {
    condition,
    what: completed(whatOf(name, given !== undefined || sentence !== undefined, words, about), values),
    why: quote === '' ? why : words.errors.quoted(why, quote),
    hint: fill((sentence ?? fallback).hint, { ...values, suggestion: suggestion(error, words) }),
    exitCode: exitCodeOf(error),
  };
}

/** Why something failed, as a clause, where only a condition is known: messages, files, rooms, the connection. */
export function whyOf(words: Catalogue, condition: string, text?: string, action?: string): string {
  const groups = [...(action === undefined ? [] : [action]), ...EVERYWHERE, 'files'];
  const why = fill((find(words, groups, condition) ?? words.errors.groups.unknown.condition).why, {
    condition,
  });
  const quote = shorten(text);
  return quote === '' ? why : words.errors.quoted(why, quote);
}

/** What a condition means for a message depends on where it was to be said. */
const SAYING: Readonly<Record<ChatKind, string>> = {
  contact: 'send',
  room: 'room-message',
  private: 'private-message',
};

/** Why a message was not delivered, and what to try: `there is no such user. Check the JID.` */
export function whyNotDelivered(
  words: Catalogue,
  { condition, text }: MessageFailure,
  kind: ChatKind,
): string {
  const why = whyOf(words, condition, text, SAYING[kind]);
  const hint = find(words, [SAYING[kind], ...EVERYWHERE], condition)?.hint ?? '';
  return hint === '' ? why : `${why}. ${fill(hint, { condition })}`;
}

/** Why a step did not work, as a clause, and what to try; `groups` are looked into first. */
export function adviceOf(
  words: Catalogue,
  condition: string,
  { groups, ...values }: Values & { readonly groups: readonly string[] },
): Sentence {
  const { why, hint } =
    find(words, [...groups, ...EVERYWHERE], condition) ?? words.errors.groups.unknown.condition;
  return { why: fill(why, { ...values, condition }), hint: fill(hint, { ...values, condition }) };
}

/** True where the condition has a sentence. */
export function knows(words: Catalogue, condition: string): boolean {
  return find(words, EVERYWHERE, condition) !== undefined;
}

/** `cannot send to bob@example.org: there is no such user. Check the JID.` */
export function problemText({ what, why, hint }: Problem): string {
  const sentence = what === '' ? why : `${what}: ${why}`;
  return [`${sentence}.`.replace(/([.!?…])\.$/, '$1'), hint].filter((part) => part !== '').join(' ');
}

/** The same for standard error of a run, with the exit code at its end. */
export function problemLine(problem: Problem, words: Catalogue): string {
  return `${words.errors.program}: ${problemText(problem)} (${problem.exitCode})`;
}

/** What the user should hear of although everything works; '' for a condition without words. */
export function warningText(
  warning: { readonly condition: string; readonly path: string; readonly name?: string | undefined },
  words: Catalogue,
): string {
  const sentences: Readonly<Record<string, string>> = words.errors.warnings;
  const sentence = Object.hasOwn(sentences, warning.condition) ? sentences[warning.condition] : undefined;
  return sentence === undefined ? '' : `${words.errors.program}: ${fill(sentence, { ...warning })}`;
}

/** The line for anything that was thrown. */
export function fatalLine(error: unknown, words: Catalogue, about: About = {}): string {
  return problemLine(problemOf(error, words, about), words);
}

function groupsOf(error: unknown, { action }: About): readonly string[] {
  const { name, condition } = named(error);
  if (condition === undefined) return ['files'];
  const own = GROUPS[name];
  if (own !== undefined) return own;
  return [
    ...(name === 'ChatError' ? ['chat'] : []),
    ...(action === undefined ? [] : [action]),
    'stanza',
    ...EVERYWHERE,
  ];
}

function find(words: Catalogue, groups: readonly string[], condition: string): Sentence | undefined {
  const all: Groups = words.errors.groups;
  for (const group of groups) {
    const sentences = Object.hasOwn(all, group) ? all[group] : undefined;
    if (sentences !== undefined && Object.hasOwn(sentences, condition)) return sentences[condition];
  }
  return undefined;
}

function whatOf(name: string, known: boolean, words: Catalogue, { action }: About): string {
  const { what } = words.errors;
  if (name === 'UsageError' || name === 'ConfigError') return '';
  if (name === 'AuthenticationError') return what.login;
  if (name === 'ConnectionError' || name === 'StreamError' || name === 'ConnectionEnded') return what.connect;
  if (name === 'StorageError') return what.storage;
  if (!known) return what.internal;
  return action !== undefined && Object.hasOwn(what, action) ? (what[action] ?? '') : '';
}

/** A half sentence about an unknown thing says nothing: '' where one of its values is missing. */
function completed(sentence: string, values: Values): string {
  const names = Array.from(sentence.matchAll(/\{(\w+)\}/g), (found) => found[1] ?? '');
  return names.every((name) => values[name] !== undefined && values[name] !== '')
    ? fill(sentence, values)
    : '';
}

function valuesOf(error: unknown, about: About, words: Catalogue): Values {
  const { name, condition } = named(error);
  const own = typeof error === 'object' && error !== null ? (error as Values) : {};
  const fault = isRecord(own.fault) ? own.fault : {};
  const text = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
  return {
    path: own.path,
    program: own.program,
    install: own.install,
    ...about.values,
    text: shorten(text),
    message: shorten(text),
    ...(isRecord(own.values) ? own.values : {}),
    ...fault,
    ...(name === 'ConfigError' ? ofSetting(fault, words) : {}),
    condition,
  };
}

/** Where a setting stands, what it is, and what it takes. */
function ofSetting(
  { name, value, path, file, takes, choices, reason }: Values,
  { errors }: Catalogue,
): Values {
  const texts: Readonly<Record<string, string>> = errors.takes;
  return {
    name: file === undefined ? name : `${file}: ${name}`,
    value: value === '' ? (path ?? errors.empty) : value,
    takes: typeof takes === 'string' ? fill(texts[takes] ?? '', { choices }) : '',
    text: reason,
  };
}

/** Bytes as people read them. */
function withSizes(values: Values, words: Catalogue): Values {
  const sizes = Object.entries(values).filter(([name]) => name === 'bytes' || name === 'mostBytes');
  return {
    ...values,
    ...Object.fromEntries(sizes.map(([name, value]) => [name, size(Number(value), words)])),
  };
}

/** What the other side said in its own words. */
function quoteOf(error: unknown): string {
  const { name, condition } = named(error);
  if (!(error instanceof Error)) return '';
  const { text, values } = error as { text?: unknown; values?: unknown };
  if (name === 'StanzaError') return shorten(text);
  if (name === 'ChatError') return isRecord(values) && condition !== 'no-jid' ? shorten(values.text) : '';
  if (name === 'AuthenticationError' && !OUR_FINDINGS.includes(condition ?? ''))
    return error.message === condition ? '' : shorten(error.message);
  if (name === 'StreamError' && 'otherHost' in error && error.message !== condition)
    return shorten(error.message);
  return '';
}

function suggestion(error: unknown, words: Catalogue): string {
  const { values, fault } = isRecord(error) ? error : {};
  const like = [values, fault].find(isRecord)?.nearest;
  return typeof like === 'string' && like !== '' ? words.errors.didYouMean(like) : '';
}

/** `ENOENT` and the like. */
function systemCondition(error: unknown): string | undefined {
  if (!isRecord(error) || typeof error.code !== 'string') return undefined;
  return /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined;
}

/** Puts sanitised values into a sentence; a value that is missing leaves no double blank behind. */
function fill(sentence: string, values: Values): string {
  return sentence
    .replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      return value === undefined || value === null
        ? ''
        : name === 'suggestion'
          ? String(value)
          : sanitize(String(value));
    })
    .replace(/ {2,}/g, ' ')
    .trim();
}

function shorten(text: unknown): string {
  if (typeof text !== 'string') return '';
  const line = sanitize(text.trim());
  return line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE - 1)}…` : line;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
