/** Runs an action from a menu: asks for what is missing, prints what it gave, and the command line that does the same. */
import type { Action } from '../../actions/action.ts';
import { commandLine } from '../cli/command-line.ts';
import { actionNamed, attempt, type Input, runAction } from '../run-action.ts';
import type { MenuApp } from './accounts.ts';
import { type AskOptions, askFor } from './ask.ts';
import type { OpenSeat } from './seat.ts';
import { cancellable } from './working.ts';

/**
 * Resolves to true where the action did what was asked, false where it failed or the user went back. `silent`: that it
 * is done is a notification.
 */
export async function runFromMenu(
  app: MenuApp,
  seat: OpenSeat,
  name: string,
  { silent = false, ...options }: AskOptions & { readonly silent?: boolean } = {},
): Promise<boolean> {
  const action = actionNamed(app, name);
  const input = await askFor(app, seat, action, options);
  if (input === undefined) return false;
  const done = await attempt(app, () =>
    cancellable(app, (signal) =>
      runAction(app, seat, action, input, { signal, ...(silent ? { text: () => '' } : {}) }),
    ),
  );
  sayCommandLine(app, seat, action, input);
  return done;
}

/** One line, where the user wants to see it. */
export function sayCommandLine(app: MenuApp, seat: OpenSeat, action: Action, input: Input): void {
  if (!seat.commandLines) return;
  const line = commandLine(action, input, seat.client.account);
  if (line !== undefined) app.terminal.log(app.theme.dim(app.words.menus.sameAs(line)));
}
