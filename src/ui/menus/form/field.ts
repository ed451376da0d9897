/** One field of a form: how it is asked for by its type, and how its value is shown. XEP-0004 §3.3. */
import { type FormField, fieldFault, limitsOf } from '../../../chat/form.ts';
import type { Face } from '../../face.ts';
import { sanitize } from '../../sanitize.ts';
import { type Choice, choose } from '../screen.ts';

/** UTF-16 units of a value that one line of a list shows */
const SHOWN = 60;

/** `one-by-one`: Enter takes what is proposed. `from-list`: what is there is changed, or emptied. */
export type Way = 'one-by-one' | 'from-list';

export const labelOf = (field: FormField): string => sanitize(field.label || field.name);

/** Why a value will not do, in words. */
export function faultText(
  { words }: Face,
  field: FormField,
  fault: keyof Face['words']['forms']['faults'],
): string {
  const limits = limitsOf(field);
  const [low, high] = fault === 'wrong-count' ? [limits.least, limits.most] : [limits.min, limits.max];
  const why = words.forms.faults[fault](plain(low), plain(high), plain(limits.pattern));
  return words.forms.wrong(labelOf(field), why);
}

const plain = (value: string | number | undefined) => sanitize(String(value ?? ''));

/** The value beside the name of its field. */
export function shownValue({ words }: Face, field: FormField, value: string): string {
  const { kind, required } = field;
  if (kind === 'switch') return isTrue(value) ? words.words.yes : words.words.no;
  if (value === '') return required ? words.forms.needed : words.forms.empty;
  if (kind === 'password') return words.forms.hidden;
  const text = value
    .split('\n')
    .map((line) => optionLabel(field, line))
    .join(', ');
  return shortened(text);
}

/** A value that one line of a list can show. */
export const shortened = (text: string): string =>
  text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;

function optionLabel({ options = [] }: FormField, value: string): string {
  return sanitize(options.find((option) => option.value === value)?.label || value);
}

/** Asks for a value; undefined where it stays as it is. */
export async function askField(
  face: Face,
  field: FormField,
  now: string | undefined,
  way: Way,
): Promise<string | undefined> {
  const { terminal, words, theme } = face;
  const label = field.required ? labelOf(field) : words.forms.optional(labelOf(field));
  if (field.description) terminal.log(theme.dim(sanitize(field.description, { lines: '  ' })));
  for (const url of field.links ?? []) terminal.log(words.forms.link(sanitize(url)));
  for (const path of field.files ?? []) terminal.log(words.forms.saved(sanitize(path)));
  switch (field.kind) {
    case 'note':
      return undefined;
    case 'switch':
      if (way === 'from-list') return isTrue(now) ? '0' : '1';
      return (await terminal.confirm({ message: label, initial: isTrue(now) })) ? '1' : '0';
    case 'choice':
      return chooseOne(face, label, field, now);
    case 'choices':
      return chooseSeveral(face, label, field, now);
    case 'password':
      return askSecret(face, label, field, now);
    case 'text':
    case 'lines':
      return askText(face, label, field, now, way);
  }
}

async function askText(
  face: Face,
  message: string,
  field: FormField,
  now: string | undefined,
  way: Way,
): Promise<string | undefined> {
  const { terminal, words, theme } = face;
  const multiline = field.kind === 'lines';
  const shown = sanitize(now ?? '', multiline ? { lines: '' } : {});
  if (multiline && terminal.interactive) terminal.log(theme.dim(words.forms.lines));
  const proposed = shown === '' ? undefined : shown;
  const typed = await terminal.text({
    message,
    ...(way === 'from-list' ? { prefill: shown } : { initial: proposed }),
    multiline,
    validate(text) {
      if (text === shown) return field.required && text.trim() === '' ? words.prompts.empty : undefined;
      const fault = fieldFault(field, text);
      if (fault === 'missing') return words.prompts.empty;
      return fault === undefined ? undefined : faultText(face, field, fault);
    },
  });
  return typed === shown ? now : typed;
}

/** Nothing typed keeps what is there; what need not be can be taken away. */
async function askSecret(
  face: Face,
  message: string,
  { required }: FormField,
  now = '',
): Promise<string | undefined> {
  const { forms } = face.words;
  if (now !== '' && !required) {
    const what = await choose(face, message, [
      { name: forms.change, value: 'change' },
      { name: forms.clear, value: 'clear' },
    ] as const);
    if (what === undefined) return now;
    if (what === 'clear') return '';
  }
  const typed = await face.terminal.password({ message });
  return typed === '' ? now : typed;
}

/** a letter that no number begins with */
const OTHER = { key: 'T', value: null } as const;

function choicesOf({ options = [] }: FormField): Choice<string | null>[] {
  return options.map((option) => ({ name: sanitize(option.label || option.value), value: option.value }));
}

async function chooseOne(
  face: Face,
  label: string,
  field: FormField,
  now: string | undefined,
): Promise<string | undefined> {
  const { options = [] } = field;
  const initial = Math.max(
    0,
    options.findIndex((option) => option.value === now),
  );
  const { another } = face.words.forms;
  const open = field.open === true ? [{ ...OTHER, name: another }] : [];
  const chosen = await choose(face, label, [...choicesOf(field), ...open], { initial });
  return chosen === null ? other(face, label, field, now) : (chosen ?? now);
}

async function other(face: Face, label: string, field: FormField, now = ''): Promise<string | undefined> {
  const message = face.words.forms.anotherValue(label);
  const typed = await face.terminal.text({
    message,
    validate(text) {
      const fault = text === '' ? undefined : fieldFault(field, text);
      return fault === undefined ? undefined : faultText(face, field, fault);
    },
  });
  return typed === '' ? now : typed;
}

/** Each is switched by its number until one goes back. */
async function chooseSeveral(
  face: Face,
  label: string,
  field: FormField,
  now: string | undefined,
): Promise<string> {
  const chosen = new Set(now?.split('\n').filter((value) => value !== ''));
  for (let last = 0; ; ) {
    const added = [...chosen].filter((value) => !field.options?.some((option) => option.value === value));
    const choices = [...choicesOf(field), ...added.map((value) => ({ name: sanitize(value), value }))];
    const open = field.open === true ? [{ ...OTHER, name: face.words.forms.another }] : [];
    const marked = choices.map((choice) => ({
      ...choice,
      badge: choice.value !== null && chosen.has(choice.value) ? '✓' : '',
    }));
    const value = await choose(face, label, [...marked, ...open], { initial: last, echo: 'item' });
    if (value === undefined) return [...chosen].join('\n');
    if (value === null) {
      const typed = (await face.terminal.text({ message: face.words.forms.anotherValue(label) })).trim();
      if (typed !== '') chosen.add(typed);
      continue;
    }
    last = choices.findIndex((choice) => choice.value === value);
    if (!chosen.delete(value)) chosen.add(value);
  }
}

/** `1` and `true` are the same (XEP-0004 §3.3). */
function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true';
}
