import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLegacy } from '../../src/xmpp/bookmarks/legacy.ts';
import { bookmarks } from '../../src/xmpp/bookmarks.ts';
import { NS_NOTIFY, parseNotify, xNotify } from '../../src/xmpp/notification-settings.ts';
import { pubsub } from '../../src/xmpp/pubsub.ts';
import { anyStanza } from '../support/any-stanza.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

const NODE = 'urn:xmpp:bookmarks:1';
const PUBSUB = 'http://jabber.org/protocol/pubsub';
const ROOM = 'orchard@conference.example.org';
const MINE =
  "<conference xmlns='urn:xmpp:bookmarks:1' name='The Orchard' autojoin='1' extra='kept'><nick>JC</nick><theme xmlns='urn:x'/><extensions><state xmlns='urn:y' minimized='true'/></extensions></conference>";

function native(...features: string[]) {
  const session = new FakeSession();
  const disco = {
    addFeature: () => {},
    supports: async () => true,
    info: async () => ({ features: features.length > 0 ? features : [`${NODE}#compat`] }),
  };
  return { session, kept: bookmarks(session, { pubsub: pubsub(session, { disco }), disco }) };
}

const items = (...list: string[]) =>
  `<pubsub xmlns='${PUBSUB}'><items node='${NODE}'>${list.join('')}</items></pubsub>`;
const event = (from: string, content: string) =>
  `<message from='${from}' type='headline'><event xmlns='${PUBSUB}#event'><items node='${NODE}'>${content}</items></event></message>`;

describe('bookmarks as nodes (XEP-0402)', () => {
  it('are read: room, nickname, whether to enter (XEP-0402 §2)', async () => {
    const { session, kept } = native();
    session.whenAsked(
      'get',
      'pubsub',
      PUBSUB,
      items(`<item id='${ROOM}'>${MINE}</item>`, `<item id='no jid@@'>${MINE}</item>`),
    );
    expect(await kept.load()).toEqual([
      { room: ROOM, name: 'The Orchard', autojoin: true, nick: 'JC', password: undefined, notify: undefined },
    ]);
  });

  it('are changed with everything in them that we do not understand (XEP-0402 §3.2)', async () => {
    const { session, kept } = native();
    session.whenAsked('get', 'pubsub', PUBSUB, items(`<item id='${ROOM}'>${MINE}</item>`));
    session.whenAsked('set', 'pubsub', PUBSUB, '');
    await kept.put({ room: ROOM, nick: 'Juliet', notify: 'on-mention' });
    const published = session.take().at(-1)?.getChild('pubsub', PUBSUB);
    const conference = published?.getChild('publish')?.getChild('item')?.getChild('conference', NODE);
    expect(published?.getChild('publish')?.getChild('item')?.attrs.id).toBe(ROOM);
    expect(conference?.attrs).toMatchObject({ name: 'The Orchard', autojoin: '1', extra: 'kept' });
    expect(conference?.getChildText('nick')).toBe('Juliet');
    expect(conference?.getChild('theme', 'urn:x')).toBeDefined();
    expect(conference?.getChild('extensions')?.getChild('state', 'urn:y')?.attrs.minimized).toBe('true');
    expect(parseNotify(conference?.getChild('extensions')?.getChild('notify', NS_NOTIFY))).toBe('on-mention');
    const options = published?.getChild('publish-options')?.toString() ?? '';
    expect(options).toContain('whitelist');
    expect(options).toContain('<value>max</value>');
  });

  it('are taken away with a word to the other devices (XEP-0402 §3.3)', async () => {
    const { session, kept } = native();
    session.whenAsked('set', 'pubsub', PUBSUB, '');
    await kept.remove(ROOM);
    const retract = session.take().at(-1)?.getChild('pubsub', PUBSUB)?.getChild('retract');
    expect(retract?.attrs).toMatchObject({ node: NODE, notify: 'true' });
    expect(retract?.getChild('item')?.attrs.id).toBe(ROOM);
  });

  it('of another device are told, set and removed (XEP-0402 §4)', () => {
    const { session, kept } = native();
    const told: unknown[] = [];
    kept.on('set', ({ room, autojoin }) => told.push([room, autojoin]));
    kept.on('removed', (room) => told.push(room));
    session.receive(event(session.account, `<item id='${ROOM}'>${MINE}</item>`));
    session.receive(event(session.account, `<retract id='${ROOM}'/>`));
    expect(told).toEqual([[ROOM, true], ROOM]);
  });

  it('of a stranger are ignored (threats: a bookmark from a stranger)', () => {
    const { session, kept } = native();
    const told: unknown[] = [];
    kept.on('set', (bookmark) => told.push(bookmark));
    kept.on('removed', (room) => told.push(room));
    for (const from of ['mallory@example.org', 'example.org', 'juliet@evil.org', ROOM])
      session.receive(event(from, `<item id='${ROOM}'>${MINE}</item><retract id='${ROOM}'/>`));
    expect(told).toEqual([]);
  });
});

