/** The start menu: nobody is logged in. */
import type { Client } from '../../chat/client.ts';
import { attempt } from '../run-action.ts';
import { InterruptedError } from '../terminal.ts';
import type { MenuApp } from './accounts.ts';
import { checkAConnection } from './doctor.ts';
import { login } from './login.ts';
import { register } from './register.ts';
import { topMenu } from './top.ts';
import { whileWorking } from './working.ts';

/** Resolves to a client that is logged in, undefined where the user leaves. */
export async function startMenu(app: MenuApp): Promise<Client | undefined> {
  const { start } = app.words.menus;
  const { demo } = app.accounts;
  const items = [
    { key: '1', name: start.login, value: 'login' },
    { key: '2', name: start.register, value: 'register' },
    ...(demo === undefined ? [] : [{ key: '3', name: start.demo, value: 'demo' }]),
    { key: '4', name: start.doctor, value: 'doctor' },
    { key: '0', name: start.exit, value: 'exit' },
  ];
  for (;;) {
    const chosen = await topMenu(app, () => ({ message: start.title, items: () => items }));
    if (chosen === 'exit') return undefined;
    const client = await enter(app, chosen);
    if (client !== undefined) return client;
  }
}

/** Whatever goes wrong is one line, and one is back in the menu. */
async function enter(app: MenuApp, how: string): Promise<Client | undefined> {
  let client: Client | undefined;
  try {
    await attempt(app, async () => {
      if (how === 'login') client = await login(app);
      else if (how === 'register') client = await register(app);
      else if (how === 'doctor') await checkAConnection(app);
      else if (app.accounts.demo !== undefined)
        client = await whileWorking(
          app,
          { message: app.words.menus.start.demo },
          (signal) => app.accounts.demo?.({ signal }) ?? Promise.resolve(undefined),
        );
    });
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
  }
  return client;
}
