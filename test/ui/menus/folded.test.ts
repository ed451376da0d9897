import { render } from '@inquirer/testing';
import { describe, expect, it } from 'vitest';
import { en } from '../../../src/i18n/en.ts';
import { menuPrompt } from '../../../src/ui/menu-prompt.ts';
import { createTheme } from '../../../src/ui/theme.ts';

describe('a folded menu', () => {
  const items = ['1', '2', '10'].map((key) => ({ key, name: `item ${key}`, value: key }));
  const open = () =>
    render(menuPrompt, {
      menu: { message: 'Menu', items: () => items, folded: true },
      dress: {
        words: en.prompts,
        theme: createTheme({ level: 0, background: 'dark' }),
        columns: () => 80,
        rows: () => 22,
        onResize: () => () => {},
      },
      back() {},
    });

  it('shows its message only; keys work all the same, and a half number shows what it means', async () => {
    const { answer, events, getScreen } = await open();
    expect(getScreen()).not.toContain('item');
    events.type('1');
    expect(getScreen()).toContain('1) item 1');
    expect(getScreen()).not.toContain('item 2');
    events.type('0');
    await expect(answer).resolves.toBe('10');
  });

  it('unfolds by an arrow', async () => {
    const { answer, events, getScreen } = await open();
    events.keypress('down');
    expect(getScreen()).toContain('❯  2) item 2');
    events.keypress('enter');
    await expect(answer).resolves.toBe('2');
  });
});
