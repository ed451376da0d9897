/**
 * Docs: decisions/delivery.md. Whatever way its copies take, a message is there once, stands where the archive has it,
 * and says what its author made of it.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Message, MessageSource } from '../../src/chat/message.ts';
import type { Stores } from '../../src/chat/stores.ts';
import { openStores } from '../../src/storage/stores.ts';
import type { ArchivedMessage } from '../../src/xmpp/archive/open-queries.ts';
import type { ArchivePage } from '../../src/xmpp/archive/pages.ts';
import type { PageQuery } from '../../src/xmpp/archive/query.ts';
import { StanzaError } from '../../src/xmpp/errors.ts';
import type { ParsedMessage } from '../../src/xmpp/messages.ts';
import { arrivals, NICK, PHONE, parsed, reading, T0 } from './arrivals.ts';
import { ACCOUNT, JID, ROMEO, ROOM } from './support.ts';

/** What was said. `again`: sent once more after a lost stream, archived twice. */
interface Said {
  readonly way:
    | 'in'
    | 'out'
    | 'copied'
    | 'self'
    | 'self-copied'
    | 'room'
    | 'room-out'
    | 'private'
    | 'private-out';
  readonly body: string;
  /** of a careless sender: one that it uses again and again */
  readonly id: string | undefined;
  readonly again: boolean;
  /** seconds since what was said before */
  readonly pause: number;
}

/** What happens next to this device. */
type Step =
  /** the next thing is said, and archived */
  | { readonly do: 'say' }
  /** a copy of something said comes; which, and how */
  | { readonly do: 'copy'; readonly of: number; readonly as: 'live' | 'delayed' | 'again' }
  /** somebody changes a message of its own, or reacts to it; which, and whether this device is told live */
  | {
      readonly do: 'change';
      readonly of: number;
      readonly how: How;
      readonly emoji: string;
      readonly live: boolean;
    }
  /** what was changed since then comes live once more: the stream was resumed */
  | { readonly do: 'changes again'; readonly from: number }
  /** the other side has a message of ours, or another device of ours says so of one of theirs */
  | { readonly do: 'receipt'; readonly of: number; readonly shown: boolean }
  /** an archive is read from where it is known, until the stream breaks after so many pages */
  | { readonly do: 'read'; readonly room: boolean; readonly pages: number; readonly forgets: Forgets }
  /** the process dies; another one goes on with the same data */
  | { readonly do: 'kill' };

type How = 'correct' | 'retract' | 'react';

/** The archive does not know the id that it is asked to go on from: it says so, or begins anew. */
type Forgets = 'nothing' | 'says so' | 'begins anew';

interface Entry {
  readonly archive: string;
  readonly item: ArchivedMessage;
}

/** One thing that was said, as it goes over the wire. */
interface Traffic {
  readonly said: Said;
  readonly chat: string;
  /** what this device is told of it live; undefined where it is not told */
  readonly live: { message: ParsedMessage; source: MessageSource } | undefined;
  readonly entries: readonly Entry[];
}

/** What somebody made of something that was said. */
interface Change {
  readonly traffic: Traffic;
  readonly how: How;
  readonly id: string;
  readonly text: string;
  readonly live: { message: ParsedMessage; source: MessageSource } | undefined;
}

/** The servers and everybody else. */
class World {
  readonly archives = new Map<string, ArchivedMessage[]>([
    [ACCOUNT, []],
    [ROOM, []],
  ]);
  readonly traffic: Traffic[] = [];
  readonly changes: Change[] = [];
  private time = T0;
  private ids = 0;

  archive(by: string, message: ParsedMessage): ArchivedMessage {
    const item = { archiveId: `a${++this.ids}`, message, time: this.time, sender: undefined };
    this.archives.get(by)?.push(item);
    return item;
  }

