/** XEP-0166 §6, §7: the sessions there are, each with exactly one full JID, and who takes new ones. */
import { DisconnectedError, StanzaError } from '../errors.ts';
import { bareOf } from '../jid.ts';
import { randomId, type Session } from '../session/session.ts';
import { act } from './actions.ts';
import {
  type Content,
  type Jingle,
  NS,
  parseJingle,
  type Reason,
  type Role,
  tieBreak,
  unknownSession,
} from './elements.ts';
import {
  type Application,
  behind,
  type Entry,
  type JingleSession,
  type OwnSession,
  openSession,
} from './session.ts';

/** Says what becomes of an offer: an application, or why there is none. A StanzaError thrown is the answer. */
export type Offered = (content: Content, session: JingleSession) => Application | Reason;

export interface JingleSessions {
  /** Takes offers of contents with a description of that namespace. */
  register(xmlns: string, offered: Offered): void;
  /** A session of ours with one content, not offered yet; `application` hears of it. */
  open(peer: string, content: Pick<Content, 'name' | 'senders'>, application: Application): OwnSession;
}

/** A flood of sessions is cut off here: in all, and of one person. §13.2 */
const MOST_SESSIONS = 64;
const MOST_OF_ONE = 8;
const keyOf = (peer: string, sid: string) => JSON.stringify([peer, sid]);

export function jingleSessions(
  session: Session,
  { disco }: { disco: { addFeature(feature: string): void } },
): JingleSessions {
  const sessions = new Map<string, Entry>();
  const applications = new Map<string, Offered>();
  disco.addFeature(NS);

  function open(peer: string, sid: string, role: Role, content: JingleSession['content']): Entry {
    const key = keyOf(peer, sid);
    const entry = openSession(session, { peer, sid, role, content }, () => sessions.delete(key));
    sessions.set(key, entry);
    return entry;
  }

  function isFull(peer: string): boolean {
    const ofOne = [...sessions.values()].filter(({ session: { peer: other, role } }) => {
      return role === 'responder' && bareOf(other) === bareOf(peer);
    });
    return sessions.size >= MOST_SESSIONS || ofOne.length >= MOST_OF_ONE;
  }

  function offered(peer: string, { sid, initiator, contents }: Jingle): void {
    // §13.5: a session of one account is not redirected to another.
    if (initiator !== undefined && bareOf(initiator) !== bareOf(peer))
      throw new StanzaError('bad-request', 'modify');
    const [content, ...more] = contents;
    // §6.2: at least one content, of which the initiator is the creator, with what and how.
    const isWhole = ({ creator, description, transport }: Content) =>
      creator === 'initiator' && description !== undefined && transport !== undefined;
    if (content === undefined || !contents.every(isWhole)) throw new StanzaError('bad-request', 'modify');
    if (isFull(peer)) throw new StanzaError('resource-constraint', 'wait');
    const take = applications.get(content.description?.getNS() ?? '');
    const { creator, name, senders } = content;
    const entry = open(peer, sid, 'responder', { creator, name, senders });
    try {
      const answer = answerTo(content, more, take, entry.session);
      if ('condition' in answer) behind(() => entry.session.terminate(answer));
      else {
        entry.application = answer;
        behind(() => answer.begun?.());
      }
    } catch (error) {
      sessions.delete(keyOf(peer, sid));
      throw error;
    }
  }

  function answerTo(
    content: Content,
    more: readonly Content[],
    take: Offered | undefined,
    of: JingleSession,
  ): Application | Reason {
    if (take === undefined) return { condition: 'unsupported-applications' };
    // §9: we know of no precondition, and what is sent under one would not be understood.
    if (content.security !== undefined) return { condition: 'security-error' };
    // One content a session: what comes as several is offered again one by one.
    if (more.length > 0) return { condition: 'incompatible-parameters' };
    return take(content, of);
  }

  /** §7.2.16: both offered with the same id, by chance; the lower address goes on. */
  function tied(entry: Entry, jingle: Jingle): void {
    const { peer } = entry.session;
    if (session.jid < peer) throw tieBreak();
    entry.lose(tieBreak());
    offered(peer, jingle);
  }

  session.respond('set', 'jingle', NS, (iq, payload) => {
    const jingle = parseJingle(payload);
    const peer = iq.attrs.from;
    if (jingle === undefined || peer === undefined) throw new StanzaError('bad-request', 'modify');
    const entry = sessions.get(keyOf(peer, jingle.sid));
    if (entry !== undefined) {
      const isTie = entry.session.role === 'initiator' && entry.session.state === 'pending';
      if (jingle.action === 'session-initiate' && isTie) tied(entry, jingle);
      else act(entry, jingle);
    } else if (jingle.action === 'session-initiate') offered(peer, jingle);
    else throw unknownSession();
    return undefined;
  });

  // A new stream is a new resource to the peers; after a resumption (XEP-0198) the sessions go on.
  const lost = () => {
    for (const entry of [...sessions.values()]) entry.lose(new DisconnectedError());
  };
  session.on('online', lost);
  session.on('offline', ({ final }) => {
    if (final) lost();
  });
  // §6.7: nobody answers any more; a session under way notices by its bytes.
  session.on('presence', ({ attrs: { type, from } }) => {
    if (type !== 'unavailable') return;
    const ended = [...sessions.values()].filter((each) => {
      return each.session.peer === from && each.session.state === 'pending';
    });
    for (const entry of ended) {
      entry.session.terminate({ condition: 'gone' });
      entry.application?.ended(new StanzaError('recipient-unavailable'));
    }
  });

  return {
    register(xmlns, take) {
      applications.set(xmlns, take);
    },
    open(peer, about, application) {
      const entry = open(peer, randomId(), 'initiator', { ...about, creator: 'initiator' });
      entry.application = application;
      return entry.session;
    },
  };
}
