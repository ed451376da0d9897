/** Samples to figures, figures to a table. */

export interface Figures {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly count: number;
}

/** Of at least one sample; the median of an even number is the mean of the middle two. */
export function figuresOf(samples: readonly number[]): Figures {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    least: at(0),
    most: at(sorted.length - 1),
    count: sorted.length,
  };
}

/** `148 [139..171]`, with one digit behind the point where all are small; a dash where nothing was measured. */
export function shown(samples: readonly number[]): string {
  if (samples.length === 0) return '–';
  const { median, least, most } = figuresOf(samples);
  const digits = most < 10 ? 1 : 0;
  return `${median.toFixed(digits)} [${least.toFixed(digits)}..${most.toFixed(digits)}]`;
}

/** How many times the median of `other`: `0.94 ×`; a dash where one of them was not measured. */
export function ratio(samples: readonly number[], other: readonly number[] | undefined): string {
  if (samples.length === 0 || other === undefined || other.length === 0) return '–';
  return `${(figuresOf(samples).median / figuresOf(other).median).toFixed(2)} ×`;
}

/** The first column to the left, the others to the right. */
export function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return ['', title, '', line(head), rule, ...rows.map(line), ''].join('\n');
}

/** The line below a table about a goal, by medians. */
export function verdict(what: string, value: number, goal: number, unit: string): string {
  return judged(value <= goal, what, value, `at most ${goal}`, unit);
}

/** The same, where more is better. */
export function verdictAtLeast(what: string, value: number, goal: number, unit: string): string {
  return judged(value >= goal, what, value, `at least ${goal}`, unit);
}

function judged(met: boolean, what: string, value: number, goal: string, unit: string): string {
  const shown = value.toFixed(unit === '×' ? 2 : 0);
  return `goal ${met ? 'met' : 'NOT met'}: ${what} ${shown} ${unit}, ${goal} ${unit}`;
}
