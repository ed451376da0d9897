/** Somebody who uses the built program by flags, from a home of their own, on a server of the tests. */
import { expect } from 'vitest';
import { parseLines } from './json-lines.ts';
import {
  createHome,
  type Ended,
  type Home,
  type Program,
  type ProgramOptions,
  runProgram,
  startProgram,
} from './program.ts';
import type { Server } from './server.ts';

export interface Person {
  /** bare JID */
  readonly jid: string;
  readonly home: Home;
  /** `-j` and how the server is reached; for runs that give their own */
  readonly account: readonly string[];
  /** Runs one command line to its end, as this person. */
  run(args: readonly string[], options?: ProgramOptions): Promise<Ended>;
  /** The same, which has to end with 0; what it printed on standard output. */
  done(args: readonly string[], options?: ProgramOptions): Promise<string>;
  /** The same with `--json`: the records, checked against the schema; the last one tells how it ended. */
  json(args: readonly string[], options?: ProgramOptions): Promise<Record<string, unknown>[]>;
  /** Starts `--listen`. */
  listen(args?: readonly string[], options?: ProgramOptions): Promise<Program>;
}

export type Reach = Pick<Server, 'domain' | 'service' | 'caFile'>;

/** Whether or not the account exists. */
export async function createPerson(server: Reach, name: string, password = 'secret'): Promise<Person> {
  const home = await createHome();
  const jid = `${name}@${server.domain}`;
  const reach = ['--service', server.service, '--ca', server.caFile];
  const account = ['-j', jid, ...reach];
  const options = (more: ProgramOptions = {}): ProgramOptions => ({
    home,
    ...more,
    env: { XMPP_PASSWORD: password, ...more.env },
  });
  const run = (args: readonly string[], more?: ProgramOptions) =>
    runProgram([...account, ...args], options(more));
  return {
    jid,
    home,
    account,
    run,
    async done(args, more) {
      const { code, stdout, stderr } = await run(args, more);
      if (code !== 0) throw new Error(`${args.join(' ')}: ${code}\n${stderr}`);
      return stdout;
    },
    async json(args, more) {
      // In front: what stands behind `--` is text.
      const { code, stdout, stderr } = await run(['--json', ...args], more);
      expect(stderr).toBe('');
      const records = parseLines(stdout);
      expect(records.at(-1)).toMatchObject({ ok: code === 0 || code === 5, exitCode: code });
      return records;
    },
    listen: (args = [], more) =>
      startProgram([...account, '--listen', ...args], options({ stdin: '', ...more })),
  };
}

/** A failure as the user sees it: one line with the exit code in brackets, no trace of JavaScript or of Node. */
export function expectOneLine({ stderr, code }: Ended, expected: number): void {
  expect({ code, stderr }).toMatchObject({ code: expected });
  expect(stderr).toMatch(new RegExp(`^xmpp-chat: [^\\n]+ \\(${code}\\)\\n$`));
  expect(stderr).not.toMatch(/ {4}at |node:|Error:|undefined|\{\w+\}|\[object/);
}
