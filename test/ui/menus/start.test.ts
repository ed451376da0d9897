import { beforeEach, describe, expect, it } from 'vitest';
import type { FilledForm } from '../../../src/chat/form.ts';
import { menuLoop } from '../../../src/ui/menu.ts';
import type { Accounts } from '../../../src/ui/menus/accounts.ts';
import { loginAtStart } from '../../../src/ui/menus/login.ts';
import { FakeClient } from '../../support/fake-client.ts';
import { bareContext, plainApp } from '../../support/plain-face.ts';
import { CTRL_C, ScriptedTerminal, type Step } from '../../support/scripted-terminal.ts';

const FORM: FilledForm = {
  instructions: 'Welcome.',
  fields: [
    { name: 'email', label: 'E-mail', kind: 'text', required: true },
    { name: 'news', label: 'News', kind: 'switch', required: false, value: '1' },
    {
      name: 'place',
      label: 'Place',
      kind: 'choice',
      required: false,
      value: 'm',
      options: [
        { label: 'Verona', value: 'v' },
        { label: 'Mantua', value: 'm' },
      ],
    },
  ],
};
const refused = Object.assign(new Error('no'), { condition: 'not-authorized' });
const closed = Object.assign(new Error('no'), { condition: 'registration-closed' });

let fake: FakeClient;
let logins: unknown[];
let registered: unknown[];
let examined: unknown[];
beforeEach(() => {
  fake = new FakeClient();
  logins = [];
  registered = [];
  examined = [];
});

async function play(accounts: Partial<Accounts>, ...script: Step[]) {
  const terminal = new ScriptedTerminal(...script);
  const code = await menuLoop({
    ...plainApp(terminal, fake, {
      login: async (credentials) => {
        logins.push(credentials);
        return fake.client;
      },
      register: async (account) => {
        registered.push(account);
      },
      ...accounts,
    }),
    bare: ({ signal, account }) => ({
      ...bareContext(signal),
      async examine(domain) {
        examined.push({ domain, account });
        if (domain === 'down.example') return { reachable: false, unauthorised: false, failed: 1, warned: 0 };
        return { reachable: true, unauthorised: false, failed: 0, warned: 0 };
      },
    }),
  });
  return { terminal, code };
}

describe('the start menu', () => {
  it('keeps its numbers where an entry is missing (product §2)', async () => {
    const { terminal, code } = await play({ demo: async () => fake.client }, '0');
    expect(terminal.menus[0]).toEqual([
      '1) Log in',
      '2) Register a new account',
      '3) Try the demo',
      '4) Check a connection',
      '0) Exit',
    ]);
    expect(code).toBe(0);
  });

  it('starts the demo with 3', async () => {
    const { terminal } = await play({ demo: async () => fake.client }, '3', '0');
    expect(terminal.asked.at(-1)).toBe('Logged in as juliet@example.org');
  });
});

describe('checking a connection', () => {
  it('asks for a domain, and for no password; then one is back in the menu', async () => {
    const { terminal } = await play({}, '4', 'Example.org', '0');
    expect(examined).toEqual([{ domain: 'example.org', account: undefined }]);
    expect(terminal.asked).toEqual(['xmpp-chat', 'Which server (its name, or a JID)', 'xmpp-chat']);
    expect(terminal.output).toContain('Checking the way to example.org');
    expect(terminal.output).toContain('"code":"checked"');
  });

  it('takes the configured domain, else the last account’s, for an empty answer', async () => {
    await play({ domain: 'home.example', lastJid: 'me@other.example' }, '4', '', '0');
    await play({ lastJid: 'me@other.example' }, '4', '', '0');
    await play({}, '4', '', '0');
    expect(examined).toMatchObject([{ domain: 'home.example' }, { domain: 'other.example' }]);
  });

  it('logs in with a JID where a password is typed', async () => {
    await play({}, '4', 'romeo@example.org/pc', 'secret', '0');
    await play({}, '4', 'romeo@example.org', '', '0');
    expect(examined).toEqual([
      { domain: 'example.org', account: { jid: 'romeo@example.org', password: 'secret' } },
      { domain: 'example.org', account: undefined },
    ]);
  });

  it('says what is no name of a server, and what cannot be reached', async () => {
    const { terminal } = await play({}, '4', 'not a name', 'down.example', '0');
    expect(terminal.output).toContain('“not a name” is not a JID');
    expect(terminal.output).toContain('! unreachable-server');
    expect(terminal.asked.at(-1)).toBe('xmpp-chat');
  });

  it('is left by Ctrl-C', async () => {
    const { terminal } = await play({}, '4', CTRL_C, '0');
    expect(examined).toEqual([]);
    expect(terminal.left).toBe(0);
  });
});

