/** A program in a pseudo-terminal, by the clock: when does a text come out of it, how much memory has it then. */
import { spawn } from '@lydell/node-pty';
import { residentMemory } from './machine.ts';

export interface Shown {
  /** milliseconds from the launch until each text had come out */
  readonly milliseconds: readonly number[];
  /** resident memory in MB, `rest` milliseconds after the last text; undefined where the system does not tell */
  readonly memory: number | undefined;
}

export interface Showing {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** looked for in this order */
  readonly texts: readonly RegExp[];
  /** milliseconds to be idle before memory is looked at; default: it is not looked at */
  readonly rest?: number;
}

const PATIENCE = 15_000;
/** what a terminal answers to those who ask who and where it is, so that nobody waits for it */
const QUESTIONS: readonly (readonly [RegExp, string])[] = [
  [/\u001b\[c/, '\u001b[?62c'],
  [/\u001b\[6n/, '\u001b[1;1R'],
];

/** Starts the program, waits for the texts and ends it. Rejects when one did not come in 15 s. */
export async function show({ command, env, cwd, texts, rest }: Showing): Promise<Shown> {
  const [file = '', ...args] = command;
  const began = performance.now();
  const pty = spawn(file, args, { cols: 120, rows: 40, cwd, env: { ...env }, name: 'xterm-256color' });
  const ended = new Promise<void>((resolve) => pty.onExit(() => resolve()));
  try {
    const milliseconds = await appearances(pty, began, texts);
    if (rest === undefined) return { milliseconds, memory: undefined };
    await pause(rest);
    return { milliseconds, memory: await residentMemory(pty.pid) };
  } finally {
    await end(pty, ended);
  }
}

type Pty = ReturnType<typeof spawn>;

function appearances(pty: Pty, began: number, texts: readonly RegExp[]): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const times: number[] = [];
    let out = '';
    const timer = setTimeout(() => {
      reject(new Error(`${texts[times.length]} did not come in ${PATIENCE / 1000} s: ${tail(out)}`));
    }, PATIENCE);
    pty.onExit(() => {
      clearTimeout(timer);
      reject(new Error(`ended: ${tail(out)}`));
    });
    pty.onData((text) => {
      const now = performance.now() - began;
      out += text;
      for (const [question, answer] of QUESTIONS) if (question.test(text)) pty.write(answer);
      for (let next = texts[times.length]; next?.test(out); next = texts[times.length]) times.push(now);
      if (times.length < texts.length) return;
      clearTimeout(timer);
      resolve(times);
    });
  });
}

/** what a person could have read at the end */
function tail(out: string): string {
  const plain = out.replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007]*\u0007|.)|[\0-\x1f]/g, ' ');
  return JSON.stringify(plain.replace(/\s+/g, ' ').trim().slice(-200));
}

async function end(pty: Pty, ended: Promise<void>): Promise<void> {
  pty.kill('SIGTERM');
  const forced = setTimeout(() => pty.kill('SIGKILL'), 2000);
  await ended;
  clearTimeout(forced);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
