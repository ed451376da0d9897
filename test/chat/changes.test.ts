import { describe, expect, it } from 'vitest';
import type { ParsedMessage } from '../../src/xmpp/messages.ts';
import { archivedBy, arrivals, delayed, inRoom, NICK, PHONE, parsed } from './arrivals.ts';
import { ACCOUNT, JID, ROMEO, ROOM, turn, World } from './support.ts';

const hello = (more: Partial<ParsedMessage> = {}) => parsed({ id: 'm1', body: 'hello', ...more });
const corrects = (more: Partial<ParsedMessage> = {}) =>
  parsed({ id: 'c1', body: 'hullo', replaces: 'm1', ...more });
const retracts = (more: Partial<ParsedMessage> = {}) =>
  parsed({
    id: 'r1',
    body: 'I took it back',
    retraction: { id: 'm1', originId: 'm1' },
    ...more,
  });
const reacts = (...emojis: string[]) => parsed({ id: 'e1', reactions: { id: 'm1', emojis } });
const mine = { from: PHONE, to: ROMEO };
const stranger = { from: 'mercutio@example.org/x' };

describe('corrections (XEP-0308)', () => {
  it('of the same sender put a new text in place, and keep the old one (§rules)', () => {
    const { live, history, store, told } = arrivals();
    live(hello(), corrects({ from: `${ROMEO}/elsewhere` }));
    expect(history()).toMatchObject([{ body: 'hullo', corrected: true }]);
    expect(store.versions(history()[0]?.row ?? 0)).toMatchObject([{ body: 'hello' }]);
    expect(told()).toEqual(['new hello', 'corrected m1']);
  });

  it("a stranger's changes nothing, and is a message of its own (§rules)", () => {
    const { live, bodies } = arrivals();
    live(hello(), corrects(stranger));
    expect([bodies(), bodies('mercutio@example.org')]).toEqual([['hello'], ['hullo']]);
  });

  it("a contact's of what we said changes nothing, nor ours of what it said (§rules)", () => {
    const { live, carbon, bodies } = arrivals();
    carbon(hello(mine));
    live(corrects(), hello({ id: 'm2', body: 'good' }));
    carbon(corrects({ ...mine, replaces: 'm2', id: 'c2', body: 'bad' }));
    expect(bodies()).toEqual(['hello', 'hullo', 'good', 'bad']);
  });

  it('of an id that both used correct what their sender said (§rules)', () => {
    const { live, carbon, bodies } = arrivals();
    live(hello());
    carbon(hello({ ...mine, body: 'hi' }));
    live(corrects());
    expect(bodies()).toEqual(['hullo', 'hi']);
  });

  it('all name the first id, and the newest counts, in whatever order they come (§rules)', () => {
    const { live, page, bodies, store, history } = arrivals();
    live(hello(archivedBy(ACCOUNT, 'a1')), corrects({ id: 'c3', body: 'three', ...delayed(30) }));
    live(corrects({ id: 'c2', body: 'two', ...delayed(20) }));
    page({ a1: hello(), a2: corrects({ id: 'c1', body: 'one' }) }, { from: 9 });
    expect(bodies()).toEqual(['three']);
    expect(store.versions(history()[0]?.row ?? 0).map(({ body }) => body)).toEqual(['hello', 'one', 'two']);
  });

  it('come again from the archive, and are taken once', () => {
    const { live, page, bodies, store, history, told } = arrivals();
    live(hello(archivedBy(ACCOUNT, 'a1')), corrects(archivedBy(ACCOUNT, 'a2')));
    told();
    for (const _ of [1, 2]) page({ a1: hello(), a2: corrects() });
    expect(bodies()).toEqual(['hullo']);
    expect(store.versions(history()[0]?.row ?? 0)).toHaveLength(1);
    expect(told()).toEqual([]);
  });

  it('two of one id are two: careless senders use theirs again', () => {
    const { live, bodies } = arrivals();
    live(hello(), corrects(), corrects({ body: 'hola' }));
    expect(bodies()).toEqual(['hola']);
  });

  it('that come before their message stand by themselves, until it is paged back to', () => {
    const { page, bodies, told } = arrivals();
    page({ a2: corrects(), a3: hello({ id: 'm2', body: 'then' }) });
    expect(bodies()).toEqual(['hullo', 'then']);
    told();
    page({ a1: hello() }, { page: 'older' });
    expect(bodies()).toEqual(['hullo', 'then']);
    expect(told()).toEqual(['corrected m1']);
    page({ a1: hello(), a2: corrects() });
    expect(bodies()).toEqual(['hullo', 'then']);
  });

  it('of what was taken back say nothing any more', () => {
    const { live, history } = arrivals();
    live(hello(), retracts(), corrects());
    expect(history()).toMatchObject([{ body: '', retracted: true }]);
  });
});

