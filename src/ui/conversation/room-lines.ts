/** What happens in a room beside its messages, as lines of its timeline. The sentences are the notifications'. */
import type { ChatEvents } from '../../chat/events.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { brief, sanitize } from '../sanitize.ts';

const plain = (text: string | undefined) => sanitize(text ?? '');
const short = (text: string | undefined) => brief(text ?? '');

/** Why a room had somebody leave without a moderator's doing (XEP-0045 §9.4, §10.2). */
const removal = ({ words }: Catalogue, codes: readonly number[] = []): string =>
  words.roomCodes[codes.includes(321) ? 321 : 322];

/** Somebody came, went or changed. */
export function occupantLine(words: Catalogue, event: ChatEvents['occupant'][0]): string {
  const { occupant } = words.notifications;
  const [nick, room, reason] = [short(event.nick), plain(event.room), short(event.reason)];
  switch (event.event) {
    case 'joined':
      return occupant.joined(nick, room);
    case 'left':
      return occupant.left(nick, room, reason);
    case 'kicked':
      return occupant.kicked(nick, room, short(event.actor), reason);
    case 'banned':
      return occupant.banned(nick, room, short(event.actor), reason);
    case 'removed':
      return occupant.removed(nick, room, removal(words, event.codes));
    case 'renamed':
      return occupant.renamed(nick, room, short(event.newNick));
    case 'role':
      return occupant.role(nick, room, words.words.roles[event.role ?? 'none']);
    case 'affiliation':
      return occupant.affiliation(nick, room, words.words.affiliations[event.affiliation ?? 'none']);
  }
}

/** Back after an outage that nobody has to hear of: nothing changed, or it was told that we were out. */
export const isUneventful = ({ again, came = [], told, event }: ChatEvents['room'][0]): boolean =>
  again === true && event === 'joined' && (told === true || came.length === 0);

/**
 * Whether the subject that comes next is that of entering, and no change. What changed meanwhile is told once: who came
 * and went, or else the subject, which comes behind.
 */
export const isEntering = (change: ChatEvents['room'][0]): boolean =>
  (change.event === 'joined' || change.event === 'created') &&
  !(isUneventful(change) && change.told !== true);

/** We came or went ourselves. `why` is the condition as a clause. */
export function selfLine(words: Catalogue, event: ChatEvents['room'][0], why: string): string {
  const { self } = words.notifications;
  const [room, reason] = [plain(event.room), short(event.reason)];
  switch (event.event) {
    case 'joined':
      if (event.again) return self.back(room, event.came?.length ?? 0);
      return self.joined(room, short(event.nick), event.occupants ?? 0);
    case 'created':
      return self.created(room, short(event.nick));
    case 'left':
      return self.left(room);
    case 'kicked':
      return self.kicked(room, short(event.actor), reason);
    case 'banned':
      return self.banned(room, short(event.actor), reason);
    case 'removed':
      return self.removed(room, removal(words, event.codes));
    case 'destroyed':
      return self.destroyed(room, reason, plain(event.alternate));
    case 'shutdown':
      return self.shutdown(room);
    case 'failed':
      return self.failed(room, why);
  }
}

export function subjectLine(words: Catalogue, event: ChatEvents['subject'][0]): string {
  return words.notifications.subject(plain(event.room), short(event.nick), short(event.subject));
}

/** What a room says about itself (XEP-0045 §15.6); undefined where no code has a sentence. */
export function roomNoticeLine(words: Catalogue, event: ChatEvents['roomNotice'][0]): string | undefined {
  const known = words.words.roomCodes;
  const sentences = event.codes.flatMap((code) => known[code as keyof typeof known] ?? []);
  if (sentences.length === 0) return undefined;
  return words.notifications.roomNotice(plain(event.room), sentences.join('; '));
}
