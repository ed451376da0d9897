/** Words of the prompts themselves: keys, answers, complaints. */

export const prompts = {
  yes: 'yes',
  no: 'no',
  /** the letters that answer a yes-or-no question, lower case, the first is shown */
  yesKeys: ['y', 'yes'],
  noKeys: ['n', 'no'],
  menuHint: 'number, letter, or arrows and Enter',
  menuHintBack: 'number, letter, or arrows and Enter · Esc back',
  menuPartial: (name: string) => `Enter: ${name} · or another digit`,
  textHint: 'Enter to answer · Esc back',
  passwordHint: 'what you type is not shown',
  optional: 'optional',
  empty: 'Please give a value.',
  noSuchChoice: (text: string) => `There is no choice “${text}”.`,
  tooLong: 'This is too long.',
  notANumber: 'Please give a whole number.',
  notAJid: (text: string) => `“${text}” is not a JID: it looks like user@server.`,
  notADate: (text: string) => `“${text}” is no date: write 2026-11-21, 2h or 3d.`,
  page: (now: number, of: number) => `page ${now} of ${of}`,
  moreAbove: '↑ more',
  moreBelow: '↓ more',
  answered: (label: string) => label,
  interrupted: 'Interrupted.',
  pasted: (lines: number) => `${lines} lines pasted`,
};