describe('retractions (XEP-0424)', () => {
  it('of the same sender take the text away, which is kept (§rules)', () => {
    const { live, history, store, told } = arrivals();
    live(hello(), retracts({ from: `${ROMEO}/elsewhere` }));
    expect(history()).toMatchObject([{ body: '', retracted: true }]);
    expect(store.versions(history()[0]?.row ?? 0)).toMatchObject([{ body: 'hello' }]);
    expect(told()).toEqual(['new hello', 'retracted m1']);
  });

  it.each([
    ["a stranger's", hello(), retracts(stranger)],
    ["a contact's of what we said", hello(mine), retracts()],
    ['ours of what a contact said', hello(), retracts(mine)],
  ])('%s is ignored (§rules)', (_, original, retraction) => {
    const { carbon, history } = arrivals();
    carbon(original);
    carbon(retraction);
    expect(history()).toMatchObject([{ body: 'hello', retracted: false }]);
  });

  it('of an id that both used take back what their sender said', () => {
    const { live, carbon, bodies } = arrivals();
    live(hello());
    carbon(hello({ ...mine, body: 'hi' }));
    live(retracts());
    expect(bodies()).toEqual(['', 'hi']);
  });

  it('that come before their message wait for it, whoever sent it is looked at then', () => {
    const { live, page, history, told } = arrivals();
    live(retracts(), retracts({ ...stranger, retraction: { id: 'm2', originId: 'm2' } }));
    expect(told()).toEqual([]);
    page({ a0: hello({ id: 'm2' }), a1: hello() }, { page: 'older' });
    expect(history().map(({ retracted }) => retracted)).toEqual([false, true]);
  });

  it('a tombstone counts from an archive only (§tombstones)', () => {
    const { live, page, history } = arrivals();
    const tombstone = hello({
      body: undefined,
      tombstone: { time: undefined, retraction: 'r1', moderated: undefined },
    });
    live(hello(archivedBy(ACCOUNT, 'a1')), { ...tombstone, ...archivedBy(ACCOUNT, 'a1') }, tombstone);
    expect(history()).toMatchObject([{ body: 'hello', retracted: false }]);
    page({ a1: tombstone });
    expect(history()).toMatchObject([{ body: '', retracted: true }]);
  });
});

