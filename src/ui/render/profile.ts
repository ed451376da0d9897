/** What one says of oneself, with the names by which `--set` changes it. */
import type { Row } from '../../actions/rows.ts';
import { sanitize } from '../sanitize.ts';
import type { RenderOptions } from './options.ts';
import { tableText } from './table.ts';

/** Every field there can be; what cannot be set has no name here. */
export function profileText(
  { fields, vcard }: Extract<Row, { type: 'profile' }>,
  { words, theme, columns }: RenderOptions,
): string {
  const labels: Readonly<Record<string, string>> = words.tables.vcard;
  const texts: Readonly<Record<string, string | undefined>> = vcard;
  const others = Object.keys(vcard).filter((name) => !fields.some((field) => field === name));
  const all = [...fields, ...others];
  const titles = words.tables.columns;
  return tableText(
    [
      { title: titles.meaning, cells: all.map((name) => labels[name] ?? sanitize(name)) },
      { title: titles.field, cells: all.map((name) => (others.includes(name) ? '' : name)) },
      {
        title: titles.value,
        cells: all.map((name) => sanitize((texts[name] ?? '').replaceAll('\n', ' '))),
        shrinks: true,
      },
    ],
    theme,
    columns,
  );
}
