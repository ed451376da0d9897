import { describe, expect, it } from 'vitest';
import { child } from '../../src/xmpp/stanza.ts';
import { memoryStores, past, ROMEO, turn, World } from './support.ts';

const NS_REPLY = 'urn:xmpp:reply:0';
const NS_FALLBACK = 'urn:xmpp:fallback:0';
const NS_CORRECT = 'urn:xmpp:message-correct:0';

const answering = (id: string, end?: number) =>
  `<reply xmlns='${NS_REPLY}' id='${id}' to='${ROMEO}'/>${
    end === undefined
      ? ''
      : `<fallback xmlns='${NS_FALLBACK}' for='${NS_REPLY}'><body start='0' end='${end}'/></fallback>`
  }`;

describe('an answer that comes', () => {
  it('is kept without the quotation that is for others (XEP-0461 §compat)', async () => {
    const world = await new World().login();
    world.says(ROMEO, '&gt; hello\nat eight', answering('m0', 8));
    expect(world.events('message')).toMatchObject([{ body: 'at eight', replyTo: 'm0' }]);
  });

  it('keeps its text where nothing would be left, or nothing is said to be a fallback', async () => {
    const world = await new World().login();
    world.says(ROMEO, '&gt; hello\n', answering('m0', 8));
    world.says(ROMEO, '&gt; hello\nyes', answering('m0'), "type='chat' id='m2'");
    expect(world.events('message').map(({ body }) => body)).toEqual(['> hello\n', '> hello\nyes']);
  });

  it('cuts nothing from a message that answers none', async () => {
    const world = await new World().login();
    const fallback = `<fallback xmlns='${NS_FALLBACK}' for='${NS_REPLY}'><body start='0' end='3'/></fallback>`;
    world.says(ROMEO, 'hello', fallback);
    expect(world.events('message')).toMatchObject([{ body: 'hello' }]);
  });
});

describe('typing around what is changed', () => {
  const NS_STATES = 'http://jabber.org/protocol/chatstates';
  const roster = `<item jid='${ROMEO}' subscription='both'/>`;
  const state = (name: string) => `<${name} xmlns='${NS_STATES}'/>`;
  const correction = `<replace xmlns='${NS_CORRECT}' id='m1'/>`;
  const composing = (world: World) =>
    world.receive(
      `<message from='${ROMEO}/x' to='juliet@example.org' type='chat'>${state('composing')}</message>`,
    );

  it('a correction carries `active`: without a state it would say that we want none (XEP-0085 §5.1)', async () => {
    const world = await new World({ roster }).login();
    const { row, id } = world.client.messages.send(ROMEO, 'helo');
    world.acknowledge(id);
    await turn();
    world.sent('message');
    world.client.messages.correct(row, 'hello');
    const [stanza] = world.sent('message');
    if (stanza === undefined) throw new Error('no correction was sent');
    expect(child(stanza, 'active', NS_STATES)).toBeDefined();
    world.client.settings.set('send-typing', 'off');
    world.client.messages.correct(row, 'hello!');
    expect(world.sent('message').map(String).join()).not.toContain(NS_STATES);
  });

  it.each([
    ['a correction', correction],
    ['a reaction', `<reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>👍</reaction></reactions>`],
  ])('%s of theirs without a state is no reply without one (XEP-0085 §5.1)', async (_what, change) => {
    const world = await new World({ roster }).login();
    composing(world);
    world.says(`${ROMEO}/x`, 'helo', state('active'));
    world.says(`${ROMEO}/x`, 'hello', change, "type='chat' id='m2'");
    await turn();
    world.client.chats.setTyping(ROMEO, 'composing');
    expect(
      world.sent('message').map((stanza) => child(stanza, 'composing', NS_STATES) !== undefined),
    ).toContain(true);
  });

  it('a correction ends the typing of who made it, as any message does (XEP-0085 §5)', async () => {
    const world = await new World({ roster }).login();
    world.says(`${ROMEO}/x`, 'helo');
    composing(world);
    expect(world.client.chats.typing(ROMEO)).toEqual([ROMEO]);
    world.says(`${ROMEO}/x`, 'hello', correction, "type='chat' id='m2'");
    expect(world.client.chats.typing(ROMEO)).toEqual([]);
  });
});

