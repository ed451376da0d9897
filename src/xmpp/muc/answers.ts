/** Messages to a room whose success or failure the room tells by their id. XEP-0045 §7.8.2, §8.1. */
import { DisconnectedError, parseStanzaError } from '../errors.ts';
import { bareOf } from '../jid.ts';
import { randomId, type Session } from '../session/session.ts';
import type { Element } from '../stanza.ts';
import { expected } from './room.ts';

const PATIENCE = 15_000;

interface Waiting {
  readonly room: string;
  /** the subject that was set */
  readonly subject: string | undefined;
  resolve(): void;
  reject(error: Error): void;
}

export function answers(session: Session) {
  const waiting = new Map<string, Waiting>();
  session.on('message', (stanza) => {
    const answer = stanza.attrs.type === 'error' ? waiting.get(stanza.attrs.id ?? '') : undefined;
    if (answer?.room === bareOf(stanza.attrs.from ?? '')) answer.reject(parseStanzaError(stanza));
  });
  session.on('offline', () => {
    for (const { reject } of waiting.values()) reject(new DisconnectedError());
  });
  return {
    /** Sends what `build` makes with a new id; resolves when `done(id)` was called. Rejects with the room's error. */
    async send(room: string, build: (id: string) => Element, behind?: (id: string) => void): Promise<void> {
      const id = randomId();
      const answer = expected<void>(PATIENCE, `${room} did not answer`);
      const stanza = build(id);
      const subject = stanza.getChildText('subject') ?? undefined;
      waiting.set(id, { room, subject, resolve: () => answer.resolve(), reject: answer.reject });
      try {
        session.send(stanza);
        behind?.(id);
        await answer.promise;
      } finally {
        answer.resolve();
        waiting.delete(id);
      }
    },
    done(id: string | undefined): void {
      waiting.get(id ?? '')?.resolve();
    },
    /** The room showed a subject of ours. §8.1 does not ask it to keep the id: Prosody drops it. */
    shown(room: string, id: string | undefined, subject: string): void {
      const open = [...waiting].find(
        ([own, entry]) => entry.room === room && (id === undefined ? entry.subject === subject : own === id),
      );
      open?.[1].resolve();
    },
  };
}
