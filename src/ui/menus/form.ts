/**
 * Filling in any form of XEP-0004. A short one is asked for field after field; a long one is a numbered list of what it
 * holds, of which one changes what one likes before it is submitted.
 */
import { type Filled, type FilledForm, type FormField, fieldFault, formProblems } from '../../chat/form.ts';
import type { Face } from '../face.ts';
import { complain } from '../run-action.ts';
import { sanitize } from '../sanitize.ts';
import type { About } from '../sentences.ts';
import { InterruptedError, type MenuItem } from '../terminal.ts';
import { askField, faultText, labelOf, shownValue, type Way } from './form/field.ts';

/** fields up to which a form is asked for one by one */
const SHORT = 4;

export interface FillOptions {
  /** what was filled in before, and could not be taken */
  readonly before?: Filled | undefined;
}

const asked = ({ fields }: FilledForm) => fields.filter(({ kind }) => kind !== 'note');

/** Resolves to what was filled in; undefined where the user gave up. What is left alone keeps the server's value. */
export async function fillForm(
  face: Face,
  form: FilledForm,
  { before }: FillOptions = {},
): Promise<Filled | undefined> {
  const again = before !== undefined;
  const listed = again || asked(form).length > SHORT;
  // The list has the title as its own.
  if (!again) sayAbout(face, listed ? { ...form, title: undefined } : form);
  return listed ? fillList(face, form, before ?? {}) : fillAll(face, form);
}

/**
 * Fills in a form and submits it; what the other side does not take is said, and can be changed. Resolves to false where
 * the user gave up, and to what was submitted else.
 */
export async function submitForm(
  face: Face,
  form: FilledForm,
  submit: (filled: Filled) => Promise<void>,
  about?: About,
): Promise<Filled | false> {
  let filled = await fillForm(face, form);
  while (filled !== undefined) {
    try {
      await submit(filled);
      return filled;
    } catch (error) {
      if (asked(form).length === 0 || !isAboutValues(error)) throw error;
      complain(face, error, about);
      filled = await fillForm(face, form, { before: filled });
    }
  }
  face.terminal.log(face.words.forms.cancelled);
  return false;
}

const CURABLE: readonly string[] = ['not-acceptable', 'bad-request', 'captcha-needs-answers'];

/** Conditions that another value may cure. */
function isAboutValues(error: unknown): boolean {
  const condition = error instanceof Error && 'condition' in error ? String(error.condition) : '';
  return CURABLE.includes(condition) || condition.startsWith('field-');
}

function sayAbout({ terminal, words, theme }: Face, form: FilledForm): void {
  // What tells how to fill in what is not there would only puzzle.
  if (form.fields.length === 0 && form.url === undefined) return;
  if (form.title) terminal.log(theme.bold(sanitize(form.title)));
  if (form.instructions !== '') terminal.log(sanitize(form.instructions, { lines: '  ' }));
  if (form.url !== undefined) terminal.log(words.forms.web(sanitize(form.url)));
}

async function fillAll(face: Face, form: FilledForm): Promise<Filled> {
  const filled: Record<string, string> = {};
  for (const field of form.fields) {
    if (field.kind === 'note') {
      face.terminal.log(sanitize(field.value ?? field.label, { lines: '  ' }));
      continue;
    }
    const value = await askUntilRight(face, field, field.value, 'one-by-one');
    if (value !== undefined) put(filled, field.name, value);
  }
  return filled;
}

/** A field may be called like something that every object has. */
function put(filled: Record<string, string>, name: string, value: string): void {
  Object.defineProperty(filled, name, { value, enumerable: true, configurable: true, writable: true });
}

const SUBMIT = 'submit';
const CANCEL = 'cancel';

async function fillList(face: Face, form: FilledForm, before: Filled): Promise<Filled | undefined> {
  const { terminal, words, theme } = face;
  const filled: Record<string, string> = { ...before };
  const valueNow = (field: FormField) =>
    (Object.hasOwn(filled, field.name) ? filled[field.name] : undefined) ?? field.value ?? '';
  let last = 0;
  for (;;) {
    const items = listOf(face, form, valueNow);
    const chosen = await terminal.menu({
      message: sanitize(form.title ?? '') || words.forms.title,
      items: () => items,
      back: CANCEL,
      initial: String(last),
      echo: 'item',
    });
    if (chosen === CANCEL) return undefined;
    if (chosen === SUBMIT) {
      const problems = formProblems(form, filled);
      for (const { field, fault } of problems) terminal.log(theme.error(faultText(face, field, fault)));
      if (problems.length === 0) return filled;
      continue;
    }
    last = Number(chosen);
    const field = form.fields[last];
    if (field === undefined) continue;
    const value = await askUntilRight(face, field, valueNow(field), 'from-list').catch(backToList);
    if (value !== undefined) put(filled, field.name, value);
  }
}

/** Esc in a question leaves the question, not the form. */
function backToList(error: unknown): undefined {
  if (!(error instanceof InterruptedError)) throw error;
}

/** Undefined where the value stays as it is. */
async function askUntilRight(
  face: Face,
  field: FormField,
  now: string | undefined,
  way: Way,
): Promise<string | undefined> {
  for (;;) {
    const value = await askField(face, field, now, way);
    const fault = value === undefined || value === now ? undefined : fieldFault(field, value);
    if (fault === undefined) return value;
    face.terminal.log(face.theme.error(faultText(face, field, fault)));
  }
}

/** Notes are headings; fields have numbers. */
function listOf(face: Face, form: FilledForm, valueNow: (field: FormField) => string): MenuItem[] {
  const { words } = face;
  let number = 0;
  const fields = form.fields.map((field, index): MenuItem => {
    if (field.kind === 'note')
      return { key: '', name: sanitize(field.value ?? field.label), value: String(index) };
    const badge = shownValue(face, field, valueNow(field));
    return { key: String(++number), name: labelOf(field), value: String(index), badge };
  });
  return [
    ...fields,
    { key: 'S', name: words.forms.submit, value: SUBMIT },
    { key: '0', name: words.forms.cancel, value: CANCEL },
  ];
}
