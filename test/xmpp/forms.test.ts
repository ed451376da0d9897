import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkForm } from '../../src/xmpp/form-checks.ts';
import { type Form, parseForm, valuesOf, xOptions, xSubmit } from '../../src/xmpp/forms.ts';
import { type Element, x } from '../../src/xmpp/stanza.ts';
import { parse } from '../support/parse.ts';

const CONFIG = `<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='form'>
  <title>Room</title><instructions>one</instructions><instructions>two</instructions>
  <field type='hidden' var='FORM_TYPE'><value>urn:example</value></field>
  <field type='fixed'><value>Section</value></field>
  <field var='name' label='Name'><required/><desc>as shown</desc><value>Lobby</value></field>
  <field type='text-private' var='secret'/>
  <field type='boolean' var='public'><value>true</value></field>
  <field type='list-single' var='whois' label='Who'><value>mods</value>
    <option label='Moderators'><value>mods</value></option><option><value>all</value></option><option label='broken'/></field>
  <field type='text-multi' var='about'><value>a</value><value>b</value></field>
  <field type='jid-multi' var='owners'/>
  <field type='rating-of-the-future' var='x'/>
  <field type='text-single'/>
  <field type='text-single' var='max'><validate xmlns='http://jabber.org/protocol/xdata-validate' datatype='xs:integer'>
    <range min='1' max='100'/></validate></field>
  <field type='list-multi' var='langs'><option><value>en</value></option>
    <validate xmlns='http://jabber.org/protocol/xdata-validate'><open/><list-range max='2'/></validate></field>
  <field var='ocr'><media xmlns='urn:xmpp:media-element'>
    <uri type='image/png'>https://example.org/c.png</uri><uri type='image/png'>cid:sha1+abc@bob.xmpp.org</uri></media></field>
</x></query>`;

function form(xml = CONFIG): Form {
  const found = parseForm(parse(xml));
  if (found === undefined) throw new Error('no form');
  return found;
}
const field = (name: string) => form().fields.find((each) => each.name === name);

describe('parseForm (XEP-0004 §3)', () => {
  it('reads title, instructions, FORM_TYPE and the order of the fields', () => {
    expect(form()).toMatchObject({
      type: 'form',
      title: 'Room',
      instructions: ['one', 'two'],
      formType: 'urn:example',
    });
    expect(form().fields.map(({ name, type }) => `${name}:${type}`)).toEqual([
      'FORM_TYPE:hidden',
      ':fixed',
      'name:text-single',
      'secret:text-private',
      'public:boolean',
      'whois:list-single',
      'about:text-multi',
      'owners:jid-multi',
      'x:text-single',
      'max:text-single',
      'langs:list-multi',
      'ocr:text-single',
    ]);
  });

  it('reads what a field shows and proposes', () => {
    expect(field('name')).toMatchObject({
      label: 'Name',
      description: 'as shown',
      required: true,
      values: ['Lobby'],
    });
    expect(field('whois')?.options).toEqual([
      { value: 'mods', label: 'Moderators' },
      { value: 'all', label: 'all' },
    ]);
    expect(field('secret')).toMatchObject({ label: 'secret', required: false, values: [] });
  });

  it('reads validation (XEP-0122 §3) and media as links only (XEP-0221 §3)', () => {
    expect(field('max')?.validation).toMatchObject({
      datatype: 'xs:integer',
      method: 'range',
      min: '1',
      max: '100',
    });
    expect(field('langs')?.validation).toMatchObject({ datatype: 'xs:string', method: 'open', most: 2 });
    expect(field('ocr')?.media).toEqual([
      { url: 'https://example.org/c.png', type: 'image/png' },
      { url: 'cid:sha1+abc@bob.xmpp.org', type: 'image/png' },
    ]);
    const odd = CONFIG.replace('https://example.org/c.png', 'file:///etc/passwd');
    expect(form(odd).fields.find(({ name }) => name === 'ocr')?.media).toHaveLength(1);
  });

  it('reads a table of results (XEP-0004 §3.4)', () => {
    const table = form(`<x xmlns='jabber:x:data' type='result'>
      <reported><field var='jid' label='JID' type='jid-single'/><field var='__proto__' label='P'/></reported>
      <item><field var='jid'><value>a@b</value></field><field var='__proto__'><value>p</value></field></item>
      <item/></x>`);
    expect(table.reported.map((column) => column.label)).toEqual(['JID', 'P']);
    expect(table.items[0]?.get('__proto__')).toEqual(['p']);
    expect(table.items).toHaveLength(2);
  });

  it('ignores forms of unknown type and of other namespaces', () => {
    expect(parseForm(parse("<x xmlns='jabber:x:data' type='poll'/>"))).toBeUndefined();
    expect(parseForm(parse("<x xmlns='urn:evil' type='form'/>"))).toBeUndefined();
    expect(parseForm(undefined)).toBeUndefined();
  });

  it('is total', () => {
    const tree = fc.letrec<{ node: Element }>((tie) => ({
      node: fc
        .record({
          name: fc.constantFrom('field', 'value', 'option', 'item', 'reported', 'validate', 'range'),
          attrs: fc.dictionary(fc.constantFrom('type', 'var', 'label', 'min', 'xmlns'), fc.string()),
          children: fc.array(fc.oneof({ maxDepth: 4 }, fc.string(), tie('node')), { maxLength: 4 }),
        })
        .map(({ name, attrs, children }) => x(name, attrs, ...children)),
    })).node;
    fc.assert(
      fc.property(fc.array(tree), fc.constantFrom('form', 'result'), (nodes, type) => {
        const found = parseForm(x('x', { xmlns: 'jabber:x:data', type }, ...nodes));
        if (found === undefined) throw new Error('no form');
        expect(checkForm(found)).toBeInstanceOf(Array);
        expect(parseForm(xSubmit(found))?.type).toBe('submit');
      }),
      { numRuns: 50 },
    );
  });
});

