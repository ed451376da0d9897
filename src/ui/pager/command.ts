/** Which program shows a long text: `$PAGER`, as its user has written it, else what the system has. */
import { basename } from 'node:path';

export interface PagerCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** what the user calls it */
  readonly name: string;
  /** shows colours instead of their codes */
  readonly colours: boolean;
  /** beside the environment of the program */
  readonly env: Readonly<Record<string, string>>;
}

type Env = Readonly<Record<string, string | undefined>>;

/** show colours, by the name of the program */
const COLOURFUL: readonly string[] = ['less', 'more', 'most', 'bat', 'batcat', 'moar', 'moor', 'ov', 'cat'];
/** what only a shell understands: pipes, variables, patterns, assignments before the program */
const FOR_SHELL = /[|&;<>()$`*?[\]{}~#!\n]|^\s*\w+=/;

/** Those to be tried, the first one first; then the text is shown page by page by ourselves. */
export function pagerCommands(env: Env, from: 'start' | 'end' = 'end'): PagerCommand[] {
  const wanted = env.PAGER?.trim() ?? '';
  return [
    ...(wanted === '' ? [] : [commandOf(wanted, env)]),
    commandOf(from === 'end' ? 'less -R +G' : 'less -R', env),
    commandOf('more', env),
  ];
}

/** Nothing but the user's own words is ever part of it: the text goes to its standard input. */
function commandOf(wanted: string, env: Env): PagerCommand {
  const words = splitWords(wanted);
  const [file = wanted, ...args] = words ?? [];
  const name = basename(file);
  const known = COLOURFUL.includes(name);
  const more = { name: file, colours: known, env: name === 'less' ? lessEnv(env) : {} };
  if (words === undefined || file === '')
    return { file: '/bin/sh', args: ['-c', wanted], ...more, name: wanted };
  return { file, args, ...more };
}

/** less shows colours only where it is told to. */
function lessEnv({ LESS = '' }: Env): Record<string, string> {
  return /(^|\s)-?\w*[rR]/.test(LESS) ? {} : { LESS: `${LESS} -R`.trim() };
}

/** Words as a shell takes them apart, quotes and backslashes too; undefined where it takes a shell. */
export function splitWords(text: string): string[] | undefined {
  if (FOR_SHELL.test(text)) return undefined;
  const words: string[] = [];
  const pattern = /\s*((?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+)/y;
  while (pattern.lastIndex < text.trimEnd().length) {
    const found = pattern.exec(text);
    if (found === null) return undefined;
    words.push(unquoted(found[1] ?? ''));
  }
  return words;
}

function unquoted(word: string): string {
  return word.replace(
    /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
    (_, escaped: string | undefined, double: string | undefined, single: string | undefined) =>
      escaped ?? double?.replace(/\\(["\\])/g, '$1') ?? single ?? '',
  );
}
