import { describe, expect, it } from 'vitest';
import { wanted } from '../../src/chat/archiving.ts';
import { NS_MAM } from './fake-archive.ts';
import { error, World } from './support.ts';

const prefs = (usual: string, always = '', never = '') =>
  `<prefs xmlns='${NS_MAM}' default='${usual}'><always>${always}</always><never>${never}</never></prefs>`;
const NURSE = 'nurse@example.org';
const TYBALT = 'tybalt@example.org';

describe('what the archive keeps (XEP-0441)', () => {
  it('is changed in what is wished, the rest stays; nobody stands in both lists', () => {
    const known = { default: 'roster', always: [NURSE], never: [TYBALT] } as const;
    expect(wanted(known, { default: 'never' })).toEqual({ ...known, default: 'never' });
    expect(wanted(known, { never: [NURSE] })).toEqual({ ...known, always: [], never: [TYBALT, NURSE] });
    expect(wanted(known, { always: [TYBALT, TYBALT] })).toEqual({
      ...known,
      always: [NURSE, TYBALT],
      never: [],
    });
    expect(wanted(known, { usual: [NURSE, TYBALT] })).toEqual({ ...known, always: [], never: [] });
    expect(wanted(known, { always: ['x'], never: ['x'] })).toMatchObject({
      always: [NURSE],
      never: [TYBALT, 'x'],
    });
  });

  it('is asked for first, so that what another device has set is not lost (§2.1.2)', async () => {
    const world = await new World().login('stream');
    world.session.whenAsked('get', 'prefs', NS_MAM, prefs('roster', `<jid>${NURSE}</jid>`));
    world.session.whenAsked('set', 'prefs', NS_MAM, (iq) => String(iq.getChild('prefs')));
    expect(await world.client.history.archivePreferences()).toMatchObject({
      default: 'roster',
      always: [NURSE],
    });
    expect(await world.client.history.archivePreferences({ never: [TYBALT] })).toEqual({
      default: 'roster',
      always: [NURSE],
      never: [TYBALT],
    });
  });

  it.each(['service-unavailable', 'feature-not-implemented'])(
    '%s: the server has none',
    async (condition) => {
      const world = await new World().login('stream');
      world.session.whenAsked('get', 'prefs', NS_MAM, error(condition));
      await expect(world.client.history.archivePreferences()).rejects.toMatchObject({
        condition: 'no-archive-preferences',
      });
    },
  );
});
