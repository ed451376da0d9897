/** What a form would not take, told before it is submitted. XEP-0004 §3.3; XEP-0122, version 1.0.2. https://xmpp.org/extensions/xep-0122.html */
import { matchesPattern } from './form-patterns.ts';
import { type Field, type Form, type FormValues, toMap, toValues, type Validation } from './forms.ts';
import { parseJid } from './jid.ts';

export type Fault =
  | 'missing'
  | 'not-an-option'
  | 'not-a-jid'
  | 'not-a-number'
  | 'not-a-date'
  | 'out-of-range'
  | 'wrong-count'
  | 'wrong-pattern';

/** What is wrong with a value, in the order of the fields. */
export interface FieldProblem {
  readonly field: Field;
  readonly problem: Fault;
}

/** What of a field its value is checked against. */
export type Checkable = Pick<Field, 'type' | 'required' | 'options' | 'validation'>;

/** Checks what is to be submitted, so that people hear it before the server says no. */
export function checkForm(form: Form, values: FormValues = {}): FieldProblem[] {
  const given = toMap(values);
  return form.fields.flatMap((field) => {
    const value = given.get(field.name);
    const problem = checkField(field, value === undefined ? field.values : toValues(value, field.type));
    return problem === undefined ? [] : [{ field, problem }];
  });
}

/** Checks one field's lines; undefined where nothing is wrong. Empty lines say nothing. */
export function checkField(field: Checkable, given: readonly string[]): Fault | undefined {
  const { validation, type, options, required } = field;
  if (type === 'fixed' || type === 'hidden') return undefined;
  const lines = given.filter((line) => line !== '');
  if (lines.length === 0) return required ? 'missing' : undefined;
  if (!isOpen(field) && lines.some((line) => !options.some((option) => option.value === line)))
    return 'not-an-option';
  if (type.startsWith('jid-') && lines.some((line) => parseJid(line) === undefined)) return 'not-a-jid';
  if (validation === undefined) return undefined;
  const { least, most } = validation;
  if (type === 'list-multi' && (lines.length < (least ?? 0) || lines.length > (most ?? lines.length)))
    return 'wrong-count';
  for (const line of lines) {
    const fault = checkLine(validation, line);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Other values than the options are taken: no list, or an open one (XEP-0122 §3.2.2). */
export function isOpen({ type, validation }: Pick<Field, 'type' | 'validation'>): boolean {
  return !type.startsWith('list-') || (validation?.method ?? 'basic') !== 'basic';
}

function checkLine(validation: Validation, line: string): Fault | undefined {
  const { datatype, method, pattern } = validation;
  if (method === 'regex' && pattern !== undefined && matchesPattern(pattern, line) === false)
    return 'wrong-pattern';
  if (NUMBERS.test(datatype)) return checkNumber(validation, line);
  const shape = Object.hasOwn(DATES, datatype) ? DATES[datatype] : undefined;
  return shape === undefined ? undefined : checkDate(validation, line, shape);
}

const INTEGERS =
  /^xs:(?:integer|int|long|short|byte|nonNegativeInteger|positiveInteger|negativeInteger|nonPositiveInteger|unsigned\w+)$/;
const NUMBERS = new RegExp(`${INTEGERS.source}|^xs:(?:decimal|double|float)$`);
/** XML Schema part 2: the least and the most that a datatype has by itself */
const BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  'xs:byte': [-128, 127],
  'xs:short': [-32_768, 32_767],
  'xs:int': [-2_147_483_648, 2_147_483_647],
  'xs:unsignedByte': [0, 255],
  'xs:unsignedShort': [0, 65_535],
  'xs:unsignedInt': [0, 4_294_967_295],
  'xs:unsignedLong': [0, Number.POSITIVE_INFINITY],
  'xs:nonNegativeInteger': [0, Number.POSITIVE_INFINITY],
  'xs:positiveInteger': [1, Number.POSITIVE_INFINITY],
  'xs:nonPositiveInteger': [Number.NEGATIVE_INFINITY, 0],
  'xs:negativeInteger': [Number.NEGATIVE_INFINITY, -1],
};

function checkNumber({ datatype, min, max }: Validation, line: string): Fault | undefined {
  const number = Number(line);
  const whole = INTEGERS.test(datatype);
  if (line.trim() === '' || !Number.isFinite(number) || (whole && !Number.isInteger(number)))
    return 'not-a-number';
  const [least, most] = (Object.hasOwn(BOUNDS, datatype) ? BOUNDS[datatype] : undefined) ?? [];
  const bounds = [
    [Number(min || Number.NaN), Number(max || Number.NaN)],
    [least ?? Number.NaN, most ?? Number.NaN],
  ] as const;
  // A bound that is no number compares false: no bound.
  return bounds.some(([low, high]) => number < low || number > high) ? 'out-of-range' : undefined;
}

const DATES: Readonly<Record<string, RegExp>> = {
  'xs:date': /^-?\d{4,6}-\d\d-\d\d(?:Z|[+-]\d\d:\d\d)?$/,
  'xs:dateTime': /^-?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/,
  'xs:time': /^\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/,
};

function checkDate({ datatype, min, max }: Validation, line: string, shape: RegExp): Fault | undefined {
  const read = (text: string) => Date.parse(datatype === 'xs:time' ? `1970-01-01T${text}` : text);
  const time = read(line);
  if (!shape.test(line) || Number.isNaN(time)) return 'not-a-date';
  return time < read(min || '') || time > read(max || '') ? 'out-of-range' : undefined;
}
