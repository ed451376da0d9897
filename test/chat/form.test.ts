import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFilled, type Filled, formProblems, formValues, readableForm } from '../../src/chat/form.ts';
import { type Form, NS_FORMS, parseForm, xSubmit } from '../../src/xmpp/forms.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { parse } from '../support/parse.ts';

function formOf(fields: string): Form {
  const form = parseForm(
    parse(
      `<x xmlns='${NS_FORMS}' type='form'><instructions>One</instructions><instructions>Two</instructions>${fields}</x>`,
    ),
  );
  if (form === undefined) throw new Error('no form');
  return form;
}

const field = (name: string, type: string, values: readonly string[] = [], more = '') =>
  `<field var='${name}' type='${type}' label='L ${name}'>${values.map((value) => `<value>${value}</value>`).join('')}${more}</field>`;

const submitted = (form: Form, filled: Filled) =>
  Object.fromEntries(
    xSubmit(form, formValues(form, filled))
      .getChildren('field')
      .map((each) => [each.attrs.var, each.getChildren('value').map((value) => value.getText())]),
  );

describe('a form as a person reads it (XEP-0004 §3.3)', () => {
  it('one kind of question for each type, hidden fields left out', () => {
    const options = "<option label='Red'><value>r</value></option><option><value>g</value></option>";
    const form = formOf(
      field('FORM_TYPE', 'hidden', ['urn:x']) +
        field('a', 'text-single', ['v']) +
        field('b', 'text-private', [], '<required/>') +
        field('c', 'text-multi', ['one', 'two']) +
        field('d', 'jid-multi', ['a@b', 'c@d']) +
        field('e', 'jid-single') +
        field('f', 'boolean', ['true']) +
        field('g', 'list-single', ['r'], options) +
        field('h', 'list-multi', ['r', 'g'], options) +
        field('i', 'of-the-future') +
        "<field type='fixed'><value>Read this</value></field>",
    );
    const { instructions, fields } = readableForm(form, 'https://example.org');
    expect(instructions).toBe('One\nTwo');
    expect(fields.map(({ name, kind, value, required }) => [name, kind, value, required])).toEqual([
      ['a', 'text', 'v', false],
      ['b', 'password', '', true],
      ['c', 'lines', 'one\ntwo', false],
      ['d', 'lines', 'a@b\nc@d', false],
      ['e', 'text', '', false],
      ['f', 'switch', '1', false],
      ['g', 'choice', 'r', false],
      ['h', 'choices', 'r\ng', false],
      ['i', 'text', '', false],
      ['', 'note', 'Read this', false],
    ]);
    expect(fields[6]?.options).toEqual([
      { value: 'r', label: 'Red' },
      { value: 'g', label: 'g' },
    ]);
    expect(fields.at(-1)?.label).toBe('Read this');
  });

  it('a picture of a field is a link of it; nothing is fetched (XEP-0221)', () => {
    const media =
      "<media xmlns='urn:xmpp:media-element'><uri type='image/png'>https://example.org/c.png</uri></media>";
    const { fields } = readableForm(formOf(field('captcha', 'text-single', [], media)));
    expect(fields.map(({ kind, label, links }) => [kind, label, links])).toEqual([
      ['text', 'L captcha', ['https://example.org/c.png']],
    ]);
  });
});