describe('local data that is damaged', () => {
  const damaged = Object.assign(new Error('no'), {
    name: 'StorageError',
    condition: 'corrupt',
    path: '/x.db',
  });

  it.each([
    ['y', 1],
    ['n', 0],
  ])('is moved aside only if the user says so: %s', async (answer, times) => {
    let moved = 0;
    const { terminal } = await play(
      {
        login: async () => {
          if (moved === 0) throw damaged;
          return fake.client;
        },
        moveAside: async () => {
          moved++;
          return '/x.db.damaged';
        },
      },
      ...['1', 'romeo@example.org', 'secret', answer, ...(times === 1 ? ['12'] : []), '0'],
    );
    expect(moved).toBe(times);
    expect(terminal.output).toContain('! corrupt');
    expect(terminal.output.includes('/x.db.damaged')).toBe(times === 1);
  });
});

describe('without a connection', () => {
  const failing = (condition: string, name = 'ConnectionError') => ({
    knownAccounts: () => ['romeo@example.org'],
    login: () => Promise.reject(Object.assign(new Error('x'), { name, condition })),
    workOffline: async (credentials: unknown) => {
      logins.push(credentials);
      return fake.client;
    },
  });
  const QUESTION = expect.stringContaining('without a connection?');

  it.each(['dns-not-found', 'dns-failed', 'refused', 'unreachable', 'timeout', 'closed'])(
    'one goes on with what is kept if one wants to: %s',
    async (condition) => {
      const { terminal } = await play(failing(condition), '1', 'romeo@example.org', 'secret', 'y', '12', '0');
      expect(terminal.lines).toContain(`! ${condition}`);
      expect(terminal.asked).toContainEqual(QUESTION);
      expect(logins).toEqual([{ jid: 'romeo@example.org', password: 'secret' }]);
      expect(terminal.asked).toContain('Logged in as juliet@example.org');
    },
  );

  it('one is back in the start menu if not', async () => {
    const { terminal } = await play(failing('refused'), '1', 'romeo@example.org', 'secret', 'n', '0');
    expect(logins).toEqual([]);
    expect(terminal.asked.at(-1)).toBe('xmpp-chat');
  });

  it.each([
    ['a certificate that is not trusted', 'romeo@example.org', failing('certificate-untrusted')],
    ['a server that is refused for its ways', 'romeo@example.org', failing('no-tls')],
    ['a full disk', 'romeo@example.org', failing('full', 'StorageError')],
    ['an account of which nothing is kept', 'nurse@example.org', failing('refused')],
  ])('nothing is offered for %s', async (_what, jid, accounts) => {
    const { terminal } = await play(accounts, '1', jid, 'secret', '0');
    expect(terminal.asked).not.toContainEqual(QUESTION);
    expect(terminal.left).toBe(0);
  });
});

describe('at the start, with what the configuration says', () => {
  const account = { jid: 'romeo@example.org', password: 'secret' };
  const presence = { show: 'dnd', message: 'busy' } as const;
  const signal = new AbortController().signal;
  const network = Object.assign(new Error('x'), { name: 'TimeoutError', condition: 'timeout' });

  function start(accounts: Partial<Accounts>, ...script: Step[]) {
    const terminal = new ScriptedTerminal(...script);
    const app = plainApp(terminal, fake, { knownAccounts: () => [account.jid], ...accounts });
    return { terminal, done: loginAtStart(app, account, { presence, signal }) };
  }

  it('who is logged in stays so where the presence could not be told, and is asked nothing', async () => {
    fake.state = 'online';
    fake.failures.set('setPresence', network);
    const { terminal, done } = start({ login: async () => fake.client });
    expect(await done).toBe(fake.client);
    expect(terminal.lines).toEqual(['! timeout']);
    expect(terminal.asked).toEqual([]);
  });

  it('who goes on without a connection is seen as was asked for when there is one', async () => {
    fake.state = 'offline';
    const { done } = start(
      { login: () => Promise.reject(network), workOffline: async () => fake.client },
      'y',
    );
    expect(await done).toBe(fake.client);
    expect(fake.called('savePresence')).toEqual([['dnd', 'busy']]);
    expect(fake.called('setPresence')).toEqual([]);
  });

  it('Ctrl-C at the question goes on to the menu', async () => {
    const { done } = start({ login: () => Promise.reject(network) }, CTRL_C);
    expect(await done).toBeUndefined();
  });
});

