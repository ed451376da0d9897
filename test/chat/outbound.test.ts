import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/chat/message.ts';
import { ACCOUNT, error, JID, memoryStores, NS_PING, past, ROMEO, ROOM, turn, World } from './support.ts';

describe('writing', () => {
  it('commits the row before the stanza is written (delivery: outgoing)', async () => {
    const world = await new World().login();
    const atWriting: (Message | undefined)[] = [];
    world.session.on('sent', (stanza) => {
      if (stanza.getName() !== 'message') return;
      atWriting.push(world.stores.messages.byId(world.client.account, ROMEO, stanza.attrs.id ?? '')[0]);
    });
    world.client.messages.send(ROMEO, 'hello');
    expect(atWriting).toMatchObject([{ body: 'hello', state: 'sent', direction: 'out', to: ROMEO }]);
  });

  it('writes to the bare JID, with one id as id and origin-id (RFC 6121 §5.1, XEP-0359)', async () => {
    const world = await new World().login();
    const { id } = world.client.messages.send(`${ROMEO}/orchard`, 'hello');
    const [stanza] = world.sent('message');
    expect(stanza?.attrs).toMatchObject({ to: ROMEO, type: 'chat', id });
    expect(stanza?.getChild('origin-id', 'urn:xmpp:sid:0')?.attrs.id).toBe(id);
    expect(id.length).toBeGreaterThanOrEqual(22);
  });

  it('queues while offline and writes in order, each with its own id, once the stream is up', async () => {
    const world = new World();
    const rows = ['one', 'two', 'three'].map((body) => world.client.messages.send(ROMEO, body));
    expect(rows.map(({ state }) => state)).toEqual(['queued', 'queued', 'queued']);
    await world.client.online('stream');
    const written = world.sent('message');
    expect(written.map((stanza) => stanza.attrs.id)).toEqual(rows.map(({ id }) => id));
    expect(written.map((stanza) => stanza.getChildText('body'))).toEqual(['one', 'two', 'three']);
  });

  it('names the connection that wrote it, also of what waited for one (product §5: `from` is the full JID)', async () => {
    const world = new World();
    world.session.jid = '';
    const waits = world.client.messages.send(ROMEO, 'one');
    expect(waits.from).toBe(ACCOUNT);
    world.session.jid = JID;
    await world.client.online('stream');
    expect(world.stores.messages.get(waits.row)?.from).toBe(JID);
    expect(world.client.messages.send(ROMEO, 'two').from).toBe(JID);
  });

  it('sends what an earlier run left, queued or written without an answer', async () => {
    const stores = memoryStores();
    stores.messages.append(past({ id: 'a' }));
    stores.messages.append(past({ id: 'b', state: 'sent' }));
    stores.messages.append(past({ id: 'c', state: 'acked' }));
    const world = new World({ stores });
    await world.client.online('stream');
    expect(world.sent('message').map((stanza) => stanza.attrs.id)).toEqual(['a', 'b']);
  });

  it('writes what was not acknowledged again with the same id in a new stream (delivery: stream lost)', async () => {
    const world = await new World({ pong: false }).login('stream');
    world.session.acknowledges = true;
    const first = world.client.messages.send(ROMEO, 'one');
    const second = world.client.messages.send(ROMEO, 'two');
    world.acknowledge(first.id);
    await turn();
    world.session.take();
    world.session.drop();
    world.session.renew();
    await turn();
    const again = world.sent('message');
    expect(again.map((stanza) => stanza.attrs.id)).toEqual([second.id]);
    expect(again[0]?.getChild('delay', 'urn:xmpp:delay')).toBeDefined();
    expect(world.stores.messages.get(second.row)?.mayArriveTwice).toBe(true);
  });

  it('a resumed stream gets what was typed meanwhile, and nothing twice (XEP-0198 §5)', async () => {
    const world = await new World().login('stream');
    world.session.acknowledges = true;
    world.client.messages.send(ROMEO, 'in flight');
    world.session.take();
    world.session.drop({ resumable: true });
    const typed = world.client.messages.send(ROMEO, 'while away');
    expect(typed.state).toBe('queued');
    world.session.resume();
    expect(world.sent('message').map((stanza) => stanza.attrs.id)).toEqual([typed.id]);
  });

  it('a resumed stream takes nothing that another process with the same data has on its way', async () => {
    const stores = memoryStores();
    const world = await new World({ stores }).login('stream');
    world.session.acknowledges = true;
    world.session.drop({ resumable: true });
    stores.messages.append(past({ id: 'written by another', state: 'sent' }));
    stores.messages.append(past({ id: 'typed in another' }));
    const typed = world.client.messages.send(ROMEO, 'typed here');
    world.session.take();
    world.session.resume();
    expect(world.sent('message').map((stanza) => stanza.attrs.id)).toEqual([typed.id]);
  });

  it('a stream that goes between the look and the write leaves the row queued', async () => {
    const world = await new World().login('stream');
    world.client.once('message', () => world.session.drop());
    const message = world.client.messages.send(ROMEO, 'hello');
    expect(message.state).toBe('queued');
    world.session.renew();
    expect(world.sent('message').map((stanza) => stanza.attrs.id)).toEqual([message.id]);
  });

  it('refuses a room that was left, and keeps nothing', async () => {
    const world = await new World().login();
    await world.enter();
    world.client.messages.send(ROOM, 'hello');
    const left = world.client.rooms.leave(ROOM);
    world.occupant(ROOM, 'juliet', [110], "type='unavailable'");
    await left;
    expect(world.client.chats.kindOf(ROOM)).toBe('room');
    expect(() => world.client.messages.send(ROOM, 'again')).toThrow(
      expect.objectContaining({ condition: 'not-joined' }),
    );
    expect(world.client.history.read({ chat: ROOM, limit: 9 })).toHaveLength(1);
  });

  it('keeps the chat state to those who allow it: none where the user switched it off (XEP-0085 §5.2)', async () => {
    const roster = `<item jid='${ROMEO}' subscription='both'/>`;
    const world = await new World({ roster }).login();
    world.client.messages.send(ROMEO, 'hello');
    world.client.settings.set('send-typing', 'off');
    world.client.messages.send(ROMEO, 'hello');
    const states = world.sent('message').map((stanza) => stanza.toString().includes('chatstates'));
    expect(states).toEqual([true, false]);
  });

  it('the setting of an earlier run holds for the first message too', async () => {
    const stores = memoryStores();
    stores.settings.set('juliet@example.org', 'send-typing', 'off');
    const world = await new World({ stores, roster: `<item jid='${ROMEO}' subscription='both'/>` }).login();
    world.client.messages.send(ROMEO, 'hello');
    expect(world.sent('message')[0]?.toString()).not.toContain('chatstates');
  });
});

