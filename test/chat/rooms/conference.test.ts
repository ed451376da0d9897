/** A conversation of two that goes on in a room. XEP-0045 §7.9; on real servers: test/server/conference.test.ts. */
import { describe, expect, it } from 'vitest';
import { bareOf } from '../../../src/chat/address.ts';
import { nameOfPeople, tellable } from '../../../src/chat/client/conferences.ts';
import { catalogueFor, LANGUAGES } from '../../../src/i18n/catalogue.ts';
import { problemOf } from '../../../src/ui/sentences.ts';
import { NS_MUC_OWNER } from '../../../src/xmpp/muc/config.ts';
import { ACCOUNT, JID, NS_MUC_USER, past, ROMEO, turn, World } from '../support.ts';

const NS_DIRECT = 'jabber:x:conference';
const SERVICE = 'conference.example.org';
const LOBBY = `lobby@${SERVICE}`;
const NURSE = 'nurse@example.org';
const FIELDS =
  "<field var='muc#roomconfig_membersonly' type='boolean'/><field var='muc#roomconfig_publicroom' type='boolean'/>";

/** A service whose rooms offer that form, and a conversation with Romeo. */
async function talking(fields: string, thread = '<thread>e0ff</thread>'): Promise<World> {
  const world = await new World({
    roster: `<item jid='${ROMEO}' name='That Montague' subscription='both'/>`,
  }).login();
  const { session } = world;
  world.says(`${ROMEO}/orchard`, 'here, below', thread, "type='chat' id='his'");
  world.receive(`<presence from='${ROMEO}/orchard' to='${JID}'/>`);
  session.whenAsked(
    'get',
    'query',
    'http://jabber.org/protocol/disco#items',
    `<query xmlns='http://jabber.org/protocol/disco#items'><item jid='${SERVICE}'/></query>`,
  );
  session.whenAsked(
    'get',
    'query',
    'http://jabber.org/protocol/disco#info',
    "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/>" +
      "<feature var='http://jabber.org/protocol/muc'/></query>",
    SERVICE,
  );
  session.whenAsked(
    'get',
    'query',
    NS_MUC_OWNER,
    `<query xmlns='${NS_MUC_OWNER}'><x xmlns='jabber:x:data' type='form'>` +
      `<field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roomconfig</value></field>${fields}</x></query>`,
  );
  session.whenAsked('set', 'query', NS_MUC_OWNER, '');
  session.whenAsked('set', 'query', 'http://jabber.org/protocol/muc#admin', '');
  session.take();
  return world;
}

/** We are in a room, or were: something was said there to all, and something to us alone. */
async function inLobby(world: World, stays: boolean): Promise<void> {
  await world.enter(LOBBY);
  world.says(`${LOBBY}/mallory`, 'for the room alone', '', "type='groupchat' id='seen-by-all'");
  world.says(`${LOBBY}/mallory`, 'for us alone', `<x xmlns='${NS_MUC_USER}'/>`, "type='chat' id='private'");
  if (!stays) {
    const left = world.client.rooms.leave(LOBBY);
    await play(world, left);
    await left;
  }
  world.session.take();
}

/** Plays the room: lets us in, and shows what is said there. Gives what was sent, in order. */
async function play(world: World, work: Promise<unknown>): Promise<string[]> {
  const sent: string[] = [];
  let done = false;
  const ended = work.then(
    () => undefined,
    () => undefined,
  );
  void ended.then(() => {
    done = true;
  });
  while (!done) {
    await turn();
    for (const stanza of world.session.take()) {
      const { to = '', type, id } = stanza.attrs;
      const [room = '', nick] = to.split('/');
      if (stanza.is('message')) sent.push(stanza.toString());
      if (stanza.is('presence') && nick !== undefined && type === undefined)
        world.receive(
          `<presence from='${to}' to='${JID}'><x xmlns='${NS_MUC_USER}'><item affiliation='owner' role='moderator'/><status code='110'/><status code='201'/></x></presence>`,
        );
      if (stanza.is('presence') && type === 'unavailable') {
        sent.push('left');
        world.occupant(room, nick ?? '', [110], "type='unavailable'");
      }
      if (stanza.is('message') && type === 'groupchat')
        world.receive(
          `<message from='${room}/juliet' to='${JID}' type='groupchat' id='${id}'>${stanza.children.join('')}</message>`,
        );
    }
  }
  return sent;
}

