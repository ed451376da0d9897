/** What can be known of a command line that is wrong: in which language, and in which form, to say so. */

/** The value of `--lang`, wherever it stands before `--`. */
export function wantedLanguage(argv: readonly string[]): string | undefined {
  const head = beforeText(argv);
  const at = head.indexOf('--lang');
  return at >= 0 ? head[at + 1] : head.find((word) => word.startsWith('--lang='))?.slice('--lang='.length);
}

export function wantsJson(argv: readonly string[]): boolean {
  return beforeText(argv).includes('--json');
}

function beforeText(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end < 0 ? argv : argv.slice(0, end);
}
