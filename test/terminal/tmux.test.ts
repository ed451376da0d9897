/** A smoke test in tmux, which shows faults that a headless terminal does not (its scrollback, its reflow). */
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';

const installed = spawnSync('tmux', ['-V']).status === 0;
const SOCKET = `notices-${process.pid}`;

const tmux = (...args: string[]): string =>
  execFileSync('tmux', ['-L', SOCKET, '-f', '/dev/null', ...args], { encoding: 'utf8' });
const screen = (): string[] => tmux('capture-pane', '-p').split('\n');

async function until(seen: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !seen(); ) {
    if (Date.now() > end) throw new Error(`not seen; the screen:\n${screen().join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.skipIf(!installed)('in tmux', { timeout: 60_000 }, () => {
  it('keeps text, cursor and notices over resizes, and nothing of the live block in the scrollback', async () => {
    const program = `${process.execPath} --import tsx test/terminal/programs/notices.ts; sleep 60`;
    const env = 'NOTICES=120 EVERY=30 OPEN=question';
    tmux('new-session', '-d', '-x', '80', '-y', '24', `env ${env} sh -c '${program}'`);
    onTestFinished(() => void tmux('kill-server'));
    await until(() => screen().some((line) => line.startsWith('? To whom?')));
    tmux('send-keys', '-l', 'hello 你好 wörld');
    tmux('send-keys', ...Array<string>(6).fill('Left'));
    for (const [columns, rows] of [
      [40, 12],
      [100, 30],
      [60, 16],
    ] as const) {
      await new Promise((resolve) => setTimeout(resolve, 400));
      tmux('resize-window', '-x', String(columns), '-y', String(rows));
    }
    tmux('send-keys', '-l', 'Z');
    await until(() => screen().includes('NOTICE 0119'));
    await until(() => screen().includes('? To whom? hello 你好Z wörld'));
    const [x, y] = tmux('display', '-p', '#{cursor_x},#{cursor_y}').trim().split(',').map(Number);
    expect(screen()[y ?? 0]).toBe('? To whom? hello 你好Z wörld');
    expect(x).toBe(22);
    tmux('send-keys', 'Enter');
    await until(() => screen().some((line) => line.startsWith('ANSWER')));
    tmux('send-keys', '0');
    await until(() => screen().includes('END 0'));
    const all = tmux('capture-pane', '-p', '-S', '-').split('\n');
    const notices = all.flatMap((line) => /^NOTICE (\d{4})$/.exec(line)?.[1] ?? []).map(Number);
    expect(notices).toEqual(Array.from({ length: 120 }, (_, i) => i));
    expect(all.filter((line) => line !== '' && !/^(NOTICE \d{4}|✔ .*|ANSWER .*|END 0)$/.test(line))).toEqual(
      [],
    );
  });
});