describe('xSubmit (XEP-0004 §3.2)', () => {
  it('sends what is given, else what was proposed; hidden as it came; no fixed text', () => {
    const values = { name: 'Hall', public: false, about: 'x\ny', unknown: 'z', owners: ['a@b'] };
    const sent = parseForm(xSubmit(form(), values));
    expect(sent?.type).toBe('submit');
    expect(sent?.formType).toBe('urn:example');
    expect(Object.fromEntries(valuesOf(sent ?? form()))).toEqual({
      FORM_TYPE: 'urn:example',
      name: 'Hall',
      public: '0',
      whois: 'mods',
      about: 'x\ny',
      owners: 'a@b',
    });
    expect(sent?.fields.find(({ name }) => name === 'about')?.values).toEqual(['x', 'y']);
  });

  it('writes booleans as 0 and 1 whatever was typed', () => {
    expect(valuesOf(parseForm(xSubmit(form(), { public: 'true' })) ?? form()).get('public')).toBe('1');
  });

  it('builds a form without one (XEP-0068)', () => {
    expect(xOptions('urn:x', { a: true, b: ['1', '2'] }).toString()).toBe(
      '<x xmlns="jabber:x:data" type="submit"><field var="FORM_TYPE" type="hidden"><value>urn:x</value></field>' +
        '<field var="a"><value>1</value></field><field var="b"><value>1</value><value>2</value></field></x>',
    );
  });
});

describe('checkForm', () => {
  const problems = (values: Record<string, string | string[]>) =>
    checkForm(form(), values).map(({ field: { name }, problem }) => `${name} ${problem}`);
  it.each<[Record<string, string | string[]>, string[]]>([
    [{}, []],
    [{ name: '' }, ['name missing']],
    [{ whois: 'nobody' }, ['whois not-an-option']],
    [{ owners: 'a@b\n@@' }, ['owners not-a-jid']],
    [{ max: 'many' }, ['max not-a-number']],
    [{ max: '1.5' }, ['max not-a-number']],
    [{ max: '0' }, ['max out-of-range']],
    [{ max: '101' }, ['max out-of-range']],
    [{ max: '100' }, []],
    [{ langs: ['eo', 'ia', 'vo'] }, ['langs wrong-count']],
    [{ langs: ['eo'] }, []],
  ])('%j', (values, expected) => {
    expect(problems(values)).toEqual(expected);
  });
});
