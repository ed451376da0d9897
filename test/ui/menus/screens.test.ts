import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ChatError } from '../../../src/chat/problem.ts';
import { menuLoop } from '../../../src/ui/menu.ts';
import { FakeClient } from '../../support/fake-client.ts';
import { plainApp } from '../../support/plain-face.ts';
import { CTRL_C, ScriptedTerminal, type Step } from '../../support/scripted-terminal.ts';

const ROMEO = 'romeo@example.org';
const LOBBY = 'lobby@conference.example.org';
const ESC = '\u001b';

let fake: FakeClient;
beforeEach(() => {
  fake = new FakeClient();
});

/** Plays a script in the main menu and leaves it; everything scripted must have been asked for. */
async function play(...script: Step[]) {
  const terminal = new ScriptedTerminal(...script, '0');
  const code = await menuLoop(plainApp(terminal, fake), fake.client);
  expect(terminal.left).toBe(0);
  expect(code).toBe(0);
  return terminal;
}
const refusal = (condition: string) => Object.assign(new Error('no'), { condition });

describe('1 chat with someone', () => {
  it('offers recent chats first, then contacts, then any JID', async () => {
    fake.addPerson(ROMEO, { name: 'Romeo' });
    fake.keep('nurse@example.org', 'madam');
    fake.setUnread('nurse@example.org', 1);
    const terminal = await play('1', '2', ESC, '1', 'J', 'tybalt', ESC);
    expect(terminal.menus[1]).toEqual([
      '1) nurse@example.org 1 unread',
      '2) Romeo (romeo@example.org) offline',
      'J) Somebody else …',
      '0) Back',
    ]);
    expect(fake.called('chats.markRead')).toEqual([[ROMEO], ['tybalt@example.org']]);
  });

  it('asks for a JID where nobody is known, and takes an empty answer for going back', async () => {
    await play('1', '');
    expect(fake.called('chats.markRead')).toEqual([]);
  });
});

describe('2 all users', () => {
  it('lists everybody where the directory does', async () => {
    fake.directory = { ...fake.directory, users: [{ jid: ROMEO, from: 'directory' }] };
    const terminal = await play('2');
    expect(terminal.output).toContain(ROMEO);
  });

  it('asks for a text where the directory wants one (product §2)', async () => {
    fake.directory = {
      ...fake.directory,
      complete: 'needs-text',
      users: [{ jid: ROMEO, from: 'directory' }],
    };
    const terminal = await play('2', 'rom', '2', '');
    expect(terminal.output).toContain(ROMEO);
    expect(fake.called('users.find')).toEqual([[undefined], ['rom'], [undefined]]);
  });
});

describe('4 add, 14 remove a contact', () => {
  it('asks for name, groups and greeting, all optional', async () => {
    await play('4', 'nurse', 'The Nurse', 'home, friends', 'It is me', '4', 'tybalt', '', '', '');
    expect(fake.called('contacts.add')).toEqual([
      ['nurse@example.org', { name: 'The Nurse', groups: ['home', 'friends'], greeting: 'It is me' }],
      ['tybalt@example.org', { name: undefined, groups: [], greeting: undefined }],
    ]);
  });

  it('removes only after a yes', async () => {
    fake.addPerson(ROMEO);
    await play('14', '1', '', '14', '1', 'y', '14');
    expect(fake.called('contacts.remove')).toEqual([[ROMEO]]);
  });
});

describe("5 a user's details", () => {
  it('searches directory and contacts, lets choose among several, then shows and offers', async () => {
    fake.addPerson('romeo@other.example', { name: 'Old Romeo' });
    fake.directory = { ...fake.directory, users: [{ jid: ROMEO, name: 'Romeo M.', from: 'directory' }] };
    const terminal = await play('5', 'rom', '2', '0');
    expect(terminal.menus[1]).toEqual([
      `1) ${ROMEO} Romeo M. `,
      '2) romeo@other.example Old Romeo ',
      '0) Back',
    ]);
    expect(fake.called('users.details')).toEqual([['romeo@other.example']]);
    expect(terminal.menus[2]).toContain('2) Remove');
  });

  it('asks about a whole JID even if no directory knows it', async () => {
    fake.failures.set('users.find', refusal('service-unavailable'));
    const terminal = await play('5', 'tybalt@other.example', '4');
    expect(fake.called('users.details')).toEqual([['tybalt@other.example']]);
    expect(fake.called('contacts.block')).toEqual([['tybalt@other.example']]);
    expect(terminal.menus[1]).toContain('2) Add as a contact');
  });
});

