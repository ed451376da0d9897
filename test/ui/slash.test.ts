import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actions } from '../../src/actions/table.ts';
import { readValue } from '../../src/ui/parameters.ts';
import { parseSlash, type SlashContext, slashActions, usageOf } from '../../src/ui/slash.ts';

const LOBBY = 'lobby@conference.example.org';
const contact: SlashContext = {
  actions,
  chat: 'romeo@example.org',
  kind: 'contact',
  meant: () => 7,
  read: (param, text) =>
    param.kind === 'message'
      ? Number(text)
      : readValue(param, text, { domain: 'example.org', now: 0, label: text }),
};
const room: SlashContext = { ...contact, chat: LOBBY, kind: 'room' };
const occupant: SlashContext = { ...contact, chat: `${LOBBY}/romeo`, kind: 'private' };

/** name and input of the action that a line means */
function meaning(typed: string, context: SlashContext) {
  const meant = parseSlash(typed, context);
  return meant.kind === 'action' ? [meant.action.name, meant.input] : meant;
}

describe('a line typed in a conversation', () => {
  it('is text without a slash, and with a doubled one (product §4)', () => {
    expect(parseSlash('hello /help', contact)).toEqual({ kind: 'text', text: 'hello /help' });
    expect(parseSlash('//etc/passwd', contact)).toEqual({ kind: 'text', text: '/etc/passwd' });
  });

  it('is text with /me (XEP-0245 §3), but not with a word that only begins so', () => {
    expect(parseSlash('/me waves', contact)).toEqual({ kind: 'text', text: '/me waves' });
    expect(parseSlash('/mean', contact)).toEqual({ kind: 'unknown', name: 'mean' });
  });

  it('is never text with an unknown command, whatever follows (product §4)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const meant = parseSlash(`/${text}`, contact);
        if (meant.kind === 'text') expect(text).toMatch(/^(\/|me(\s|$))/);
      }),
    );
  });

  it('knows commands of the view, and their other names', () => {
    expect(parseSlash('/more', contact)).toEqual({ kind: 'view', name: 'older', rest: '' });
    expect(parseSlash('/msg  romeo  good  night ', room)).toEqual({
      kind: 'view',
      name: 'msg',
      rest: 'romeo  good  night',
    });
  });
});

