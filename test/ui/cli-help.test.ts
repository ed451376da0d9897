import { describe, expect, it } from 'vitest';
import { actions } from '../../src/actions/table.ts';
import { catalogueFor, LANGUAGES } from '../../src/i18n/catalogue.ts';
import { helpText } from '../../src/ui/cli/help.ts';
import { COMMON_OPTIONS, flagActions, MODES, sideOptions } from '../../src/ui/cli/options.ts';

const plain = { bold: (text: string) => text };

describe('--help', () => {
  it.each(LANGUAGES)('in %s at 80 columns', async (language) => {
    const text = helpText(actions, await catalogueFor(language), plain, 80);
    await expect(`${text}\n`).toMatchFileSnapshot(`snapshots/help.${language}.txt`);
  });

  it.each([40, 60, 80, 200])('is no wider than %i columns but for words that are', async (columns) => {
    const text = helpText(actions, await catalogueFor('en'), plain, columns);
    for (const line of text.split('\n'))
      if (line.length > columns) expect(line.trim()).toMatch(/^(-|xmpp-chat|df )/);
  });

  it.each(LANGUAGES)('names every flag with a sentence in %s', async (language) => {
    const words = await catalogueFor(language);
    const text = helpText(actions, words, plain, 80);
    const flags = flagActions(actions);
    const names = [
      ...flags.map(({ name }) => name),
      ...flags.flatMap(sideOptions).map(({ name }) => name),
      ...COMMON_OPTIONS.map(({ name }) => name),
      ...MODES,
    ];
    for (const name of names) expect(text).toContain(`--${name}`);
    for (const { name } of actions) expect(words.help.actions[name], name).toBeTruthy();
    for (const { name } of flags.flatMap(sideOptions)) expect(words.help.options[name], name).toBeTruthy();
    for (const { name } of COMMON_OPTIONS) expect(words.help.common[name], name).toBeTruthy();
    for (const { name } of actions) expect(words.errors.what[name], name).toBeTruthy();
  });

  it.each(LANGUAGES)('has a question for every required value in %s', async (language) => {
    const { questions } = (await catalogueFor(language)).help;
    for (const { params } of actions)
      for (const [name, param] of Object.entries(params))
        if (param.required) expect(questions[name], name).toBeTruthy();
  });
});
