/** Ids that a room gives before it has said that it gives any. XEP-0359 §6 */
import { describe, expect, it } from 'vitest';
import { NS_REACTIONS } from '../../../src/xmpp/reactions.ts';
import { ROOM, turn, World } from '../support.ts';

const SID = 'urn:xmpp:sid:0';
const by = (room: string, id: string) => `<stanza-id xmlns='${SID}' id='${id}' by='${room}'/>`;

/** In the room, which was asked what it gives and has not answered; what is said now is reflected with an id. */
async function quicker(announces: readonly string[]) {
  const world = await new World({ announces }).login();
  const joined = world.client.rooms.join(ROOM, { nick: 'juliet' });
  world.occupant(ROOM, 'juliet', [110]);
  const { row, id } = world.client.messages.send(ROOM, 'first');
  world.roomSays('juliet', 'first', by(ROOM, 's1'), id);
  world.roomSays('romeo', 'second', by(ROOM, 's2'), 'm2');
  const theirs = world.events('message').find(({ body }) => body === 'second')?.row ?? 0;
  const idOf = (which: number) => world.stores.messages.get(which)?.stanzaId;
  return { world, joined, row, theirs, idOf };
}

describe('a message right after entering, quicker than what the room says of itself', () => {
  it('has the id that the room gave it as soon as the room says that it gives ids (XEP-0359 §6)', async () => {
    const { world, joined, row, theirs, idOf } = await quicker([SID]);
    expect([world.state(row), idOf(row), idOf(theirs)]).toEqual(['acked', undefined, undefined]);
    await joined;
    await turn();
    expect([idOf(row), idOf(theirs)]).toEqual(['s1', 's2']);
  });

  it('can be reacted to at once: that goes out when the id counts (XEP-0444 §business-id)', async () => {
    const { world, joined, row, theirs } = await quicker([SID]);
    world.client.messages.react(row, ['👍']);
    world.client.messages.react(theirs, ['❤️']);
    const reactions = () =>
      world.sent('message').flatMap((stanza) => stanza.getChild('reactions', NS_REACTIONS)?.attrs.id ?? []);
    expect(reactions()).toEqual([]);
    await joined;
    await turn();
    expect(reactions()).toEqual(['s1', 's2']);
  });

  it('has none where the room gives none: what it passed on may be forged (XEP-0359 §6)', async () => {
    const { world, joined, row, theirs, idOf } = await quicker([]);
    world.client.messages.react(row, ['👍']);
    await joined;
    await turn();
    expect([idOf(row), idOf(theirs)]).toEqual([undefined, undefined]);
    expect(world.sent('message').filter((stanza) => stanza.getChild('reactions', NS_REACTIONS))).toEqual([]);
    expect(() => world.client.messages.react(row, ['👍'])).toThrow(
      expect.objectContaining({ condition: 'message-without-id' }),
    );
  });

  it('an id that stands twice is given to one message only', async () => {
    const { world, joined, row, idOf } = await quicker([SID]);
    world.roomSays('romeo', 'third', by(ROOM, 's1'), 'm3');
    const third = world.events('message').find(({ body }) => body === 'third')?.row ?? 0;
    await joined;
    await turn();
    expect([idOf(row), idOf(third)]).toEqual(['s1', undefined]);
  });
});
