import { spawn, spawnSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Pty, type PtyOptions } from '../support/pty.ts';

const PROGRAM = [process.execPath, '--import', 'tsx', 'test/terminal/programs/notices.ts'];

function start(env: Record<string, string> = {}, options: PtyOptions = {}, command = PROGRAM): Pty {
  return new Pty(command, { ...options, env });
}

function run(env: Record<string, string> = {}, options: PtyOptions = {}, command = PROGRAM): Pty {
  const pty = start(env, options, command);
  onTestFinished(() => pty.kill());
  return pty;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const noticesIn = (lines: readonly string[]): number[] =>
  lines.flatMap((line) => /^NOTICE (\d{4})/.exec(line)?.[1] ?? []).map(Number);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Lines that are neither whole notices nor what the program prints besides. */
const fragments = (lines: readonly string[]): string[] =>
  lines.filter((line) => line !== '' && !/^(NOTICE \d{4}$|✔ |ANSWER |END |BACK$|LEFT |SENT )/.test(line));

describe.concurrent('typing while 200 notices arrive, one every 50 ms', () => {
  const sizes = [
    { name: 'at 80×24', columns: 80, rows: 24 },
    { name: 'at 40×12', columns: 40, rows: 12 },
    { name: 'with a resize half-way', columns: 80, rows: 24, resized: [40, 12] as const },
    { name: 'growing half-way', columns: 40, rows: 12, resized: [100, 30] as const },
  ];
  it.for(sizes)(
    'keeps text, cursor and notices whole, $name',
    { timeout: 60_000 },
    async ({ columns, rows, resized }, context) => {
      const pty = start({ NOTICES: '200', EVERY: '50', OPEN: 'question' }, { columns, rows });
      context.onTestFinished(() => pty.kill());
      await pty.shows('? To whom?');
      for (const character of 'hello 你好 wörld') {
        pty.type(character);
        await pause(40);
      }
      pty.type('\x1b[D'.repeat(6));
      await pty.shows('NOTICE 0100', 30_000);
      if (resized) pty.resize(resized[0], resized[1]);
      pty.type('Z');
      await pty.shows('NOTICE 0199', 30_000);
      await pty.quiet();
      context.expect(pty.cursorRow()).toBe('? To whom? hello 你好Z wörld');
      // “? To whom? ” is 11 wide, “hello ” 6, each ideograph 2, then the Z
      context.expect(pty.cursor().x).toBe(11 + 6 + 4 + 1);
      context.expect(pty.lines().filter((line) => line.includes('To whom?'))).toHaveLength(1);
      context.expect(pty.lines().filter((line) => line.includes('FOOTER'))).toHaveLength(1);
      pty.type('\r');
      await pty.shows('ANSWER "hello 你好Z wörld"');
      pty.type('0');
      context.expect(await pty.exit).toBe(0);
      await pty.quiet();
      context.expect(noticesIn(pty.lines())).toEqual(upTo(200));
      context.expect(fragments(pty.lines())).toEqual([]);
    },
  );
});

describe('while notices arrive fast', { timeout: 30_000 }, () => {
  it('an answer, the menu after it and the notices stay in order', async () => {
    const pty = run({ NOTICES: '300', EVERY: '3' });
    await pty.shows('Main menu');
    for (let round = 0; round < 5; round++) {
      pty.type('2');
      await pty.until(() => pty.cursorRow().startsWith('? To whom?'));
      pty.type(`round ${round}\r`);
      await pty.shows(`ANSWER "round ${round}"`);
    }
    await pty.shows('NOTICE 0299');
    pty.type('0');
    expect(await pty.exit).toBe(0);
    await pty.quiet();
    expect(noticesIn(pty.lines())).toEqual(upTo(300));
    expect(fragments(pty.lines())).toEqual([]);
  });

  it('loses no notice over many resizes with a text that wraps', async () => {
    const pty = run({ NOTICES: '120', EVERY: '10', OPEN: 'question' });
    await pty.shows('? To whom?');
    const text = 'resize me please, a rather long text that wraps when the window is narrow 你好';
    pty.type(text);
    for (const [columns, rows] of [
      [50, 24],
      [33, 20],
      [70, 10],
      [100, 30],
      [41, 12],
      [80, 24],
    ] as const) {
      await pty.quiet(40);
      pty.resize(columns, rows);
    }
    await pty.shows('NOTICE 0119');
    await pty.quiet();
    pty.type('\r');
    await pty.shows(`ANSWER "${text}"`);
    pty.type('0');
    expect(await pty.exit).toBe(0);
    const seen = [...new Set(noticesIn(pty.lines()))];
    expect(seen.sort((a, b) => a - b)).toEqual(upTo(120));
    expect(pty.lines().filter((line) => line.includes('FOOTER'))).toEqual([]);
  });

  it('long ones break between words, before and after a resize, and a link stays whole', async () => {
    const link = 'https://example.org/a/path/that/is/longer/than/half/a/line';
    const said = `${'wherefore art thou Romeo '.repeat(3)}${link} deny thy father`;
    const pty = run({ NOTICES: '60', EVERY: '10', OPEN: 'question', LONG: said });
    await pty.shows('NOTICE 0020');
    pty.type('hello 你好');
    pty.resize(60, 24);
    await pty.shows('NOTICE 0059');
    await pty.quiet();
    expect(pty.cursorRow()).toBe('? To whom? hello 你好');
    const rows = pty.lines().slice(-20);
    expect(rows).toContain(link);
    const known = new Set([...said.split(' '), 'NOTICE', link]);
    const words = rows
      .filter((row) => !/To whom|FOOTER|^Enter to answer/.test(row))
      .flatMap((row) => row.split(' '));
    expect(words.filter((word) => word !== '' && !/^\d{4}$/.test(word) && !known.has(word))).toEqual([]);
    pty.type('\r');
    await pty.shows('ANSWER "hello 你好"');
    pty.type('0');
    expect(await pty.exit).toBe(0);
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 1],
    [1, 30],
    [200, 2],
  ] as const)('lives in a terminal of %i×%i', async (columns, rows) => {
    const pty = run({ NOTICES: '10', EVERY: '10', OPEN: 'question' }, { columns, rows });
    await pty.until(() => pty.raw.includes('NOTICE 0009'));
    pty.type('你好 abc\r');
    await pty.until(() => pty.raw.includes('ANSWER "你好 abc"'));
    pty.type('0');
    expect(await pty.exit).toBe(0);
  });

  it('has the live block lower than the screen when the text is longer than it', async () => {
    const pty = run({ NOTICES: '50', EVERY: '20', OPEN: 'question' }, { columns: 30, rows: 8 });
    await pty.shows('? To whom?');
    const text = 'word '.repeat(120);
    pty.type(text);
    await pty.shows('NOTICE 0049');
    pty.type('\r');
    await pty.shows(`ANSWER "${text.trimEnd()}`);
    pty.type('0');
    expect(await pty.exit).toBe(0);
    expect(noticesIn(pty.lines())).toEqual(upTo(50));
  });
});

