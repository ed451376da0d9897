/**
 * The built program as a child: its own home, none of our environment, everything it printed and how it
 * ended. What a test starts is killed when that test ends; what a hook starts, when its file ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, onTestFinished } from 'vitest';

/** The launcher, as `npx xmpp-chat` runs it. */
export const launcher = fileURLToPath(new URL('../../bin/xmpp-chat.js', import.meta.url));

/** A home folder of one's own: whoever shares it shares the program's data. */
export interface Home {
  readonly folder: string;
  /** Current folder of the program: its `.env` and `files_received` are here. */
  readonly work: string;
  /** The whole environment of a program that lives here. */
  readonly env: Readonly<Record<string, string>>;
}

/** How a run ended: `code` is null when a signal ended it. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  /** Default: a new one. */
  readonly home?: Home;
  /** Beside the home's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Written to standard input, which is then closed. Without it standard input stays open. */
  readonly stdin?: string;
  readonly cwd?: string;
  /** A program and its arguments that start ours: `sh -c 'ulimit …; exec "$@"' sh`. */
  readonly through?: readonly string[];
  /** Killed after this many milliseconds, default 60,000; the run then ended by SIGKILL. */
  readonly timeoutMs?: number;
}

export interface Program {
  readonly child: ChildProcess;
  readonly home: Home;
  stdout(): string;
  stderr(): string;
  write(text: string): void;
  closeInput(): void;
  signal(name: NodeJS.Signals): void;
  /**
   * Resolves when standard output (or standard error) holds the text or a match; rejects with everything
   * printed so far when the program ends first or `timeoutMs` (default 15,000) are over.
   */
  waitFor(
    text: RegExp | string,
    options?: { stream?: 'stderr' | 'stdout'; timeoutMs?: number },
  ): Promise<void>;
  readonly ended: Promise<Ended>;
}

const homes: string[] = [];
const programs = new Set<Program>();

afterAll(async () => {
  await Promise.all([...programs].map(kill));
  await Promise.all(homes.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

async function kill(program: Program): Promise<void> {
  program.signal('SIGKILL');
  await program.ended;
}

/** A new empty home, removed when the test file ends. */
export async function createHome(): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), 'xmpp-chat-home-'));
  homes.push(folder);
  const work = join(folder, 'work');
  await mkdir(work);
  const xdg = (name: string): string => join(folder, name);
  return {
    folder,
    work,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      USERPROFILE: folder,
      XDG_CONFIG_HOME: xdg('config'),
      XDG_DATA_HOME: xdg('data'),
      XDG_STATE_HOME: xdg('state'),
      XDG_CACHE_HOME: xdg('cache'),
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
    },
  };
}

/** Rejects, or resolves, as the first of: text is there, program ended, time is over. */
function waitForText(
  program: Program,
  text: RegExp | string,
  stream: 'stderr' | 'stdout',
  timeoutMs: number,
) {
  const printed = (): string => (stream === 'stdout' ? program.stdout() : program.stderr());
  const found = (): boolean => (typeof text === 'string' ? printed().includes(text) : text.test(printed()));
  return new Promise<void>((resolve, reject) => {
    const source = program.child[stream];
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      source?.off('data', look);
      if (error === undefined) resolve();
      else reject(error);
    };
    const missing = (why: string): Error =>
      new Error(`${why} before ${text} on ${stream}\n${program.stdout()}\n${program.stderr()}`);
    const look = (): void => {
      if (found()) finish();
    };
    const timer = setTimeout(() => finish(missing(`${timeoutMs} ms`)), timeoutMs);
    source?.on('data', look);
    void program.ended.then(() => finish(found() ? undefined : missing('the program ended')));
    look();
  });
}

/** Starts the built program with these arguments. */
export async function startProgram(args: readonly string[], options: ProgramOptions = {}): Promise<Program> {
  const home = options.home ?? (await createHome());
  const [command = process.execPath, ...words] = [
    ...(options.through ?? []),
    process.execPath,
    launcher,
    ...args,
  ];
  const child = spawn(command, words, {
    cwd: options.cwd ?? home.work,
    env: { ...home.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // The program may end before it has read everything.
  child.stdin.on('error', () => {});
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      programs.delete(program);
      resolve({ code, signal, stdout, stderr });
    });
  });
  const program: Program = {
    child,
    home,
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    write: (text) => void child.stdin.write(text),
    closeInput: () => void child.stdin.end(),
    signal: (name) => void child.kill(name),
    waitFor: (text, { stream = 'stdout', timeoutMs = 15_000 } = {}) =>
      waitForText(program, text, stream, timeoutMs),
  };
  programs.add(program);
  if (options.stdin !== undefined) child.stdin.end(options.stdin);
  try {
    onTestFinished(() => kill(program));
  } catch {
    // Not within a test: the file's end kills it.
  }
  return program;
}

/** Runs the built program to its end. Standard input is empty unless given. */
export async function runProgram(args: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  const program = await startProgram(args, { stdin: '', ...options });
  return program.ended;
}
