import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { Screen } from '../../../src/ui/screen.ts';

function terminal(columns: number | undefined, rows: number | undefined) {
  const written: string[] = [];
  const out = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  return { written, out: Object.assign(out, { isTTY: true, columns, rows }) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('screen', () => {
  it('paints printed lines, prompt and footer in one write inside synchronized-update marks', async () => {
    const { written, out } = terminal(40, 10);
    const screen = new Screen(out);
    written.length = 0;
    screen.open().write('? question ');
    screen.log('a line');
    screen.setFooter(() => ['status']);
    await turn();
    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(
      /^\x1b\[\?2026h[\s\S]*a line\r\n[\s\S]*\? question[\s\S]*status[\s\S]*\x1b\[\?2026l$/,
    );
    screen.close();
  });

  it('takes a terminal that does not know its size for 80×24', () => {
    const { out } = terminal(0, 0);
    const screen = new Screen(out);
    expect([screen.columns, screen.rows]).toEqual([80, 24]);
    screen.close();
  });

  it('shows the prompt opened last, and the one before again when it ends', async () => {
    const { written, out } = terminal(40, 10);
    const screen = new Screen(out);
    screen.open().write('outer');
    const inner = screen.open();
    inner.write('inner');
    await turn();
    expect(written.at(-1)).toContain('inner');
    inner.discard();
    inner.end();
    await turn();
    expect(written.at(-1)).toContain('outer');
    expect(written.at(-1)).not.toContain('inner');
    screen.close();
  });

  it('asks for the footer anew when the width changes', async () => {
    const { written, out } = terminal(40, 10);
    const screen = new Screen(out);
    screen.setFooter((columns) => [`room for ${columns}`]);
    await turn();
    expect(written.at(-1)).toContain('room for 39');
    Object.assign(out, { columns: 30 });
    out.emit('resize');
    expect(written.at(-1)).toContain('room for 29');
    screen.close();
  });

  it('writes plain lines where the output is no terminal', async () => {
    const out = new PassThrough({ encoding: 'utf8' });
    const screen = new Screen(out);
    screen.setFooter(() => ['status']);
    screen.log('one\ntwo');
    screen.log('three');
    screen.close();
    await screen.written();
    expect(out.read()).toBe('one\ntwo\nthree\n');
  });

  it('does not write to an output that has not taken the last text, and loses nothing', async () => {
    const waiting: (() => void)[] = [];
    const written: string[] = [];
    const out = new Writable({
      highWaterMark: 1,
      decodeStrings: false,
      write(chunk, _encoding, done) {
        written.push(String(chunk));
        waiting.push(done);
      },
    });
    const screen = new Screen(out);
    for (let i = 0; i < 5; i++) {
      screen.log(`line ${i}`);
      await turn();
    }
    expect(written).toEqual(['line 0\n']);
    waiting.shift()?.();
    await vi.waitFor(() => expect(written).toEqual(['line 0\n', 'line 1\nline 2\nline 3\nline 4\n']));
    waiting.shift()?.();
    screen.close();
  });

  it('tells once when nobody reads any more, and then writes nothing', async () => {
    const out = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      },
    });
    const gone = vi.fn();
    const screen = new Screen(out, { onGone: gone });
    screen.log('into the void');
    await vi.waitFor(() => expect(gone).toHaveBeenCalledTimes(1));
    screen.log('more');
    await turn();
    screen.close();
    await screen.written();
    expect(gone).toHaveBeenCalledTimes(1);
  });
});
