/** Numbers for people: times of the local clock with 24 hours, sizes, spans of time. */
import type { Catalogue } from '../../i18n/catalogue.ts';

/** `14:03` */
export function clock(time: number): string {
  const date = new Date(time);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `2026-11-21 14:03` */
export function stamp(time: number): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock(time)}`;
}

/** `1.4 MiB`; bytes as they are below 1024 */
export function size(bytes: number, { language, words }: Pick<Catalogue, 'language' | 'words'>): string {
  let value = bytes;
  let unit: string = words.units.bytes;
  for (const next of ['KiB', 'MiB', 'GiB', 'TiB']) {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return `${decimal(value, language)} ${unit}`;
}

/** `0.4 s`, `3 min`, `2 h`, `5 d` */
export function span(seconds: number, { language, words }: Pick<Catalogue, 'language' | 'words'>): string {
  const { units } = words;
  if (seconds < 60) return `${decimal(seconds, language)} ${units.seconds}`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} ${units.minutes}`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} ${units.hours}`;
  return `${Math.floor(seconds / 86_400)} ${units.days}`;
}

function decimal(value: number, language: string): string {
  const text = value < 10 && !Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value));
  return language === 'es' ? text.replace('.', ',') : text;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
