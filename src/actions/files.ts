/** Files out, and links to files in. What is offered is a request (accept, refuse). */
import { bareOf, domainOf } from '../chat/address.ts';
import { mayComeLater } from '../chat/client/waiting-files.ts';
import { conditionOf } from '../chat/files/order.ts';
import { ChatError } from '../chat/problem.ts';
import { type ActionContext, action, type Ended } from './action.ts';
import { notice } from './notices.ts';
import { fullJid, path, toggle, word } from './params.ts';

/** A file for a room is said in it: we have to be there. */
async function enter({ client }: ActionContext, to: string): Promise<void> {
  const room = bareOf(to);
  if (client.rooms.get(room)?.joined === true) return;
  const isRoom = client.chats.kindOf(to) !== 'contact' || domainOf(room) === (await client.rooms.service());
  if (isRoom) await client.rooms.join(room);
}

async function sendNow(context: ActionContext, input: { path: string; to: string }): Promise<Ended> {
  await enter(context, input.to);
  // To which of somebody's resources a file can go is known when the presences of the log-in have come.
  if (input.to === bareOf(input.to)) await context.client.contacts.settled();
  const start = performance.now();
  const file = await context.client.files.send(input.path, input.to, {
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
      unconfirmed: file.unconfirmed === true ? file.route : '',
    }),
    row,
  };
}

/** Nobody there is another reason than a client that takes no files. */
async function awayOr(error: unknown, { client }: ActionContext, to: string): Promise<unknown> {
  if (conditionOf(error) !== 'no-route') return error;
  const reached = await client.files.reaches(to).catch(() => true);
  return reached ? error : new ChatError('peer-offline', { jid: to });
}

export const sendFile = action({
  name: 'send-file',
  needs: 'background',
  params: { path: path(), to: fullJid(), whenOnline: toggle() },
  value: 'path',
  options: { whenOnline: 'when-online' },
  async run(context, input) {
    try {
      return await sendNow(context, input);
    } catch (error) {
      if (input.whenOnline !== true || !mayComeLater(error)) throw await awayOr(error, context, input.to);
      const file = await context.client.files.keep(input.path, input.to);
      const { name, peer } = file;
      return {
        kind: 'done',
        notice: notice('file-waiting', { name, peer }),
        exitCode: 5,
        row: { type: 'file', file },
      };
    }
  },
});

export const waitingFiles = action({
  name: 'waiting-files',
  needs: 'store',
  params: {},
  run: async ({ client }) => ({
    kind: 'rows',
    rows: client.files.waiting().map((file) => ({ type: 'file', file })),
    empty: notice('no-waiting-files', {}),
  }),
});

export const cancelFile = action({
  name: 'cancel-file',
  needs: 'store',
  params: { id: word() },
  value: 'id',
  async run({ client }, { id }) {
    const file = client.files.list().find((each) => each.id === id);
    client.files.cancel(id);
    return { kind: 'done', notice: notice('file-cancelled', { name: file?.name ?? id }) };
  },
});

export const get = action({
  name: 'get',
  needs: 'stream',
  params: { link: word() },
  value: 'link',
  async run({ client, signal, progress }, { link }) {
    const start = performance.now();
    const file = await client.files.fetch(link, { signal, onProgress: progress });
    const { name, path = '', size = file.sent, sha256 = '', claimed = '', mime = '' } = file;
    const seconds = (performance.now() - start) / 1000;
    return {
      kind: 'done',
      notice: notice('file-received', { name, path, size, sha256, seconds, claimed, mime }),
      row: { type: 'file', file },
    };
  },
});
