import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Key, KeyDecoder } from '../../src/ui/keys/decoder.ts';
import { Keys } from '../../src/ui/keys.ts';
import { BREAK } from '../../src/ui/screen/frame.ts';

function decode(...chunks: string[]): Key[] {
  const keys: Key[] = [];
  const decoder = new KeyDecoder((key) => keys.push(key));
  for (const chunk of chunks) decoder.feed(chunk);
  decoder.close();
  return keys;
}

const named = (key: Key | undefined) => (key?.kind === 'named' ? key.event.name : undefined);

describe('key decoder', () => {
  afterEach(() => vi.useRealTimers());

  it('takes a paste as one edit, cleaned, however it is cut', () => {
    const paste = '\x1b[200~one\r\ntwo\tx\x1b[31m\x03\r\r\x1b[201~';
    const whole: Key[] = [{ kind: 'paste', text: 'one\ntwo    x' }];
    expect(decode(paste)).toEqual(whole);
    for (let cut = 1; cut < paste.length; cut++) {
      expect(decode(paste.slice(0, cut), paste.slice(cut))).toEqual(whole);
    }
  });

  it('ends a paste whose end got lost: with Ctrl-C, or after five seconds', () => {
    vi.useFakeTimers();
    expect(decode('\x1b[200~lost', '\x03', 'a').map(({ kind }) => kind)).toEqual(['command', 'text']);
    const keys: Key[] = [];
    const decoder = new KeyDecoder((key) => keys.push(key));
    decoder.feed('\x1b[200~text');
    vi.advanceTimersByTime(5000);
    decoder.feed('a');
    expect(keys.map(({ kind }) => kind)).toEqual(['paste', 'text']);
    decoder.close();
  });

  it('knows a lone Esc at once, and an arrow whose bytes come apart', () => {
    vi.useFakeTimers();
    const keys: Key[] = [];
    const decoder = new KeyDecoder((key) => keys.push(key));
    decoder.feed('\x1b');
    decoder.feed('[A');
    expect(keys.map(named)).toEqual(['up']);
    decoder.feed('\x1b');
    vi.advanceTimersByTime(25);
    expect(keys.map(named)).toEqual(['up', 'escape']);
    decoder.feed('a');
    expect(keys.at(-1)).toMatchObject({ kind: 'text', text: 'a' });
    decoder.close();
  });

  it('tells line breaks from Enter', () => {
    const kinds = decode('\x1b\r', '\n', '\x1b[13;2u', '\r').map((key) => named(key) ?? key.kind);
    expect(kinds).toEqual(['break', 'break', 'break', 'return']);
  });

  it('makes Ctrl-C, Ctrl-L, Ctrl-Z commands, and Ctrl-D a key that ends no input', () => {
    expect(decode('\x03\x0c\x1a')).toEqual([
      { kind: 'command', command: 'interrupt' },
      { kind: 'command', command: 'redraw' },
      { kind: 'command', command: 'suspend' },
    ]);
    expect(decode('\x04').map(named)).toEqual(['delete']);
  });

  it('gives no control character as text, whatever comes (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 10 }), { maxLength: 5 }), (chunks) => {
        for (const key of decode(...chunks)) {
          if (key.kind === 'text') expect(key.text).not.toMatch(/[\p{Cc}]/u);
          if (key.kind === 'paste') expect(key.text).not.toMatch(/[^\P{Cc}\n]/u);
        }
      }),
    );
  });
});

describe('keys', () => {
  function keyboard() {
    const stdin = new PassThrough();
    const raw: boolean[] = [];
    const keys = new Keys(Object.assign(stdin, { isTTY: true, setRawMode: (on: boolean) => raw.push(on) }));
    return { keys, stdin, raw };
  }

  const listen = (keys: Keys, options: { text?: boolean; multiline?: boolean } = {}) => {
    const pressed: string[] = [];
    const { input, ready, close } = keys.open(options);
    input.on('keypress', (text: string | undefined, key: { name?: string }) =>
      pressed.push(text ?? `<${key.name}>`),
    );
    ready();
    return { pressed, close };
  };

  it('keeps what is typed ahead for the prompt that comes, key by key', async () => {
    const { keys, stdin } = keyboard();
    stdin.write('2hello\r');
    await new Promise((resolve) => setImmediate(resolve));
    const menu = listen(keys);
    await vi.waitFor(() => expect(menu.pressed.length).toBeGreaterThan(0));
    menu.close();
    const text = listen(keys, { text: true });
    await vi.waitFor(() => expect(text.pressed.at(-1)).toBe('<return>'));
    expect([...menu.pressed, ...text.pressed].join('')).toBe('2hello<return>');
    keys.close();
  });

  it('holds what is typed between two questions for the next one, whatever is open below', async () => {
    const { keys, stdin } = keyboard();
    const below = listen(keys, { text: true });
    const release = keys.hold();
    stdin.write('q\r');
    await new Promise((resolve) => setImmediate(resolve));
    const question = listen(keys, { text: true });
    await vi.waitFor(() => expect(question.pressed).toEqual(['q', '<return>']));
    question.close();
    stdin.write('x');
    release();
    await vi.waitFor(() => expect(below.pressed).toEqual(['x']));
    keys.close();
  });

  it('drops what was typed ahead on Ctrl-C', async () => {
    const { keys, stdin } = keyboard();
    const interrupted = vi.fn();
    keys.on('interrupt', interrupted);
    stdin.write('delete everything\r\x03x');
    await vi.waitFor(() => expect(interrupted).toHaveBeenCalledTimes(1));
    const { pressed } = listen(keys);
    await vi.waitFor(() => expect(pressed).toEqual(['x']));
    keys.close();
  });

  it('gives a line break only where a text may have several lines', async () => {
    const { keys, stdin } = keyboard();
    const single = listen(keys, { text: true });
    stdin.write('\x1b[200~a\nb\x1b[201~\n');
    await vi.waitFor(() => expect(single.pressed).toEqual(['a b', '<return>']));
    single.close();
    const several = listen(keys, { text: true, multiline: true });
    stdin.write('\x1b[200~a\nb\x1b[201~\n');
    await vi.waitFor(() => expect(several.pressed).toEqual([`a${BREAK}b`, BREAK]));
    keys.close();
  });

  it('is raw for the whole run and cooked after it; off before on, after a stop', () => {
    const { keys, raw } = keyboard();
    keys.raw();
    keys.close();
    expect(raw).toEqual([false, true, false, true, false]);
  });
});
