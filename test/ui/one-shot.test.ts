import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Action } from '../../src/actions/action.ts';
import { notice } from '../../src/actions/notices.ts';
import type { Row } from '../../src/actions/rows.ts';
import { findAction } from '../../src/actions/table.ts';
import { finding } from '../../src/chat/checks.ts';
import { ChatError } from '../../src/chat/problem.ts';
import { catalogueFor } from '../../src/i18n/catalogue.ts';
import { SignalError } from '../../src/ui/interrupts.ts';
import { output } from '../../src/ui/one-shot/output.ts';
import { type Ask, type PasswordSources, passwords } from '../../src/ui/one-shot/passwords.ts';
import { standardInput } from '../../src/ui/one-shot/standard-input.ts';
import { type OneShot, runOneShot } from '../../src/ui/one-shot.ts';
import { AuthenticationError, ConnectionError, StanzaError } from '../../src/xmpp/errors.ts';
import { FakeClient } from '../support/fake-client.ts';
import { parseLines } from '../support/json-lines.ts';
import { bareContext } from '../support/plain-face.ts';
import { plain } from './support.ts';

type Run = Extract<Action, { needs: 'nothing' }>['run'];

const en = await catalogueFor('en');

class Sink {
  text = '';
  fail: Error | undefined;
  readonly #errors: ((error: Error) => void)[] = [];
  on(event: string, listener: (error: Error) => void): this {
    if (event === 'error') this.#errors.push(listener);
    return this;
  }
  write(text: string, done?: (error?: Error) => void): boolean {
    if (this.fail !== undefined) for (const listener of this.#errors) listener(this.fail);
    else this.text += text;
    queueMicrotask(() => done?.(this.fail));
    return true;
  }
}

const sink = () => {
  const stream = new Sink();
  return { stream, output: output(stream as unknown as NodeJS.WritableStream) };
};

const stdin = (...chunks: (string | Buffer)[]) =>
  standardInput(Readable.from(chunks.map((chunk) => Buffer.from(chunk))));

function ask(...answers: string[]): Ask & { asked: string[] } {
  const asked: string[] = [];
  const answer = async ({ message }: { message: string }) => {
    asked.push(message);
    return answers.shift() ?? '';
  };
  return {
    asked,
    text: answer,
    password: answer,
    confirm: async (prompt) => (await answer(prompt)) === 'yes',
  };
}

const sources = (more: Partial<PasswordSources> = {}): PasswordSources => ({
  words: en,
  configured: () => undefined,
  configuredNew: () => undefined,
  ...more,
});

function table(name: string): Action {
  const found = findAction(name);
  if (found === undefined) throw new Error(`no action ${name}`);
  return found;
}

function setup(name: string, input: OneShot['input'], more: Partial<OneShot> & { run?: Run } = {}) {
  const out = sink();
  const err = sink();
  const run = vi.fn(
    more.run ?? (async () => ({ kind: 'done', notice: notice('left', { room: 'r@c' }) }) as const),
  );
  const online = vi.fn(async () => {});
  const shot: OneShot = {
    action: { ...table(name), run },
    input,
    words: en,
    theme: async () => plain,
    json: false,
    quiet: false,
    yes: false,
    account: 'me@example.org',
    domain: 'example.org',
    out: out.output,
    err: err.output,
    errStream: { write: () => true },
    passwords: passwords(sources()),
    signal: new AbortController().signal,
    bare: bareContext(),
    prepare: async () => ({ client: new FakeClient().client, online }),
    now: () => 0,
    ...more,
  };
  return { shot, run, online, out: out.stream, err: err.stream };
}

describe('what needs no account', () => {
  const found = (code: 'not-asked' | 'binding-none'): Row => ({
    type: 'check',
    check: { check: 'dns', state: 'ok', about: '', finding: finding(code, {}) },
  });
  const tells: Run = async ({ show }) => {
    show(found('not-asked'));
    show(found('binding-none'));
    throw new ChatError('unreachable-server', { domain: 'x.example' });
  };

  it('opens nothing, and prints what it found before it failed', async () => {
    const prepare = vi.fn();
    const { shot, out, err } = setup('doctor', { domain: 'x.example' }, { run: tells, prepare });
    expect(await runOneShot(shot)).toBe(4);
    expect(prepare).not.toHaveBeenCalled();
    expect(out.text).toMatch(/^ok {4}DNS +this computer.+\nok {4}DNS +not offered\n$/);
    expect(err.text).toBe(
      'xmpp-chat: not all is well with x.example: no connection can be made that can be trusted. The lines above say where it ends. (4)\n',
    );
  });

  it('prints an object for each, and the error at the end', async () => {
    const { shot, out, err } = setup('doctor', { domain: 'x.example' }, { run: tells, json: true });
    expect(await runOneShot(shot)).toBe(4);
    expect(parseLines(out.text)).toMatchObject([
      { type: 'check', condition: 'not-asked' },
      { type: 'check', condition: 'binding-none' },
      { type: 'error', condition: 'unreachable-server', exitCode: 4 },
    ]);
    expect(err.text).toBe('');
  });

  it.each([
    ['at the end of what went well, as an error', 1, 'broken'],
    ['by nobody beside the error of the action', 4, 'no connection can be made'],
  ])('what cannot be printed is told %s', async (_name, exitCode, told) => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown) => unheard.push(reason);
    process.on('unhandledRejection', hear);
    onTestFinished(() => void process.off('unhandledRejection', hear));
    const run: Run = async ({ show }) => {
      show(found('not-asked'));
      show(found('binding-none'));
      // The action goes on for a while, as a check of a server does.
      await setImmediate();
      await setImmediate();
      if (exitCode === 4) throw new ChatError('unreachable-server', { domain: 'x.example' });
      return { kind: 'done', notice: notice('checked', { domain: 'x.example' }) };
    };
    const theme = () => Promise.reject(new Error('broken'));
    const { shot, out, err } = setup('doctor', { domain: 'x.example' }, { run, theme });
    expect(await runOneShot(shot)).toBe(exitCode);
    expect(unheard).toEqual([]);
    expect(out.text).toBe('');
    expect(err.text).toContain(told);
  });

