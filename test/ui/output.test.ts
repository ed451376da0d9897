import { expect, it } from 'vitest';
import { output } from '../../src/ui/one-shot/output.ts';

/** A reader that takes one line when it is told to. */
function slowReader() {
  const waiting: ((error?: Error) => void)[] = [];
  const stream = {
    on: () => stream,
    write: (_text: string, done: (error?: Error) => void) => waiting.push(done) > 0,
  };
  return {
    out: output(stream as unknown as NodeJS.WritableStream),
    read: (lines: number) => {
      for (const done of waiting.splice(0, lines)) done();
    },
    leave: () => waiting.shift()?.(Object.assign(new Error('gone'), { code: 'EPIPE' })),
  };
}

const line = 'x'.repeat(1024 * 1024);

it('wants no more while some megabytes wait for their reader, until few do', async () => {
  const { out, read } = slowReader();
  let opened = 0;
  for (let n = 0; n < 4; n++) out.line(line);
  expect(out.intake.open).toBe(true);
  out.line(line);
  expect(out.intake.open).toBe(false);
  const waiting = out.intake.opened().then(() => opened++);
  read(3);
  expect(out.intake.open).toBe(false);
  read(1);
  expect(out.intake.open).toBe(true);
  await waiting;
  expect(opened).toBe(1);
  await out.intake.opened();
});

it('waits for no reader that has gone', async () => {
  const { out, leave } = slowReader();
  for (let n = 0; n < 6; n++) out.line(line);
  const waiting = out.intake.opened();
  leave();
  await waiting;
  expect([out.intake.open, out.closed.aborted]).toEqual([true, true]);
});