describe('menu', { timeout: 30_000 }, () => {
  it('acts at once on a number that no longer one starts with, waits for the second digit otherwise', async () => {
    const pty = run();
    await pty.shows('Main menu');
    pty.type('12');
    await pty.shows('CHOSE 12');
    await pty.until(() => pty.screen().some((line) => line.startsWith('❯')));
    pty.type('1');
    await pty.shows('1 Enter: Conversation, or another digit');
    expect(pty.lines().some((line) => line.startsWith('SENT'))).toBe(false);
    pty.type('\r');
    await pty.shows('bob> a draft');
    pty.type('\x1b');
    await pty.shows('LEFT left "a draft"');
    pty.type('m');
    await pty.shows('CHOSE M');
  });

  it('takes arrows, Home, End, and says when a key means nothing', async () => {
    const pty = run();
    await pty.shows('Main menu');
    pty.type('\x1b[B\x1b[B');
    await pty.shows('❯  3) Password');
    pty.type('\x1b[F');
    await pty.shows('❯  0) Exit');
    pty.type('\x1b[H');
    await pty.shows('❯  1) Conversation');
    pty.type('x');
    await pty.shows('no choice x');
    pty.type('\x1b[A\r');
    expect(await pty.exit).toBe(0);
  });

  it('goes back one level with Esc and with Ctrl-C, twice at the top exits', async () => {
    const pty = run();
    await pty.shows('Main menu');
    pty.type('2');
    await pty.shows('? To whom?');
    pty.type('half\x03');
    await pty.shows('BACK');
    await pty.until(() => pty.screen().some((line) => line.startsWith('❯')));
    expect(pty.lines().some((line) => line.includes('To whom'))).toBe(false);
    pty.type('2');
    await pty.shows('? To whom?');
    pty.type('\x1b');
    await pty.until(() => pty.lines().filter((line) => line === 'BACK').length === 2);
    pty.type('12');
    await pty.shows('CHOSE 12');
    pty.type('\x03');
    await pty.until(() => pty.lines().filter((line) => line === 'BACK').length === 3);
    pty.type('\x03');
    expect(await pty.exit).toBe(130);
  });

  it('pages in a small terminal and keeps its badges live', async () => {
    const pty = run({ NOTICES: '5', EVERY: '20' }, { rows: 10 });
    await pty.shows('more below');
    await pty.shows('1) Conversation · (5)');
    pty.type('\x1b[6~');
    await pty.shows('more above');
    pty.type('16');
    await pty.shows('CHOSE 16');
  });

  it('keeps what is typed ahead while nothing is open, and echoes nothing', async () => {
    const pty = run();
    await pty.shows('Main menu');
    pty.type('7');
    await pty.shows('WORKING');
    pty.type('2bob@example.org\r12');
    await pty.quiet(200);
    expect(pty.lines().join('\n')).not.toContain('bob@example.org');
    await pty.shows('ANSWER "bob@example.org"');
    await pty.shows('CHOSE 12');
  });
});

