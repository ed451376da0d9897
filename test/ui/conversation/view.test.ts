import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { FileTransfer } from '../../../src/chat/events.ts';
import { ChatError } from '../../../src/chat/problem.ts';
import { en } from '../../../src/i18n/en.ts';
import { es } from '../../../src/i18n/es.ts';
import { helpText, wholeHelp } from '../../../src/ui/conversation/help.ts';
import { openConversation } from '../../../src/ui/conversation.ts';
import type { Face } from '../../../src/ui/face.ts';
import { wrapLines } from '../../../src/ui/screen/wrap.ts';
import { EndOfInputError } from '../../../src/ui/terminal.ts';
import { FakeClient } from '../../support/fake-client.ts';
import { plainFace, plainSeat } from '../../support/plain-face.ts';
import { CTRL_C, type InConversation, ScriptedTerminal, type Step } from '../../support/scripted-terminal.ts';

const ROMEO = 'romeo@example.org';
const NURSE = 'nurse@example.org';
const LOBBY = 'lobby@conference.example.org';
const ESC = '\u001b';
const noAside = async () => {
  throw new Error('nothing is asked for here');
};

let fake: FakeClient;
beforeEach(() => {
  fake = new FakeClient();
  fake.addPerson(ROMEO, { name: 'Romeo' });
  fake.addPerson(NURSE);
});

/** Opens a chat, plays the script, gives the terminal and how the conversation ended. */
async function play(chat: string, ...script: Step[]) {
  const terminal = new ScriptedTerminal(...script);
  const seat = plainSeat(fake);
  const end = await openConversation(plainFace(terminal), seat, chat, noAside);
  return { terminal, seat, end };
}
/** A step that only looks, and leaves the view open. */
const then =
  (look: (...view: Parameters<InConversation>) => void | Promise<void>): InConversation =>
  async (view) => {
    await look(view);
    return 'left';
  };

describe('entering a chat', () => {
  it('shows the last 20 messages, marks them read, tells which chat is open', async () => {
    for (let i = 0; i < 25; i++) fake.keep(ROMEO, `message ${i}`);
    const { terminal, seat, end } = await play(ROMEO, ESC);
    expect(terminal.output).toContain('Romeo (romeo@example.org)');
    expect(terminal.output).not.toContain('message 4');
    expect(terminal.output).toContain('message 5');
    expect(fake.called('chats.markRead')).toEqual([[ROMEO]]);
    expect(seat.openChats).toEqual([ROMEO, undefined]);
    expect(end).toBe('menu');
  });

  it('draws the "new messages" line before the unread ones, own messages not counted', async () => {
    fake.keep(ROMEO, 'old');
    fake.keep(ROMEO, 'new 1');
    fake.keep(ROMEO, 'mine', { direction: 'out', state: 'acked' });
    fake.keep(ROMEO, 'new 2');
    fake.setUnread(ROMEO, 2);
    const { terminal } = await play(ROMEO, ESC);
    const shown = terminal.output.split('\n').map((line) => line.split('  ').at(-1));
    expect(shown.slice(-5)).toEqual(['old', '── new messages ──', 'new 1', 'mine ✓', 'new 2']);
  });

  it('draws it where the first unread one stands, whatever was read after it (XEP-0490 §4.1)', async () => {
    const rows = ['a', 'b', 'c', 'd'].map((body) => fake.keep(ROMEO, body).row);
    vi.spyOn(fake.chats, 'firstUnread').mockReturnValue(rows[1]);
    const { terminal } = await play(ROMEO, ESC);
    const shown = terminal.output.split('\n').map((line) => line.split('  ').at(-1));
    expect(shown.slice(-5)).toEqual(['a', '── new messages ──', 'b', 'c', 'd']);
  });

  it('calls a room as its owners do; with its address where a contact is called so', async () => {
    fake.addRoom(LOBBY, ['juliet']);
    fake.roomNames.set(LOBBY, 'The balcony');
    const prompts: string[] = [];
    const look = then((view) => void prompts.push(view.prompt.prompt()));
    const { terminal } = await play(LOBBY, look);
    expect(terminal.output).toContain('room The balcony (lobby@conference.example.org), 1 person');
    fake.roomNames.set(LOBBY, 'Romeo');
    await play(LOBBY, look);
    expect(prompts).toEqual(['The balcony> ', 'Romeo (lobby)> ']);
  });

  it("shows a room's subject and how many are there, or that we are not in it", async () => {
    fake.addRoom(LOBBY, ['juliet', 'romeo'], { subject: 'Act II\nScene 2' });
    const inside = await play(LOBBY, ESC);
    expect(inside.terminal.output).toContain('room lobby@conference.example.org, 2 people');
    expect(inside.terminal.output).toContain('Subject: Act II␊Scene 2');
    fake.joined.delete(LOBBY);
    fake.roomRows = [{ room: LOBBY, name: '', kept: true, joined: false }];
    const outside = await play(LOBBY, ESC);
    expect(outside.terminal.output).toContain('You are not in the room');
  });

  it('shows how slow a room is, counts down to the next message, and says when that changes (XEP-0500 §client-handling)', async () => {
    fake.addRoom(LOBBY, ['juliet']);
    fake.slow.set(LOBBY, { seconds: 20, wait: 0 });
    let above: readonly string[] = [];
    const { terminal } = await play(
      LOBBY,
      then(({ prompt }) => {
        fake.slow.set(LOBBY, { seconds: 20, wait: 12 });
        fake.emit('slowMode', { room: LOBBY, seconds: 20, wait: 12 });
        above = prompt.above();
        fake.slow.set(LOBBY, { seconds: 5, wait: 0 });
        fake.emit('slowMode', { room: LOBBY, seconds: 5, wait: 0 });
        fake.slow.delete(LOBBY);
        fake.emit('slowMode', { room: LOBBY, seconds: 0, wait: 0 });
      }),
      ESC,
    );
    expect(terminal.output).toContain('Slow mode: everybody may write once in 20 seconds.');
    expect(above.join()).toContain('slow mode: next message in 12 seconds');
    expect(terminal.output).toMatch(/once in 5 seconds\.\n.*Slow mode is over\./);
  });

  it('says that there is no connection, and what becomes of messages then', async () => {
    fake.state = 'offline';
    const { terminal } = await play(ROMEO, ESC);
    expect(terminal.output).toContain('Not connected: what you write is kept and sent later.');
  });
});

