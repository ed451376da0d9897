/**
 * The fault matrix, row 18: a server that sends again after a resume what was handled. Ours do not, so it is one of
 * these tests; it stamps what it repeats, as they do what they deliver late, and has no rooms.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Element } from '../../src/xmpp/stanza.ts';
import { type FakeConnection, type FakeServer, startFakeServer } from '../support/fake-server.ts';
import { endActors } from './actor.ts';
import { dice, seed } from './seed.ts';
import { Role, textsOf } from './stage.ts';

const BOB = 'bob@localhost';
const ALICE = 'alice@localhost';
const NS_INFO = 'http://jabber.org/protocol/disco#info';

let server: FakeServer;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xmpp-chat-faults-'));
  server = await startFakeServer({ accounts: { bob: 'secret' }, onStanza: answer });
});
afterEach(async () => {
  await endActors();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Whatever is asked has an empty answer, but that archive ids mean something here (XEP-0359 §6). */
function answer(stanza: Element, peer: FakeConnection): void {
  if (stanza.name !== 'iq' || stanza.attrs.type !== 'get') return;
  const asked = stanza.getChild('query', NS_INFO) !== undefined;
  const info = `<query xmlns='${NS_INFO}'><feature var='urn:xmpp:sid:0'/></query>`;
  const { id = '', to = BOB } = stanza.attrs;
  peer.write(`<iq type='result' id='${id}' from='${to}'>${asked ? info : ''}</iq>`);
}

/** Every other one has an archive id. */
function written(number: number, again: boolean): string {
  const parts = [
    `<body>n${number}</body><origin-id xmlns='urn:xmpp:sid:0' id='n${number}'/>`,
    number % 2 === 0 ? `<stanza-id xmlns='urn:xmpp:sid:0' id='a${number}' by='${BOB}'/>` : '',
    again ? "<delay xmlns='urn:xmpp:delay' stamp='2030-01-01T00:00:00Z'/>" : '',
  ];
  return `<message type='chat' id='n${number}' from='${ALICE}/a' to='${BOB}'>${parts.join('')}</message>`;
}

describe(`a server that repeats, seed ${seed}`, () => {
  it('row 18: what was handled before a resume is there once (quick)', async () => {
    const database = join(folder, 'xmpp-chat.db');
    const { service, ca } = server;
    const bob = new Role('bob', '', { account: BOB, password: 'secret', service, ca, database });
    await bob.start();
    await bob.actor.does({ do: 'online' });
    const [first] = server.connections;
    const numbers = Array.from({ length: 10 }, (_, index) => index + 1);
    for (const number of numbers) first?.write(written(number, false));
    await bob.actor.does({ do: 'holds', chat: ALICE, texts: ['n10'] });
    first?.cut();
    await bob.actor.saw({ event: 'connection', state: 'resumed' });
    const second = server.connections.at(-1);
    for (const number of numbers.slice(dice('row18').between(0, 9))) second?.write(written(number, true));
    second?.write(written(11, false));
    await bob.actor.does({ do: 'holds', chat: ALICE, texts: ['n11'] });
    expect(await bob.actor.close()).toBe(0);
    expect(bob.complaints).toBe('');
    expect(textsOf(bob, ALICE)).toEqual([...numbers, 11].map((number) => `n${number}`));
  });
});