describe('what was filled in, as the server wants it (XEP-0004 §3.2)', () => {
  const form = formOf(
    field('FORM_TYPE', 'hidden', ['urn:x']) +
      field('name', 'text-single', ['old']) +
      field('on', 'boolean', ['0']) +
      field('text', 'text-multi', ['old']) +
      field('jids', 'jid-multi') +
      field('list', 'list-multi', ['a']) +
      field('note', 'fixed', ['x']),
  );

  it('lines, choices, switches; hidden fields as they came, fixed text not at all', () => {
    const filled = {
      name: 'new',
      on: '1',
      text: 'one\n\ntwo',
      jids: 'a@b\n\nc@d\n',
      list: 'a\nb',
      note: 'y',
      FORM_TYPE: 'evil',
      other: 'z',
    };
    expect(submitted(form, filled)).toEqual({
      FORM_TYPE: ['urn:x'],
      name: ['new'],
      on: ['1'],
      text: ['one', '', 'two'],
      jids: ['a@b', 'c@d'],
      list: ['a', 'b'],
    });
  });

  it('what was not filled in keeps what the server proposed', () => {
    expect(submitted(form, {})).toEqual({
      FORM_TYPE: ['urn:x'],
      name: ['old'],
      on: ['0'],
      text: ['old'],
      list: ['a'],
    });
  });

  it('what was emptied goes out empty', () => {
    expect(submitted(form, { text: '', list: '', on: '0', name: '' })).toMatchObject({
      text: [],
      list: [],
      on: ['0'],
      name: [''],
    });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'a field called %s is a field',
    (name) => {
      const hostile = formOf(field(name, 'text-multi', ['old']));
      expect(formValues(hostile, {})).toEqual({});
      const filled = Object.fromEntries([[name, 'a\nb']]);
      expect(Object.entries(formValues(hostile, filled))).toEqual([[name, ['a', 'b']]]);
      expect(xSubmit(hostile, formValues(hostile, filled)).toString()).toContain(
        '<value>a</value><value>b</value>',
      );
    },
  );

  it('submitting what a form shows gives back what it proposed', () => {
    const text = fc.stringMatching(/^[a-z ]{1,5}$/);
    const fields = fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor'),
        type: fc.constantFrom(
          'text-single',
          'text-private',
          'text-multi',
          'jid-multi',
          'list-multi',
          'list-single',
          'hidden',
        ),
        values: fc.array(text, { minLength: 1, maxLength: 3 }),
      }),
      { selector: ({ name }) => name },
    );
    fc.assert(
      fc.property(fields, (given) => {
        const several = (type: string) => type.endsWith('multi') || type === 'hidden';
        const shown = given.map((each) => ({
          ...each,
          values: several(each.type) ? each.values : each.values.slice(0, 1),
        }));
        const whole = parseForm(
          x(
            'x',
            { xmlns: NS_FORMS, type: 'form' },
            ...shown.map(({ name, type, values }) =>
              x('field', { var: name, type }, ...values.map((value) => x('value', {}, value))),
            ),
          ),
        );
        if (whole === undefined) throw new Error('no form');
        const filled = Object.fromEntries(
          readableForm(whole).fields.map(({ name, value }) => [name, value ?? '']),
        );
        expect(xSubmit(whole, formValues(whole, filled)).toString()).toBe(xSubmit(whole).toString());
      }),
    );
  });
});

describe('what a form would not take is told before it is submitted (XEP-0004 §3.3, XEP-0122 §3)', () => {
  const range =
    "<validate xmlns='http://jabber.org/protocol/xdata-validate' datatype='xs:integer'><range min='1' max='50'/></validate>";
  const form = readableForm(
    formOf(
      field('lang', 'text-single', [], '<required/>') +
        field('history', 'text-single', ['999'], range) +
        field('colour', 'list-single', ['r'], '<option><value>r</value></option>'),
    ),
  );

  it('all that is wrong, in the order of the form', () => {
    const faults = formProblems(form, { history: '51', colour: 'g' }).map(({ name, fault }) => [name, fault]);
    expect(faults).toEqual([
      ['lang', 'missing'],
      ['history', 'out-of-range'],
      ['colour', 'not-an-option'],
    ]);
  });

  it('what the server proposed itself is no fault of the person', () => {
    expect(formProblems(form, { lang: 'en' })).toEqual([]);
  });

  it('is a typed refusal with what would do', () => {
    expect(() => checkFilled(form, { lang: 'en', history: '0' })).toThrow(
      expect.objectContaining({
        condition: 'field-out-of-range',
        values: expect.objectContaining({ name: 'history', min: '1', max: '50' }),
      }),
    );
    expect(() => checkFilled(form, { lang: 'en', history: '50' })).not.toThrow();
  });
});
