/** Presence: show, status message, and whether the next log-in brings it back. */
import type { Show } from '../../chat/events.ts';
import { sanitize } from '../sanitize.ts';
import type { Screen } from './main.ts';
import { runFromMenu } from './run.ts';
import { choose } from './screen.ts';

const SHOWS = ['available', 'chat', 'away', 'xa', 'dnd'] as const satisfies readonly Show[];

export const presence: Screen = async (app, seat) => {
  const { presence: labels, settings } = app.words.menus;
  const { shows } = app.words.words;
  for (;;) {
    const { show, status } = seat.client.presence;
    const restored = seat.client.settings.get('restore-presence') === 'on';
    const chosen = await choose(
      app,
      labels.now(shows[show], sanitize(status)),
      [
        ...SHOWS.map((value) => ({ name: shows[value], value })),
        {
          key: 'R',
          name: settings.names['restore-presence'],
          badge: restored ? settings.on : settings.off,
          value: 'restore' as const,
        },
      ],
      {
        initial: Math.max(0, (SHOWS as readonly Show[]).indexOf(show)),
        // “Now: online away” would read as one
        echo: 'item',
      },
    );
    if (chosen === undefined) return undefined;
    if (chosen !== 'restore') {
      const message = (await app.terminal.text({ message: labels.status })).trim();
      await runFromMenu(app, seat, 'status', {
        preset: { show: chosen, message: message === '' ? undefined : message },
      });
      return undefined;
    }
    const value = restored ? 'off' : 'on';
    await runFromMenu(app, seat, 'setting', { preset: { name: 'restore-presence', value } });
  }
};
