import { describe, expect, it } from 'vitest';
import { archivedBy, arrivals, delayed, inRoom, NICK, PHONE, parsed, T0 } from './arrivals.ts';
import { ACCOUNT, JID, ROMEO, ROOM } from './support.ts';

const hello = (more: object = {}) => parsed({ id: 'm1', body: 'hello', ...more });

describe('archive ids (XEP-0359 §6)', () => {
  it('one that is trusted makes two copies one message, whatever else they say', () => {
    const { live, page, bodies } = arrivals();
    live(hello(archivedBy(ACCOUNT, 'a1')), hello({ id: 'other', ...archivedBy(ACCOUNT, 'a1') }));
    page({ a1: hello({ body: 'changed on the way' }) });
    expect(bodies()).toEqual(['hello']);
  });

  it('one by somebody who announces none counts for nothing', () => {
    const { live, bodies, history } = arrivals({ trusts: () => false });
    live(hello(archivedBy(ACCOUNT, 'a1')), hello({ body: 'again', ...archivedBy(ACCOUNT, 'a1') }));
    expect(bodies()).toEqual(['hello', 'again']);
    expect(history().map(({ stanzaId }) => stanzaId)).toEqual([undefined, undefined]);
  });

  it.each([ROMEO, 'example.org', JID, ROOM])('one that %s is said to have given counts for nothing', (by) => {
    const { live, bodies, history } = arrivals();
    live(hello(archivedBy(by, 'a1')), hello({ body: 'again', ...archivedBy(by, 'a1') }));
    expect(bodies()).toEqual(['hello', 'again']);
    expect(history()[0]?.stanzaId).toBeUndefined();
  });

  it('one that an occupant put into a room message as ours counts for nothing', () => {
    const { live, bodies } = arrivals();
    live(inRoom('romeo', { body: 'one', ...archivedBy(ACCOUNT, 'a1') }));
    live(inRoom('romeo', { body: 'two', ...archivedBy(ACCOUNT, 'a1') }));
    expect(bodies(ROOM)).toEqual(['one', 'two']);
  });

  it('the same one in another chat is another message: a forged one hides nothing', () => {
    const { live, bodies } = arrivals();
    live(hello(archivedBy(ACCOUNT, 'a1')));
    live(hello({ from: 'mercutio@example.org/x', ...archivedBy(ACCOUNT, 'a1') }));
    expect(bodies('mercutio@example.org')).toEqual(['hello']);
  });

  it('a message is found by each of them', () => {
    const { live, page, bodies } = arrivals();
    live(hello({ originId: 'm1', ...archivedBy(ACCOUNT, 'a1') }));
    page({ a1: hello({ originId: 'm1' }), a2: hello({ originId: 'm1', ...delayed(0) }) });
    live(hello(archivedBy(ACCOUNT, 'a2')), hello(archivedBy(ACCOUNT, 'a1')));
    expect(bodies()).toEqual(['hello']);
  });
});

describe('an id that its sender uses again (XEP-0359 §1) hides nothing', () => {
  it('live, with archive ids', () => {
    const { live, bodies } = arrivals();
    for (const id of ['a1', 'a2', 'a3']) live(hello(archivedBy(ACCOUNT, id)));
    expect(bodies()).toHaveLength(3);
  });

  it('live, without', () => {
    const { live, bodies } = arrivals();
    live(hello(), hello(), hello());
    expect(bodies()).toHaveLength(3);
  });

  it('in the archive, in the same second', () => {
    const { page, bodies } = arrivals();
    page({ a1: hello() });
    page({ a2: hello() });
    expect(bodies()).toHaveLength(2);
  });

  it('nor does one that somebody else used', () => {
    const { live, page, bodies } = arrivals();
    live(hello(delayed(1)), hello({ from: `${ROMEO}/elsewhere`, ...delayed(1) }));
    live(
      inRoom('romeo', { id: 'm1', body: 'x' }),
      inRoom('mercutio', { id: 'm1', body: 'x', ...delayed(1) }),
    );
    page({ a1: hello({ from: PHONE, to: ROMEO }) });
    expect(bodies()).toEqual(['hello', 'hello', 'hello']);
    expect(bodies(ROOM)).toHaveLength(2);
  });

  it('nor does no id at all', () => {
    const { live, bodies } = arrivals();
    live(hello({ id: undefined }), hello({ id: undefined }));
    expect(bodies()).toHaveLength(2);
  });
});

describe('what was written again after a lost stream (XEP-0198 §5)', () => {
  const first = () => hello({ originId: 'm1' });
  const again = () => hello({ originId: 'm1', ...delayed(0) });

  it.each([
    ['the first one first', ['a1', 'a2']],
    ['the second one first', ['a2', 'a1']],
  ])('is one message: %s', (_, order) => {
    const { live, bodies } = arrivals();
    const copies: Record<string, ReturnType<typeof hello>> = { a1: first(), a2: again() };
    for (const id of order) live({ ...(copies[id] ?? first()), ...archivedBy(ACCOUNT, id) });
    expect(bodies()).toEqual(['hello']);
  });

  it('is one message where only the archive has both', () => {
    const { page, bodies } = arrivals();
    page({ a1: first(), a2: again() });
    expect(bodies()).toEqual(['hello']);
  });

  it('and stands where it was said first', () => {
    const { live, page, bodies, history } = arrivals();
    live({ ...again(), ...archivedBy(ACCOUNT, 'a3') });
    page({ a1: first(), a2: hello({ id: 'm2', body: 'then' }), a3: again() });
    expect(bodies()).toEqual(['hello', 'then']);
    expect(history()[0]?.time).toBe(T0);
  });

  it.each([
    ['another text', { body: 'hello?' }],
    ['another sender', { from: `${ACCOUNT}/phone`, to: ROMEO }],
    ['no origin-id', { originId: undefined }],
    ['another origin-id', { originId: 'm2' }],
    ['no delay', { delay: undefined }],
  ])('%s makes it another message', (_, more) => {
    const { live, bodies } = arrivals();
    live({ ...first(), ...archivedBy(ACCOUNT, 'a1') }, { ...again(), ...more, ...archivedBy(ACCOUNT, 'a2') });
    expect(bodies()).toHaveLength(2);
  });
});