  /** `sent`: id of the row that this device wrote, where it is the sender. */
  say(said: Said, sent: string | undefined): void {
    this.time += said.pause * 1000;
    const id = sent ?? said.id ?? `random-${++this.ids}`;
    // Only who gives every message an id of its own calls it its origin's.
    const originId = said.id === undefined ? id : undefined;
    const base = parsed({ id, originId, body: said.body });
    const at = (message: ParsedMessage, by: string, item: ArchivedMessage): ParsedMessage => ({
      ...message,
      stanzaIds: [{ id: item.archiveId, by }],
    });
    const one = (message: ParsedMessage, by: string, source?: MessageSource, withId = true): void => {
      const item = this.archive(by, message);
      const live = source && { message: withId ? at(message, by, item) : message, source };
      this.traffic.push({ said, chat: chatOf(said), live, entries: [{ archive: by, item }] });
    };
    const way: Record<string, () => void> = {
      in: () => one({ ...base, from: `${ROMEO}/orchard`, to: ACCOUNT }, ACCOUNT, 'live'),
      out: () => one({ ...base, from: JID, to: ROMEO }, ACCOUNT),
      copied: () => one({ ...base, from: PHONE, to: ROMEO }, ACCOUNT, 'carbon', false),
      room: () => one({ ...base, type: 'groupchat', from: `${ROOM}/romeo`, to: JID }, ROOM, 'live'),
      'room-out': () => one({ ...base, type: 'groupchat', from: `${ROOM}/${NICK}`, to: JID }, ROOM, 'live'),
      'private-out': () => one({ ...base, from: JID, to: `${ROOM}/romeo`, occupant: true }, ACCOUNT),
    };
    const go = way[said.way] ?? (() => this.sayTwice(said, base));
    go();
  }

  /** Archived more than once: to oneself when it was sent and when it came, in private for each device. */
  private sayTwice(said: Said, base: ParsedMessage): void {
    const self = said.way !== 'private';
    const from = self ? (said.way === 'self' ? JID : PHONE) : `${ROOM}/romeo`;
    const messages = self
      ? [ACCOUNT, ACCOUNT].map((to) => ({ ...base, from, to }))
      : [PHONE, JID].map((to) => ({ ...base, from, to, occupant: true }));
    const items = messages.map((message) => this.archive(ACCOUNT, message));
    const [, mine] = items;
    const stanzaIds = mine === undefined ? [] : [{ id: mine.archiveId, by: ACCOUNT }];
    const live = mine && { message: { ...mine.message, stanzaIds }, source: 'live' as const };
    this.traffic.push({
      said,
      chat: chatOf(said),
      live,
      entries: items.map((item) => ({ archive: ACCOUNT, item })),
    });
  }

  /** The same author changes what it said; archived and told as that was. `sent`: what this device wrote. */
  change(traffic: Traffic, how: How, text: string, sent?: string): Change {
    this.time += 1000;
    const id = sent ?? `change-${++this.ids}`;
    const [first] = traffic.entries;
    const name = traffic.said.way.startsWith('room') ? first?.item.archiveId : first?.item.message.id;
    const target = name ?? '';
    const says = {
      correct: { replaces: first?.item.message.id, body: text },
      retract: { retraction: { id: target } as ParsedMessage['retraction'], body: undefined },
      react: { reactions: { id: target, emojis: text === '' ? [] : [text] }, body: undefined },
    }[how];
    const turned = (message: ParsedMessage): ParsedMessage => ({
      ...message,
      id,
      originId: id,
      stanzaIds: [],
      ...says,
    });
    const items = traffic.entries
      .filter(({ item }) => item.message.delay === undefined)
      .map(({ archive, item }) => ({ archive, item: this.archive(archive, turned(item.message)) }));
    const [newest] = items.slice(-1);
    const stanzaIds = newest === undefined ? [] : [{ id: newest.item.archiveId, by: newest.archive }];
    const live = traffic.live && {
      message: { ...turned(traffic.live.message), stanzaIds },
      source: traffic.live.source,
    };
    const change = { traffic, how, id, text, live };
    this.changes.push(change);
    return change;
  }

  /** The message as its author left it: text and reactions. */
  outcome(traffic: Traffic): { body: string; reactions: string } {
    const own = this.changes.filter((change) => change.traffic === traffic);
    const [correction] = own.filter(({ how }) => how === 'correct').slice(-1);
    const [reaction] = own.filter(({ how }) => how === 'react').slice(-1);
    const gone = own.some(({ how }) => how === 'retract');
    return { body: gone ? '' : (correction?.text ?? traffic.said.body), reactions: reaction?.text ?? '' };
  }