describe('reactions (XEP-0444)', () => {
  it('the newest of each sender counts, from either of the two (§acceptable-reactions)', () => {
    const { live, carbon, history } = arrivals();
    live(hello(), reacts('👍'), { ...reacts('❤️', '🎉'), id: 'e2' });
    carbon({ ...reacts('👋'), ...mine });
    live({ ...reacts('👎'), ...stranger });
    expect(history()[0]?.reactions).toEqual([
      { from: ROMEO, emojis: ['❤️', '🎉'] },
      { from: ACCOUNT, emojis: ['👋'] },
    ]);
  });

  it('one that comes late counts only where no newer one is known (§acceptable-reactions)', () => {
    const { live, page, history, told } = arrivals();
    live(hello(), { ...reacts(), id: 'e2' });
    told();
    live({ ...reacts('👍'), ...delayed(1) });
    page({ a1: hello(), a2: reacts('👍'), a3: { ...reacts(), id: 'e2' } });
    page({ a2: reacts('👍') }, { from: 1 });
    expect(history()[0]?.reactions).toEqual([]);
  });

  it('wait for their message', () => {
    const { live, history } = arrivals();
    live(reacts('👍'), hello());
    expect(history()[0]?.reactions).toEqual([{ from: ROMEO, emojis: ['👍'] }]);
  });

  it('what is no emoji is left out (§rules)', async () => {
    const world = await new World().login();
    world.says(ROMEO, 'hello');
    const reaction = (text: string) => `<reaction>${text}</reaction>`;
    world.receive(
      `<message from='${ROMEO}' to='${JID}' type='chat' id='e1'><reactions xmlns='urn:xmpp:reactions:0' id='m1'>` +
        `${['sure', '👍', '', '\u202e👎', '👍'].map(reaction).join('')}</reactions></message>`,
    );
    expect(world.client.history.read({ limit: 9 })[0]?.reactions).toEqual([{ from: ROMEO, emojis: ['👍'] }]);
  });
});

