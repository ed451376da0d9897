/** What everything that becomes text is given, and words that tables and details share. */
import type { Contact } from '../../chat/events.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import type { Theme } from '../theme.ts';

export interface RenderOptions {
  readonly words: Catalogue;
  readonly theme: Theme;
  /** cells of the terminal; undefined where the output is none */
  readonly columns?: number | undefined;
  /** milliseconds since 1970 */
  now(): number;
}

export function subscriptionText(
  { subscription, ask }: Pick<Contact, 'subscription' | 'ask'>,
  { words }: Catalogue,
): string {
  const word = words.subscriptions[subscription];
  return ask ? `${word} (${words.asked})` : word;
}
