import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  INACTIVE_AFTER,
  NS_CHAT_STATES,
  outgoingChatStates,
  PAUSED_AFTER,
  parseChatState,
  xChatState,
} from '../../src/xmpp/chat-states.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

const ROMEO = 'romeo@example.net';

describe('codec', () => {
  it('reads a state and only of its namespace (XEP-0085 §2)', () => {
    expect(parseChatState(x('message', {}, xChatState('paused')))).toBe('paused');
    expect(parseChatState(parse("<message><composing xmlns='urn:evil'/></message>"))).toBeUndefined();
    expect(parseChatState(parse(`<message><sleeping xmlns='${NS_CHAT_STATES}'/></message>`))).toBeUndefined();
  });

  it('ignores two states at once (XEP-0085 §5.5)', () => {
    const both = x('message', {}, xChatState('active'), xChatState('gone'));
    expect(parseChatState(both)).toBeUndefined();
  });
});

function start(more: { supports?: boolean; mayKnow?: boolean } = {}) {
  const session = new FakeSession();
  const features: string[] = [];
  const states = outgoingChatStates(session, {
    supports: async () => more.supports ?? false,
    mayKnow: () => more.mayKnow ?? true,
    disco: { addFeature: (ns) => features.push(ns) },
  });
  const told = () => session.take().map((stanza) => `${stanza.attrs.to} ${parseChatState(stanza)}`);
  return { session, states, features, told };
}

describe('outgoing', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('registers its feature (XEP-0085 §4)', () => {
    expect(start().features).toEqual([NS_CHAT_STATES]);
  });

  it('tells nothing alone to whom nobody heard a state from (XEP-0085 §5.1)', async () => {
    const { states, told } = start();
    states.composing(ROMEO);
    await vi.advanceTimersByTimeAsync(INACTIVE_AFTER * 2);
    expect(told()).toEqual([]);
  });

  it('goes from composing to paused to inactive to gone, each once (XEP-0085 §5.3)', async () => {
    const { states, told } = start();
    states.heard(ROMEO, 'active', true);
    states.composing(ROMEO);
    states.composing(ROMEO);
    expect(told()).toEqual([`${ROMEO} composing`]);
    await vi.advanceTimersByTimeAsync(PAUSED_AFTER);
    expect(told()).toEqual([`${ROMEO} paused`]);
    await vi.advanceTimersByTimeAsync(INACTIVE_AFTER);
    expect(told()).toEqual([`${ROMEO} inactive`]);
    await vi.advanceTimersByTimeAsync(INACTIVE_AFTER * 3);
    states.gone(ROMEO);
    expect(told()).toEqual([`${ROMEO} gone`]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('believes the capabilities, asked once', async () => {
    const { states, told } = start({ supports: true });
    states.composing(ROMEO);
    await vi.advanceTimersByTimeAsync(0);
    expect(told()).toEqual([`${ROMEO} composing`]);
  });

  it('puts a state into the first message while nothing is known yet, and tells no older one later (XEP-0085 §5.1)', async () => {
    const { states, told } = start({ supports: true });
    states.composing(ROMEO);
    expect(states.attach(ROMEO)).toBe('active');
    await vi.advanceTimersByTimeAsync(0);
    expect(told()).toEqual([]);
  });

  it('stops after a reply without a state (XEP-0085 §5.1)', () => {
    const { states, told } = start();
    expect(states.attach(ROMEO)).toBe('active');
    states.heard(ROMEO, undefined, true);
    expect(states.attach(ROMEO)).toBeUndefined();
    states.composing(ROMEO);
    expect(told()).toEqual([]);
  });

  it('says active with the message, so that composing may follow (XEP-0085 §5.3)', () => {
    const { states, told } = start();
    states.heard(ROMEO, 'composing', false);
    states.composing(ROMEO);
    expect(states.attach(ROMEO)).toBe('active');
    states.composing(ROMEO);
    expect(told()).toEqual([`${ROMEO} composing`, `${ROMEO} composing`]);
  });

  it('tells nothing to those who do not see our presence (XEP-0085 §7)', async () => {
    const { states, told } = start({ supports: true, mayKnow: false });
    states.heard(ROMEO, 'active', true);
    states.composing(ROMEO);
    await vi.advanceTimersByTimeAsync(0);
    expect(told()).toEqual([]);
    expect(states.attach(ROMEO)).toBeUndefined();
  });

  it('can be switched off (XEP-0085 §5.2)', () => {
    const { states, told } = start();
    states.enabled = false;
    states.heard(ROMEO, 'active', true);
    states.composing(ROMEO);
    expect(told()).toEqual([]);
    expect(states.attach(ROMEO)).toBeUndefined();
  });

  it('owns its timers', () => {
    const { states } = start();
    states.heard(ROMEO, 'active', true);
    states.composing(ROMEO);
    states.active('other@example.net');
    states.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is silent without a stream', () => {
    const { states, session } = start();
    states.heard(ROMEO, 'active', true);
    session.online = false;
    expect(() => states.composing(ROMEO)).not.toThrow();
    states.close();
  });
});
