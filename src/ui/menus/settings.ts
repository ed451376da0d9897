/** Settings: each shows its value and takes another by number. */
import { SETTINGS, type Setting, type SettingName, settingValues } from '../../chat/settings.ts';
import { sanitize } from '../sanitize.ts';
import type { MenuApp } from './accounts.ts';
import type { Screen } from './main.ts';
import { runFromMenu } from './run.ts';
import { choose } from './screen.ts';
import type { OpenSeat } from './seat.ts';

export const settings: Screen = (app, seat) =>
  settingList(app, seat, app.words.menus.settings.title, Object.keys(SETTINGS) as Setting[]);

/** What to be notified of, and how; each joined room for itself. */
export const notificationSettings: Screen = (app, seat) => {
  const about = (Object.keys(SETTINGS) as Setting[]).filter(
    (name) => name.startsWith('notify-') || name === 'bell' || name === 'desktop',
  );
  const rooms = seat.client.joinedRooms().map((entry): SettingName => `mute:${entry.room}`);
  return settingList(app, seat, app.words.menus.notifications.settings, [...about, ...rooms]);
};

async function settingList(
  app: MenuApp,
  seat: OpenSeat,
  title: string,
  names: readonly SettingName[],
): Promise<undefined> {
  for (;;) {
    const name = await choose(
      app,
      title,
      names.map((value) => ({
        name: settingLabel(app, value),
        badge: valueLabel(app, seat.client.setting(value)),
        value,
      })),
    );
    if (name === undefined) return undefined;
    const values = settingValues(name);
    const value = await choose(
      app,
      settingLabel(app, name),
      values.map((entry) => ({ name: valueLabel(app, entry), value: entry })),
      { initial: Math.max(0, values.indexOf(seat.client.setting(name))) },
    );
    if (value !== undefined) await runFromMenu(app, seat, 'setting', { preset: { name, value } });
  }
}

function settingLabel({ words }: MenuApp, name: SettingName): string {
  const { names, mute } = words.menus.settings;
  return name.startsWith('mute:') ? mute(sanitize(name.slice('mute:'.length))) : names[name as Setting];
}

function valueLabel({ words }: MenuApp, value: string): string {
  const known: Readonly<Record<string, string>> = words.menus.settings.values;
  return known[value] ?? sanitize(value);
}
