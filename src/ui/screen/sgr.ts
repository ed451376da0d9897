/** Colours and weights as a state (ECMA-48 SGR), so that a line can be cut anywhere and each piece styled alone. */
export class Style {
  private readonly on = new Map<string, string>();

  /** Applies the parameters of one `CSI … m`. */
  apply(parameters: string): void {
    const codes = parameters === '' ? ['0'] : parameters.split(';');
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i] ?? '0';
      if (code === '38' || code === '48') {
        // 38;5;n is a palette colour, 38;2;r;g;b a true one
        const last = i + (codes[i + 1] === '5' ? 2 : 4);
        this.on.set(code === '38' ? 'foreground' : 'background', codes.slice(i, last + 1).join(';'));
        i = last;
      } else this.one(code);
    }
  }

  /** The parameters that bring this style about from a reset; empty for plain text. */
  toString(): string {
    return [...this.on.values()].join(';');
  }

  private one(code: string): void {
    const n = Number(code);
    if (n === 0) this.on.clear();
    else if (n === 1 || n === 2) this.on.set(`weight${n}`, code);
    else if (n === 22) {
      this.on.delete('weight1');
      this.on.delete('weight2');
    } else if (n >= 3 && n <= 9) this.on.set(`look${n}`, code);
    else if (n >= 23 && n <= 29) this.on.delete(`look${n - 20}`);
    else if (n === 39) this.on.delete('foreground');
    else if (n === 49) this.on.delete('background');
    else if ((n >= 30 && n <= 37) || (n >= 90 && n <= 97)) this.on.set('foreground', code);
    else if ((n >= 40 && n <= 47) || (n >= 100 && n <= 107)) this.on.set('background', code);
  }
}
