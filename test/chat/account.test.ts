import { afterEach, describe, expect, it, vi } from 'vitest';
import { AuthenticationError, ConnectionError, StreamError } from '../../src/xmpp/errors.ts';
import { ACCOUNT, error, ROMEO, turn, World } from './support.ts';

const NS = 'jabber:iq:register';

describe('changing the password (XEP-0077 §3.3)', () => {
  it('changes it on the server, then for later reconnections', async () => {
    const world = await new World().login('stream');
    world.session.whenAsked('set', 'query', NS, '');
    await world.client.changePassword('n3w');
    const query = world.session.sentStanzas.at(-1)?.getChild('query', NS);
    expect([query?.getChildText('username'), query?.getChildText('password')]).toEqual(['juliet', 'n3w']);
    expect(world.session.passwords).toEqual(['n3w']);
    expect(world.events('account')).toEqual([{ jid: ACCOUNT, kind: 'password-changed' }]);
  });

  it('a refusal changes nothing here', async () => {
    const world = await new World().login('stream');
    world.session.whenAsked('set', 'query', NS, error('not-acceptable', 'modify'));
    await expect(world.client.changePassword('n3w')).rejects.toMatchObject({ condition: 'not-acceptable' });
    expect([world.session.passwords, world.events('account')]).toEqual([[], []]);
  });
});

describe('deleting the account (XEP-0077 §3.2)', () => {
  const worlds: World[] = [];
  // A client that stays open sets timers of its own, into the next test's count of them.
  afterEach(() => Promise.all(worlds.splice(0).map(({ client }) => client.close())));
  const withHistory = async () => {
    const world = await new World().login();
    worlds.push(world);
    world.session.emit('authenticated', { mechanism: 'SCRAM-SHA-256' });
    world.says(ROMEO, 'hello');
    return world;
  };

  it('the stream that ends for not-authorized behind the result is no lost connection', async () => {
    const world = await withHistory();
    world.session.whenAsked('set', 'query', NS, () => {
      queueMicrotask(() => world.session.drop({ final: true, reason: new StreamError('not-authorized') }));
      return '';
    });
    await world.client.deleteAccount({ wipe: false });
    expect(world.events('connection')).toEqual([{ state: 'offline', final: true }]);
    expect(world.client.offlineReason).toBeUndefined();
    expect(world.events('account')).toEqual([{ jid: ACCOUNT, kind: 'deleted' }]);
    expect(world.client.history.read({ limit: 9 })).toHaveLength(1);
  });

  it('wipes all local data only where that is wanted', async () => {
    const world = await withHistory();
    world.session.whenAsked('set', 'query', NS, '');
    await world.client.deleteAccount({ wipe: true });
    expect(world.client.history.read({ limit: 9 })).toEqual([]);
    expect(world.stores.accounts.accounts()).toEqual([]);
  });

  it('erases what is kept here without a word to the server, of one account or of all', async () => {
    const world = await withHistory();
    const { stores } = world;
    new World({ stores, account: 'romeo@example.org' }).client.settings.set('bell', 'all');
    await world.client.wipe({ all: false });
    expect(world.sent('iq').filter((iq) => String(iq).includes(NS))).toEqual([]);
    expect(world.client.state).toBe('offline');
    await world.client.close();
    expect([world.client.history.read({ limit: 9 }), stores.accounts.accounts()]).toEqual([[], []]);
    expect(stores.settings.get('romeo@example.org', 'bell')).toBe('all');
    await world.client.wipe({ all: true });
    expect(stores.settings.get('romeo@example.org', 'bell')).toBeUndefined();
  });

  it('a server that refuses leaves everything as it was', async () => {
    const world = await withHistory();
    world.session.whenAsked('set', 'query', NS, error('not-allowed'));
    await expect(world.client.deleteAccount({ wipe: true })).rejects.toMatchObject({
      condition: 'not-allowed',
    });
    expect(world.client.state).toBe('online');
    expect(world.client.history.read({ limit: 9 })).toHaveLength(1);
    world.session.drop({ reason: new ConnectionError('timeout') });
    expect(world.events('connection')).toMatchObject([{ condition: 'timeout' }]);
  });

  it.each([new StreamError('not-authorized'), new AuthenticationError('account-disabled')])(
    'the stream ended before the result, and we are refused now: it is gone (%s)',
    async (reason) => {
      const world = await withHistory();
      const deleted = world.client.deleteAccount({ wipe: true });
      await turn();
      world.session.drop({ final: true, reason });
      await deleted;
      expect(world.events('account')).toMatchObject([{ kind: 'deleted' }]);
    },
  );

  it('the stream ended before the result for another reason: nobody knows, nothing is wiped', async () => {
    const world = await withHistory();
    const deleted = world.client.deleteAccount({ wipe: true });
    const outcome = expect(deleted).rejects.toMatchObject({ condition: 'disconnected' });
    await turn();
    // What we found ourselves says nothing of the account.
    world.session.drop({ final: true, reason: new AuthenticationError('server-not-verified') });
    await outcome;
    expect(world.events('account')).toEqual([]);
    expect(world.client.history.read({ limit: 9 })).toHaveLength(1);
  });

  it('nor where the server is back and does not refuse us', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const world = await withHistory();
      const deleted = world.client.deleteAccount({ wipe: true });
      const outcome = expect(deleted).rejects.toMatchObject({ condition: 'disconnected' });
      await turn();
      world.session.drop();
      world.session.renew();
      await vi.advanceTimersByTimeAsync(15_000);
      await outcome;
      expect(world.client.history.read({ limit: 9 })).toHaveLength(1);
      await world.client.close();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
