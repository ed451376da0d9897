/**
 * One server program as a child of ours. It lives in a session of its own, so that Ctrl-C at the terminal
 * does not reach it before us, and it dies with us however we die: a tiny shell beside it waits for the end
 * of a pipe that only we hold open.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

/** How long a server may take to end by itself before it is killed, in milliseconds. */
const PATIENCE_MS = 5_000;

export interface ServerProcess {
  readonly pid: number;
  /** Whether it still runs. */
  alive(): boolean;
  /** SIGKILL, as a crash; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, then SIGKILL if it takes longer than 5 s; resolves when it is gone. */
  end(): Promise<void>;
}

/** Kills the server and removes its folder as soon as the pipe from us ends. */
function startJanitor(pid: number, folder: string): ChildProcess {
  const script = 'read -r _; kill -9 "$1" 2>/dev/null; rm -rf "$2"';
  const janitor = spawn('/bin/sh', ['-c', script, 'sh', String(pid), folder], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  janitor.on('error', () => {});
  janitor.stdin?.on('error', () => {});
  janitor.unref();
  return janitor;
}

export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  /** The throw-away folder, removed if we die without having ended the server. */
  readonly folder: string;
  /** File that standard output and standard error are appended to. */
  readonly outputFile: string;
}

/** Starts a server program; rejects if it cannot be started at all. */
export async function startServerProcess(command: ServerCommand): Promise<ServerProcess> {
  const output = openSync(command.outputFile, 'a', 0o600);
  const child = spawn(command.program, command.args, {
    cwd: command.folder,
    env: { ...process.env, ...command.env },
    stdio: ['ignore', output, output],
    detached: true,
  });
  closeSync(output);
  await once(child, 'spawn');
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command.program} has no process id`);

  const janitor = startJanitor(pid, command.folder);
  const gone = once(child, 'exit').then(() => {
    // From now on the process id may be given to somebody else.
    janitor.kill('SIGKILL');
  });
  // The server does not keep us running: whoever started it ends it.
  child.unref();

  const alive = (): boolean => child.exitCode === null && child.signalCode === null;
  const signal = async (name: NodeJS.Signals): Promise<void> => {
    child.ref();
    if (alive()) child.kill(name);
    await gone;
  };
  return {
    pid,
    alive,
    kill: () => signal('SIGKILL'),
    end: async () => {
      const impatience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      try {
        await signal('SIGTERM');
      } finally {
        clearTimeout(impatience);
      }
    },
  };
}