describe('while a chat is open', () => {
  it('prints what comes in and marks it read, but not what belongs to other chats', async () => {
    const { terminal } = await play(
      ROMEO,
      then(() => {
        fake.receive(ROMEO, 'wherefore?');
        fake.receive(NURSE, 'madam!');
      }),
    );
    expect(terminal.output).toContain('Romeo  wherefore?');
    expect(terminal.output).not.toContain('madam!');
    expect(fake.called('chats.markRead')).toEqual([[ROMEO], [ROMEO]]);
  });

  it('keeps an own message live until the server has it, then prints it once with its mark', async () => {
    const { terminal } = await play(
      ROMEO,
      then(async ({ prompt, enter }) => {
        await enter('hello');
        const row = fake.said.at(-1)?.row ?? 0;
        expect(prompt.above()).toEqual([expect.stringContaining('me  hello ·')]);
        fake.advance(row, 'acked');
        expect(prompt.above()).toEqual([]);
        fake.advance(row, 'delivered');
      }),
    );
    expect(terminal.lines.filter((line) => line.includes('hello'))).toEqual([
      expect.stringMatching(/hello ✓$/),
    ]);
  });

  describe('what we change of a message', () => {
    const edited = (state: 'queued' | 'sent' | 'acked' | 'failed') => {
      const failure = state === 'failed' ? { failure: { condition: 'service-unavailable' } } : {};
      return {
        body: 'hallo',
        corrected: true,
        amendment: { kind: 'correction', id: 'c1', state, ...failure },
      } as const;
    };
    const changed = (
      message: { row: number },
      state: Parameters<typeof edited>[0],
      change: 'corrected' | 'state',
    ) => fake.change(message.row, edited(state), change);

    it('stays live until the server has it, then is printed once', async () => {
      const mine = fake.keep(ROMEO, 'helo', { direction: 'out', state: 'acked' });
      const { terminal } = await play(
        ROMEO,
        then(({ prompt }) => {
          changed(mine, 'queued', 'corrected');
          expect(prompt.above()).toEqual([
            expect.stringMatching(/^✎ .*hallo \(edited\) ✓ … edit not sent yet$/),
          ]);
          changed(mine, 'sent', 'state');
          expect(prompt.above()).toEqual([expect.stringMatching(/hallo \(edited\) ✓ ·$/)]);
          changed(mine, 'acked', 'state');
          expect(prompt.above()).toEqual([]);
        }),
      );
      expect(terminal.lines.filter((line) => line.includes('hallo'))).toEqual([
        expect.stringMatching(/hallo \(edited\) ✓$/),
      ]);
    });

    it('says why where it is refused, once', async () => {
      const mine = fake.keep(ROMEO, 'helo', { direction: 'out', state: 'acked' });
      const { terminal } = await play(
        ROMEO,
        then(() => {
          changed(mine, 'sent', 'corrected');
          changed(mine, 'failed', 'state');
          changed(mine, 'failed', 'state');
        }),
      );
      expect(terminal.lines.filter((line) => line.includes('edit not sent: '))).toHaveLength(1);
    });

    it('that still waits when the chat is opened stands in the live block too', async () => {
      const mine = fake.keep(ROMEO, 'helo', { direction: 'out', state: 'acked', ...edited('queued') });
      await play(
        ROMEO,
        then(({ prompt }) => {
          expect(prompt.above()).toEqual([expect.stringContaining('edit not sent yet')]);
          changed(mine, 'acked', 'state');
          expect(prompt.above()).toEqual([]);
        }),
      );
    });
  });

  it('points back at a message that fails after it was printed', async () => {
    const { terminal } = await play(
      ROMEO,
      then(async ({ enter }) => {
        await enter('hello');
        const row = fake.said.at(-1)?.row ?? 0;
        fake.advance(row, 'acked');
        fake.advance(row, 'failed', { failure: { condition: 'service-unavailable' } });
      }),
    );
    expect(terminal.lines.at(-1)).toMatch(/^✗ .*“hello”: not delivered: service-unavailable$/);
  });

  it('prints what still waits when the chat is left, so that nothing vanishes', async () => {
    const { terminal } = await play(ROMEO, 'hello', ESC);
    expect(terminal.lines.at(-1)).toMatch(/me {2}hello ·$/);
  });

  it('names who is typing near the input', async () => {
    fake.keep(ROMEO, 'said before');
    await play(
      ROMEO,
      then(({ prompt }) => {
        fake.typers.set(ROMEO, [ROMEO]);
        expect(prompt.above()).toEqual(['Romeo is typing …']);
      }),
    );
  });

  it("shows a contact's other typing states too: paused, active, inactive, gone (product §3)", async () => {
    fake.keep(ROMEO, 'said before');
    await play(
      ROMEO,
      then(({ prompt }) => {
        for (const [state, text] of [
          ['paused', 'Romeo stopped typing'],
          ['active', 'Romeo is looking at this chat'],
          ['inactive', 'Romeo is not looking at this chat'],
          ['gone', 'Romeo closed this chat'],
        ] as const) {
          fake.emit('typing', { chat: ROMEO, from: ROMEO, state });
          expect(prompt.above()).toEqual([text]);
        }
      }),
    );
  });

  it('who writes without a connection does not wait for the next attempt; who asks something does', async () => {
    fake.state = 'offline';
    await play(ROMEO, '/last', 'hello', ESC);
    expect(fake.called('reconnect')).toHaveLength(1);
    await play(ROMEO, '/reconnect', ESC);
    expect(fake.called('reconnect')).toHaveLength(2);
  });

  it('says nothing more of what a contact does who has gone, or without a connection', async () => {
    fake.keep(ROMEO, 'said before');
    fake.addPerson(ROMEO, { name: 'Romeo' });
    await play(
      ROMEO,
      then(({ prompt }) => {
        const looks = () => fake.emit('typing', { chat: ROMEO, from: ROMEO, state: 'active' });
        looks();
        const gone = {
          resource: 'a',
          show: 'offline',
          status: '',
          initial: false,
          before: undefined,
        } as const;
        fake.emit('presence', { ...gone, jid: ROMEO });
        expect(prompt.above()).toEqual([]);
        looks();
        expect(prompt.above()).toEqual(['Romeo is looking at this chat']);
        fake.state = 'offline';
        fake.emit('connection', { state: 'offline' });
        expect(prompt.above()).toEqual([]);
      }),
    );
  });

  it('tells when the contact comes, changes or goes, since no notification does', async () => {
    fake.keep(ROMEO, 'said before');
    const online = { jid: ROMEO, resource: 'a', status: 'here', initial: false } as const;
    const { terminal } = await play(
      ROMEO,
      then(() => {
        fake.emit('presence', { ...online, show: 'away', before: { show: 'available', status: '' } });
        fake.emit('presence', {
          ...online,
          jid: NURSE,
          show: 'dnd',
          before: { show: 'available', status: '' },
        });
      }),
    );
    expect(terminal.lines.at(-1)).toMatch(/── Romeo.* is away: here$/);
  });

  it('redraws for typing and marks, and no more when it is closed', async () => {
    fake.keep(ROMEO, 'said before');
    let redraws = 0;
    const tell = () => fake.emit('typing', { chat: ROMEO, from: ROMEO, state: 'composing' });
    await play(
      ROMEO,
      then(({ prompt }) => {
        prompt.subscribe(() => redraws++);
        tell();
      }),
    );
    expect(redraws).toBe(1);
    tell();
    expect(redraws).toBe(1);
    expect(fake.eventNames()).toEqual([]);
  });

  it('rings the bell for a mention, and only then', async () => {
    fake.addRoom(LOBBY, ['juliet', 'romeo']);
    const { terminal } = await play(
      LOBBY,
      then(() => {
        fake.receive(LOBBY, 'hello all', { nick: 'romeo' });
        fake.receive(LOBBY, 'juliet: hello', { nick: 'romeo', mention: true });
      }),
    );
    expect(terminal.bells).toBe(1);
    fake.chosen.set('bell', 'off');
    const silent = await play(
      LOBBY,
      then(() => void fake.receive(LOBBY, 'juliet!', { nick: 'romeo', mention: true })),
    );
    expect(silent.terminal.bells).toBe(0);
  });

  it('shows who comes, goes and is kicked, and subjects, in the timeline of that room alone', async () => {
    fake.addRoom(LOBBY, ['juliet']);
    const { terminal } = await play(
      LOBBY,
      then(() => {
        fake.emit('occupant', { room: LOBBY, nick: 'romeo', event: 'joined' });
        fake.emit('occupant', { room: 'other@conference.example.org', nick: 'tybalt', event: 'joined' });
        fake.emit('occupant', {
          room: LOBBY,
          nick: 'romeo',
          event: 'kicked',
          actor: 'nurse',
          reason: 'hush',
        });
        fake.emit('subject', { room: LOBBY, nick: 'nurse', subject: 'Supper' });
        fake.emit('room', { room: LOBBY, nick: 'juliet', event: 'destroyed', reason: 'over' });
      }),
    );
    expect(terminal.output).toContain(`romeo joined the room ${LOBBY}`);
    expect(terminal.output).toContain(`romeo was kicked from the room ${LOBBY} by nurse: hush`);
    expect(terminal.output).toContain(`nurse changed the subject of the room ${LOBBY}: Supper`);
    expect(terminal.output).toContain(`the room ${LOBBY} was destroyed: over`);
    expect(terminal.output).not.toContain('tybalt');
  });
});

