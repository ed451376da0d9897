import { describe, expect, it } from 'vitest';
import type { TypingState } from '../../../src/chat/events.ts';
import { ownTyping } from '../../../src/ui/conversation/own-typing.ts';

describe('own typing states', () => {
  function typist(kind: 'contact' | 'room' = 'contact') {
    const sent: TypingState[] = [];
    return { sent, typing: ownTyping({ kind, send: (state) => sent.push(state) }) };
  }

  it('are composing at every key, so that the pause is counted from the last one (XEP-0085 §3)', () => {
    const { sent, typing } = typist();
    typing.typed('h');
    typing.typed('he');
    expect(sent).toEqual(['composing', 'composing']);
  });

  it('are active when the line is empty again', () => {
    const { sent, typing } = typist();
    typing.typed('h');
    typing.typed('');
    expect(sent).toEqual(['composing', 'active']);
  });

  it('tell nobody that a command is typed, but /me and // are messages', () => {
    const { sent, typing } = typist();
    typing.typed('/block romeo');
    expect(sent).toEqual([]);
    typing.typed('/me w');
    expect(sent).toEqual(['composing']);
  });

  it('leave active to the message itself (XEP-0085 §5.1)', () => {
    const { sent, typing } = typist();
    typing.typed('hello');
    typing.sent();
    expect(sent).toEqual(['composing']);
  });

  it('end with gone, in a room without it (XEP-0085 §5.5)', () => {
    const alone = typist('contact');
    alone.typing.typed('x');
    alone.typing.close();
    expect(alone.sent).toEqual(['composing', 'gone']);
    const together = typist('room');
    together.typing.typed('x');
    together.typing.close();
    expect(together.sent).toEqual(['composing', 'active']);
  });
});
