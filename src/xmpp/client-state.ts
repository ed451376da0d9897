/** XEP-0352: Client State Indication, version 1.0.0. https://xmpp.org/extensions/xep-0352.html */
import type { Session } from './session/session.ts';
import { x } from './stanza.ts';

export const NS_CSI = 'urn:xmpp:csi:0';

export interface ClientState {
  /** Nobody looks: the server may hold back what can wait. Does nothing where it does not offer that. */
  inactive(): void;
  /** Somebody looks again. */
  active(): void;
}

/** Tells the server whether anybody looks. It is no presence: contacts hear nothing of it (§5). */
export function clientState(session: Session): ClientState {
  let wanted: 'active' | 'inactive' = 'active';
  let told: 'active' | 'inactive' = 'active';

  const tell = () => {
    if (wanted === told || !session.online || !session.hasStreamFeature('csi', NS_CSI)) return;
    session.send(x(wanted, { xmlns: NS_CSI }));
    told = wanted;
  };
  const begin = () => {
    // §5.2: every stream begins active, a resumed one too.
    told = 'active';
    tell();
  };
  session.on('online', begin);
  session.on('resumed', begin);

  const want = (state: 'active' | 'inactive') => {
    wanted = state;
    tell();
  };
  return { active: () => want('active'), inactive: () => want('inactive') };
}
