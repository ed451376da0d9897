/** Files out. What comes in is a request (accept, refuse). */
import { bareOf } from '../chat/address.ts';
import { action } from './action.ts';
import { notice } from './notices.ts';
import { fullJid, path } from './params.ts';

export const sendFile = action({
  name: 'send-file',
  needs: 'background',
  params: { path: path(), to: fullJid() },
  value: 'path',
  async run(context, input) {
    // To which of somebody's resources a file can go is known when the presences of the log-in have come.
    if (input.to === bareOf(input.to)) await context.client.contactsSettled();
    const start = performance.now();
    const file = await context.client.sendFile(input.path, input.to, {
      signal: context.signal,
      onProgress: context.progress,
    });
    const seconds = (performance.now() - start) / 1000;
    return {
      kind: 'done',
      notice: notice('file-sent', {
        name: file.name,
        peer: file.peer,
        size: file.size ?? file.sent,
        sha256: file.sha256 ?? '',
        seconds,
      }),
      row: { type: 'file', file },
    };
  },
});
