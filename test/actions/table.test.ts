import { describe, expect, it } from 'vitest';
import type { Action, ActionContext, Need, Outcome } from '../../src/actions/action.ts';
import { actions, findAction } from '../../src/actions/table.ts';
import type { FilledForm } from '../../src/chat/form.ts';
import type { Message } from '../../src/chat/message.ts';
import { ChatError } from '../../src/chat/problem.ts';
import { SETTINGS } from '../../src/chat/settings.ts';
import { exitCodeOf } from '../../src/ui/exit-codes.ts';
import { FakeClient } from '../support/fake-client.ts';
import { bareContext } from '../support/plain-face.ts';

const ROMEO = 'romeo@example.org';
const ROOM = 'lobby@conference.example.org';

interface Run {
  outcome: Outcome;
  client: FakeClient;
  /** levels that were asked for while it ran */
  needed: Need[];
}

async function run(
  name: string,
  input: Readonly<Record<string, unknown>> = {},
  prepare: (client: FakeClient) => void = () => {},
  more: Partial<ActionContext> = {},
): Promise<Run> {
  const client = new FakeClient();
  prepare(client);
  const needed: Need[] = [];
  const context: ActionContext = {
    ...bareContext(),
    client: client.client,
    timeout: 50,
    online: async (need) => {
      needed.push(need);
    },
    ...more,
  };
  return { outcome: await actionOf(name).run(context, input), client, needed };
}

function actionOf(name: string): Action {
  const action = findAction(name);
  if (action === undefined) throw new Error(`no action ${name}`);
  return action;
}

const once = { oneShot: true };

describe('doctor', () => {
  const well = { reachable: true, unauthorised: false, failed: 0, warned: 0 };

  it('asks about the domain named, else about the own one, and shows each check as it comes', async () => {
    const asked: string[] = [];
    const shown: unknown[] = [];
    const check = {
      check: 'dns',
      state: 'ok',
      about: '',
      finding: { code: 'not-asked', values: {} },
    } as const;
    const more: Partial<ActionContext> = {
      domain: 'own.example',
      async examine(domain, tell) {
        asked.push(domain);
        tell(check);
        return well;
      },
      show: (row) => shown.push(row),
    };
    const { outcome } = await run('doctor', { domain: 'other.example' }, undefined, more);
    expect(outcome).toEqual({
      kind: 'done',
      notice: { code: 'checked', values: { domain: 'other.example' } },
    });
    await run('doctor', {}, undefined, more);
    expect(asked).toEqual(['other.example', 'own.example']);
    expect(shown).toEqual([
      { type: 'check', check },
      { type: 'check', check },
    ]);
  });

  it.each([
    [{ reachable: false, failed: 1 }, 'unreachable-server', 4],
    [{ unauthorised: true, failed: 1 }, 'log-in-refused', 3],
    [{ failed: 2, warned: 1 }, 'checks-failed', 1],
  ])('ends as a log-in would: %j is %s (product §5)', async (more, condition, exitCode) => {
    const examine = async () => ({ ...well, ...more });
    const error = await run('doctor', { domain: 'x.example' }, undefined, { examine }).catch(
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ name: 'ChatError', condition, values: { domain: 'x.example' } });
    expect(exitCodeOf(error)).toBe(exitCode);
  });

  it('warnings are no failure', async () => {
    const { outcome } = await run('doctor', { domain: 'x' }, undefined, {
      examine: async () => ({ ...well, warned: 3 }),
    });
    expect(outcome).toMatchObject({ notice: { code: 'checked-warned', values: { count: 3 } } });
    expect(outcome).not.toHaveProperty('exitCode');
  });

  it('without any domain is wrong usage', async () => {
    const error = await run('doctor').catch((thrown) => thrown);
    expect(error).toMatchObject({ condition: 'no-domain' });
    expect(exitCodeOf(error)).toBe(2);
  });
});

describe('the table', () => {
  it('names every action once, in the form of a flag', () => {
    const names = actions.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(findAction('no-such')).toBeUndefined();
    expect(findAction('toString')).toBeUndefined();
  });

  it('has a flag for every action of product §5', () => {
    const flags = actions.filter(({ flag }) => flag !== false).map(({ name }) => name);
    expect(flags).toEqual(
      expect.arrayContaining([
        ...[
          'register',
          'send',
          'send-room',
          'send-lines',
          'send-file',
          'contacts',
          'users',
          'user',
          'add-contact',
        ],
        ...['remove-contact', 'approve', 'decline', 'rooms', 'join', 'leave', 'status', 'history'],
        ...['change-password', 'delete-account', 'block', 'unblock', 'blocked', 'doctor'],
      ]),
    );
  });

  it('value, rest and options name parameters that are there; what the flag takes is one value', () => {
    for (const { name, params, value, rest, options = {} } of actions) {
      for (const named of [value, rest, ...Object.keys(options)])
        if (named !== undefined) expect(Object.keys(params), name).toContain(named);
      if (value !== undefined) expect(params[value]?.many, name).toBe(false);
    }
  });

  it('no secret is what a flag takes, or a rest of the command line (product §7)', () => {
    for (const { name, params, value, rest } of actions)
      for (const [key, param] of Object.entries(params))
        if (param.secret) expect([value, rest], name).not.toContain(key);
  });

  it('one-shot flags send no presence; lists, details, files and rooms in the background (product §5)', () => {
    const needs = (need: Need) =>
      actions.filter(({ needs, flag }) => needs === need && flag !== false).map(({ name }) => name);
    expect(needs('presence')).toEqual([]);
    expect(needs('background').sort()).toEqual([
      'conference',
      'contacts',
      'devices',
      'invite',
      'join',
      'send-file',
      'subject',
      'user',
    ]);
    expect(needs('nothing')).toEqual(['register', 'doctor']);
    expect(needs('store').sort()).toEqual([
      'cancel-file',
      'export',
      'history',
      'search',
      'send',
      'send-lines',
      'send-room',
      'status',
      'waiting-files',
      'wipe-data',
    ]);
  });

  it('what cannot be undone is asked for once more', () => {
    expect(actions.filter(({ confirm }) => confirm).map(({ name }) => name)).toEqual([
      'destroy',
      'delete-account',
      'wipe-data',
    ]);
  });
});

