/** Which language, and its words. Only the language used is loaded. */
import type { en } from './en.ts';

export type Catalogue = typeof en;

export const LANGUAGES = ['en', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Resolves to the words of a language. */
export async function catalogueFor(language: Language): Promise<Catalogue> {
  return language === 'es' ? (await import('./es.ts')).es : (await import('./en.ts')).en;
}

/**
 * Takes what `--lang` or the configuration says, and the environment; gives the language to use.
 * The order of the variables is that of POSIX: LC_ALL, LC_MESSAGES, LANG. Without any of them, the system's own.
 */
export function chooseLanguage(
  wanted: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Language {
  const locale = wanted || env.LC_ALL || env.LC_MESSAGES || env.LANG || systemLocale();
  const code = locale.slice(0, 2).toLowerCase();
  return LANGUAGES.find((language) => language === code) ?? 'en';
}

function systemLocale(): string {
  return new Intl.DateTimeFormat().resolvedOptions().locale;
}
