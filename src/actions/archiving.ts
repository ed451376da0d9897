/** What the server's archive keeps of whom (XEP-0441). */
import { ARCHIVE_DEFAULTS } from '../chat/archiving.ts';
import { action } from './action.ts';
import { notice } from './notices.ts';
import { choice, jid, many, optional } from './params.ts';

/** Tells what holds, or holds from now on. */
export const archiving = action({
  name: 'archiving',
  needs: 'stream',
  params: {
    default: optional(choice(...ARCHIVE_DEFAULTS)),
    always: many(jid()),
    never: many(jid()),
    usual: many(jid()),
  },
  value: 'default',
  async run({ client }, input) {
    const { always, never, usual } = input;
    const changes = input.default !== undefined || always.length + never.length + usual.length > 0;
    const preferences = await client.history.archivePreferences(changes ? input : undefined);
    return {
      kind: 'rows',
      rows: [{ type: 'archiving', preferences }],
      empty: notice('no-history', {}),
    };
  },
});