describe('an action in a conversation', () => {
  it('means the open contact where no other address is given', () => {
    expect(meaning('/block', contact)).toEqual(['block', { jid: 'romeo@example.org' }]);
    expect(meaning('/block tybalt', contact)).toEqual(['block', { jid: 'tybalt@example.org' }]);
  });

  it('means the open room in what is about rooms', () => {
    expect(meaning('/topic Act  II', room)).toEqual(['subject', { room: LOBBY, subject: 'Act  II' }]);
    expect(meaning('/nick rosaline', room)).toEqual(['nick', { room: LOBBY, nick: 'rosaline' }]);
    expect(meaning('/invite nurse come in', room)).toEqual([
      'invite',
      { room: LOBBY, jid: 'nurse@example.org', reason: 'come in' },
    ]);
    expect(meaning('/leave', room)).toEqual(['leave', { room: LOBBY }]);
    expect(meaning('/leave garden', room)).toEqual(['leave', { room: 'garden' }]);
  });

  it('/invite beside a person goes on in a room with both; with --room it is that room (XEP-0045 §7.9)', () => {
    const others = ['nurse@example.org'];
    expect(meaning('/invite nurse come in', contact)).toEqual([
      'conference',
      { jid: 'romeo@example.org', others, messages: [], reason: 'come in' },
    ]);
    expect(meaning('/conference nurse --with friar', contact)).toEqual([
      'conference',
      { jid: 'romeo@example.org', others: [...others, 'friar@example.org'], messages: [] },
    ]);
    expect(meaning('/invite nurse --room garden', contact)).toEqual([
      'invite',
      { room: 'garden', jid: 'nurse@example.org' },
    ]);
  });

  it('sends a file to whom the chat is with, blanks in the path kept', () => {
    expect(meaning('/send my photo.jpg', contact)).toEqual([
      'send-file',
      { path: 'my photo.jpg', to: 'romeo@example.org' },
    ]);
    expect(meaning('/send "my photo.jpg" --to nurse', contact)).toEqual([
      'send-file',
      { path: 'my photo.jpg', to: 'nurse@example.org' },
    ]);
    expect(meaning('/send a.txt', occupant)).toEqual(['send-file', { path: 'a.txt', to: `${LOBBY}/romeo` }]);
  });

  it('never blocks a room where a person is meant', () => {
    expect(parseSlash('/block', room).kind).toBe('wrong');
    expect(parseSlash('/remove-contact', occupant).kind).toBe('wrong');
  });

  it('takes options, repeated ones too', () => {
    expect(meaning('/add nurse --name "The Nurse" --group friends --group home', contact)).toEqual([
      'add-contact',
      { jid: 'nurse@example.org', name: 'The Nurse', groups: ['friends', 'home'] },
    ]);
  });

  it('says how it is used where a value is missing, left over or none of its kind', () => {
    expect(parseSlash('/topic', room)).toMatchObject({
      kind: 'wrong',
      action: { name: 'subject' },
    });
    expect(parseSlash('/status asleep', contact)).toMatchObject({
      kind: 'wrong',
      error: { condition: 'not-a-choice' },
    });
    expect(parseSlash('/contacts now', contact)).toMatchObject({
      kind: 'wrong',
      action: { name: 'contacts' },
    });
    expect(parseSlash('/add nurse --name', contact).kind).toBe('wrong');
  });

  it('offers nothing that belongs to the menus alone', () => {
    const names = slashActions(actions).map((action) => action.name);
    expect(names).not.toContain('delete-account');
    expect(names).not.toContain('change-password');
    expect(parseSlash('/delete-account', contact)).toEqual({
      kind: 'unknown',
      name: 'delete-account',
      like: undefined,
    });
  });

  it('says how a command is written by the name that was typed, and which one may have been meant', () => {
    const wrong = parseSlash('/send', room);
    expect(wrong).toMatchObject({ kind: 'wrong', name: 'send' });
    const usage = wrong.kind === 'wrong' && usageOf(wrong.action, { path: 'file', jid: 'jid' }, wrong.name);
    expect(usage).toBe('/send <file> [--to <jid>] [--when-online]');
    expect(parseSlash('/sned a.txt', room)).toEqual({ kind: 'unknown', name: 'sned', like: 'send' });
    expect(parseSlash('/hlep', contact)).toMatchObject({ like: 'help' });
    expect(parseSlash('/xyzzy', contact)).toMatchObject({ like: undefined });
  });

  it('shows optional values in brackets', () => {
    const invite = actions.find((action) => action.name === 'invite');
    expect(invite && usageOf(invite, { room: 'sala', reason: 'motivo' })).toBe(
      '/invite <jid> [<motivo…>] [--room <sala>]',
    );
  });
});

describe('a command about a message', () => {
  it('names it by its number, or by none: then the action says which is meant', () => {
    expect(meaning('/reply 2 at eight', contact)).toEqual(['reply', { message: 2, text: 'at eight' }]);
    expect(meaning('/reply at eight', contact)).toEqual(['reply', { message: 7, text: 'at eight' }]);
    expect(meaning('/reply 1 2 of them', contact)).toEqual(['reply', { message: 1, text: '2 of them' }]);
    expect(meaning('/reply 2nd floor', room)).toEqual(['reply', { message: 7, text: '2nd floor' }]);
    expect(meaning('/react 3 👍', contact)).toEqual(['react', { message: 3, emojis: '👍' }]);
    expect(meaning('/react 3', contact)).toEqual(['react', { message: 3 }]);
    expect(meaning('/retract', contact)).toEqual(['retract', { message: 7 }]);
    expect(parseSlash('/retract that', contact).kind).toBe('wrong');
    expect(parseSlash('/edit', contact).kind).toBe('wrong');
  });

  it('is told with the number as what may be left out', () => {
    const edit = actions.find(({ name }) => name === 'edit');
    expect(edit && usageOf(edit, { number: 'n', text: 'text' })).toBe('/edit [<n>] <text…>');
  });

  it('exports the open chat to the file that is named', () => {
    const wanted = ['export', { output: 'my talk.txt', jid: 'romeo@example.org' }];
    expect(meaning('/export my talk.txt', contact)).toEqual(wanted);
    expect(meaning('/export "my talk.txt" --format jsonl', contact)).toEqual([
      'export',
      { ...Object(wanted[1]), format: 'jsonl' },
    ]);
    expect(meaning('/export x', room)).toEqual(['export', { output: 'x', jid: LOBBY }]);
  });

  it('searches the open chat', () => {
    expect(meaning('/search good night', contact)).toEqual([
      'search',
      { text: 'good night', chat: 'romeo@example.org' },
    ]);
    expect(meaning('/search good night', room)).toEqual(['search', { text: 'good night', chat: LOBBY }]);
  });
});
