/** `/help`: commands of the view, commands of the table, keys; of a conversation with a person none that only rooms have. */
import type { ChatKind } from '../../chat/message.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import type { Face } from '../face.ts';
import { isOfRooms, slashActions, usageOf } from '../slash.ts';

export function helpText({ words, theme, actions }: Face, kind: ChatKind): string {
  const { commands, keys, helpTitle, helpKeys } = words.conversation;
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
    .map((action): [string, string] => [
      brief(usageOf(action, words.help.values)),
      Object.hasOwn(commands, action.name)
        ? commands[action.name as keyof typeof commands]
        : (sentences[action.name] ?? ''),
    ]);
  const rows = [...own, ...table].map(([usage, meaning]) => `  ${usage}  ${theme.dim(meaning)}`);
  const last = Object.values(keys).map((key) => `  ${key}`);
  return [theme.bold(helpTitle), ...rows, theme.bold(helpKeys), ...last].join('\n');
}

const only = (where: boolean, ...rows: [string, string][]) => (where ? rows : []);

/** commands that have a shorter name of the view's own */
const SHOWN_ABOVE: readonly string[] = ['send', 'send-file', 'get', 'approve', 'decline', 'accept', 'refuse'];

/** Without its options, which come last: a wrong use shows them all. */
const brief = (usage: string): string => usage.replace(/ \[--.*$/, '');

/** How `/msg` is written. */
export function msgUsage({ help: { values } }: Catalogue): string {
  return `/msg <${values.jid}|${values.nick}> [<${values.text}…>]`;
}
