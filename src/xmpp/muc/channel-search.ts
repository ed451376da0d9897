/** XEP-0433: Extended Channel Search, version 0.1.0. https://xmpp.org/extensions/xep-0433.html */
import type { Disco } from '../disco.ts';
import { StanzaError, XmppError } from '../errors.ts';
import { xOptions } from '../forms.ts';
import { localOf, parseJid } from '../jid.ts';
import { parsePage, xPage } from '../paging.ts';
import type { Session } from '../session/session.ts';
import { child, childText, type Element, x } from '../stanza.ts';

const BASE = 'urn:xmpp:channel-search:0';
export const NS_SEARCH = `${BASE}:search`;
const NS_PARAMS = `${BASE}:search-params`;
const NS_ERROR = `${BASE}:error`;
const BY_PEOPLE = `{${BASE}:order}nusers`;

/** Conditions of what a search service does not do (§usecases-search-request). */
export type SearchCondition = 'room-search-needs-text' | 'room-search-bad-text' | 'room-search-too-often';

export interface FoundChannel {
  /** bare JID */
  readonly room: string;
  readonly name: string;
  readonly description: string | undefined;
  /** may be old */
  readonly occupants: number | undefined;
  /** can be entered without a password and without being a member */
  readonly open: boolean | undefined;
}

/** milliseconds for each page */
const DEADLINE = 10_000;
/** rooms of a page, as far as the service goes along */
const PAGE = 50;
const MOST_PAGES = 20;
/** UTF-16 units of a name, of a description */
const LONGEST = { name: 200, description: 2000 };
/** seconds until the next question, where a service wants fewer of them and does not say when; doubled each time */
const FIRST_PAUSE = 30;
const LONGEST_PAUSE = 3600;

const textOf = (item: Element, name: keyof typeof LONGEST) =>
  childText(item, name, NS_SEARCH)?.trim().slice(0, LONGEST[name]) || undefined;

/** Reads the rooms of one page; what is no room of XEP-0045 is left out (§impl-resultitemformat). */
export function parseChannels(result: Element): FoundChannel[] {
  return result.getChildren('item', NS_SEARCH).flatMap((item): FoundChannel[] => {
    const jid = parseJid(item.attrs.address);
    const kind = childText(item, 'service-type', NS_SEARCH)?.trim() ?? 'xep-0045';
    if (jid?.local === undefined || jid.resource !== undefined || kind !== 'xep-0045') return [];
    const people = childText(item, 'nusers', NS_SEARCH)?.trim() ?? '';
    const open = childText(item, 'is-open', NS_SEARCH)?.trim();
    return [
      {
        room: jid.bare,
        name: textOf(item, 'name') ?? localOf(jid.bare) ?? jid.bare,
        description: textOf(item, 'description'),
        occupants: /^\d{1,7}$/.test(people) ? Number(people) : undefined,
        // The example has it empty, and means true.
        open: open === undefined ? undefined : ['', '1', 'true'].includes(open),
      },
    ];
  });
}

/** Asks for one page: rooms with those words, or all; those with most people first. */
export function xSearch(to: string, text: string | undefined, after?: string): Element {
  const wanted = text === undefined ? { all: true } : { q: text };
  return x(
    'iq',
    { type: 'get', to },
    x(
      'search',
      { xmlns: NS_SEARCH },
      xPage({ max: PAGE, after }),
      xOptions(NS_PARAMS, { ...wanted, types: ['xep-0045'], key: BY_PEOPLE }),
    ),
  );
}

const DECLINED: Readonly<Record<string, SearchCondition>> = {
  'full-set-retrieval-rejected': 'room-search-needs-text',
  'no-search-conditions': 'room-search-needs-text',
  'invalid-search-terms': 'room-search-bad-text',
  'rate-limit': 'room-search-too-often',
};

export interface ChannelSearch {
  /** The search service among the items of the own server; undefined where it has none (§usecases-support). */
  announced(): Promise<string | undefined>;
  /**
   * Rooms that a service knows with these words, without any: all; at most `limit`, each once. Rejects with StanzaError,
   * TimeoutError, and XmppError of a SearchCondition; while a service wants to be left alone it is not asked (§rules).
   */
  search(service: string, text: string | undefined, limit?: number): Promise<FoundChannel[]>;
}

export function channelSearch(
  session: Pick<Session, 'request'>,
  { disco, clock = () => performance.now() }: { disco: Pick<Disco, 'services'>; clock?: () => number },
): ChannelSearch {
  /** until when a service is left alone, and for how long that was, in milliseconds */
  const pauses = new Map<string, { until: number; length: number }>();

  function pause(service: string, application: Element): void {
    const said = application.attrs['retry-after'] ?? '';
    const before = pauses.get(service)?.length ?? 0;
    const own = Math.min(LONGEST_PAUSE * 1000, Math.max(FIRST_PAUSE * 1000, before * 2));
    const length = /^\d{1,6}$/.test(said) ? Math.min(Number(said), 24 * 3600) * 1000 : own;
    pauses.set(service, { until: clock() + length, length });
  }

  function reasonOf(service: string, error: unknown): unknown {
    const application = error instanceof StanzaError ? error.application : undefined;
    if (application?.getNS() !== NS_ERROR) return error;
    const condition = DECLINED[application.getName()];
    if (condition === 'room-search-too-often') pause(service, application);
    const { text } = error as StanzaError;
    return condition === undefined ? error : new XmppError(condition, text);
  }

  async function page(
    service: string,
    text: string | undefined,
    after: string | undefined,
  ): Promise<Element> {
    const answer = await session.request(xSearch(service, text, after), { timeout: DEADLINE });
    const result = child(answer, 'result', NS_SEARCH);
    if (result === undefined) throw new StanzaError('undefined-condition');
    return result;
  }

  async function search(service: string, text: string | undefined, limit: number): Promise<FoundChannel[]> {
    const found = new Map<string, FoundChannel>();
    let after: string | undefined;
    for (let pages = 0; pages < MOST_PAGES && found.size < limit; pages++) {
      const result = await page(service, text, after);
      const before = found.size;
      for (const channel of parseChannels(result))
        if (!found.has(channel.room)) found.set(channel.room, channel);
      const { last } = parsePage(result) ?? {};
      // A service that turns no page, or tells nothing new, would do so for ever.
      if (last === undefined || last === after || found.size === before) break;
      after = last;
    }
    return [...found.values()].slice(0, limit);
  }

  return {
    async announced() {
      const services = await disco.services();
      return services.find(({ info }) => info.features.includes(NS_SEARCH))?.jid;
    },
    async search(service, text, limit = 200) {
      if ((pauses.get(service)?.until ?? 0) > clock()) throw new XmppError('room-search-too-often');
      try {
        const found = await search(service, text, limit);
        pauses.delete(service);
        return found;
      } catch (error) {
        throw reasonOf(service, error);
      }
    },
  };
}
