/**
 * XEP-0060: Publish-Subscribe, version 1.30.0. https://xmpp.org/extensions/xep-0060.html
 * XEP-0163: Personal Eventing Protocol, version 1.2.2. https://xmpp.org/extensions/xep-0163.html
 */
import { type Delay, parseDelay } from './delay.ts';
import { StanzaError, XmppError } from './errors.ts';
import { type FormValues, parseForm, toMap, xOptions, xSubmit } from './forms.ts';
import { bareOf } from './jid.ts';
import { randomId, type Session } from './session/session.ts';
import { child, type Element, elements, type Node, x } from './stanza.ts';

export const NS_PUBSUB = 'http://jabber.org/protocol/pubsub';
export const NS_PUBSUB_EVENT = `${NS_PUBSUB}#event`;
export const NS_PUBSUB_OWNER = `${NS_PUBSUB}#owner`;
export const NS_PUBSUB_ERRORS = `${NS_PUBSUB}#errors`;

export interface PubsubItem {
  readonly id: string | undefined;
  readonly payload: Element | undefined;
}

/** What happened to a node (§7.1.2, §7.2.2, §8.4.2, §8.5.2). */
export interface PubsubEvent {
  readonly node: string;
  readonly items: readonly PubsubItem[];
  /** ids of items taken away */
  readonly retracted: readonly string[];
  readonly purged: boolean;
  readonly deleted: boolean;
  /** bare JID whose node it is */
  readonly from: string;
  readonly delay: Delay | undefined;
}

const parseItem = (item: Element): PubsubItem => ({
  id: item.attrs.id || undefined,
  payload: elements(item)[0],
});

/** Reads `<items/>` of an answer (§6.5). */
export function parseItems(items: Element | undefined): PubsubItem[] {
  return (items?.getChildren('item', items.getNS()) ?? []).map(parseItem);
}

/** Reads an event notification; `account` stands for an absent sender. `undefined` where the message is none. */
export function parseEvent(message: Element, account: string): PubsubEvent | undefined {
  const event = child(message, 'event', NS_PUBSUB_EVENT);
  const [what] = event === undefined ? [] : elements(event);
  const node = what?.attrs.node;
  if (what === undefined || !node || message.attrs.type === 'error') return undefined;
  const name = what.getName();
  if (!['items', 'purge', 'delete'].includes(name) || what.getNS() !== NS_PUBSUB_EVENT) return undefined;
  const retracted = name === 'items' ? what.getChildren('retract', NS_PUBSUB_EVENT) : [];
  return {
    node,
    items: name === 'items' ? parseItems(what) : [],
    retracted: retracted.flatMap(({ attrs }) => (attrs.id ? [attrs.id] : [])),
    purged: name === 'purge',
    deleted: name === 'delete',
    from: bareOf(message.attrs.from ?? account),
    delay: parseDelay(message),
  };
}

export interface AtService {
  /** JID of the service; the own account (XEP-0163) without one */
  readonly service?: string;
}

export interface PublishOptions extends AtService {
  /** default: random */
  readonly id?: string;
  /** what the node must be like, as `pubsub#access_model` and so on (§7.1.5) */
  readonly options?: FormValues;
}

export interface Pubsub {
  /**
   * Publishes an item; resolves to its id. Where the node is not like `options`, or the service does not take them
   * (all), it is created or configured first and looked at again: with another access model nothing is published
   * (XmppError `precondition-not-met`). Rejects as Session.request does.
   */
  publish(node: string, payload: Element, more?: PublishOptions): Promise<string>;
  /** All items that the service keeps, those named, or the newest `max`. §6.5 */
  items(node: string, more?: AtService & { ids?: readonly string[]; max?: number }): Promise<PubsubItem[]>;
  /** Takes an item away and tells the others. §7.2 */
  retract(node: string, id: string, more?: AtService): Promise<void>;
  create(node: string, values?: FormValues, more?: AtService): Promise<void>;
  /** Changes some of the configuration, keeps the rest. §8.2 */
  configure(node: string, values: FormValues, more?: AtService): Promise<void>;
  delete(node: string, more?: AtService): Promise<void>;
  /**
   * Hears what happens to a node: registers `+notify` (XEP-0163 §4.4). `private` nodes are ours alone: events from
   * anybody but the own bare JID are forged and ignored. Returns the undo.
   */
  onEvent(node: string, handler: (event: PubsubEvent) => void, more: { private: boolean }): () => void;
}

const ACCESS_MODEL = 'pubsub#access_model';
const PUBLISH_OPTIONS = `${NS_PUBSUB}#publish-options`;
/** answers of services that do not take publish-options, or these; ejabberd says `resource-constraint` of unknown ones */
const REFUSALS: readonly string[] = [
  ...['conflict', 'not-acceptable', 'bad-request', 'feature-not-implemented', 'resource-constraint'],
];

const isRefusal = (error: unknown) => error instanceof StanzaError && REFUSALS.includes(error.condition);

/** Of what a node must be like, what guards it: services take this with an item where they refuse other options. */
function guardOf(options: FormValues): FormValues | undefined {
  const access = toMap(options).get(ACCESS_MODEL);
  return access === undefined ? undefined : { [ACCESS_MODEL]: access };
}

