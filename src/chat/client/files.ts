/** `client.files`: files sent, kept for later, fetched and listed, and what the client's other parts have to do with them. */
import { dirname, resolve } from 'node:path';
import type { Features } from '../../xmpp/features.ts';
import type { trustedRoots } from '../../xmpp/session/trust.ts';
import { bareOf, resourceOf } from '../address.ts';
import type { Contacts } from '../contacts.ts';
import type { Contact, FileTransfer } from '../events.ts';
import { links } from '../files/links.ts';
import { type Files, files, type SendOptions } from '../files.ts';
import type { LinkedFile, Message } from '../message.ts';
import { ChatError } from '../problem.ts';
import { type Requests, requestId } from '../requests.ts';
import type { ChatRooms } from '../rooms.ts';
import type { AccountSettings } from '../settings.ts';
import type { Instance, Stores } from '../stores.ts';
import type { Delivery } from './delivery.ts';
import { fileRoutes, onlyRoute } from './file-routes.ts';
import type { ChatKinds } from './kinds.ts';
import type { Link, Linked } from './link.ts';
import { waitingFiles } from './waiting-files.ts';

export interface ClientFilesOptions {
  readonly account: string;
  readonly stores: Pick<Stores, 'messages' | 'settings' | 'partials' | 'waitingFiles' | 'instances'>;
  readonly linked: Linked;
  readonly settings: Pick<AccountSettings, 'get'>;
  /** what this run was told of `accept-files`, which the user did not set */
  readonly acceptOfRun: string | undefined;
  /** folder that received files go to */
  readonly folder: () => string;
  readonly contacts: Pick<Contacts, 'get' | 'item'>;
  readonly kinds: Pick<ChatKinds, 'kindOf' | 'chatOf'>;
  readonly rooms: Pick<ChatRooms, 'isRoom'>;
  readonly requests: Requests;
  readonly delivery: Pick<Delivery, 'sendAndSettle'>;
  /** who vouches for the servers that links lead to */
  readonly trust: () => ReturnType<ReturnType<typeof trustedRoots>>;
  /** of this run, as soon as it is known */
  readonly instance: () => Instance | undefined;
  /** Resolves when a connection that was lost is back, and what it left is on its way. */
  readonly back: () => Promise<void>;
  readonly tell: (file: FileTransfer) => void;
}

/** messages looked through for links, from the newest back */
const LINKS_SEARCHED = 1000;
/** beside the settings, under a name that is none */
const LAST_FOLDER = 'last-folder';
/** milliseconds until the server has to have the link of an uploaded file; later it waits in the outbox */
const LINK_DEADLINE = 30_000;

/** Whether they tell us when they are online. */
const seesPresence = (contact: Contact | undefined): boolean =>
  contact?.subscription === 'both' || contact?.subscription === 'to';

