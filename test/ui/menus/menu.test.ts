import { beforeEach, describe, expect, it } from 'vitest';
import { menuLoop } from '../../../src/ui/menu.ts';
import { FakeClient } from '../../support/fake-client.ts';
import { plainApp } from '../../support/plain-face.ts';
import { CTRL_C, ScriptedTerminal, type Step } from '../../support/scripted-terminal.ts';

let fake: FakeClient;
beforeEach(() => {
  fake = new FakeClient();
});

async function play(...script: Step[]) {
  const terminal = new ScriptedTerminal(...script);
  const code = await menuLoop(plainApp(terminal, fake), fake.client);
  return { terminal, code };
}

describe('the main menu', () => {
  it('numbers its entries 1 to 16, with M, D and 0, as the product says (product §2)', async () => {
    const { terminal } = await play('0');
    expect(terminal.menus[0]).toEqual([
      '1) Chat with someone',
      '2) All users on the server',
      '3) My contacts and their status',
      '4) Add a contact',
      "5) A user's details",
      '6) Create or join a room',
      '7) Message to a room',
      '8) Presence',
      '9) Send a file',
      '10) Notifications',
      '11) Delete my account',
      '12) Log out',
      '13) Leave a room',
      '14) Remove a contact',
      '15) History and search',
      '16) More',
      'M) Show the menu',
      'D) Delete my account',
      '0) Exit',
    ]);
  });

  it('lists the contacts with 3 and exits 0 with 0 (product §1)', async () => {
    fake.addPerson('alice@example.org');
    const { terminal, code } = await play('3', '0');
    expect(terminal.output).toContain('alice@example.org');
    expect(terminal.left).toBe(0);
    expect(code).toBe(0);
    expect(fake.called('logout')).toHaveLength(1);
  });

  it('lists the contacts without a connection too, and says that nobody knows who is there', async () => {
    const resource = { resource: 'a', show: 'away', status: '', priority: 0 } as const;
    fake.addPerson('alice@example.org', { resources: [resource] });
    fake.state = 'offline';
    const { terminal } = await play('3', '0');
    expect(terminal.output).toContain('contacts-kept');
    expect(terminal.output).toContain('alice@example.org');
    expect(terminal.output).not.toContain('away');
  });

  it('says at the end what has not reached the server, which goes at the next log-in', async () => {
    const unsent = /not reached the server yet: sent when juliet@example\.org logs in here again/;
    expect((await play('0')).terminal.output).not.toMatch(unsent);
    fake.unsentCount = 2;
    const { terminal } = await play('0');
    expect(terminal.output).toMatch(unsent);
    expect(terminal.output).toContain('2 messages have');
  });

  it('says who is online only while somebody tells us', async () => {
    const resource = { resource: 'a', show: 'away', status: '', priority: 0 } as const;
    fake.addPerson('romeo@example.org', { resources: [resource] });
    fake.state = 'offline';
    const { terminal } = await play('1', '0', '0');
    expect(terminal.menus[0]).toContain('3) My contacts and their status');
    expect(terminal.menus[1]).toContain('1) romeo@example.org');
  });

  it('offers to connect now with R while a connection is waited for, and else not', async () => {
    fake.state = 'offline';
    const { terminal } = await play('R', '0');
    expect(terminal.menus[0]?.at(-2)).toBe('R) Connect now');
    expect(fake.called('reconnect')).toHaveLength(1);
    expect(terminal.output).toContain('reconnecting');
    fake.isOver = true;
    expect((await play('0')).terminal.menus[0]).not.toContain('R) Connect now');
    fake.isOver = false;
    fake.state = 'online';
    expect((await play('0')).terminal.menus[0]).not.toContain('R) Connect now');
  });

  it('tells the client of every key, so that contacts who ask hear how long it was since (XEP-0012)', async () => {
    const { terminal } = await play('3', '0');
    expect(fake.called('touched')).toHaveLength(2);
    expect(terminal.typed.size).toBe(0);
  });

  it('shows what is unread, what waits, who is online, which rooms we are in', async () => {
    const resource = { resource: 'a', show: 'away', status: '', priority: 0 } as const;
    fake.addPerson('romeo@example.org', { resources: [resource] });
    fake.addRoom('lobby@conference.example.org');
    fake.setUnread('romeo@example.org', 2);
    fake.setUnread('lobby@conference.example.org', 3);
    fake.open = [{ kind: 'subscription', id: 's', from: 'nurse@example.org', time: 0 }];
    const { terminal } = await play('0');
    expect(terminal.menus[0]).toEqual(
      expect.arrayContaining([
        '1) Chat with someone 2 unread',
        '3) My contacts and their status 1 online',
        '7) Message to a room 3 unread',
        '10) Notifications 1 request',
        '13) Leave a room 1 room joined',
      ]),
    );
  });

  it('ends by the second Ctrl-C in a row only, with 128 + SIGINT', async () => {
    const { terminal, code } = await play(CTRL_C, '3', CTRL_C, CTRL_C);
    expect(code).toBe(130);
    expect(terminal.lines.filter((line) => line === 'Press Ctrl-C again to exit.')).toHaveLength(2);
    expect(fake.called('logout')).toHaveLength(1);
  });

  it('comes back from any screen by Ctrl-C', async () => {
    fake.addPerson('romeo@example.org');
    fake.keep('romeo@example.org', 'hello');
    const screens = ['1', '4', '5', '6', '7', '8', '9', '10', '11', '14', '15', '16'];
    const { code, terminal } = await play(...screens.flatMap((key): Step[] => [key, CTRL_C]), '0');
    expect(code).toBe(0);
    expect(terminal.left).toBe(0);
  });

  it('comes back from any failure with one line', async () => {
    fake.failures.set('users.find', Object.assign(new Error('x'), { condition: 'remote-server-timeout' }));
    const { terminal, code } = await play('2', '0');
    expect(terminal.lines).toContain('! remote-server-timeout');
    expect(code).toBe(0);
  });

  it('stays where one is when the connection is lost', async () => {
    const terminal = new ScriptedTerminal(
      '1',
      'J',
      'romeo',
      async () => {
        fake.state = 'offline';
        fake.emit('connection', { state: 'offline', condition: 'closed', retryIn: 4000 });
        expect(terminal.footer).toContain('offline, next try in 4 s');
        return 'left';
      },
      '0',
    );
    fake.addPerson('nurse@example.org');
    await menuLoop(plainApp(terminal, fake), fake.client);
    expect(terminal.left).toBe(0);
  });

  it('leaves cleanly at the end of the input, logged out, with 0 (product §1)', async () => {
    const { code, terminal } = await play('3');
    expect(code).toBe(0);
    expect(terminal.lines.at(-1)).toBe('End of input: leaving.');
    expect(fake.called('logout')).toHaveLength(1);
  });

  it('leaves nothing behind: no listener, no footer', async () => {
    const { terminal } = await play('3', '0');
    expect(fake.eventNames()).toEqual([]);
    expect(terminal.footer).toBe('');
  });

  it('goes back to the start menu with 12', async () => {
    const { terminal, code } = await play('12', '0');
    expect(terminal.asked).toEqual(['Logged in as juliet@example.org', 'xmpp-chat']);
    expect(terminal.output).toContain('juliet@example.org is logged out.');
    expect(code).toBe(0);
  });

  it('leaves the program from inside a conversation with /exit', async () => {
    fake.addPerson('romeo@example.org');
    const { code, terminal } = await play('1', '1', '/exit');
    expect(code).toBe(0);
    expect(terminal.output).toContain('Goodbye.');
  });
});