  it('reads a domain by itself or in a JID, and nothing else', async () => {
    for (const domain of ['Example.org', 'anna@example.org/pc', 'xmpp:anna@example.org']) {
      const { shot, run } = setup('doctor', { domain });
      expect(await runOneShot(shot)).toBe(0);
      expect(run.mock.calls[0]?.[1]).toEqual({ domain: 'example.org' });
    }
    const { shot, err } = setup('doctor', { domain: 'not a name' });
    expect(await runOneShot(shot)).toBe(2);
    expect(err.text).toContain('not a name');
  });
});

describe('one action by flag', () => {
  it('results to standard output, notices to standard error', async () => {
    const { shot, out, err } = setup(
      'blocked',
      {},
      {
        run: async () => ({
          kind: 'rows',
          rows: [{ type: 'blocked', jid: 'b@x' }],
          empty: notice('no-blocked', {}),
        }),
      },
    );
    expect(await runOneShot(shot)).toBe(0);
    expect([out.text, err.text]).toEqual(['b@x\n', '']);
  });

  it('gives the terminal back before anything is printed', async () => {
    for (const fails of [false, true]) {
      const steps: string[] = [];
      const { shot, err } = setup(
        'leave',
        { room: 'r' },
        {
          ...(fails ? { run: () => Promise.reject(new StanzaError('forbidden')) } : {}),
          asked: async () => {
            steps.push(err.text);
          },
        },
      );
      await runOneShot(shot);
      expect(steps[0]).toBe('');
      expect(err.text).not.toBe('');
    }
  });

  it('--quiet prints no notices', async () => {
    const { shot, err } = setup('leave', { room: 'r' });
    expect(await runOneShot(shot)).toBe(0);
    expect(err.text).toBe('You have left the room r@c.\n');
    const quiet = setup('leave', { room: 'r' }, { quiet: true });
    await runOneShot(quiet.shot);
    expect(quiet.err.text).toBe('');
  });

  it('--json prints rows and a result, or an error, on standard output', async () => {
    const { shot, out, err } = setup('leave', { room: 'r' }, { json: true });
    await runOneShot(shot);
    expect(JSON.parse(out.text)).toMatchObject({
      v: 1,
      type: 'result',
      ok: true,
      condition: 'left',
      exitCode: 0,
    });
    expect(err.text).toBe('');
    const failing = setup(
      'leave',
      { room: 'r' },
      {
        json: true,
        run: () => Promise.reject(new StanzaError('forbidden')),
      },
    );
    expect(await runOneShot(failing.shot)).toBe(1);
    expect(JSON.parse(failing.out.text)).toMatchObject({
      v: 1,
      type: 'error',
      ok: false,
      condition: 'forbidden',
      exitCode: 1,
      text: 'cannot leave the room r: you are not allowed to.',
    });
  });

  it('the exit code of a queued message is the outcome’s', async () => {
    const { shot } = setup(
      'send',
      { jid: 'b', text: 'hi' },
      {
        run: async () => ({
          kind: 'done',
          notice: notice('message-queued', { chat: 'b@example.org', reason: 'dns-failed' }),
          exitCode: 5,
        }),
      },
    );
    expect(await runOneShot(shot)).toBe(5);
  });

  it.each([
    [
      new AuthenticationError('not-authorized'),
      3,
      'cannot log in as me@example.org: wrong user name or password',
    ],
    [new ConnectionError('certificate-wrong-host'), 4, 'for another name than example.org'],
    [new StanzaError('item-not-found'), 1, 'cannot send to b@example.org: there is no such user'],
    [new TypeError('oops'), 1, 'something unexpected happened: oops'],
  ])('%s: one line, with the code %i in brackets', async (error, code, text) => {
    const { shot, out, err } = setup('send', { jid: 'b', text: 'hi' }, { run: () => Promise.reject(error) });
    expect(await runOneShot(shot)).toBe(code);
    expect(out.text).toBe('');
    expect(err.text).toContain(text);
    expect(err.text).toMatch(new RegExp(`^xmpp-chat: [^\\n]+ \\(${code}\\)\\n$`));
  });

  it('wrong usage is found before anything is connected', async () => {
    const { shot, online, err } = setup('history', { since: 'yesterday' });
    expect(await runOneShot(shot)).toBe(2);
    expect(online).not.toHaveBeenCalled();
    expect(err.text).toContain('--since needs a date, not “yesterday”');
  });

  it('a signal ends it with 128 + n and without a word', async () => {
    const stop = new AbortController();
    const { shot, err } = setup('contacts', {}, { signal: stop.signal, run: () => new Promise(() => {}) });
    const ended = runOneShot(shot);
    stop.abort(new SignalError('SIGTERM'));
    expect(await ended).toBe(143);
    expect(err.text).toBe('');
  });

  it('a signal that leaves a message to a later run says so, or it would be sent twice by hand', async () => {
    for (const json of [false, true]) {
      const stop = new AbortController();
      const kept = notice('message-queued', { chat: 'b@x', reason: 'interrupted' });
      const run: Run = ({ signal }) =>
        new Promise((resolve) => {
          const done = { kind: 'done', notice: kept, exitCode: 5 } as const;
          signal.addEventListener('abort', () => resolve(done));
        });
      const { shot, out, err } = setup('send', { jid: 'b', text: 'x' }, { signal: stop.signal, run, json });
      const ended = runOneShot(shot);
      await setImmediate();
      stop.abort(new SignalError('SIGINT'));
      expect(await ended).toBe(130);
      const said = 'Message to b@x: kept, not sent yet (interrupted). The next run sends it.';
      expect(err.text).toBe(json ? '' : `xmpp-chat: ${said} (130)\n`);
      if (json) expect(parseLines(out.text)).toMatchObject([{ condition: 'message-queued', exitCode: 130 }]);
    }
  });

  it.each([
    ['the reader has gone', 'EPIPE', 141],
    ['the disk is full', 'ENOSPC', 1],
  ])(
    'a list that did not arrive is told by the exit code, and in one line but to who went away: %s',
    async (_what, code, exitCode) => {
      for (const json of [false, true]) {
        const rows = [{ type: 'blocked', jid: 'b@x' }] as const;
        const run = async () => ({ kind: 'rows', rows, empty: notice('no-blocked', {}) }) as const;
        const { shot, out, err } = setup('blocked', {}, { json, run });
        out.fail = Object.assign(new Error(`write ${code}`), { code });
        expect(await runOneShot(shot)).toBe(exitCode);
        // As with every program in a pipe: `| head -1` is no error that anybody wants to read of.
        const line = `xmpp-chat: cannot list the blocked: .*\\(${exitCode}\\)\\n`;
        expect(err.text).toMatch(new RegExp(code === 'EPIPE' ? '^$' : `^${line}$`));
      }
    },
  );

  it('what is done is done, whoever reads of it; an error is told where somebody reads', async () => {
    const done = setup('leave', { room: 'r' }, { json: true });
    done.out.fail = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    expect(await runOneShot(done.shot)).toBe(0);
    expect(done.err.text).toBe('You have left the room r@c.\n');
    const run = () => Promise.reject(new StanzaError('forbidden'));
    const failed = setup('leave', { room: 'r' }, { json: true, run });
    failed.out.fail = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    expect(await runOneShot(failed.shot)).toBe(1);
    expect(failed.err.text).toMatch(/^xmpp-chat: cannot leave .*\(1\)\n$/);
  });
});

