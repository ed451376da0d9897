/** Settings: each shows its value and takes another by number. */
import {
  isSettingValue,
  SETTINGS,
  type Setting,
  type SettingName,
  settingValues,
  takesMore,
} from '../../chat/settings.ts';
import { settingLabel, valueLabel } from '../render/settings.ts';
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
  const rooms = seat.client.rooms.list().map((entry): SettingName => `mute:${entry.room}`);
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
        name: settingLabel(app.words, value),
        badge: valueLabel(app.words, value, seat.client.settings.get(value)),
        value,
      })),
    );
    if (name === undefined) return undefined;
    const value = await chooseValue(app, seat, name);
    if (value !== undefined) await runFromMenu(app, seat, 'setting', { preset: { name, value } });
  }
}

/** Of those offered, or one that the user types where the setting takes more. */
async function chooseValue(app: MenuApp, seat: OpenSeat, name: SettingName): Promise<string | undefined> {
  const { settings: labels } = app.words.menus;
  const now = seat.client.settings.get(name);
  const known = settingValues(name);
  const values = known.includes(now) ? known : [now, ...known];
  const chosen = await choose<string | null>(
    app,
    settingLabel(app.words, name),
    [
      ...values.map((value) => ({ name: valueLabel(app.words, name, value), value })),
      ...(takesMore(name) ? [{ key: 'T', name: labels.otherTime, value: null }] : []),
    ],
    { initial: values.indexOf(now) },
  );
  if (chosen !== null) return chosen;
  const typed = await app.terminal.text({
    message: labels.typeTime,
    validate: (text) =>
      text.trim() === '' || isSettingValue(name, text.trim())
        ? undefined
        : app.words.prompts.noSuchChoice(sanitize(text)),
  });
  return typed.trim() === '' ? undefined : typed.trim();
}
