/** A program in a pseudo-terminal, with a terminal emulator that shows what a person would see. */
import { type IPty, spawn } from '@lydell/node-pty';
import headless from '@xterm/headless';
import { width } from '../../src/ui/screen/width.ts';

export interface PtyOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

export class Pty {
  /** every byte the program wrote */
  raw = '';
  readonly process: IPty;
  /** resolves to the exit code; 128 + n where a signal ended it */
  readonly exit: Promise<number>;
  private readonly terminal: InstanceType<typeof headless.Terminal>;
  private readonly changed = new Set<() => void>();
  private ended = false;

  constructor(command: readonly string[], options: PtyOptions = {}) {
    const { columns = 80, rows = 24, env = {}, cwd = process.cwd() } = options;
    const [file = '', ...args] = command;
    this.terminal = new headless.Terminal({
      cols: columns,
      rows,
      scrollback: 10_000,
      allowProposedApi: true,
    });
    const inherited = {
      ...process.env,
      TERM: 'xterm-256color',
      NO_COLOR: undefined,
      TMUX: undefined,
      ...env,
    };
    const defined = Object.entries(inherited).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    this.process = spawn(file, args, {
      cols: columns,
      rows,
      cwd,
      name: env.TERM ?? 'xterm-256color',
      env: Object.fromEntries(defined),
    });
    this.process.onData((text) => {
      this.raw += text;
      this.terminal.write(text, () => {
        for (const listener of [...this.changed]) listener();
      });
    });
    this.exit = new Promise((resolve) => {
      this.process.onExit(({ exitCode, signal }) => {
        this.ended = true;
        resolve(signal ? 128 + signal : exitCode);
      });
    });
  }

  type(text: string): void {
    this.process.write(text);
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    this.process.resize(columns, rows);
  }

  /** Everything from the oldest line on, lines that the terminal wrapped joined. */
  lines(): string[] {
    const { active } = this.terminal.buffer;
    const lines: string[] = [];
    for (let y = 0; y < active.length; y++) {
      const line = active.getLine(y);
      const text = line?.translateToString(true) ?? '';
      if (line?.isWrapped) lines[lines.length - 1] += text;
      else lines.push(text);
    }
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** What is visible now, a string per row. */
  screen(): string[] {
    const { active } = this.terminal.buffer;
    return Array.from(
      { length: this.terminal.rows },
      (_, y) => active.getLine(active.baseY + y)?.translateToString(true) ?? '',
    );
  }

  cursor(): { readonly x: number; readonly y: number } {
    const { cursorX, cursorY } = this.terminal.buffer.active;
    return { x: cursorX, y: cursorY };
  }

  cursorRow(): string {
    return this.screen()[this.cursor().y] ?? '';
  }

  /** Resolves when `seen` holds; rejects with the screen as it is after `milliseconds`. */
  async until(seen: () => boolean, milliseconds = 10_000): Promise<void> {
    if (seen()) return;
    // made here, so that its stack names who waits
    const error = new Error();
    await new Promise<void>((resolve, reject) => {
      const check = () => {
        if (!seen()) return;
        finish();
        resolve();
      };
      const finish = () => {
        clearTimeout(timer);
        this.changed.delete(check);
      };
      const timer = setTimeout(() => {
        finish();
        error.message = `not seen in ${milliseconds} ms; the screen:\n${this.screen().join('\n').trimEnd()}`;
        reject(error);
      }, milliseconds);
      this.changed.add(check);
    });
  }

  /** The lines, those that the program broke between words joined: the next word would have found no room. */
  sentences(): string[] {
    const said: string[] = [];
    let last = '';
    for (const line of this.lines()) {
      const word = line.trimStart().split(' ')[0] ?? '';
      const broken =
        word !== '' && width(last) <= this.terminal.cols && width(`${last} ${word}`) > this.terminal.cols;
      if (broken) said[said.length - 1] += ` ${line.trimStart()}`;
      else said.push(line);
      last = line;
    }
    return said;
  }

  /** Resolves when a line holds the text, or a sentence in several does. */
  shows(text: string | RegExp, milliseconds?: number): Promise<void> {
    const matches = (line: string) => (typeof text === 'string' ? line.includes(text) : text.test(line));
    return this.until(() => this.lines().some(matches) || this.sentences().some(matches), milliseconds);
  }

  /** Resolves when nothing more was written for a moment. */
  async quiet(milliseconds = 100): Promise<void> {
    for (let before = -1; before !== this.raw.length; ) {
      before = this.raw.length;
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
    }
    await new Promise<void>((resolve) => this.terminal.write('', resolve));
  }

  /** Ends what still runs. */
  kill(): void {
    if (!this.ended) this.process.kill('SIGKILL');
    this.terminal.dispose();
  }
}
