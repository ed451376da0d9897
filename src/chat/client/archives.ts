/**
 * Whose ids mean something: XEP-0359 §6 and XEP-0421 §rules, only those of an entity that says that it gives them;
 * from another they are what the sender forged.
 */
import type { DiscoInfo } from '../../xmpp/disco.ts';
import { NS_OCCUPANT_ID } from '../../xmpp/occupant-id.ts';

const GIVES: readonly string[] = ['urn:xmpp:sid:0', 'urn:xmpp:mam:2'];

/**
 * `info` asks an entity what it can; undefined where it does not answer. `before`: an earlier run had pages of its
 * archive. That counts until it has answered this run: a stream that is taken up brings messages at once.
 */
export function trustedArchives(
  info: (jid: string) => Promise<DiscoInfo | undefined>,
  before: (jid: string) => boolean = () => false,
) {
  const answered = new Set<string>();
  const trusted = new Set<string>();
  const naming = new Set<string>();
  const note = (set: Set<string>, jid: string, gives: boolean) => (gives ? set.add(jid) : set.delete(jid));
  return {
    has: (by: string): boolean => trusted.has(by) || (!answered.has(by) && before(by)),
    /** whether the room's occupant ids are its own */
    namesOccupants: (room: string): boolean => naming.has(room),
    /** Asks one entity. Without an answer what was known stays. Never rejects. */
    async learn(jid: string): Promise<void> {
      const answer = await info(jid).catch(() => undefined);
      if (answer === undefined) return;
      answered.add(jid);
      note(
        trusted,
        jid,
        answer.features.some((feature) => GIVES.includes(feature)),
      );
      note(naming, jid, answer.features.includes(NS_OCCUPANT_ID));
    },
  };
}

export type TrustedArchives = ReturnType<typeof trustedArchives>;
