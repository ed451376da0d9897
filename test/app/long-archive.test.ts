/** A person goes away while a long archive is being read. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { accountHost } from '../../src/app/account-host.ts';
import { NS_MAM } from '../../src/xmpp/archive.ts';
import { PagedArchive } from '../support/paged-archive.ts';
import { fake, PASSWORD } from '../xmpp/session/support.ts';

const NS_INFO = 'http://jabber.org/protocol/disco#info';
const ACCOUNT = 'juliet@localhost';
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Somebody whose next page was asked for on the second stream; it comes when everything is over. */
async function reading() {
  const archive = new PagedArchive();
  const server = await fake({
    onStanza(stanza, connection) {
      if (archive.take(stanza, connection) || stanza.name !== 'iq') return;
      const aboutUs = stanza.getChild('query', NS_INFO) !== undefined && stanza.attrs.to === ACCOUNT;
      connection.answer(
        stanza,
        aboutUs ? `<query xmlns='${NS_INFO}'><feature var='${NS_MAM}'/></query>` : '',
      );
    },
  });
  const dir = await mkdtemp(join(tmpdir(), 'xmpp-chat-long-'));
  const trace = join(dir, 'trace');
  const nothing = { service: undefined, ca: undefined };
  const host = accountHost({
    reach: {
      ...{ service: server.service, ca: server.ca, writtenFor: nothing, resource: undefined },
      ...{ dataDir: dir, filesDir: dir, timeout: 10_000, debug: trace, roomSearch: undefined },
    },
    version: '1',
    languages: ['en'],
    reconnects: true,
  });
  ends.push(
    () => host.close(),
    () => rm(dir, { recursive: true }),
  );
  const { messages } = await host.stores();
  // All of it is new.
  messages.setArchiveEnd(ACCOUNT, ACCOUNT, { id: '', time: 0, oldest: undefined });
  const client = await host.client(ACCOUNT, async () => PASSWORD);
  const problems: unknown[] = [];
  client.on('problem', (problem) => problems.push(problem));
  const first = archive.next();
  await client.online('presence');
  const open = await archive.onSecond(server.connections[0], await first);
  client.on('connection', ({ final }) => final && open.answer('late', { messages: 250 }));
  return { client, host, messages, problems };
}

describe('while a long archive is being read', () => {
  it('what is wiped stays wiped', async () => {
    const { client, messages } = await reading();
    await client.wipe({ all: true });
    expect(messages.history({ account: ACCOUNT, chat: 'romeo@localhost', limit: 9 })).toEqual([]);
  });

  it('quitting, with a debug file, is no problem', async () => {
    const { host, problems } = await reading();
    await host.close();
    expect(problems).toEqual([]);
  });
});