describe('messages', () => {
  const ended =
    (state: Message['state'], more: Partial<Message> = {}) =>
    (client: FakeClient) => {
      client.client.messages.sendAndSettle = async (chat, body, options) => {
        await options.online();
        client.calls.push(['messages.sendAndSettle', chat, body, options.timeout]);
        return client.keep(chat, body, { direction: 'out', state, ...more });
      };
    };

  it.each(['acked', 'delivered', 'read'] as const)('--send: 0 when %s', async (state) => {
    const { outcome, client, needed } = await run('send', { jid: ROMEO, text: 'hello' }, ended(state), once);
    expect(outcome).toMatchObject({
      kind: 'done',
      notice: { code: 'message-acknowledged', values: { chat: ROMEO } },
      row: { type: 'message', message: { body: 'hello', state } },
    });
    expect(outcome).not.toHaveProperty('exitCode');
    expect(client.called('messages.sendAndSettle')).toEqual([[ROMEO, 'hello', 50]]);
    expect(needed).toEqual(['stream']);
  });

  it.each(['queued', 'sent'] as const)(
    '--send: 5 exactly where it stays in the outbox: %s',
    async (state) => {
      const { outcome } = await run('send', { jid: ROMEO, text: 'hello' }, ended(state), once);
      expect(outcome).toMatchObject({
        notice: { code: 'message-queued', values: { chat: ROMEO, reason: 'remote-server-timeout' } },
        exitCode: 5,
      });
    },
  );

  it('--send: an error for it is an error, with what the server said', async () => {
    const failed = ended('failed', { failure: { condition: 'item-not-found', text: 'who?' } });
    await expect(run('send', { jid: ROMEO, text: 'hello' }, failed, once)).rejects.toMatchObject({
      condition: 'item-not-found',
      values: { jid: ROMEO, text: 'who?' },
    });
  });

  it('--send: what the log-in says goes through (3, 4)', async () => {
    const online = async () => {
      throw new ChatError('not-authorized');
    };
    const sent = run('send', { jid: ROMEO, text: 'hello' }, ended('queued'), { ...once, online });
    await expect(sent).rejects.toMatchObject({ condition: 'not-authorized' });
  });

  it('--send to a room that is kept, or to somebody in it, enters it first', async () => {
    const inRoom = (client: FakeClient) => {
      ended('acked')(client);
      client.roomRows = [{ room: ROOM, name: 'lobby', kept: true, joined: false }];
    };
    const { outcome, client } = await run('send', { jid: ROOM, text: 'hello' }, inRoom, once);
    expect(client.called('rooms.join').map(([room]) => room)).toEqual([ROOM]);
    expect(outcome).toMatchObject({ notice: { code: 'message-sent-room', values: { room: ROOM } } });
  });

  it('in a running session it is confirmed too, and queued at once while offline', async () => {
    const acked = await run('send', { jid: ROMEO, text: 'hello' }, (client) => {
      client.client.messages.settled = async (row) => ({
        ...client.keep(ROMEO, 'hello'),
        row,
        direction: 'out',
        state: 'acked',
      });
    });
    expect(acked.outcome).toMatchObject({ notice: { code: 'message-acknowledged' } });
    const offline = await run('send', { jid: ROMEO, text: 'hello' }, (client) => {
      client.sentState = 'queued';
      client.offlineReason = 'dns-failed';
      client.client.messages.settled = () => new Promise(() => {});
    });
    expect(offline.outcome).toMatchObject({
      notice: { code: 'message-queued', values: { reason: 'dns-failed' } },
      exitCode: 5,
    });
    expect(offline.client.called('messages.send')).toEqual([[ROMEO, 'hello']]);
  });

  describe('--send-lines', () => {
    const of = (...pieces: string[][]) => ({
      ...once,
      async *lines() {
        yield* pieces;
      },
    });
    const settling =
      (state: Message['state'], more: Partial<Message> = {}) =>
      (client: FakeClient) => {
        client.client.messages.settled = async (row) =>
          ({ ...client.said.find((one) => one.row === row), state, ...more }) as Message;
      };
    const bodies = ({ client }: Run) => client.called('messages.send').map(([, body]) => body);

    it('sends each line that has something in it, in order, and says how many', async () => {
      const sent = await run(
        'send-lines',
        { jid: ROMEO },
        settling('acked'),
        of(['one', '', 'two'], [' '], ['three']),
      );
      expect(bodies(sent)).toEqual(['one', 'two', 'three']);
      expect(sent.outcome).toEqual({
        kind: 'done',
        notice: { code: 'lines-sent', values: { chat: ROMEO, count: '3' } },
      });
    });

    it('keeps what comes while nobody can be reached, and tries again with each piece: 5', async () => {
      let tries = 0;
      const offline = {
        ...of(['one'], ['two']),
        online: async () => {
          tries += 1;
          throw new ChatError('offline');
        },
      };
      const away = (client: FakeClient) => {
        settling('queued')(client);
        client.state = 'offline';
        client.offlineReason = 'dns-failed';
      };
      const sent = await run('send-lines', { jid: ROMEO }, away, offline);
      expect(bodies(sent)).toEqual(['one', 'two']);
      expect(tries).toBe(3);
      expect(sent.outcome).toMatchObject({
        notice: { code: 'lines-queued', values: { chat: ROMEO, count: '2', reason: 'dns-failed' } },
        exitCode: 5,
      });
    });

    it('reads nothing where the server refuses us, and no more behind what it refused', async () => {
      const refused = async () => {
        throw new ChatError('not-authorized');
      };
      const never = { ...of(['one']), online: refused };
      await expect(run('send-lines', { jid: ROMEO }, () => {}, never)).rejects.toMatchObject({
        condition: 'not-authorized',
      });
      let read = 0;
      const more = {
        ...once,
        async *lines() {
          for (; ; read += 1) yield Array.from({ length: 600 }, (_, at) => `line ${at}`);
        },
      };
      const failing = settling('failed', { failure: { condition: 'item-not-found', text: '' } });
      await expect(run('send-lines', { jid: ROMEO }, failing, more)).rejects.toMatchObject({
        condition: 'item-not-found',
      });
      expect(read).toBeLessThan(3);
    });
  });

  it('--send-room enters for it, with nickname and password, and keeps nothing', async () => {
    const input = { room: 'lobby', text: 'hello', nick: 'jules', password: 'pw' };
    const { outcome, client, needed } = await run('send-room', input, ended('acked'), once);
    expect(client.called('rooms.join')).toEqual([[ROOM, { nick: 'jules', password: 'pw', keep: false }]]);
    expect(outcome).toMatchObject({ notice: { code: 'message-sent-room', values: { room: ROOM } } });
    expect(needed[0]).toBe('stream');
  });

  it('--send-room does not enter again', async () => {
    const joined = (client: FakeClient) => {
      ended('acked')(client);
      client.addRoom(ROOM);
    };
    const { client } = await run('send-room', { room: 'lobby', text: 'hello' }, joined, once);
    expect(client.called('rooms.join')).toEqual([]);
  });

  it('--history: the newest, of one chat or all; offline without a connection', async () => {
    const talk = (client: FakeClient) => {
      for (const body of ['one', 'two', 'three']) client.keep(ROMEO, body);
      client.keep('nurse@example.org', 'four');
    };
    const bodies = ({ outcome }: Run) =>
      outcome.kind === 'rows'
        ? outcome.rows.map((row) => (row.type === 'message' ? row.message.body : ''))
        : [];
    const some = await run('history', { jid: `${ROMEO}/orchard`, limit: 2 }, talk, once);
    expect(bodies(some)).toEqual(['two', 'three']);
    expect(some.needed).toEqual(['stream']);
    const all = await run('history', { offline: true }, talk, once);
    expect(bodies(all)).toEqual(['one', 'two', 'three', 'four']);
    expect(all.needed).toEqual([]);
    const none = await run('history', {});
    expect(none.outcome).toMatchObject({ kind: 'rows', rows: [], empty: { code: 'no-history' } });
  });

  it('--history and --search: after a catch-up, unless offline (product §5)', async () => {
    const order: string[] = [];
    for (const name of ['history', 'search']) {
      const { client } = await run(name, { text: 'x' }, () => {}, {
        ...once,
        online: async () => void order.push(`${name} online`),
      });
      expect(client.called('history.caughtUp')).toHaveLength(1);
      const offline = await run(name, { text: 'x', offline: true }, () => {}, once);
      expect([...offline.needed, ...offline.client.calls]).toEqual([]);
      const open = await run(name, { text: 'x' });
      expect(open.client.called('history.caughtUp')).toEqual([]);
    }
    expect(order).toEqual(['history online', 'search online']);
  });

  it('--history and --search: a connection that fails is a failure as any', async () => {
    const offline = async () => {
      throw new ChatError('offline');
    };
    for (const name of ['history', 'search'])
      await expect(run(name, { text: 'x' }, () => {}, { ...once, online: offline })).rejects.toThrow(
        ChatError,
      );
  });

  it('--history of a chat: as many as asked for, from the archive where they are not kept here', async () => {
    const archived = (client: FakeClient) => {
      client.archive.push(...Array.from({ length: 25 }, (_, at) => ({ chat: ROMEO, body: `old ${at}` })));
      client.keep(ROMEO, 'new');
    };
    const first = ({ outcome }: Run) => (outcome.kind === 'rows' ? outcome.rows[0] : undefined);
    const some = await run('history', { jid: ROMEO, limit: 12 }, archived, once);
    expect(some.outcome).toMatchObject({ rows: { length: 12 } });
    expect(first(some)).toMatchObject({ message: { body: 'old 14' } });
    expect(some.client.called('history.older')).toHaveLength(2);
    const all = await run('history', { jid: ROMEO, limit: 1000 }, archived, once);
    expect(all.outcome).toMatchObject({ rows: { length: 26 } });
    const here = await run('history', { jid: ROMEO, limit: 1000, offline: true }, archived, once);
    expect(here.outcome).toMatchObject({ rows: { length: 1 } });
    const recent = await run('history', { jid: ROMEO, since: Date.UTC(2026, 10, 22) }, archived, once);
    expect(recent.client.called('history.older')).toEqual([]);
  });

  it('--search: in one chat, of one person by JID or by the name in the list', async () => {
    const talk = (client: FakeClient) => {
      client.addPerson(ROMEO, { name: 'My love' });
      client.keep(ROMEO, 'the lark');
      client.keep(ROMEO, 'no lark', { direction: 'out' });
      client.keep('nurse@example.org', 'a lark');
    };
    const found = async (input: object) => {
      const { outcome } = await run('search', { text: 'lark', ...input }, talk);
      return (
        outcome.kind === 'rows' && outcome.rows.map((row) => (row.type === 'message' ? row.message.body : ''))
      );
    };
    expect(await found({})).toEqual(['a lark', 'no lark', 'the lark']);
    expect(await found({ chat: `${ROMEO}/orchard` })).toEqual(['no lark', 'the lark']);
    expect(await found({ from: ROMEO })).toEqual(['the lark']);
    expect(await found({ from: 'My love' })).toEqual(['the lark']);
    const none = await run('search', { text: 'owl' });
    expect(none.outcome).toMatchObject({
      rows: [],
      empty: { code: 'nothing-found', values: { text: 'owl' } },
    });
  });

  it('--export: chat after chat from the beginning, what the archive has too, every text of a message', async () => {
    const talk = (client: FakeClient) => {
      client.keep(ROMEO, 'new', { corrected: true });
      client.olderTexts.set(1, [{ body: 'nwe', time: 1 }]);
      client.keep('nurse@example.org', 'madam');
      client.archive.push(...Array.from({ length: 25 }, (_, at) => ({ chat: ROMEO, body: `old ${at}` })));
    };
    const rows = ({ outcome }: Run) =>
      outcome.kind === 'stream'
        ? [...outcome.pages].flat().flatMap((row) => (row.type === 'message' ? [row] : []))
        : [];
    const all = rows(await run('export', {}, talk, once));
    expect(all.map((row) => row.message.body)).toEqual([
      'madam',
      ...Array.from({ length: 25 }, (_, at) => `old ${at}`),
      'new',
    ]);
    expect(all.at(-1)).toMatchObject({ versions: [{ body: 'nwe' }] });
    const here = await run('export', { jid: `${ROMEO}/orchard`, offline: true, output: '/x' }, talk, once);
    expect(rows(here)).toHaveLength(1);
    expect(here.needed).toEqual([]);
    expect(here.outcome).toMatchObject({ output: '/x', empty: { code: 'no-history' } });
  });

  it('--devices: lists what is connected', async () => {
    const { outcome } = await run('devices', {});
    expect(outcome).toMatchObject({
      rows: [{ type: 'device', device: { resource: 'here', current: true } }],
    });
  });

  it('--archiving: tells what holds, or changes what is given', async () => {
    const asked = await run('archiving', { always: [], never: [], usual: [] });
    expect(asked.client.called('history.archivePreferences')).toEqual([]);
    expect(asked.outcome).toMatchObject({
      rows: [{ type: 'archiving', preferences: { default: 'roster' } }],
    });
    const changed = await run('archiving', { default: 'never', always: [ROMEO], never: [], usual: [] });
    expect(changed.outcome).toMatchObject({ rows: [{ preferences: { default: 'never', always: [ROMEO] } }] });
  });

  it('--profile: shows the own card with all that can be said, or changes what is named (XEP-0054)', async () => {
    const talk = (client: FakeClient) => {
      client.card = { fullName: 'Juliet', photoType: 'image/png' };
    };
    const { outcome } = await run('profile', { set: [] }, talk);
    expect(outcome).toMatchObject({
      rows: [{ type: 'profile', jid: 'juliet@example.org', vcard: { fullName: 'Juliet' } }],
    });
    const changed = await run('profile', { set: ['fullName=', 'description=a = b'] }, talk);
    expect(changed.outcome).toMatchObject({ kind: 'done', notice: { code: 'profile-saved' } });
    expect(changed.client.called('profile.change')).toEqual([[{ fullName: '', description: 'a = b' }]]);
    expect(changed.client.card).toEqual({ description: 'a = b', photoType: 'image/png' });
  });

  it.each([
    [['fullname=Juliet'], 'no-profile-field', { name: 'fullname', nearest: 'fullName' }],
    [['photoType=x'], 'no-profile-field', { name: 'photoType', nearest: '' }],
    [['nickname=Jule', 'toString=x'], 'no-profile-field', { name: 'toString' }],
    [['fullName'], 'no-setting', { value: 'fullName' }],
  ])('--profile --set %j is wrong usage, and changes nothing', async (set, condition, values) => {
    let client: FakeClient | undefined;
    const error = await run('profile', { set }, (fake) => {
      client = fake;
    }).catch((thrown) => thrown);
    expect(error).toMatchObject({ condition, values });
    expect(exitCodeOf(error)).toBe(2);
    expect(client?.calls).toEqual([]);
  });

  it('what changes a message names it by its row; a reaction without an emoji takes it back', async () => {
    const talk = (client: FakeClient) => {
      client.keep(ROMEO, 'wherefore?');
      client.keep(ROMEO, 'here', { direction: 'out', state: 'acked' });
    };
    const calls = async (name: string, input: Readonly<Record<string, unknown>>) =>
      (await run(name, input, talk)).client.calls;
    expect(await calls('edit', { message: 2, text: 'there' })).toEqual([
      ['messages.correct', 2, { body: 'there', corrected: true }],
    ]);
    expect(await calls('reply', { message: 1, text: 'thus' })).toEqual([['messages.reply', 1, 'thus']]);
    const reactions = [{ from: 'juliet@example.org', emojis: ['👍', '🎉'] }];
    expect(await calls('react', { message: 1, emojis: ' 👍  🎉 👍' })).toEqual([
      ['messages.react', 1, { reactions }],
    ]);
    expect(await calls('react', { message: 1 })).toEqual([['messages.react', 1, { reactions: [] }]]);
    expect(await calls('retract', { message: 2 })).toEqual([
      ['messages.retract', 2, { body: '', retracted: true }],
    ]);
  });

  it('versions: every text with when it was written, a withdrawn one too', async () => {
    const time = Date.UTC(2026, 10, 21, 14, 3);
    const changed = (more: Partial<Message>) => (client: FakeClient) => {
      const { row } = client.keep(ROMEO, 'third', { time, corrected: true, ...more });
      client.olderTexts.set(row, [
        { body: 'first', time: time + 1 },
        { body: 'second', time: time + 2 },
      ]);
    };
    const texts = ({ outcome }: Run) =>
      outcome.kind === 'rows' && outcome.rows.map((row) => (row.type === 'version' ? row.version : row));
    const shown = await run('versions', { message: 1 }, changed({}));
    expect(texts(shown)).toEqual([
      { body: 'first', time },
      { body: 'second', time: time + 1 },
      { body: 'third', time: time + 2 },
    ]);
    const gone = await run('versions', { message: 1 }, changed({ body: '', retracted: true }));
    expect(texts(gone)).toHaveLength(2);
    const never = await run('versions', { message: 1 }, (client) => void client.keep(ROMEO, 'once'));
    expect(never.outcome).toMatchObject({ rows: [], empty: { code: 'no-versions' } });
    await expect(run('versions', { message: 9 })).rejects.toMatchObject({ condition: 'message-gone' });
  });
});

