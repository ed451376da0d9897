/** Filling in a form of a server, a room or a service. */
import { plurals } from '../plurals.ts';

const n = plurals('en');

export const forms = {
  title: 'The form',
  submit: 'Submit',
  cancel: 'Cancel, nothing is sent',
  cancelled: 'The form was not sent.',
  optional: (label: string) => `${label} (optional)`,
  /** stands beside a field that needs a value and has none */
  needed: 'needed',
  empty: '–',
  hidden: '••••',
  lines: 'One a line: Alt-Enter (or Ctrl-J) begins a new one.',
  link: (url: string) => `To look at: ${url}`,
  saved: (path: string) => `To look at, saved as: ${path}`,
  web: (url: string) => `The same on the web: ${url}`,
  another: 'Another value …',
  anotherValue: (label: string) => `${label}, another value`,
  change: 'Change it',
  clear: 'Take it away',
  done: 'Done',
  wrong: (label: string, why: string) => `${label}: ${why}`,
  faults: {
    missing: () => 'needs a value.',
    'not-an-option': () => 'takes one of the list only.',
    'not-a-jid': () => 'takes JIDs only (name@server).',
    'not-a-number': () => 'takes a number.',
    'not-a-date': () => 'takes a date or time (2026-11-21, 14:03:00, 2026-11-21T14:03:00Z).',
    'out-of-range': (min: string, max: string) =>
      min === '' ? `at most ${max}.` : max === '' ? `at least ${min}.` : `from ${min} to ${max}.`,
    'wrong-count': (min: string, max: string) =>
      min === ''
        ? `at most ${n(Number(max), { one: 'choice', other: 'choices' })}.`
        : max === ''
          ? `at least ${n(Number(min), { one: 'choice', other: 'choices' })}.`
          : `from ${min} to ${max} choices.`,
    'wrong-pattern': (_min: string, _max: string, pattern: string) => `has to match ${pattern}`,
  },
};
