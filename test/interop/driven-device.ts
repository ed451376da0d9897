/** A device of an account that somebody else wrote, driven by JSON lines: wishes to it, facts from it. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Server } from '../support/server.ts';

/** Debian's: modules belong to it, whatever other Python stands before it in the PATH. */
const PYTHON = '/usr/bin/python3';
const PATIENCE = 15_000;

export interface Fact {
  readonly [name: string]: unknown;
  readonly event?: string;
  readonly answer?: number;
  readonly error?: string;
  /** of a file that came */
  readonly sha256?: string;
}

/** `Line`: what it tells. `program`: of this folder, in Python. */
export abstract class DrivenDevice<Line extends Fact> {
  readonly jid: string;
  readonly resource: string;
  protected readonly lines: Line[] = [];
  readonly #program: string;
  readonly #server: Server;
  readonly #looks = new Set<() => void>();
  #process: ChildProcessWithoutNullStreams | undefined;
  #ended: Promise<void> = Promise.resolve();
  #errors = '';
  #count = 0;

  constructor(program: string, server: Server, user: string, resource: string) {
    this.#program = program;
    this.#server = server;
    this.resource = resource;
    this.jid = `${user}@${server.domain}`;
  }

  /** Logs in; resolves when its presence is sent. */
  async come(): Promise<this> {
    const { host, port, caFile } = this.#server;
    const program = fileURLToPath(new URL(this.#program, import.meta.url));
    const args = [program, `${this.jid}/${this.resource}`, host, String(port), caFile];
    const child = spawn(PYTHON, args, {
      env: {
        PATH: process.env.PATH ?? '',
        LANG: 'C.UTF-8',
        DEVICE_PASSWORD: 'secret',
        // Nothing is left in this folder.
        PYTHONDONTWRITEBYTECODE: '1',
      },
    });
    this.#process = child;
    this.lines.length = 0;
    this.#ended = new Promise((resolve) => child.once('close', () => resolve()));
    child.stdin.on('error', () => undefined);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.lines.push(JSON.parse(line) as Line);
      for (const look of [...this.#looks]) look();
    });
    await this.until(() => this.lines.find(({ event }) => event === 'online'), 'log-in');
    return this;
  }

  async leave(): Promise<void> {
    const forced = setTimeout(() => this.#process?.kill('SIGKILL'), 3000);
    this.#process?.stdin.end();
    await this.#ended;
    clearTimeout(forced);
    this.#process = undefined;
  }

  /** Resolves when a file of that SHA-256 has come. */
  async takes(sha256: string): Promise<void> {
    await this.until(
      () => this.lines.find((line) => line.event === 'file' && line.sha256 === sha256),
      sha256,
    );
  }

  protected async wish(name: string, more: Record<string, unknown>): Promise<Line> {
    this.#count += 1;
    const id = this.#count;
    this.#process?.stdin.write(`${JSON.stringify({ id, do: name, with: more })}\n`);
    const answer = await this.until(() => this.lines.find((line) => line.answer === id), name);
    if (answer.error !== undefined) throw new Error(`${this.resource}: ${name}: ${answer.error}`);
    return answer;
  }

  protected until<T>(find: () => T | undefined, what: string): Promise<T> {
    // made here, so that its stack names who waits
    const missing = new Error();
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#looks.delete(look);
        settle();
      };
      const fail = (why: string) => {
        const told = this.lines.map((line) => JSON.stringify(line)).join('\n');
        missing.message = `${this.resource} ${why} without ${what}\n${told}\n${this.#errors}`;
        finish(() => reject(missing));
      };
      const look = () => {
        const found = find();
        if (found !== undefined) finish(() => resolve(found));
      };
      const timer = setTimeout(() => fail(`went ${PATIENCE} ms`), PATIENCE);
      this.#looks.add(look);
      void this.#ended.then(() => {
        look();
        fail('ended');
      });
      look();
    });
  }
}

/** One that exchanges files: it takes every one. */
export abstract class FileDevice extends DrivenDevice<Fact> {
  /** Sends a file to a full JID, and goes on. */
  async offer(to: string, path: string): Promise<void> {
    await this.wish('offer', { to, path });
  }
}
