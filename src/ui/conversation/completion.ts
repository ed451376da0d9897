/** What Tab offers: `/commands` at the beginning, nicknames in rooms, contacts elsewhere. */
import { completePath } from '../prompts/path.ts';
import type { Completion } from '../terminal.ts';

export interface Completable {
  /** names of commands, without the slash */
  readonly commands: readonly string[];
  /** nicknames, or names of contacts */
  readonly names: readonly string[];
  /** what a command takes as its first word: JIDs of contacts, rooms */
  readonly addresses: readonly string[];
  /** the choices of a command's first word, where it has some */
  choices(command: string): readonly string[] | undefined;
  /** true where a command is followed by a file */
  takesPath(command: string): boolean;
}

/** Takes the line and the cursor in UTF-16 units, gives the options for the word before the cursor. */
export function completeLine(line: string, cursor: number, known: Completable): Completion {
  const head = line.slice(0, cursor);
  const from = head.search(/\S*$/);
  const word = head.slice(from);
  const command = /^\/(\S+)\s/.exec(head)?.[1];
  if (from === 0 && word.startsWith('/') && !word.startsWith('//')) {
    const options = known.commands.map((name) => `/${name} `);
    return { from, options: startingWith(options, word) };
  }
  if (command !== undefined && known.takesPath(command)) {
    const start = head.search(/(?<=\s)\S/);
    const path = start < 0 ? '' : head.slice(start);
    const found = completePath(path, path.length);
    return { ...found, from: cursor - path.length + found.from };
  }
  if (command !== undefined && command !== 'me') {
    const names = command === 'msg' ? known.names : known.names.map(quoted);
    const offered = known.choices(command) ?? [...names, ...known.addresses];
    return { from, options: word === '' ? [...offered] : startingWith(offered, word) };
  }
  if (word === '') return { from, options: [] };
  return nameAt(head, from, known.names);
}

/** A nickname may hold blanks, so it is looked for further back than the last word. */
function nameAt(head: string, from: number, names: readonly string[]): Completion {
  const starts = [...head.matchAll(/(?<=^|\s)\S/g)].map((match) => match.index);
  for (const start of starts) {
    const typed = head.slice(start);
    const found = startingWith(names, typed.replace(/^@/, ''));
    // At the beginning of a line a name is an address, elsewhere it is mentioned.
    if (found.length > 0)
      return { from: start, options: found.map((name) => name + (start === 0 ? ': ' : ' ')) };
  }
  return { from, options: [] };
}

/** A name with blanks is one word of a command by its quotes; `/msg` knows the names itself. */
const quoted = (name: string): string => (/\s/.test(name) ? `"${name}"` : name);

function startingWith(options: readonly string[], typed: string): string[] {
  const wanted = typed.toLocaleLowerCase();
  const begins = (option: string) => option.toLocaleLowerCase().startsWith(wanted);
  return options.filter((option) => begins(option) || (option.startsWith('"') && begins(option.slice(1))));
}
