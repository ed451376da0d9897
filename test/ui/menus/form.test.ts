import { describe, expect, it } from 'vitest';
import type { FormField } from '../../../src/chat/form.ts';
import { fillForm, submitForm } from '../../../src/ui/menus/form.ts';
import { plainFace } from '../../support/plain-face.ts';
import { CTRL_C, ScriptedTerminal, type Step } from '../../support/scripted-terminal.ts';

const field = (more: Partial<FormField>): FormField => ({
  name: 'x',
  label: 'X',
  kind: 'text',
  required: false,
  ...more,
});
const options = [
  { label: 'Verona', value: 'v' },
  { label: '', value: 'm' },
];

const OPEN = {
  datatype: 'xs:string',
  method: 'open',
  min: undefined,
  max: undefined,
  pattern: undefined,
  least: undefined,
  most: undefined,
} as const;

async function fill(fields: readonly FormField[], ...script: string[]) {
  const terminal = new ScriptedTerminal(...script);
  const filled = await fillForm(plainFace(terminal), { instructions: 'Read\nthis', fields });
  expect(terminal.left).toBe(0);
  return { filled, terminal };
}

describe("a server's form (XEP-0004 §3.2)", () => {
  it('shows what a field means and what belongs to it, as text and links (XEP-0221)', async () => {
    const { terminal } = await fill(
      [
        field({
          description: 'What you see',
          links: ['https://example.org/c.png'],
          files: ['/home/juliet/files_received/form.png'],
        }),
      ],
      'abc',
    );
    expect(terminal.lines.slice(1)).toEqual([
      'What you see',
      'To look at: https://example.org/c.png',
      'To look at, saved as: /home/juliet/files_received/form.png',
    ]);
  });

  it('says what is wrong with a value, and asks again (XEP-0122 §3)', async () => {
    const validation = {
      datatype: 'xs:integer',
      method: 'range',
      min: '1',
      max: '50',
      pattern: undefined,
      least: undefined,
      most: undefined,
    } as const;
    const { filled, terminal } = await fill([field({ validation })], '99', 'x', '7');
    expect(filled).toEqual({ x: '7' });
    expect(terminal.lines.slice(1)).toEqual(['X: from 1 to 50.', 'X: takes a number.']);
  });

  it('takes another value where the list is open (XEP-0122 §3.2.2)', async () => {
    const { filled } = await fill(
      [
        field({ kind: 'choice', options, value: 'v', open: true, type: 'list-single', validation: OPEN }),
        field({ name: 'y', kind: 'choices', options, open: true, type: 'list-multi', validation: OPEN }),
      ],
      ...['T', 'padua', '1', 'T', 'mantua', '0'],
    );
    expect(filled).toEqual({ x: 'padua', y: 'v\nmantua' });
  });

  it('asks for each field by its kind, and marks what may stay empty', async () => {
    const { filled, terminal } = await fill(
      [
        field({ name: 'a', label: 'A', required: true }),
        field({ name: 'b', label: '', kind: 'password' }),
        field({ name: 'c', kind: 'switch' }),
        field({ name: 'd', kind: 'choice', options, value: 'v' }),
      ],
      ...['', 'text', 'secret', 'y', '2'],
    );
    expect(filled).toEqual({ a: 'text', b: 'secret', c: '1', d: 'm' });
    expect(terminal.asked).toEqual(['A', 'A', 'b (optional)', 'X (optional)', 'X (optional)']);
    expect(terminal.output).toContain('Please give a value.');
  });

  it('keeps what the server suggests, unchanged even where it cannot be shown as it is', async () => {
    const suggested = 'a\u0007b';
    const { filled } = await fill(
      [field({ value: suggested }), field({ name: 'd', kind: 'choice', options, value: 'v' })],
      '',
      '0',
    );
    expect(filled).toEqual({ x: suggested, d: 'v' });
  });

  it('switches several choices one by one', async () => {
    const { filled, terminal } = await fill([field({ kind: 'choices', options, value: 'v' })], '2', '1', '0');
    expect(filled).toEqual({ x: 'm' });
    expect(terminal.menus.map((menu) => menu.slice(0, 2))).toEqual([
      ['1) Verona ✓', '2) m'],
      ['1) Verona ✓', '2) m ✓'],
      ['1) Verona', '2) m ✓'],
    ]);
  });

  it('says nothing of how to fill in what is not there', async () => {
    const terminal = new ScriptedTerminal();
    const form = { title: 'New account', instructions: 'Choose a name', fields: [] };
    expect(await fillForm(plainFace(terminal), form as never)).toEqual({});
    expect(terminal.output).toBe('');
  });

  it('shows notes and instructions harmless, and sends nothing for them', async () => {
    const { filled, terminal } = await fill([field({ kind: 'note', value: 'be\u001b[2Jware' })]);
    expect(filled).toEqual({});
    expect(terminal.lines).toEqual(['Read\n  this', 'be␛[2Jware']);
  });
});

