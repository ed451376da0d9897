import { beforeEach, describe, expect, it } from 'vitest';
import type { Affiliation, Occupant, Role } from '../../../src/chat/events.ts';
import { menuLoop } from '../../../src/ui/menu.ts';
import { deedsTo, rightsIn } from '../../../src/ui/menus/room-rights.ts';
import { FakeClient } from '../../support/fake-client.ts';
import { plainApp } from '../../support/plain-face.ts';
import { ScriptedTerminal, type Step } from '../../support/scripted-terminal.ts';

const DEN = 'den@conference.example.org';
const occupant = (nick: string, affiliation: Affiliation, role: Role): Occupant => ({
  nick,
  affiliation,
  role,
  show: 'available',
  status: '',
});

let fake: FakeClient;
beforeEach(() => {
  fake = new FakeClient();
});

/** We are juliet in the room, as what is given. */
function enter(affiliation: Affiliation, role: Role, ...others: Occupant[]): void {
  fake.addRoom(DEN, [], {
    subject: 'Tea at five',
    occupants: [occupant('juliet', affiliation, role), ...others],
  });
}

/** Plays a script in menu 16, room administration, of the first room. */
async function play(...script: Step[]) {
  const terminal = new ScriptedTerminal('16', '6', '1', ...script, '0', '0', '0');
  expect(await menuLoop(plainApp(terminal, fake), fake.client)).toBe(0);
  expect(terminal.left).toBe(0);
  return terminal;
}
const names = (menu: readonly string[] = []) => menu.map((item) => item.replace(/^\w+\) /, ''));

