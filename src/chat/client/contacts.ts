/** `client.contacts`: contacts listed, asked, answered, removed and blocked. RFC 6121 §2.3–§2.5, §3; XEP-0191. */
import { bareOf, domainOf, localOf } from '../address.ts';
import type { Contacts } from '../contacts.ts';
import { ChatError } from '../problem.ts';
import { type Requests, requestId } from '../requests.ts';
import type { Link, Linked } from './link.ts';

export interface ClientContactsOptions {
  readonly account: string;
  readonly linked: Linked;
  readonly contacts: Contacts;
  readonly requests: Requests;
  /** the roster was read */
  readonly knowsContacts: () => boolean;
  readonly settled: () => Promise<void>;
  /** requests come to this run: it is online as a person */
  readonly hearsRequests: () => boolean;
  /** everybody who asks is approved unasked */
  readonly autoApprove: () => boolean;
  /** a request of ours could not be delivered */
  readonly failed: (jid: string, condition: string, text: string | undefined) => void;
}

export interface NewContact {
  readonly name?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly greeting?: string | undefined;
}

/** What was written has been read by the server: stanzas without an answer of their own are sure to be handled. */
export async function flushed({ features, session }: Link): Promise<void> {
  await features.ping.ping(session.domain);
}

export function clientContacts(options: ClientContactsOptions) {
  const { account, linked, contacts, requests } = options;

  function asked({ presence }: Link['features'], from: string, text: string, nick: string | undefined): void {
    const subscription = contacts.item(from)?.subscription;
    // Whoever sees us already loses nothing by a second yes, and has got no answer to the first.
    const sees = subscription === 'from' || subscription === 'both';
    if (sees || options.autoApprove()) {
      presence.approve(from);
      return;
    }
    const id = requestId.subscription(from);
    requests.open({ kind: 'subscription', id, from, text: text || undefined, nick, time: Date.now() });
  }

  async function answer(jid: string, say: 'approve' | 'decline'): Promise<void> {
    const link = linked();
    link.features.presence[say](jid);
    requests.close(requestId.subscription(jid));
    await flushed(link);
  }

  /** Whom a run that only asks has not read yet; pushes come from then on (RFC 6121 §2.2). */
  async function read(): Promise<void> {
    if (!options.knowsContacts()) await linked().features.roster.load(contacts.copy());
  }

  const hasAsked = (jid: string) => requests.get(requestId.subscription(jid)) !== undefined;
  const seesUs = (jid: string) => ['from', 'both'].includes(contacts.item(jid)?.subscription ?? '');
  const isSeen = (jid: string) => ['to', 'both'].includes(contacts.item(jid)?.subscription ?? '');
  const isApproved = (jid: string) => contacts.item(jid)?.approved === true;

  return {
    attach(features: Link['features']): void {
      const { presence, roster } = features;
      presence.on('subscriptionRequest', ({ from, text, nick }) => asked(features, from, text, nick));
      presence.on('subscriptionEnded', ({ jid }) => requests.close(requestId.subscription(jid)));
      presence.on('failed', ({ jid, error }) => {
        if (contacts.item(bareOf(jid))?.ask === true)
          options.failed(bareOf(jid), error.condition, error.text);
      });
      // Answered on another device.
      roster.on('changed', ({ item }) => {
        if (item.subscription === 'from' || item.subscription === 'both')
          requests.close(requestId.subscription(item.jid));
      });
    },

    /** those who are there first, then by name */
    list: contacts.list,

    /** how many of them are there, without looking at what is kept of them */
    countOnline: contacts.countOnline,

    get: contacts.get,

    /** Resolves when the presences after log-in have come: a ping behind the initial presence, then 1 s at most. */
    settled: options.settled,

    /**
     * Puts them on the roster and asks to see their presence; `greeting` goes with the request. RFC 6121 §3.1.2.
     * Resolves to `already` where we see it: no server asks them again, and no answer comes.
     */
    async add(jid: string, more: NewContact = {}): Promise<'asked' | 'already'> {
      if (bareOf(jid) === account) throw new ChatError('own-jid', { jid });
      const link = linked();
      const known = contacts.item(jid);
      await link.features.roster.set({
        jid,
        name: more.name ?? known?.name ?? '',
        groups: more.groups ?? known?.groups ?? [],
      });
      const greeting = { text: more.greeting ?? '', nick: localOf(account) ?? '' };
      link.features.presence.subscribe(jid, greeting);
      await flushed(link);
      // What is kept of an earlier run may be old.
      if (isSeen(jid)) await read();
      return isSeen(jid) ? 'already' : 'asked';
    },

    /** Takes them off the roster, with both subscriptions. RFC 6121 §2.5. */
    async remove(jid: string): Promise<void> {
      await linked().features.roster.remove(jid);
    },

    /**
     * Lets somebody see our presence. What the server makes of it tells whether they had asked: `in-advance` where they
     * have not and will be let in when they do (§3.4). Rejects with ChatError `nobody-asked` where that is not kept.
     */
    async approve(jid: string): Promise<'approved' | 'in-advance'> {
      const asked = hasAsked(jid);
      if (!asked) await read();
      await answer(jid, 'approve');
      if (asked || seesUs(jid)) return 'approved';
      if (isApproved(jid)) return 'in-advance';
      throw new ChatError('nobody-asked', { jid });
    },

    /**
     * Declines a request, or takes back what was approved. `unknown`: where no request came to this run nobody knows
     * whether there was one, since servers keep those to themselves until one is online.
     */
    async decline(jid: string): Promise<'declined' | 'unknown'> {
      const asked = hasAsked(jid);
      if (!asked) await read();
      const known = asked || seesUs(jid) || isApproved(jid);
      if (!known && options.hearsRequests()) throw new ChatError('nobody-asked', { jid });
      await answer(jid, 'decline');
      return known ? 'declined' : 'unknown';
    },

    /**
     * Takes a bare JID or a domain. Rejects with ChatError `own-jid` and `own-server`: nothing that our server says would
     * reach us (XEP-0191 §5).
     */
    async block(jid: string): Promise<void> {
      if (bareOf(jid) === account) throw new ChatError('own-jid', { jid });
      if (bareOf(jid) === domainOf(account)) throw new ChatError('own-server', { jid });
      await linked().features.blocking.block([jid]);
      requests.close(requestId.subscription(jid));
    },

    async unblock(jid: string): Promise<void> {
      await linked().features.blocking.unblock([jid]);
    },

    /** JIDs, as the server keeps them */
    async blocked(): Promise<string[]> {
      return [...(await linked().features.blocking.list())];
    },
  };
}

export type ClientContacts = ReturnType<typeof clientContacts>;

/** What the faces may ask for. */
export type ContactArea = Omit<ClientContacts, 'attach'>;
