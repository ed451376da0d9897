/** Lines sent before, and the unsent one one came from. */
export class LineHistory {
  private readonly lines: string[];
  private at: number;
  private unsent = '';

  /** `lines` from the oldest to the newest */
  constructor(lines: readonly string[]) {
    this.lines = [...lines];
    this.at = this.lines.length;
  }

  /** Takes the line being left; gives an older one, or undefined at the oldest. */
  older(current: string): string | undefined {
    if (this.at === 0) return undefined;
    if (this.at === this.lines.length) this.unsent = current;
    return this.lines[--this.at];
  }

  /** Gives a newer line, at last the unsent one; undefined below that. */
  newer(): string | undefined {
    if (this.at === this.lines.length) return undefined;
    this.at++;
    return this.at === this.lines.length ? this.unsent : this.lines[this.at];
  }

  sent(line: string): void {
    if (this.lines.at(-1) !== line) this.lines.push(line);
    this.at = this.lines.length;
    this.unsent = '';
  }
}
