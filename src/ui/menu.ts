/** The menus: start menu, main menu, and everything behind them. */
import type { Client } from '../chat/client.ts';
import type { MenuApp } from './menus/accounts.ts';
import { mainMenu } from './menus/main.ts';
import { startMenu } from './menus/start.ts';
import { ExitByInterrupt } from './menus/top.ts';
import { EndOfInputError } from './terminal.ts';

/** 128 + SIGINT */
const INTERRUPTED = 130;

/**
 * Runs the menus until the user leaves. Takes the client where somebody is logged in already. Resolves to the
 * exit code; the end of standard input is a leave like any other.
 */
export async function menuLoop(app: MenuApp, loggedIn?: Client): Promise<number> {
  let client = loggedIn;
  try {
    for (;;) {
      client ??= await startMenu(app);
      if (client === undefined) break;
      const end = await mainMenu(app, client);
      client = undefined;
      if (end === 'exit') break;
    }
  } catch (error) {
    if (error instanceof ExitByInterrupt) return INTERRUPTED;
    if (!(error instanceof EndOfInputError)) throw error;
    app.terminal.log(app.theme.dim(app.words.menus.endOfInput));
    return 0;
  }
  app.terminal.log(app.words.menus.goodbye);
  return 0;
}