describe('16 room administration', () => {
  it('repeats the room that was chosen by itself: what it is for stands above', async () => {
    enter('none', 'visitor');
    expect((await play()).alone).toContain('Room administration');
  });

  it('offers what affiliation and role allow, and nothing else (XEP-0045 §5)', async () => {
    enter('none', 'visitor');
    expect(names((await play()).menus[3])).toEqual([
      'Who is here 1',
      'Invite somebody',
      'Ask to speak',
      'Change my nickname',
      'Register my nickname',
      'What it may tell me all',
      'Back',
    ]);
    enter('admin', 'moderator');
    expect(names((await play()).menus[3]).slice(6)).toEqual(['Members', 'Banned', 'Back']);
    enter('owner', 'moderator');
    expect(names((await play()).menus[3]).slice(2)).toEqual([
      'Change the subject Tea at five',
      'Change my nickname',
      'Register my nickname',
      'What it may tell me all',
      'Members',
      'Banned',
      'Administrators',
      'Owners',
      'Configure the room',
      'Destroy the room',
      'Back',
    ]);
  });

  it('/exit leaves the program from a private conversation too', async () => {
    enter('none', 'participant', occupant('romeo', 'none', 'participant'));
    const terminal = new ScriptedTerminal('16', '6', '1', '1', '2', '1', '/exit');
    expect(await menuLoop(plainApp(terminal, fake), fake.client)).toBe(0);
    expect(terminal.left).toBe(0);
  });

  it('kicks, bans, gives and takes roles and affiliations from the list of people', async () => {
    enter('owner', 'moderator', occupant('romeo', 'none', 'participant'));
    const terminal = await play(...['1', '2', '2', 'too loud', '2', '5', '2', '6', '2', '3', '', '0']);
    expect(terminal.menus[5]).toEqual([
      '1) Private message',
      '2) Kick',
      '3) Ban',
      '4) Take voice away',
      '5) Make a moderator',
      '6) Make a member',
      '7) Make an administrator',
      '8) Make an owner',
      '0) Back',
    ]);
    expect(fake.called('rooms.administration.kick')).toEqual([[DEN, 'romeo', 'too loud']]);
    expect(fake.called('rooms.administration.setRole')).toEqual([[DEN, 'romeo', 'moderator', undefined]]);
    expect(fake.called('rooms.administration.setAffiliation')).toEqual([[DEN, 'romeo', 'member', undefined]]);
    expect(fake.called('rooms.administration.ban')).toEqual([[DEN, 'romeo', undefined]]);
  });

  it('keeps the lists: who is banned is let in again, somebody becomes a member (XEP-0045 §9.2, §9.3)', async () => {
    enter('owner', 'moderator');
    fake.affiliated = [{ room: DEN, jid: 'tybalt@example.org', affiliation: 'outcast', reason: 'duels' }];
    const terminal = await play(...['8', '1', '1', '0', '7', 'A', 'nurse', '', '0']);
    expect(terminal.menus[4]).toEqual(['1) tybalt@example.org duels', 'A) Ban somebody', '0) Back']);
    expect(fake.called('rooms.administration.unban')).toEqual([[DEN, 'tybalt@example.org']]);
    expect(fake.called('rooms.administration.setAffiliation')).toEqual([
      [DEN, 'nurse@example.org', 'member', undefined],
    ]);
  });

  it('configures by the form, and leaves the room as it was where one gives up (XEP-0045 §10.2)', async () => {
    enter('owner', 'moderator');
    fake.form = {
      instructions: '',
      fields: [{ name: 'title', label: 'Title', kind: 'text', required: false, value: 'Den' }],
    };
    await play('11', 'The den');
    expect(fake.called('rooms.administration.configure')).toEqual([[DEN, { title: 'The den' }]]);
    const fields = ['a', 'b', 'c', 'd', 'e'].map(
      (name) => ({ name, label: name, kind: 'text', required: false }) as const,
    );
    fake.form = { instructions: '', fields };
    await play('11', '0');
    expect(fake.called('rooms.administration.cancelConfiguration')).toEqual([[DEN]]);
  });

  it('destroys only after a yes, with the room to go to instead (XEP-0045 §10.9)', async () => {
    enter('owner', 'moderator');
    await play('12', 'n', '12', 'y', '2', 'parlour', 'moved');
    expect(fake.called('rooms.administration.destroy')).toEqual([
      [DEN, { successor: 'parlour@conference.example.org', reason: 'moved' }],
    ]);
  });

  it('says in words what the room refuses', async () => {
    enter('owner', 'moderator', occupant('romeo', 'none', 'participant'));
    fake.failures.set(
      'rooms.administration.kick',
      Object.assign(new Error('no'), { condition: 'not-allowed' }),
    );
    const terminal = await play('1', '2', '2', '', '0');
    expect(terminal.lines).toContain('! not-allowed');
  });

  it('mutes one room, or all but what names us', async () => {
    enter('none', 'participant');
    await play('6', '2');
    expect(fake.called('settings.set')).toEqual([[`mute:${DEN}`, 'mentions']]);
  });
});

describe('nobody is offered to act against who stands as high (XEP-0045 §5.1.2, §5.2.2)', () => {
  const deeds = (own: [Affiliation, Role], other: [Affiliation, Role]) => {
    const occupants = [occupant('juliet', ...own)];
    const rights = rightsIn({ room: DEN, nick: 'juliet', subject: '', joined: true, occupants });
    return deedsTo(rights, occupant('romeo', ...other)).map(({ label }) => label);
  };

  it.each<[string, [Affiliation, Role], [Affiliation, Role], string[]]>([
    ['a participant', ['member', 'participant'], ['none', 'participant'], ['message']],
    ['a moderator to a visitor', ['none', 'moderator'], ['none', 'visitor'], ['message', 'kick', 'maySpeak']],
    ['a moderator to another one', ['none', 'moderator'], ['none', 'moderator'], ['message']],
    ['an admin to an admin', ['admin', 'moderator'], ['admin', 'moderator'], ['message']],
    [
      'an admin to a member',
      ['admin', 'moderator'],
      ['member', 'participant'],
      ['message', 'kick', 'ban', 'mayNotSpeak', 'makeModerator', 'noAffiliation'],
    ],
    [
      'an owner to an owner',
      ['owner', 'moderator'],
      ['owner', 'moderator'],
      ['message', 'makeMember', 'makeAdmin', 'noAffiliation'],
    ],
  ])('%s', (_who, own, other, labels) => {
    expect(deeds(own, other)).toEqual(labels);
  });
});