describe('several at once', () => {
  const texts = ['one', 'two', 'three'];

  /** Counts stanzas as a stream with XEP-0198 does. */
  function counting(world: World): { readonly numbers: Map<string, number> } {
    const numbers = new Map<string, number>();
    world.session.acknowledges = true;
    world.session.nextSequence = 7;
    world.session.on('sent', ({ attrs: { id = '' } }) => {
      const number = world.session.nextSequence ?? 0;
      numbers.set(id, number);
      world.session.nextSequence = number + 1;
    });
    return { numbers };
  }

  it('shares one commit before the first stanza is written, and tells of each in order', async () => {
    const world = await new World().login('stream');
    const order: string[] = [];
    const { transaction } = world.stores.messages;
    world.stores.messages.transaction = (work) => {
      const done = transaction(work);
      order.push(`kept ${world.stores.messages.pending(ACCOUNT).length}`);
      return done;
    };
    world.session.on('sent', (stanza) => order.push(stanza.getChildText('body') ?? stanza.getName()));
    const rows = world.client.messages.sendAll(ROMEO, texts);
    expect(order).toEqual(['kept 3', ...texts]);
    expect(rows.map(({ state }) => state)).toEqual(['sent', 'sent', 'sent']);
    expect(world.events('message').map(({ body }) => body)).toEqual(texts);
  });

  it('keeps and writes none of them where one is too long', async () => {
    const world = await new World().login('stream');
    const long = 'x'.repeat(300 * 1024);
    expect(() => world.client.messages.sendAll(ROMEO, ['one', long])).toThrow(
      expect.objectContaining({ condition: 'too-long' }),
    );
    expect(world.client.history.read({ limit: 9 })).toEqual([]);
    expect([...world.sent('message'), ...world.events('message')]).toEqual([]);
  });

  it('writes none of them where they cannot be kept, and says so to the caller', async () => {
    const world = await new World().login('stream');
    const { messages } = world.stores;
    const { append } = messages;
    messages.append = (message, more) => {
      if (message.body !== 'two') return append(message, more);
      throw Object.assign(new Error('no space'), { name: 'StorageError', condition: 'full', path: 'x' });
    };
    expect(() => world.client.messages.sendAll(ROMEO, texts)).toThrow('no space');
    messages.append = append;
    expect(world.client.history.read({ limit: 9 })).toEqual([]);
    expect(world.sent('message')).toEqual([]);
    expect(world.client.messages.send(ROMEO, 'later').state).toBe('sent');
    expect(world.sent('message')).toHaveLength(1);
  });

  it('each row has the number of its own stanza (XEP-0198 §4), also where a listener sends between', async () => {
    const world = await new World().login('stream');
    const { numbers } = counting(world);
    world.client.once('message', () => world.client.messages.send(ROMEO, 'between'));
    const rows = world.client.messages.sendAll(ROMEO, texts);
    const between = world.client.history.read({ limit: 9 }).find(({ body }) => body === 'between');
    for (const { id, row } of [...rows, ...(between === undefined ? [] : [between])])
      expect(world.stores.messages.written(row).sequence).toBe(numbers.get(id));
    expect([...numbers.values()]).toEqual([7, 8, 9, 10]);
  });

  it('writes all of them, whoever of those that hear of it fails', async () => {
    const world = await new World().login('stream');
    world.client.once('message', () => {
      throw new RangeError('a listener');
    });
    expect(() => world.client.messages.sendAll(ROMEO, texts)).toThrow(RangeError);
    expect(world.sent('message').map((stanza) => stanza.getChildText('body'))).toEqual(texts);
  });

  it('goes to a room one by one, as the room lets it', async () => {
    const world = await new World().login();
    await world.enter();
    world.session.take();
    const rows = world.client.messages.sendAll(ROOM, texts);
    expect(rows.map(({ state }) => state)).toEqual(['sent', 'sent', 'sent']);
    expect(world.sent('message').map((stanza) => stanza.getChildText('body'))).toEqual(texts);
  });

  it('what waited goes out in its order, to contacts with one commit, each with its own number', async () => {
    const stores = memoryStores();
    const world = new World({ stores });
    const { numbers } = counting(world);
    const rows = [
      ...world.client.messages.sendAll(ROMEO, texts),
      ...world.client.messages.sendAll('tybalt@example.org', ['four', 'five']),
    ];
    let commits = 0;
    const { transaction } = stores.messages;
    stores.messages.transaction = (work) => {
      commits += 1;
      return transaction(work);
    };
    await world.client.online('stream');
    expect(commits).toBe(1);
    const written = world.sent('message');
    expect(written.map((stanza) => stanza.attrs.id)).toEqual(rows.map(({ id }) => id));
    for (const { id, row } of rows) expect(stores.messages.written(row).sequence).toBe(numbers.get(id));
  });

  it('what waited stays in the outbox where its commit fails, and nothing of it is written', async () => {
    const stores = memoryStores();
    const world = await new World({ stores }).login('stream');
    world.session.acknowledges = true;
    world.session.drop({ resumable: true });
    const rows = world.client.messages.sendAll(ROMEO, texts);
    const { write } = stores.messages;
    stores.messages.write = (row, ...more) => {
      if (row !== rows[1]?.row) return write(row, ...more);
      throw Object.assign(new Error('no space'), { name: 'StorageError', condition: 'full', path: 'x' });
    };
    world.session.take();
    expect(() => world.session.resume()).toThrow('no space');
    expect(world.sent('message')).toEqual([]);
    expect(rows.map(({ row }) => world.state(row))).toEqual(['queued', 'queued', 'queued']);
    stores.messages.write = write;
    world.session.drop({ resumable: true });
    world.session.resume();
    expect(world.sent('message').map((stanza) => stanza.attrs.id)).toEqual(rows.map(({ id }) => id));
  });
});

