/** What waits for an answer: subscription requests, invitations, offered files. Capped, so that a flood stays a list. */
import { EventEmitter } from 'node:events';
import type { Request } from './events.ts';

/** more than this many open requests of one kind are dropped, oldest first (spam, threats: floods of requests) */
export const MOST_REQUESTS = 200;

interface RequestEvents {
  opened: [request: Request];
  closed: [request: Request];
}

export class Requests extends EventEmitter<RequestEvents> {
  readonly #open = new Map<string, Request>();

  /** Adds one; the same id again replaces it without a second event. */
  open(request: Request): void {
    const known = this.#open.has(request.id);
    this.#open.set(request.id, request);
    if (known) return;
    const same = [...this.#open.values()].filter((other) => other.kind === request.kind);
    const oldest = same.length > MOST_REQUESTS ? same[0] : undefined;
    if (oldest !== undefined) this.close(oldest.id);
    this.emit('opened', request);
  }

  close(id: string): Request | undefined {
    const request = this.#open.get(id);
    if (request === undefined) return undefined;
    this.#open.delete(id);
    this.emit('closed', request);
    return request;
  }

  get(id: string): Request | undefined {
    return this.#open.get(id);
  }

  list(): Request[] {
    return [...this.#open.values()];
  }

  clear(): void {
    this.#open.clear();
  }
}

/** Ids are made of what they are about, so that the same request asked twice is one. */
export const requestId = {
  subscription: (jid: string) => `subscription:${jid}`,
  invitation: (room: string) => `invitation:${room}`,
  petition: (kind: string, room: string, who: string) => `${kind}:${room}/${who}`,
  file: (transfer: string) => `file:${transfer}`,
};