describe('contacts and people', () => {
  it('contacts: all of them, when the burst after the log-in is over', async () => {
    const order: string[] = [];
    const { outcome } = await run('contacts', {}, (client) => {
      client.addPerson(ROMEO, { name: 'Romeo' });
      client.client.contacts.settled = async () => {
        await Promise.resolve();
        order.push('settled');
      };
      const contacts = client.contacts.list;
      client.client.contacts.list = () => {
        order.push('listed');
        return contacts();
      };
    });
    expect(outcome).toMatchObject({
      kind: 'rows',
      rows: [{ type: 'contact', contact: { jid: ROMEO } }],
      empty: { code: 'no-contacts' },
    });
    expect(order).toEqual(['settled', 'listed']);
  });

  it('add-contact with name, groups and greeting', async () => {
    const input = { jid: ROMEO, name: 'R', groups: ['a', 'b'], greeting: 'hi' };
    const { outcome, client } = await run('add-contact', input);
    expect(client.called('contacts.add')).toEqual([
      [ROMEO, { name: 'R', groups: ['a', 'b'], greeting: 'hi' }],
    ]);
    expect(outcome).toMatchObject({
      kind: 'done',
      notice: { code: 'contact-asked', values: { jid: ROMEO } },
    });
  });

  it('add-contact of somebody who is one: no answer will come', async () => {
    const { outcome } = await run('add-contact', { jid: ROMEO }, (fake) => fake.addPerson(ROMEO));
    expect(outcome).toMatchObject({
      kind: 'done',
      notice: { code: 'contact-already', values: { jid: ROMEO } },
    });
  });

  it.each([
    ['remove-contact', 'contacts.remove', 'contact-removed'],
    ['approve', 'contacts.approve', 'approved'],
    ['decline', 'contacts.decline', 'declined'],
    ['block', 'contacts.block', 'blocked'],
    ['unblock', 'contacts.unblock', 'unblocked'],
  ])('%s', async (name, call, code) => {
    const { outcome, client } = await run(name, { jid: ROMEO });
    expect(client.called(call)).toEqual([[ROMEO]]);
    expect(outcome).toMatchObject({ kind: 'done', notice: { code, values: { jid: ROMEO } } });
  });

  it.each([
    ['directory', undefined],
    ['needs-text', 'directory-needs-text'],
    ['no-directory', 'no-directory'],
  ] as const)('users: what the answer stands on is said (%s)', async (complete, code) => {
    const { outcome, client } = await run('users', { query: 'ro' }, (fake) => {
      fake.directory = { users: [{ jid: ROMEO, from: 'directory' }], domain: 'example.org', complete };
    });
    expect(client.called('users.find')).toEqual([['ro']]);
    expect(outcome).toMatchObject({
      rows: [{ type: 'user', user: { jid: ROMEO } }],
      empty: { code: 'no-users', values: { query: 'ro' } },
    });
    expect(outcome.kind === 'rows' ? outcome.note?.code : '').toBe(code);
  });

  it('user: everything known of one', async () => {
    const { outcome } = await run('user', { jid: ROMEO });
    expect(outcome).toMatchObject({ rows: [{ type: 'details', details: { jid: ROMEO } }] });
  });

  it('blocked: the list, or that it is empty', async () => {
    const { outcome } = await run('blocked', {}, (client) => client.blockedJids.add('iago@example.org'));
    expect(outcome).toMatchObject({
      rows: [{ type: 'blocked', jid: 'iago@example.org' }],
      empty: { code: 'no-blocked' },
    });
  });

  it('requests are listed, accepted and refused by their id', async () => {
    const open = (client: FakeClient) => {
      client.open = [{ kind: 'subscription', id: 's:1', from: ROMEO, time: 0 }];
    };
    const listed = await run('requests', {}, open);
    expect(listed.outcome).toMatchObject({
      rows: [{ type: 'request', request: { id: 's:1' } }],
      empty: { code: 'no-requests' },
    });
    const accepted = await run('accept', { id: 's:1' }, open);
    expect([accepted.client.called('requests.accept'), accepted.outcome]).toMatchObject([
      [['s:1']],
      { notice: { code: 'request-accepted' } },
    ]);
    const refused = await run('refuse', { id: 's:1' }, open);
    expect([refused.client.called('requests.refuse'), refused.outcome]).toMatchObject([
      [['s:1']],
      { notice: { code: 'request-refused' } },
    ]);
  });
});

