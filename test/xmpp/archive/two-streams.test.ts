/** A long archive on two streams of real sessions. */
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { features } from '../../../src/xmpp/features.ts';
import { PagedArchive } from '../../support/paged-archive.ts';
import { connected, fake } from '../session/support.ts';

/** A catch-up whose next page was asked for on the second stream, and is not answered. */
async function reading() {
  const archive = new PagedArchive();
  const server = await fake({
    management: false,
    onStanza(stanza, connection) {
      if (!archive.take(stanza, connection) && stanza.attrs.type === 'get') connection.answer(stanza);
    },
  });
  const { session, peer } = await connected(server);
  const api = features(session, { version: '1' });
  const pages: (string | undefined)[] = [];
  const first = archive.next();
  const end = api.archive.catchUp({ archive: session.account, max: 250 }, ({ last }) => pages.push(last));
  end.catch(() => undefined);
  const open = await archive.onSecond(peer, await first);
  return { archive, server, session, peer, pages, end, open };
}

describe('a long archive on two streams', () => {
  it('has no end that was asked for before the first stream began anew', async () => {
    const { archive, server, session, peer, pages, end, open } = await reading();
    // The server has made the answer already: it crosses our good-bye.
    session.on('online', () => open.answer('stale', { complete: true }));
    const anew = archive.next();
    peer.cut();
    await once(session, 'offline');
    session.reconnectNow();
    const question = await anew;
    expect(question.connection).toBe(server.connections.at(-1));
    question.answer('new', { complete: true });
    await end;
    expect(pages.slice(-1)).toEqual(['new-1']);
    expect(pages).not.toContain('stale-1');
  });

  it('hands nothing on when the session is closed, and leaves no stream', async () => {
    const { session, pages, end, open } = await reading();
    const before = [...pages];
    const gone = once(open.connection, 'closed');
    session.on('offline', () => open.answer('late', { messages: 250 }));
    await session.close();
    await expect(end).rejects.toMatchObject({ name: 'DisconnectedError' });
    await gone;
    expect(pages).toEqual(before);
  });
});
