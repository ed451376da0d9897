/** Docs: decisions/delivery.md. What we change of messages is no more lost, and no more doubled, than messages are. */
import { describe, expect, it } from 'vitest';
import { RemoteStreamError } from '../../src/xmpp/session/stream-error.ts';
import { child, type Element } from '../../src/xmpp/stanza.ts';
import { ACCOUNT, JID, memoryStores, past, ROMEO, ROOM, turn, World } from './support.ts';

const NS_CORRECT = 'urn:xmpp:message-correct:0';
const NS_RETRACT = 'urn:xmpp:message-retract:1';
const NS_REACTIONS = 'urn:xmpp:reactions:0';
const NS_SID = 'urn:xmpp:sid:0';

/** `correct past: new text`, `retract past`, `react m1: 👍`, or the body alone. */
function said(stanza: Element): string {
  const body = stanza.getChildText('body') ?? '';
  const replace = child(stanza, 'replace', NS_CORRECT);
  const retract = child(stanza, 'retract', NS_RETRACT);
  const reactions = child(stanza, 'reactions', NS_REACTIONS);
  if (replace !== undefined) return `correct ${replace.attrs.id}: ${body}`;
  if (retract !== undefined) return `retract ${retract.attrs.id}`;
  if (reactions !== undefined)
    return `react ${reactions.attrs.id}: ${reactions.getChildren('reaction').map((emoji) => emoji.getText())}`;
  return body;
}

const all = (stanzas: readonly Element[]) => stanzas.map(said);

/** A client that has never been online, with one of our messages, and one of romeo's, both long at the server. */
function offline() {
  const stores = memoryStores();
  const { row: mine } = stores.messages.append(past({ state: 'acked', stanzaId: 's1' }));
  const theirs = { id: 'm1', direction: 'in', from: `${ROMEO}/orchard`, to: JID, state: undefined } as const;
  const { row: hers } = stores.messages.append(past({ ...theirs, body: 'when?' }));
  return { stores, world: new World({ stores }), mine, hers };
}

describe('what is changed while offline', () => {
  it('waits, is shown here at once, and says so (delivery: queued)', () => {
    const { world, mine, hers } = offline();
    expect(world.client.messages.correct(mine, 'hallo')).toMatchObject({
      body: 'hallo',
      corrected: true,
      state: 'acked',
      amendment: { kind: 'correction', state: 'queued' },
    });
    expect(world.client.messages.react(hers, ['👍'])).toMatchObject({
      reactions: [{ from: ACCOUNT, emojis: ['👍'] }],
      amendment: { kind: 'reaction', state: 'queued' },
    });
    expect(world.events('messageChanged').map(({ amendment }) => amendment?.state)).toEqual([
      'queued',
      'queued',
    ]);
  });

  it('goes out with the next stream, in the order in which all of it was made', async () => {
    const { world, mine, hers } = offline();
    world.client.messages.send(ROMEO, 'one');
    world.client.messages.correct(mine, 'hallo');
    world.client.messages.send(ROMEO, 'two');
    world.client.messages.react(hers, ['👍']);
    world.client.messages.retract(mine);
    await world.client.online('stream');
    // What is taken back needs no new text first.
    expect(all(world.sent('message'))).toEqual(['one', 'two', 'react m1: 👍', 'retract past']);
  });

  it('goes out with the next run', async () => {
    const { stores, world, mine, hers } = offline();
    world.client.messages.correct(mine, 'hallo');
    world.client.messages.react(hers, ['👍']);
    await world.client.close();
    const next = new World({ stores, pong: false });
    next.session.acknowledges = true;
    await next.client.online('stream');
    const written = next.sent('message');
    expect(all(written)).toEqual(['correct past: hallo', 'react m1: 👍']);
    for (const stanza of written) next.session.emit('acknowledged', stanza);
    expect(stores.amendments.pending(ACCOUNT)).toEqual([]);
    expect(stores.messages.get(mine)?.amendment?.state).toBe('acked');
  });

  it('of several that were never written only the last goes out', async () => {
    const { world, mine, hers } = offline();
    world.client.messages.correct(mine, 'hallo');
    world.client.messages.correct(mine, 'holla');
    world.client.messages.react(hers, ['👍']);
    world.client.messages.react(hers, ['🎉']);
    await world.client.online('stream');
    expect(all(world.sent('message'))).toEqual(['correct past: holla', 'react m1: 🎉']);
  });

  it('keeps its message from being pruned', () => {
    const { stores, world, mine } = offline();
    world.client.messages.correct(mine, 'hallo');
    stores.messages.prune(ACCOUNT, Date.UTC(2030, 0), 100);
    expect(stores.messages.get(mine)?.body).toBe('hallo');
  });
});

