/** Files out, and links to files in. What is offered is a request (accept, refuse). */
import { bareOf, domainOf } from '../chat/address.ts';
import { type ActionContext, action } from './action.ts';
import { notice } from './notices.ts';
import { fullJid, path, word } from './params.ts';

/** A file for a room is said in it: we have to be there. */
async function enter({ client }: ActionContext, to: string): Promise<void> {
  const room = bareOf(to);
  if (client.joinedRoom(room)?.joined === true) return;
  const isRoom = client.kindOf(to) !== 'contact' || domainOf(room) === (await client.roomService());
  if (isRoom) await client.join(room);
}

export const sendFile = action({
  name: 'send-file',
  needs: 'background',
  params: { path: path(), to: fullJid() },
  value: 'path',
  async run(context, input) {
    await enter(context, input.to);
    // To which of somebody's resources a file can go is known when the presences of the log-in have come.
    if (input.to === bareOf(input.to)) await context.client.contactsSettled();
    const start = performance.now();
    const file = await context.client.sendFile(input.path, input.to, {
      signal: context.signal,
      onProgress: context.progress,
    });
    const row = { type: 'file', file } as const;
    if (file.state === 'queued') {
      const { name, peer } = file;
      const reason = context.client.offlineReason ?? 'remote-server-timeout';
      return { kind: 'done', notice: notice('file-queued', { name, peer, reason }), exitCode: 5, row };
    }
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
      row,
    };
  },
});

export const get = action({
  name: 'get',
  needs: 'stream',
  params: { link: word() },
  value: 'link',
  async run({ client, signal, progress }, { link }) {
    const start = performance.now();
    const file = await client.fetchLink(link, { signal, onProgress: progress });
    const { name, path = '', size = file.sent, sha256 = '', claimed = '', mime = '' } = file;
    const seconds = (performance.now() - start) / 1000;
    return {
      kind: 'done',
      notice: notice('file-received', { name, path, size, sha256, seconds, claimed, mime }),
      row: { type: 'file', file },
    };
  },
});
