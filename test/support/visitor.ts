/**
 * Somebody who uses the built program by its menus, in a terminal: waits for what the screen shows, then types.
 * Whoever starts one calls `pty.kill()` in the end; its home goes with the test file.
 */
import { join } from 'node:path';
import { createHome, type Home, launcher } from './program.ts';
import { Pty } from './pty.ts';

export interface VisitorOptions {
  /** default: a new one */
  readonly home?: Home;
  readonly columns?: number;
  readonly rows?: number;
  /** beside the home's environment */
  readonly env?: Readonly<Record<string, string>>;
}

/** The last line of a menu that is open. */
const HINT = /^(\d+ )?(number, letter|número, letra|Enter: |Intro: |There is no choice|No existe)/;

export class Visitor {
  readonly pty: Pty;
  readonly home: Home;

  private constructor(pty: Pty, home: Home) {
    this.pty = pty;
    this.home = home;
  }

  static async start(args: readonly string[], options: VisitorOptions = {}): Promise<Visitor> {
    const home = options.home ?? (await createHome());
    const { columns = 100, rows = 40 } = options;
    const env = { ...home.env, COLORTERM: undefined, ...options.env };
    const pty = new Pty([process.execPath, launcher, ...args], { columns, rows, cwd: home.work, env });
    return new Visitor(pty, home);
  }

  /** Where received files land. */
  received(name: string): string {
    return join(this.home.work, 'files_received', name);
  }

  /** Resolves when the menu with this title (its beginning) is open. */
  async menu(title: string): Promise<void> {
    await this.pty.until(() => this.#items(title) !== undefined);
  }

  /** Waits for the menu, then types what stands before an item; Enter as well, where one is in `keys`. */
  async choose(title: string, keys: string): Promise<void> {
    await this.menu(title);
    this.pty.type(keys);
  }

  /** Waits for the item of that name (its beginning) in the menu, and types its key. */
  async pick(title: string, item: string): Promise<void> {
    const key = () => this.#items(title)?.find(([, name]) => name.startsWith(item))?.[0];
    await this.pty.until(() => key() !== undefined);
    this.pty.type(key() ?? '');
  }

  /** Keys and names of the menu that is open; undefined where it is not. */
  #items(title: string): (readonly [key: string, name: string])[] | undefined {
    const screen = this.pty.screen();
    const hint = screen.findLastIndex((line) => HINT.test(line));
    const head = screen.findLastIndex((line, i) => i < hint && line.startsWith(title));
    const rows = screen.slice(head + 1, hint);
    const below = screen.slice(hint + 1).filter((line) => line !== '');
    // under a menu there is only the footer
    if (head < 0 || below.length > 1 || !rows.every((line) => /^[❯ ] /.test(line))) return undefined;
    return rows.map((line) => {
      const [, key = '', name = ''] = /^[❯ ] +(\w+)\) (.*)$/.exec(line) ?? [];
      return [key, name];
    });
  }

  /** Resolves when the question (its beginning) is open; in a narrow terminal it takes two rows. */
  asks(question: string): Promise<void> {
    return this.pty.until(() => {
      const { y } = this.pty.cursor();
      const rows = this.pty.screen().slice(Math.max(0, y - 1), y + 1);
      return rows.some((row) => row.startsWith(`? ${question}`));
    });
  }

  /** Waits for the question, then answers it. */
  async answer(question: string, text: string): Promise<void> {
    await this.asks(question);
    this.pty.type(`${text}\r`);
  }

  /** Resolves when so many lines hold the text. */
  sees(text: string | RegExp, times = 1): Promise<void> {
    const matches = (line: string) => (typeof text === 'string' ? line.includes(text) : text.test(line));
    const seen = (lines: readonly string[]) => lines.filter(matches).length >= times;
    return this.pty.until(() => seen(this.pty.lines()) || seen(this.pty.sentences()));
  }

  /** Resolves when the input of a conversation is open and holds that text. */
  input(label: string, text = ''): Promise<void> {
    return this.pty.until(() => this.pty.cursorRow().trimEnd() === `${label}> ${text}`.trimEnd());
  }

  /** Types a line into the open conversation. */
  async says(label: string, text: string): Promise<void> {
    await this.input(label);
    this.pty.type(text);
    await this.input(label, text);
    this.pty.type('\r');
  }

  /** The lines of the NOTIFICATION word, without it and the time. */
  notifications(lines = this.pty.lines()): string[] {
    return lines.flatMap((line) => /^NOTIFICATION \d\d:\d\d (.*)$/.exec(line)?.[1] ?? []);
  }

  /** Resolves when it stands in one line, or in several that were broken between words. */
  notified(text: string): Promise<void> {
    const told = (lines: string[]) => this.notifications(lines).includes(text);
    return this.pty.until(() => told(this.pty.lines()) || told(this.pty.sentences()));
  }
}
