/** The lists of a room: who owns it, administers it, belongs to it, may never come. XEP-0045 §9.2, §9.5, §10.5, §10.8. */

import { sanitize } from '../sanitize.ts';
import type { MenuApp } from './accounts.ts';
import { typePerson } from './person.ts';
import { affiliationDeeds, rightsIn } from './room-rights.ts';
import { runFromMenu } from './run.ts';
import { type Choice, choose } from './screen.ts';
import type { OpenSeat } from './seat.ts';
import { whileWorking } from './working.ts';

export type Listed = 'owner' | 'admin' | 'member' | 'outcast';

const ADD = { owner: 'addOwner', admin: 'addAdmin', member: 'addMember', outcast: 'addOutcast' } as const;
/** people that one numbered list shows; the others are reached by typing */
const SHOWN = 100;

/** Shows the list until the user goes back; whoever is chosen can be put on another one. */
export async function affiliationList(
  app: MenuApp,
  seat: OpenSeat,
  room: string,
  list: Listed,
): Promise<void> {
  const labels = app.words.roomMenus;
  const { administration } = seat.client.rooms;
  const message = labels.reading(sanitize(room));
  for (;;) {
    const found = await whileWorking(app, { message }, () => administration.affiliations(room, list));
    if (found.length === 0) app.terminal.log(labels.nobody);
    if (found.length > SHOWN) app.terminal.log(app.theme.dim(app.words.menus.moreRows(found.length - SHOWN)));
    const choices = found.slice(0, SHOWN).map(
      ({ jid, nick = '', reason = '' }): Choice<string | null> => ({
        name: sanitize(jid),
        badge: [nick, reason]
          .map((text) => sanitize(text))
          .filter(Boolean)
          .join(' · '),
        value: jid,
      }),
    );
    const jid = await choose<string | null>(app, labels[list], [
      ...choices,
      { key: 'A', name: labels[ADD[list]], value: null },
    ]);
    if (jid === undefined) return;
    if (jid === null) await add(app, seat, room, list);
    else await change(app, seat, { room, jid, list });
  }
}

async function add(app: MenuApp, seat: OpenSeat, room: string, list: Listed): Promise<void> {
  const who = await typePerson(app, seat, { message: app.words.roomMenus.who });
  if (who === undefined) return;
  if (list === 'outcast') await runFromMenu(app, seat, 'ban', { preset: { room, who } });
  else await runFromMenu(app, seat, 'affiliation', { preset: { room, who, affiliation: list } });
}

async function change(
  app: MenuApp,
  seat: OpenSeat,
  { room, jid, list }: { room: string; jid: string; list: Listed },
): Promise<void> {
  const labels = app.words.roomMenus;
  if (list === 'outcast') {
    const unban = await choose(app, sanitize(jid), [{ name: labels.unban, value: true }]);
    if (unban === true) await runFromMenu(app, seat, 'unban', { preset: { room, jid } });
    return;
  }
  const deeds = affiliationDeeds(rightsIn(seat.client.rooms.get(room)), list);
  const chosen = await choose(app, sanitize(jid), [
    ...deeds.flatMap((deed) =>
      'affiliation' in deed ? [{ name: labels[deed.label], value: deed.affiliation }] : [],
    ),
    { name: labels.ban, value: 'outcast' as const },
  ]);
  if (chosen === undefined) return;
  const reason = chosen === 'outcast' ? {} : { reason: undefined };
  await runFromMenu(app, seat, 'affiliation', {
    preset: { room, who: jid, affiliation: chosen, ...reason },
  });
}
