/**
 * Everything the program shows goes through one Screen. Printed lines stand above a live block (the open
 * prompt and the footer) and stay in the terminal's own scrollback; the live block is erased and painted anew,
 * together with what is printed above it, in one write.
 */
import type { Writable } from 'node:stream';
import { Frame } from './screen/frame.ts';
import { type Block, footerRow, layout, NOTHING, paint } from './screen/layout.ts';
import { type PromptOutput, promptOutput } from './screen/prompt-output.ts';
import { CLEAR, CLEAR_LINE, drawn, erased, frameOf, MODES_OFF, MODES_ON } from './screen/sequences.ts';
import { width } from './screen/width.ts';
import { wrapLines } from './screen/wrap.ts';

export interface ScreenOutput extends Writable {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

export interface ScreenOptions {
  /** paints a live block; without it lines are written plainly. Default: whether the output is a terminal */
  readonly live?: boolean;
  /** called once when the output is closed or broken (EPIPE, EIO); nothing is written after that */
  readonly onGone?: () => void;
}

/** the lines for that many columns */
export type FooterLines = (columns: number) => readonly string[];

const KEPT_LINES = 500;

export class Screen {
  readonly live: boolean;
  private readonly out: ScreenOutput;
  private readonly onGone: () => void;
  /** printed, not yet written */
  private pending: string[] = [];
  /** last printed lines, for drawing the screen anew */
  private recent: string[] = [];
  /** open prompts; the last one is shown */
  private readonly frames: Frame[] = [];
  private footer: FooterLines = () => [];
  private footerShown: readonly string[] = [];
  private painted: Block = NOTHING;
  private scheduled: NodeJS.Immediate | undefined;
  private readonly resizeListeners = new Set<() => void>();
  private blocked = false;
  private state: 'open' | 'suspended' | 'closed' | 'gone' = 'open';

  constructor(out: ScreenOutput, options: ScreenOptions = {}) {
    this.out = out;
    this.live = options.live ?? out.isTTY === true;
    this.onGone = options.onGone ?? (() => {});
    out.on('error', this.lost);
    out.on('close', this.lost);
    if (!this.live) return;
    out.on('resize', this.resized);
    this.write(MODES_ON);
  }

  /** Columns of the terminal; 80 where unknown. */
  get columns(): number {
    return this.out.columns || 80;
  }

  /** Rows of the terminal; 24 where unknown. */
  get rows(): number {
    return this.out.rows || 24;
  }

  /** Rows that a prompt may take: the block stays lower than the screen. */
  get promptRows(): number {
    return Math.max(1, this.rows - this.shownFooter().length - 1);
  }

  /** Prints lines for good, above whatever is open, broken between words where they are too wide. Remote text in them is sanitised by the caller. */
  log(text: string): void {
    if (this.state === 'closed' || this.state === 'gone') return;
    this.pending.push(text);
    if (this.live) {
      this.recent.push(text);
      if (this.recent.length > KEPT_LINES) this.recent.shift();
    }
    this.schedule();
  }

  /** Status lines under the open prompt, asked for whenever they are painted; each is cut to the width. */
  setFooter(lines: FooterLines): void {
    this.footer = lines;
    const shown = this.footerShown;
    const now = this.shownFooter();
    if (now.length !== shown.length || now.some((line, i) => line !== shown[i])) this.schedule();
  }

  /**
   * Paints now what would be painted at the end of this turn: a key is not to wait for what came from the network in the
   * same turn, and for the disk that keeps it.
   */
  show(): void {
    if (this.scheduled) this.paint();
  }

  /** Writes a sequence that takes no room (a bell, a title) between two paints. */
  signal(sequence: string): void {
    if (this.live && this.state === 'open' && sequence !== '') this.write(sequence);
  }

  /** An output for one prompt, to be ended by it. What stands above its cursor then is printed for good. */
  open(): PromptOutput {
    const frame = new Frame();
    this.frames.push(frame);
    return promptOutput({
      written: (text) => {
        frame.write(text);
        this.schedule();
      },
      ended: (discarded) => {
        const index = this.frames.indexOf(frame);
        if (index < 0) return;
        this.frames.splice(index, 1);
        const lines = discarded ? [] : frame.rows.slice(0, frame.row).map(paint);
        // a prompt that leaves nothing leaves no empty line either
        if (lines.some((line) => line !== '')) for (const line of lines) this.log(line);
        this.schedule();
      },
    });
  }

  /** Calls back after the terminal's size changed, until the returned function is called. */
  onResize(listener: () => void): () => void {
    this.resizeListeners.add(listener);
    return () => this.resizeListeners.delete(listener);
  }

  /** Clears and shows the newest lines again (Ctrl-L; a resize that leaves the cursor's place unknown). */
  redraw = (): void => {
    if (!this.live || this.state !== 'open') return;
    // as many lines as can have stood above the block: one may show twice in the scrollback, none is lost
    let room = this.rows - this.painted.cursorRow - 1;
    const unwritten = this.pending.length;
    let first = this.recent.length;
    while (first > 0 && (room > 0 || this.recent.length - first < unwritten)) {
      first--;
      room -= this.height(this.recent[first] ?? '');
    }
    this.pending = this.recent.slice(first);
    this.painted = NOTHING;
    this.paint(CLEAR);
  };

