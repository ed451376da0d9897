/** Files that come and go: who may offer, where they land, which route takes them. No protocol here. */
import { EventEmitter } from 'node:events';
import { randomId } from '../xmpp/session/session.ts';
import { bareOf } from './address.ts';
import type { FileState, FileTransfer, Request } from './events.ts';
import { checkPlace, type Reception, receive, refusalFor } from './files/incoming.ts';
import { type Link, type Links, nameOfLink } from './files/links.ts';
import { safeName } from './files/names.ts';
import { conditionOf, type InBandBlocks, sendByRoutes } from './files/order.ts';
import { hashedOnTheWay, type OpenFile, openFile } from './files/outgoing.ts';
import { freeSpace, removeLeftParts } from './files/part-file.ts';
import { resumptionOf, tidyParts } from './files/resuming.ts';
import type { FileRoute, IncomingOffer, RouteName } from './files/route.ts';
import { ChatError } from './problem.ts';
import type { PartialFiles } from './stores.ts';

export interface FilesEvents {
  /** when somebody offers a file and a person is to be asked; its end is told by `changed` */
  offer: [request: Request];
  /** when a transfer began, moved on (at most five times a second), or ended */
  changed: [file: FileTransfer];
}

export interface FilesOptions {
  /** in order of preference */
  readonly routes: readonly FileRoute[];
  /** the only route for what is sent, where the user wants one; default: all */
  readonly only?: (() => RouteName | undefined) | undefined;
  /** folder for received files, made when the first comes */
  readonly filesDir: () => string;
  /** this run among others with the same data, and whether one of them is dead; what such a one left is removed */
  readonly owner?: { readonly key: string; isGone(key: string): boolean } | undefined;
  readonly acceptPolicy: (from: string) => 'accept' | 'ask' | 'decline';
  /** bytes of one received file; default 4 GiB */
  readonly maxSize?: number | undefined;
  /** bytes free in a folder, undefined where unknown; tests put their own in */
  readonly freeSpace?: Reception['freeSpace'] | undefined;
  /** what is known of files that broke off; undefined: none is gone on with */
  readonly partials?: PartialFiles | undefined;
  /** whether a full JID is somebody in a room: several people behind one bare JID */
  readonly isOccupant?: ((jid: string) => boolean) | undefined;
  /** a file whose blocks were too large for our server goes again, in small ones; undefined: none does */
  readonly inBand?: InBandBlocks | undefined;
  /** opens links; undefined: none are */
  readonly links?: Links | undefined;
  /** milliseconds, for the pace of `changed` */
  readonly now?: (() => number) | undefined;
}

export interface SendOptions {
  /** of the transfer; default: a new one */
  readonly id?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((file: FileTransfer) => void) | undefined;
}

export interface Files extends EventEmitter<FilesEvents> {
  /**
   * Offers and sends; resolves when the other side has the file, or (state `queued`) the link to it waits in the outbox. Rejects with ChatError: `file-not-found`,
   * `not-a-file`, `file-unreadable`, `file-changed`, `no-route`, `declined`, `peer-closed`, `cancelled`, or the
   * condition of the route.
   */
  send(path: string, peer: string, options?: SendOptions): Promise<FileTransfer>;
  /**
   * Fetches what is behind a link, and resolves when it is here. Rejects with ChatError, as http/get.ts and the reception
   * do. What broke off is gone on with by the next call for the same link.
   */
  fetch(link: Link, options?: SendOptions): Promise<FileTransfer>;
  accept(id: string): void;
  decline(id: string): void;
  /** Ends a transfer that is offered or under way, in either direction; the other side is told. */
  cancel(id: string): void;
  get(id: string): FileTransfer | undefined;
  /** newest last */
  list(): FileTransfer[];
  /** Ends everything; resolves when no file is open any more. */
  close(): Promise<void>;
}

