import { describe, expect, it } from 'vitest';
import { type Batch, batch, type Later } from '../../src/chat/batch.ts';
import { ACCOUNT, memoryStores, past, ROMEO, World } from './support.ts';

const TOGETHER = { together: true };

function setUp() {
  const store = memoryStores().messages;
  const said: string[] = [];
  const shared = batch({ store, told: () => said.push('.'), failed: () => said.push('failed') });
  const bodies = () => store.history({ account: ACCOUNT, chat: ROMEO, limit: 100 }).map(({ body }) => body);
  /** A message that is kept, told and counted. */
  const take = (body: string) => (later: Later) => {
    store.append(past({ body }));
    later(() => said.push(`${body} of ${bodies().length}`));
    return () => said.push(`counted ${body}`);
  };
  return { store, said, bodies, take, shared };
}

describe('a batch', () => {
  it('keeps at once what comes outside of a read', () => {
    const { shared, said, take } = setUp();
    shared.run(take('one'), TOGETHER);
    expect([shared.pending, said]).toEqual([false, ['counted one', 'one of 1', '.']]);
  });

  it('keeps what comes in a read together, counts it once, and tells of it in order when it is kept', () => {
    const { shared, said, take } = setUp();
    shared.begin();
    for (const body of ['one', 'two', 'three']) shared.run(take(body), TOGETHER);
    expect([shared.pending, said]).toEqual([true, []]);
    shared.settle();
    expect(said).toEqual(['counted three', 'one of 3', 'two of 3', 'three of 3', '.']);
    expect([shared.pending, shared.settlements]).toEqual([false, 1]);
  });

  it('puts what stands by itself behind what came before it', () => {
    const { shared, said, take } = setUp();
    shared.begin();
    shared.run(take('one'), TOGETHER);
    shared.run(take('two'), { together: false });
    expect([shared.pending, said]).toEqual([
      false,
      ['counted one', 'one of 1', '.', 'counted two', 'two of 2', '.'],
    ]);
  });

  it('leaves out what fails in it, and nothing else', () => {
    const { shared, said, take, bodies } = setUp();
    shared.begin();
    shared.run(take('one'), TOGETHER);
    const broken = (later: Later) => {
      take('two')(later);
      throw new Error('a fault');
    };
    expect(() => shared.run(broken, TOGETHER)).toThrow('a fault');
    shared.run(take('three'), TOGETHER);
    shared.settle();
    expect(bodies()).toEqual(['one', 'three']);
    expect(said).toEqual(['counted one', 'one of 1', '.', 'counted three', 'three of 2', '.']);
  });

  it('keeps and tells nothing where it cannot be kept, and takes nothing until it is dropped', () => {
    const { shared, said, take, bodies } = setUp();
    const full = new Error('no space');
    const last = (later: Later) => {
      take('two')(later);
      return () => {
        throw full;
      };
    };
    shared.begin();
    shared.run(take('one'), TOGETHER);
    shared.run(last, TOGETHER);
    expect(() => shared.settle()).toThrow(full);
    expect(() => shared.run(take('three'), TOGETHER)).toThrow(full);
    expect([shared.pending, shared.settlements, said]).toEqual([true, 0, ['failed']]);
    shared.drop();
    expect([shared.pending, bodies()]).toEqual([false, []]);
    shared.run(take('one'), TOGETHER);
    shared.settle();
    expect(bodies()).toEqual(['one']);
  });

  it('tells everybody, where one who hears of it fails', () => {
    const { shared, said, take } = setUp();
    shared.begin();
    shared.run((later) => {
      later(() => {
        throw new Error('deaf');
      });
      return undefined;
    }, TOGETHER);
    shared.run(take('two'), TOGETHER);
    expect(() => shared.settle()).toThrow('deaf');
    expect([shared.pending, said]).toEqual([false, ['counted two', 'two of 1', '.']]);
  });
});

it('what else happens is told behind the messages that came before it', async () => {
  let shared: Batch | undefined;
  const world: World = new World({
    createSession: (options) => {
      shared = options.batch as Batch;
      return world.session;
    },
  });
  await world.login();
  shared?.begin();
  world.says(ROMEO, 'one');
  world.says(ROMEO, 'two', '', "type='chat' id='m2'");
  expect(world.events('message')).toEqual([]);
  world.client.emit('subject', { room: 'a@b', subject: 'news', nick: undefined, time: 0 } as never);
  expect(world.told.map(([name]) => name)).toEqual(['message', 'message', 'unread', 'subject']);
});
