import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { plainPrompts } from '../../../src/ui/prompts/plain.ts';
import { words } from '../words.ts';

function answers(...lines: string[]) {
  const shown: string[] = [];
  const input = Readable.from([`${lines.join('\n')}\n`]);
  return { shown, prompts: plainPrompts({ input, words, log: (text) => shown.push(text) }) };
}

const items = () => [
  { key: '1', name: 'alice', value: 'alice@example.org' },
  { key: 'J', name: 'Somebody else', value: 'else' },
];
const typed = (text: string) => (text.includes(' ') ? undefined : `typed ${text}`);

describe('a menu without a terminal', () => {
  it('takes its keys, and a text that means something: a JID at once (product §1)', async () => {
    const { prompts, shown } = answers('bob', 'j', '1', 'no such thing', 'J');
    const menu = () => prompts.menu({ message: 'Who?', items, typed });
    expect([await menu(), await menu(), await menu(), await menu()]).toEqual([
      'typed bob',
      'else',
      'alice@example.org',
      'else',
    ]);
    expect(shown).toContain('no choice no such thing');
    prompts.close();
  });

  it('takes nothing but its keys where a text means nothing', async () => {
    const { prompts, shown } = answers('bob', '', '1');
    expect(await prompts.menu({ message: 'Who?', items })).toBe('alice@example.org');
    expect(shown.filter((line) => line.startsWith('no choice'))).toEqual(['no choice bob']);
    prompts.close();
  });
});
