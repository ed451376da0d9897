/** A server's form as a person fills it in (XEP-0004 §3.2): no XML, one value of text for each field. */
import { type Field, type FieldType, type FieldValue, type Form, isTrue } from '../xmpp/forms.ts';

export interface FormField {
  readonly name: string;
  readonly label: string;
  /** `lines`: several values, one a line; `note`: a text to read */
  readonly kind: 'text' | 'password' | 'lines' | 'switch' | 'choice' | 'choices' | 'note';
  readonly required: boolean;
  readonly value?: string | undefined;
  readonly options?: readonly { readonly label: string; readonly value: string }[] | undefined;
}

export interface FilledForm {
  readonly instructions: string;
  readonly fields: readonly FormField[];
  /** where the same is done on the web instead */
  readonly url?: string | undefined;
}

/** What was filled in: several values are joined by line breaks, a switch is `1` or `0`. */
export type Filled = Readonly<Record<string, string>>;

const KINDS: Readonly<Record<Exclude<FieldType, 'hidden'>, FormField['kind']>> = {
  boolean: 'switch',
  fixed: 'note',
  'jid-multi': 'lines',
  'jid-single': 'text',
  'list-multi': 'choices',
  'list-single': 'choice',
  'text-multi': 'lines',
  'text-private': 'password',
  'text-single': 'text',
};

function fieldOf({ name, type, label, required, values, options, media }: Field): FormField[] {
  if (type === 'hidden') return [];
  const kind = KINDS[type];
  const value = kind === 'switch' ? (isTrue(values[0]) ? '1' : '0') : values.join('\n');
  const links = media.map(({ url }) => ({ name: '', label: url, kind: 'note', required: false }) as const);
  return [...links, { name, label: kind === 'note' ? value : label, kind, required, value, options }];
}

/** Takes a form of type `form`; hidden fields are sent back by `formValues`, not shown. */
export function readableForm(form: Form, url?: string): FilledForm {
  return { instructions: form.instructions.join('\n'), fields: form.fields.flatMap(fieldOf), url };
}

const SEVERAL: readonly FieldType[] = ['jid-multi', 'list-multi', 'text-multi'];

/** The values to submit; fields that were not filled in keep what the server gave. */
export function formValues(form: Form, filled: Filled): Record<string, FieldValue> {
  const values = form.fields.flatMap(({ name, type }): [string, FieldValue][] => {
    // Names are the server's: one may be called like something that every object has.
    const text = Object.hasOwn(filled, name) ? filled[name] : undefined;
    if (text === undefined || type === 'hidden' || type === 'fixed') return [];
    return [[name, fieldValue(text, type)]];
  });
  return Object.fromEntries(values);
}

function fieldValue(text: string, type: FieldType): FieldValue {
  if (type === 'boolean') return text === '1';
  if (!SEVERAL.includes(type)) return text;
  const lines = text === '' ? [] : text.split('\n');
  // An empty line is part of a text; it is no choice and no JID.
  return type === 'text-multi' ? lines : lines.filter(Boolean);
}