describe('bookmarks where the server does not keep both kinds the same (XEP-0048, XEP-0049)', () => {
  const PRIVATE = 'jabber:iq:private';
  const STORAGE =
    "<storage xmlns='storage:bookmarks'><url name='W' url='http://example.org/'/><conference name='Council' autojoin='true' jid='council@conference.example.org'><nick>Puck</nick></conference></storage>";

  it('are read and written all at once, with what else is there', async () => {
    const { session, kept } = native('urn:xmpp:bookmarks-conversion:0');
    session.whenAsked('get', 'query', PRIVATE, `<query xmlns='${PRIVATE}'>${STORAGE}</query>`);
    session.whenAsked('set', 'query', PRIVATE, '');
    expect(await kept.load()).toMatchObject([
      { room: 'council@conference.example.org', autojoin: true, nick: 'Puck' },
    ]);
    await kept.put({ room: ROOM, autojoin: true, nick: 'JC' });
    const written = session
      .take()
      .at(-1)
      ?.getChild('query', PRIVATE)
      ?.getChild('storage', 'storage:bookmarks');
    expect(written?.getChild('url')?.attrs.name).toBe('W');
    expect(parseLegacy(written).map(({ room, nick }) => [room, nick])).toEqual([
      ['council@conference.example.org', 'Puck'],
      [ROOM, 'JC'],
    ]);
    await kept.remove('council@conference.example.org');
    expect(parseLegacy(session.take().at(-1)?.getChild('query', PRIVATE)?.getChild('storage'))).toEqual([]);
  });

  it('that another device changed are told where the server tells it (XEP-0411)', async () => {
    const { session, kept } = native('urn:xmpp:bookmarks-conversion:0');
    session.whenAsked('get', 'query', PRIVATE, `<query xmlns='${PRIVATE}'>${STORAGE}</query>`);
    await kept.load();
    const told: unknown[] = [];
    kept.on('set', ({ room }) => told.push(['set', room]));
    kept.on('removed', (room) => told.push(['removed', room]));
    session.receive(
      `<message from='${session.account}'><event xmlns='${PUBSUB}#event'><items node='storage:bookmarks'><item id='current'><storage xmlns='storage:bookmarks'><conference jid='${ROOM}'/></storage></item></items></event></message>`,
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual([
      ['removed', 'council@conference.example.org'],
      ['set', ROOM],
    ]);
  });

  it('never throws, whatever it reads', () => {
    fc.assert(
      fc.property(
        anyStanza('storage:bookmarks', ['storage', 'conference', 'nick']),
        (stanza) => void parseLegacy(stanza),
      ),
    );
  });
});

describe('notification settings (XEP-0492)', () => {
  const read = (content: string) => parseNotify(parse(`<notify xmlns='${NS_NOTIFY}'>${content}</notify>`));

  it.each([
    ['<never/>', 'never'],
    ["<always/><never identity-category='client' identity-type='pc'/>", 'always'],
    ["<always/><never identity-category='client'/>", 'never'],
    [
      "<always/><never identity-category='client'/><on-mention identity-category='client' identity-type='console'/>",
      'on-mention',
    ],
    ["<never identity-category='gateway'/>", undefined],
    ['<sometimes/>', undefined],
  ])('of %s, the one nearest to us counts: %s (§rules)', (content, expected) => {
    expect(read(content)).toBe(expected);
  });

  it('are changed without touching the others’, finer ones stay (§rules)', () => {
    const before = parse(
      `<notify xmlns='${NS_NOTIFY}'><never identity-category='client' identity-type='pc'/><always><advanced><x xmlns='urn:z'/></advanced></always></notify>`,
    );
    const after = xNotify(before, 'never');
    expect(parseNotify(after)).toBe('never');
    expect(after.getChildren('never')).toHaveLength(2);
    expect(after.toString()).toContain('urn:z');
    const again = xNotify(
      parse(`<notify xmlns='${NS_NOTIFY}'><always identity-category='client'/></notify>`),
      'on-mention',
    );
    expect(parseNotify(again)).toBe('on-mention');
    expect(again.getChild('always')?.attrs['identity-category']).toBe('client');
    expect(again.getChildren('on-mention')).toHaveLength(2);
  });
});
