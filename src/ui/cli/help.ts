/** `--help`: every flag in groups, in the chosen language, wrapped at the terminal's width. */
import type { Action } from '../../actions/action.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { width } from '../screen/width.ts';
import { wrap } from '../screen/wrap.ts';
import type { Theme } from '../theme.ts';
import { COMMON_OPTIONS, type CommonOption, flagActions, MODES, sideOptions } from './options.ts';

export type Heading = keyof Catalogue['help']['headings'];
/** usage, meaning, depth */
type Entry = readonly [string, string, number];

/** Where an action of the table stands; a new one stands under `running` until somebody finds it a place. */
const GROUP: Readonly<Record<string, Heading>> = {
  send: 'messages',
  'send-room': 'messages',
  'send-lines': 'messages',
  'send-file': 'messages',
  'waiting-files': 'messages',
  'cancel-file': 'messages',
  get: 'messages',
  history: 'messages',
  search: 'messages',
  export: 'messages',
  contacts: 'people',
  users: 'people',
  user: 'people',
  'add-contact': 'people',
  'remove-contact': 'people',
  approve: 'people',
  decline: 'people',
  block: 'people',
  unblock: 'people',
  blocked: 'people',
  rooms: 'rooms',
  join: 'rooms',
  leave: 'rooms',
  subject: 'rooms',
  invite: 'rooms',
  conference: 'rooms',
  kick: 'rooms',
  ban: 'rooms',
  unban: 'rooms',
  affiliation: 'rooms',
  affiliations: 'rooms',
  'room-config': 'rooms',
  destroy: 'rooms',
  register: 'account',
  status: 'account',
  'change-password': 'account',
  'delete-account': 'account',
  'wipe-data': 'account',
  archiving: 'account',
  devices: 'account',
  profile: 'account',
};

/** Where an action stands. */
export const headingOf = (name: string): Heading => GROUP[name] ?? 'running';

const USAGE_COLUMN = 30;
const WIDEST = 100;
const NARROWEST = 40;

/** Takes the table, the words and the width in cells; gives the text without a line break at its end. */
export function helpText(
  actions: readonly Action[],
  words: Catalogue,
  theme: Pick<Theme, 'bold'>,
  columns: number,
): string {
  const { help } = words;
  const line = Math.max(NARROWEST, Math.min(columns, WIDEST));
  const groups: [Heading, Entry[]][] = [
    ...(['messages', 'people', 'rooms', 'account'] as const).map((heading): [Heading, Entry[]] => [
      heading,
      actionEntries(actions, words, heading),
    ]),
    ['running', [...modeEntries(words), ...actionEntries(actions, words, 'running')]],
    ['connection', commonEntries(words, 'connection')],
    ['behaviour', commonEntries(words, 'behaviour')],
  ];
  return [
    wrap(`${theme.bold(`${help.usage}:`)} xmpp-chat ${help.usageLine}`, line, 2),
    wrap(help.intro, line),
    ...groups.map(([heading, entries]) => section(help.headings[heading], entries, theme, line)),
    wrap(help.password, line),
    section(
      help.headings.examples,
      help.examples.map(({ line: example, does }): Entry => [example, does, 0]),
      theme,
      line,
    ),
    [
      theme.bold(`${help.headings.exitCodes}:`),
      ...help.exitCodes.map((code) => `  ${wrap(code, line - 2, 4)}`),
    ].join('\n'),
  ].join('\n\n');
}

/** A heading, and under it what each use means, at that width in cells. */
export function section(
  heading: string,
  entries: readonly Entry[],
  theme: Pick<Theme, 'bold'>,
  columns: number,
): string {
  return [theme.bold(`${heading}:`), ...entries.map((entry) => entryText(entry, columns))].join('\n');
}

/** The meaning stands beside its usage where there is room, else in lines of its own. */
export function entryText([usage, meaning, depth]: Entry, columns: number): string {
  const head = `${' '.repeat(2 + depth * 2)}${usage}`;
  const aside = Math.min(USAGE_COLUMN, Math.floor(columns / 2));
  const lines = wrap(meaning, columns - aside).split('\n');
  const indent = ' '.repeat(aside);
  if (width(head) + 2 > aside) return [head, ...lines.map((line) => indent + line)].join('\n');
  const [first = '', ...more] = lines;
  return [head + ' '.repeat(aside - width(head)) + first, ...more.map((line) => indent + line)].join('\n');
}

function actionEntries(actions: readonly Action[], words: Catalogue, heading: Heading): Entry[] {
  const { help } = words;
  return flagActions(actions)
    .filter(({ name }) => headingOf(name) === heading)
    .flatMap((action): Entry[] => [
      [actionUsage(action, words), help.actions[action.name] ?? '', 0],
      ...sideOptions(action).map(({ name, param }): Entry => {
        const { kind } = action.params[param] ?? {};
        const value = kind === 'switch' ? '' : ` <${valueName(action, param, words)}>`;
        return [`--${name}${value}`, help.options[name] ?? '', 1];
      }),
      ...(action.confirm === true ? [['--yes', help.options.yes, 1] as const] : []),
    ]);
}

/** `--send <jid> [text …]` */
function actionUsage(action: Action, words: Catalogue): string {
  const { value, rest } = action;
  const own = value === undefined ? '' : valueName(action, value, words);
  const required = value !== undefined && action.params[value]?.required === true;
  const parts = [
    `--${action.name}`,
    own === '' ? '' : required ? `<${own}>` : `[${own}]`,
    rest === undefined ? '' : `[${valueName(action, rest, words)} …]`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function valueName(action: Action, param: string, { help }: Catalogue): string {
  const { kind, choices } = action.params[param] ?? {};
  if (choices !== undefined) return choices.join('|');
  const byKind = { number: 'number', date: 'date', room: 'room', 'full-jid': 'jid', jid: 'jid' } as const;
  const name =
    kind !== undefined && kind in byKind ? byKind[kind as keyof typeof byKind] : param.replace(/s$/, '');
  return help.values[name] ?? name;
}

function modeEntries({ help }: Catalogue): Entry[] {
  const usage = (mode: string) => (mode === 'help' ? '-h, --help' : `--${mode}`);
  return [
    ['xmpp-chat', help.running.menu, 0],
    ...MODES.map((mode): Entry => [usage(mode), help.running[mode], 0]),
  ];
}

function commonEntries({ help }: Catalogue, group: CommonOption['group']): Entry[] {
  return COMMON_OPTIONS.filter((option) => option.group === group).map(
    ({ name, short, value, choices }): Entry => {
      const shown = choices?.join('|') ?? (value === undefined ? undefined : (help.values[value] ?? value));
      const usage = `${short === undefined ? '' : `-${short}, `}--${name}${shown === undefined ? '' : ` <${shown}>`}`;
      return [usage, help.common[name] ?? '', 0];
    },
  );
}
