/** What one says of oneself: each field shows its text and takes another by number. XEP-0054. */
import type { Profile, ProfileField } from '../../chat/client/profile.ts';
import { complain } from '../run-action.ts';
import { sanitize } from '../sanitize.ts';
import { InterruptedError } from '../terminal.ts';
import type { MenuApp } from './accounts.ts';
import { shortened } from './form/field.ts';
import type { Screen } from './main.ts';
import { runFromMenu } from './run.ts';
import { choose } from './screen.ts';
import type { OpenSeat } from './seat.ts';
import { whileWorking } from './working.ts';

/** Texts of several lines. */
const LONG: readonly ProfileField[] = ['description', 'note'];

export const profile: Screen = async (app, seat) => {
  const { terminal, words, theme } = app;
  const { profile: labels } = words.menus;
  const { fields } = seat.client.profile;
  terminal.log(theme.dim(labels.public));
  for (let last = 0; ; ) {
    const now = await cardNow(app, seat);
    if (now === undefined) return undefined;
    const field = await choose(
      app,
      labels.title,
      fields.map((value) => ({
        name: words.tables.vcard[value],
        badge: shortened(sanitize((now[value] ?? '').replaceAll('\n', ' '))) || words.forms.empty,
        value,
      })),
      { initial: last, echo: 'item' },
    );
    if (field === undefined) return undefined;
    last = fields.indexOf(field);
    const text = await askText(app, field, now[field] ?? '');
    if (text !== undefined)
      await runFromMenu(app, seat, 'profile', { preset: { set: [`${field}=${text}`] } });
  }
};

/** Undefined where the server tells nothing, which is said. */
async function cardNow(app: MenuApp, { client }: OpenSeat): Promise<Profile | undefined> {
  const message = app.words.menus.profile.reading;
  try {
    return await whileWorking(app, { message }, () => client.profile.get());
  } catch (error) {
    complain(app, error, { action: 'profile' });
    return undefined;
  }
}

/** Undefined where it stays as it is; Esc leaves the question, not the list. */
async function askText(
  { terminal, words, theme }: MenuApp,
  field: ProfileField,
  now: string,
): Promise<string | undefined> {
  const multiline = LONG.includes(field);
  const shown = sanitize(now, multiline ? { lines: '' } : {});
  const { how, long, plain } = words.menus.profile;
  terminal.log(theme.dim(terminal.interactive ? (multiline ? long : how) : plain));
  try {
    const message = words.tables.vcard[field];
    const typed = (await terminal.text({ message, prefill: shown, multiline })).trim();
    return typed === shown.trim() ? undefined : typed;
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    return undefined;
  }
}