describe('typing', () => {
  it('sends composing at each key and gone on leaving (XEP-0085)', async () => {
    await play(
      ROMEO,
      then(({ type }) => {
        type('h');
        type('he');
      }),
    );
    expect(fake.called('chats.setTyping')).toEqual([
      [ROMEO, 'composing'],
      [ROMEO, 'composing'],
      [ROMEO, 'gone'],
    ]);
  });

  it('keeps a draft per chat, also after Ctrl-C, and forgets it once it is sent', async () => {
    const seat = plainSeat(fake);
    const half = async (view: Parameters<InConversation>[0]) => {
      view.type('half a word');
      return 'left' as const;
    };
    const first = new ScriptedTerminal(half);
    await openConversation(plainFace(first), seat, ROMEO, noAside);
    expect(first.output).toContain('Your draft is kept.');
    const again = new ScriptedTerminal(
      async ({ prompt, type }) => {
        expect(prompt.draft).toBe('half a word');
        type('half a word more');
        return 'left' as const;
      },
      // a chat of its own has its own draft
    );
    await openConversation(plainFace(again), seat, ROMEO, noAside);
    expect(seat.drafts.draft(NURSE)).toBe('');
    expect(seat.drafts.draft(ROMEO)).toBe('half a word more');
    await openConversation(plainFace(new ScriptedTerminal('sent', ESC)), seat, ROMEO, noAside);
    expect(seat.drafts.draft(ROMEO)).toBe('');
    expect(seat.drafts.history(ROMEO)).toEqual(['sent']);
  });

  it('survives Ctrl-C: one level back, listeners gone', async () => {
    const { end } = await play(ROMEO, CTRL_C);
    expect(end).toBe('menu');
    expect(fake.eventNames()).toEqual([]);
  });

  it('ends with the input, after the last messages have settled', async () => {
    const terminal = new ScriptedTerminal('hello');
    terminal.interactive = false;
    let settled = false;
    fake.messages.settled = async (row) => {
      fake.advance(row, 'acked');
      settled = true;
      return fake.said[0] ?? fake.keep(ROMEO, '');
    };
    await expect(openConversation(plainFace(terminal), plainSeat(fake), ROMEO, noAside)).rejects.toThrow(
      EndOfInputError,
    );
    expect(settled).toBe(true);
    expect(terminal.output).toMatch(/hello ✓/);
  });
});