/** files that come at once without anybody being asked: in all, and of one account */
const MOST_COMING = 32;
const MOST_COMING_OF_ONE = 8;
/** characters kept of what a stranger says of a file */
const LONGEST_TEXT = 1000;
const LONGEST_MIME = 100;

const DEFAULT_MAX_SIZE = 4 * 1024 ** 3;
/** transfers remembered after their end */
const MOST_REMEMBERED = 200;
const PACE = 200;

type Changes = { -readonly [K in keyof FileTransfer]?: FileTransfer[K] };

interface Entry {
  file: FileTransfer;
  readonly stop: AbortController;
  /** only while a person is to answer */
  offer: IncomingOffer | undefined;
  told: number;
  /** what it failed with */
  error?: unknown;
}

/** As the faces know it: with a condition, and what their sentences name. */
function namedError(error: unknown, { peer, path = '' }: FileTransfer): ChatError {
  if (error instanceof ChatError) return error;
  return new ChatError(conditionOf(error), { jid: peer, path }, { cause: error });
}

export function files(options: FilesOptions): Files {
  const { routes, maxSize = DEFAULT_MAX_SIZE, now = () => performance.now() } = options;
  const events = new EventEmitter<FilesEvents>();
  const entries = new Map<string, Entry>();
  const running = new Set<Promise<unknown>>();
  /** taken, and not over yet; in the order in which they were taken */
  const coming = new Set<Entry>();
  const { owner } = options;
  // This run has begun nothing yet: what has its key is from the one whose place it took.
  const tidied = Promise.all([
    owner && removeLeftParts(options.filesDir(), (key) => key === owner.key || owner.isGone(key)),
    options.partials && tidyParts(options.partials),
  ]);

  const isOpen = ({ file }: Entry) => file.state === 'offered' || file.state === 'active';

  function add(file: FileTransfer, offer?: IncomingOffer): Entry {
    const entry: Entry = { file, stop: new AbortController(), offer, told: Number.NEGATIVE_INFINITY };
    entries.set(file.id, entry);
    const ended = [...entries.values()].filter((other) => !isOpen(other));
    for (const { file: old } of ended.slice(0, Math.max(0, ended.length - MOST_REMEMBERED)))
      entries.delete(old.id);
    events.emit('changed', file);
    return entry;
  }

  function change(entry: Entry, changes: Changes): void {
    const { before, awaits, state = entry.file.state } = changes;
    const quiet = before === undefined && awaits === undefined && state === entry.file.state;
    entry.file = { ...entry.file, ...changes };
    if (quiet && now() - entry.told < PACE) return;
    entry.told = now();
    events.emit('changed', entry.file);
  }

  function fail(entry: Entry, error: unknown): void {
    const failure = conditionOf(error);
    entry.error = error;
    // Whoever ended it, it was ended on purpose.
    const state = failure === 'cancelled' || failure === 'peer-closed' ? 'cancelled' : 'failed';
    change(entry, { state, awaits: undefined, failure });
  }

  /** Keeps what runs, so that close() can wait for it. */
  function run<T>(work: Promise<T>): Promise<T> {
    const kept: Promise<unknown> = work.catch(() => undefined).finally(() => running.delete(kept));
    running.add(kept);
    return work;
  }

  // ---- incoming

  /** Whether so many come that one more would take what the others need: open files, memory, the disk. */
  function isCrowded(peer: string): boolean {
    const of = bareOf(peer);
    const ofOne = [...coming].filter((entry) => bareOf(entry.file.peer) === of);
    return coming.size >= MOST_COMING || ofOne.length >= MOST_COMING_OF_ONE;
  }

  /** Bytes of the disk that are for what was taken before, and have not come yet. */
  function promisedBefore(entry: Entry): number {
    let promised = 0;
    for (const other of coming) {
      if (other === entry) break;
      promised += Math.max(0, (other.file.size ?? 0) - other.file.sent);
    }
    return promised;
  }

  function offered(route: FileRoute, offer: IncomingOffer): void {
    const policy = options.acceptPolicy(offer.peer);
    const { peer, size } = offer;
    const text = offer.text?.slice(0, LONGEST_TEXT);
    const mime = offer.mime?.slice(0, LONGEST_MIME);
    const name = safeName(offer.name);
    const id = randomId();
    const file = { id, peer, direction: 'in', name, size, mime, sent: 0, route: route.name } as const;
    if (policy === 'decline') {
      offer.decline('declined');
      add({ ...file, state: 'cancelled', failure: 'none-accepted' });
      return;
    }
    if (policy === 'accept' && isCrowded(peer)) {
      offer.decline('busy');
      add({ ...file, state: 'failed', failure: 'too-many-at-once' });
      return;
    }
    const entry = add({ ...file, state: 'offered' }, offer);
    offer.signal.addEventListener('abort', () => {
      if (entry.offer === undefined) return;
      entry.offer = undefined;
      fail(entry, new ChatError('peer-closed'));
    });
    if (policy === 'accept') void run(take(entry, offer));
    else events.emit('offer', { kind: 'file', id, from: peer, name, size, text, time: Date.now() });
  }

  function receptionFor(entry: Entry, resume?: Reception['resume']): Reception {
    return {
      folder: options.filesDir(),
      name: entry.file.name,
      owner: owner?.key,
      maxSize,
      signal: entry.stop.signal,
      onProgress: (sent) => change(entry, { sent }),
      onSumAwaited: () => change(entry, { awaits: 'checksum' }),
      onFallback: (route, condition) =>
        change(entry, { route, before: { route: entry.file.route, condition } }),
      resume,
      async freeSpace(folder) {
        const free = await (options.freeSpace ?? freeSpace)(folder);
        return free === undefined ? undefined : free - promisedBefore(entry);
      },
    };
  }

  async function take(entry: Entry, offer: IncomingOffer, going?: Reception['resume']): Promise<void> {
    entry.offer = undefined;
    coming.add(entry);
    try {
      await tidied;
      const resume = going ?? (await goesOn(entry, offer));
      const reception = receptionFor(entry, resume);
      await checkPlace(offer, reception).catch((error: unknown) => {
        offer.decline(refusalFor(error));
        throw putBack(error, resume);
      });
      if (entry.stop.signal.aborted) {
        offer.decline('declined');
        throw putBack(entry.stop.signal.reason, resume);
      }
      change(entry, { state: 'active' });
      const come = await receive(offer, reception);
      change(entry, { state: 'done', awaits: undefined, ...come, sent: come.size });
      offer.finished?.(undefined);
    } catch (error) {
      fail(entry, error);
      offer.finished?.(conditionOf(error));
      if (options.partials !== undefined) await tidyParts(options.partials);
    } finally {
      coming.delete(entry);
    }
  }

  const goesOn = (entry: Entry, offer: IncomingOffer) =>
    options.partials &&
    // Half of it may be another person's.
    (options.isOccupant?.(offer.peer) === true
      ? undefined
      : resumptionOf(offer, entry.file.name, options.partials));

  /** What was not gone on with is there for the next time. */
  function putBack(error: unknown, resume: Reception['resume']): unknown {
    const { part } = resume ?? {};
    if (part !== undefined) {
      resume?.kept(part.path);
      void run(part.keep());
    } else resume?.ended();
    return error;
  }

  // ---- links

  async function download(entry: Entry, link: Link): Promise<FileTransfer> {
    try {
      if (options.links === undefined) throw new ChatError('offline');
      const { offer, resume } = await options.links.open(link, entry.file.name, entry.stop.signal);
      change(entry, { size: offer.size, mime: offer.mime });
      await take(entry, offer, resume);
    } catch (error) {
      fail(entry, error);
      throw namedError(error, entry.file);
    }
    const { file } = entry;
    if (file.state !== 'done') throw namedError(entry.error, file);
    return file;
  }

  // ---- outgoing

  async function transmit(entry: Entry, file: OpenFile, peer: string): Promise<FileTransfer> {
    const hashed = hashedOnTheWay(file);
    let state: FileState = 'done';
    try {
      const { signal } = entry.stop;
      await sendByRoutes(routes, hashed, peer, {
        signal,
        only: options.only?.(),
        onRoute: (route, address, before) =>
          change(entry, { state: 'offered', route, peer: address, before }),
        onProgress: (sent) => change(entry, { state: 'active', sent }),
        onQueued: () => {
          state = 'queued';
        },
        inBand: options.inBand,
      });
      const sha256 = await hashed.sha256();
      const unconfirmed = routes.find(({ name }) => name === entry.file.route)?.silent;
      change(entry, { state, sent: file.size, sha256, unconfirmed });
      return entry.file;
    } catch (error) {
      fail(entry, error);
      throw namedError(error, entry.file);
    } finally {
      await file.close();
    }
  }

  /** Runs a transfer that somebody waits for, who hears of it and may end it. */
  async function followed(
    begin: Omit<FileTransfer, 'id' | 'sent' | 'state'>,
    { id = randomId(), signal, onProgress }: SendOptions,
    work: (entry: Entry) => Promise<FileTransfer>,
  ): Promise<FileTransfer> {
    const follow = (changed: FileTransfer) => {
      if (changed.id === id) onProgress?.(changed);
    };
    events.on('changed', follow);
    const awaited = onProgress === undefined ? undefined : true;
    const entry = add({ ...begin, id, sent: 0, state: 'offered', awaited });
    const abort = () => cancel(id);
    signal?.addEventListener('abort', abort);
    try {
      return await run(work(entry));
    } finally {
      signal?.removeEventListener('abort', abort);
      events.off('changed', follow);
    }
  }

  async function send(path: string, peer: string, following: SendOptions = {}): Promise<FileTransfer> {
    if (following.signal?.aborted) throw new ChatError('cancelled');
    const file = await openFile(path);
    const { name, size, mime } = file;
    const begin = { peer, direction: 'out', name, size, mime, path, route: '' } as const;
    return followed(begin, following, (entry) => transmit(entry, file, peer));
  }

  async function fetch(link: Link, following: SendOptions = {}): Promise<FileTransfer> {
    if (following.signal?.aborted) throw new ChatError('cancelled');
    if (!URL.canParse(link.url)) throw new ChatError('bad-link', { url: link.url });
    const name = safeName(link.file?.name ?? nameOfLink(link.url));
    const { size, mime } = link.file ?? {};
    const begin = { peer: link.peer, direction: 'in', name, size, mime, route: 'link' } as const;
    return followed(begin, following, (entry) => download(entry, link));
  }

  // ---- answers

  function answer(id: string): { entry: Entry; offer: IncomingOffer } {
    const entry = entries.get(id);
    const offer = entry?.offer;
    if (entry === undefined || offer === undefined) throw new ChatError('no-such-request', { id });
    return { entry, offer };
  }

  function decline(id: string): void {
    const { entry, offer } = answer(id);
    entry.offer = undefined;
    offer.decline('declined');
    change(entry, { state: 'cancelled', failure: 'declined' });
  }

  function cancel(id: string): void {
    const entry = entries.get(id);
    if (entry === undefined || !isOpen(entry)) return;
    if (entry.offer !== undefined) decline(id);
    else entry.stop.abort(new ChatError('cancelled'));
  }

  for (const route of routes) route.onOffer?.((offer) => offered(route, offer));

  return Object.assign(events, {
    send,
    fetch,
    accept(id: string) {
      const { entry, offer } = answer(id);
      void run(take(entry, offer));
    },
    decline,
    cancel,
    get: (id: string) => entries.get(id)?.file,
    list: () => [...entries.values()].map(({ file }) => file),
    async close() {
      for (const id of entries.keys()) cancel(id);
      await Promise.all(running);
    },
  });
}