describe('a conversation of two that goes on in a room', () => {
  it('says each message as delayed, by its author and in its thread, then invites to where they talk (§7.9)', async () => {
    const world = await talking(FIELDS);
    const made = world.client.conferences.start(ROMEO, { others: [NURSE], history: 5 });
    const [said, first, second, ...more] = await play(world, made);
    expect(more).toEqual([]);
    expect(said).toMatch(/type="groupchat"/);
    expect(said).toContain(`<body>${ROMEO}: here, below</body>`);
    expect(said).toContain('<thread>e0ff</thread>');
    expect(said).toMatch(new RegExp(`<delay [^>]*from="${ROMEO}"`));
    expect(first).toContain(`to="${ROMEO}/orchard"`);
    expect(second).toContain(`to="${NURSE}"`);
    for (const invitation of [first, second])
      expect(invitation).toMatch(new RegExp(`xmlns="${NS_DIRECT}"[^>]* continue="true" thread="e0ff"`));
    const { room, sent } = await made;
    expect(sent).toBe(1);
    expect(room).toMatch(/^talk-[a-z0-9]{1,8}@conference\.example\.org$/);
    expect(room).not.toMatch(/juliet|romeo|nurse/);
  });

  it('is called by the user names of its people, never as we call our contacts; the invitation says so too', async () => {
    const world = await talking(`${FIELDS}<field var='muc#roomconfig_roomname' type='text-single'/>`);
    let form = '';
    world.session.whenAsked('set', 'query', NS_MUC_OWNER, (iq) => {
      form += iq;
      return '';
    });
    const made = world.client.conferences.start(ROMEO, { others: [NURSE], history: 0 });
    const invitations = await play(world, made);
    expect(form).toContain('var="muc#roomconfig_roomname"><value>juliet, romeo, nurse</value>');
    for (const invitation of invitations) expect(invitation).toContain('reason="juliet, romeo, nurse"');
    expect(nameOfPeople(['a@x', 'b@x', 'c@x', 'd@x', 'e@x', 'f@x', 'g@x'])).toBe('a, b, c, d, e, +2');
  });

  it('keeps to the thread in what is said there (§7.9)', async () => {
    const world = await talking(FIELDS);
    const made = world.client.conferences.start(ROMEO, { others: [NURSE], history: 0 });
    expect((await play(world, made)).filter((xml) => xml.includes('groupchat'))).toEqual([]);
    const { room } = await made;
    world.client.messages.send(room, 'we are three');
    expect(world.sent('message').map((stanza) => stanza.getChildText('thread'))).toEqual(['e0ff']);
  });

  it('is named by a short id where the newest is too long for a thread', async () => {
    const world = await talking(FIELDS, '');
    world.says(`${ROMEO}/orchard`, 'a long one', '', `type='chat' id='${'i'.repeat(257)}'`);
    const made = world.client.conferences.start(ROMEO, { others: [NURSE], history: 0 });
    const [invitation] = await play(world, made);
    expect(invitation).toContain('continue="true" thread="his"');
  });

  it.each([
    ['destroys', '', { name: 'StanzaError', condition: 'internal-server-error' }],
    [
      'names, where it cannot be destroyed,',
      "<error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
      { name: 'ChatError', condition: 'room-left-over', values: { text: 'internal-server-error' } },
    ],
  ])(
    '%s a room that was configured and did not become ready, and leaves it (§10.9)',
    async (_, answer, error) => {
      const world = await talking(FIELDS);
      const { session } = world;
      session.whenAsked(
        'set',
        'query',
        'http://jabber.org/protocol/muc#admin',
        "<error type='cancel'><internal-server-error xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
      );
      let room = '';
      session.whenAsked('set', 'query', NS_MUC_OWNER, (iq) => {
        if (iq.getChild('query')?.getChild('destroy') === undefined) return '';
        room = iq.attrs.to ?? '';
        return answer;
      });
      const made = world.client.conferences.start(ROMEO, { others: [NURSE], history: 5 });
      const sent = await play(world, made);
      const thrown = await made.catch((reason: unknown) => reason);
      expect(thrown).toMatchObject(error);
      expect(room).toMatch(/^talk-/);
      if (answer !== '') {
        expect(thrown).toMatchObject({ values: { room } });
        for (const words of await Promise.all(LANGUAGES.map(catalogueFor)))
          expect(problemOf(thrown, words).why).toContain(room);
      }
      expect(sent).toEqual(['left']);
    },
  );

  it('sends nothing that was said into a room that anybody may enter', async () => {
    const world = await talking("<field var='muc#roomconfig_publicroom' type='boolean'/>");
    const made = world.client.conferences.start(ROMEO, { others: [NURSE], history: 5 });
    const sent = await play(world, made);
    await expect(made).rejects.toMatchObject({ condition: 'room-not-private' });
    expect(sent).toEqual(['left']);
  });

  it('is none where nobody else is asked, and makes no room then', async () => {
    const world = await talking(FIELDS);
    for (const others of [[], [ROMEO], [ACCOUNT]])
      await expect(world.client.conferences.start(ROMEO, { others, history: 0 })).rejects.toMatchObject({
        condition: 'nobody-to-invite',
      });
    expect(world.sent('presence')).toEqual([]);
  });

  it.each([
    ['a room that we are in', LOBBY, true],
    ['a room that we left', LOBBY, false],
    ['somebody in a room', `${LOBBY}/mallory`, true],
    ['somebody in a room that we left', `${LOBBY}/mallory`, false],
  ])('is with a person: of %s nothing goes on', async (_, jid, stays) => {
    const world = await talking(FIELDS);
    await inLobby(world, stays);
    expect(world.client.history.read({ chat: jid, limit: 9 })).toHaveLength(1);
    for (const history of [0, 50])
      await expect(world.client.conferences.start(jid, { others: [NURSE], history })).rejects.toMatchObject({
        name: 'ChatError',
        condition: 'not-a-person',
        values: { jid },
      });
    expect(world.client.conferences.seen(jid, 50)).toEqual([]);
    expect(world.session.take()).toEqual([]);
  });

  it('says nothing again that was taken back, failed, or could not be read', () => {
    const message = (row: number, more: object) => ({ row, ...past({ state: 'acked' }), ...more });
    const told = tellable([
      message(1, { retracted: true }),
      message(2, { state: 'failed' }),
      message(3, { state: 'queued' }),
      message(4, { encryption: 'OMEMO' }),
      message(5, { body: '' }),
      message(6, { body: 'this one' }),
    ]);
    expect(told.map(({ row }) => row)).toEqual([6]);
  });
});