describe('commands', () => {
  it('/cancel ends the only file of the chat, the n-th of several, or all; else it lists them', async () => {
    const file = (id: string, name: string, more: Partial<FileTransfer> = {}): FileTransfer => ({
      ...{
        id,
        name,
        peer: `${ROMEO}/a`,
        direction: 'out',
        size: 200,
        sent: 84,
        state: 'active',
        route: 'si-ibb',
      },
      ...more,
    });
    fake.transfers = [
      file('0', 'over', { state: 'done' }),
      file('1', 'elsewhere', { peer: NURSE }),
      file('2', 'a\u001b.jpg'),
      file('3', 'b.jpg', { direction: 'in', size: undefined, sent: 2048 }),
    ];
    const { terminal } = await play(ROMEO, '/cancel', '/cancel 7', '/cancel 2', '/cancel all', '/close');
    const lists = terminal.output.split('\n').filter((line) => /jpg/.test(line));
    const shown = [
      '  1  a␛.jpg to Romeo (romeo@example.org): 42 %',
      '  2  b.jpg from Romeo (romeo@example.org): 2 KiB',
    ];
    expect(lists).toEqual([...shown, ...shown]);
    expect(fake.called('files.cancel')).toEqual([['3'], ['2'], ['3']]);
    fake.transfers = [file('2', 'a.jpg')];
    await play(ROMEO, '/cancel', '/close');
    expect(fake.called('files.cancel').at(-1)).toEqual(['2']);
    fake.transfers = [];
    expect((await play(ROMEO, '/cancel', '/close')).terminal.output).toContain('no-transfer');
  });

  it('are never sent when unknown; a doubled slash sends one (product §4)', async () => {
    const { terminal } = await play(ROMEO, '/xyzzy now', '//xyzzy', ESC);
    expect(terminal.output).toContain('There is no command /xyzzy.');
    expect(fake.called('messages.send')).toEqual([[ROMEO, '/xyzzy']]);
  });

  it('run actions of the table on the open chat, and say what came of it', async () => {
    const { terminal } = await play(ROMEO, '/block', ESC);
    expect(fake.called('contacts.block')).toEqual([[ROMEO]]);
    expect(terminal.output).toContain('"code":"blocked"');
  });

  it('stay in the chat when something fails, in one line', async () => {
    fake.failures.set('messages.send', Object.assign(new Error('no'), { condition: 'not-joined' }));
    const { terminal } = await play(ROMEO, 'hello', 'again', ESC);
    expect(terminal.lines).toContain('! not-joined');
    expect(fake.called('messages.send')).toHaveLength(2);
  });

  it('list commands and keys with /help', async () => {
    const { terminal } = await play(ROMEO, '/help', ESC);
    expect(terminal.output).toContain('/close');
    expect(terminal.output).toContain('Enter sends');
  });

  it('are explained in the pager, from the first on, no line wider than the screen, with /help all', async () => {
    for (const words of [en, es]) {
      const face = { ...plainFace(new ScriptedTerminal()), words };
      const text = wholeHelp(face, 'room');
      const lines = [...text.pieces(false)].join('\n').split('\n');
      expect(text.from).toBe('start');
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
      expect(lines.filter((line) => /^ {2}\/invite <jid>/.test(line))).toHaveLength(1);
    }
  });

  it('tell about one with /help and its name', async () => {
    for (const name of ['decline', '/accept'])
      expect((await play(ROMEO, `/help ${name}`, ESC)).terminal.output).toMatch(/^ {2}\/accept, \/decline /m);
    expect((await play(ROMEO, '/help send-file', ESC)).terminal.output).toMatch(/^ {2}\/send <file>/m);
    const { output } = (await play(ROMEO, '/help join', ESC)).terminal;
    expect(output).toMatch(/^ {2}\/join <room> /m);
    expect(output).toMatch(/^ {4}--nick <nick> +nickname in the room/m);
    expect(output).toMatch(/^ {4}--room-password <password>$/m);
  });

  it.each(['en', 'es'])('fit on a screen of 24 rows with their keys, in rooms too (%s)', (language) => {
    const words = language === 'en' ? en : es;
    const face: Face = { ...plainFace(new ScriptedTerminal()), words };
    const text = helpText(face, 'room', '');
    // the input and the footer have a row each
    expect(wrapLines(text, 80).split('\n').length).toBeLessThanOrEqual(22);
  });

  it('list what only rooms have in rooms only', async () => {
    const listed = async (chat: string) => {
      const { terminal } = await play(chat, '/help all', ESC);
      return (terminal.paged.join().match(/^ {2}\/[\w-]+/gm) ?? []).map((command) => command.trim());
    };
    const ofRooms = ['/who', '/mute', '/admin', '/kick', '/ban', '/subject', '/nick', '/voice', '/moderate'];
    const person = await listed(ROMEO);
    fake.addRoom(LOBBY);
    const room = await listed(LOBBY);
    expect(person.filter((command) => ofRooms.includes(command))).toEqual([]);
    expect(room).toEqual(expect.arrayContaining([...ofRooms, '/destroy', '/room-config', '/affiliations']));
    expect(person).toEqual(
      expect.arrayContaining(['/join', '/leave', '/invite', '/react', '/send', '/rooms']),
    );
    expect(room).toEqual(expect.arrayContaining(person));
  });

  it('leave with /close, and the program with /exit', async () => {
    expect((await play(ROMEO, '/close')).end).toBe('menu');
    expect((await play(ROMEO, '/exit')).end).toBe('exit');
  });

  describe('/invite beside a person (XEP-0045 §7.9)', () => {
    const invited = (history: number | number[]) => [ROMEO, { others: [NURSE], history, reason: undefined }];
    const ROOM_MADE = 'talk-1@conference.example.org';

    it('asks what of the conversation everybody shall see, shows it, and goes on in the room', async () => {
      for (const body of ['one', 'two', 'three']) fake.keep(ROMEO, body);
      const { terminal, seat } = await play(ROMEO, '/invite nurse', '2', 'y', ESC);
      const shown = terminal.lines.find((line) => line.startsWith('Everybody in the room would see:'));
      expect(shown).toMatch(/two\n.*three$/);
      expect(shown).not.toContain('one');
      expect(fake.called('conferences.start')).toEqual([invited([2, 3])]);
      expect(seat.openChats).toEqual([ROMEO, ROOM_MADE, undefined]);
    });

    it.each([
      ['nothing is wanted', [''], 0],
      ['none is wanted', ['0'], 0],
      ['what is shown is too much', ['2', 'n'], 0],
      ['too many are wanted, then one', ['9', '1', 'y'], [2]],
    ])('sends nothing that was not agreed to: %s', async (_, answers, history) => {
      for (const body of ['one', 'two']) fake.keep(ROMEO, body);
      await play(ROMEO, '/invite nurse', ...answers, ESC);
      expect(fake.called('conferences.start')).toEqual([invited(history)]);
    });

    it('sends what was shown, whatever came since', async () => {
      const { row } = fake.keep(ROMEO, 'one');
      const confirm = vi.spyOn(ScriptedTerminal.prototype, 'confirm').mockImplementationOnce(async () => {
        fake.receive(ROMEO, 'not for others');
        return true;
      });
      await play(ROMEO, '/invite nurse', '1', ESC);
      confirm.mockRestore();
      expect(fake.called('conferences.start')).toEqual([invited([row])]);
    });

    it('takes messages by their numbers, 1 for the newest', async () => {
      for (const body of ['one', 'two', 'three']) fake.keep(ROMEO, body);
      await play(ROMEO, '/conference nurse --message 1 --message 3', 'y', ESC);
      expect(fake.called('conferences.start')).toEqual([invited([1, 3])]);
    });

    it('shows and asks where the command says how many, too', async () => {
      fake.keep(ROMEO, 'one');
      const { terminal } = await play(ROMEO, '/conference nurse --send-history 1', 'n', ESC);
      expect(terminal.output).toContain('Nothing of it is sent.');
      expect(fake.called('conferences.start')).toEqual([invited(0)]);
    });

    it('does nothing where one gives up, and asks nothing where nothing was said', async () => {
      fake.keep(ROMEO, 'one');
      await play(ROMEO, '/invite nurse', CTRL_C, ESC);
      expect(fake.called('conferences.start')).toEqual([]);
      await play(NURSE, `/invite ${ROMEO}`, ESC);
      expect(fake.called('conferences.start')).toEqual([
        [NURSE, { others: [ROMEO], history: 0, reason: undefined }],
      ]);
    });

    it('stays where the room could not be made, and says why', async () => {
      fake.failures.set('conferences.start', new ChatError('no-room-service'));
      const { terminal, seat } = await play(ROMEO, '/invite nurse', ESC);
      expect(terminal.output).toContain('! no-room-service');
      expect(seat.openChats).toEqual([ROMEO, undefined]);
    });
  });

  it('says what a moderator did once: the room tells it of who is there', async () => {
    fake.addRoom(LOBBY, ['juliet', 'romeo']);
    for (const line of [
      '/kick romeo',
      '/role romeo --as visitor',
      '/ban romeo',
      '/affiliation romeo --as member',
    ])
      expect((await play(LOBBY, line, ESC)).terminal.output).not.toContain('"kind":"done"');
    for (const line of [`/ban ${NURSE}`, '/affiliation nurse@example.org --as member'])
      expect((await play(LOBBY, line, ESC)).terminal.output).toContain('"kind":"done"');
  });

  it('/msg to who has left the room is not sent to a user of that name', async () => {
    fake.addRoom(LOBBY, ['juliet', 'romeo']);
    const { terminal } = await play(LOBBY, '/msg nurse psst', `/msg ${NURSE} psst`, '/msg romeo psst', ESC);
    expect(terminal.output).toContain('! no-such-occupant');
    expect(fake.called('messages.send')).toEqual([
      [NURSE, 'psst'],
      [`${LOBBY}/romeo`, 'psst'],
    ]);
  });

  it('/msg says when it was, and what has not gone yet', async () => {
    fake.addRoom(LOBBY, ['juliet', 'romeo']);
    const sent = await play(LOBBY, '/msg romeo psst', ESC);
    expect(sent.terminal.output).toMatch(/^\d\d:\d\d \(private\) → romeo {2}psst$/m);
    fake.sentState = 'queued';
    const kept = await play(LOBBY, '/msg romeo psst', ESC);
    expect(kept.terminal.output).toMatch(/^\d\d:\d\d \(private\) → romeo {2}psst …$/m);
  });

  it('tells who was kicked how to come back, and nobody who left', async () => {
    fake.addRoom(LOBBY, ['juliet']);
    const { terminal } = await play(
      LOBBY,
      then(() => {
        fake.emit('room', { room: LOBBY, nick: 'juliet', event: 'kicked' });
        fake.emit('room', { room: LOBBY, nick: 'juliet', event: 'left' });
      }),
    );
    expect(terminal.lines.filter((line) => line.includes('/join enters it'))).toHaveLength(1);
  });

  it('/mute says in words what is told from now on', async () => {
    fake.addRoom(LOBBY, ['juliet']);
    const { terminal } = await play(LOBBY, '/mute', '/mute off', '/mute all', ESC);
    expect(terminal.output).toMatch(/only what names you[\s\S]*you are told nothing[\s\S]*told again/);
  });

  it('says what the subject is to who enters, and who changed it to who is there (XEP-0045 §7.2.15)', async () => {
    fake.addRoom(LOBBY, ['juliet']);
    const { terminal } = await play(
      LOBBY,
      then(() => {
        fake.emit('room', { room: LOBBY, nick: 'juliet', event: 'joined' });
        fake.emit('subject', { room: LOBBY, nick: 'romeo', subject: 'Act II' });
        fake.emit('subject', { room: LOBBY, nick: 'romeo', subject: 'Act III' });
      }),
    );
    expect(terminal.lines).toContain('Subject: Act II');
    expect(terminal.output).not.toMatch(/changed the subject .*: Act II$/m);
    expect(terminal.output).toMatch(/romeo changed the subject .*: Act III$/m);
  });

  it.each([
    ['/join', 'join', () => fake.emit('room', { room: LOBBY, nick: 'juliet', event: 'joined' })],
    [
      '/subject Act IV',
      'setSubject',
      () => fake.emit('subject', { room: LOBBY, nick: 'j', subject: 'Act IV' }),
    ],
    [
      '/nick julia',
      'setNick',
      () => fake.emit('occupant', { room: LOBBY, nick: 'juliet', newNick: 'julia', event: 'renamed' }),
    ],
  ] as const)(
    'what %s did is said once: by the room, or else by the command',
    async (command, call, told) => {
      fake.addRoom(LOBBY, ['juliet']);
      const alone = await play(LOBBY, command, ESC);
      expect(alone.terminal.output).toContain('"kind":"done"');
      vi.spyOn(fake.rooms, call).mockImplementation(async () => {
        told();
        return { created: false, nick: 'juliet' };
      });
      const together = await play(LOBBY, command, ESC);
      expect(together.terminal.output).not.toContain('"kind":"done"');
    },
  );

  it('a room without a subject says nothing of it to who comes back', async () => {
    fake.addRoom(LOBBY, ['juliet']);
    const { terminal } = await play(
      LOBBY,
      then(() => {
        fake.emit('subject', { room: LOBBY, nick: '', subject: '' });
        fake.emit('subject', { room: LOBBY, nick: 'romeo', subject: '' });
      }),
    );
    expect(terminal.lines.filter((line) => line.includes('removed the subject'))).toEqual([
      expect.stringContaining('romeo removed the subject'),
    ]);
  });

  it('an invitation by who the chat is with says how it is answered', async () => {
    const { terminal } = await play(
      ROMEO,
      then(() => {
        fake.emit('request', { kind: 'invitation', id: 'i', from: ROMEO, room: LOBBY, time: 0 });
        fake.emit('request', { kind: 'subscription', id: 's', from: NURSE, time: 0 });
      }),
    );
    expect(terminal.lines.filter((line) => line.includes('/accept'))).toHaveLength(1);
  });

  it('/accept of an invitation leads into its room', async () => {
    fake.addRoom(LOBBY, ['juliet']);
    fake.open = [{ kind: 'invitation', id: 'i', from: ROMEO, room: LOBBY, time: 0 }];
    const { seat } = await play(ROMEO, '/accept', ESC);
    expect(fake.called('requests.accept')).toEqual([['i']]);
    expect(seat.openChats).toEqual([ROMEO, LOBBY, undefined]);
  });

  it('/leave in a room closes its conversation, and says once that one is out', async () => {
    for (const line of ['/leave', '/part', '/leave lobby']) {
      fake.addRoom(LOBBY, ['juliet']);
      const { terminal, end } = await play(LOBBY, line);
      expect(end).toBe('menu');
      expect(terminal.lines.filter((text) => /you left|"left"/.test(text))).toEqual([
        expect.stringContaining(`you left the room ${LOBBY}`),
      ]);
    }
  });

  it('/leave of another room, or one that fails, keeps the conversation open', async () => {
    fake.addRoom(LOBBY, ['juliet']);
    fake.addRoom('garden@conference.example.org', ['juliet']);
    fake.failures.set('rooms.leave', new ChatError('offline'));
    const { terminal } = await play(LOBBY, '/leave', '/leave garden', ESC);
    expect(terminal.output).toContain('! offline');
    expect(terminal.left).toBe(0);
    expect(fake.rooms.list().map(({ room }) => room)).toEqual([LOBBY]);
  });

  it('page backwards with /older until the beginning', async () => {
    for (let i = 0; i < 30; i++) fake.keep(ROMEO, `message ${i}`);
    const { terminal } = await play(ROMEO, '/older', '/older', ESC);
    expect(terminal.lines.filter((line) => /message 9$/m.test(line))).toHaveLength(1);
    expect(terminal.output).toContain('message 0');
    expect(terminal.output).toContain('beginning of what is kept');
  });

  it('go to the next unread chat by key or /next, mentions first', async () => {
    fake.addRoom(LOBBY, ['juliet', 'romeo']);
    fake.keep(NURSE, 'madam');
    fake.setUnread(NURSE, 1);
    fake.keep(LOBBY, 'juliet!', { nick: 'romeo', mention: true });
    fake.setUnread(LOBBY, 1, 1);
    const { seat, terminal } = await play(
      ROMEO,
      async () => 'next',
      '/next',
      async () => 'next',
      ESC,
    );
    expect(seat.openChats).toEqual([ROMEO, LOBBY, NURSE, undefined]);
    expect(terminal.output).toContain('No other chat has unread messages.');
  });

  it('give all that is kept to the pager with /history, and what came meanwhile is read then', async () => {
    for (let i = 0; i < 30; i++) fake.keep(ROMEO, `message ${i}`);
    fake.keep(NURSE, 'madam');
    const { terminal } = await play(ROMEO, '/history', '/history --since 2026-11-22', '/history nurse', ESC);
    const [first = '', other = ''] = terminal.paged;
    expect(first.match(/message \d+/g)).toHaveLength(30);
    expect(other).toContain('madam');
    expect(terminal.paged).toHaveLength(2);
    expect(fake.called('chats.markRead')).toHaveLength(4);
    const some = await play(ROMEO, '/history --limit 3', ESC);
    expect(some.terminal.paged).toEqual([]);
  });

  it('that cannot be done are not told as messages that could not be sent', async () => {
    fake.failures.set('messages.send', new ChatError('offline'));
    const terminal = new ScriptedTerminal('hello', '/around 7', '/cancel', '/reply 9 yes', '/close');
    const told: unknown[] = [];
    const face = plainFace(terminal);
    const problem: typeof face.render.problem = (error, about) => {
      told.push([(error as ChatError).condition, about?.action]);
      return '';
    };
    await openConversation({ ...face, render: { ...face.render, problem } }, plainSeat(fake), ROMEO, noAside);
    expect(told).toEqual([
      ['offline', 'send'],
      ['no-such-result', undefined],
      ['no-transfer', undefined],
      ['no-such-message', undefined],
    ]);
  });

  it('list what /search finds by numbers, the newest first, and show the place of one with /around', async () => {
    for (let i = 0; i < 30; i++) fake.keep(ROMEO, i % 10 === 4 ? `lark ${i}` : `talk ${i}`);
    fake.keep(NURSE, 'lark elsewhere');
    const { terminal } = await play(ROMEO, '/search lark', '/around 2', '/around 4', '/search owl', ESC);
    const listed = terminal.lines.find((line) => line.includes('/around 2 shows'))?.split('\n') ?? [];
    expect(listed.map((line) => /^ +(\d) {2}.*(lark \d+)$/.exec(line)?.slice(1))).toEqual([
      ['1', 'lark 24'],
      ['2', 'lark 14'],
      ['3', 'lark 4'],
      undefined,
    ]);
    const place = terminal.lines.find((line) => line.includes('→'))?.split('\n') ?? [];
    expect(place.filter((line) => line.includes('→'))).toEqual([expect.stringContaining('lark 14')]);
    expect(place.filter((line) => line.includes('talk'))).toHaveLength(16);
    expect(terminal.output).toContain('! no-such-result');
    expect(terminal.output).toContain('nothing-found');
  });

  it('give what /export writes to no file to the pager', async () => {
    fake.keep(ROMEO, 'wherefore');
    const { terminal } = await play(ROMEO, '/export', ESC);
    expect(terminal.paged).toEqual([expect.stringMatching(/── romeo@example.org ──\n.*wherefore$/)]);
    expect(terminal.output).toContain('"code":"exported"');
  });

  it('list who is in the room with /who, affiliation and role where they tell something', async () => {
    fake.addRoom(LOBBY, [], {
      occupants: [
        { nick: 'nurse', affiliation: 'owner', role: 'moderator', show: 'away', status: 'asleep' },
        { nick: 'romeo', affiliation: 'none', role: 'participant', show: 'available', status: '' },
      ],
    });
    fake.keep(LOBBY, 'said before', { nick: 'nurse' });
    const { terminal } = await play(LOBBY, '/who', ESC);
    expect(terminal.lines.at(-1)).toBe('Here now:\n  nurse  owner · moderator · away · asleep\n  romeo');
  });

  it('write privately with /msg to a nickname with blanks, in a chat of its own', async () => {
    fake.addRoom(LOBBY, ['juliet', 'friar', 'friar laurence']);
    const { seat } = await play(LOBBY, '/msg friar laurence bless me', '/msg friar laurence', ESC);
    expect(fake.called('messages.send')).toEqual([[`${LOBBY}/friar laurence`, 'bless me']]);
    expect(seat.openChats).toEqual([LOBBY, `${LOBBY}/friar laurence`, undefined]);
  });

  it('answer what this chat asks with /accept and /decline, whatever its kind', async () => {
    fake.open = [
      { kind: 'subscription', id: 's1', from: NURSE, time: 0 },
      { kind: 'file', id: 'f1', from: `${ROMEO}/garden`, name: 'a.txt', time: 0 },
    ];
    const { terminal } = await play(ROMEO, '/accept', '/decline nurse', '/accept', ESC);
    expect(fake.called('requests.accept')).toEqual([['f1']]);
    expect(fake.called('contacts.decline')).toEqual([[NURSE]]);
    expect(terminal.lines.at(-1)).toBe('Nobody waits for an answer.');
  });

  it('show the subject with /topic, and change it with a text', async () => {
    fake.addRoom(LOBBY, ['juliet'], { subject: 'Act II' });
    const { terminal } = await play(LOBBY, '/topic', '/topic Act III', ESC);
    expect(terminal.output.match(/Subject: Act II/g)).toHaveLength(2);
    expect(fake.called('rooms.setSubject')).toEqual([[LOBBY, 'Act III']]);
  });

  it('mute a room to mentions and back with /mute, for that room alone', async () => {
    fake.addRoom(LOBBY, ['juliet']);
    await play(LOBBY, '/mute', '/mute', '/mute off', '/mute loud', ESC);
    const name = `mute:${LOBBY}`;
    expect(fake.called('settings.set')).toEqual([
      [name, 'mentions'],
      [name, 'all'],
      [name, 'off'],
    ]);
  });

  it('ask whether a file for who is away shall wait (product §6)', async () => {
    fake.away.add(ROMEO);
    fake.failures.set('files.send', new ChatError('no-route', { jid: ROMEO }));
    const { terminal } = await play(ROMEO, '/send a.txt', 'n', '/send b.txt', 'y', ESC);
    const question = expect.stringContaining('is away, and no server here keeps files');
    expect(terminal.asked.filter((asked) => asked.includes('away'))).toEqual([question, question]);
    expect(fake.called('files.keep')).toEqual([['b.txt', ROMEO]]);
  });

  it('send a file without stopping the talk', async () => {
    let arrive: () => void = () => {};
    const sent = fake.files.send;
    fake.files.send = async (path, peer) => {
      await new Promise<void>((resolve) => {
        arrive = resolve;
      });
      return sent(path, peer);
    };
    await play(
      ROMEO,
      then(async ({ enter }) => {
        await enter('/send a.txt');
        await enter('coming');
        expect(fake.called('files.send')).toEqual([]);
        expect(fake.called('messages.send')).toEqual([[ROMEO, 'coming']]);
        arrive();
      }),
    );
  });
});

