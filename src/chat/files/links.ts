/** A link to a file, fetched when it is asked for: an offer like any other, that the server of the link keeps. */
import type { SecureContext } from 'node:tls';
import type { LinkedFile } from '../message.ts';
import { ChatError } from '../problem.ts';
import type { PartialFiles } from '../stores.ts';
import type { Resumption } from './incoming.ts';
import { resumedFile } from './part-file.ts';
import { keptUnder } from './resuming.ts';
import type { FileHash, IncomingOffer } from './route.ts';

export interface Link {
  readonly url: string;
  /** who said it: JID; '' where the user typed it */
  readonly peer: string;
  /** what they said of it */
  readonly file?: LinkedFile | undefined;
}

export interface LinksOptions {
  readonly trust: () => SecureContext;
  /** links into the own network, and to this computer */
  readonly allowPrivate: () => boolean;
  readonly partials: PartialFiles;
}

/** An offer whose content is about to come, and how it goes on where an earlier attempt ended. */
export interface OpenLink {
  readonly offer: IncomingOffer;
  readonly resume: Resumption | undefined;
}

/** The last part of the path, where the sender gave no name. */
export function nameOfLink(url: string): string {
  const { pathname, hostname } = new URL(url);
  return pathname.split('/').findLast((part) => part !== '') ?? hostname;
}

/** The sum to compare by: the best that we know, SHA-256 first. */
function hashOf(file: LinkedFile | undefined): FileHash | undefined {
  const known = file?.hashes ?? [];
  return known.find(({ algorithm }) => algorithm === 'sha-256') ?? known[0];
}

export type Links = ReturnType<typeof links>;

export function links({ trust, allowPrivate, partials }: LinksOptions) {
  /** Begins at the byte that an earlier attempt reached, where the server still has the same content. */
  async function opened(link: Link, name: string, signal: AbortSignal) {
    const { get } = await import('../http/get.ts');
    const key = `link:${link.url}`;
    const taken = partials.take(key);
    const isBusy = taken === 'busy';
    const kept = isBusy ? undefined : taken;
    const part = kept && (await resumedFile(kept.path, name));
    const options = { url: link.url, allowPrivate: allowPrivate(), trust, signal };
    const from = kept && part && { size: part.size, validator: kept.validator };
    try {
      const fetched = await get({ ...options, from }).catch((error: unknown) => {
        if ((error as { condition?: string }).condition !== 'not-resumable') throw error;
        return get(options);
      });
      if (fetched.start === 0) await part?.discard();
      return { fetched, key: isBusy ? undefined : key, part: fetched.start === 0 ? undefined : part };
    } catch (error) {
      await part?.keep();
      if (part !== undefined && kept !== undefined) partials.put(key, kept, { busy: false });
      else if (!isBusy) partials.remove(key);
      throw error;
    }
  }

  return {
    /** Rejects as http/get.ts does, and with ChatError `file-corrupt` where the size is not the one that was said. */
    async open(link: Link, name: string, signal: AbortSignal): Promise<OpenLink> {
      const { fetched, key, part } = await opened(link, name, signal);
      const { size = link.file?.size, validator, mime, body, close } = fetched;
      if (link.file?.size !== undefined && size !== link.file.size) {
        close();
        await part?.discard();
        if (key !== undefined) partials.remove(key);
        throw new ChatError('file-corrupt');
      }
      const offer: IncomingOffer = {
        peer: link.peer,
        name,
        size,
        mime: link.file?.mime ?? mime,
        hash: hashOf(link.file),
        signal,
        accept: () => body,
        decline: () => close(),
      };
      if (key !== undefined && validator === undefined) partials.remove(key);
      const isKept = key !== undefined && validator !== undefined;
      return { offer, resume: isKept ? { part, ...keptUnder(partials, key, validator) } : undefined };
    },
  };
}
