/** XEP-0085: Chat State Notifications, version 2.1. https://xmpp.org/extensions/xep-0085.html */
import type { Session } from './session/session.ts';
import { type Element, elements, x } from './stanza.ts';

export const NS_CHAT_STATES = 'http://jabber.org/protocol/chatstates';

export type ChatState = 'active' | 'composing' | 'paused' | 'inactive' | 'gone';

const STATES: readonly string[] = ['active', 'composing', 'paused', 'inactive', 'gone'];

/** The state a message carries; `undefined` where there is none, or more than one (§5.5). */
export function parseChatState(stanza: Element): ChatState | undefined {
  const found = elements(stanza).filter((element) => element.getNS() === NS_CHAT_STATES);
  const name = found.length === 1 ? found[0]?.getName() : undefined;
  return name !== undefined && STATES.includes(name) ? (name as ChatState) : undefined;
}

export function xChatState(state: ChatState): Element {
  return x(state, { xmlns: NS_CHAT_STATES });
}

/** milliseconds without a key until `paused`, and without a look until `inactive` */
export const PAUSED_AFTER = 5_000;
export const INACTIVE_AFTER = 120_000;

interface Chat {
  /** what the other side can; asked once, corrected by what it sends; undefined until then */
  support: boolean | undefined;
  asking: boolean;
  /** the last state told, alone or with a message; §5.3: never the same twice in a row */
  told: ChatState | undefined;
  /** the state wanted, told or not */
  wanted: ChatState;
  timer: NodeJS.Timeout | undefined;
}

export interface ChatStatesOptions {
  /** asks (by capabilities) whether a resource of that bare JID has the feature */
  supports(jid: string, feature: string): Promise<boolean>;
  /** whether they may know what we do: those who see our presence. §7 */
  mayKnow(jid: string): boolean;
  /** registers the namespace with disco */
  disco: { addFeature(ns: string): void };
}

export interface OutgoingChatStates {
  /** the user allows it (§5.2: must be possible to switch off); true at first */
  enabled: boolean;
  /** The user typed something into the input line for that chat. */
  composing(jid: string): void;
  /** The user emptied the input line, or looks at the chat again. */
  active(jid: string): void;
  /** The user left the chat. */
  gone(jid: string): void;
  /** A message goes out: gives the state to put into it, `undefined` for none (§5.1). */
  attach(jid: string): 'active' | undefined;
  /** A message came: its sender can, or cannot, chat states (§5.1). */
  heard(jid: string, state: ChatState | undefined, hasBody: boolean): void;
  /** Ends the timers and forgets all chats. */
  close(): void;
}

/**
 * Tells contacts what the user does with their chat, and only those: known by capabilities or by a state of their
 * own to understand it, and allowed to know. Rooms and their occupants are not told. JIDs are bare.
 */
export function outgoingChatStates(session: Session, options: ChatStatesOptions): OutgoingChatStates {
  const chats = new Map<string, Chat>();
  options.disco.addFeature(NS_CHAT_STATES);
  session.on('online', () => {
    // A new session: the other side's clients may be others now.
    for (const chat of chats.values()) chat.support = undefined;
  });

  const chatWith = (jid: string): Chat => {
    const known = chats.get(jid);
    if (known) return known;
    const chat: Chat = {
      support: undefined,
      asking: false,
      told: undefined,
      wanted: 'active',
      timer: undefined,
    };
    chats.set(jid, chat);
    return chat;
  };

  const tell = (jid: string, chat: Chat) => {
    if (!api.enabled || !session.online || chat.told === chat.wanted || !options.mayKnow(jid)) return;
    if (chat.support === undefined) return ask(jid, chat);
    // Nothing was ever said: being there without writing is nobody's business.
    if (!chat.support || (chat.told === undefined && chat.wanted !== 'composing')) return;
    chat.told = chat.wanted;
    session.send(x('message', { to: jid, type: 'chat' }, xChatState(chat.wanted)));
  };

  const ask = (jid: string, chat: Chat) => {
    if (chat.asking) return;
    chat.asking = true;
    const known = (yes: boolean) => {
      chat.asking = false;
      // What it sent meanwhile says more.
      chat.support ??= yes;
      if (chat.support && chats.get(jid) === chat) tell(jid, chat);
    };
    options.supports(jid, NS_CHAT_STATES).then(known, () => known(false));
  };

  const want = (jid: string, chat: Chat, state: ChatState, next?: { state: ChatState; after: number }) => {
    clearTimeout(chat.timer);
    chat.wanted = state;
    tell(jid, chat);
    if (next === undefined) return;
    const then = next.state === 'paused' ? { state: 'inactive' as const, after: INACTIVE_AFTER } : undefined;
    chat.timer = setTimeout(() => want(jid, chat, next.state, then), next.after);
    chat.timer.unref();
  };

  const api: OutgoingChatStates = {
    enabled: true,
    composing: (jid) => want(jid, chatWith(jid), 'composing', { state: 'paused', after: PAUSED_AFTER }),
    active: (jid) => want(jid, chatWith(jid), 'active', { state: 'inactive', after: INACTIVE_AFTER }),
    gone(jid) {
      const chat = chats.get(jid);
      if (chat === undefined) return;
      want(jid, chat, 'gone');
      chats.delete(jid);
    },
    attach(jid) {
      const chat = chatWith(jid);
      if (!api.enabled || chat.support === false || !options.mayKnow(jid)) return undefined;
      clearTimeout(chat.timer);
      chat.wanted = 'active';
      chat.told = 'active';
      return 'active';
    },
    heard(jid, state, hasBody) {
      // Strangers are never told, so there is nothing to remember of them.
      if (!options.mayKnow(jid)) return;
      if (state !== undefined) chatWith(jid).support = true;
      // §5.1: a reply without a state says that its client does not want them.
      else if (hasBody) chatWith(jid).support = false;
    },
    close() {
      for (const chat of chats.values()) clearTimeout(chat.timer);
      chats.clear();
    },
  };
  return api;
}
