import { describe, expect, it } from 'vitest';
import { abilities, BELL, desktopNotice, link, windowTitle } from '../../../src/ui/screen/osc.ts';

const kitty = abilities(true, { TERM: 'xterm-kitty' });
const foot = abilities(true, { TERM: 'foot' });
const none = abilities(false, { TERM: 'xterm-kitty' });

describe('what a terminal can do', () => {
  it('is nothing where it is none, or a dumb one', () => {
    expect(none).toEqual({ links: false, notices: undefined, title: false });
    expect(abilities(true, { TERM: 'dumb' }).title).toBe(false);
    expect(abilities(true, { TERM: 'xterm-kitty', TMUX: '/tmp/tmux' }).notices).toBeUndefined();
  });

  it('links an address with itself as label, and only a whole address', () => {
    expect(link('https://example.org/?a=b', kitty)).toBe(
      '\x1b]8;;https://example.org/?a=b\x1b\\https://example.org/?a=b\x1b]8;;\x1b\\',
    );
    expect(link('https://example.org/', none)).toBe('https://example.org/');
    expect(link('javascript:alert(1)', kitty)).toBe('javascript:alert(1)');
    expect(link('https://example.org/\x1b\\evil', kitty)).toBe('https://example.org/␛\\evil');
  });

  it('lets no text end a sequence or begin another', () => {
    expect(desktopNotice('bob\x07', 'a;b\x1b]52;c;x\x1b\\', kitty)).toBe('\x1b]9;bob␇: a,b␛]52,c,x␛\\\x1b\\');
    expect(desktopNotice('bob', 'hi', foot)).toBe('\x1b]777;notify;bob;hi\x1b\\');
    expect(desktopNotice('bob', 'hi', none)).toBe(BELL);
    expect(windowTitle('a\x1b\\b\nc', kitty)).toBe('\x1b]2;a␛\\b␊c\x1b\\');
    expect(windowTitle('a', none)).toBe('');
  });
});
