/** What a form would not take, told before it is submitted. XEP-0004 §3.3; XEP-0122, version 1.0.2. https://xmpp.org/extensions/xep-0122.html */
import { type Field, type Form, type FormValues, toMap, toValues, type Validation } from './forms.ts';
import { parseJid } from './jid.ts';

/** What is wrong with a value, in the order of the fields. */
export interface FieldProblem {
  readonly field: Field;
  readonly problem:
    | 'missing'
    | 'not-an-option'
    | 'not-a-jid'
    | 'not-a-number'
    | 'out-of-range'
    | 'wrong-count';
}

/** Checks what is to be submitted, so that people hear it before the server says no. */
export function checkForm(form: Form, values: FormValues = {}): FieldProblem[] {
  const given = toMap(values);
  return form.fields.flatMap((field) => {
    if (field.type === 'fixed' || field.type === 'hidden') return [];
    const value = given.get(field.name);
    const lines = (value === undefined ? field.values : toValues(value, field.type)).filter(
      (line) => line !== '',
    );
    const problem = checkField(field, lines);
    return problem === undefined ? [] : [{ field, problem }];
  });
}

function checkField(field: Field, lines: readonly string[]): FieldProblem['problem'] | undefined {
  if (lines.length === 0) return field.required ? 'missing' : undefined;
  const { validation, type } = field;
  const listed = type.startsWith('list-') && (validation?.method ?? 'basic') === 'basic';
  if (listed && lines.some((line) => !field.options.some((option) => option.value === line)))
    return 'not-an-option';
  if (type.startsWith('jid-') && lines.some((line) => parseJid(line) === undefined)) return 'not-a-jid';
  if (validation === undefined) return undefined;
  const { least, most } = validation;
  if (type === 'list-multi' && (lines.length < (least ?? 0) || lines.length > (most ?? lines.length)))
    return 'wrong-count';
  return checkNumbers(validation, lines);
}

const INTEGERS = /^xs:(?:integer|int|long|short|byte|nonNegativeInteger|positiveInteger|unsigned\w+)$/;

function checkNumbers(validation: Validation, lines: readonly string[]): FieldProblem['problem'] | undefined {
  const whole = INTEGERS.test(validation.datatype);
  if (!whole && !/^xs:(?:decimal|double|float)$/.test(validation.datatype)) return undefined;
  for (const line of lines) {
    const number = Number(line);
    if (line.trim() === '' || !Number.isFinite(number) || (whole && !Number.isInteger(number)))
      return 'not-a-number';
    // A bound that is no number compares false: no bound.
    if (number < Number(validation.min || Number.NaN) || number > Number(validation.max || Number.NaN))
      return 'out-of-range';
  }
  return undefined;
}