describe('an invitation that goes on with a conversation', () => {
  const invite = (from: string, thread: string) =>
    `<message from='${from}' to='${JID}'><x xmlns='${NS_DIRECT}' jid='talk@${SERVICE}' continue='true' thread='${thread}'/></message>`;

  it.each([
    ['its thread', `${ROMEO}/orchard`, 'e0ff', true],
    ['an id of it', `${ROMEO}/orchard`, 'his', true],
    ['anything else', `${ROMEO}/orchard`, 'other', false],
    ['its thread, by somebody else', 'mallory@example.org/x', 'e0ff', false],
  ])('is with ours where it names it by %s: %s', async (_, from, thread, ours) => {
    const world = await talking(FIELDS);
    world.receive(invite(from, thread));
    const [request] = world.client.requests.list();
    expect(request && world.client.conferences.continuesOurs(request)).toBe(ours);
  });

  it('is never ours where a room or somebody in one is all it comes from', async () => {
    const world = await talking(FIELDS);
    await inLobby(world, true);
    for (const from of [LOBBY, `${LOBBY}/mallory`]) {
      world.receive(invite(from, 'seen-by-all'));
      const request = world.client.requests.list().at(-1);
      expect(bareOf(request?.from ?? '')).toBe(LOBBY);
      expect(request && world.client.conferences.continuesOurs(request)).toBe(false);
    }
  });

  it('is never ours by the word of a room, which can name anybody (§7.8.2)', async () => {
    const world = await talking(FIELDS);
    world.receive(
      `<message from='talk@${SERVICE}' to='${JID}'><x xmlns='${NS_MUC_USER}'><invite from='${ROMEO}'><continue thread='e0ff'/></invite></x></message>`,
    );
    const [request] = world.client.requests.list();
    expect(request).toMatchObject({ from: ROMEO, mediated: true, continues: { thread: 'e0ff' } });
    expect(request && world.client.conferences.continuesOurs(request)).toBe(false);
  });
});
