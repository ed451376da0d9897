/** What is needed seldom. */
import { archiving } from './archiving.ts';
import { askNewPassword } from './ask.ts';
import { blockList } from './block-list.ts';
import type { Screen } from './main.ts';
import { profile } from './profile.ts';
import { administerRoom } from './rooms.ts';
import { runFromMenu } from './run.ts';
import { choose } from './screen.ts';
import { settings } from './settings.ts';
import { searchDirectory } from './users.ts';
import { wipe } from './wipe.ts';

export const more: Screen = async (app, seat) => {
  const { more: labels, settings: states } = app.words.menus;
  for (;;) {
    const chosen = await choose(
      app,
      labels.title,
      [
        { name: labels.changePassword, value: changePassword },
        { name: labels.blockList, value: blockList },
        { name: labels.settings, value: settings },
        { name: labels.archiving, value: archiving },
        { name: labels.wipe, value: wipe },
        { name: labels.roomAdministration, value: administerRoom },
        { name: labels.directory, value: searchDirectory },
        { name: labels.devices, value: devices },
        { name: labels.profile, value: profile },
        {
          key: 'C',
          name: labels.commandLines,
          badge: seat.commandLines ? states.on : states.off,
          value: switchCommandLines,
        },
      ],
      { echo: 'item' },
    );
    if (chosen === undefined) return undefined;
    const end = await chosen(app, seat);
    if (end !== undefined) return end;
  }
};

const changePassword: Screen = async (app, seat) => {
  const newPassword = await askNewPassword(app, app.words.menus.changePassword.now);
  if (newPassword !== undefined)
    await runFromMenu(app, seat, 'change-password', { preset: { newPassword }, silent: true });
  return undefined;
};

const devices: Screen = async (app, seat) => {
  await runFromMenu(app, seat, 'devices');
  return undefined;
};

const switchCommandLines: Screen = async (_app, seat) => {
  seat.commandLines = !seat.commandLines;
  return undefined;
};