describe('prompts', { timeout: 30_000 }, () => {
  it('shows nothing of a password', async () => {
    const pty = run();
    await pty.shows('Main menu');
    pty.type('3');
    await pty.shows('Password? not shown');
    pty.type('\x1b[200~geheim\n\x1b[201~');
    pty.type('X\r');
    await pty.shows('SECRET 7');
    expect(pty.raw).not.toContain('geheim');
  });

  it('asks yes or no, several of a list, and a path with completion', async () => {
    const pty = run();
    await pty.shows('Main menu');
    pty.type('4');
    await pty.shows('Sure? (y/n)');
    pty.type('maybe\r');
    await pty.shows('no choice maybe');
    pty.type('\x15y\r');
    await pty.shows('SURE true');
    pty.type('5');
    await pty.shows('◉ bob');
    pty.type('1\x1b[B \r');
    await pty.shows('SEVERAL alice,alfred,bob');
    pty.type('6');
    await pty.shows('? File?');
    pty.type('package.j\t\r');
    await pty.shows('PATH package.json');
  });
});

describe('conversation', { timeout: 30_000 }, () => {
  it('sends, recalls, completes, breaks lines, changes the last message', async () => {
    const pty = run({ NOTICES: '400', EVERY: '20', OPEN: 'conversation' }, { columns: 60, rows: 20 });
    await pty.shows('bob> a draft');
    pty.type('\r');
    await pty.shows('SENT "a draft"');
    pty.type('\x1b[200~line one\r\nline two\x1b[31m\x1b[201~');
    await pty.shows('bob> line one⏎');
    pty.type('\x1b\rthree\nfour\r');
    await pty.shows('SENT "line one\\nline two\\nthree\\nfour"');
    pty.type('\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A');
    await pty.shows('bob> a draft');
    pty.type('\x1b[A\x1b[A\x1b[A');
    await pty.shows('bob> older line');
    pty.type('\x15hi al\t');
    await pty.shows(/alice {2}alfred/);
    pty.type('\t!\r');
    await pty.shows('SENT "hi alfred!"');
    pty.type('unsent\x1b[1;5A');
    await pty.shows('change> my last words');
    pty.type('!\r');
    await pty.shows('SENT again "my last words!"');
    await pty.shows('bob> unsent');
    pty.type('\x1b[5~');
    await pty.shows('OLDER');
    pty.type('\x0e');
    await pty.shows('LEFT next "unsent"');
    pty.type('0');
    expect(await pty.exit).toBe(0);
    const seen = noticesIn(pty.lines());
    expect(seen).toEqual(upTo(seen.length));
  });

  it('treats an emoji of several code points as one character', async () => {
    const pty = run({ OPEN: 'conversation' });
    await pty.shows('bob> a draft');
    pty.type('\x15a👨‍👩‍👧b🇪🇸');
    await pty.until(() => pty.cursor().x === 5 + 1 + 2 + 1 + 2);
    pty.type('\x7f\x1b[D');
    await pty.until(() => pty.cursor().x === 5 + 1 + 2);
    pty.type('\x7f\x1b[Dx\r');
    await pty.shows('SENT "xab"');
  });

  it('asks something in between and comes back to what was typed meanwhile', async () => {
    const pty = run({ OPEN: 'conversation' });
    await pty.shows('bob> a draft');
    pty.type('\x15/ask\r');
    await pty.shows('? Which one?');
    pty.type('this\r');
    await pty.shows('INNER this');
    await pty.until(() => pty.cursorRow() === 'bob>');
    pty.type('more\r');
    await pty.shows('SENT "more"');
  });

  it('takes a long paste in one edit', async () => {
    const pty = run({ OPEN: 'conversation' }, { columns: 60, rows: 20 });
    await pty.shows('bob> a draft');
    const text = Array.from({ length: 200 }, (_, i) => `line ${i} of what was pasted 你好`).join('\n');
    pty.type(`\x15\x1b[200~${text}\x1b[201~`);
    await pty.shows('line 199 of what was pasted');
    pty.type('!\r');
    await pty.shows('line 199 of what was pasted 你好!"');
    expect(pty.lines().join('')).toContain(JSON.stringify(`${text}!`).slice(0, 40));
  });

  it('hands the draft back on Ctrl-C and leaves on /close', async () => {
    const pty = run({ OPEN: 'conversation' });
    await pty.shows('bob> a draft');
    pty.type('\x15/wait\r');
    await pty.shows('pending: hello');
    pty.type('/close\r');
    await pty.shows('LEFT left ""');
    expect(pty.lines().some((line) => line.includes('pending'))).toBe(false);
  });
});