describe('in a room', () => {
  const line = (more: Partial<ParsedMessage> = {}) =>
    inRoom('romeo', { id: 'm1', body: 'hello', ...archivedBy(ROOM, 'r1'), ...more });
  const correction = (nick = 'romeo', more: Partial<ParsedMessage> = {}) =>
    inRoom(nick, { id: 'c1', body: 'hullo', replaces: 'm1', ...more });
  const retraction = (nick = 'romeo', more: Partial<ParsedMessage> = {}) =>
    inRoom(nick, { id: 'x1', retraction: { id: 'r1', originId: undefined }, ...more });
  const always = { stayed: () => true };
  const naming = { namesOccupants: true };
  const who = (occupantId: string) => ({ occupantId });

  it("another occupant's correction or retraction changes nothing (XEP-0308, XEP-0424 §rules)", () => {
    const { live, history } = arrivals(always);
    live(line(), correction('mercutio'), retraction('mercutio'));
    expect(history(ROOM).map(({ body, nick }) => `${nick} ${body}`)).toEqual([
      'romeo hello',
      'mercutio hullo',
    ]);
  });

  it('the room says who is who: the occupant id decides, whatever the nickname (XEP-0421)', () => {
    const { live, bodies } = arrivals({ ...naming, ...always });
    live(line(who('o1')), correction('montague', who('o1')));
    expect(bodies(ROOM)).toEqual(['hullo']);
    live(correction('romeo', { ...who('o2'), id: 'c2', body: 'forged' }), retraction('romeo', who('o2')));
    expect(bodies(ROOM)).toEqual(['hullo', 'forged']);
    live(retraction('montague', who('o1')));
    expect(bodies(ROOM)).toEqual(['', 'forged']);
  });

  it('who left, came back under another nickname or was renamed is the same by the occupant id (XEP-0421)', () => {
    const { live, history } = arrivals({ ...naming, stayed: () => false });
    const reaction = (nick: string, id: string, ...emojis: string[]) =>
      inRoom(nick, { id: `e-${nick}-${emojis}`, reactions: { id: 'r1', emojis }, ...who(id) });
    live(line(who('o1')), correction('romeo', who('o1')));
    live(correction('montague', { ...who('o1'), id: 'c2', body: 'hola' }));
    live(reaction('nurse', 'o2', '👍'), reaction('angelica', 'o2', '❤️'), reaction('nurse', 'o3', '👎'));
    expect(history(ROOM)).toMatchObject([
      {
        body: 'hola',
        reactions: [
          { from: `${ROOM}/angelica`, emojis: ['❤️'] },
          { from: `${ROOM}/nurse`, emojis: ['👎'] },
        ],
      },
    ]);
  });

  it('what we think of a message is ours under another nickname too (XEP-0421)', () => {
    const { live, ours, history } = arrivals({ ...naming, occupantId: 'o7' });
    live(line());
    const { row } = history(ROOM)[0] ?? { row: 0 };
    const earlier = inRoom('jules', { id: 'e1', reactions: { id: 'r1', emojis: ['👍'] }, ...who('o7') });
    live(earlier);
    const { id = '' } = ours.react(row, ['❤️']).amendment ?? {};
    live(inRoom(NICK, { id, reactions: { id: 'r1', emojis: ['❤️'] }, ...who('o7') }));
    expect(history(ROOM)[0]?.reactions).toEqual([{ from: `${ROOM}/${NICK}`, emojis: ['❤️'] }]);
  });

  it('without such ids the nickname is all there is of who reacted, and forged ids change nothing', () => {
    const { live, history } = arrivals();
    const reaction = (nick: string, ...emojis: string[]) =>
      inRoom(nick, { id: `e-${nick}`, reactions: { id: 'r1', emojis }, ...who('o1') });
    live(line(), reaction('nurse', '👍'), reaction('mercutio', '❤️'));
    expect(history(ROOM)[0]?.reactions).toHaveLength(2);
  });

  it('occupant ids in a room that gives none are forged (XEP-0421 §rules)', () => {
    const { live, bodies } = arrivals();
    live(line(who('o1')), correction('mercutio', who('o1')));
    expect(bodies(ROOM)).toEqual(['hello', 'hullo']);
  });

  it('in an archive occupant ids count as well, and nicknames do not', () => {
    const items = (more: object) => ({
      r1: line(more),
      r2: correction('romeo', more),
      r3: retraction('romeo', more),
    });
    const named = arrivals(naming);
    named.page(items(who('o1')), { archive: ROOM });
    expect(named.history(ROOM)).toMatchObject([{ retracted: true }]);
    const unnamed = arrivals();
    unnamed.page(items({}), { archive: ROOM });
    expect(unnamed.bodies(ROOM)).toEqual(['hello', 'hullo']);
  });

  it('our own change that the room shows us again is no second one', () => {
    const { outbox, live, store, bodies } = arrivals();
    const { id, row } = outbox.send(ROOM, 'room', 'hello');
    live(inRoom(NICK, { id, body: 'hello', ...archivedBy(ROOM, 'r1') }));
    store.correct(row, 'hullo', { id: 'c1', time: 1 });
    live(correction(NICK, { replaces: id }));
    expect(bodies(ROOM)).toEqual(['hullo']);
    expect(store.versions(row)).toHaveLength(1);
  });

  it('an occupant that says a correction after another one changes nothing, and is heard', () => {
    const { live, bodies } = arrivals(always);
    live(line(), correction(), correction('mercutio'));
    expect(bodies(ROOM)).toEqual(['hullo', 'hullo']);
  });

  it('our other device is the same occupant, by the id that the room showed us (XEP-0421)', () => {
    const { outbox, live, bodies } = arrivals(naming);
    const { id } = outbox.send(ROOM, 'room', 'hello');
    live(inRoom(NICK, { id, body: 'hello', ...who('o1'), ...archivedBy(ROOM, 'r1') }));
    live(correction(NICK, { replaces: id, ...who('o1') }));
    expect(bodies(ROOM)).toEqual(['hullo']);
  });

  it('what names an id of the room waits until that is known', () => {
    const { outbox, live, history } = arrivals();
    const { id } = outbox.send(ROOM, 'room', 'hello');
    live(inRoom('romeo', { id: 'e1', reactions: { id: 'r1', emojis: ['👍'] } }));
    live(inRoom(NICK, { id, body: 'hello', ...archivedBy(ROOM, 'r1') }));
    expect(history(ROOM)[0]?.reactions).toEqual([{ from: `${ROOM}/romeo`, emojis: ['👍'] }]);
  });

  it('moderation counts by the id that the room gave, and by no other (XEP-0425 §usecase-success)', () => {
    const { live, history } = arrivals();
    const moderation = (id: string) =>
      inRoom('', {
        from: ROOM,
        id: 'x1',
        moderation: { id, by: undefined, occupantId: undefined, reason: undefined },
      });
    live(line(), moderation('m1'), moderation('later'));
    live(line({ id: 'later', body: 'two', ...archivedBy(ROOM, 'r2') }));
    live(line({ id: 'm3', body: 'three', stanzaIds: [] }), moderation('m3'));
    expect(history(ROOM).map(({ retracted }) => retracted)).toEqual([false, false, false]);
    live(moderation('r1'), moderation('r4'), line({ id: 'm4', body: 'four', ...archivedBy(ROOM, 'r4') }));
    expect(history(ROOM).map(({ retracted }) => retracted)).toEqual([true, false, false, true]);
  });

  it('who moderated and why is kept, live, while it waits and from a tombstone (XEP-0425 §usecase-success, §tombstones)', () => {
    const { live, page, history } = arrivals();
    const by = { by: `${ROOM}/nurse`, occupantId: 'o9', reason: 'too loud' };
    const moderation = (id: string) => inRoom('', { from: ROOM, id: `x-${id}`, moderation: { id, ...by } });
    const tombstone = (more: Partial<ParsedMessage> = {}) =>
      inRoom('romeo', { tombstone: { time: undefined, retraction: undefined, moderated: by }, ...more });
    live(line(), moderation('r1'), moderation('r2'));
    live(line({ id: 'm2', body: 'two', ...archivedBy(ROOM, 'r2') }));
    live(line({ id: 'm3', body: 'three', ...archivedBy(ROOM, 'r3') }));
    page({ r3: tombstone({ id: 'm3' }), r4: tombstone({ id: 'm4', body: 'gone' }) }, { archive: ROOM });
    const moderated = { by: `${ROOM}/nurse`, reason: 'too loud' };
    expect(history(ROOM)).toMatchObject(
      ['m1', 'm2', 'm3', 'm4'].map((id) => ({ id, body: '', retracted: true, moderated })),
    );
  });

  it('a tombstone of what we never saw leaves its place, and is nothing to be read (XEP-0424 §tombstones)', () => {
    const { page, history, store, told } = arrivals();
    const tombstone = { time: undefined, retraction: 'x1', moderated: undefined };
    const items = {
      r1: line({ stanzaIds: [], body: undefined, tombstone }),
      r2: line({ id: 'm2', stanzaIds: [] }),
    };
    for (const _ of [1, 2]) page(items, { archive: ROOM });
    expect(history(ROOM).map(({ nick, retracted }) => [nick, retracted])).toEqual([
      ['romeo', true],
      ['romeo', false],
    ]);
    expect(store.unread(ACCOUNT, ROOM).count).toBe(1);
    expect(told()).toEqual(['new ', 'new hello']);
  });

  it('what was taken away before the room showed it to us is not said again (XEP-0424 §tombstones)', () => {
    const { outbox, page, history, store } = arrivals();
    const { id, row } = outbox.send(ROOM, 'room', 'hello');
    outbox.lost();
    const tombstone = { time: undefined, retraction: undefined, moderated: undefined };
    page({ r1: inRoom(NICK, { id, tombstone }) }, { archive: ROOM });
    expect(history(ROOM)).toMatchObject([{ row, body: '', retracted: true, state: 'acked' }]);
    expect(store.pending(ACCOUNT)).toEqual([]);
  });

  it('moderation by an occupant is none (XEP-0425 §rules)', async () => {
    const world = await new World({ announces: ['urn:xmpp:sid:0'] }).login();
    await world.enter();
    world.roomSays('romeo', 'hello', `<stanza-id xmlns='urn:xmpp:sid:0' by='${ROOM}' id='r1'/>`);
    const act =
      "<retract xmlns='urn:xmpp:message-retract:1' id='r1'><moderated xmlns='urn:xmpp:message-moderate:1'/></retract>";
    const say = (from: string) =>
      world.receive(`<message from='${from}' to='${JID}' type='groupchat' id='x'>${act}</message>`);
    say(`${ROOM}/mercutio`);
    say(`${ROOM}/romeo`);
    expect(world.client.history.read({ chat: ROOM, limit: 9 })).toMatchObject([{ retracted: false }]);
    say(ROOM);
    expect(world.client.history.read({ chat: ROOM, limit: 9 })).toMatchObject([{ retracted: true }]);
  });

  it('reactions name the id that the room gave, not the sender’s (XEP-0444 §business-id)', () => {
    const { live, history } = arrivals();
    const reaction = (id: string) => inRoom('mercutio', { id: `e-${id}`, reactions: { id, emojis: ['👍'] } });
    live(line(), reaction('m1'));
    expect(history(ROOM)[0]?.reactions).toEqual([]);
    live(reaction('r1'));
    expect(history(ROOM)[0]?.reactions).toEqual([{ from: `${ROOM}/mercutio`, emojis: ['👍'] }]);
  });

  describe('without occupant ids (XEP-0308 §security)', () => {
    const replace = "<replace xmlns='urn:xmpp:message-correct:0' id='m1'/>";
    const shown = (world: World) =>
      world.client.history.read({ chat: ROOM, limit: 9 }).map(({ body }) => body);

    async function spoken(): Promise<World> {
      const world = await new World().login();
      await world.enter();
      world.roomSays('romeo', 'hello');
      return world;
    }

    it('who stayed since may correct', async () => {
      const world = await spoken();
      world.roomSays('romeo', 'hullo', replace, 'c1');
      expect(shown(world)).toEqual(['hullo']);
    });

    it.each<[string, (world: World) => void]>([
      [
        'left and came back',
        (world) => {
          world.occupant(ROOM, 'romeo', [], "type='unavailable'");
          world.occupant(ROOM, 'romeo');
        },
      ],
      [
        'was there while we were away',
        (world) => {
          world.session.drop();
          world.session.renew();
        },
      ],
    ])('who %s may not: it may be somebody else', async (_, happens) => {
      const world = await spoken();
      happens(world);
      await turn();
      world.occupant(ROOM, 'romeo');
      world.occupant(ROOM, 'juliet', [110]);
      await turn();
      world.roomSays('romeo', 'hullo', replace, 'c1');
      expect(shown(world)).toEqual(['hello', 'hullo']);
    });

    it('nor who is known from the history of the room only', async () => {
      const world = await new World().login();
      await world.enter();
      const stamp = "<delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:04:05Z'/>";
      world.roomSays('romeo', 'hello', stamp);
      world.roomSays('romeo', 'hullo', replace, 'c1');
      expect(shown(world)).toEqual(['hello', 'hullo']);
    });

    it('a stream that goes on breaks nothing (XEP-0198 §5)', async () => {
      const world = await spoken();
      world.session.drop({ resumable: true });
      world.session.resume();
      world.roomSays('romeo', 'hullo', replace, 'c1');
      expect(shown(world)).toEqual(['hullo']);
    });
  });
});

describe('private messages in a room', () => {
  const psst = (more: Partial<ParsedMessage> = {}) =>
    parsed({ from: `${ROOM}/romeo`, to: JID, id: 'm1', body: 'psst', occupant: true, ...more });
  const chat = `${ROOM}/romeo`;

  it('are corrected by who surely is the same occupant (XEP-0308 §rules)', () => {
    for (const stays of [true, false]) {
      const { live, bodies } = arrivals({ stayed: () => stays });
      live(psst(), psst({ id: 'c1', body: 'hush', replaces: 'm1' }));
      expect(bodies(chat)).toEqual(stays ? ['hush'] : ['psst', 'hush']);
    }
  });

  it('ours by any device of ours', () => {
    const { outbox, carbon, history } = arrivals();
    const { id } = outbox.send(chat, 'private', 'psst');
    const from = { from: PHONE, to: chat };
    carbon(psst({ ...from, id: 'c1', body: 'hush', replaces: id }));
    carbon(psst({ ...from, id: 'e1', body: undefined, reactions: { id, emojis: ['🤫'] } }));
    expect(history(chat)).toMatchObject([
      { body: 'hush', reactions: [{ from: `${ROOM}/${NICK}`, emojis: ['🤫'] }] },
    ]);
  });
});
