/** What a typed key means in a menu, and how a menu stays the same menu while its badges change. */
import type { MenuItem } from '../terminal.ts';

export type Meaning =
  /** no longer key starts with it */
  | { readonly kind: 'chosen'; readonly index: number }
  /** more may follow; `index` is the item if Enter comes now */
  | { readonly kind: 'partial'; readonly index: number | undefined }
  | { readonly kind: 'none' };

export const isHeading = (item: MenuItem): boolean => item.key === '';

/** Takes what was typed so far; upper and lower case are the same. */
export function meaning(typed: string, items: readonly MenuItem[]): Meaning {
  const wanted = typed.toLowerCase();
  const keys = items.map(({ key }) => key.toLowerCase());
  const index = keys.indexOf(wanted);
  const longer = keys.some((key) => key.length > wanted.length && key.startsWith(wanted));
  if (wanted === '' || (index < 0 && !longer)) return { kind: 'none' };
  if (index >= 0 && !longer) return { kind: 'chosen', index };
  return { kind: 'partial', index: index < 0 ? undefined : index };
}

/**
 * The items as they are now, in the places and with the keys they had when the menu opened: a contact who
 * comes online must not move another one under the finger. New ones come behind the numbers, with the next free one,
 * and before the letters and the way back.
 */
export function stable(shown: readonly MenuItem[], now: readonly MenuItem[]): MenuItem[] {
  const left = new Map<string, MenuItem[]>();
  for (const item of now) left.set(idOf(item), [...(left.get(idOf(item)) ?? []), item]);
  const kept = shown.map((item) => {
    const current = left.get(idOf(item))?.shift();
    return current ? { ...current, key: item.key } : item;
  });
  const added = now.filter((item) => left.get(idOf(item))?.includes(item));
  for (const item of added) {
    const taken = new Set(kept.map(({ key }) => key.toLowerCase()));
    const free = isHeading(item) || !taken.has(item.key.toLowerCase());
    const last = kept.findLastIndex(({ key }) => Number(key) > 0);
    const place = isHeading(item) || !(Number(item.key) > 0) ? kept.length : last + 1;
    kept.splice(place, 0, free ? item : { ...item, key: nextNumber(kept) });
  }
  return kept;
}

const idOf = (item: MenuItem): string => (isHeading(item) ? `heading ${item.name}` : `item ${item.value}`);

function nextNumber(items: readonly MenuItem[]): string {
  const numbers = items.map(({ key }) => Number(key)).filter(Number.isInteger);
  return String(Math.max(0, ...numbers) + 1);
}

/** The part of a long list that is shown: `size` items round the active one. */
export function visibleRange(
  count: number,
  active: number,
  size: number,
): { readonly start: number; readonly end: number } {
  if (count <= size) return { start: 0, end: count };
  const start = Math.max(0, Math.min(active - Math.floor(size / 2), count - size));
  return { start, end: start + size };
}