describe('5 a person, and a room with somebody else', () => {
  it('goes on there: who else is asked, and what of it they shall see (XEP-0045 §7.9)', async () => {
    fake.addPerson(ROMEO);
    fake.keep(ROMEO, 'wherefore?');
    const terminal = await play('5', ROMEO, '5', 'J', 'nurse', '1', 'y', 'hello', ESC);
    expect(terminal.output).toContain('Everybody in the room would see:');
    expect(fake.called('conferences.start')).toEqual([
      [ROMEO, { others: ['nurse@example.org'], history: [1], reason: undefined }],
    ]);
    expect(fake.called('messages.send')).toEqual([['talk-1@conference.example.org', 'hello']]);
  });
});

describe('6 create or join a room', () => {
  it('completes a bare name, takes the user name for a nickname', async () => {
    await play('6', 'N', 'lobby', '');
    expect(fake.called('rooms.join')).toEqual([
      [LOBBY, { nick: 'juliet', password: undefined, keep: true, reserve: true }],
    ]);
  });

  it('asks again for a nickname that is taken, then for a password (XEP-0045 §7.2.8, §7.2.5)', async () => {
    const errors = [refusal('conflict'), refusal('not-authorized')];
    const join = fake.rooms.join.bind(fake);
    fake.rooms.join = async (room, options) => {
      const error = errors.shift();
      if (error !== undefined) fake.failures.set('rooms.join', error);
      return join(room, options);
    };
    const terminal = await play('6', 'N', 'lobby', '', 'rosaline', 'capulet');
    expect(fake.called('rooms.join').at(-1)).toEqual([
      LOBBY,
      { nick: 'rosaline', password: 'capulet', keep: true, reserve: true },
    ]);
    expect(terminal.asked).toContain('The nickname juliet is taken in this room. Another one');
  });

  it('answers what a room asks who enters, again where that was wrong, or gives up (XEP-0158)', async () => {
    fake.challenge = {
      instructions: '',
      fields: [
        { name: 'ocr', label: 'What you see', kind: 'text', required: true, files: ['/tmp/form.png'] },
      ],
    };
    const asks = () => fake.failures.set('rooms.join', refusal('captcha'));
    asks();
    fake.failures.set('rooms.answerCaptcha', refusal('captcha-failed'));
    const wrong = await play('6', 'N', 'lobby', '', 'abc');
    expect(wrong.output).toContain(
      'The room lobby@conference.example.org wants to know whether a person enters.',
    );
    expect(wrong.output).toContain('saved as: /tmp/form.png');
    expect(wrong.output).toContain('! captcha-failed');
    // The second attempt was not asked anything.
    expect(fake.called('rooms.join')).toHaveLength(2);
    fake.joined.clear();
    asks();
    await play('6', 'N', 'lobby', '', 'abd');
    expect(fake.called('rooms.answerCaptcha').at(-1)).toEqual([LOBBY, { ocr: 'abd' }]);
    expect(fake.joined.has(LOBBY)).toBe(true);
    fake.joined.clear();
    asks();
    await play('6', 'N', 'lobby', '', CTRL_C);
    expect(fake.called('rooms.declineCaptcha').at(-1)).toEqual([LOBBY]);
    expect(fake.joined.has(LOBBY)).toBe(false);
  });

  it('says in one line why a room does not let us in', async () => {
    fake.failures.set('rooms.join', refusal('registration-required'));
    const terminal = await play('6', 'N', 'lobby', '');
    expect(terminal.lines).toContain('! registration-required');
  });

  it('browses the public rooms, with what is known of them', async () => {
    fake.roomRows = [
      { room: LOBBY, name: 'Lobby', occupants: 3, passwordProtected: true, kept: true, joined: false },
    ];
    const terminal = await play('6', 'B', '1', '');
    expect(terminal.menus[2]).toEqual([
      `1) Lobby (${LOBBY}) People: 3 · kept · password`,
      'S) Search for a word',
      '0) Back',
    ]);
    expect(fake.called('rooms.join')).toHaveLength(1);
  });

  it('says the address alone of a room that has no name of its own', async () => {
    fake.roomRows = [{ room: LOBBY, name: 'lobby', kept: false, joined: false }];
    const terminal = await play('6', 'B', '0');
    expect(terminal.menus[2]?.[0]).toBe(`1) ${LOBBY}`);
  });

  it('searches them for a word, at once where a service does not list all (XEP-0433)', async () => {
    fake.roomRows = [{ room: LOBBY, name: 'Lobby', kept: false, joined: false, open: true, slowMode: 9 }];
    const found = await play('6', 'B', 'S', 'lob', '1', '');
    expect(fake.called('rooms.browse')).toEqual([[undefined], ['lob']]);
    expect(found.menus[3]?.[0]).toBe(`1) Lobby (${LOBBY}) open · slow mode, 9 s`);
    fake.failures.set('rooms.browse', new ChatError('room-search-needs-text'));
    const none = await play('6', 'B', 'zebra');
    expect(none.output).toContain('No public room found for “zebra”.');
  });

  it('opens a new room with the usual configuration, or by its form (XEP-0045 §10.1)', async () => {
    fake.created = true;
    fake.form = {
      instructions: '',
      fields: [{ name: 'title', label: 'Title', kind: 'text', required: false, value: 'x' }],
    };
    await play('6', 'N', 'a', '', '1', ESC, '6', 'N', 'b', '', '2', 'The B room', ESC);
    expect(fake.called('rooms.administration.configure')).toEqual([
      ['a@conference.example.org', {}],
      ['b@conference.example.org', { title: 'The B room' }],
    ]);
  });
});

