/** What the parts of a client share of its connection. */
import type { Features } from '../../xmpp/features.ts';
import type { SessionControl } from '../../xmpp/session/create-session.ts';

export interface Link {
  readonly features: Features;
  readonly session: SessionControl;
}

/** Gives the link while there is a stream; throws ChatError `offline` where there is none. */
export type Linked = () => Link;

/** Gives the features while there is a stream. */
export type Live = () => Features | undefined;
