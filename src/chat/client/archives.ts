/**
 * Whose ids mean something: XEP-0359 §6 and XEP-0421 §rules, only those of an entity that says that it gives them;
 * from another they are what the sender forged.
 */
import type { DiscoInfo } from '../../xmpp/disco.ts';
import { NS_OCCUPANT_ID } from '../../xmpp/occupant-id.ts';

const GIVES: readonly string[] = ['urn:xmpp:sid:0', 'urn:xmpp:mam:2'];

/**
 * `info` asks an entity what it can; undefined where it does not answer. `before`: an earlier run had pages of its
 * archive. That counts until it has answered this run: a stream that is taken up brings messages at once. `decided` is
 * told when it answered, or will not.
 */
export function trustedArchives(
  info: (jid: string) => Promise<DiscoInfo | undefined>,
  before: (jid: string) => boolean = () => false,
  decided: (jid: string, gives: boolean) => void = () => undefined,
) {
  const asked = new Map<string, number>();
  const answered = new Set<string>();
  const trusted = new Set<string>();
  const naming = new Set<string>();
  const note = (set: Set<string>, jid: string, gives: boolean) => (gives ? set.add(jid) : set.delete(jid));
  return {
    has: (by: string): boolean => trusted.has(by) || (!answered.has(by) && before(by)),
    /** whether nothing is known of it yet, and it is being asked */
    isOpen: (by: string): boolean => asked.has(by) && !answered.has(by) && !before(by),
    /** whether the room's occupant ids are its own */
    namesOccupants: (room: string): boolean => naming.has(room),
    /** Asks one entity. Without an answer what was known stays. Never rejects. */
    async learn(jid: string): Promise<void> {
      asked.set(jid, (asked.get(jid) ?? 0) + 1);
      const answer = await info(jid).catch(() => undefined);
      const others = (asked.get(jid) ?? 1) - 1;
      if (others > 0) asked.set(jid, others);
      else asked.delete(jid);
      if (answer !== undefined) {
        answered.add(jid);
        note(
          trusted,
          jid,
          answer.features.some((feature) => GIVES.includes(feature)),
        );
        note(naming, jid, answer.features.includes(NS_OCCUPANT_ID));
      }
      if (answer !== undefined || others === 0) decided(jid, trusted.has(jid));
    },
  };
}

export type TrustedArchives = ReturnType<typeof trustedArchives>;