  /** Its sender does not know whether it arrived. */
  sayAgain(traffic: Traffic): ArchivedMessage | undefined {
    const [entry] = traffic.entries;
    if (entry === undefined || !traffic.said.again || entry.item.message.originId === undefined)
      return undefined;
    const delay = { time: entry.item.time ?? 0, from: undefined, reason: undefined };
    return this.archive(entry.archive, { ...entry.item.message, delay });
  }

  page(query: PageQuery, size: number, forgets: Forgets): ArchivePage {
    const all = this.archives.get(query.archive) ?? [];
    const known = all.findIndex(({ archiveId }) => archiveId === query.after);
    const lost = query.after !== undefined && query.after !== '' && forgets !== 'nothing';
    if (lost && forgets === 'says so') throw new StanzaError('item-not-found');
    const after = lost ? all : all.slice(known + 1);
    const wanted = after.filter(({ time }) => query.start === undefined || (time ?? 0) >= query.start);
    const items = query.before === '' ? wanted.slice(-(query.max ?? size)) : wanted.slice(0, size);
    return {
      items,
      first: items[0]?.archiveId,
      last: items.at(-1)?.archiveId,
      complete: items.length === wanted.length,
      stable: true,
      count: undefined,
    };
  }
}

function chatOf({ way }: Said): string {
  if (way.startsWith('self')) return ACCOUNT;
  if (way.startsWith('room')) return ROOM;
  return way.startsWith('private') ? `${ROOM}/romeo` : ROMEO;
}

/** One process of this device. */
function device(stores: Stores, world: World, told: number[]) {
  const store = stores.messages;
  const { outbox, outgoing, ours, incoming } = arrivals({
    store,
    amendments: stores.amendments,
    stayed: () => true,
    received: ({ row }) => told.push(row),
    amend({ id, kind, content }, message) {
      const traffic = world.traffic.find(({ entries }) => entries[0]?.item.message.id === message.id);
      const how = ({ correction: 'correct', retraction: 'retract', reaction: 'react' } as const)[kind];
      const text = how === 'react' ? ((JSON.parse(content) as string[])[0] ?? '') : content;
      const again = world.changes.some((change) => change.id === id);
      if (traffic !== undefined && !again) world.change(traffic, how, text, id);
    },
  });
  // What an earlier process wrote nobody knows the end of.
  outgoing.lost();
  outgoing.flush();
  let breaks = Number.POSITIVE_INFINITY;
  let forgets: Forgets = 'nothing';
  let size = 3;
  const page = async (query: PageQuery): Promise<ArchivePage> => {
    if (breaks-- <= 0) throw new StanzaError('remote-server-timeout');
    const answer = world.page(query, size, forgets);
    // It knows the ids that it gave just now.
    forgets = 'nothing';
    return answer;
  };
  const sync = reading({ store, inbound: incoming, page, failed: () => undefined });
  return {
    outbox,
    ours,
    store,
    take: incoming.take,
    read(archive: string, more: { pages?: number; forgets?: Forgets; size?: number } = {}): Promise<boolean> {
      breaks = more.pages ?? Number.POSITIVE_INFINITY;
      forgets = more.forgets ?? 'nothing';
      size = more.size ?? 3;
      return sync.catchUp(archive);
    },
  };
}