export function clientFiles(options: ClientFilesOptions) {
  const { account, stores, linked, settings, contacts, kinds, rooms, requests, delivery, trust } = options;
  let attached: Files | undefined;
  /** links taken unasked, one after the other */
  let fetching: Promise<void> = Promise.resolve();
  const waiting = waitingFiles({
    store: stores.waitingFiles(account),
    send: ({ path, peer, id }) => send(path, peer, { id }),
    tell: options.tell,
  });

  function transfers(): Files {
    if (attached === undefined) throw new ChatError('offline');
    return attached;
  }

  function policy(from: string): 'accept' | 'ask' | 'decline' {
    const setting = settings.get('accept-files');
    if (setting === 'all') return 'accept';
    if (setting === 'none') return 'decline';
    return setting === 'contacts' && contacts.item(bareOf(from)) !== undefined ? 'accept' : 'ask';
  }

  /** Whether somebody may learn the address of this computer: by default those who see our presence. */
  function isDirect({ presence }: Features, peer: string): boolean {
    const setting = settings.get('direct-files');
    return setting === 'all' || (setting === 'contacts' && presence.isSubscribed(peer));
  }

  /** Where a link to a file for that peer is said. A room has to be joined. */
  function linkChat(peer: string): string {
    const chat = kinds.chatOf(peer);
    const room = bareOf(chat);
    if (kinds.kindOf(chat) !== 'contact' && !rooms.isRoom(room)) throw new ChatError('not-joined', { room });
    return chat;
  }

  async function share(chat: string, url: string, file: LinkedFile, signal: AbortSignal): Promise<boolean> {
    const patience = { timeout: LINK_DEADLINE, signal, online: () => Promise.resolve() };
    const message = await delivery.sendAndSettle(chat, kinds.kindOf(chat), url, patience, { url, file });
    if (message.state === 'failed')
      throw new ChatError(message.failure?.condition ?? 'undefined-condition', { jid: chat });
    return message.state !== 'queued' && message.state !== 'sent';
  }

  async function send(path: string, peer: string, following: SendOptions = {}): Promise<FileTransfer> {
    linked();
    const file = await transfers().send(path, peer, following);
    stores.settings.set(account, LAST_FOLDER, dirname(resolve(path)));
    return file;
  }

  function linkedMessages(chat?: string): Message[] {
    const recent = stores.messages.history({ account, chat, limit: LINKS_SEARCHED });
    return recent.filter((message) => message.url !== undefined && !message.retracted).reverse();
  }

  async function fetch(url: string, following: SendOptions = {}): Promise<FileTransfer> {
    const [said] = linkedMessages().filter((message) => message.url === url);
    return transfers().fetch({ url, peer: said?.from ?? '', file: said?.file }, following);
  }

  return {
    /** Takes a connection's ways to send and receive; they stay for the life of the session. */
    attach(features: Features, session: Link['session']): void {
      const partials = stores.partials(account);
      const instance = options.instance();
      attached = files({
        routes: fileRoutes({
          features,
          session,
          isDirect: (peer) => isDirect(features, peer),
          trust,
          chatOf: linkChat,
          share,
        }),
        only: () => onlyRoute(settings.get('file-route')),
        filesDir: options.folder,
        owner: instance && { key: instance.key, isGone: (key) => stores.instances.isGone(key) },
        acceptPolicy: policy,
        partials,
        isOccupant: (jid) => kinds.kindOf(bareOf(jid)) === 'room',
        inBand: {
          get small() {
            return features.inBand.small;
          },
          online: options.back,
        },
        links: links({ trust, allowPrivate: () => settings.get('private-links') === 'on', partials }),
      });
      attached.on('offer', (request) => requests.open({ ...request, id: requestId.file(request.id) }));
      attached.on('changed', (file) => {
        if (file.state !== 'offered') requests.close(requestId.file(file.id));
        options.tell(file);
      });
    },

    /** Somebody is online: what waits for them goes. Never rejects. */
    arrived: waiting.arrived,

    /** Takes what is offered. Throws ChatError `offline`, `no-such-request`. */
    accept: (id: string): void => transfers().accept(id),

    decline: (id: string): void => transfers().decline(id),

    /** A message came: its file is taken where this run was told to take those of its sender unasked. */
    said({ url, direction, kind, from }: Message): void {
      if (url === undefined || direction !== 'in' || kind !== 'contact') return;
      // The default is not enough: a link leads anywhere, and tells its owner where we are.
      const { acceptOfRun: asked } = options;
      if ((asked !== 'contacts' && asked !== 'all') || policy(from) !== 'accept') return;
      fetching = fetching
        .then(() => fetch(url))
        .then(
          () => undefined,
          () => undefined,
        );
    },

    /** Ends what is under way; resolves when no file is open any more. */
    async close(): Promise<void> {
      waiting.close();
      await attached?.close();
    },

    /** Absolute path of the folder that the last file was sent from. */
    get lastFolder(): string | undefined {
      return stores.settings.get(account, LAST_FOLDER);
    },

    /** Resolves when done; rejects with ChatError on failure or cancel. */
    send,

    /**
     * Whether a file for them can go now: to a server that keeps it, or to somebody who is online. Of a full JID, and of
     * those whose presence we do not see, nobody knows before it is tried.
     */
    async reaches(peer: string): Promise<boolean> {
      const contact = contacts.get(bareOf(peer));
      if (kinds.kindOf(peer) !== 'contact' || resourceOf(peer) !== undefined || !seesPresence(contact))
        return true;
      if ((contact?.resources.length ?? 0) > 0) return true;
      const only = onlyRoute(settings.get('file-route'));
      if (only !== undefined && only !== 'upload') return false;
      return (await linked().features.httpUpload.service()) !== undefined;
    },

    /**
     * Keeps where a file is until they are online. Rejects with ChatError `presence-unknown` where we would not see that,
     * or as files/outgoing.ts does.
     */
    async keep(path: string, peer: string): Promise<FileTransfer> {
      if (!seesPresence(contacts.get(bareOf(peer)))) throw new ChatError('presence-unknown', { jid: peer });
      return waiting.keep(path, peer);
    },

    /** Files that wait until somebody is online; known without a connection. */
    waiting: (): FileTransfer[] => waiting.list(),

    /**
     * Fetches the file behind a link; of one that somebody sent, with the name and the sum that they gave. Resolves when
     * it is here; rejects with ChatError on failure or cancel.
     */
    fetch,

    /** Messages with a link to a file, newest first; of one chat, or of all. */
    links: linkedMessages,

    /** Transfers of this run, newest last, then those that wait. */
    list(): FileTransfer[] {
      const kept = waiting.list();
      const again = new Set(kept.map(({ id }) => id));
      return [...(attached?.list() ?? []).filter(({ id }) => !again.has(id)), ...kept];
    },

    /** Ends a transfer, or takes out one that waits. Throws ChatError `no-transfer` where there is none. */
    cancel(id: string): void {
      const waited = waiting.drop(id);
      if (!waited && attached?.get(id) === undefined) throw new ChatError('no-transfer', { id });
      attached?.cancel(id);
    },
  };
}

export type ClientFiles = ReturnType<typeof clientFiles>;

/** What the faces may ask for. */
export type FileArea = Pick<
  ClientFiles,
  'send' | 'keep' | 'fetch' | 'reaches' | 'cancel' | 'list' | 'waiting' | 'links' | 'lastFolder'
>;