describe('messages that are pointed at', () => {
  it('stand above the input with their numbers while a command is typed, the one meant marked', async () => {
    fake.keep(ROMEO, 'one');
    fake.keep(ROMEO, 'two', { direction: 'out', state: 'acked' });
    await play(
      ROMEO,
      then(({ prompt, type }) => {
        type('/reply');
        expect(prompt.above()).toEqual([]);
        type('/reply ');
        expect(prompt.above()).toEqual([
          expect.stringMatching(/^→ 2 {2}\d\d:\d\d Romeo {2}one$/),
          expect.stringMatching(/^ {2}1 {2}\d\d:\d\d me {2}two$/),
        ]);
        type('/retract ');
        expect(prompt.above()[1]).toMatch(/^→ 1 .*two$/);
        type('/react 2 x');
        expect(prompt.above()).toEqual([expect.stringMatching(/^→ 2 .*one$/)]);
        type('/react 22 x');
        expect(prompt.above()).toEqual([]);
        type('');
        expect(prompt.above()).toEqual([]);
      }),
    );
  });

  it('keep the numbers that are seen, whatever arrives meanwhile', async () => {
    const { row } = fake.keep(ROMEO, 'one');
    await play(
      ROMEO,
      then(async ({ prompt, type }) => {
        type('/react 1 ');
        fake.receive(ROMEO, 'two');
        expect(prompt.above()).toEqual([expect.stringMatching(/one$/)]);
        await prompt.entered('/react 1 👍', false);
        expect(fake.called('messages.react')).toEqual([[row, expect.anything()]]);
        await prompt.entered('/react 1 👎', false);
        expect(fake.called('messages.react').at(-1)?.[0]).not.toBe(row);
      }),
    );
  });

  it('are listed by /last, and answered, changed and taken back by their numbers or none', async () => {
    const [theirs, ours] = [
      fake.keep(ROMEO, 'wherefore?'),
      fake.keep(ROMEO, 'here', { direction: 'out', state: 'acked' }),
    ];
    const { terminal } = await play(
      ROMEO,
      '/last',
      '/reply at eight',
      '/react 👍',
      '/edit 2 there',
      '/retract 9',
      '/retract 3',
      ESC,
    );
    expect(terminal.lines).toContainEqual(
      expect.stringMatching(/1 is the newest:\n {2}2 .*wherefore\?\n {2}1 .*here$/),
    );
    expect(fake.called('messages.reply')).toEqual([[theirs.row, 'at eight']]);
    expect(fake.called('messages.react')[0]?.[0]).toBe(theirs.row);
    expect(fake.called('messages.correct')[0]?.[0]).toBe(ours.row);
    expect(terminal.lines).toContain('! no-such-message');
    expect(fake.called('messages.retract')[0]?.[0]).toBe(theirs.row);
  });

  it('show what came of it as lines that point back, and say nothing else', async () => {
    const { row } = fake.keep(ROMEO, 'wherefore?');
    const { terminal } = await play(
      ROMEO,
      then(async ({ enter }) => {
        await enter('/react 👍');
        fake.change(row, { body: 'whence?', corrected: true }, 'corrected');
        fake.change(row, { body: '', retracted: true }, 'retracted');
        fake.emit('messageChanged', { ...fake.keep(NURSE, 'x'), retracted: true }, 'retracted');
      }),
    );
    expect(terminal.lines.slice(-3)).toEqual([
      expect.stringMatching(/^↳ \d\d:\d\d Romeo: “wherefore\?” 👍 me$/),
      expect.stringMatching(/^✎ \d\d:\d\d Romeo {2}whence\? \(edited\)$/),
      expect.stringMatching(/^⊘ \d\d:\d\d Romeo: \[message withdrawn\]$/),
    ]);
    expect(terminal.output).not.toContain('message-reacted');
  });

  it('offer emoji behind /react, with a number or without', async () => {
    await play(
      ROMEO,
      then(({ prompt }) => {
        expect(prompt.complete('/react ', 7).options).toContain('👍');
        expect(prompt.complete('/react 2 ', 9)).toMatchObject({ from: 9 });
        expect(prompt.complete('/react 2 ', 9).options).toContain('🎉');
      }),
    );
  });

  it('show what was replaced on request', async () => {
    const { row } = fake.keep(ROMEO, 'new', { corrected: true });
    fake.olderTexts.set(row, [{ body: 'old', time: 1 }]);
    const { terminal } = await play(ROMEO, '/versions', ESC);
    expect(terminal.output).toContain('"body":"old"');
  });
});

