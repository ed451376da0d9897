import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Preferences, parsePreferences, xPreferences } from '../../../src/xmpp/archive/preferences.ts';
import { x } from '../../../src/xmpp/stanza.ts';
import { parse } from '../../support/parse.ts';
import { anyElement } from './arbitrary.ts';
import { NS_MAM, start } from './fake-archive.ts';

const prefs = (byDefault: string, lists = '') =>
  `<prefs xmlns='${NS_MAM}' default='${byDefault}'>${lists}</prefs>`;
const read = (xml: string) => parsePreferences(parse(`<iq>${xml}</iq>`));

it('are read, each JID once, what is none left out (XEP-0441 §2.1)', () => {
  const lists =
    '<always><jid>Romeo@Montague.lit</jid><jid>romeo@montague.lit</jid></always><never><jid>@</jid></never>';
  expect(read(prefs('roster', lists))).toEqual({
    default: 'roster',
    always: ['romeo@montague.lit'],
    never: [],
  });
  expect(read(prefs('always'))).toEqual({ default: 'always', always: [], never: [] });
});

it.each(['', 'sometimes'])('with the default %j are none (XEP-0441 §2.1.1)', (byDefault) => {
  expect(read(prefs(byDefault))).toBeUndefined();
});

it('of another namespace are none', () => {
  expect(read("<prefs xmlns='urn:xmpp:mam:0' default='always'/>")).toBeUndefined();
});

it('read back what was written', () => {
  const jids = fc.uniqueArray(fc.constantFrom('a@b.example', 'b.example', 'a@b.example/c'));
  const wanted = fc.record({
    default: fc.constantFrom<Preferences['default'][]>('always', 'never', 'roster'),
    always: jids,
    never: jids,
  });
  fc.assert(
    fc.property(wanted, (preferences) => {
      expect(read(xPreferences(preferences).toString())).toEqual(preferences);
    }),
  );
});

it('never throw', () => {
  fc.assert(fc.property(anyElement(), (element) => void parsePreferences(x('iq', {}, element))));
});

it('are what the server made of them (XEP-0441 §2.1)', async () => {
  const { session, api } = start();
  session.whenAsked('set', 'prefs', NS_MAM, prefs('roster'));
  const wanted = { default: 'always', always: [], never: ['iago@example.net'] } as const;
  expect(await api.archive.setPreferences(wanted)).toEqual({ default: 'roster', always: [], never: [] });
  expect(session.take()[0]?.getChild('prefs')?.toString()).toBe(
    `<prefs xmlns="${NS_MAM}" default="always"><always/><never><jid>iago@example.net</jid></never></prefs>`,
  );
});

it('are asked for where the server does not say what it made of them', async () => {
  const { session, api } = start();
  session.whenAsked('set', 'prefs', NS_MAM, '');
  session.whenAsked('get', 'prefs', NS_MAM, prefs('never'));
  const wanted = { default: 'always', always: [], never: [] } as const;
  expect(await api.archive.setPreferences(wanted)).toMatchObject({ default: 'never' });
});

it('that make no sense are an error, as is a server that has none', async () => {
  const { session, api } = start();
  session.whenAsked('get', 'prefs', NS_MAM, prefs('sometimes'));
  await expect(api.archive.preferences()).rejects.toMatchObject({ name: 'StanzaError' });
  const none = `<error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
  session.whenAsked('get', 'prefs', NS_MAM, none);
  await expect(api.archive.preferences()).rejects.toMatchObject({ condition: 'feature-not-implemented' });
});
