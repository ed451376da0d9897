/** Paths as typed by a person: `~`, and what Tab offers. */
import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, sep } from 'node:path';
import type { Completion } from '../terminal.ts';

/** `~` and `~/…` are the home folder; anything else stays as it is. */
export function expandHome(path: string, home = homedir()): string {
  return path === '~' || path.startsWith('~/') || path.startsWith(`~${sep}`)
    ? join(home, path.slice(1))
    : path;
}

/** A folder as a person would type it, ending in a separator; below the home folder with `~`. */
export function shortFolder(folder: string, home = homedir()): string {
  const ended = folder.endsWith(sep) ? folder : folder + sep;
  return ended.startsWith(home + sep) ? `~${ended.slice(home.length)}` : ended;
}

/** Files and folders that begin with the typed path; folders end in a separator. Hidden ones only when asked for. */
export function completePath(line: string, cursor: number): Completion {
  const typed = line.slice(0, cursor);
  if (typed === '~') return { from: 0, options: [`~${sep}`] };
  const ends = typed === '' || typed.endsWith('/') || typed.endsWith(sep);
  const start = ends ? '' : basename(typed);
  const from = typed.length - start.length;
  const folder = expandHome(ends ? typed : typed.slice(0, from)) || '.';
  const names = entries(folder).filter((name) => name.startsWith(start));
  const wanted = names.filter((name) => start.startsWith('.') || !name.startsWith('.'));
  return { from, options: wanted.map((name) => (isFolder(join(folder, name)) ? name + sep : name)) };
}

function entries(folder: string): string[] {
  try {
    // names that would need an escape to be shown cannot be typed either
    return readdirSync(folder)
      .filter((name) => !/[\p{Cc}\u{F8D4}]/u.test(name))
      .sort();
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