describe('users by the fields of the directory', () => {
  const form: FilledForm = {
    instructions: '',
    fields: [{ name: 'last', label: 'Family name', kind: 'text', required: false }],
  };

  it('fills in what is set, and says which fields there are (XEP-0055 §3)', async () => {
    const { client } = await run('users', { set: ['last=Capulet'] }, (fake) => {
      fake.form = form;
    });
    expect(client.called('users.findBy')).toEqual([[{ last: 'Capulet' }]]);
    await expect(
      run('users', { set: ['size=9'] }, (fake) => {
        fake.form = form;
      }),
    ).rejects.toMatchObject({ condition: 'no-directory-field', values: { name: 'size', fields: 'last' } });
  });
});

describe('rooms', () => {
  it('rooms: the public ones, and whose they are where there is none', async () => {
    const row = { room: ROOM, name: 'Lobby', kept: true, joined: false };
    const { outcome } = await run('rooms', {}, (client) => {
      client.roomRows = [row];
    });
    expect(outcome).toEqual({
      kind: 'rows',
      rows: [{ type: 'room', room: row }],
      empty: { code: 'no-rooms', values: { service: 'conference.example.org' } },
    });
  });

  it('rooms: those with a text', async () => {
    const { outcome, client } = await run('rooms', { query: 'witch' });
    expect(client.called('rooms.browse')).toEqual([['witch']]);
    expect(outcome).toMatchObject({
      rows: [],
      empty: { code: 'no-rooms-found', values: { query: 'witch' } },
    });
  });

  it('join keeps the room for every log-in, and says whether it is new', async () => {
    const input = { room: 'lobby', nick: 'jules', password: 'pw' };
    const joined = await run('join', input);
    expect(joined.client.called('rooms.join')).toEqual([
      [ROOM, { nick: 'jules', password: 'pw', keep: true }],
    ]);
    expect(joined.outcome).toMatchObject({
      notice: { code: 'joined', values: { room: ROOM, nick: 'jules' } },
    });
    const created = await run('join', input, (client) => {
      client.created = true;
    });
    expect(created.outcome).toMatchObject({ notice: { code: 'room-created' } });
  });

  it.each([
    ['leave', { room: 'lobby' }, 'rooms.leave', [ROOM], 'left'],
    [
      'subject',
      { room: 'lobby', subject: 'Balconies' },
      'rooms.setSubject',
      [ROOM, 'Balconies'],
      'subject-set',
    ],
    ['nick', { room: 'lobby', nick: 'jules' }, 'rooms.setNick', [ROOM, 'jules'], 'nick-set'],
    [
      'invite',
      { room: 'lobby', jid: ROMEO, reason: 'come' },
      'rooms.invite',
      [ROOM, ROMEO, 'come'],
      'invited',
    ],
  ])('%s', async (name, input, call, args, code) => {
    const { outcome, client } = await run(name, input);
    expect(client.called(call)).toEqual([args]);
    expect(outcome).toMatchObject({ kind: 'done', notice: { code } });
  });
});

