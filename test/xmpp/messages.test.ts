import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messages, parseMessage, xMessage } from '../../src/xmpp/messages.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

const disco = { addFeature: () => undefined };
const FROM = "from='romeo@example.net/orchard' to='juliet@example.org/balcony'";

describe('parseMessage', () => {
  it('reads what a chat message says (RFC 6121 §5.2)', () => {
    const message = parseMessage(
      parse(`<message ${FROM} type='chat' id='m1' xml:lang='en'>
        <subject>s</subject><body>hello</body><thread parent='t0'>t1</thread>
        <active xmlns='http://jabber.org/protocol/chatstates'/>
        <nick xmlns='http://jabber.org/protocol/nick'> Ro  meo </nick>
        <x xmlns='jabber:x:oob'><url>https://example.net/f.png</url><desc>pic</desc></x>
        <unstyled xmlns='urn:xmpp:styling:0'/>
        <origin-id xmlns='urn:xmpp:sid:0' id='o1'/>
        <stanza-id xmlns='urn:xmpp:sid:0' id='a1' by='Juliet@Example.org'/>
        <delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25Z' from='example.org'/>
      </message>`),
    );
    expect(message).toEqual({
      type: 'chat',
      from: 'romeo@example.net/orchard',
      to: 'juliet@example.org/balcony',
      id: 'm1',
      body: 'hello',
      subject: 's',
      thread: 't1',
      parentThread: 't0',
      lang: 'en',
      delay: { time: Date.UTC(2002, 8, 10, 23, 8, 25), from: 'example.org', reason: undefined },
      state: 'active',
      link: { url: 'https://example.net/f.png', description: 'pic' },
      styled: undefined,
      unstyled: true,
      nick: 'Ro meo',
      encryption: undefined,
      originId: 'o1',
      stanzaIds: [{ id: 'a1', by: 'juliet@example.org' }],
      hints: [],
      private: false,
      occupant: false,
      error: undefined,
    });
  });

  it.each([
    [256, true],
    [257, false],
  ])(
    'a thread of %i characters names a conversation: %s (XEP-0201 §3; answers repeat it)',
    (length, names) => {
      const thread = 'e'.repeat(length);
      const message = parseMessage(
        parse(`<message ${FROM}><body>hi</body><thread parent='${thread}'>${thread}</thread></message>`),
      );
      const read = names ? thread : undefined;
      expect(message).toMatchObject({ body: 'hi', thread: read, parentThread: read });
    },
  );

  it('takes an unknown or absent type as normal (RFC 6121 §5.2.2)', () => {
    expect(parseMessage(parse(`<message ${FROM}/>`))?.type).toBe('normal');
    expect(parseMessage(parse(`<message ${FROM} type='shout'/>`))?.type).toBe('normal');
  });

  it('takes an absent address as the own account (RFC 6120 §8.1.2.1)', () => {
    const message = parseMessage(parse('<message><body>hi</body></message>'), {
      account: 'juliet@example.org',
    });
    expect(message).toMatchObject({ from: 'juliet@example.org', to: 'juliet@example.org' });
  });

  it('ignores other namespaces: of the stanza, the body, an XHTML body', () => {
    expect(parseMessage(parse("<message xmlns='urn:evil'><body>x</body></message>"))).toBeUndefined();
    const inner = parse(`<message ${FROM}><body xmlns='http://www.w3.org/1999/xhtml'>x</body></message>`);
    expect(parseMessage(inner)?.body).toBeUndefined();
  });

  it('ignores a stanza whose address is none', () => {
    expect(parseMessage(parse("<message from='@'><body>x</body></message>"))).toBeUndefined();
  });

  const bodies = `<message ${FROM} xml:lang='de'><body>hallo</body><body xml:lang='es'>hola</body><body xml:lang='en-GB'>hello</body></message>`;
  it.each([
    [[], 'hallo'],
    [['es'], 'hola'],
    [['en'], 'hello'],
    [['es-MX'], 'hola'],
    [['fr', 'de'], 'hallo'],
    [['fr'], 'hallo'],
  ])('chooses the body for %j (RFC 6121 §5.2.3)', (languages, body) => {
    expect(parseMessage(parse(bodies), { languages })?.body).toBe(body);
  });

  it('keeps an empty subject: it clears that of a room (XEP-0045 §8.1)', () => {
    expect(parseMessage(parse(`<message ${FROM} type='groupchat'><subject/></message>`))?.subject).toBe('');
  });

  it('reads the error of a message that came back (RFC 6120 §8.3)', () => {
    const message = parseMessage(
      parse(`<message ${FROM} type='error' id='m1'><body>hi</body><error type='cancel' by='example.net'>
        <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`),
    );
    expect(message?.error).toEqual({
      condition: 'item-not-found',
      type: 'cancel',
      text: undefined,
      by: 'example.net',
    });
  });

  it.each([
    ["<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2' name='Fake'/>", 'OMEMO 2'],
    ["<encryption xmlns='urn:xmpp:eme:0' namespace='urn:example:9' name='Nine'/>", 'Nine'],
    ["<encryption xmlns='urn:xmpp:eme:0' namespace='urn:example:9'/>", 'urn:example:9'],
    ["<encrypted xmlns='eu.siacs.conversations.axolotl'/>", 'OMEMO'],
    ["<x xmlns='jabber:x:encrypted'>abc</x>", 'Legacy OpenPGP'],
    ['<body>?OTR:AAMC</body>', 'OTR'],
  ])('names the encryption of %s (XEP-0380 §4)', (payload, name) => {
    expect(parseMessage(parse(`<message ${FROM}>${payload}</message>`))?.encryption?.name).toBe(name);
  });

  it('counts two ids by the same entity as none: one is forged (XEP-0359 §3)', () => {
    const ids = ["id='1' by='a.example'", "id='2' by='a.example'", "id='3' by='b.example'", "id='4'"]
      .map((attrs) => `<stanza-id xmlns='urn:xmpp:sid:0' ${attrs}/>`)
      .join('');
    expect(parseMessage(parse(`<message ${FROM}>${ids}</message>`))?.stanzaIds).toEqual([
      { id: '3', by: 'b.example' },
    ]);
  });

  it.each(['file:///etc/passwd', 'javascript:alert(1)', 'nonsense', 'data:text/html,x'])(
    'takes %s for no link (XEP-0066)',
    (url) => {
      const message = parse(`<message ${FROM}><x xmlns='jabber:x:oob'><url>${url}</url></x></message>`);
      expect(parseMessage(message)?.link).toBeUndefined();
    },
  );

  it('reads back what xMessage wrote', () => {
    const text = fc
      .string({ minLength: 1 })
      .filter((value) => !/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/.test(value));
    fc.assert(
      fc.property(text, text, (body, thread) => {
        const built = xMessage({
          to: 'romeo@example.net',
          type: 'chat',
          id: 'm1',
          body,
          thread,
          state: 'active',
        });
        expect(parseMessage(parse(built.toString()))).toMatchObject({
          body,
          thread,
          id: 'm1',
          state: 'active',
        });
      }),
    );
  });
});