describe('changing the last message with Ctrl-Up', () => {
  it('sends a correction of that one, and gives the draft back (XEP-0308)', async () => {
    fake.keep(ROMEO, 'ehre', { direction: 'out', state: 'acked' });
    fake.keep(ROMEO, 'lost', { direction: 'out', state: 'failed' });
    fake.keep(ROMEO, 'what?');
    const { seat, terminal } = await play(
      ROMEO,
      then(async ({ prompt, type }) => {
        type('a draft');
        expect(prompt.editLast?.()).toEqual({ text: 'ehre', prompt: 'change> ' });
        prompt.changed('here');
        await prompt.entered('here', true);
      }),
    );
    expect(fake.called('messages.correct')).toEqual([[1, { body: 'here', corrected: true }]]);
    expect(fake.called('messages.send')).toEqual([]);
    expect(seat.drafts.draft(ROMEO)).toBe('a draft');
    expect(terminal.output).toMatch(/✎ .*here \(edited\) ✓/);
  });

  it('takes a text that begins with a slash for a text, and an empty or equal one for no change', async () => {
    fake.keep(ROMEO, 'ehre', { direction: 'out', state: 'acked' });
    const { terminal } = await play(
      ROMEO,
      then(async ({ prompt }) => {
        for (const text of ['', 'ehre', '/close']) {
          prompt.editLast?.();
          await prompt.entered(text, true);
        }
      }),
    );
    expect(terminal.lines.filter((line) => line.startsWith('Nothing is changed.'))).toHaveLength(2);
    expect(fake.called('messages.correct')).toEqual([[1, { body: '/close', corrected: true }]]);
  });

  it('says that there is nothing, and why it could not be', async () => {
    const { terminal } = await play(
      ROMEO,
      then(async ({ prompt }) => {
        expect(prompt.editLast?.()).toBeUndefined();
        fake.keep(ROMEO, 'ehre', { direction: 'out', state: 'acked' });
        prompt.editLast?.();
        fake.failures.set('messages.correct', Object.assign(new Error('no'), { condition: 'offline' }));
        expect(await prompt.entered('here', true)).toBe('stay');
      }),
    );
    expect(terminal.output).toContain('You have written nothing here that could be changed.');
    expect(terminal.lines).toContain('! offline');
  });
});