describe('missing values', () => {
  it.each([
    ['as words of the command line', { jid: 'b', text: ' \n ' }, undefined],
    ['from standard input', { jid: 'b' }, ' \n\n'],
    [
      'also where standard input has one: `--send b "$EMPTY"` in a loop leaves its input alone',
      { jid: 'b', text: '' },
      'x',
    ],
  ])('a text of nothing but blanks is wrong usage, %s', async (_, input, piped) => {
    const more = piped === undefined ? {} : { stdin: stdin(piped) };
    const { shot, err, run } = setup('send', input, more);
    expect(await runOneShot(shot)).toBe(2);
    expect(run).not.toHaveBeenCalled();
    expect(err.text).toContain('there is no text');
  });

  it('are asked for at a terminal', async () => {
    const asked = ask('bob');
    const { shot, run } = setup('send-file', { path: 'x' }, { ask: asked });
    expect(await runOneShot(shot)).toBe(0);
    expect(asked.asked).toEqual(['To whom (JID)']);
    expect(run.mock.calls[0]?.[1]).toEqual({ path: 'x', to: 'bob@example.org' });
  });

  it('are wrong usage without one', async () => {
    const { shot, err } = setup('send-file', { path: 'x' });
    expect(await runOneShot(shot)).toBe(2);
    expect(err.text).toContain('--to is missing');
  });

  it('text comes from standard input, without one last line break', async () => {
    const { shot, run } = setup('send', { jid: 'b' }, { stdin: stdin('one\r\n', 'twö\n\n') });
    expect(await runOneShot(shot)).toBe(0);
    expect(run.mock.calls[0]?.[1]).toMatchObject({ text: 'one\ntwö\n' });
  });

  it('a line that is not UTF-8 ends no stream of lines', async () => {
    const pieces: (readonly string[])[] = [];
    const input = standardInput(
      Readable.from([Buffer.from('one\ntw\xff\nthr', 'latin1'), Buffer.from('ee\n')]),
    );
    for await (const piece of input.lines()) pieces.push(piece);
    expect(pieces).toEqual([['one', 'tw\ufffd'], ['three']]);
  });

  it('lines come as they are read, those that are there together at once, the password not among them', async () => {
    const input = stdin('secret\none\r\ntw', 'ö\n\nthr', 'ee');
    const pieces: (readonly string[])[] = [];
    const { shot } = setup(
      'send-lines',
      { jid: 'b' },
      {
        stdin: input,
        passwords: passwords(sources({ stdin: input })),
        run: async ({ lines }) => {
          for await (const piece of lines?.() ?? []) pieces.push(piece);
          return { kind: 'done', notice: notice('left', { room: '' }) };
        },
      },
    );
    expect(await runOneShot(shot)).toBe(0);
    expect(pieces).toEqual([['one'], ['twö', ''], ['three']]);
    const without = setup('send-lines', { jid: 'b' });
    expect(await runOneShot(without.shot)).toBe(2);
    expect(without.err.text).toContain('no input to read lines from');
  });

  it.each([
    ['empty', Buffer.from('\n'), 'there is no text to send'],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0xfd]), 'not UTF-8'],
    ['too long', Buffer.alloc(300_000, 'x'), 'longer than 200 KiB'],
  ])('standard input that is %s is wrong usage', async (_, bytes, text) => {
    const { shot, err } = setup('send', { jid: 'b' }, { stdin: stdin(bytes) });
    expect(await runOneShot(shot)).toBe(2);
    expect(err.text).toContain(text);
  });

  it('what cannot be undone needs --yes, or a yes', async () => {
    expect(await runOneShot(setup('delete-account', {}).shot)).toBe(2);
    expect(await runOneShot(setup('delete-account', {}, { yes: true }).shot)).toBe(0);
    expect(await runOneShot(setup('delete-account', {}, { ask: ask('no') }).shot)).toBe(2);
    expect(await runOneShot(setup('delete-account', {}, { ask: ask('yes') }).shot)).toBe(0);
  });
});