describe('confirming', () => {
  it('is acknowledged by <a/> (XEP-0198 §4), told once', async () => {
    const world = await new World({ pong: false }).login('stream');
    world.session.acknowledges = true;
    const message = world.client.messages.send(ROMEO, 'hello');
    world.acknowledge(message.id);
    world.acknowledge(message.id);
    await turn();
    expect(world.state(message.row)).toBe('acked');
    expect(world.events('messageChanged')).toMatchObject([{ row: message.row, state: 'acked' }]);
    expect(world.sent('iq')).toEqual([]);
  });

  it('without XEP-0198 the pong behind it acknowledges; one ping for all that is written at once', async () => {
    const world = await new World({ pong: false }).login('stream');
    const rows = ['one', 'two'].map((body) => world.client.messages.send(ROMEO, body));
    await turn();
    const sent = world.session.take();
    expect(sent.map((stanza) => stanza.getName())).toEqual(['message', 'message', 'iq']);
    expect(rows.map(({ row }) => world.state(row))).toEqual(['sent', 'sent']);
    const ping = sent.at(-1);
    expect(ping?.getChild('ping', NS_PING)).toBeDefined();
    const later = world.client.messages.send(ROMEO, 'three');
    if (ping !== undefined) world.session.answer(ping);
    await turn();
    expect([...rows, later].map(({ row }) => world.state(row))).toEqual(['acked', 'acked', 'sent']);
  });

  it('a pong that never comes leaves it sent, and rejects nothing', async () => {
    const world = await new World({ pong: false }).login('stream');
    const message = world.client.messages.send(ROMEO, 'hello');
    await turn();
    world.session.drop();
    await turn();
    expect(world.state(message.row)).toBe('sent');
  });

  it("knows a room's message by its reflection only, which gives its archive id (XEP-0045 §7.4)", async () => {
    const world = await new World({ announces: ['urn:xmpp:sid:0'] }).login();
    await world.enter();
    world.session.acknowledges = true;
    const message = world.client.messages.send(ROOM, 'hello');
    world.acknowledge(message.id);
    await turn();
    expect(world.state(message.row)).toBe('sent');
    world.roomSays('juliet', 'hello', `<stanza-id xmlns='urn:xmpp:sid:0' by='${ROOM}' id='s1'/>`, message.id);
    expect(world.stores.messages.get(message.row)).toMatchObject({ state: 'acked', stanzaId: 's1' });
    expect(world.client.history.read({ chat: ROOM, limit: 9 })).toHaveLength(1);
  });

  it('no ping confirms what goes to a room', async () => {
    const world = await new World().login();
    await world.enter();
    world.session.take();
    const { row } = world.client.messages.send(ROOM, 'hello');
    await turn();
    expect(world.sent('iq')).toEqual([]);
    expect(world.state(row)).toBe('sent');
  });

  it('knows the reflection by its origin-id where the room gave it another id (XEP-0359)', async () => {
    const world = await new World().login();
    await world.enter();
    const { id, row } = world.client.messages.send(ROOM, 'hello');
    world.roomSays('juliet', 'hello', `<origin-id xmlns='urn:xmpp:sid:0' id='${id}'/>`, 'other');
    expect(world.state(row)).toBe('acked');
    expect(world.client.history.read({ chat: ROOM, limit: 9 })).toHaveLength(1);
  });

  it("another occupant's message with our id acknowledges nothing", async () => {
    const world = await new World().login();
    await world.enter();
    const { id, row } = world.client.messages.send(ROOM, 'hello');
    world.roomSays('romeo', 'hello', '', id);
    expect(world.state(row)).toBe('sent');
    expect(world.client.history.read({ chat: ROOM, limit: 9 })).toHaveLength(2);
  });

  it('waits in the outbox for the room, and goes when it is entered', async () => {
    const stores = memoryStores();
    stores.rooms.keep('juliet@example.org', { room: ROOM, nick: 'juliet', autojoin: false });
    const world = await new World({ stores }).login();
    const message = world.client.messages.send(ROOM, 'hello');
    expect(message).toMatchObject({ state: 'queued', kind: 'room', from: `${ROOM}/juliet` });
    expect(world.sent('message')).toEqual([]);
    await world.enter();
    const [stanza] = world.sent('message');
    expect(stanza?.attrs).toMatchObject({ to: ROOM, type: 'groupchat', id: message.id });
  });

  it('writes private messages to the occupant, marked as such (XEP-0045 §7.5)', async () => {
    const world = await new World().login();
    await world.enter();
    world.session.take();
    world.client.messages.send(`${ROOM}/romeo`, 'psst');
    const [stanza] = world.sent('message');
    expect(stanza?.attrs).toMatchObject({ to: `${ROOM}/romeo`, type: 'chat' });
    expect(stanza?.getChild('x', 'http://jabber.org/protocol/muc#user')).toBeDefined();
    expect(world.client.chats.kindOf(`${ROOM}/romeo`)).toBe('private');
  });

  it('a store that fails is told once, and the acknowledgement is committed with the next one', async () => {
    const world = await new World({ pong: false }).login('stream');
    world.session.acknowledges = true;
    const first = world.client.messages.send(ROMEO, 'one');
    const second = world.client.messages.send(ROMEO, 'two');
    const { messages } = world.stores;
    const { acknowledge } = messages;
    messages.acknowledge = () => {
      throw Object.assign(new Error('no space'), { name: 'StorageError', condition: 'full', path: 'x' });
    };
    world.acknowledge(first.id);
    await turn();
    messages.acknowledge = acknowledge;
    expect(world.events('problem')).toMatchObject([{ condition: 'full' }]);
    expect(world.state(first.row)).toBe('sent');
    world.acknowledge(second.id);
    await turn();
    expect([world.state(first.row), world.state(second.row)]).toEqual(['acked', 'acked']);
  });
});