describe('logging in', () => {
  it('completes a bare user name, and takes the last account for an empty answer', async () => {
    await play({ domain: 'example.org' }, '1', 'Romeo', 'secret', '12', '0');
    await play({ lastJid: 'nurse@example.org' }, '1', '', 'secret', '0');
    expect(logins).toEqual([
      { jid: 'romeo@example.org', password: 'secret' },
      { jid: 'nurse@example.org', password: 'secret' },
    ]);
  });

  it('asks again for what is no JID', async () => {
    const { terminal } = await play({}, '1', 'not a jid', 'romeo@example.org', 'secret', '0');
    expect(terminal.output).toContain('“not a jid” is not a JID');
    expect(logins).toHaveLength(1);
  });

  it('comes back with one line where it fails', async () => {
    const timeout = Object.assign(new Error('x'), { condition: 'timeout' });
    const { terminal } = await play({ login: () => Promise.reject(timeout) }, '1', 'a@b', 'secret', '0');
    expect(terminal.lines).toContain('! timeout');
    expect(terminal.asked.at(-1)).toBe('xmpp-chat');
  });

  it('offers to register an account that the server refuses, where it registers (product §2)', async () => {
    const answers = [Promise.reject(refused), Promise.resolve(fake.client)];
    const login = () => answers.shift() ?? Promise.reject(refused);
    const { terminal } = await play({ login }, '1', 'romeo@example.org', 'secret', 'y', '0');
    expect(registered).toEqual([{ jid: 'romeo@example.org', password: 'secret', fields: {} }]);
    expect(terminal.asked.at(-1)).toBe('Logged in as juliet@example.org');
  });

  it('offers nothing where the server registers nobody, or the user does not want to', async () => {
    const login = () => Promise.reject(refused);
    const registrationForm = () => Promise.reject(closed);
    const shut = await play({ login, registrationForm }, '1', 'romeo@example.org', 'secret', '0');
    expect(shut.terminal.asked).toHaveLength(4);
    await play({ login }, '1', 'romeo@example.org', 'secret', '', '0');
    expect(registered).toEqual([]);
  });
});

describe('registering', () => {
  it("asks for the server's own form, and logs in with the new account", async () => {
    const registrationForm = async () => FORM;
    const fields = ['', 'r@example.org', '', '2'];
    const { terminal } = await play(
      { registrationForm },
      ...['2', 'romeo@example.org', 'secret', 'secret', ...fields, '0'],
    );
    expect(terminal.output).toContain('Welcome.');
    expect(registered).toEqual([
      {
        jid: 'romeo@example.org',
        password: 'secret',
        fields: { email: 'r@example.org', news: '1', place: 'm' },
      },
    ]);
    expect(logins).toEqual([{ jid: 'romeo@example.org', password: 'secret' }]);
  });

  it('asks again where the two passwords differ', async () => {
    const { terminal } = await play({}, '2', 'romeo@example.org', 'one', 'two', 'three', 'three', '0');
    expect(terminal.output).toContain('The two passwords are not the same.');
    expect(registered).toMatchObject([{ password: 'three' }]);
  });

  it('shows where the server registers on the web instead (XEP-0077 §5)', async () => {
    const url = 'https://example.org/register';
    const registrationForm = async () => ({ instructions: '', fields: [], url });
    const { terminal } = await play({ registrationForm }, '2', 'romeo@example.org', '0');
    expect(terminal.output).toContain(url);
    expect(registered).toEqual([]);
  });

  it('says in one line what the server refuses', async () => {
    const conflict = Object.assign(new Error('x'), { condition: 'conflict' });
    const register = () => Promise.reject(conflict);
    const { terminal } = await play({ register }, '2', 'romeo@example.org', 'one', 'one', '0');
    expect(terminal.lines).toContain('! conflict');
    expect(logins).toEqual([]);
  });
});