describe('passwords', () => {
  it('standard input before the configuration before the person', async () => {
    const configured = () => 'from file';
    expect(await passwords(sources({ stdin: stdin('first\nsecond\n'), configured })).password('a@x')).toBe(
      'first',
    );
    expect(await passwords(sources({ configured, ask: ask('typed') })).password('a@x')).toBe('from file');
    expect(await passwords(sources({ ask: ask('typed') })).password('a@x')).toBe('typed');
    await expect(passwords(sources()).password('a@x')).rejects.toMatchObject({
      condition: 'missing-password',
    });
    await expect(passwords(sources({ stdin: stdin('') })).password('a@x')).rejects.toMatchObject({
      condition: 'missing-password',
    });
  });

  it('the new one is the second line, whichever is asked for first', async () => {
    const found = passwords(sources({ stdin: stdin('first\r\nsecond') }));
    expect(await found.newPassword('a@x')).toBe('second');
    expect(await found.password('a@x')).toBe('first');
  });

  it('the rest of standard input is the text', async () => {
    const input = stdin('first\nhello\n');
    const { shot, run } = setup(
      'send',
      { jid: 'b' },
      { stdin: input, passwords: passwords(sources({ stdin: input })) },
    );
    expect(await runOneShot(shot)).toBe(0);
    // The text is asked for before the log-in asks for the password: its line is not the text's all the same.
    expect(run.mock.calls[0]?.[1]).toMatchObject({ text: 'hello' });
    expect(await shot.passwords.password('me@example.org')).toBe('first');
  });

  it('a password is never the text, even where nothing stands behind it', async () => {
    const input = stdin('first\n');
    const { shot, run, err } = setup(
      'send',
      { jid: 'b' },
      { stdin: input, passwords: passwords(sources({ stdin: input })) },
    );
    expect(await runOneShot(shot)).toBe(2);
    expect(err.text).toContain('there is no text to send');
    expect(run).not.toHaveBeenCalled();
  });

  it('a new one is asked for twice', async () => {
    expect(await passwords(sources({ ask: ask('a', 'a') })).newPassword('a@x')).toBe('a');
    await expect(passwords(sources({ ask: ask('a', 'b') })).newPassword('a@x')).rejects.toMatchObject({
      condition: 'passwords-differ',
    });
    await expect(passwords(sources({ ask: ask('') })).newPassword('a@x')).rejects.toMatchObject({
      condition: 'empty-password',
    });
  });

  it('what cannot be undone names what it is done to', async () => {
    const asked = async (name: string, input: object) => {
      const asking = ask('no');
      await runOneShot(setup(name, input as never, { ask: asking }).shot);
      return asking.asked[0];
    };
    expect(await asked('delete-account', {})).toContain('me@example.org from its server');
    expect(await asked('wipe-data', {})).toContain('keeps of me@example.org');
    expect(await asked('wipe-data', { all: true })).toContain('keeps of all accounts');
  });

  it('the old one is asked for before the new one, as people know it', async () => {
    const asking = ask('old', 'new', 'new');
    const { shot, run } = setup(
      'change-password',
      {},
      { ask: asking, passwords: passwords(sources({ ask: asking })) },
    );
    expect(await runOneShot(shot)).toBe(0);
    expect(asking.asked).toEqual(['Password of me@example.org', 'New password', 'The same once more']);
    expect(run.mock.calls[0]?.[1]).toMatchObject({ newPassword: 'new' });
  });

  it('the account’s own is asked for once', async () => {
    const asked = ask('typed');
    const found = passwords(sources({ ask: asked }));
    await found.password('a@x');
    expect(await found.password('a@x')).toBe('typed');
    expect(asked.asked).toEqual(['Password of a@x']);
  });
});
