/** Files by HTTP upload and a message with the link (XEP-0363, 0066, 0447): for rooms, and whoever is not there. */

import { setTimeout as pause } from 'node:timers/promises';
import type { SecureContext } from 'node:tls';
import { StanzaError } from '../../xmpp/errors.ts';
import { type HttpUpload, type Slot, tooLarge } from '../../xmpp/http-upload.ts';
import type { FileRoute, OutgoingFile, SendContext } from '../files/route.ts';
import type { LinkedFile } from '../message.ts';
import { ChatError } from '../problem.ts';

export interface UploadOptions {
  readonly httpUpload: HttpUpload;
  /** which web servers are believed */
  readonly trust: () => SecureContext;
  /** bare JID of a room or contact, or occupant, that a link for `peer` is sent to; throws where it cannot be */
  readonly chatOf: (peer: string) => string;
  /** Sends the link. Resolves to whether our server has it; else it waits in the outbox for the next connection. */
  readonly share: (chat: string, url: string, file: LinkedFile, signal: AbortSignal) => Promise<boolean>;
  /** milliseconds before another attempt */
  readonly pauses?: readonly number[] | undefined;
}

const PAUSES: readonly number[] = [500, 2000];
/** What another slot does not help with. */
const FINAL: readonly string[] = [
  ...['file-too-large', 'file-changed', 'not-allowed', 'forbidden', 'not-authorized', 'policy'],
  ...['certificate-untrusted', 'certificate-expired', 'certificate-wrong-host', 'certificate-not-yet-valid'],
];

/** XEP-0363 §5: what the service says of a file that it does not take. */
function slotError(error: unknown, size: number): unknown {
  const large = tooLarge(error);
  if (large !== undefined) return tooLargeError(size, large.maxSize);
  // A quota that is used up; the service says when to come again.
  const application = error instanceof StanzaError ? error.application?.getName() : undefined;
  return application === 'retry' ? new ChatError('upload-quota', {}, { cause: error }) : error;
}

const tooLargeError = (size: number, limit: number | undefined) =>
  limit === undefined
    ? new ChatError('file-too-large')
    : new ChatError('file-too-large-for-server', { bytes: size, mostBytes: limit });

export function upload(options: UploadOptions): FileRoute {
  const { httpUpload, trust, chatOf, share, pauses = PAUSES } = options;

  async function deposit(file: OutgoingFile, { signal, onProgress }: SendContext): Promise<Slot> {
    const { name, size, mime } = file;
    const slot = await httpUpload.slot({ name, size, mime }, { signal }).catch((error: unknown) => {
      throw slotError(error, size);
    });
    // Loaded when a file is sent: everything else starts faster without it.
    const { put } = await import('../http/put.ts');
    onProgress(0);
    const { put: url, headers } = slot;
    await put({ url, headers, size, mime, source: file.read(), trust, signal, onProgress });
    return slot;
  }

  /** §5: what failed on the way is tried again, with a slot of its own. */
  async function persistently(file: OutgoingFile, context: SendContext): Promise<Slot> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await deposit(file, context);
      } catch (error) {
        const { condition = '' } = error as { condition?: string };
        const wait = pauses[attempt];
        if (context.signal.aborted || wait === undefined || FINAL.includes(condition)) throw error;
        await pause(wait, undefined, { signal: context.signal });
      }
    }
  }

  return {
    name: 'upload',
    deposits: true,
    async addresses(peer, { size }) {
      const service = await httpUpload.service();
      if (service === undefined) return [];
      if (service.maxSize !== undefined && size > service.maxSize) throw tooLargeError(size, service.maxSize);
      return [chatOf(peer)];
    },
    async send(file, chat, context) {
      const slot = await persistently(file, context);
      const { name, size, mime } = file;
      const hashes = [{ algorithm: 'sha-256', hex: await file.sha256() }];
      context.signal.throwIfAborted();
      const said = await share(chat, slot.get, { name, size, mime, hashes }, context.signal);
      if (!said) context.onQueued?.();
    },
  };
}
