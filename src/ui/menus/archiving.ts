/** What the server's archive keeps: of everybody by default, of some always, of some never (XEP-0441). */
import { ARCHIVE_DEFAULTS, type ArchivePreferences } from '../../chat/archiving.ts';
import { sanitize } from '../sanitize.ts';
import type { MenuApp } from './accounts.ts';
import type { Screen } from './main.ts';
import { typePerson } from './person.ts';
import { runFromMenu } from './run.ts';
import { type Choice, choose } from './screen.ts';
import type { OpenSeat } from './seat.ts';
import { whileWorking } from './working.ts';

type List = 'always' | 'never';
type Step = 'default' | { readonly add: List } | { readonly jid: string };

export const archiving: Screen = async (app, seat) => {
  const { archiving: labels } = app.words.menus;
  for (;;) {
    const now = await whileWorking(app, { message: labels.title }, () =>
      seat.client.history.archivePreferences(),
    );
    const step = await choose<Step>(app, labels.title, steps(app, now), { echo: 'item' });
    if (step === undefined) return undefined;
    const done = await take(app, seat, now, step);
    if (!done) return undefined;
  }
};

function steps({ words }: MenuApp, now: ArchivePreferences): Choice<Step>[] {
  const { archiving: labels } = words.menus;
  const listed = (list: List) =>
    now[list].map(
      (jid): Choice<Step> => ({ name: sanitize(jid), badge: words.words.archiving[list], value: { jid } }),
    );
  return [
    { name: labels.default, badge: words.words.archiving[now.default], value: 'default' },
    ...listed('always'),
    ...listed('never'),
    { key: 'A', name: labels.addAlways, value: { add: 'always' } },
    { key: 'N', name: labels.addNever, value: { add: 'never' } },
  ];
}

/** Resolves to false where the server would not. */
async function take(app: MenuApp, seat: OpenSeat, now: ArchivePreferences, step: Step): Promise<boolean> {
  const { words } = app;
  const { archiving: labels, chat } = words.menus;
  const change = (wish: object) =>
    runFromMenu(app, seat, 'archiving', {
      preset: { default: undefined, always: [], never: [], usual: [], ...wish },
    });
  if (step === 'default') {
    const choices = ARCHIVE_DEFAULTS.map((value) => ({ name: words.words.archiving[value], value }));
    const initial = ARCHIVE_DEFAULTS.indexOf(now.default);
    const chosen = await choose(app, labels.default, choices, { initial });
    return chosen === undefined || change({ default: chosen });
  }
  if ('add' in step) {
    const jid = await typePerson(app, seat, { message: chat.who });
    return jid === undefined || change({ [step.add]: [jid] });
  }
  const message = labels.remove(sanitize(step.jid));
  return !(await app.terminal.confirm({ message, initial: true })) || change({ usual: [step.jid] });
}