describe('conference', () => {
  it('sends nothing of what was said unless it is told how much (XEP-0045 §7.9)', async () => {
    const { outcome, client } = await run('conference', { jid: ROMEO, others: ['nurse@example.org'] });
    expect(client.called('conferences.start')).toEqual([
      [ROMEO, { others: ['nurse@example.org'], history: 0, reason: undefined }],
    ]);
    expect(outcome).toMatchObject({
      notice: { code: 'conference', values: { invited: `${ROMEO}, nurse@example.org`, failed: '', sent: 0 } },
    });
    expect(outcome).not.toHaveProperty('exitCode');
  });

  it('is no success where somebody could not be invited', async () => {
    const input = { jid: ROMEO, others: ['nobody@example.org'], history: 2, reason: 'come' };
    const { outcome } = await run('conference', input, (client) => {
      client.client.conferences.start = async () => ({
        room: ROOM,
        invited: [ROMEO],
        failed: ['nobody@example.org'],
        sent: 2,
      });
    });
    expect(outcome).toMatchObject({
      exitCode: 1,
      notice: { values: { failed: 'nobody@example.org', sent: 2 } },
    });
  });
});

describe('the account', () => {
  it.each([
    [true, 'all-wiped'],
    [undefined, 'wiped'],
  ])('wipe-data erases what is kept here, of one account or of all (%s)', async (all, code) => {
    const { outcome, client, needed } = await run('wipe-data', { all });
    expect(client.called('wipe')).toEqual([[{ all: all === true }]]);
    expect(outcome).toMatchObject({ notice: { code } });
    expect(needed).toEqual([]);
  });

  it('status alone is saved for the next session', async () => {
    const { outcome, client } = await run('status', { show: 'away', message: 'tea' }, undefined, once);
    expect([client.called('savePresence'), client.called('setPresence')]).toEqual([[['away', 'tea']], []]);
    expect(outcome).toMatchObject({
      notice: { code: 'presence-saved', values: { show: 'away', status: 'tea' } },
    });
  });

  it('status in a running session is told to everybody; no message is none', async () => {
    const { outcome, client } = await run('status', { show: 'available' });
    expect(client.called('setPresence')).toEqual([['available', '']]);
    expect(outcome).toMatchObject({
      notice: { code: 'presence-set', values: { show: 'available', status: '' } },
    });
  });

  it('register hands on what was asked for', async () => {
    const made: unknown[] = [];
    const { outcome } = await run('register', { jid: ROMEO, password: 'pw' }, undefined, {
      register: async (account) => {
        made.push(account);
      },
    });
    expect(made).toEqual([{ jid: ROMEO, password: 'pw' }]);
    expect(outcome).toMatchObject({ notice: { code: 'registered', values: { jid: ROMEO } } });
  });

  it('change-password says nothing of the password', async () => {
    const { outcome, client } = await run('change-password', { newPassword: 's3cret' });
    expect(client.called('changePassword')).toEqual([['s3cret']]);
    expect(outcome).toMatchObject({ notice: { code: 'password-changed', values: { jid: client.account } } });
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
  });

  it.each([
    [undefined, false],
    [false, false],
    [true, true],
  ])('delete-account wipes local data only where asked (%s)', async (wipe, wiped) => {
    const { outcome, client } = await run('delete-account', { wipe });
    expect(client.called('deleteAccount')).toEqual([[{ wipe: wiped }]]);
    expect(outcome).toMatchObject({ notice: { code: 'account-deleted', values: { wiped: wiped ? 1 : 0 } } });
  });

  it('setting takes known names only', async () => {
    const { outcome, client } = await run('setting', { name: 'bell', value: 'off' });
    expect(client.called('settings.set')).toEqual([['bell', 'off']]);
    expect(outcome).toMatchObject({
      notice: { code: 'setting-saved', values: { name: 'bell', value: 'off' } },
    });
    await expect(run('setting', { name: 'toString', value: 'off' })).rejects.toMatchObject({
      condition: 'no-such-setting',
    });
  });

  it('setting without a value tells what it is, without a name what all are', async () => {
    const { outcome: one, client } = await run('setting', { name: 'bell' });
    expect(client.called('settings.set')).toEqual([]);
    expect(one).toMatchObject({
      kind: 'rows',
      rows: [{ type: 'setting', setting: { name: 'bell', values: ['mentions', 'all', 'off'] } }],
    });
    const { outcome: all } = await run('setting');
    expect(all.kind === 'rows' && all.rows).toHaveLength(Object.keys(SETTINGS).length);
  });

  it.each([
    ['offline', false, 'reconnecting', 1],
    ['connecting', false, 'reconnecting', 0],
    ['online', false, 'connected', 0],
  ] as const)('reconnect while %s', async (state, isOver, code, calls) => {
    const { outcome, client } = await run('reconnect', {}, (fake) => Object.assign(fake, { state, isOver }));
    expect(outcome).toMatchObject({ kind: 'done', notice: { code } });
    expect(client.called('reconnect')).toHaveLength(calls);
  });

  it('reconnect after the end of it: only another log-in helps', async () => {
    const over = (fake: FakeClient) => Object.assign(fake, { state: 'offline', isOver: true });
    await expect(run('reconnect', {}, over)).rejects.toMatchObject({ condition: 'offline' });
  });

  it('reconnect where nothing could be opened is not told as a connection', async () => {
    const stuck = (fake: FakeClient) => Object.assign(fake, { state: 'offline', reconnect: () => false });
    await expect(run('reconnect', {}, stuck)).rejects.toMatchObject({ condition: 'offline' });
  });

  it('logout', async () => {
    const { outcome, client } = await run('logout');
    expect([client.state, outcome]).toMatchObject(['offline', { notice: { code: 'logged-out' } }]);
  });
});

