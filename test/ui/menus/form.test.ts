import { describe, expect, it } from 'vitest';
import type { FormField } from '../../../src/chat/form.ts';
import { fillForm } from '../../../src/ui/menus/form.ts';
import { plainFace } from '../../support/plain-face.ts';
import { ScriptedTerminal } from '../../support/scripted-terminal.ts';

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

async function fill(fields: readonly FormField[], ...script: string[]) {
  const terminal = new ScriptedTerminal(...script);
  const filled = await fillForm(plainFace(terminal), { instructions: 'Read\nthis', fields });
  expect(terminal.left).toBe(0);
  return { filled, terminal };
}

describe("a server's form (XEP-0004 §3.2)", () => {
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

  it('shows notes and instructions harmless, and sends nothing for them', async () => {
    const { filled, terminal } = await fill([field({ kind: 'note', value: 'be\u001b[2Jware' })]);
    expect(filled).toEqual({});
    expect(terminal.lines).toEqual(['Read\n  this', 'be␛[2Jware']);
  });
});
