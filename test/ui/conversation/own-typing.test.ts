import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TypingState } from '../../../src/chat/events.ts';
import { ownTyping } from '../../../src/ui/conversation/own-typing.ts';

describe('own typing states', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function typist(kind: 'contact' | 'room' = 'contact') {
    const sent: TypingState[] = [];
    return { sent, typing: ownTyping({ kind, send: (state) => sent.push(state) }) };
  }

  it('are composing at the first key, paused after 5 s, composing again (XEP-0085 §3)', () => {
    const { sent, typing } = typist();
    typing.typed('h');
    typing.typed('he');
    expect(sent).toEqual(['composing']);
    vi.advanceTimersByTime(4999);
    expect(sent).toEqual(['composing']);
    vi.advanceTimersByTime(1);
    expect(sent).toEqual(['composing', 'paused']);
    typing.typed('hel');
    expect(sent).toEqual(['composing', 'paused', 'composing']);
    typing.close();
  });

  it('are active when the line is empty again, and nothing follows', () => {
    const { sent, typing } = typist();
    typing.typed('h');
    typing.typed('');
    vi.advanceTimersByTime(60_000);
    expect(sent).toEqual(['composing', 'active']);
  });

  it('tell nobody that a command is typed, but /me and // are messages', () => {
    const { sent, typing } = typist();
    typing.typed('/block romeo');
    expect(sent).toEqual([]);
    typing.typed('/me w');
    expect(sent).toEqual(['composing']);
    typing.close();
  });

  it('leave active to the message itself (XEP-0085 §5.1)', () => {
    const { sent, typing } = typist();
    typing.typed('hello');
    typing.sent();
    vi.advanceTimersByTime(60_000);
    expect(sent).toEqual(['composing']);
  });

  it('end with gone, in a room without it (XEP-0085 §5.5), and no timer is left', () => {
    const alone = typist('contact');
    alone.typing.typed('x');
    alone.typing.close();
    expect(alone.sent).toEqual(['composing', 'gone']);
    const together = typist('room');
    together.typing.typed('x');
    together.typing.close();
    expect(together.sent).toEqual(['composing', 'active']);
    expect(vi.getTimerCount()).toBe(0);
  });
});