describe('files', () => {
  it('send-file: with whenOnline the file waits where nobody takes it now, and only then', async () => {
    const input = { path: '/tmp/a.txt', to: ROMEO, whenOnline: true };
    const away = (condition: string) => (client: FakeClient) =>
      void client.failures.set('files.send', new ChatError(condition, { jid: ROMEO }));
    const { outcome, client } = await run('send-file', input, away('no-route'));
    expect(client.called('files.keep')).toEqual([['/tmp/a.txt', ROMEO]]);
    expect(outcome).toMatchObject({
      notice: { code: 'file-waiting', values: { name: 'a.txt', peer: ROMEO } },
      exitCode: 5,
      row: { type: 'file', file: { state: 'waiting' } },
    });
    await expect(run('send-file', input, away('declined'))).rejects.toMatchObject({ condition: 'declined' });
    const plain = run('send-file', { ...input, whenOnline: undefined }, away('no-route'));
    await expect(plain).rejects.toMatchObject({ condition: 'no-route' });
    const gone = run('send-file', { ...input, whenOnline: undefined }, (client) => {
      client.away.add(ROMEO);
      away('no-route')(client);
    });
    await expect(gone).rejects.toMatchObject({ condition: 'peer-offline' });
  });

  it('waiting-files lists what waits, cancel-file takes it out', async () => {
    const waits = (client: FakeClient) => {
      client.transfers = [
        { id: 'w', peer: ROMEO, direction: 'out', name: 'a.txt', sent: 0, state: 'waiting', route: '' },
      ];
    };
    expect((await run('waiting-files', {}, waits)).outcome).toMatchObject({
      rows: [{ type: 'file', file: { id: 'w' } }],
      empty: { code: 'no-waiting-files' },
    });
    const { outcome, client } = await run('cancel-file', { id: 'w' }, waits);
    expect(client.called('files.cancel')).toEqual([['w']]);
    expect(outcome).toMatchObject({ notice: { code: 'file-cancelled', values: { name: 'a.txt' } } });
  });

  it('send-file: an upload whose link waits in the outbox is not done yet: exit code 5, and why', async () => {
    const { outcome } = await run('send-file', { path: '/tmp/a.txt', to: ROMEO }, (client) => {
      const sendFile = client.files.send;
      client.client.files.send = async (path, peer) => ({ ...(await sendFile(path, peer)), state: 'queued' });
    });
    expect(outcome).toMatchObject({
      notice: { code: 'file-queued', values: { name: 'a.txt', reason: 'remote-server-timeout' } },
      exitCode: 5,
      row: { type: 'file', file: { state: 'queued' } },
    });
  });

  it('send-file tells how far it is, and can be cancelled', async () => {
    const stop = new AbortController();
    const seen: unknown[] = [];
    const progress = () => {};
    const { outcome } = await run(
      'send-file',
      { path: '/tmp/a.txt', to: `${ROMEO}/orchard` },
      (client) => {
        const sendFile = client.files.send;
        client.client.files.send = (path, peer, options) => {
          seen.push(options?.signal, options?.onProgress);
          return sendFile(path, peer);
        };
      },
      { signal: stop.signal, progress },
    );
    expect(seen).toEqual([stop.signal, progress]);
    expect(outcome).toMatchObject({
      notice: { code: 'file-sent', values: { name: 'a.txt', size: 4 } },
      row: { type: 'file', file: { state: 'done' } },
    });
  });
});

it.each(['contacts.add', 'rooms.join', 'setPresence', 'deleteAccount', 'users.find'])(
  'what %s refuses goes through',
  async (call) => {
    const inputs: Record<string, [string, object]> = {
      'contacts.add': ['add-contact', { jid: ROMEO }],
      'rooms.join': ['join', { room: 'lobby' }],
      setPresence: ['status', { show: 'away' }],
      deleteAccount: ['delete-account', {}],
      'users.find': ['users', {}],
    };
    const [name, input] = inputs[call] ?? ['', {}];
    const refusal = new ChatError('offline');
    await expect(run(name, { ...input }, (client) => client.failures.set(call, refusal))).rejects.toBe(
      refusal,
    );
  },
);
