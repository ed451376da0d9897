/** Installs every feature on a session, in order: what others lean on comes first. */
import { archive } from './archive.ts';
import { blocking } from './blocking.ts';
import { bookmarks } from './bookmarks.ts';
import { inBand, NS as NS_IBB } from './bytestreams/ibb.ts';
import { NS as NS_SOCKS5, socks5Bytestreams } from './bytestreams/s5b.ts';
import { streamInitiation } from './bytestreams/si.ts';
import type { CapsStore } from './caps.ts';
import { carbons } from './carbons.ts';
import { outgoingChatStates } from './chat-states.ts';
import { clientState } from './client-state.ts';
import { directory } from './directory.ts';
import { disco } from './disco.ts';
import { displayedSync } from './displayed-sync.ts';
import { httpUpload } from './http-upload.ts';
import { bareOf } from './jid.ts';
import { jingleFiles } from './jingle/file-transfer.ts';
import { ibbTransport } from './jingle/ibb-transport.ts';
import { socks5Transport } from './jingle/socks5-transport.ts';
import { lastActivity } from './last-activity.ts';
import { markers } from './markers.ts';
import { messages } from './messages.ts';
import { channelSearch } from './muc/channel-search.ts';
import { rooms } from './muc/rooms.ts';
import type { Silences } from './muc/self-ping.ts';
import { outOfBand } from './oob.ts';
import { ping } from './ping.ts';
import { presence } from './presence.ts';
import { pubsub } from './pubsub.ts';
import { receipts } from './receipts.ts';
import { registration } from './registration.ts';
import { roster } from './roster.ts';
import type { Session } from './session/session.ts';
import { time } from './time.ts';
import { vcards } from './vcard.ts';
import { version } from './version.ts';

const NAME = 'xmpp-chat';
/** names the program in its capabilities (XEP-0115 §4) */
const NODE = 'https://www.npmjs.com/package/xmpp-chat';

export interface FeaturesOptions {
  /** of the program */
  readonly version: string;
  /** language tags, the most wanted first */
  readonly languages?: readonly string[];
  /** capabilities learnt in earlier sessions */
  readonly caps?: CapsStore;
  /** after which silence a room is asked whether we are still in */
  readonly silences?: Silences | undefined;
}

/** Everything the protocol rooms offer for one account. Call once for a session, before it connects. */
export function features(session: Session, options: FeaturesOptions) {
  const contacts = roster(session);
  const who = presence(session, { roster: contacts });
  /** they know that we are here: an answer tells nothing new */
  const isShownTo = (jid: string) => who.isShownTo(jid);
  /** they see our presence by subscription: they may hear more of us */
  const isSubscribed = (jid: string) => who.isSubscribed(jid);

  const discovery = disco(session, {
    node: NODE,
    identity: { category: 'client', type: 'console', name: NAME },
    mayKnow: isShownTo,
    ...(options.caps && { caps: options.caps }),
  });
  who.extend(() => discovery.xCaps());

  const texts = messages(session, { disco: discovery, languages: options.languages ?? [] });
  const groups = rooms(session, { disco: discovery, messages: texts, silences: options.silences });
  who.claim((jid) => groups.knows(jid));
  outOfBand(session);
  const nodes = pubsub(session, { disco: discovery });
  /** in a room everybody sees that we are there */
  const seesUs = (jid: string) => isSubscribed(jid) || groups.get(bareOf(jid)) !== undefined;

  const bytestreams = inBand(session, { disco: discovery });
  const socks5 = socks5Bytestreams(session, { disco: discovery });

  return {
    roster: contacts,
    presence: who,
    disco: discovery,
    messages: texts,
    rooms: groups,
    carbons: carbons(session, { messages: texts }),
    archive: archive(session, { disco: discovery, messages: texts }),
    clientState: clientState(session),
    chatStates: outgoingChatStates(session, {
      disco: discovery,
      mayKnow: isSubscribed,
      supports: async (jid, feature) => {
        const all = who
          .resources(jid)
          .map(({ resource }) => discovery.supports(`${jid}/${resource}`, feature));
        return (await Promise.all(all)).includes(true);
      },
    }),
    ping: ping(session, { disco: discovery, mayKnow: isShownTo }),
    version: version(session, {
      disco: discovery,
      mayKnow: isSubscribed,
      name: NAME,
      version: options.version,
    }),
    lastActivity: lastActivity(session, { disco: discovery, mayKnow: isSubscribed }),
    time: time(session, { disco: discovery, mayKnow: isSubscribed }),
    blocking: blocking(session, { disco: discovery }),
    vcard: vcards(session),
    registration: registration(session),
    directory: directory({ session, disco: discovery }),
    channelSearch: channelSearch(session, { disco: discovery }),
    pubsub: nodes,
    bookmarks: bookmarks(session, { pubsub: nodes, disco: discovery }),
    receipts: receipts(session, { disco: discovery, mayKnow: seesUs }),
    markers: markers(session, { disco: discovery, mayKnow: seesUs }),
    displayedSync: displayedSync(session, { pubsub: nodes }),
    httpUpload: httpUpload(session, { disco: discovery }),
    inBand: bytestreams,
    socks5,
    jingleFiles: jingleFiles(session, {
      disco: discovery,
      transports: [socks5Transport(session, { socks5 }), ibbTransport(bytestreams)],
    }),
    streamInitiation: streamInitiation(session, { disco: discovery, methods: [NS_SOCKS5, NS_IBB] }),
  };
}

export type Features = ReturnType<typeof features>;
