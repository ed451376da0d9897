/** Whose archive ids mean something: XEP-0359 §6, only those of an entity that says that it gives them. */
import type { DiscoInfo } from '../../xmpp/disco.ts';

const GIVES: readonly string[] = ['urn:xmpp:sid:0', 'urn:xmpp:mam:2'];

/** `info` asks an entity what it can; undefined where it does not answer. */
export function trustedArchives(info: (jid: string) => Promise<DiscoInfo | undefined>) {
  const trusted = new Set<string>();
  return {
    has: (by: string): boolean => trusted.has(by),
    /** Asks one entity. Without an answer what was known stays. Never rejects. */
    async learn(jid: string): Promise<void> {
      const answer = await info(jid).catch(() => undefined);
      if (answer === undefined) return;
      if (answer.features.some((feature) => GIVES.includes(feature))) trusted.add(jid);
      else trusted.delete(jid);
    },
  };
}

export type TrustedArchives = ReturnType<typeof trustedArchives>;
