/** Filling in a server's form, field by field. Resolves to what was filled in. */
import type { Filled, FilledForm, FormField } from '../../chat/form.ts';
import type { Face } from '../face.ts';
import { sanitize } from '../sanitize.ts';
import { choose } from './screen.ts';

/** Asks for every field; a field left empty keeps the value that the server suggests. */
export async function fillForm(face: Face, form: FilledForm): Promise<Filled> {
  const filled: Record<string, string> = {};
  if (form.instructions !== '') face.terminal.log(sanitize(form.instructions, { lines: '  ' }));
  for (const field of form.fields) {
    const value = await askField(face, field);
    if (value !== undefined) filled[field.name] = value;
  }
  return filled;
}

async function askField(face: Face, field: FormField): Promise<string | undefined> {
  const { terminal, words } = face;
  const label = words.menus.register.field(sanitize(field.label || field.name), field.required);
  const needed = (text: string) => (field.required && text.trim() === '' ? words.prompts.empty : undefined);
  switch (field.kind) {
    case 'note':
      terminal.log(sanitize(field.value ?? field.label, { lines: '  ' }));
      return undefined;
    case 'switch': {
      const yes = await terminal.confirm({ message: label, initial: isTrue(field.value) });
      return yes ? '1' : '0';
    }
    case 'choice':
      return (await choose(face, label, choicesOf(field), { initial: initialOf(field) })) ?? field.value;
    case 'choices':
      return chooseSeveral(face, label, field);
    case 'password': {
      const typed = await terminal.password({ message: label });
      return typed === '' && field.value !== undefined ? field.value : typed;
    }
    case 'text':
    case 'lines': {
      const suggested = sanitize(field.value ?? '', field.kind === 'lines' ? { lines: '' } : {});
      const typed = await terminal.text({
        message: label,
        initial: suggested === '' ? undefined : suggested,
        multiline: field.kind === 'lines',
        validate: needed,
      });
      return typed === suggested ? field.value : typed;
    }
  }
}

const choicesOf = ({ options = [] }: FormField) =>
  options.map((option) => ({ name: sanitize(option.label || option.value), value: option.value }));

const initialOf = ({ options = [], value }: FormField) =>
  Math.max(
    0,
    options.findIndex((option) => option.value === value),
  );

/** Each is switched by its number until one goes back. */
async function chooseSeveral(face: Face, label: string, field: FormField): Promise<string> {
  const chosen = new Set(field.value?.split('\n').filter((value) => value !== ''));
  for (;;) {
    const marked = choicesOf(field).map((choice) => ({
      ...choice,
      badge: chosen.has(choice.value) ? '✓' : '',
    }));
    const value = await choose(face, label, marked);
    if (value === undefined) return [...chosen].join('\n');
    if (!chosen.delete(value)) chosen.add(value);
  }
}

/** `1` and `true` are the same (XEP-0004 §3.3). */
function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true';
}
