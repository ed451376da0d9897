/** Which of somebody's resources a file goes to: one that lives, and says that it takes files. */
import type { Disco } from '../../xmpp/disco.ts';
import { resourceOf } from '../address.ts';

export interface AddressesOptions {
  readonly disco: Pick<Disco, 'info'>;
  readonly presence: { resources(jid: string): readonly { readonly resource: string }[] };
}

/** milliseconds that a resource has to answer */
const DEADLINE = 5_000;
/** milliseconds that the others have once one has answered */
const GRACE = 300;

/**
 * Full JIDs to try in order. A full one given is taken as it is: who does not see our presence may tell us nothing of
 * itself and still take a file. Of a bare one every resource is asked anew what it can: what a dead session announced
 * is known yet, but it does not answer.
 */
export async function fileAddresses(
  peer: string,
  needed: readonly string[],
  { disco, presence }: AddressesOptions,
): Promise<string[]> {
  if (resourceOf(peer) !== undefined) return [peer];
  const candidates = presence.resources(peer).map(({ resource }) => `${peer}/${resource}`);
  const enough = new AbortController();
  let grace: NodeJS.Timeout | undefined;
  const takes = candidates.map(async (address) => {
    const more = { timeout: DEADLINE, signal: enough.signal };
    const info = await disco.info(address, undefined, more).catch(() => undefined);
    const able = needed.every((feature) => info?.features.includes(feature));
    if (able) grace ??= setTimeout(() => enough.abort(), GRACE);
    return able;
  });
  const able = await Promise.all(takes);
  clearTimeout(grace);
  return candidates.filter((_, at) => able[at]);
}