export interface PubsubOptions {
  readonly disco: {
    addFeature(ns: string): void;
    /** whether that JID announces the feature */
    supports(jid: string, feature: string): Promise<boolean>;
  };
}

/** Nodes of ours and events of others'. */
export function pubsub(session: Session, { disco }: PubsubOptions): Pubsub {
  /** nodes that were made as they are wanted, because their service does not take that with an item */
  const prepared = new Set<string>();
  /** by service: whether it takes options with an item */
  const takes = new Map<string, Promise<boolean>>();
  session.on('online', () => {
    prepared.clear();
    takes.clear();
  });
  const takesOptions = (service: string) => {
    const answer = takes.get(service) ?? disco.supports(service, PUBLISH_OPTIONS);
    takes.set(service, answer);
    return answer;
  };
  const handlers = new Map<string, Set<{ private: boolean; handler: (event: PubsubEvent) => void }>>();

  session.on('message', (message) => {
    const event = parseEvent(message, session.account);
    if (event === undefined) return;
    const own = (message.attrs.from ?? session.account) === session.account;
    for (const entry of handlers.get(event.node) ?? []) if (own || !entry.private) entry.handler(event);
  });

  const ask = (type: 'get' | 'set', service: string | undefined, xmlns: string, ...nodes: Node[]) =>
    session.request(x('iq', { type, to: service }, x('pubsub', { xmlns }, ...nodes)));

  const write = async (node: string, item: Element, service?: string, options?: FormValues) => {
    const form = options && x('publish-options', {}, xOptions(PUBLISH_OPTIONS, options));
    await ask('set', service, NS_PUBSUB, x('publish', { node }, item), form);
  };

  const configuration = async (node: string, service: string | undefined) => {
    const answer = await ask('get', service, NS_PUBSUB_OWNER, x('configure', { node }));
    const form = parseForm(child(child(answer, 'pubsub', NS_PUBSUB_OWNER), 'configure', NS_PUBSUB_OWNER));
    if (form === undefined) throw new StanzaError('undefined-condition');
    return form;
  };

  /** Makes the node, or makes it so; then looks whether it is. */
  const prepare = async (node: string, options: FormValues, at: AtService) => {
    await api.create(node, options, at).catch((error: unknown) => {
      // It is there already (§8.1.2), or cannot be made with these: what counts is what it is like afterwards.
      if (!isRefusal(error)) throw error;
    });
    await api.configure(node, options, at);
    const wanted = toMap(options).get(ACCESS_MODEL);
    const { fields } = await configuration(node, at.service);
    const actual = fields.find((field) => field.name === ACCESS_MODEL)?.values[0];
    if (wanted !== undefined && wanted !== actual) throw new XmppError('precondition-not-met');
  };

  const api: Pubsub = {
    async publish(node, payload, { id = randomId(), service, options } = {}) {
      const at = service === undefined ? {} : { service };
      const attempt = async (given?: FormValues) => {
        try {
          await write(node, x('item', { id }, payload), service, given);
          return true;
        } catch (error) {
          if (given === undefined || !isRefusal(error)) throw error;
          return false;
        }
      };
      if (options === undefined) {
        await attempt();
        return id;
      }
      const key = JSON.stringify([service, node]);
      const guard = guardOf(options);
      // A service that does not know the options passes over them, and makes the node for everybody to read.
      const known = prepared.has(key) || (await takesOptions(service ?? session.account));
      if (known && (await attempt(prepared.has(key) ? guard : options))) return id;
      await prepare(node, options, at);
      prepared.add(key);
      if (guard === undefined || !(await attempt(guard))) await attempt();
      return id;
    },
    async items(node, { service, ids = [], max } = {}) {
      const attrs = { node, max_items: max === undefined ? undefined : String(max) };
      const named = ids.map((id) => x('item', { id }));
      const answer = await ask('get', service, NS_PUBSUB, x('items', attrs, ...named));
      return parseItems(child(child(answer, 'pubsub', NS_PUBSUB), 'items', NS_PUBSUB));
    },
    async retract(node, id, { service } = {}) {
      await ask('set', service, NS_PUBSUB, x('retract', { node, notify: 'true' }, x('item', { id })));
    },
    async create(node, values, { service } = {}) {
      const form = values && x('configure', {}, xOptions(`${NS_PUBSUB}#node_config`, values));
      await ask('set', service, NS_PUBSUB, x('create', { node }), form);
    },
    async configure(node, values, { service } = {}) {
      const form = await configuration(node, service);
      await ask('set', service, NS_PUBSUB_OWNER, x('configure', { node }, xSubmit(form, values)));
    },
    async delete(node, { service } = {}) {
      await ask('set', service, NS_PUBSUB_OWNER, x('delete', { node }));
    },
    onEvent(node, handler, { private: own }) {
      disco.addFeature(`${node}+notify`);
      const entry = { private: own, handler };
      const entries = handlers.get(node) ?? new Set();
      handlers.set(node, entries.add(entry));
      return () => void entries.delete(entry);
    },
  };
  return api;
}