const ways = [
  'in',
  'out',
  'copied',
  'self',
  'self-copied',
  'room',
  'room-out',
  'private',
  'private-out',
] as const;
/** A few ways at a time, so that much happens in one chat. */
const conversation: fc.Arbitrary<Said[]> = fc
  .subarray([...ways], { minLength: 1, maxLength: 4 })
  .chain((some) =>
    fc.array(
      fc.record({
        way: fc.constantFrom(...some),
        body: fc.constantFrom('yes', 'no'),
        id: fc.constantFrom(undefined, undefined, '1'),
        again: fc.boolean(),
        pause: fc.constantFrom(0, 0, 1, 400),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  );
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>({ do: 'say' }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('copy' as const),
      of: fc.nat(30),
      as: fc.constantFrom('live' as const, 'delayed' as const, 'again' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      room: fc.boolean(),
      pages: fc.constantFrom(1, 2, 9),
      forgets: fc.constantFrom<Forgets>('nothing', 'nothing', 'says so', 'begins anew'),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'kill' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      of: fc.nat(30),
      how: fc.constantFrom<How>('correct', 'correct', 'react', 'react', 'retract'),
      emoji: fc.constantFrom('👍', '🎉', ''),
      live: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('changes again' as const), from: fc.nat(10) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('receipt' as const), of: fc.nat(30), shown: fc.boolean() }),
  },
);

/** Only who keeps to one id a message: we do, and rooms and oneself are told apart by more. */
const careful: readonly Said['way'][] = ['private', 'copied', 'self-copied'];
const sends: readonly Said['way'][] = ['out', 'self', 'room-out', 'private-out'];

async function play(saids: readonly Said[], steps: readonly Step[]) {
  const stores = openStores(':memory:');
  try {
    const world = new World();
    const told: number[] = [];
    let process = device(stores, world, told);
    // The account is new: what the first look finds is nothing.
    for (const archive of [ACCOUNT, ROOM]) await process.read(archive);
    const left = saids.map((each) => (careful.includes(each.way) ? { ...each, id: undefined } : each));
    const happen = () => {
      const next = left.shift();
      if (next === undefined) return;
      if (!sends.includes(next.way)) return world.say(next, undefined);
      const chat = chatOf(next);
      const kind = chat === ROOM ? 'room' : chat.startsWith(ROOM) ? 'private' : 'contact';
      const { id } = process.outbox.send(chat, kind, next.body);
      world.say({ ...next, id: undefined }, id);
    };
    for (const each of [...steps, ...saids.map(() => ({ do: 'say' as const }))]) {
      if (each.do === 'say') happen();
      else if (each.do === 'kill') process = device(stores, world, told);
      else if (each.do === 'read')
        await process.read(each.room ? ROOM : ACCOUNT, { pages: each.pages, forgets: each.forgets });
      else if (each.do === 'change') change(world, process, each);
      else if (each.do === 'changes again') changesAgain(world, process, each);
      else if (each.do === 'receipt') receipt(world, process, each);
      else copy(world, process, each);
    }
    // What waited for its message goes out when that is known.
    for (const archive of [ACCOUNT, ROOM]) expect(await process.read(archive)).toBe(true);
    for (const archive of [ACCOUNT, ROOM]) expect(await process.read(archive)).toBe(true);
    const whole = summary(stores, world);
    // All of it once more changes nothing.
    for (const forgets of ['says so', 'begins anew'] as const)
      for (const archive of [ACCOUNT, ROOM]) expect(await process.read(archive, { forgets })).toBe(true);
    expect(summary(stores, world).kept).toEqual(whole.kept);
    // A correction that came before its message stood by itself until then.
    const stayed = told.filter((row) => stores.messages.get(row) !== undefined);
    return {
      ...whole,
      told: stayed,
      incoming: world.traffic.filter(({ said: { way } }) => isNews(way)).length,
    };
  } finally {
    stores.close();
  }
}

const isNews = (way: Said['way']) => ['in', 'room', 'private', 'copied', 'self-copied'].includes(way);

function copy(world: World, to: ReturnType<typeof device>, { of, as }: Step & { do: 'copy' }): void {
  const traffic = world.traffic[of % Math.max(1, world.traffic.length)];
  if (traffic === undefined) return;
  const { live, entries } = traffic;
  if (as === 'again') {
    const again = world.sayAgain(traffic);
    const by = entries[0]?.archive ?? ACCOUNT;
    if (again !== undefined && live?.source === 'live')
      to.take({ ...again.message, stanzaIds: [{ id: again.archiveId, by }] }, 'live');
    return;
  }
  if (live === undefined) return;
  const time = entries.at(-1)?.item.time ?? 0;
  const delay = as === 'delayed' ? { time, from: 'example.org', reason: undefined } : undefined;
  to.take(delay === undefined ? live.message : { ...live.message, delay }, live.source);
}

/** Whose message it is changes it: we from here, or its author, and we may be told. */
function change(
  world: World,
  by: ReturnType<typeof device>,
  { of, how, emoji, live }: Step & { do: 'change' },
): void {
  const traffic = world.traffic[of % Math.max(1, world.traffic.length)];
  // One that uses an id again cannot say which message it means.
  if (traffic === undefined || traffic.entries[0]?.item.message.originId === undefined) return;
  if (world.changes.some((other) => other.traffic === traffic && other.how === 'retract')) return;
  const text = how === 'react' ? emoji : how === 'correct' ? `better ${world.changes.length}` : '';
  if (!sends.includes(traffic.said.way)) {
    const done = world.change(traffic, how, text);
    if (live && done.live !== undefined) by.take(done.live.message, done.live.source);
    return;
  }
  const { id = '' } = traffic.entries[0].item.message;
  const row = by.store.byId(ACCOUNT, traffic.chat, id)[0]?.row ?? 0;
  // What waits to be taken back is taken back here already.
  if (by.store.get(row)?.retracted === true) return;
  // Only what is there can be taken away; in a room it stands under a nickname.
  const mine = by.store.get(row)?.reactions.some(({ from }) => from === ACCOUNT || from.includes('/'));
  if (how === 'react' && text === '' && mine !== true) return;
  if (how === 'correct') by.ours.correct(row, text);
  else if (how === 'retract') by.ours.retract(row);
  else by.ours.react(row, text === '' ? [] : [text]);
}

/** All from one on, in their order, as a resumed stream brings them. */
function changesAgain(
  { changes }: World,
  to: ReturnType<typeof device>,
  { from }: Step & { do: 'changes again' },
): void {
  for (const { live } of changes.slice(-1 - from)) if (live !== undefined) to.take(live.message, live.source);
}

function receipt(world: World, to: ReturnType<typeof device>, { of, shown }: Step & { do: 'receipt' }): void {
  const traffic = world.traffic[of % Math.max(1, world.traffic.length)];
  const id = traffic?.entries[0]?.item.message.id;
  if (traffic === undefined || id === undefined || traffic.chat !== ROMEO) return;
  const says = shown ? { marker: { type: 'displayed' as const, id } } : { receipt: id };
  const ours = !isNews(traffic.said.way) || traffic.said.way === 'copied';
  if (ours) to.take(parsed({ id: `r-${id}`, ...says }), 'live');
  else to.take(parsed({ id: `r-${id}`, from: PHONE, to: ROMEO, ...says }), 'carbon');
}

/** Of every chat: what is kept, and what was said. */
function summary(stores: Stores, world: World) {
  const shown = ({ id, direction }: Pick<Message, 'id' | 'direction'>, body: string, reactions: string) =>
    `${direction} ${id} ${body} ${reactions}`.trim();
  const chats = [ROMEO, ACCOUNT, ROOM, `${ROOM}/romeo`];
  const kept = chats.map((chat) =>
    stores.messages
      .history({ account: ACCOUNT, chat, limit: 1000 })
      .map((message) =>
        shown(message, message.body, message.reactions.flatMap(({ emojis }) => emojis).join()),
      ),
  );
  const wanted = chats.map((chat) =>
    world.traffic
      .filter((each) => each.chat === chat)
      .map((each) => {
        const { body, reactions } = world.outcome(each);
        const direction = ['in', 'room', 'private'].includes(each.said.way) ? 'in' : 'out';
        return shown({ id: each.entries[0]?.item.message.id ?? '', direction }, body, reactions);
      }),
  );
  return { kept, wanted };
}

it('every message is kept once and in the order of the archive, however its copies and changes come (XEP-0313, 0280, 0160, 0198, 0308, 0424, 0444)', async () => {
  await fc.assert(
    fc.asyncProperty(conversation, fc.array(step, { maxLength: 40 }), async (saids, steps) => {
      const { kept, wanted, told, incoming } = await play(saids, steps);
      expect(kept).toEqual(wanted);
      // Each is news once.
      expect(new Set(told).size).toBe(told.length);
      expect(told).toHaveLength(incoming);
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 200) },
  );
}, 120_000);
