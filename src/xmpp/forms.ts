/**
 * XEP-0004: Data Forms, version 2.13.2. https://xmpp.org/extensions/xep-0004.html
 * XEP-0122: Data Forms Validation, version 1.0.2. https://xmpp.org/extensions/xep-0122.html
 * XEP-0221: Data Forms Media Element, version 1.0. https://xmpp.org/extensions/xep-0221.html
 */
import { child, childText, type Element, x } from './stanza.ts';

export const NS_FORMS = 'jabber:x:data';
export const NS_VALIDATE = 'http://jabber.org/protocol/xdata-validate';
export const NS_MEDIA = 'urn:xmpp:media-element';

export type FieldType =
  | 'boolean'
  | 'fixed'
  | 'hidden'
  | 'jid-multi'
  | 'jid-single'
  | 'list-multi'
  | 'list-single'
  | 'text-multi'
  | 'text-private'
  | 'text-single';
export type FormType = 'form' | 'submit' | 'cancel' | 'result';

export interface Option {
  readonly value: string;
  /** what to show for it */
  readonly label: string;
}

/** How a value is to be checked (XEP-0122 §3); form-checks.ts does it. */
export interface Validation {
  /** `xs:integer`, … */
  readonly datatype: string;
  readonly method: 'basic' | 'open' | 'range' | 'regex';
  readonly min: string | undefined;
  readonly max: string | undefined;
  readonly pattern: string | undefined;
  /** list-multi: how many options at least and at most */
  readonly least: number | undefined;
  readonly most: number | undefined;
}

export interface Media {
  readonly url: string;
  /** MIME type as claimed */
  readonly type: string;
}

export interface Field {
  /** '' for fixed text without a name */
  readonly name: string;
  readonly type: FieldType;
  /** what to show for it; the name where the form has no label */
  readonly label: string;
  readonly description: string | undefined;
  readonly required: boolean;
  /** defaults, or data; lines of text-multi */
  readonly values: readonly string[];
  readonly options: readonly Option[];
  readonly validation: Validation | undefined;
  /** pictures and sounds that belong to it (a CAPTCHA), as http(s) or `cid:` links (XEP-0231); nothing is fetched */
  readonly media: readonly Media[];
}

export interface Form {
  readonly type: FormType;
  readonly title: string | undefined;
  /** one paragraph each */
  readonly instructions: readonly string[];
  /** value of the hidden FORM_TYPE (XEP-0068) */
  readonly formType: string | undefined;
  /** in the order to be shown in; FORM_TYPE is among them */
  readonly fields: readonly Field[];
  /** head of the table of results (§3.4) */
  readonly reported: readonly Field[];
  /** rows of the table: values by name of field */
  readonly items: readonly ReadonlyMap<string, readonly string[]>[];
}

export type FieldValue = string | boolean | readonly string[];
export type FormValues = ReadonlyMap<string, FieldValue> | Readonly<Record<string, FieldValue>>;

/** of one field; more are no choice of formats */
const MOST_MEDIA = 8;

const FORM_TYPES: readonly string[] = ['form', 'submit', 'cancel', 'result'];
const FIELD_TYPES: readonly string[] = [
  ...['boolean', 'fixed', 'hidden', 'jid-multi', 'jid-single'],
  ...['list-multi', 'list-single', 'text-multi', 'text-private', 'text-single'],
];

/** Reads a form: the element itself, or the first form in it. `undefined` where there is none of a known type. */
export function parseForm(element: Element | undefined): Form | undefined {
  const form = element?.is('x', NS_FORMS) ? element : child(element, 'x', NS_FORMS);
  const type = form?.attrs.type;
  if (form === undefined || type === undefined || !FORM_TYPES.includes(type)) return undefined;
  const fields = parseFields(form);
  const reported = child(form, 'reported', NS_FORMS);
  return {
    type: type as FormType,
    title: childText(form, 'title', NS_FORMS),
    instructions: form.getChildren('instructions', NS_FORMS).map((each) => each.getText()),
    formType: fields.find((field) => field.name === 'FORM_TYPE')?.values[0],
    fields,
    reported: reported === undefined ? [] : parseFields(reported),
    items: form.getChildren('item', NS_FORMS).map(parseItem),
  };
}

function parseItem(item: Element): ReadonlyMap<string, readonly string[]> {
  return new Map(parseFields(item).map((field) => [field.name, field.values]));
}

function parseFields(parent: Element): Field[] {
  return parent
    .getChildren('field', NS_FORMS)
    .map(parseField)
    .filter((field) => field.name !== '' || field.type === 'fixed');
}