describe('what we change', () => {
  it('an answer that is corrected says again what it answers (XEP-0308 §rules)', async () => {
    const world = await new World().login();
    world.says(ROMEO, 'when?');
    const [asked] = world.events('message');
    const answer = world.client.messages.reply(asked?.row ?? 0, 'at nine');
    world.acknowledge(answer.id);
    await turn();
    world.sent('message');
    world.client.messages.correct(answer.row, 'at ten');
    const [stanza] = world.sent('message');
    if (stanza === undefined) throw new Error('no correction was sent');
    expect(child(stanza, 'replace', NS_CORRECT)?.attrs.id).toBe(answer.id);
    expect(child(stanza, 'reply', NS_REPLY)?.attrs.id).toBe('m1');
    expect(world.client.messages.named(ROMEO, answer.id)).toMatchObject({ body: 'at ten', corrected: true });
  });

  it('an answer stays in the thread of what it answers, and so does its correction (XEP-0201 §4.1)', async () => {
    const world = await new World().login();
    world.says(ROMEO, 'when?', '<thread>t1</thread>');
    const [asked] = world.events('message');
    expect(asked?.thread).toBe('t1');
    const answer = world.client.messages.reply(asked?.row ?? 0, 'at nine');
    await turn();
    world.client.messages.correct(answer.row, 'at ten');
    world.client.messages.send(ROMEO, 'something else');
    const threads = world.sent('message').map((stanza) => stanza.getChildText('thread'));
    expect(threads).toEqual(['t1', 't1', null]);
  });

  it('an answer that waited for a connection quotes and names what it answers in a new run too (XEP-0461)', async () => {
    const stores = memoryStores();
    const theirs = { id: 'm1', direction: 'in', from: `${ROMEO}/orchard`, state: undefined } as const;
    const { row } = stores.messages.append(past({ ...theirs, body: 'when?' }));
    new World({ stores }).client.messages.reply(row, 'at nine');
    const world = new World({ stores });
    await world.client.online('stream');
    const [stanza] = world.sent('message');
    expect(stanza?.getChildText('body')).toBe('> when?\nat nine');
    expect(stanza?.getChild('reply', NS_REPLY)?.attrs).toMatchObject({ id: 'm1', to: `${ROMEO}/orchard` });
  });

  it('quotes whole characters of a long message', async () => {
    const world = await new World().login();
    world.says(ROMEO, '😀'.repeat(600));
    world.client.messages.reply(world.events('message')[0]?.row ?? 0, 'ha');
    const body = world.sent('message')[0]?.getChildText('body') ?? '';
    expect(body).toBe(`> ${'😀'.repeat(500)}\nha`);
  });

  it('a reaction is an emoji and nothing else (XEP-0444 §rules)', async () => {
    const world = await new World().login();
    world.says(ROMEO, 'when?');
    const row = world.events('message')[0]?.row ?? 0;
    expect(() => world.client.messages.react(row, ['soon'])).toThrow(
      expect.objectContaining({ condition: 'not-an-emoji' }),
    );
    expect(world.sent('message')).toEqual([]);
    expect(world.client.messages.react(row, ['👍']).reactions).toEqual([
      { from: 'juliet@example.org', emojis: ['👍'] },
    ]);
  });

  it('a reaction that is not there is not taken away: nobody is told of nothing', async () => {
    const world = await new World().login();
    world.says(ROMEO, 'when?');
    const row = world.events('message')[0]?.row ?? 0;
    const nothing = expect.objectContaining({ condition: 'no-reaction' });
    expect(() => world.client.messages.react(row, [])).toThrow(nothing);
    expect(world.sent('message')).toEqual([]);
    world.client.messages.react(row, ['👍']);
    expect(world.client.messages.react(row, []).reactions).toEqual([]);
    expect(() => world.client.messages.react(row, [])).toThrow(nothing);
  });
});