describe('deleting the account', () => {
  it('needs the whole JID typed out (product §2)', async () => {
    const { terminal } = await play('11', 'juliet', 'D', '', '0');
    expect(fake.called('deleteAccount')).toEqual([]);
    expect(terminal.output).toContain('That is not the JID of this account. Nothing was deleted.');
  });

  it('offers to wipe local data, and goes back to the start menu without logging out of nothing', async () => {
    const { terminal } = await play('D', 'juliet@example.org', 'y', '0');
    expect(fake.called('deleteAccount')).toEqual([[{ wipe: true }]]);
    expect(fake.called('logout')).toEqual([]);
    expect(terminal.asked.at(-1)).toBe('xmpp-chat');
  });

  it('stays logged in where the server refuses', async () => {
    fake.failures.set('deleteAccount', Object.assign(new Error('x'), { condition: 'forbidden' }));
    const { terminal } = await play('D', 'juliet@example.org', '', '0');
    expect(terminal.lines).toContain('! forbidden');
    expect(terminal.asked.at(-1)).toContain('Logged in as juliet@example.org');
  });
});

describe('the menu after a list', () => {
  it('is folded, so that the list stays in view, until M shows it again', async () => {
    const folded: (boolean | undefined)[] = [];
    const terminal = new ScriptedTerminal('3', 'M', '13', '0');
    const menu = terminal.menu.bind(terminal);
    terminal.menu = (prompt) => {
      folded.push(prompt.folded);
      return menu(prompt);
    };
    await menuLoop(plainApp(terminal, fake), fake.client);
    expect(folded).toEqual([false, true, false, false]);
  });
});
