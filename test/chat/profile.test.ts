import { describe, expect, it } from 'vitest';
import { parseVCard } from '../../src/xmpp/vcard.ts';
import { error, World } from './support.ts';

const NS = 'vcard-temp';
const CARD = `<vCard xmlns='${NS}'><FN>Juliet</FN><PHOTO><TYPE>image/png</TYPE><BINVAL>AAAA</BINVAL></PHOTO><X-OTHER/></vCard>`;

describe('the own profile (XEP-0054)', () => {
  it('is read without an address (§3.1); none is an empty one', async () => {
    const world = await new World().login('stream');
    world.session.whenAsked('get', 'vCard', NS, CARD);
    expect(await world.client.profile.get()).toEqual({
      fullName: 'Juliet',
      photoType: 'image/png',
      photoBytes: '3',
    });
    expect(world.session.sentStanzas.find((one) => one.getChild('vCard', NS))?.attrs.to).toBeUndefined();
    world.session.whenAsked('get', 'vCard', NS, error('item-not-found'));
    expect(await world.client.profile.get()).toEqual({});
  });

  it('is sent whole, with what another client wrote (§3.2)', async () => {
    const world = await new World().login('stream');
    world.session.whenAsked('get', 'vCard', NS, CARD);
    world.session.whenAsked('set', 'vCard', NS, '');
    await world.client.profile.change({ nickname: 'Jule', fullName: '' });
    const set = world.session.sentStanzas.findLast((one) => one.attrs.type === 'set');
    const card = set?.getChild('vCard', NS);
    expect(parseVCard(card)).toEqual({ nickname: 'Jule', photoType: 'image/png', photoBytes: '3' });
    expect(String(card)).toContain('<X-OTHER/>');
  });

  it('is not sent where what stands in it could not be read', async () => {
    const world = await new World().login('stream');
    world.session.whenAsked('get', 'vCard', NS, error('service-unavailable'));
    const refused = { condition: 'service-unavailable' };
    await expect(world.client.profile.change({ nickname: 'Jule' })).rejects.toMatchObject(refused);
    expect(
      world.session.sentStanzas.some((one) => one.attrs.type === 'set' && one.getChild('vCard', NS)),
    ).toBe(false);
  });

  it('needs a connection', async () => {
    const world = new World();
    await expect(world.client.profile.get()).rejects.toMatchObject({ condition: 'offline' });
  });
});
