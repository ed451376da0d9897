/** The screen against a terminal emulator: whatever happens, no printed line is lost and none is torn. */
import { Writable } from 'node:stream';
import headless from '@xterm/headless';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PromptOutput } from '../../../src/ui/screen/prompt-output.ts';
import { Screen } from '../../../src/ui/screen.ts';

type Step =
  | { readonly do: 'log'; readonly count: number }
  | { readonly do: 'type'; readonly text: string }
  | { readonly do: 'footer'; readonly lines: number }
  | { readonly do: 'prompt' }
  | { readonly do: 'redraw' | 'clear' | 'stop' }
  | { readonly do: 'resize'; readonly columns: number | undefined; readonly rows: number };

const size = fc.record({ columns: fc.integer({ min: 12, max: 60 }), rows: fc.integer({ min: 4, max: 20 }) });
const typed = fc.string({ unit: fc.constantFrom('p', 'q', ' ', '你', '👨‍👩‍👧', '\u{F8D4}'), maxLength: 80 });
// often only the height changes: then the screen is not drawn anew
const resize = fc.record({
  columns: fc.option(
    size.map(({ columns }) => columns),
    { nil: undefined },
  ),
  rows: size.map(({ rows }) => rows),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 12 }).map((count) => ({ do: 'log', count }) as const) },
  { weight: 2, arbitrary: typed.map((text) => ({ do: 'type', text }) as const) },
  fc.integer({ min: 0, max: 3 }).map((lines) => ({ do: 'footer', lines }) as const),
  fc.constantFrom({ do: 'prompt' } as const, { do: 'redraw' } as const, { do: 'clear' } as const),
  fc.constant({ do: 'stop' } as const),
  { weight: 4, arbitrary: resize.map((to) => ({ do: 'resize', ...to }) as const) },
);

async function play(start: { columns: number; rows: number }, steps: readonly Step[]) {
  const terminal = new headless.Terminal({
    cols: start.columns,
    rows: start.rows,
    scrollback: 10_000,
    allowProposedApi: true,
  });
  const out = Object.assign(
    new Writable({
      decodeStrings: false,
      write: (chunk, _encoding, done) => terminal.write(String(chunk), () => done()),
    }),
    { isTTY: true, columns: start.columns, rows: start.rows },
  );
  const screen = new Screen(out);
  let prompt: PromptOutput = screen.open();
  let logged = 0;
  let resized = false;
  for (const each of steps) {
    if (each.do === 'log') {
      for (let i = 0; i < each.count; i++) screen.log(`L${String(logged++).padStart(3, '0')}`);
    } else if (each.do === 'type') prompt.write(`\x1b[2K\x1b[G? ${each.text}`);
    else if (each.do === 'footer')
      screen.setFooter(() => Array<string>(each.lines).fill('footer '.repeat(9)));
    else if (each.do === 'prompt') {
      prompt.discard();
      prompt.end();
      prompt = screen.open();
    } else if (each.do === 'resize') {
      await screen.written();
      const columns = each.columns ?? out.columns;
      terminal.resize(columns, each.rows);
      Object.assign(out, { columns, rows: each.rows });
      out.emit('resize');
      resized = true;
    } else if (each.do === 'stop') {
      screen.suspend();
      screen.resume();
    } else screen[each.do]();
    await new Promise((resolve) => setImmediate(resolve));
    await screen.written();
  }
  screen.close();
  await screen.written();
  const { active } = terminal.buffer;
  const lines = Array.from(
    { length: active.length },
    (_, y) => active.getLine(y)?.translateToString(true) ?? '',
  );
  terminal.dispose();
  return { lines: lines.filter((line) => line !== ''), logged, resized };
}

it('prints every line whole, in order, and once unless the window was resized (property)', async () => {
  await fc.assert(
    fc.asyncProperty(size, fc.array(step, { maxLength: 60 }), async (start, steps) => {
      const { lines, logged, resized } = await play(start, steps);
      const cleared = steps.some((each) => each.do === 'clear' || each.do === 'redraw');
      const numbers = lines.flatMap((line) => /^L(\d{3})$/.exec(line)?.[1] ?? []).map(Number);
      if (resized || cleared) return;
      expect(lines.filter((line) => !/^L\d{3}$/.test(line))).toEqual([]);
      expect(numbers).toEqual(Array.from({ length: logged }, (_, i) => i));
    }),
    { numRuns: 60 },
  );
});

it('loses no line over resizes and redrawing (property)', async () => {
  await fc.assert(
    fc.asyncProperty(
      size,
      fc.array(
        step.filter((each) => each.do !== 'clear'),
        { maxLength: 60 },
      ),
      async (start, steps) => {
        const { lines, logged } = await play(start, steps);
        const numbers = new Set(lines.flatMap((line) => /^L(\d{3})$/.exec(line)?.[1] ?? []).map(Number));
        expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: logged }, (_, i) => i));
      },
    ),
    { numRuns: 100 },
  );
});
