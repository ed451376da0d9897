/** Settings as they are typed (`/setting bell off`), with what they and their values mean. */
import type { SettingRow } from '../../actions/rows.ts';
import { type Setting, type SettingName, takesMore } from '../../chat/settings.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { sanitize } from '../sanitize.ts';
import type { RenderOptions } from './options.ts';
import { listText, tableText } from './table.ts';

/** What a setting is about. */
export function settingLabel(words: Catalogue, name: SettingName): string {
  const { names, mute } = words.menus.settings;
  return name.startsWith('mute:') ? mute(sanitize(name.slice('mute:'.length))) : names[name as Setting];
}

/** What a value means for that setting. */
export function valueLabel(words: Catalogue, name: SettingName, value: string): string {
  const { values, ownValues, span } = words.menus.settings;
  const own = Object.hasOwn(ownValues, name) ? ownValues[name as keyof typeof ownValues] : {};
  const known: Readonly<Record<string, string>> = { ...values, ...own };
  const [, count, unit = ''] = /^(\d+)(d|w|mo|y)$/.exec(value) ?? [];
  if (count !== undefined) return span(Number(count), unit);
  return known[value] ?? sanitize(value);
}

/** All of them in a line each; of one what it can be as well. */
export function settingsText(settings: readonly SettingRow[], options: RenderOptions): string {
  const { words, theme, columns } = options;
  const [first] = settings;
  if (first !== undefined && settings.length === 1) return oneText(first, options);
  const titles = words.tables.columns;
  return tableText(
    [
      { title: titles.field, cells: settings.map(({ name }) => sanitize(name)) },
      { title: titles.value, cells: settings.map(({ value }) => sanitize(value)) },
      {
        title: titles.meaning,
        cells: settings.map(({ name }) => settingLabel(words, name)),
        shrinks: true,
      },
    ],
    theme,
    columns,
  );
}

function oneText({ name, value, values }: SettingRow, { words, theme }: RenderOptions): string {
  const { choices, field, value: now, meaning } = words.tables.columns;
  const listed = values.map((each) => {
    const label = valueLabel(words, name, each);
    return label === each ? each : `${each}: ${label}`;
  });
  return listText(
    [
      [field, sanitize(name)],
      [meaning, settingLabel(words, name)],
      [now, sanitize(value)],
      [choices, [...listed, ...(takesMore(name) ? ['45d, 6w, 6mo, 2y, …'] : [])].join('\n')],
    ],
    theme,
  );
}
