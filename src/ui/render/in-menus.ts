/** Sentences for everybody name flags; at the menus one goes by their numbers. */
import type { Catalogue } from '../../i18n/catalogue.ts';

/** numbers of the main menu; those that log in are of the start menu */
const NUMBERS: Readonly<Record<string, string>> = {
  register: '2',
  contacts: '3',
  'add-contact': '4',
  rooms: '6',
};

/** A flag that only repeats what the sentence says. */
const ASIDE = / \(--[a-z-]+(?: <[^>]*>)?\)/g;

/** Takes a whole sentence. */
export function inMenus(text: string, { menus }: Catalogue): string {
  return text
    .replace(ASIDE, '')
    .replace(/(^|[.;:!?] )?--([a-z-]+)(?: <[^>]*>)?/g, (all, before: string | undefined, flag: string) => {
      const number = NUMBERS[flag];
      if (number === undefined) return all;
      const named = menus.option(number);
      const first =
        before === undefined || before === '; ' || before === ': ' ? named[0] : named[0]?.toUpperCase();
      return `${before ?? ''}${first ?? ''}${named.slice(1)}`;
    });
}
