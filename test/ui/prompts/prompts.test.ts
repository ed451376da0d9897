import { render } from '@inquirer/testing';
import { describe, expect, it, vi } from 'vitest';
import { END_OF_TRANSMISSION } from '../../../src/ui/keys/decoder.ts';
import { menuPrompt } from '../../../src/ui/menu-prompt.ts';
import { checkboxPrompt } from '../../../src/ui/prompts/checkbox.ts';
import { passwordPrompt } from '../../../src/ui/prompts/password.ts';
import { textPrompt } from '../../../src/ui/prompts/text.ts';
import type { Dress } from '../../../src/ui/prompts/words.ts';
import { createTheme } from '../../../src/ui/theme.ts';
import { words } from '../words.ts';

const dress: Dress = {
  words,
  theme: createTheme({ level: 0, background: 'dark' }),
  columns: () => 80,
  rows: () => 22,
  onResize: () => () => {},
};

describe('menu', () => {
  const item = (n: number) => ({ key: String(n), name: `item ${n}`, value: `v${n}` });
  const menu = {
    message: 'Menu',
    items: () => [
      item(1),
      { key: '', name: 'More', value: '' },
      ...[2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map(item),
      { key: 'M', name: 'menu', value: 'm' },
    ],
  };

  it('is chosen from with a number and Enter, two digits, a letter', async () => {
    const one = await render(menuPrompt, { menu, dress, back() {} });
    one.events.type('1');
    expect(one.getScreen()).toContain('1 Enter: item 1, or another digit');
    one.events.keypress('enter');
    await expect(one.answer).resolves.toBe('v1');
    const two = await render(menuPrompt, { menu, dress, back() {} });
    two.events.type('1');
    two.events.type('1');
    await expect(two.answer).resolves.toBe('v11');
    const letter = await render(menuPrompt, { menu, dress, back() {} });
    letter.events.type('m');
    await expect(letter.answer).resolves.toBe('m');
    expect(letter.getScreen()).toBe('✔ Menu menu');
  });

  it('steps over headings and round the ends', async () => {
    const { answer, events, getScreen } = await render(menuPrompt, { menu, dress, back() {} });
    events.keypress('down');
    expect(getScreen()).toContain('❯  2) item 2');
    events.keypress('up');
    events.keypress('up');
    expect(getScreen()).toContain('❯  M) menu');
    events.keypress('enter');
    await expect(answer).resolves.toBe('m');
  });

  it('says the item alone where that says all, and how to go back only where one can', async () => {
    const alone = await render(menuPrompt, { menu: { ...menu, echo: 'item' }, dress, back() {} });
    alone.events.type('m');
    await alone.answer;
    expect(alone.getScreen()).toBe('✔ menu');
    const back = await render(menuPrompt, { menu: { ...menu, back: 'm' }, dress, back() {} });
    expect(back.getScreen()).toContain('Esc back');
    back.events.type('m');
    await expect(back.answer).resolves.toBe('m');
  });

  it('takes the item named for going back on Esc, else Ctrl-D says so to the caller', async () => {
    const named = await render(menuPrompt, { menu: { ...menu, back: 'v4' }, dress, back() {} });
    named.events.keypress('escape');
    await expect(named.answer).resolves.toBe('v4');
    const back = vi.fn();
    const none = await render(menuPrompt, { menu, dress, back });
    expect(none.getScreen()).not.toContain('Esc back');
    none.events.keypress('escape');
    expect(back).not.toHaveBeenCalled();
    none.events.keypress({ name: 'delete', ctrl: false, sequence: END_OF_TRANSMISSION } as never);
    expect(back).toHaveBeenCalledTimes(1);
    none.events.type('2');
    await none.answer;
  });

  it('shows badges as they change, numbers as they were', async () => {
    let changed = () => {};
    let items = [item(1), item(2)];
    const live = {
      message: 'Menu',
      items: () => items,
      subscribe(redraw: () => void) {
        changed = redraw;
        return () => {};
      },
    };
    const { answer, events, getScreen } = await render(menuPrompt, { menu: live, dress, back() {} });
    items = [
      { ...item(2), key: '1', badge: '(3)' },
      { ...item(1), key: '2' },
    ] as typeof items;
    changed();
    expect(getScreen()).toContain('1) item 1\n  2) item 2 · (3)');
    events.type('2');
    await expect(answer).resolves.toBe('v2');
  });

  it('shows the part that fits, with marks', async () => {
    const { answer, events, getScreen } = await render(menuPrompt, {
      menu,
      dress: { ...dress, rows: () => 6 },
      back() {},
    });
    expect(getScreen()).toContain('more below');
    events.keypress('end');
    expect(getScreen()).toContain('more above');
    expect(getScreen().split('\n')).toHaveLength(6);
    events.keypress('enter');
    await expect(answer).resolves.toBe('m');
  });
});

describe('text', () => {
  it('takes the default on Enter and asks again while the text is wrong', async () => {
    const validate = (text: string) => (text === 'no' ? 'not that' : undefined);
    const question = { message: 'Name?', initial: 'me', validate };
    const { answer, events, getScreen } = await render(textPrompt, { question, dress, back() {} });
    expect(getScreen()).toContain('? Name? (me)');
    events.type('no');
    events.keypress('enter');
    expect(getScreen()).toContain('not that');
    events.keypress('backspace');
    events.type('w');
    events.keypress('enter');
    await expect(answer).resolves.toMatch(/^no?w$/);
  });

  it('has its prefill in the line', async () => {
    const { answer, events, getScreen } = await render(textPrompt, {
      question: { message: 'Name?', prefill: 'bob' },
      dress,
      back() {},
    });
    expect(getScreen()).toContain('? Name? bob');
    events.keypress('enter');
    await expect(answer).resolves.toBe('bob');
  });
});

const CTRL_D = { name: 'delete', ctrl: false, sequence: END_OF_TRANSMISSION } as never;

describe('password', () => {
  it('shows nothing of it, and gives it whole', async () => {
    const { answer, events, getScreen } = await render(passwordPrompt, {
      message: 'Password',
      dress,
      back() {},
    });
    expect(getScreen()).toBe('? Password not shown');
    events.type('geh 👨‍👩‍👧');
    events.keypress('backspace');
    events.type('heim');
    expect(getScreen()).toBe('? Password not shown');
    events.keypress('enter');
    await expect(answer).resolves.toBe('geh heim');
    expect(getScreen()).toBe('✔ Password');
  });
});

describe('Ctrl-D', () => {
  it.each([
    ['text', (back: () => void) => render(textPrompt, { question: { message: 'Name?' }, dress, back })],
    ['password', (back: () => void) => render(passwordPrompt, { message: 'Password', dress, back })],
  ])('goes back from a %s where nothing is typed, and only there', async (_, open) => {
    const back = vi.fn();
    const { answer, events } = await open(back);
    events.keypress(CTRL_D);
    expect(back).toHaveBeenCalledTimes(1);
    events.type('x');
    events.keypress(CTRL_D);
    expect(back).toHaveBeenCalledTimes(1);
    events.keypress('enter');
    await expect(answer).resolves.toBe('x');
  });
});

describe('checkbox', () => {
  const question = {
    message: 'Groups?',
    hint: 'Space',
    items: ['a', 'b', 'c'].map((name) => ({ name, value: name, checked: name === 'b' })),
  };

  it('toggles with numbers and Space and keeps the order of the list', async () => {
    const { answer, events, getScreen } = await render(checkboxPrompt, { question, dress });
    expect(getScreen()).toContain('2) ◉ b');
    events.type('3');
    events.type('2');
    events.keypress('home');
    events.keypress('space');
    events.keypress('enter');
    await expect(answer).resolves.toEqual(['a', 'c']);
  });
});
