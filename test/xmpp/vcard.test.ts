import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { x } from '../../src/xmpp/stanza.ts';
import { changeVCard, NS_VCARD, parseVCard, vcards } from '../../src/xmpp/vcard.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

const CARD = `<vCard xmlns='${NS_VCARD}'><FN> Juliet C. </FN><N><FAMILY>Capulet</FAMILY></N>
  <EMAIL><INTERNET/><USERID>j@example.org</USERID></EMAIL><EMAIL><USERID>j@work.example</USERID></EMAIL>
  <ORG><ORGNAME>House</ORGNAME><ORGUNIT>Balcony</ORGUNIT></ORG><ADR><LOCALITY>Verona</LOCALITY><CTRY>IT</CTRY></ADR>
  <TEL><NUMBER/></TEL><PHOTO><TYPE>image/png</TYPE><BINVAL>AAAA
  AA==</BINVAL></PHOTO><X-OTHER>kept</X-OTHER></vCard>`;
const missing = "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";

describe('parseVCard (XEP-0054 §7)', () => {
  it('reads the fields where they stand, the photo by its size only', () => {
    expect(parseVCard(parse(CARD))).toEqual({
      fullName: 'Juliet C.',
      familyName: 'Capulet',
      email: 'j@example.org, j@work.example',
      organization: 'House',
      unit: 'Balcony',
      city: 'Verona',
      country: 'IT',
      photoType: 'image/png',
      photoBytes: '4',
    });
  });

  it('reads nothing of another namespace', () => {
    expect(parseVCard(parse("<vCard xmlns='urn:evil'><FN>x</FN></vCard>"))).toBeUndefined();
    expect(parseVCard(parse(`<vCard xmlns='${NS_VCARD}'><FN xmlns='urn:evil'>x</FN></vCard>`))).toEqual({});
  });

  it('reads back what was changed', () => {
    const text = fc.stringMatching(/^[a-z<&你]{1,10}$/);
    fc.assert(
      fc.property(fc.record({ fullName: text, email: text, city: text, description: text }), (changes) => {
        expect(parseVCard(parse(changeVCard(undefined, changes).toString()))).toEqual(changes);
      }),
    );
  });
});

describe('changeVCard (XEP-0054 §3.2)', () => {
  it('keeps all that it does not change', () => {
    const changed = changeVCard(parse(CARD), { city: 'Mantua', nickname: 'Jule', unit: '' });
    expect(parseVCard(changed)).toMatchObject({
      city: 'Mantua',
      country: 'IT',
      nickname: 'Jule',
      organization: 'House',
    });
    expect(parseVCard(changed)).not.toHaveProperty('unit');
    expect(changed.toString()).toContain('<X-OTHER>kept</X-OTHER>');
    expect(changed.toString()).toContain('BINVAL');
  });

  const NUMBERS = `<vCard xmlns='${NS_VCARD}'><TEL><WORK/><FAX/><NUMBER/></TEL><TEL><HOME/><NUMBER>1</NUMBER></TEL>
    <TEL><WORK/><NUMBER>2</NUMBER></TEL><URL>a</URL><URL>b</URL><FN xmlns='urn:other'>theirs</FN></vCard>`;
  const changedBy = (changes: Record<string, string>) => changeVCard(parse(NUMBERS), changes).toString();

  it.each([
    ['1, 3', '<TEL><HOME/><NUMBER>1</NUMBER></TEL>', '<TEL><WORK/><NUMBER>3</NUMBER></TEL>'],
    ['2', '<TEL><WORK/><NUMBER>2</NUMBER></TEL>', '<TEL><WORK/><FAX/><NUMBER/></TEL>'],
    ['1\n2\n5', '<TEL><WORK/><NUMBER>2</NUMBER></TEL>', '<TEL><NUMBER>5</NUMBER></TEL>'],
  ])('changes all numbers as they are read, each with what is said of it: %j', (phone, one, other) => {
    const changed = changedBy({ phone });
    expect(changed).toContain(one);
    expect(changed).toContain(other);
    expect(parseVCard(parse(changed))?.phone).toBe(phone.replaceAll('\n', ', '));
  });

  it('takes away every number, and not the ones that are none', () => {
    expect(changedBy({ phone: '' })).toContain('<TEL><WORK/><FAX/><NUMBER/></TEL>');
    expect(parseVCard(parse(changedBy({ phone: '' })))).not.toHaveProperty('phone');
  });

  it('changes the first of what stands there twice, in its place, and takes both away', () => {
    expect(changedBy({ url: 'c' })).toContain('<URL>c</URL><URL>b</URL>');
    expect(changedBy({ url: '' })).not.toContain('URL');
  });

  it('leaves elements of other namespaces alone', () => {
    const changed = changedBy({ fullName: 'Juliet' });
    expect(changed).toContain('<FN xmlns="urn:other">theirs</FN>');
    expect(parseVCard(parse(changed))?.fullName).toBe('Juliet');
  });

  it('removes a group with its last field', () => {
    const card = x('vCard', { xmlns: NS_VCARD }, x('ADR', {}, x('LOCALITY', {}, 'Verona')));
    expect(changeVCard(card, { city: '' }).toString()).toBe(`<vCard xmlns="${NS_VCARD}"/>`);
  });
});

describe('vcards', () => {
  it('have an empty card of our own where there is none yet (XEP-0054 §3.1)', async () => {
    const session = new FakeSession();
    session.whenAsked('get', 'vCard', NS_VCARD, missing);
    expect(await vcards(session).get()).toEqual({});
    await expect(vcards(session).get('romeo@example.net')).rejects.toMatchObject({
      condition: 'item-not-found',
    });
  });

  it('send the card whole', async () => {
    const session = new FakeSession();
    session.whenAsked('get', 'vCard', NS_VCARD, CARD);
    session.whenAsked('set', 'vCard', NS_VCARD, '');
    await vcards(session).set({ nickname: 'Jule' });
    const [, set] = session.take();
    expect(set?.attrs.to).toBeUndefined();
    expect(parseVCard(set?.getChild('vCard', NS_VCARD))).toMatchObject({
      nickname: 'Jule',
      fullName: 'Juliet C.',
    });
  });
});
