/** XEP-0166 §6, §7.2, §10: what a peer does in a session, and what it is answered. */
import { StanzaError } from '../errors.ts';
import type { Element } from '../stanza.ts';
import { type Content, type Jingle, outOfOrder, unsupportedInfo } from './elements.ts';
import { behind, type Entry, SessionEndedError } from './session.ts';

function contentOf({ session: { content } }: Entry, { contents }: Jingle): Content {
  const [named, ...more] = contents;
  const known = named?.name === content.name && named.creator === content.creator;
  if (named === undefined || !known || more.length > 0) throw new StanzaError('bad-request', 'modify');
  return named;
}

function accepted(entry: Entry, jingle: Jingle): void {
  const { session: of, application } = entry;
  if (of.role !== 'initiator' || of.state !== 'pending' || application?.accepted === undefined)
    throw outOfOrder();
  // §7.2.8: each with a description and a transport.
  const content = contentOf(entry, jingle);
  if (content.description === undefined || content.transport === undefined)
    throw new StanzaError('bad-request', 'modify');
  application.accepted(content);
  of.state = 'active';
}

function told({ application }: Entry, { info }: Jingle): void {
  // §6.8: an empty one asks whether the session lives.
  if (info.length === 0) return;
  if (info.length > 1 || application?.told(info[0] as Element) !== true) throw unsupportedInfo();
}

/** §7.2.2: what is added has to be answered; there is one content a session here. */
function refuseAdded(entry: Entry, { contents }: Jingle): void {
  if (contents.length === 0) throw new StanzaError('bad-request', 'modify');
  const refused = contents.map(({ creator, name, senders }) => ({ creator, name, senders }));
  behind(() => entry.reject(refused, { condition: 'incompatible-parameters' }));
}

function removed(entry: Entry, jingle: Jingle): void {
  contentOf(entry, jingle);
  const reason = jingle.reason ?? { condition: 'cancel' };
  // §7.2.5: a session without contents is void.
  behind(() => {
    if (entry.session.state === 'ended') return;
    entry.session.terminate(reason);
    entry.application?.ended(new SessionEndedError(reason));
  });
}

/** Throws StanzaError, which is the answer. */
export function act(entry: Entry, jingle: Jingle): void {
  const { action } = jingle;
  switch (action) {
    case 'session-accept':
      accepted(entry, jingle);
      break;
    case 'session-terminate':
      entry.lose(new SessionEndedError(jingle.reason ?? { condition: 'general-error' }));
      break;
    case 'session-info':
      told(entry, jingle);
      break;
    case 'transport-accept':
    case 'transport-info':
    case 'transport-reject':
    case 'transport-replace':
      entry.application?.transport(action, contentOf(entry, jingle).transport);
      break;
    case 'content-add':
      refuseAdded(entry, jingle);
      break;
    case 'content-remove':
      removed(entry, jingle);
      break;
    case 'content-modify':
      // §7.2.3: who sends does not change, and need not be agreed on.
      contentOf(entry, jingle);
      break;
    case 'description-info':
    case 'security-info':
      throw unsupportedInfo();
    default:
      // content-accept and content-reject answer what we never add; a session is begun once.
      throw outOfOrder();
  }
}