describe('what became of the last own message', () => {
  it('stands above the input once it is more than its line says, until something newer comes', async () => {
    await play(
      ROMEO,
      then(async ({ prompt, enter }) => {
        await enter('hello');
        const row = fake.said.at(-1)?.row ?? 0;
        fake.advance(row, 'acked');
        expect(prompt.above()).toEqual([]);
        fake.advance(row, 'delivered');
        expect(prompt.above()).toEqual(['✓✓ delivered']);
        fake.advance(row, 'read');
        expect(prompt.above()).toEqual(['✓✓ read']);
        fake.receive(ROMEO, 'hello yourself');
        expect(prompt.above()).toEqual([]);
      }),
    );
  });

  it('is no news once a line of its own has said it', async () => {
    const { row } = fake.keep(ROMEO, 'ehre', { direction: 'out', state: 'acked' });
    await play(
      ROMEO,
      then(({ prompt }) => {
        fake.advance(row, 'read');
        expect(prompt.above()).toEqual(['✓✓ read']);
        fake.messages.correct(row, 'here');
        expect(prompt.above()).toEqual([]);
      }),
    );
  });
});

describe('older messages', () => {
  it('come by PageUp: what is kept, then the archive, then the beginning, one page at a time', async () => {
    for (let i = 0; i < 22; i++) fake.keep(ROMEO, `kept ${i}`);
    for (let i = 0; i < 13; i++) fake.archive.push({ chat: ROMEO, body: `archived ${i}` });
    const { terminal } = await play(
      ROMEO,
      then(async ({ prompt }) => {
        prompt.older?.();
        prompt.older?.();
        await settled();
        expect(fake.called('history.older')).toEqual([]);
        for (let pages = 0; pages < 3; pages++) {
          prompt.older?.();
          expect(prompt.above()).toEqual(['Loading …']);
          await settled();
          expect(prompt.above()).toEqual([]);
        }
      }),
    );
    const pages = terminal.lines.slice(-4);
    expect(pages[0]?.split('\n')[0]).toBe('── older messages ──');
    expect(pages[0]?.split('\n').at(-1)).toBe('── the newer ones stand above ──');
    expect(pages[0]?.split('\n').slice(2, -1).map(bodyOf)).toEqual(['kept 0', 'kept 1']);
    expect(pages[1]?.split('\n').slice(2, -1).map(bodyOf)).toEqual(
      Array.from({ length: 10 }, (_, at) => `archived ${at + 3}`),
    );
    expect(pages[2]?.split('\n').slice(2, -1).map(bodyOf)).toEqual([
      'archived 0',
      'archived 1',
      'archived 2',
    ]);
    expect(pages[3]).toBe('── beginning of what is kept ──');
  });

  it('begin once, however often they are asked for', async () => {
    fake.keep(ROMEO, 'only');
    const { terminal } = await play(ROMEO, '/older', '/older', '/older', ESC);
    expect(terminal.lines.filter((line) => line.includes('beginning'))).toHaveLength(1);
  });

  it('bring their own changes: nothing points back at what is not shown yet', async () => {
    const old = fake.keep(ROMEO, 'old');
    for (let i = 0; i < 20; i++) fake.keep(ROMEO, `kept ${i}`);
    const change = () => void fake.change(old.row, { body: 'better', corrected: true }, 'corrected');
    const live = await play(ROMEO, then(change));
    expect(live.terminal.output).toContain('✎');
    fake.said.splice(0, 1);
    fake.history.older = async () => {
      fake.said.unshift(old);
      change();
      return false;
    };
    const paged = await play(ROMEO, '/older', ESC);
    expect(paged.terminal.output).toContain('better');
    expect(paged.terminal.output).not.toContain('✎');
  });

  it('come by themselves where nothing is kept here yet', async () => {
    fake.archive.push({ chat: ROMEO, body: 'archived' });
    const { terminal } = await play(ROMEO, then(settled));
    expect(terminal.output).toContain('archived');
    expect(terminal.output).not.toContain('No messages yet.');
    const empty = await play(NURSE, then(settled));
    expect(empty.terminal.output).toContain('No messages yet.');
  });

  it('tell in one line where the archive cannot be read', async () => {
    fake.keep(ROMEO, 'kept');
    fake.failures.set('history.older', Object.assign(new Error('no'), { condition: 'forbidden' }));
    const { terminal } = await play(ROMEO, '/older', ESC);
    expect(terminal.lines.at(-1)).toBe('! forbidden');
  });
});

