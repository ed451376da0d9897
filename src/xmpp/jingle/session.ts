/** XEP-0166 §5.1: one session with one full JID, and what it is for. */
import { StanzaError, XmppError } from '../errors.ts';
import type { Session } from '../session/session.ts';
import { type Element, x } from '../stanza.ts';
import { type Action, type Content, type Jingle, type Reason, type Role, xJingle } from './elements.ts';

/** The peer ended the session; `condition` is that of its reason. */
export class SessionEndedError extends XmppError {
  override name = 'SessionEndedError';
  readonly reason: Reason;
  constructor(reason: Reason) {
    super(reason.condition, reason.text);
    this.reason = reason;
  }
}

/** What a session is for: it hears what the peer does. A StanzaError that it throws is the answer to the peer. */
export interface Application {
  /** session-accept, of what we offered */
  accepted?(content: Content): void;
  /** The peer knows that its offer is here: what is to be said of it may be said now. */
  begun?(): void;
  transport(
    action: 'transport-accept' | 'transport-info' | 'transport-reject' | 'transport-replace',
    element: Element | undefined,
  ): void;
  /** session-info; false where it is not understood */
  told(info: Element): boolean;
  /** Once, unless `terminate` ended it: SessionEndedError by the peer, else DisconnectedError or StanzaError. */
  ended(error: XmppError): void;
}

export interface JingleSession {
  readonly sid: string;
  /** full JID */
  readonly peer: string;
  readonly role: Role;
  readonly state: 'pending' | 'active' | 'ended';
  readonly content: Pick<Content, 'creator' | 'name' | 'senders'>;
  /** Accepts what the peer offered. Rejects as Session.request does; the session is active at once. */
  accept(description: Element, transport: Element): Promise<void>;
  /** Sends an action about the transport of the content. Rejects as Session.request does. */
  transport(
    action: 'transport-accept' | 'transport-info' | 'transport-reject' | 'transport-replace',
    transport: Element,
  ): Promise<void>;
  /**
   * Tells something of the application (§7.2.9); nothing: asks whether the session lives (§6.8). Rejects as
   * Session.request does.
   */
  inform(info?: Element): Promise<void>;
  /** Ends it and tells the peer (§6.7: it is over with the sending). Does nothing where it has ended. */
  terminate(reason: Reason): void;
}

/** A session that we begin. */
export interface OwnSession extends JingleSession {
  /**
   * Offers it; resolves when the peer has the offer. Rejects as Session.request does, or with the reason of the signal;
   * the session has ended then.
   */
  initiate(description: Element, transport: Element, options: { signal: AbortSignal }): Promise<void>;
}

/** A session as the table of all sees it. */
export interface Entry {
  readonly session: Omit<OwnSession, 'state'> & { state: JingleSession['state'] };
  application: Application | undefined;
  /** It is over, and its application hears why. Does nothing where it has ended. */
  lose(error: XmppError): void;
  /** Says no to contents that the peer adds (§7.2.4). */
  reject(contents: readonly Content[], reason: Reason): void;
}

/** milliseconds that a peer has to acknowledge that it is over */
const FAREWELL = 5_000;

/** Behind the acknowledgement of what is being answered just now (§6.3.1: acknowledged, then terminated). */
export const behind = (work: () => void) => void setImmediate(work);

/** Rejects as Session.request does. */
async function sendAction(
  session: Session,
  peer: string,
  jingle: Pick<Jingle, 'action' | 'sid'> & Partial<Jingle>,
  options: { timeout?: number; signal?: AbortSignal } = {},
): Promise<void> {
  const element = xJingle({ contents: [], info: [], ...jingle });
  await session.request(x('iq', { type: 'set', to: peer }, element), options);
  // The answer is acknowledged so: what the peer says next is not held back at the server until it is (Nagle).
  session.nudge();
}

/** A session that is pending; `remove` takes it out of the table, and says whether it was there. */
export function openSession(
  session: Session,
  about: Pick<JingleSession, 'sid' | 'peer' | 'role' | 'content'>,
  remove: () => boolean,
): Entry {
  const { sid, peer, content } = about;
  let isKnown = about.role === 'responder';
  async function act(action: Action, more: Partial<Content>): Promise<void> {
    if (entry.session.state === 'ended') throw new XmppError('cancelled');
    const responder = action === 'session-accept' ? session.jid : undefined;
    await sendAction(session, peer, { action, sid, responder, contents: [{ ...content, ...more }] });
  }
  function finish(): boolean {
    entry.session.state = 'ended';
    return remove();
  }
  const entry: Entry = {
    application: undefined,
    lose(error) {
      if (finish()) entry.application?.ended(error);
    },
    reject(contents, reason) {
      const refusal = { action: 'content-reject' as const, sid, contents, reason };
      sendAction(session, peer, refusal).catch(() => undefined);
    },
    session: {
      ...about,
      state: 'pending',
      async initiate(description, transport, options) {
        isKnown = true;
        const contents = [{ ...content, description, transport }];
        const offer = { action: 'session-initiate' as const, sid, initiator: session.jid, contents };
        try {
          options.signal.throwIfAborted();
          await sendAction(session, peer, offer, options);
        } catch (error) {
          // §6.7: it may have arrived: whoever gives up says so, unless the peer refused it.
          if (error instanceof StanzaError) finish();
          else entry.session.terminate({ condition: options.signal.aborted ? 'cancel' : 'timeout' });
          throw error;
        }
      },
      accept(description, transport) {
        if (entry.session.state === 'pending') entry.session.state = 'active';
        return act('session-accept', { description, transport });
      },
      transport: (action, transport) => act(action, { transport }),
      async inform(info) {
        if (entry.session.state === 'ended') throw new XmppError('cancelled');
        await sendAction(session, peer, {
          action: 'session-info',
          sid,
          info: info === undefined ? [] : [info],
        });
      },
      terminate(reason) {
        if (!finish() || !isKnown || !session.online) return;
        const farewell = { action: 'session-terminate' as const, sid, reason };
        sendAction(session, peer, farewell, { timeout: FAREWELL }).catch(() => undefined);
      },
    },
  };
  return entry;
}
