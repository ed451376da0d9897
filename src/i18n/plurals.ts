/** Choosing a word by a number, by the rules of the language (CLDR, through Intl). */

export interface Forms {
  readonly one: string;
  readonly other: string;
}

/** Resolves to a function that gives `7 messages`: the number and the form that goes with it. */
export function plurals(language: string): (count: number, forms: Forms) => string {
  let rules: Intl.PluralRules | undefined;
  return (count, forms) => {
    rules ??= new Intl.PluralRules(language);
    // Spanish has `many` for whole millions; both languages here spell it as `other`.
    return `${count} ${rules.select(count) === 'one' ? forms.one : forms.other}`;
  };
}
