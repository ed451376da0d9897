/** Another program shows a text: it has the terminal meanwhile, and gets the text by its standard input. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import type { PagerCommand } from './command.ts';

export type PagerEnd =
  | { readonly kind: 'shown' }
  /** there is no such program */
  | { readonly kind: 'missing' }
  /** it showed nothing, or not all */
  | { readonly kind: 'failed'; readonly code: number };

/** what a shell says where a program cannot be found or started (POSIX) */
const NOT_STARTED: readonly number[] = [126, 127];

/**
 * Resolves when it has ended. Pieces are asked for as fast as it takes them, and no more once it has gone. `signal`
 * ends it.
 */
export async function runPager(
  command: PagerCommand,
  pieces: Iterable<string>,
  options: { readonly env: Readonly<Record<string, string | undefined>>; readonly signal: AbortSignal },
): Promise<PagerEnd> {
  const child = spawn(command.file, command.args, {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...options.env, ...command.env },
  });
  const stop = () => child.kill('SIGTERM');
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    const ended = endOf(child);
    await feed(child.stdin, pieces);
    return await ended;
  } finally {
    options.signal.removeEventListener('abort', stop);
  }
}

function endOf(child: ChildProcess): Promise<PagerEnd> {
  return new Promise((resolve) => {
    child.on('error', () => resolve({ kind: 'missing' }));
    child.on('close', (code, signal) => {
      // Who ends it by a key or a signal has seen enough.
      if (code === 0 || signal !== null) resolve({ kind: 'shown' });
      else
        resolve(NOT_STARTED.includes(code ?? 0) ? { kind: 'missing' } : { kind: 'failed', code: code ?? 1 });
    });
  });
}

async function feed(stdin: Writable | null, pieces: Iterable<string>): Promise<void> {
  if (stdin === null) return;
  // It may end before it has read everything: that is no failure.
  stdin.on('error', () => {});
  for (const piece of pieces) {
    if (stdin.destroyed || stdin.errored !== null) return;
    if (!stdin.write(`${piece}\n`)) await writable(stdin);
  }
  stdin.end();
}

function writable(stdin: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ['drain', 'close', 'error']) stdin.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'error']) stdin.on(event, done);
    if (stdin.destroyed) done();
  });
}
