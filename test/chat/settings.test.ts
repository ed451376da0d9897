import { describe, expect, it } from 'vitest';
import { isSettingName, SETTINGS, type SettingName, settingValues } from '../../src/chat/settings.ts';
import { ACCOUNT, memoryStores, World } from './support.ts';

describe('settings', () => {
  it('have the first of their values until they are set', () => {
    const { client } = new World();
    for (const name of Object.keys(SETTINGS) as SettingName[])
      expect(client.settings.get(name)).toBe(settingValues(name)[0]);
  });

  it('nobody is approved unasked, and files only of contacts (product §7)', () => {
    const { client } = new World();
    expect([client.settings.get('auto-approve'), client.settings.get('accept-files')]).toEqual([
      'off',
      'contacts',
    ]);
  });

  it('are kept for the next run, per account', () => {
    const stores = memoryStores();
    new World({ stores }).client.settings.set('bell', 'all');
    expect(new World({ stores }).client.settings.get('bell')).toBe('all');
    expect(new World({ stores, account: 'romeo@example.org' }).client.settings.get('bell')).toBe('mentions');
  });

  it('a room can be muted by itself', () => {
    const { client } = new World();
    client.settings.set('mute:lobby@conference.example.org', 'mentions');
    expect(client.settings.get('mute:lobby@conference.example.org')).toBe('mentions');
    expect(client.settings.get('mute:other@conference.example.org')).toBe('all');
  });

  it.each(['no-such', 'toString', '__proto__', 'mute:', ''])('%j is none', (name) => {
    const { client } = new World();
    expect(isSettingName(name)).toBe(false);
    expect(() => client.settings.set(name as SettingName, 'on')).toThrow(
      expect.objectContaining({ condition: 'no-such-setting' }),
    );
  });

  it('takes only the values it has, and says which', () => {
    const { client } = new World();
    expect(() => client.settings.set('auto-approve', 'yes')).toThrow(
      expect.objectContaining({
        condition: 'bad-setting',
        values: { name: 'auto-approve', value: 'yes', values: 'off, on' },
      }),
    );
    expect(client.settings.get('auto-approve')).toBe('off');
  });

  it('messages are kept for ever, or for any number of days, weeks, months or years', () => {
    const { client } = new World();
    expect(client.settings.get('keep-messages')).toBe('forever');
    for (const value of ['30d', '2w', '6mo', '1y', 'nothing', 'forever']) {
      client.settings.set('keep-messages', value);
      expect(client.settings.get('keep-messages')).toBe(value);
    }
    for (const value of ['0d', '30', '30m', 'd', '-1d', '12345d', ''])
      expect(() => client.settings.set('keep-messages', value)).toThrow(
        expect.objectContaining({ condition: 'bad-setting' }),
      );
  });

  it('a value kept by another version counts as never set', () => {
    const stores = memoryStores();
    stores.settings.set(ACCOUNT, 'bell', 'sometimes');
    expect(new World({ stores }).client.settings.get('bell')).toBe('mentions');
  });

  it('those of this run come before those kept, until a person sets them', () => {
    const stores = memoryStores();
    stores.settings.set(ACCOUNT, 'accept-files', 'none');
    const { client } = new World({ stores, overrides: { 'accept-files': 'all' } });
    expect(client.settings.get('accept-files')).toBe('all');
    client.settings.set('accept-files', 'ask');
    expect(client.settings.get('accept-files')).toBe('ask');
  });
});
