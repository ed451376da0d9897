import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { COMPOSING_FADES, MOST_TYPING, type TypingChange, typingStates } from '../../src/chat/typing.ts';

const CHAT = 'romeo@example.org';
const change = (state: TypingChange['state'], from = CHAT, nick?: string): TypingChange => ({
  chat: CHAT,
  from,
  nick,
  state,
});

function listened() {
  const told: TypingChange[] = [];
  return { told, states: typingStates((event) => told.push(event)) };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('who is typing (XEP-0085)', () => {
  it('a state that nobody ends fades by itself (§5.4)', () => {
    const { told, states } = listened();
    states.set(change('composing'));
    vi.advanceTimersByTime(COMPOSING_FADES - 1);
    expect(states.who(CHAT)).toEqual([CHAT]);
    vi.advanceTimersByTime(1);
    expect(states.who(CHAT)).toEqual([]);
    expect(told.map(({ state }) => state)).toEqual(['composing', 'paused']);
  });

  it('renewed, it is told once and fades later', () => {
    const { told, states } = listened();
    states.set(change('composing'));
    vi.advanceTimersByTime(COMPOSING_FADES - 1);
    states.set(change('composing'));
    vi.advanceTimersByTime(COMPOSING_FADES - 1);
    expect(states.who(CHAT)).toEqual([CHAT]);
    expect(told).toHaveLength(1);
  });

  it.each(['active', 'paused', 'inactive', 'gone'] as const)('%s ends it', (state) => {
    const { told, states } = listened();
    states.set(change('composing'));
    states.set(change(state));
    expect(states.who(CHAT)).toEqual([]);
    expect(told.at(-1)?.state).toBe(state);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('a message ends it as `active`; of somebody who did not type it says nothing', () => {
    const { told, states } = listened();
    states.stop(CHAT, CHAT);
    expect(told).toEqual([]);
    states.set(change('composing', 'room@x/romeo', 'romeo'));
    states.stop(CHAT, 'room@x/romeo');
    expect(told.at(-1)).toEqual(change('active', 'room@x/romeo', 'romeo'));
  });

  it('names people by nickname where they have one, chat by chat', () => {
    const { states } = listened();
    states.set(change('composing', 'r@x/a', 'a'));
    states.set(change('composing', 'r@x/b', 'b'));
    states.set({ ...change('composing'), chat: 'other@example.org' });
    expect(states.who(CHAT)).toEqual(['a', 'b']);
  });

  it('clearing tells of everybody and leaves no timer', () => {
    const { told, states } = listened();
    states.set(change('composing'));
    states.clear();
    expect(told.at(-1)?.state).toBe('paused');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('a flood of people stays bounded', () => {
    const { states } = listened();
    for (let i = 0; i < MOST_TYPING + 100; i++) states.set(change('composing', `a${i}@example.org`));
    expect(states.who(CHAT)).toHaveLength(MOST_TYPING);
    expect(vi.getTimerCount()).toBe(MOST_TYPING);
  });
});