describe('a message that was never written', () => {
  it('gets the new text, and nothing else is sent', async () => {
    const world = new World();
    const { row, id } = world.client.messages.send(ROMEO, 'helo');
    expect(world.client.messages.correct(row, 'hello')).toMatchObject({ body: 'hello', state: 'queued', id });
    expect(world.client.messages.versions(row)).toEqual([]);
    expect(world.events('messageChanged')).toMatchObject([{ body: 'hello' }]);
    await world.client.online('stream');
    expect(all(world.sent('message'))).toEqual(['hello']);
  });

  it('that is taken back leaves the outbox; its text stays with us', async () => {
    const world = new World();
    const { row } = world.client.messages.send(ROMEO, 'helo');
    expect(world.client.messages.retract(row)).toMatchObject({
      retracted: true,
      state: 'failed',
      failure: { condition: 'withdrawn' },
    });
    expect(world.client.messages.versions(row)).toMatchObject([{ body: 'helo' }]);
    await world.client.online('stream');
    expect(world.sent('message')).toEqual([]);
  });

  it('is reacted to behind it', async () => {
    const world = new World();
    const { row, id } = world.client.messages.send(ROMEO, 'hello');
    world.client.messages.react(row, ['👍']);
    world.client.messages.send(ROMEO, 'again');
    await world.client.online('stream');
    expect(all(world.sent('message'))).toEqual(['hello', `react ${id}: 👍`, 'again']);
  });
});

describe('what becomes of a change', () => {
  async function online() {
    const world = await new World({ pong: false }).login('stream');
    world.session.acknowledges = true;
    const { row, id } = world.client.messages.send(ROMEO, 'helo');
    world.acknowledge(id);
    await turn();
    world.session.take();
    world.told.length = 0;
    return { world, row, id };
  }

  it('is acknowledged by <a/> (XEP-0198 §4), told once', async () => {
    const { world, row } = await online();
    const change = world.client.messages.correct(row, 'hello').amendment;
    expect(change?.state).toBe('sent');
    world.acknowledge(change?.id ?? '');
    world.acknowledge(change?.id ?? '');
    expect(world.events('messageChanged').map(({ amendment }) => amendment?.state)).toEqual([
      'sent',
      'acked',
    ]);
  });

  it('without XEP-0198 by the pong behind it', async () => {
    const world = await new World().login('stream');
    const { row } = world.client.messages.send(ROMEO, 'helo');
    await turn();
    world.client.messages.correct(row, 'hello');
    await turn();
    expect(world.client.messages.get(row)?.amendment?.state).toBe('acked');
  });

  it('is written again with the same id by the next stream, and says that it is late (XEP-0203)', async () => {
    const { world, row } = await online();
    world.client.messages.correct(row, 'hello');
    const [first] = world.sent('message');
    world.session.drop();
    world.session.renew();
    await turn();
    const [again, ...more] = world.sent('message');
    expect(more).toEqual([]);
    expect(again?.attrs.id).toBe(first?.attrs.id);
    expect(again?.getChild('delay', 'urn:xmpp:delay')).toBeDefined();
  });

  it('is not written again by a stream that was resumed (XEP-0198 §5)', async () => {
    const { world, row } = await online();
    world.client.messages.correct(row, 'hello');
    world.session.take();
    world.session.drop({ resumable: true });
    const late = world.client.messages.react(row, ['👍']);
    expect(late.amendment?.state).toBe('queued');
    world.session.resume();
    expect(world.sent('message').map(({ attrs }) => attrs.id)).toEqual([late.amendment?.id]);
  });

  it('fails by an error for it, while the message stays as it is', async () => {
    const { world, row } = await online();
    const { amendment } = world.client.messages.correct(row, 'hello');
    world.bounce(ROMEO, amendment?.id ?? '', 'service-unavailable');
    expect(world.client.messages.get(row)).toMatchObject({
      state: 'acked',
      amendment: { state: 'failed', failure: { condition: 'service-unavailable' } },
    });
  });

  it('is known to be there by its copy in the archive', async () => {
    const { world, row, id } = await online();
    const { amendment } = world.client.messages.correct(row, 'hello');
    const replace = `<replace xmlns='${NS_CORRECT}' id='${id}'/>`;
    world.receive(
      `<message from='${ACCOUNT}' to='${JID}'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>` +
        `<message xmlns='jabber:client' from='${JID}' to='${ROMEO}' type='chat' id='${amendment?.id}'>` +
        `<body>hello</body>${replace}</message></forwarded></sent></message>`,
    );
    expect(world.client.messages.get(row)?.amendment?.state).toBe('acked');
    expect(world.client.messages.versions(row)).toHaveLength(1);
  });

  it('too large for a server that ends the stream for it, it is not written again (RFC 6120 §13.12)', async () => {
    const { world, row } = await online();
    world.client.messages.send(ROMEO, 'x'.repeat(20_000));
    world.client.messages.correct(row, 'y'.repeat(30_000));
    world.session.drop({ reason: new RemoteStreamError('policy-violation') });
    expect(world.client.messages.get(row)?.amendment).toMatchObject({
      state: 'failed',
      failure: { condition: 'too-long' },
    });
  });
});

