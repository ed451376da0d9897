/** XEP-0313: Message Archive Management, version 1.1.3. https://xmpp.org/extensions/xep-0313.html */
import { type CatchUpQuery, type CaughtUp, catchUp } from './archive/catch-up.ts';
import { type OpenQueriesOptions, openQueries } from './archive/open-queries.ts';
import { type ArchivePage, askPage } from './archive/pages.ts';
import { askPreferences, changePreferences, type Preferences } from './archive/preferences.ts';
import { isExtended, NS_MAM, type PageQuery } from './archive/query.ts';
import { type Metadata, parseMetadata } from './archive/results.ts';
import { pagesOnSecondStream } from './archive/second-stream.ts';
import type { DiscoInfo } from './disco-info.ts';
import { StanzaError, UnsupportedFeatureError } from './errors.ts';
import type { RequestOptions, Session } from './session/session.ts';
import { x } from './stanza.ts';

export type { CatchUpQuery, CaughtUp } from './archive/catch-up.ts';
export type { ArchivedMessage } from './archive/open-queries.ts';
export { type ArchivePage, UnknownArchiveIdError } from './archive/pages.ts';
export type { Preferences } from './archive/preferences.ts';
export { NS_MAM, type PageQuery } from './archive/query.ts';
export type { Bound, Metadata } from './archive/results.ts';

export const NS_MAM_EXTENDED = `${NS_MAM}#extended`;

/** What an entity says of its archive (§7). */
export interface ArchiveAbilities {
  /** it has one, that may be asked */
  readonly archive: boolean;
  /** ids in the filter, flipped pages, metadata */
  readonly extended: boolean;
  /** understands the filter `groupchat` */
  readonly groupchatField: boolean;
  /** what was said in rooms is in it too */
  readonly groupchat: boolean;
}

export interface Archive {
  /**
   * Asks once in a stream whether that account (the own bare JID) or room has an archive; a refusal means that it has
   * none now, and is not kept. Rejects without an answer.
   */
  abilities(archive: string): Promise<ArchiveAbilities>;
  /**
   * Asks for one page. Rejects as Session.request does (TimeoutError: no result for `timeout`, default 30 s); with
   * UnknownArchiveIdError where the archive does not have the id named; with UnsupportedFeatureError where it does not
   * understand the question.
   */
  page(query: PageQuery, options?: RequestOptions): Promise<ArchivePage>;
  /**
   * Hands page after page to `onPage`, see archive/catch-up.ts; where the own archive has many, on a second stream
   * (archive/second-stream.ts). Rejects as `page` does, or with what `onPage` throws.
   */
  catchUp(
    query: CatchUpQuery,
    onPage: (page: ArchivePage) => void,
    options?: RequestOptions,
  ): Promise<CaughtUp>;
  /** Oldest and newest (§5). Rejects with UnsupportedFeatureError where the archive does not tell. */
  metadata(archive: string, options?: RequestOptions): Promise<Metadata>;
  /** What the server keeps for the account (XEP-0441). */
  preferences(): Promise<Preferences>;
  /** Resolves to what the server made of it. */
  setPreferences(wanted: Preferences): Promise<Preferences>;
}

export interface ArchiveOptions extends OpenQueriesOptions {
  readonly disco: { info(jid: string): Promise<DiscoInfo> };
}

const HAS_NONE: readonly string[] = ['service-unavailable', 'feature-not-implemented'];

/** The archives of the account and of rooms. */
export function archive(session: Session, { disco, messages }: ArchiveOptions): Archive {
  const open = openQueries(session, { messages });
  /** what the present stream was told */
  let known = new Map<string, ArchiveAbilities>();
  session.on('online', () => {
    known = new Map();
  });

  const abilities = async (jid: string): Promise<ArchiveAbilities> => {
    const here = known;
    const told = here.get(jid);
    if (told !== undefined) return told;
    const info = await disco.info(jid).catch((error: unknown) => {
      if (error instanceof StanzaError && HAS_NONE.includes(error.condition)) return undefined;
      throw error;
    });
    const has = (feature: string) => info?.features.includes(feature) ?? false;
    const can = {
      archive: has(NS_MAM),
      extended: has(NS_MAM_EXTENDED),
      groupchatField: has(`${NS_MAM}#groupchat-field`),
      groupchat: has(`${NS_MAM}#groupchat-available`),
    };
    // A refusal holds for now alone: a room whose service is just starting says so too.
    if (info !== undefined) here.set(jid, can);
    return can;
  };
  /** §4.1, §4.3.4: verified before they are used, as the archive would refuse the whole question. */
  const demand = async (jid: string, ability: 'extended' | 'groupchatField', feature: string) => {
    if (!(await abilities(jid))[ability]) throw new UnsupportedFeatureError(feature, jid);
  };

  const page: Archive['page'] = async (query, options) => {
    if (isExtended(query)) await demand(query.archive, 'extended', NS_MAM_EXTENDED);
    if (query.groupchat !== undefined)
      await demand(query.archive, 'groupchatField', `${NS_MAM}#groupchat-field`);
    return askPage(session, open, query, options);
  };

  return {
    abilities,
    page,
    async catchUp(query, onPage, options) {
      // A room may answer its occupants alone.
      if (query.archive !== session.account) return catchUp(page, query, onPage, options);
      const pages = pagesOnSecondStream(session, messages, page);
      try {
        return await catchUp(pages.ask, query, onPage, options);
      } finally {
        pages.close();
      }
    },
    async metadata(jid, options) {
      await demand(jid, 'extended', NS_MAM_EXTENDED);
      const to = jid === session.account ? undefined : jid;
      const iq = x('iq', { type: 'get', to }, x('metadata', { xmlns: NS_MAM }));
      const metadata = parseMetadata(await session.request(iq, options));
      if (metadata === undefined) throw new StanzaError('undefined-condition');
      return metadata;
    },
    preferences: () => askPreferences(session),
    setPreferences: (wanted) => changePreferences(session, wanted),
  };
}