describe('errors', () => {
  it('an error makes it failed, with what was said (RFC 6120 §8.3)', async () => {
    const world = await new World({ pong: false }).login('stream');
    const message = world.client.messages.send(ROMEO, 'hello');
    world.receive(
      `<message from='${ROMEO}' to='${JID}' type='error' id='${message.id}'>${error('item-not-found', 'cancel', 'who?')}</message>`,
    );
    expect(world.stores.messages.get(message.row)).toMatchObject({
      state: 'failed',
      failure: { condition: 'item-not-found', text: 'who?' },
    });
    expect(world.client.history.read({ limit: 9 })).toHaveLength(1);
  });

  it('a late error makes acked failed (delivery: errors that come late)', async () => {
    const world = await new World().login('stream');
    const message = world.client.messages.send(ROMEO, 'hello');
    await turn();
    expect(world.state(message.row)).toBe('acked');
    world.bounce(`${ROMEO}/orchard`, message.id, 'service-unavailable');
    expect(world.state(message.row)).toBe('failed');
  });

  it.each(['delivered', 'read'] as const)('no error undoes %s', async (state) => {
    const world = await new World().login('stream');
    const message = world.client.messages.send(ROMEO, 'hello');
    await turn();
    world.stores.messages.setState(message.row, state);
    world.bounce(ROMEO, message.id, 'service-unavailable');
    expect(world.state(message.row)).toBe(state);
  });

  it('an error from somebody else is none for it', async () => {
    const world = await new World().login('stream');
    const message = world.client.messages.send(ROMEO, 'hello');
    await turn();
    world.bounce('iago@example.org', message.id, 'item-not-found');
    expect(world.state(message.row)).toBe('acked');
  });

  it('an error right behind the acknowledgement, in one read, stays', async () => {
    const world = await new World({ pong: false }).login('stream');
    world.session.acknowledges = true;
    const message = world.client.messages.send(ROMEO, 'hello');
    world.acknowledge(message.id);
    world.bounce(ROMEO, message.id, 'item-not-found');
    await turn();
    expect(world.state(message.row)).toBe('failed');
    expect(world.events('messageChanged').map(({ state }) => state)).toEqual(['failed']);
  });

  it('an acknowledgement behind the error changes nothing', async () => {
    const world = await new World({ pong: false }).login('stream');
    world.session.acknowledges = true;
    const message = world.client.messages.send(ROMEO, 'hello');
    world.bounce(ROMEO, message.id, 'item-not-found');
    world.acknowledge(message.id);
    await turn();
    expect(world.state(message.row)).toBe('failed');
  });

  it('an occupant who could not be reached fails the private message, also after the room was left', async () => {
    const world = await new World().login();
    await world.enter();
    const message = world.client.messages.send(`${ROOM}/romeo`, 'psst');
    const left = world.client.rooms.leave(ROOM);
    world.occupant(ROOM, 'juliet', [110], "type='unavailable'");
    await left;
    world.bounce(`${ROOM}/romeo`, message.id, 'item-not-found');
    expect(world.state(message.row)).toBe('failed');
  });
});

