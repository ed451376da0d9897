/** A server's form as a person fills it in (XEP-0004 §3.2): no XML, one value of text for each field. */
import { checkField, type Fault, isOpen } from '../xmpp/form-checks.ts';
import {
  type Field,
  type FieldType,
  type FieldValue,
  type Form,
  isTrue,
  type Validation,
} from '../xmpp/forms.ts';
import { ChatError } from './problem.ts';

export interface FormField {
  readonly name: string;
  readonly label: string;
  /** `lines`: several values, one a line; `note`: a text to read */
  readonly kind: 'text' | 'password' | 'lines' | 'switch' | 'choice' | 'choices' | 'note';
  readonly required: boolean;
  readonly value?: string | undefined;
  readonly options?: readonly { readonly label: string; readonly value: string }[] | undefined;
  /** other values than the options are taken as well (XEP-0122 §3.2.2) */
  readonly open?: boolean | undefined;
  /** what is meant, in more words */
  readonly description?: string | undefined;
  /** pictures and sounds that belong to it; nothing is fetched (XEP-0221) */
  readonly links?: readonly string[] | undefined;
  /** those that the other side keeps itself, by content id (XEP-0231) */
  readonly bits?: readonly string[] | undefined;
  /** where these were saved */
  readonly files?: readonly string[] | undefined;
  /** what its value is checked against; text without any where it is missing */
  readonly type?: FieldType | undefined;
  readonly validation?: Validation | undefined;
}

export interface FilledForm {
  readonly title?: string | undefined;
  readonly instructions: string;
  readonly fields: readonly FormField[];
  /** where the same is done on the web instead */
  readonly url?: string | undefined;
  /** what is not shown and goes back with the rest, where the answer is given to another copy of the form */
  readonly hidden?: Filled | undefined;
}

/** What was filled in: several values are joined by line breaks, a switch is `1` or `0`. */
export type Filled = Readonly<Record<string, string>>;

/** Why a value cannot be submitted, and what would do. */
export interface FormProblem {
  readonly name: string;
  readonly fault: Fault;
  readonly field: FormField;
}

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

function fieldOf(field: Field): FormField[] {
  const { name, type, label, required, values, options, media, description, validation } = field;
  if (type === 'hidden') return [];
  const kind = KINDS[type];
  const value = kind === 'switch' ? (isTrue(values[0]) ? '1' : '0') : values.join('\n');
  const cids = media.flatMap(({ url }) => (/^cid:/i.test(url) ? [url.slice('cid:'.length)] : []));
  const links = media.flatMap(({ url }) => (/^cid:/i.test(url) ? [] : [url]));
  const open = options.length > 0 && isOpen(field);
  const shown = kind === 'note' ? value : label;
  const belongs = {
    ...(links.length === 0 ? {} : { links }),
    ...(cids.length === 0 ? {} : { bits: cids }),
  };
  const what = { name, label: shown, kind, required, value, options, open, description, type, validation };
  return [{ ...what, ...belongs }];
}

/** Takes a form of type `form`; hidden fields are sent back by `formValues`, not shown. */
export function readableForm(form: Form, url?: string): FilledForm {
  const { title, instructions, fields } = form;
  return { title, instructions: instructions.join('\n'), fields: fields.flatMap(fieldOf), url };
}

/** What is wrong with a field's value; undefined where nothing is. Only what is submitted is to be checked. */
export function fieldFault(field: FormField, value: string): Fault | undefined {
  const { required, options = [], validation, type = 'text-single' } = field;
  return checkField({ required, options, validation, type }, value.split('\n'));
}

/** All that is wrong: with what was filled in, and with what is needed and still empty. */
export function formProblems({ fields }: Pick<FilledForm, 'fields'>, filled: Filled): FormProblem[] {
  return fields.flatMap((field) => {
    const given = Object.hasOwn(filled, field.name) ? filled[field.name] : undefined;
    const value = given ?? field.value ?? '';
    const fault = fieldFault(field, value);
    // What the server proposed itself it will take, as long as there is something.
    const counts = fault !== undefined && (given !== undefined || fault === 'missing');
    return counts ? [{ name: field.name, fault, field }] : [];
  });
}

/** Throws ChatError `field-…` for the first thing that the form would not take. */
export function checkFilled(form: Pick<FilledForm, 'fields'>, filled: Filled): void {
  const problem = formProblems(form, filled)[0];
  if (problem === undefined) return;
  const { name, fault, field } = problem;
  throw new ChatError(`field-${fault}`, { name, ...limitsOf(field) });
}

/** What a sentence about a wrong value may name. */
export function limitsOf({ options = [], validation }: FormField): Record<string, string | number> {
  const { min = '', max = '', least = '', most = '', pattern = '' } = validation ?? {};
  return { choices: options.map(({ value }) => value).join(', '), min, max, least, most, pattern };
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