  /** An empty screen with the live block at its top; what was printed stays in the scrollback. */
  clear(): void {
    if (!this.live || this.state !== 'open') return;
    this.recent = [...this.pending];
    this.painted = NOTHING;
    this.paint(CLEAR);
  }

  /** Leaves a clean line for the shell (Ctrl-Z). */
  suspend(): void {
    if (this.state !== 'open') return;
    if (this.live) this.write(erased(this.painted) + MODES_OFF);
    this.painted = NOTHING;
    this.state = 'suspended';
  }

  /** Draws the block where the cursor is now. */
  resume(): void {
    if (this.state === 'closed' || this.state === 'gone') return;
    this.state = 'open';
    this.painted = NOTHING;
    if (this.live) this.paint(CLEAR_LINE + MODES_ON);
  }

  /** Prints what is left, removes the live block, and gives the terminal back as it was. */
  close(): void {
    if (this.state === 'closed' || this.state === 'gone') return;
    this.state = 'open';
    this.frames.length = 0;
    this.footer = () => [];
    this.blocked = false;
    this.paint();
    if (this.live) this.write(MODES_OFF);
    this.state = 'closed';
    this.cancel();
    this.out.off('resize', this.resized);
  }

  /** Writes nothing any more: the terminal is not there. */
  abandon(): void {
    this.state = 'gone';
    this.cancel();
    this.pending = [];
    this.out.off('resize', this.resized);
  }

  /** Resolves when everything written so far has left the program, or cannot any more. */
  written(): Promise<void> {
    if (this.state === 'gone' || this.out.destroyed || this.out.writableLength === 0)
      return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        for (const event of ['drain', 'error', 'close']) this.out.off(event, done);
        resolve();
      };
      for (const event of ['drain', 'error', 'close']) this.out.once(event, done);
      this.out.write('', done);
    });
  }

  private schedule(): void {
    if (this.scheduled || this.blocked || this.state !== 'open') return;
    this.scheduled = setImmediate(() => {
      this.scheduled = undefined;
      this.paint();
    });
  }

  private cancel(): void {
    if (this.scheduled) clearImmediate(this.scheduled);
    this.scheduled = undefined;
  }

  private paint(before = ''): void {
    this.cancel();
    if (this.state !== 'open' || this.blocked) return;
    const printed = this.pending.splice(0);
    if (!this.live) {
      if (printed.length > 0) this.write(`${printed.join('\n')}\n`);
      return;
    }
    const block = this.block();
    const lines = printed
      .map((text) => `${wrapLines(text, this.columns).replaceAll('\n', '\r\n')}\r\n`)
      .join('');
    const text = before + erased(this.painted) + lines + drawn(block);
    this.painted = block;
    if (text !== '') this.write(frameOf(text, !block.hidden));
  }

  private block(): Block {
    const frame = this.frames.at(-1);
    const footer = this.shownFooter();
    this.footerShown = footer;
    if (!frame && footer.length === 0) return NOTHING;
    const laid = layout(frame ?? new Frame(), this.columns, this.promptRows);
    const foot = footer.map((line) => footerRow(line, this.footerColumns));
    return {
      ...laid,
      rows: [...laid.rows, ...foot.map(({ row }) => row)],
      widths: [...laid.widths, ...foot.map((line) => line.width)],
      hidden: frame === undefined || laid.hidden,
    };
  }

  private shownFooter(): readonly string[] {
    return this.footer(this.footerColumns).slice(0, Math.max(0, this.rows - 3));
  }

  /** One column less: a full row would sit at the edge, where terminals differ about the cursor. */
  private get footerColumns(): number {
    return this.columns - 1;
  }

  private height(text: string): number {
    const rows = (line: string) => Math.max(1, Math.ceil(width(line) / this.columns));
    return wrapLines(text, this.columns)
      .split('\n')
      .reduce((sum, line) => sum + rows(line), 0);
  }

  // Going up by the cursor's row is exact unless a row from the block's top to the cursor was wider than the
  // terminal is now: terminals then differ (all rows reflow, none, or all but the cursor's).
  private readonly resized = (): void => {
    const { widths, cursorRow, cursorColumn } = this.painted;
    const torn = widths.slice(0, cursorRow + 1).some((columns) => columns > this.columns);
    if (torn || cursorColumn >= this.columns || cursorRow >= this.rows) this.redraw();
    else this.paint();
    for (const listener of this.resizeListeners) listener();
  };

  private readonly lost = (): void => {
    if (this.state === 'gone') return;
    const closed = this.state === 'closed';
    this.abandon();
    if (!closed) this.onGone();
  };

  /** A slow terminal or pipe is not written to until it has taken what it has: lines wait and go together. */
  private write(text: string): void {
    if (this.state === 'gone' || this.out.destroyed || this.out.writableEnded) return;
    if (this.out.write(text) || this.blocked) return;
    this.blocked = true;
    this.out.once('drain', () => {
      this.blocked = false;
      this.schedule();
    });
  }
}