describe('7 message to a room, 13 leave', () => {
  it('joins first if needed, then opens the conversation', async () => {
    await play('7', 'N', 'lobby', '', 'hello', ESC, '7', '1', 'again', ESC);
    expect(fake.called('rooms.join')).toHaveLength(1);
    expect(fake.called('messages.send')).toEqual([
      [LOBBY, 'hello'],
      [LOBBY, 'again'],
    ]);
  });

  it('leaves a joined room', async () => {
    fake.addRoom(LOBBY);
    const terminal = await play('13', '1', '13');
    expect(fake.called('rooms.leave')).toEqual([[LOBBY]]);
    expect(terminal.output).toContain('You are in no room.');
    // The room tells that one is out: a notification, and nothing beside it.
    expect(terminal.output).not.toContain('"code":"left"');
  });
});

describe('8 presence', () => {
  it('sets show and message; R switches whether the next log-in restores it', async () => {
    const terminal = await play('8', '3', 'at supper', '8', 'R', '0');
    expect(fake.called('setPresence')).toEqual([['away', 'at supper']]);
    expect(terminal.asked).toContain('Now: away (at supper)');
    expect(terminal.alone).toContain('Now: away (at supper)');
    expect(fake.called('settings.set')).toEqual([['restore-presence', 'off']]);
  });
});

describe('9 send a file', () => {
  it('sends to a contact or any JID, its resource kept', async () => {
    fake.addPerson(ROMEO);
    await play('9', 'a.txt', '1', '9', 'b.txt', 'J', 'nurse@example.org/phone', '9', '');
    expect(fake.called('files.send')).toEqual([
      ['a.txt', ROMEO],
      ['b.txt', 'nurse@example.org/phone'],
    ]);
  });

  it('begins in the folder that the last file was sent from; what is left there is no file', async () => {
    fake.addPerson(ROMEO);
    fake.files.lastFolder = join(homedir(), 'pictures');
    const terminal = await play('9', '', '9', '/tmp/b.txt', '1');
    expect(terminal.prefills).toEqual(['~/pictures/', '~/pictures/']);
    expect(fake.called('files.send')).toEqual([['/tmp/b.txt', ROMEO]]);
  });
});

describe('9 send a file to somebody who is away', () => {
  it('asks whether it shall wait until they are online', async () => {
    fake.addPerson(ROMEO);
    fake.away.add(ROMEO);
    fake.failures.set('files.send', new ChatError('no-route', { jid: ROMEO }));
    const terminal = await play('9', '/tmp/a.txt', '1', 'y', '9', '/tmp/b.txt', '1', 'n');
    expect(terminal.output).toContain('"code":"file-waiting"');
    expect(fake.called('files.keep')).toEqual([['/tmp/a.txt', ROMEO]]);
    expect(fake.called('files.send')).toEqual([['/tmp/a.txt', ROMEO]]);
  });
});