describe('in a room', () => {
  const given = (id: string) => `<stanza-id xmlns='${NS_SID}' by='${ROOM}' id='${id}'/>`;

  it("waits for the room's id of what it is about, and for its reflection (XEP-0424 §business-id, XEP-0045 §7.4)", async () => {
    const world = await new World({ announces: [NS_SID] }).login();
    await world.enter();
    world.session.take();
    const { row, id } = world.client.messages.send(ROOM, 'hello');
    expect(world.client.messages.retract(row).amendment?.state).toBe('queued');
    expect(all(world.sent('message'))).toEqual(['hello']);
    world.roomSays('juliet', 'hello', given('s7'), id);
    const [retraction] = world.sent('message');
    expect(retraction === undefined ? '' : said(retraction)).toBe('retract s7');
    expect(world.client.messages.get(row)?.amendment?.state).toBe('sent');
    const { id: again = '' } = retraction?.attrs ?? {};
    if (retraction !== undefined) world.session.emit('acknowledged', retraction);
    expect(world.client.messages.get(row)?.amendment?.state).toBe('sent');
    world.receive(
      `<message from='${ROOM}/juliet' to='${JID}' type='groupchat' id='${again}'>` +
        `<retract xmlns='${NS_RETRACT}' id='s7'/></message>`,
    );
    expect(world.client.messages.get(row)?.amendment?.state).toBe('acked');
  });

  it('fails with the message that it waits for', async () => {
    const world = await new World({ announces: [NS_SID] }).login();
    await world.enter();
    const { row, id } = world.client.messages.send(ROOM, 'hello');
    world.client.messages.retract(row);
    world.bounce(ROOM, id, 'forbidden');
    expect(world.client.messages.get(row)?.amendment).toMatchObject({
      state: 'failed',
      failure: { condition: 'forbidden' },
    });
  });

  it('a room that was left is told nothing, and nothing is changed here', async () => {
    const world = await new World({ announces: [NS_SID] }).login();
    await world.enter();
    const { row, id } = world.client.messages.send(ROOM, 'hello');
    world.roomSays('juliet', 'hello', given('s7'), id);
    const left = world.client.rooms.leave(ROOM);
    world.occupant(ROOM, 'juliet', [110], "type='unavailable'");
    await left;
    expect(() => world.client.messages.retract(row)).toThrow(
      expect.objectContaining({ condition: 'not-joined' }),
    );
    expect(world.client.messages.get(row)?.retracted).toBe(false);
  });
});