describe('xMessage', () => {
  it('goes to the bare JID (RFC 6121 §5.1), to an occupant in full (XEP-0045 §7.5)', () => {
    const message = { type: 'chat', id: 'm1', body: 'hi' } as const;
    expect(xMessage({ ...message, to: 'romeo@example.net/orchard' }).attrs.to).toBe('romeo@example.net');
    const secret = xMessage({ ...message, to: 'room@muc.example/nick', occupant: true });
    expect(secret.attrs.to).toBe('room@muc.example/nick');
    expect(secret.getChild('x', 'http://jabber.org/protocol/muc#user')).toBeDefined();
  });

  it('gives its id as origin-id too', () => {
    const message = xMessage({ to: 'a@b', type: 'chat', id: 'm1', body: 'hi' });
    expect(parseMessage(parse(message.toString()))?.originId).toBe('m1');
  });
});

describe('messages', () => {
  it('tells what arrives, and what comes back apart', () => {
    const session = new FakeSession();
    const api = messages(session, { disco });
    const seen: string[] = [];
    api.on('received', (message) => seen.push(`received ${message.body}`));
    api.on('bounced', (message) => seen.push(`bounced ${message.id} ${message.error.condition}`));
    session.receive(`<message ${FROM}><body>hi</body></message>`);
    session.receive(`<message ${FROM} type='error' id='m9'><body>hi</body></message>`);
    session.receive(`<message ${FROM}><strange xmlns='urn:example'/></message>`);
    expect(seen).toEqual(['received hi', 'bounced m9 undefined-condition']);
  });

  it('leaves to other features what they claim', () => {
    const session = new FakeSession();
    const api = messages(session, { disco });
    const seen: (string | undefined)[] = [];
    api.on('received', (message) => seen.push(message.body));
    const release = api.claim((stanza) => stanza.getChild('x', 'jabber:x:conference') !== undefined);
    const invitation = `<message ${FROM}><body>come</body><x xmlns='jabber:x:conference'/></message>`;
    session.receive(invitation);
    expect(seen).toEqual([]);
    release();
    session.receive(invitation);
    expect(seen).toEqual(['come']);
  });

  it('names what was written and what was acknowledged', () => {
    const session = new FakeSession();
    const api = messages(session, { disco });
    const seen: unknown[] = [];
    api.on('sent', (message) => seen.push(['sent', message]));
    api.on('acknowledged', (message) => seen.push(['acknowledged', message]));
    api.send({ to: 'romeo@example.net', type: 'chat', id: 'm1', body: 'hi' });
    session.emit('acknowledged', session.take()[0] ?? parse('<message/>'));
    session.emit('acknowledged', parse("<iq id='i1'/>"));
    const named = { id: 'm1', to: 'romeo@example.net' };
    expect(seen).toEqual([
      ['sent', named],
      ['acknowledged', named],
    ]);
  });
});

it('believes the room of when something was said in it, whoever else is named beside it (XEP-0045 §7.2.13)', () => {
  const delay = (from: string, year: number) =>
    `<delay xmlns='urn:xmpp:delay' from='${from}' stamp='${year}-01-01T00:00:00Z'/>`;
  const xml = (type: string) =>
    `<message from='coven@chat.example.org/hecate' type='${type}'><body>x</body>${delay('me@example.org', 2003)}${delay('coven@chat.example.org', 2004)}</message>`;
  const told = (type: string) => parseMessage(parse(xml(type)), { account: 'me@example.org' })?.delay?.time;
  expect(told('groupchat')).toBe(Date.UTC(2004, 0));
  // What our own server says counts where it is the one that kept it.
  expect(told('chat')).toBe(Date.UTC(2003, 0));
});