describe('a long form (XEP-0004 §3.2)', () => {
  const long: readonly FormField[] = [
    field({ name: 'n', kind: 'note', label: 'Who may come' }),
    field({ name: 'title', label: 'Title', value: 'Den' }),
    field({ name: 'open', label: 'Open', kind: 'switch', value: '1' }),
    field({ name: 'secret', label: 'Secret', kind: 'password', value: 'capulet' }),
    field({ name: 'town', label: 'Town', kind: 'choice', options, value: 'v' }),
    field({ name: 'lang', label: 'Language', required: true, value: '' }),
  ];
  const play = async (submit: (filled: unknown) => Promise<void>, ...script: Step[]) => {
    const terminal = new ScriptedTerminal(...script);
    const form = { title: 'Room', instructions: '', fields: long };
    const done = await submitForm(plainFace(terminal), form, submit);
    expect(terminal.left).toBe(0);
    return { terminal, done };
  };
  const taken = async () => {};

  it('is a numbered list of what it holds; passwords stay hidden, notes are headings', async () => {
    const { terminal, done } = await play(taken, '0');
    expect(terminal.menus[0]).toEqual([
      ') Who may come',
      '1) Title Den',
      '2) Open yes',
      '3) Secret ••••',
      '4) Town Verona',
      '5) Language needed',
      'S) Submit',
      '0) Cancel, nothing is sent',
    ]);
    expect(done).toBe(false);
    expect(terminal.asked).toEqual(['Room']);
    expect(terminal.lines).not.toContain('Room');
    expect(terminal.output).toContain('The form was not sent.');
    expect(terminal.menus.flat().join()).not.toContain('capulet');
  });

  it('sends only what was changed, and not before all that is needed is there', async () => {
    const submitted: unknown[] = [];
    const { terminal, done } = await play(
      async (filled) => void submitted.push(filled),
      ...['2', 'S', '5', 'en', '3', '2', '4', '2', 'S'],
    );
    expect(terminal.lines).toContain('Language: needs a value.');
    expect(submitted).toEqual([{ open: '0', lang: 'en', secret: '', town: 'm' }]);
    expect(done).toEqual(submitted[0]);
  });

  it('goes back to the list from a question by Ctrl-C or Esc, what was filled in kept', async () => {
    const { done } = await play(taken, '5', 'en', '1', CTRL_C, 'S');
    expect(done).toEqual({ lang: 'en' });
  });

  it('what the other side does not take can be changed, and sent again (XEP-0045 §10.1.3)', async () => {
    const errors = [Object.assign(new Error('no'), { condition: 'not-acceptable' })];
    const submitted: unknown[] = [];
    const { terminal } = await play(
      async (filled) => {
        submitted.push(filled);
        const error = errors.shift();
        if (error !== undefined) throw error;
      },
      ...['5', 'xx', 'S', '5', 'en', 'S'],
    );
    expect(terminal.lines).toContain('! not-acceptable');
    expect(submitted).toEqual([{ lang: 'xx' }, { lang: 'en' }]);
  });
});