describe('the terminal itself', { timeout: 30_000 }, () => {
  it('stops on Ctrl-Z as a job of the shell and draws anew after fg', async () => {
    const pty = new Pty(['bash', '--norc', '--noprofile', '-i'], {
      env: {
        PS1: 'shell$ ',
        NOTICES: '20',
        EVERY: '20',
        OPEN: 'question',
        BASH_SILENCE_DEPRECATION_WARNING: '1',
      },
    });
    onTestFinished(() => pty.kill());
    await pty.shows('shell$');
    pty.type(`${PROGRAM.join(' ')}\n`);
    await pty.shows('? To whom?');
    await pty.shows('NOTICE 0019');
    pty.type('before');
    await pty.shows('? To whom? before');
    pty.type('\x1a');
    await pty.shows('Stopped');
    pty.type('echo $((6*7)) echoed\n');
    await pty.shows(/^42 echoed/);
    pty.type('fg\n');
    await pty.until(() => pty.cursorRow() === '? To whom? before');
    pty.type(' after\r');
    await pty.shows('ANSWER "before after"');
    pty.type('0');
    await pty.until(() => pty.cursorRow().startsWith('shell$'));
    pty.type('stty -a\n');
    await pty.shows(/(^| )icanon/);
    pty.type('exit\n');
    await pty.exit;
    expect(noticesIn(pty.lines())).toEqual(upTo(20));
  });

  it('takes Ctrl-C for SIGINT while no prompt is open and nobody listens', async () => {
    const pty = run();
    await pty.shows('Main menu');
    pty.type('7');
    await pty.shows('WORKING');
    pty.type('\x03');
    expect(await pty.exit).toBe(130);
    expect(pty.lines().at(-1)).toBe('END 130');
  });

  it('goes on after Ctrl-Z where no shell can stop it', async () => {
    const pty = run({ OPEN: 'question' });
    await pty.shows('? To whom?');
    pty.type('one\x1a');
    pty.type('two\r');
    await pty.shows('ANSWER "onetwo"');
  });

  it('draws anew on Ctrl-L', async () => {
    const pty = run({ NOTICES: '3', EVERY: '1', OPEN: 'question' });
    await pty.shows('NOTICE 0002');
    await pty.shows('? To whom?');
    pty.type('text\x0c');
    await pty.until(() => pty.raw.includes('\x1b[H\x1b[K'));
    await pty.quiet();
    expect(pty.screen()[0]).toBe('NOTICE 0000');
    expect(pty.cursorRow()).toBe('? To whom? text');
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('restores the terminal on %s and exits with 128 and its number', async (signal, code) => {
    const pty = run({ OPEN: 'question' });
    await pty.shows('? To whom?');
    process.kill(pty.process.pid, signal);
    expect(await pty.exit).toBe(code);
    expect(pty.raw).not.toMatch(/at .*:\d+:\d+|Assertion|Aborted/);
    expect(pty.raw.endsWith('\x1b[?1004l\x1b[?2004l\x1b[?25h')).toBe(true);
  });

  it('exits with 129 and without a native trace when the terminal closes', async () => {
    const script = `
import os, pty, sys, time, subprocess
pid, fd = pty.fork()
if pid == 0:
    os.dup2(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT), 2)
    os.execvp(sys.argv[2], sys.argv[2:])
seen = b''
while b'To whom' not in seen:
    seen += os.read(fd, 4096)
os.close(fd)
_, status = os.waitpid(pid, 0)
print(os.waitstatus_to_exitcode(status))
`;
    const errors = `/tmp/hang-up-${process.pid}`;
    const child = spawn('python3', ['-c', script, errors, ...PROGRAM], {
      env: { ...process.env, TERM: 'xterm', OPEN: 'question', NOTICES: '1000', EVERY: '20' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    for await (const chunk of child.stdout) out += chunk;
    const { readFileSync, rmSync } = await import('node:fs');
    const trace = readFileSync(errors, 'utf8');
    rmSync(errors);
    expect(out.trim()).toBe('129');
    expect(trace).toBe('');
  });
});

describe('without a terminal', { timeout: 30_000 }, () => {
  const piped = (input: string, env: Record<string, string> = {}) =>
    spawnSync(PROGRAM[0] ?? '', PROGRAM.slice(1), {
      input,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });

  it('prints the menu plainly and reads one answer a line', () => {
    const { stdout, stderr, status } = piped('12\nx\n2\nbob\n4\n\n5\n1, 3\n1\nhello\n/close\n3\nsecret\n0\n');
    expect(stdout).toContain('Main menu\n  1) Conversation\n');
    expect(stdout).toContain('> 12\nCHOSE 12\n');
    expect(stdout).toContain('no choice x');
    expect(stdout).toContain('To whom? bob\nANSWER "bob"');
    expect(stdout).toContain('SURE false');
    expect(stdout).toContain('SEVERAL alice,bob');
    expect(stdout).toContain('SENT "hello"');
    expect(stdout).toContain('LEFT left ""');
    expect(stdout).toContain('SECRET 6');
    expect(stdout).not.toContain('secret');
    expect(stdout).not.toContain('\x1b');
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('hides a password where input is a terminal and output is not, and restores echo', async () => {
    const pty = run({}, {}, ['sh', '-c', `${PROGRAM.join(' ')} | cat`]);
    await pty.shows('0) Exit');
    pty.type('3\n');
    await pty.shows('Password?');
    await pty.quiet();
    pty.type('geheimX\x7f\r');
    await pty.shows('SECRET 6');
    expect(pty.raw).not.toContain('geheim');
    pty.type('2\n');
    await pty.shows('To whom?');
    pty.type('seen\n');
    await pty.shows('ANSWER "seen"');
    pty.type('\x04');
    await pty.shows('END 0');
    expect(pty.raw).not.toContain('\x1b');
  });

  it('prints plainly in a terminal that cannot move its cursor', async () => {
    const pty = run({ TERM: 'dumb' });
    await pty.shows('0) Exit');
    pty.type('12\n');
    await pty.shows('CHOSE 12');
    expect(pty.raw).not.toContain('\x1b');
    pty.type('\x04');
    expect(await pty.exit).toBe(0);
  });

  it('leaves cleanly at the end of input', () => {
    expect(piped('2\n').stdout).toContain('END 0');
    expect(piped('').status).toBe(0);
  });

  it('survives a closed standard output without a word', async () => {
    const shell = spawn('sh', ['-c', `${PROGRAM.join(' ')} | head -n 3`], {
      env: { ...process.env, NOTICES: '1000', EVERY: '5' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let out = '';
    let errors = '';
    shell.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    for await (const chunk of shell.stdout) out += chunk;
    expect(out.trimEnd().split('\n')).toHaveLength(3);
    expect(errors).toBe('');
  });
});
