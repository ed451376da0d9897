/** A running `--listen --json` of the built program, read record by record. */
import { parseLines } from './json-lines.ts';
import type { Program } from './program.ts';

type Wanted = Readonly<Record<string, unknown>>;
type Line = Readonly<Record<string, unknown>>;

/** Every field that is wanted is there: equal, or matching where a pattern is wanted. */
function fits(line: Line, wanted: Wanted): boolean {
  return Object.entries(wanted).every(([name, value]) =>
    value instanceof RegExp ? value.test(String(line[name])) : line[name] === value,
  );
}

/** Lines printed whole so far; throws where one breaks the schema. */
export function records(program: Program): Line[] {
  const printed = program.stdout();
  return parseLines(printed.slice(0, printed.lastIndexOf('\n') + 1));
}

/**
 * Resolves to the first record that fits, printed already or yet to come; rejects with everything printed when the
 * program ends first or 15 s are over.
 */
export async function record(program: Program, wanted: Wanted): Promise<Line> {
  const find = () => records(program).find((line) => fits(line, wanted));
  const { stdout } = program.child;
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      stdout?.off('data', look);
      settle();
    };
    const fail = (why: string) => {
      const said = `${why} before ${Object.entries(wanted).join(' ')}\n${program.stdout()}\n${program.stderr()}`;
      finish(() => reject(new Error(said)));
    };
    const look = () => {
      try {
        const found = find();
        if (found !== undefined) finish(() => resolve(found));
      } catch (error) {
        finish(() => reject(error));
      }
    };
    const timer = setTimeout(() => fail('15 s'), 15_000);
    stdout?.on('data', look);
    void program.ended.then(() => {
      look();
      fail('the program ended');
    });
    look();
  });
}
