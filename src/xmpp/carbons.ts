/** XEP-0280: Message Carbons, version 1.0.1. https://xmpp.org/extensions/xep-0280.html */
import { EventEmitter } from 'node:events';
import { parseForwarded } from './forwarding.ts';
import { bareOf } from './jid.ts';
import type { ParsedMessage } from './messages.ts';
import type { Session } from './session/session.ts';
import { child, type Element, x } from './stanza.ts';

export const NS_CARBONS = 'urn:xmpp:carbons:2';

export type CarbonDirection = 'received' | 'sent';

/** A copy of what another device of the account received or sent. */
export interface Carbon {
  readonly direction: CarbonDirection;
  readonly message: ParsedMessage;
}

/** §6.1: what is said in a room comes from the room itself; headlines are for one device. */
const INELIGIBLE: readonly string[] = ['groupchat', 'headline'];

/** Whether the account's own server wraps a copy in it. §11: exactly the own bare JID, or it is forged. */
export function isCarbon(stanza: Element, account: string): boolean {
  return (
    stanza.attrs.from === account &&
    (child(stanza, 'received', NS_CARBONS) !== undefined || child(stanza, 'sent', NS_CARBONS) !== undefined)
  );
}

/**
 * Unwraps a copy, once: what is wrapped in it again stays wrapped. `undefined` where it is none, or forged.
 * `account` is the own bare JID.
 */
export function parseCarbon(
  stanza: Element,
  account: string,
): { direction: CarbonDirection; message: Element } | undefined {
  if (!isCarbon(stanza, account)) return undefined;
  const received = stanza.getChildren('received', NS_CARBONS);
  const sent = stanza.getChildren('sent', NS_CARBONS);
  const [wrapper] = [...received, ...sent];
  if (wrapper === undefined || received.length + sent.length !== 1) return undefined;
  const message = parseForwarded(wrapper)?.message;
  if (message === undefined || INELIGIBLE.includes(message.attrs.type ?? '')) return undefined;
  return { direction: received.length === 1 ? 'received' : 'sent', message };
}

/** Keeps a message from the other devices of both sides (§9). */
export function xPrivate(): Element {
  return x('private', { xmlns: NS_CARBONS });
}

/** Whether its sender wanted no copies of it (§9). */
export function parsePrivate(stanza: Element): boolean {
  return child(stanza, 'private', NS_CARBONS) !== undefined;
}

export interface CarbonsEvents {
  /** when another device of the account received or sent a message, errors among them */
  carbon: [carbon: Carbon];
}

export interface Carbons extends EventEmitter<CarbonsEvents> {
  /** whether the server said that it copies, in this session */
  enabled(): boolean;
  /**
   * Asks for copies (§4); every new session has to ask again. Not looked up by disco first: that would take as long as
   * the refusal, and copies be missed meanwhile. Rejects as Session.request does.
   */
  enable(): Promise<void>;
  /** §5 */
  disable(): Promise<void>;
}

export interface CarbonsOptions {
  readonly messages: {
    parse(stanza: Element): ParsedMessage | undefined;
    claim(test: (stanza: Element) => boolean, more: { errors: boolean }): () => void;
  };
}

/** Asks for copies and tells what comes in them. */
export function carbons(session: Session, { messages }: CarbonsOptions): Carbons {
  let enabled = false;
  const switchTo = async (name: 'disable' | 'enable') => {
    await session.request(x('iq', { type: 'set' }, x(name, { xmlns: NS_CARBONS })));
    enabled = name === 'enable';
  };
  session.on('online', () => {
    enabled = false;
  });

  // The wrapper takes over the type of what it wraps (§7): one of type error is nothing that came back to us.
  messages.claim((stanza) => isCarbon(stanza, session.account), { errors: true });
  session.on('message', (stanza) => {
    const carbon = parseCarbon(stanza, session.account);
    const message = carbon && messages.parse(carbon.message);
    if (carbon === undefined || message === undefined) return;
    // A copy of what is not to or from this account would be somebody else's.
    if (bareOf(carbon.direction === 'sent' ? message.from : message.to) !== session.account) return;
    api.emit('carbon', { direction: carbon.direction, message });
  });

  const api: Carbons = Object.assign(new EventEmitter<CarbonsEvents>(), {
    enabled: () => enabled,
    enable: () => switchTo('enable'),
    disable: () => switchTo('disable'),
  });
  return api;
}
