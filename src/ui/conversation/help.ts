/**
 * `/help`: the commands of the view and of the table by their names, and the keys, on one screen; `/help react` says
 * what one does, and `/help all`, in the pager, what all do. A conversation with a person has none that only rooms have.
 */
import type { Action } from '../../actions/action.ts';
import type { ChatKind } from '../../chat/message.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { entryText, type Heading, headingOf, section } from '../cli/help.ts';
import type { Face } from '../face.ts';
import { ALIASES, isOfRooms, slashActions, usageOf } from '../slash.ts';
import type { PagedText } from '../terminal.ts';

/** `/help`, or `/help react`: what fits on one screen. */
export function helpText(face: Face, kind: ChatKind, about: string): string {
  const { words, theme, terminal } = face;
  const { keys, helpTitle, helpKeys, helpMore } = words.conversation;
  const rows = commandRows(face, kind);
  const wanted = about.replace(/^\/+/, '');
  const alike = [wanted, ALIASES[wanted], wanted === 'send-file' ? 'send' : undefined];
  const named = rows.filter(([usage]) => namesOf(usage).some((name) => alike.includes(name.slice(1))));
  if (named.length > 0) {
    const meanings: Readonly<Record<string, string>> = words.help.options;
    const entries = named.flatMap(([usage, meaning, , options = []]) => [
      [usage, meaning, 0] as const,
      ...options.map(
        (option) => [option, meanings[/[\w-]+/.exec(option.slice(2))?.[0] ?? ''] ?? '', 1] as const,
      ),
    ]);
    return entries.map((entry) => entryText(entry, terminal.columns)).join('\n');
  }
  const groups = GROUPS.map((group) => {
    const names = rows.filter(([, , of]) => of === group).flatMap(([usage]) => namesOf(usage));
    return names.length === 0 ? '' : `  ${theme.dim(`${words.help.headings[group]}:`)} ${names.join(' ')}`;
  });
  return [
    theme.bold(helpTitle),
    ...groups.filter((line) => line !== ''),
    `  ${helpMore}`,
    theme.bold(helpKeys),
    `  ${Object.values(keys).join(' · ')}`,
  ].join('\n');
}

/** `/help all`: what every command does, in groups. It is longer than a screen. */
export function wholeHelp(face: Face, kind: ChatKind): PagedText {
  const { words, theme, terminal } = face;
  const rows = commandRows(face, kind);
  const width = Math.min(terminal.columns, WIDEST);
  return {
    from: 'start',
    *pieces(colours) {
      const bold = colours ? theme.bold : (text: string) => text;
      for (const group of GROUPS) {
        const entries = rows.flatMap(([usage, meaning, of]) =>
          of === group ? [[usage, meaning, 0] as const] : [],
        );
        if (entries.length > 0) yield `${section(words.help.headings[group], entries, { bold }, width)}\n`;
      }
    },
  };
}

/** cells of a line of `/help all` */
const WIDEST = 100;
const GROUPS = ['messages', 'people', 'rooms', 'account', 'running'] as const;
type Row = readonly [usage: string, meaning: string, group: Heading, options?: readonly string[]];

/** `/accept, /decline [<jid>]` → both names */
const namesOf = (usage: string): string[] => usage.match(/(?<=^|, )\/[\w-]+/g) ?? [];

function commandRows({ words, actions }: Face, kind: ChatKind): Row[] {
  const { commands } = words.conversation;
  const { values } = words.help;
  const inRoom = kind === 'room';
  const own: [string, string][] = [
    ['/help', commands.help],
    ['/close', commands.close],
    ['/exit', commands.exit],
    [`/me <${values.text}…>`, commands.me],
    [msgUsage(words), commands.msg],
    ...only(kind !== 'contact', ['/who', commands.who]),
    ['/older', commands.older],
    [`/last [<${values.number}>]`, commands.last],
    [`/around [<${values.number}>]`, commands.around],
    ['/next', commands.next],
    [`/accept, /decline [<${values.jid}>]`, `${commands.accept}; ${commands.refuse}`],
    [`/send <${values.path}>`, words.help.actions['send-file']],
    [`/get [<${values.number}>]`, commands.get],
    [`/cancel [<${values.number}>|all]`, commands.cancel],
    ...only(inRoom, ['/mute [all|mentions|off]', commands.mute], ['/admin', commands.admin]),
    ['/clear', commands.clear],
    ['//', commands.slash],
  ];
  const sentences: Readonly<Record<string, string>> = words.help.actions;
  const table = slashActions(actions)
    .filter((action) => !SHOWN_ABOVE.includes(action.name) && (inRoom || !isOfRooms(action)))
    .map((action): Row => {
      const usage = usageOf(action, words.help.values);
      const meaning = Object.hasOwn(commands, action.name)
        ? commands[action.name as keyof typeof commands]
        : (sentences[action.name] ?? '');
      return [brief(usage), meaning, groupOf(action), optionsOf(usage)];
    });
  return [
    ...own.map(([usage, meaning]): Row => [usage, meaning, OF_ROOMS.test(usage) ? 'rooms' : 'messages']),
    ...table,
  ];
}

function groupOf(action: Action): Heading {
  if (isOfRooms(action)) return 'rooms';
  const pointsAt = Object.values(action.params).some(({ kind, many }) => kind === 'message' && !many);
  return pointsAt ? 'messages' : headingOf(action.name);
}

const OF_ROOMS = /^\/(who|mute|admin)\b/;

const only = (where: boolean, ...rows: [string, string][]) => (where ? rows : []);

/** commands that have a shorter name of the view's own */
const SHOWN_ABOVE: readonly string[] = ['send', 'send-file', 'get', 'approve', 'decline', 'accept', 'refuse'];

/** `--nick <nick>` of `/join <room> [--nick <nick>]` */
const optionsOf = (usage: string): string[] => usage.match(/(?<=\[)--[^\]]+/g) ?? [];

/** Without its options, which come last: `/help join` and a wrong use show them all. */
const brief = (usage: string): string => usage.replace(/ \[--.*$/, '');

/** How `/msg` is written. */
export function msgUsage({ help: { values } }: Catalogue): string {
  return `/msg <${values.jid}|${values.nick}> [<${values.text}…>]`;
}
