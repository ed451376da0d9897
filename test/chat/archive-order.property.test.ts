/**
 * Docs: decisions/delivery.md. One stream, both directions in their order: what comes live, what we send and what the
 * archive answers meet in any way, and the stream breaks anywhere. Order is the archive's.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Message } from '../../src/chat/message.ts';
import type { ArchivePage } from '../../src/xmpp/archive/pages.ts';
import type { PageQuery } from '../../src/xmpp/archive/query.ts';
import { DisconnectedError } from '../../src/xmpp/errors.ts';
import type { ParsedMessage } from '../../src/xmpp/messages.ts';
import { archivedBy, arrivals, PHONE, parsed, reading, T0 } from './arrivals.ts';
import { ACCOUNT, JID, memoryStores, ROMEO, turn } from './support.ts';

const STEPS = [
  /** the other side says something */
  'hears',
  /** the same, and no copy comes */
  'misses',
  /** another device of ours says something, and no copy comes */
  'phone',
  'sends',
  /** the server takes the next thing that we wrote */
  'server',
  'server',
  /** we take the next thing that the server wrote */
  'client',
  'client',
  /** the archive is asked */
  'reads',
  /** the stream is gone, and another one up */
  'breaks',
] as const;
type Step = (typeof STEPS)[number];

/** messages of a page */
const SIZE = 2;

function world() {
  const archive: { archiveId: string; message: ParsedMessage; time: number; sender: undefined }[] = [];
  let up: (() => void)[] = [];
  let down: (() => void)[] = [];
  let asked = new Set<(error: Error) => void>();
  let names = 0;
  const keep = (message: ParsedMessage) => {
    const archiveId = `a${archive.length}`;
    archive.push({ archiveId, message, time: T0 + archive.length * 1000, sender: undefined });
    return { ...message, ...archivedBy(ACCOUNT, archiveId) };
  };
  const stores = memoryStores();
  const { outbox, incoming, store } = arrivals({
    store: stores.messages,
    wire: {
      write({ id, body }, again) {
        const delay = again ? { time: T0, from: undefined, reason: undefined } : undefined;
        up.push(() => {
          keep(parsed({ from: JID, to: ROMEO, id, originId: id, body, delay }));
          down.push(() => outbox.acknowledged(id));
        });
      },
    },
  });
  const answer = ({ after, before }: PageQuery): ArchivePage => {
    const from = archive.findIndex(({ archiveId }) => archiveId === after) + 1;
    const items = before === '' ? archive.slice(-SIZE) : archive.slice(from, from + SIZE);
    const complete = before === '' || from + SIZE >= archive.length;
    const [first, last] = [items[0]?.archiveId, items.at(-1)?.archiveId];
    return { items, first, last, complete, stable: true, count: undefined };
  };
  const page = (query: PageQuery) =>
    new Promise<ArchivePage>((resolve, reject) => {
      asked.add(reject);
      up.push(() => {
        const found = answer(query);
        down.push(() => resolve(found));
      });
    });
  const sync = reading({
    store,
    inbound: incoming,
    page,
    failed: (error) => {
      throw error;
    },
  });

  const history = () => store.history({ account: ACCOUNT, chat: ROMEO, limit: 1000 });
  const isUnderWay = ({ state }: Message) => state === 'queued' || state === 'sent';
  /** What has arrived stands in the order of the archive. */
  function check() {
    const order = archive.map(({ message }) => message.id);
    const known = history().flatMap((message) => (isUnderWay(message) ? [] : [message.id]));
    expect(known).toEqual(order.filter((id, at) => known.includes(id ?? '') && order.indexOf(id) === at));
  }
  let readings = 0;
  /** what was wrong behind a reading */
  const wrong: unknown[] = [];
  function read(then: () => void = () => undefined): void {
    readings += 1;
    sync
      .catchUp()
      .then((whole) => {
        if (!whole) return;
        check();
        then();
      })
      .catch((error: unknown) => wrong.push(error))
      .finally(() => {
        readings -= 1;
      });
  }
  /** As a client begins a stream. */
  function begin(): void {
    if (outbox.unknown()) read(() => outbox.resend({ certain: true }));
    else outbox.flush();
  }
  const name = () => `n${names++}`;
  const do_: Record<Step, () => void> = {
    hears() {
      const message = keep(parsed({ id: name(), body: 'x' }));
      down.push(() => incoming.take(message, 'live'));
    },
    misses: () => void keep(parsed({ id: name(), body: 'x' })),
    phone: () => void keep(parsed({ from: PHONE, to: ROMEO, id: name(), body: 'x' })),
    sends: () => void outbox.send(ROMEO, 'contact', name()),
    server: () => up.shift()?.(),
    client: () => down.shift()?.(),
    reads: () => read(),
    breaks() {
      up = [];
      down = [];
      const waiting = [...asked];
      asked = new Set();
      for (const reject of waiting) reject(new DisconnectedError());
      outbox.lost();
    },
  };
  return {
    async step(step: Step): Promise<void> {
      do_[step]();
      await turn();
      if (step === 'breaks') begin();
      await turn();
      if (wrong.length > 0) throw wrong[0];
    },
    /** All that is on its way arrives, and the archive is read once more. */
    async rest(): Promise<void> {
      const drain = async () => {
        while (up.length + down.length + readings > 0) {
          up.shift()?.();
          await turn();
          down.shift()?.();
          await turn();
        }
        if (wrong.length > 0) throw wrong[0];
      };
      await drain();
      read();
      await drain();
      expect(history().map(({ id }) => id)).toEqual(
        archive.map(({ message }) => message.id).filter((id, at, all) => all.indexOf(id) === at),
      );
    },
  };
}

it('what the archive named stands in its order, whatever came live or was under way meanwhile (XEP-0313 §4)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { maxLength: 40 }), async (steps) => {
      const { step, rest } = world();
      // An account that was seen before: what comes now is news.
      await step('reads');
      for (const _ of ['asked', 'answered']) for (const one of ['server', 'client'] as const) await step(one);
      for (const one of steps) await step(one);
      await rest();
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 200) },
  );
}, 120_000);