describe('10 notifications', () => {
  it('answers subscription requests in four ways, and not at all by going back', async () => {
    fake.open = ['a', 'b', 'c', 'd'].map((name) => ({
      kind: 'subscription',
      id: name,
      from: `${name}@example.org`,
      text: 'hi\nthere',
      time: 0,
    }));
    const terminal = await play('10', '1', '1', '1', '2', '1', '3', '1', '0', '1', '4');
    expect(terminal.menus[1]?.[0]).toBe('1) a@example.org wants to add you as a contact · says: hi␊there');
    expect(fake.called('contacts.approve')).toEqual([['a@example.org'], ['b@example.org']]);
    expect(fake.called('contacts.add').map(([jid]) => jid)).toEqual(['a@example.org']);
    expect(fake.called('contacts.decline')).toEqual([['c@example.org'], ['d@example.org']]);
    expect(fake.called('contacts.block')).toEqual([['d@example.org']]);
    expect(terminal.output).not.toContain('Nothing happened');
  });

  it('offers to add back only whom one has not asked already', async () => {
    fake.addPerson(ROMEO, { subscription: 'to' });
    fake.open = [{ kind: 'subscription', id: 'r', from: ROMEO, nick: 'romeo', time: 0 }];
    const terminal = await play('10', '1', '1');
    expect(terminal.menus[1]?.[0]).toBe(`1) ${ROMEO} wants to add you as a contact`);
    expect(terminal.menus[2]?.[0]).toBe('1) Approve');
    expect(fake.called('contacts.approve')).toEqual([[ROMEO]]);
  });

  it('enters a room by its invitation with its password, and takes or refuses files', async () => {
    fake.open = [
      { kind: 'invitation', id: 'i', from: ROMEO, room: LOBBY, password: 'capulet', time: 0 },
      { kind: 'file', id: 'f', from: `${ROMEO}/a`, name: 'x.jpg', size: 5, time: 0 },
      { kind: 'file', id: 'g', from: `${ROMEO}/a`, name: 'y.jpg', time: 0 },
    ];
    const terminal = await play('10', '1', '1', '', ESC, '1', '1', '1', '2');
    expect(terminal.menus[1]?.slice(1, 3)).toEqual([
      `2) ${ROMEO}/a offers you the file x.jpg (5 B)`,
      `3) ${ROMEO}/a offers you the file y.jpg (unknown)`,
    ]);
    expect(fake.called('rooms.join')).toMatchObject([[LOBBY, { password: 'capulet' }]]);
    expect(fake.called('requests.accept')).toEqual([['f']]);
    expect(fake.called('requests.refuse')).toEqual([['i'], ['g']]);
  });

  it('says which conversation an invitation goes on with (XEP-0045 §7.9)', async () => {
    fake.ourThreads.push('ours');
    const continues = { thread: 'ours' };
    fake.open = [{ kind: 'invitation', id: 'i', from: ROMEO, room: LOBBY, continues, time: 0 }];
    const terminal = await play('10', '1', '0', '0');
    expect(terminal.menus[1]?.[0]).toContain('goes on with your conversation in the room');
  });

  it('lists the files under way, and cancels the one that is chosen', async () => {
    const file = { peer: `${ROMEO}/a`, size: 4, sent: 1, state: 'active', route: 'si-ibb' } as const;
    fake.transfers = [
      { ...file, id: 'f', direction: 'out', name: 'a.jpg' },
      { ...file, id: 'g', direction: 'in', name: 'b.jpg' },
      { ...file, id: 'h', direction: 'in', name: 'asked.jpg', state: 'offered' },
      { ...file, id: 'i', direction: 'in', name: 'here.jpg', state: 'done' },
    ];
    const terminal = await play('10', '2', '1', '0');
    expect(terminal.menus[1]?.slice(0, 2)).toEqual([
      `1) a.jpg to ${ROMEO}: 25 %`,
      `2) b.jpg from ${ROMEO}: 25 %`,
    ]);
    expect(terminal.menus[1]?.join()).not.toMatch(/asked|here/);
    expect(fake.called('files.cancel')).toEqual([['g']]);
    expect(terminal.output).toContain('b.jpg: cancelled.');
  });

  it('shows what comes while it is open, and does nothing with what is over', async () => {
    const request = { kind: 'subscription', time: 0 } as const;
    fake.open = [{ ...request, id: 'a', from: 'a@example.org' }];
    const terminal = new ScriptedTerminal('10', '0', '0');
    const app = plainApp(terminal, fake);
    let shown: string[] = [];
    terminal.menu = async (prompt) => {
      if (prompt.message !== 'Notifications') return ScriptedTerminal.prototype.menu.call(terminal, prompt);
      const items = prompt.items();
      const stop = prompt.subscribe?.(() => {
        shown = prompt.items().map(({ name, badge = '' }) => `${name} ${badge}`.trim());
      });
      fake.open = [{ ...request, id: 'b', from: 'b@example.org' }];
      fake.emit('requestClosed', { ...request, id: 'a', from: 'a@example.org' });
      stop?.();
      terminal.menu = ScriptedTerminal.prototype.menu;
      return items[0]?.value ?? '';
    };
    await menuLoop(app, fake.client);
    expect(shown.slice(0, 2)).toEqual([
      'b@example.org wants to add you as a contact',
      'What to be notified of, and how',
    ]);
    expect(shown).toContain('a@example.org wants to add you as a contact over');
    expect(terminal.output).toContain('This is over meanwhile.');
    expect(fake.called('contacts.approve')).toEqual([]);
  });

  it('opens unread chats, or marks all read', async () => {
    fake.setUnread(ROMEO, 2);
    fake.setUnread('nurse@example.org', 1);
    const terminal = await play('10', '1', ESC, 'A');
    expect(terminal.menus[1]).toContain(`1) ${ROMEO}: 2 unread messages`);
    expect(fake.called('chats.markRead')).toEqual([[ROMEO], ['nurse@example.org']]);
  });

  it('sets what to be notified of, and each room for itself', async () => {
    fake.addRoom(LOBBY);
    const terminal = await play('10', 'S', '1', '2', '8', '2', '0', '0');
    expect(terminal.output).toContain('Nothing happened while you were away.');
    expect(terminal.menus[2]?.at(-2)).toBe(`8) Room ${LOBBY} all`);
    expect(fake.called('settings.set')).toEqual([
      ['notify-presence', 'off'],
      [`mute:${LOBBY}`, 'mentions'],
    ]);
  });
});

