/** Who is in a room, and what can be done about one of them. XEP-0045 §8, §9, §10. */
import type { Occupant } from '../../chat/events.ts';
import { occupantMarks } from '../conversation/who.ts';
import { sanitize } from '../sanitize.ts';
import type { MenuApp } from './accounts.ts';
import type { MainEnd } from './main.ts';
import { deedsTo, type OccupantDeed, rightsIn } from './room-rights.ts';
import { runFromMenu } from './run.ts';
import { choose } from './screen.ts';
import type { OpenSeat } from './seat.ts';

/** people that one numbered list shows; `/who` and the commands reach the others */
const SHOWN = 100;

/** Opens the conversation with an occupant; resolves when it is left. */
export type Talk = (chat: string) => Promise<MainEnd | undefined>;

/** Shows the people until the user goes back. */
export async function occupantList(
  app: MenuApp,
  seat: OpenSeat,
  room: string,
  talk: Talk,
): Promise<MainEnd | undefined> {
  const { words } = app;
  for (;;) {
    const joined = seat.client.rooms.get(room);
    if (joined === undefined) return undefined;
    const { occupants } = joined;
    if (occupants.length > SHOWN)
      app.terminal.log(app.theme.dim(words.menus.moreRows(occupants.length - SHOWN)));
    const chosen = await choose(
      app,
      words.roomMenus.people,
      occupants.slice(0, SHOWN).map((occupant) => ({
        name: sanitize(occupant.nick),
        badge: [occupant.nick === joined.nick ? words.roomMenus.me : '', ...occupantMarks(words, occupant)]
          .filter((mark) => mark !== '')
          .join(' · '),
        value: occupant,
      })),
      {
        subscribe: (redraw) => {
          seat.client.on('occupant', redraw);
          return () => seat.client.off('occupant', redraw);
        },
      },
    );
    if (chosen === undefined) return undefined;
    const end =
      chosen.nick === joined.nick
        ? undefined
        : await oneOccupant(app, seat, { room, occupant: chosen, talk });
    if (end !== undefined) return end;
  }
}

interface Meeting {
  readonly room: string;
  readonly occupant: Occupant;
  readonly talk: Talk;
}

async function oneOccupant(app: MenuApp, seat: OpenSeat, meeting: Meeting): Promise<MainEnd | undefined> {
  const { room, occupant } = meeting;
  const { words } = app;
  const labels = words.roomMenus;
  const rights = rightsIn(seat.client.rooms.get(room));
  const title = labels.occupant(sanitize(occupant.nick), occupantMarks(words, occupant).join(' · '));
  const deed = await choose(
    app,
    title,
    deedsTo(rights, occupant).map((entry) => ({ name: labels[entry.label], value: entry })),
  );
  return deed === undefined ? undefined : doTo(app, seat, meeting, deed);
}

async function doTo(
  app: MenuApp,
  seat: OpenSeat,
  { room, occupant, talk }: Meeting,
  deed: OccupantDeed,
): Promise<MainEnd | undefined> {
  const { nick } = occupant;
  if ('role' in deed) {
    await runFromMenu(app, seat, 'role', { preset: { room, nick, role: deed.role, reason: undefined } });
  } else if ('affiliation' in deed) {
    const { affiliation } = deed;
    await runFromMenu(app, seat, 'affiliation', {
      preset: { room, who: nick, affiliation, reason: undefined },
    });
  } else if (deed.label === 'kick') await runFromMenu(app, seat, 'kick', { preset: { room, nick } });
  else if (deed.label === 'ban') await runFromMenu(app, seat, 'ban', { preset: { room, who: nick } });
  else return talk(`${room}/${nick}`);
  return undefined;
}
