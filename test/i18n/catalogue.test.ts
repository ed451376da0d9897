import { describe, expect, it } from 'vitest';
import { catalogueFor, chooseLanguage } from '../../src/i18n/catalogue.ts';
import { VCARD_FIELDS } from '../../src/xmpp/vcard.ts';

/** every text of a catalogue by its path; functions are called with their parameters' names as values */
function texts(node: unknown, path = ''): [string, string][] {
  if (typeof node === 'string') return [[path, node]];
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, child]) => texts(child, `${path}.${name}`));
}

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([found]) => found).sort();

describe('languages', () => {
  it('both say something everywhere, with the same placeholders', async () => {
    const en = new Map(texts(await catalogueFor('en')));
    const es = new Map(texts(await catalogueFor('es')));
    expect([...es.keys()].filter((key) => !/Keys/.test(key))).toEqual(
      [...en.keys()].filter((key) => !/Keys/.test(key)),
    );
    for (const [path, text] of en) {
      const other = es.get(path) ?? '';
      if (/Keys/.test(path)) continue;
      expect(other === '', path).toBe(text === '');
      expect(placeholders(other), path).toEqual(placeholders(text));
    }
  });

  it('have a word for every field of a vCard (XEP-0054 §7)', async () => {
    const known = [...VCARD_FIELDS, 'photoType', 'photoBytes'];
    expect(Object.keys((await catalogueFor('en')).tables.vcard).sort()).toEqual(known.sort());
  });

  it('Spanish is not left in English', async () => {
    const en = new Map(texts(await catalogueFor('en')));
    const same = texts(await catalogueFor('es')).filter(
      ([path, text]) => text.length > 20 && en.get(path) === text && !path.includes('.examples.'),
    );
    expect(same).toEqual([]);
  });

  it.each([
    ['es', {}, 'es'],
    ['es_ES.UTF-8', { LANG: 'en_US' }, 'es'],
    [undefined, { LANG: 'es_AR.UTF-8' }, 'es'],
    [undefined, { LC_ALL: 'C', LANG: 'es_ES' }, 'en'],
    [undefined, { LC_MESSAGES: 'es', LANG: 'en' }, 'es'],
    [undefined, { LANG: 'de_DE' }, 'en'],
  ] as const)('%s with %j gives %s', (wanted, env, language) => {
    expect(chooseLanguage(wanted, env)).toBe(language);
  });

  it('counts in words (CLDR plurals)', async () => {
    const [en, es] = [await catalogueFor('en'), await catalogueFor('es')];
    expect(en.notifications.bursts.joined(12, 'lobby')).toBe('12 people joined lobby');
    expect(en.notifications.bursts.joined(1, 'lobby')).toBe('1 person joined lobby');
    expect(es.notifications.bursts.joined(12, 'lobby')).toBe('12 personas han entrado en lobby');
    expect(es.conversation.typing(['Ana', 'Inés'])).toBe('Ana e Inés están escribiendo …');
  });
});
