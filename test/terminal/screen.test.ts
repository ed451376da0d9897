import { spawn, spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { Pty, type PtyOptions } from '../support/pty.ts';

const PROGRAM = [process.execPath, '--import', 'tsx', 'test/terminal/programs/notices.ts'];

let pty: Pty | undefined;
afterEach(() => {
  pty?.kill();
  pty = undefined;
});

function start(env: Record<string, string> = {}, options: PtyOptions = {}): Pty {
  pty = new Pty(PROGRAM, { ...options, env });
  return pty;
}

const noticesIn = (lines: readonly string[]): number[] =>
  lines.flatMap((line) => /^NOTICE (\d{4})/.exec(line)?.[1] ?? []).map(Number);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Lines that are neither whole notices nor what the program prints besides. */
const fragments = (lines: readonly string[]): string[] =>
  lines.filter((line) => line !== '' && !/^(NOTICE \d{4}$|✔ |ANSWER |END |BACK$|LEFT |SENT )/.test(line));

describe('typing while 200 notices arrive, one every 50 ms', () => {
  const sizes = [
    { name: 'at 80×24', columns: 80, rows: 24 },
    { name: 'at 40×12', columns: 40, rows: 12 },
    { name: 'with a resize half-way', columns: 80, rows: 24, then: [40, 12] as const },
  ];
  it.each(sizes)('keeps text, cursor and notices whole, $name', async ({ columns, rows, then }) => {
    const run = start({ NOTICES: '200', EVERY: '50', OPEN: 'question' }, { columns, rows });
    await run.shows('? To whom?');
    for (const character of 'hello 你好 wörld') {
      run.type(character);
      await run.shows(/^NOTICE /);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    run.type('\x1b[D'.repeat(6));
    await run.shows('NOTICE 0100');
    if (then) run.resize(...then);
    run.type('Z');
    await run.shows('NOTICE 0199', 20_000);
    await run.quiet();
    expect(run.cursorRow()).toBe('? To whom? hello 你好Z wörld');
    // “? To whom? ” is 11 wide, “hello ” 6, each ideograph 2, then the Z
    expect(run.cursor().x).toBe(11 + 6 + 4 + 1);
    expect(run.lines().filter((line) => line.includes('To whom?'))).toHaveLength(1);
    expect(run.lines().filter((line) => line.includes('FOOTER'))).toHaveLength(1);
    run.type('\r');
    await run.shows('ANSWER "hello 你好Z wörld"');
    run.type('0');
    expect(await run.exit).toBe(0);
    await run.quiet();
    expect(noticesIn(run.lines())).toEqual(upTo(200));
    expect(fragments(run.lines())).toEqual([]);
  });
});
