/** The queries under way, and what may count as their results. XEP-0313 §4.2, §8.2 */
import { StanzaError, type XmppError } from '../errors.ts';
import { bareOf, parseJid } from '../jid.ts';
import type { ParsedMessage } from '../messages.ts';
import { type Invitation, parseDeclined, parseInvitation } from '../muc/invitations.ts';
import { NS_MUC_USER } from '../muc/occupants.ts';
import { randomId, type Session } from '../session/session.ts';
import { child, type Element } from '../stanza.ts';
import { parseResult, resultIn } from './results.ts';

/** A message as an archive keeps it. */
export interface ArchivedMessage {
  /** the id that the archive knows it by */
  readonly archiveId: string;
  readonly message: ParsedMessage;
  /** when the archive got it, milliseconds since 1970 */
  readonly time: number | undefined;
  /** set where it is no word of anybody: an invitation to a room, or the answer to one (XEP-0045 §7.8) */
  readonly invitation?: Invitation | 'declined' | undefined;
  /** archives of rooms: bare JID of who said it, where the room tells it (§6.1.2) */
  readonly sender: string | undefined;
}

/** Results of one page that are still taken: no server gives so many at once. */
const MOST = 5_000;
/** Characters of their texts: a page is kept as a whole; 250 of the largest messages that ejabberd takes. */
const MOST_TEXT = 64 * 1024 * 1024;

export interface OpenQuery {
  /** random, so that nobody else can name it */
  readonly id: string;
  /** in the order they came */
  readonly items: readonly ArchivedMessage[];
  /** ids of all results, in the order they came, those without a readable message too */
  readonly ids: ReadonlySet<string>;
  close(): void;
}

interface Collecting {
  readonly archive: string;
  readonly items: ArchivedMessage[];
  readonly ids: Set<string>;
  /** characters */
  text: number;
  heard(): void;
  failed(reason: XmppError): void;
}

export interface OpenQueriesOptions {
  readonly messages: {
    parse(stanza: Element): ParsedMessage | undefined;
    claim(test: (stanza: Element) => boolean): () => void;
  };
}

/** Collects the results of the queries that are open; everything else that calls itself a result is ignored. */
export function openQueries(session: Session, { messages }: OpenQueriesOptions) {
  const open = new Map<string, Collecting>();

  const queryOf = (stanza: Element, result: Element): Collecting | undefined => {
    const query = open.get(result.attrs.queryid ?? '');
    const { from } = stanza.attrs;
    // §8.2: from exactly the archive asked. The own one may be named or, as Prosody does, not be (RFC 6120 §8.1.2.1).
    const owned = query?.archive === session.account && from === undefined;
    return owned || query?.archive === from ? query : undefined;
  };

  messages.claim((stanza) => {
    const result = resultIn(stanza);
    return result !== undefined && queryOf(stanza, result) !== undefined;
  });
  session.on('message', (stanza) => {
    const result = resultIn(stanza);
    const query = result && queryOf(stanza, result);
    const parsed = query && parseResult(result);
    // A stanza that came again after a resumption (XEP-0198 §5) is the same result.
    if (parsed === undefined || query === undefined || query.ids.has(parsed.id)) return;
    if (query.ids.size >= MOST || query.text >= MOST_TEXT)
      return query.failed(new StanzaError('policy-violation', 'cancel', 'the archive does not end its page'));
    query.ids.add(parsed.id);
    query.heard();
    const message = parsed.message && messages.parse(parsed.message);
    if (message === undefined || !belongs(message, query.archive, session.account)) return;
    query.text += (message.body?.length ?? 0) + (message.subject?.length ?? 0);
    query.items.push({
      archiveId: parsed.id,
      message,
      time: parsed.delay?.time ?? message.delay?.time,
      invitation: invitationIn(parsed.message),
      sender: query.archive === session.account ? undefined : senderOf(parsed.message),
    });
  });

  return {
    /** `heard` is called at each result, `failed` when the archive does not keep to the rules. */
    begin(archive: string, heard: () => void, failed: (reason: XmppError) => void): OpenQuery {
      const id = randomId();
      const query: Collecting = { archive, items: [], ids: new Set(), text: 0, heard, failed };
      open.set(id, query);
      return { id, items: query.items, ids: query.ids, close: () => void open.delete(id) };
    },
  };
}

/** A room keeps what was said in it (§6.1.2): it has no word on what anybody said elsewhere. */
function belongs(message: ParsedMessage, archive: string, account: string): boolean {
  if (archive === account) return bareOf(message.from) === account || bareOf(message.to) === account;
  return message.type === 'groupchat' && bareOf(message.from) === archive;
}

function invitationIn(message: Element | undefined): Invitation | 'declined' | undefined {
  if (message === undefined) return undefined;
  return parseInvitation(message) ?? (parseDeclined(message) && 'declined');
}

function senderOf(message: Element | undefined): string | undefined {
  return parseJid(child(child(message, 'x', NS_MUC_USER), 'item', NS_MUC_USER)?.attrs.jid)?.bare;
}
