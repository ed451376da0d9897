/** XEP-0082: XMPP Date and Time Profiles, version 1.1.1. https://xmpp.org/extensions/xep-0082.html */

const DATE_TIME = /^(\d{4})-?(\d{2})-?(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,20}))?(Z|[+-]\d{2}:\d{2})?$/;
const OFFSET = /^([+-])(\d{2}):(\d{2})$/;
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * Reads a DateTime (§3.2), also without separators or zone as the older protocols write it (§4); then it is UTC.
 * Resolves to milliseconds since 1970, `undefined` where the text is none or names a day that does not exist.
 */
export function parseDateTime(text: string | undefined): number | undefined {
  const match = DATE_TIME.exec(text?.trim() ?? '');
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const millis = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  // A leap second is the last moment of its minute: no clock here counts to 60.
  date.setUTCHours(hour, minute, Math.min(second, 59), millis);
  const offset = parseOffset(match[8] ?? 'Z');
  return offset === undefined ? undefined : date.getTime() - offset * 60_000;
}

/** Writes milliseconds since 1970 as a DateTime in UTC (§3.2); what lies outside of four-digit years is clamped. */
export function formatDateTime(time: number): string {
  const clamped = Math.min(Math.max(Number.isFinite(time) ? time : 0, 0), LATEST);
  return new Date(clamped).toISOString();
}

/** Reads a time zone definition: minutes ahead of UTC, `undefined` where it is none. §2.1 */
export function parseOffset(text: string | undefined): number | undefined {
  if (text?.trim() === 'Z') return 0;
  const match = OFFSET.exec(text?.trim() ?? '');
  if (match === null) return undefined;
  const hours = Number(match[2]);
  const minutes = Number(match[3]);
  if (hours > 14 || minutes > 59) return undefined;
  return (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes) || 0;
}

/** Writes minutes ahead of UTC as a time zone definition. §2.1 */
export function formatOffset(minutes: number): string {
  const size = Math.abs(Math.trunc(minutes));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