function parseField(field: Element): Field {
  const name = field.attrs.var ?? '';
  const type = field.attrs.type ?? '';
  const options = field.getChildren('option', NS_FORMS).flatMap((option): Option[] => {
    const value = childText(option, 'value', NS_FORMS);
    return value === undefined ? [] : [{ value, label: option.attrs.label || value }];
  });
  return {
    name,
    // §3.3: a type that is not known is text-single.
    type: FIELD_TYPES.includes(type) ? (type as FieldType) : 'text-single',
    label: field.attrs.label || name,
    description: childText(field, 'desc', NS_FORMS) || undefined,
    required: child(field, 'required', NS_FORMS) !== undefined,
    values: field.getChildren('value', NS_FORMS).map((value) => value.getText()),
    options,
    validation: parseValidation(child(field, 'validate', NS_VALIDATE)),
    media: parseMedia(child(field, 'media', NS_MEDIA)),
  };
}

function parseValidation(element: Element | undefined): Validation | undefined {
  if (element === undefined) return undefined;
  const range = child(element, 'range', NS_VALIDATE);
  const list = child(element, 'list-range', NS_VALIDATE);
  const count = (text: string | undefined) => (/^\d{1,9}$/.test(text ?? '') ? Number(text) : undefined);
  const methods = ['open', 'range', 'regex'] as const;
  return {
    datatype: element.attrs.datatype || 'xs:string',
    method: methods.find((method) => child(element, method, NS_VALIDATE) !== undefined) ?? 'basic',
    min: range?.attrs.min,
    max: range?.attrs.max,
    pattern: childText(element, 'regex', NS_VALIDATE),
    least: count(list?.attrs.min),
    most: count(list?.attrs.max),
  };
}

function parseMedia(element: Element | undefined): Media[] {
  return (element?.getChildren('uri', NS_MEDIA) ?? [])
    .map((uri) => ({ url: uri.getText().trim(), type: uri.attrs.type ?? '' }))
    .filter(({ url }) => /^(https?:\/\/|cid:)/i.test(url))
    .slice(0, MOST_MEDIA);
}

/** §3.3: '1' and 'true' are true, all else is false. */
export function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true';
}

/** The data of a form by name of field; texts of several lines are one text. */
export function valuesOf(form: Form): Map<string, string> {
  return new Map(
    form.fields.filter(({ name }) => name !== '').map((field) => [field.name, field.values.join('\n')]),
  );
}

/** Values by name, however they were given. */
export const toMap = (values: FormValues): ReadonlyMap<string, FieldValue> =>
  values instanceof Map ? values : new Map(Object.entries(values));

/** A value as the lines it goes out as. */
export function toValues(value: FieldValue, type: FieldType): readonly string[] {
  if (typeof value === 'boolean') return [value ? '1' : '0'];
  if (typeof value !== 'string') return value;
  if (type === 'boolean') return [isTrue(value) ? '1' : '0'];
  // §3.3: lines go as values of their own.
  return type === 'text-multi' || type === 'jid-multi' ? value.split(/\r?\n/) : [value];
}

/**
 * Fills in a form: what is given, else what the form proposed; hidden fields as they came. Names that the form does
 * not have are left out. §3.2
 */
export function xSubmit(form: Form, values: FormValues = {}): Element {
  const given = toMap(values);
  const fields = form.fields.filter(({ name, type }) => name !== '' && type !== 'fixed');
  return x(
    'x',
    { xmlns: NS_FORMS, type: 'submit' },
    ...fields.flatMap((field) => {
      const value = given.get(field.name);
      const lines = value === undefined ? field.values : toValues(value, field.type);
      if (lines.length === 0 && value === undefined) return [];
      return [
        xField(
          field.name,
          lines,
          field.type === 'hidden' || field.name === 'FORM_TYPE' ? 'hidden' : undefined,
        ),
      ];
    }),
  );
}

/** A form of our own making to submit: the FORM_TYPE and the values. XEP-0068 */
export function xOptions(formType: string, values: FormValues): Element {
  return x(
    'x',
    { xmlns: NS_FORMS, type: 'submit' },
    xField('FORM_TYPE', [formType], 'hidden'),
    ...[...toMap(values)].map(([name, value]) => xField(name, toValues(value, 'text-single'))),
  );
}

/** Says that the form will not be filled in. §3.1 */
export function xCancel(): Element {
  return x('x', { xmlns: NS_FORMS, type: 'cancel' });
}

function xField(name: string, values: readonly string[], type?: FieldType): Element {
  return x('field', { var: name, type }, ...values.map((value) => x('value', {}, value)));
}