describe('settled', () => {
  it('resolves when it is acknowledged', async () => {
    const world = await new World().login('stream');
    const { row } = world.client.messages.send(ROMEO, 'hello');
    expect(await world.client.messages.settled(row, { timeout: 5000 })).toMatchObject({ state: 'acked' });
  });

  it('resolves too when another process with the same data wrote the acknowledgement down first', async () => {
    const world = await new World().login();
    await world.enter();
    const { id, row } = world.client.messages.send(ROOM, 'hello');
    const waiting = world.client.messages.settled(row, { timeout: 60_000 });
    world.stores.messages.setState(row, 'acked');
    world.roomSays('juliet', 'hello', '', id);
    expect(await waiting).toMatchObject({ state: 'acked' });
    const other = world.client.messages.send(ROMEO, 'hello');
    const again = world.client.messages.settled(other.row, { timeout: 60_000 });
    world.stores.messages.setState(other.row, 'acked');
    expect(await again).toMatchObject({ state: 'acked' });
  });

  it('resolves to the row as it is when time is up, and never fails it', async () => {
    const world = new World();
    const { row } = world.client.messages.send(ROMEO, 'hello');
    expect(await world.client.messages.settled(row, { timeout: 5 })).toMatchObject({ state: 'queued' });
  });

  it('resolves when its signal fires, or fired before', async () => {
    const world = new World();
    const { row } = world.client.messages.send(ROMEO, 'hello');
    const stop = new AbortController();
    const waiting = world.client.messages.settled(row, { timeout: 60_000, signal: stop.signal });
    stop.abort();
    expect(await waiting).toMatchObject({ state: 'queued' });
    const again = await world.client.messages.settled(row, { timeout: 60_000, signal: stop.signal });
    expect(again).toMatchObject({ state: 'queued' });
  });

  it('nobody waits for a client that was closed', async () => {
    const world = new World();
    const { row } = world.client.messages.send(ROMEO, 'hello');
    const waiting = world.client.messages.settled(row, { timeout: 60_000 });
    await world.client.close();
    expect(await waiting).toMatchObject({ state: 'queued' });
  });

  it('rejects for a row that is none', async () => {
    await expect(new World().client.messages.settled(99, { timeout: 5 })).rejects.toThrow();
  });
});