describe('16 more: the directory by its own fields', () => {
  it('fills in its form as any other, and lists who is found (XEP-0055 §3)', async () => {
    fake.form = {
      instructions: 'Fill in what you know',
      fields: [{ name: 'last', label: 'Family name', kind: 'text', required: false }],
    };
    fake.directory = {
      users: [{ jid: 'tybalt@example.org', name: 'Tybalt', from: 'directory' }],
      domain: 'example.org',
      complete: 'directory',
    };
    const found = await play('16', '7', 'Capulet', '0');
    expect(found.output).toContain('Fill in what you know');
    expect(fake.called('users.findBy')).toEqual([[{ last: 'Capulet' }]]);
    fake.directory = { users: [], domain: 'example.org', complete: 'directory' };
    expect((await play('16', '7', 'Nobody', '0')).output).toContain('The directory finds nobody like that.');
  });
});

describe('15 history, 16 more', () => {
  it('shows the history of one chat or of all', async () => {
    fake.keep(ROMEO, 'wherefore');
    fake.keep('nurse@example.org', 'madam');
    const terminal = await play('15', '1', '0', '15', 'A', '0');
    const shown = terminal.lines.filter((line) => line.includes('wherefore'));
    expect(shown.map((line) => line.includes('madam'))).toEqual([false, true]);
  });

  it('shows older messages as long as they are wanted, and brings them from the archive', async () => {
    for (let i = 0; i < 150; i++) fake.keep(ROMEO, `kept <${i}>`);
    fake.archive.push({ chat: ROMEO, body: 'archived <0>' });
    const terminal = await play('15', '1', '1', '1', '1', '0');
    const bodies = (text = '') => [...text.matchAll(/\w+ <\d+>/g)].map(([body]) => body);
    const pages = terminal.lines.map(bodies).filter((page) => page.length > 0);
    expect(pages.map((page) => [page[0], page.length])).toEqual([
      ['kept <50>', 100],
      ['kept <0>', 50],
      ['archived <0>', 1],
    ]);
    expect(terminal.output).toContain('beginning of what is kept');
    const back = await play('15', '1', '0');
    expect(back.output).not.toContain('kept <0>');
  });

  it('searches: the newest first, narrowed by chat, person and time, more on demand', async () => {
    fake.keep('nurse@example.org', 'a lark', { time: Date.UTC(2026, 9, 1) });
    for (let i = 0; i < 30; i++) fake.keep(ROMEO, `lark <${i}>`);
    const results = (menu: readonly string[] = []) => menu.filter((item) => item.includes('lark'));
    const all = await play('15', 'S', 'lark', 'M', '0');
    const [first, more] = [all.menus[2], all.menus[3]].map(results);
    expect(first).toHaveLength(20);
    expect(first?.[0]).toMatch(/^1\) 2026-11-21 \d\d:\d\d {2}romeo@example.org {2}lark <29>$/);
    expect(more).toHaveLength(31);
    const one = await play('15', 'S', 'lark', 'C', '2', 'C', 'A', 'P', '2', 'P', 'A', '0');
    expect(one.menus.map((menu) => results(menu).length)).toEqual([0, 0, 20, 0, 1, 0, 20, 0, 1, 0, 20, 0]);
    const timed = await play('15', 'S', 'lark', 'U', '2026-11-01', 'F', '2026-10-15', 'U', '', '0');
    expect(timed.menus.map((menu) => results(menu).length)).toEqual([0, 0, 20, 1, 0, 20, 0]);
    expect(timed.output).toContain('No kept message has “lark” in it.');
    const other = await play('15', 'S', 'owl', 'W', 'a lark', '0');
    expect(results(other.menus.at(-2))).toEqual([expect.stringContaining('a lark')]);
    await play('15', 'S', '');
  });

  it('shows what was said around a result, and opens the chat', async () => {
    for (let i = 0; i < 60; i++) fake.keep(ROMEO, i === 30 ? 'a nightingale' : `said <${i}>`);
    const terminal = await play('15', 'S', 'nightingale', '1', '1', '2', 'O', ESC);
    const said = (text = '') => [...text.matchAll(/(→ )?\d\d:\d\d \S+ {2}(?:said <(\d+)>|a night)/g)];
    const pages = terminal.lines.map(said).filter((page) => page.length > 0);
    expect(pages.map((page) => [page[0]?.[2], page.length])).toEqual([
      ['22', 17],
      ['7', 15],
      ['39', 15],
      ['40', 1],
      ...Array.from({ length: 19 }, (_, at) => [String(41 + at), 1]),
    ]);
    expect(pages[0]?.map(([, mark]) => mark).findIndex((mark) => mark !== undefined)).toBe(8);
    expect(fake.called('chats.markRead')).toEqual([[ROMEO]]);
  });

  it('exports a chat to a new file, and says where it is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'xmpp-chat-menu-'));
    fake.keep(ROMEO, 'wherefore');
    const path = join(folder, 'romeo.txt');
    const terminal = await play('15', '1', 'E', path, 'E', path, 'E', '', '0');
    expect(readFileSync(path, 'utf8')).toMatch(/romeo@example.org: wherefore\n$/);
    expect(terminal.output).toContain('"code":"exported"');
    expect(terminal.output).toContain('EEXIST');
    rmSync(folder, { recursive: true });
  });

  it('gives all of a chat to the pager', async () => {
    fake.keep(ROMEO, 'wherefore');
    const terminal = await play('15', '1', 'P', '0', '15', 'A', '0');
    expect(terminal.paged).toEqual([expect.stringMatching(/romeo@example.org {2}wherefore$/)]);
    expect(terminal.menus.at(-2)?.join()).not.toContain('pager');
  });

  it('searches one chat from its history', async () => {
    fake.keep('nurse@example.org', 'a lark');
    fake.keep(ROMEO, 'the lark');
    const terminal = await play('15', '2', 'S', 'lark', '0');
    expect(terminal.menus.at(-2)?.filter((item) => item.includes('lark'))).toHaveLength(1);
  });

  it('changes the password when it was typed twice alike', async () => {
    const terminal = await play('16', '1', 'one', 'two', 'three', 'three', '0');
    expect(fake.called('changePassword')).toEqual([['three']]);
    // That it has changed is a notification, which the double has none of.
    expect(terminal.output).not.toContain('password-changed');
  });

  it('keeps messages as long as one says, for any number of days', async () => {
    const terminal = await play('16', '3', '6', '3', '6', 'T', '45', '45d', '6', 'T', '', '0', '0');
    expect(fake.called('settings.set')).toEqual([
      ['keep-messages', '30d'],
      ['keep-messages', '45d'],
    ]);
    expect(terminal.output).toContain('There is no choice “45”.');
    expect(terminal.menus.flat()).toContain('1) 45 days');
  });

  it('says what the archive keeps of whom, and changes it (XEP-0441)', async () => {
    const terminal = await play('16', '4', '1', '2', 'A', 'nurse', 'N', 'tybalt', 'N', '', '2', '', '0', '0');
    expect(fake.archives).toEqual({ default: 'never', always: [], never: ['tybalt@example.org'] });
    expect(terminal.menus.flat()).toContain('2) nurse@example.org always kept');
    fake.failures.set('history.archivePreferences', refusal('no-archive-preferences'));
    const none = await play('16', '4', '1', '1', '0');
    expect(none.output).toContain('! no-archive-preferences');
  });

  it('shows and changes what one says of oneself, field by field (XEP-0054)', async () => {
    fake.card = { fullName: 'Juliet', email: 'j@example.org' };
    const terminal = await play('16', '9', '1', 'Juliet C.', '5', ' ', '4', CTRL_C, '4', '', '0', '0');
    expect(terminal.output).toContain('Anybody can read this');
    expect(terminal.menus[2]?.slice(0, 2)).toEqual(['1) Full name Juliet', '2) Family name –']);
    expect(fake.called('profile.change')).toEqual([[{ fullName: 'Juliet C.' }], [{ email: '' }]]);
    expect(terminal.prefills).toEqual(['Juliet', 'j@example.org']);
    expect(terminal.menus.at(-3)?.slice(0, 5)).toEqual([
      '1) Full name Juliet C.',
      '2) Family name –',
      '3) Given name –',
      '4) Nickname –',
      '5) E-mail –',
    ]);
    expect(terminal.lines.filter((line) => line.includes('profile-saved'))).toHaveLength(2);
  });

  it('says what a server without profiles, or one that refuses, has (XEP-0054 §3.2)', async () => {
    fake.failures.set('profile.get', refusal('service-unavailable'));
    const none = await play('16', '9', '0');
    expect(none.output).toContain('! service-unavailable');
    const change = fake.profile.change;
    fake.profile.change = async (changes) => {
      fake.failures.set('profile.change', refusal('forbidden'));
      return change(changes);
    };
    const fixed = await play('16', '9', '1', 'Juliet', '0', '0');
    expect(fixed.output).toContain('! forbidden');
    expect(fixed.output).not.toContain('profile-saved');
  });

  it('erases what is kept here, says what goes and what stays, and logs out', async () => {
    fake.unsentCount = 2;
    const terminal = await play('16', '5', '1', '', '5', '0', '5', '2', 'y');
    expect(fake.called('wipe')).toEqual([[{ all: true }]]);
    expect(terminal.asked).toContain('Erase the data of juliet@example.org?');
    expect(terminal.output).toContain('2 messages are not sent yet, and lost then.');
    expect(terminal.output).toContain('Stays: the account');
    expect(fake.called('logout')).toHaveLength(1);
  });

  it('lists the connected devices', async () => {
    fake.devices.push({
      ...{ resource: 'phone', show: 'away', status: 'in a pocket', priority: 5, current: false },
      ...{ client: 'Dino 0.4', time: '14:03 +01:00', idleSeconds: 300 },
    });
    const { output } = await play('16', '8', '0');
    expect(output).toContain('"resource":"phone"');
  });

  it('blocks and unblocks, whole servers too', async () => {
    await play('16', '2', 'B', 'bad.example', '2', 'B', 'tybalt', '2', '1', '', '0');
    expect(fake.called('contacts.block')).toEqual([['bad.example'], ['tybalt@example.org']]);
    expect(fake.called('contacts.unblock')).toEqual([['bad.example']]);
  });

  it('prints the command line that does the same once this is wanted (product §5)', async () => {
    fake.addPerson(ROMEO);
    const terminal = await play('3', '16', 'C', '0', '3');
    const lines = terminal.lines.filter((line) => line.includes('--contacts'));
    expect(lines).toEqual(['The same on the command line: xmpp-chat -j juliet@example.org --contacts']);
  });
});