/** What waits for promises that are settled already has gone on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const bodyOf = (line: string) => line.split('  ').at(-1);

describe('what a room has menus and questions for', () => {
  const wishes = async (...script: Step[]) => {
    const asked: unknown[] = [];
    fake.addRoom(LOBBY, ['juliet', 'romeo']);
    const terminal = new ScriptedTerminal(...script, ESC);
    const seat = plainSeat(fake);
    const end = await openConversation(plainFace(terminal), seat, LOBBY, async (room, wish) => {
      asked.push([room, wish]);
      return undefined;
    });
    expect(terminal.left).toBe(0);
    return { asked, end, seat };
  };

  it('is asked for outside the view, which goes on then', async () => {
    const { asked, end, seat } = await wishes('/config', '/admin', '/destroy', '/destroy parlour too quiet');
    expect(asked).toEqual([
      [LOBBY, { kind: 'configure' }],
      [LOBBY, { kind: 'menu' }],
      [LOBBY, { kind: 'destroy', room: LOBBY }],
      [LOBBY, { kind: 'destroy', room: LOBBY, successor: 'parlour', reason: 'too quiet' }],
    ]);
    expect(end).toBe('menu');
    expect(seat.openChats).toEqual([
      LOBBY,
      undefined,
      LOBBY,
      undefined,
      LOBBY,
      undefined,
      LOBBY,
      undefined,
      LOBBY,
      undefined,
    ]);
  });

  it('a setting that is named needs no form', async () => {
    fake.form = {
      instructions: '',
      fields: [{ name: 'title', label: 'Title', kind: 'text', required: false }],
    };
    const { asked } = await wishes('/config --set title=Den');
    expect(asked).toEqual([]);
    expect(fake.called('rooms.administration.configure')).toEqual([[LOBBY, { title: 'Den' }]]);
  });
});

describe('a crowd', () => {
  it('that comes at once is counted, after the first few (product §3)', async () => {
    fake.addRoom(LOBBY, ['juliet']);
    const { terminal } = await play(
      LOBBY,
      then(() => {
        for (let i = 0; i < 40; i++) fake.emit('occupant', { room: LOBBY, nick: `n${i}`, event: 'joined' });
        fake.emit('occupant', { room: LOBBY, nick: 'nurse', event: 'banned' });
      }),
    );
    const told = terminal.lines.filter((line) => / ── /.test(line));
    expect(told.filter((line) => /n\d+ joined/.test(line))).toHaveLength(5);
    expect(terminal.output).toContain('35 people joined lobby');
    expect(terminal.output).toContain('nurse was banned');
  });
});