describe('our own', () => {
  it('what was sent here is what the archive has (delivery: own live sends carry no archive id)', () => {
    const { outbox, page, history } = arrivals();
    const { id } = outbox.send(ROMEO, 'contact', 'hello');
    page({ a1: hello({ from: JID, to: ROMEO, id, originId: id }) });
    expect(history()).toMatchObject([{ state: 'acked', stanzaId: 'a1', source: 'local' }]);
  });

  it('what another device sent is one with its copy, whichever comes first (XEP-0280)', () => {
    const sent = hello({ from: PHONE, to: ROMEO });
    for (const first of ['carbon', 'archive']) {
      const { carbon, page, bodies } = arrivals();
      if (first === 'carbon') carbon(sent);
      page({ a1: sent });
      if (first === 'archive') carbon(sent);
      expect(bodies()).toEqual(['hello']);
    }
  });

  it('to oneself: sent, copied, come back and archived twice, it is one', () => {
    const { outbox, carbon, live, page, history } = arrivals();
    const { id } = outbox.send(ACCOUNT, 'contact', 'milk');
    const copy = parsed({ from: JID, to: ACCOUNT, id, originId: id, body: 'milk' });
    carbon(copy);
    live({ ...copy, ...archivedBy(ACCOUNT, 'a2') });
    page({ a1: copy, a2: copy });
    expect(history(ACCOUNT)).toMatchObject([{ body: 'milk', direction: 'out', state: 'acked' }]);
  });

  it('a room shows it to us again: that is the acknowledgement (XEP-0045 §7.4)', () => {
    const { outbox, live, history } = arrivals();
    const { id } = outbox.send(ROOM, 'room', 'hello');
    live(inRoom(NICK, { id, body: 'hello', ...archivedBy(ROOM, 'r1') }));
    expect(history(ROOM)).toMatchObject([{ state: 'acked', stanzaId: 'r1' }]);
  });
});

describe('private messages in a room (XEP-0045 §7.5)', () => {
  const psst = (to: string, id = 'm1') =>
    parsed({ from: `${ROOM}/romeo`, to, id, body: 'psst', occupant: true });
  const chat = `${ROOM}/romeo`;

  it('archived once for each device of ours, it is one', () => {
    const { live, page, bodies } = arrivals();
    live({ ...psst(JID), ...archivedBy(ACCOUNT, 'a2') });
    page({ a1: psst(PHONE), a2: psst(JID) });
    expect(bodies(chat)).toEqual(['psst']);
  });

  it('twice to the same device they are two', () => {
    const { page, bodies } = arrivals();
    page({ a1: psst(JID), a2: psst(JID) });
    expect(bodies(chat)).toEqual(['psst', 'psst']);
  });

  it('and what a contact says to two of our devices is two: nothing else is judged by the device', () => {
    const { page, bodies } = arrivals();
    page({ a1: hello({ to: PHONE }), a2: hello({ to: JID }) });
    expect(bodies()).toHaveLength(2);
  });
});

describe('without any archive id (XEP-0160)', () => {
  it('the same sender, id, text and stamp are one message', () => {
    const { live, bodies } = arrivals();
    live(hello(delayed(1)), hello(delayed(1)), hello(delayed(2)));
    expect(bodies()).toHaveLength(2);
  });

  it("a room's history is what came live, unless it is of another day", () => {
    const { live, bodies } = arrivals();
    const line = inRoom('romeo', { id: 'm1', body: 'hello' });
    live(line);
    live({ ...line, delay: { time: Date.now() - 1000, from: ROOM, reason: undefined } });
    live({ ...line, ...delayed(0) });
    expect(bodies(ROOM)).toHaveLength(2);
  });
});

describe('a message that was changed', () => {
  it('is still the one that the archive has under its first text (XEP-0308 §rules)', () => {
    const { carbon, page, bodies } = arrivals();
    carbon(hello({ from: PHONE, to: ROMEO }));
    carbon(parsed({ from: PHONE, to: ROMEO, id: 'c1', body: 'hullo', replaces: 'm1' }));
    page({ a1: hello({ from: PHONE, to: ROMEO }) });
    expect(bodies()).toEqual(['hullo']);
  });
});

describe('an archive', () => {
  it('of the account has no word on what was said in rooms, nor a room on anything else (XEP-0313 §6.1.2)', () => {
    const { page, bodies, store } = arrivals();
    page({ a1: inRoom('romeo', { body: 'forged' }) });
    page({ a2: hello() }, { archive: ROOM });
    expect(bodies(ROOM)).toEqual([]);
    expect(store.chats(ACCOUNT)).toEqual([]);
  });
});
