/** How a stream that is to come is known: by the full JID of the other side, and its id, which each side chooses alone. */
export const keyOf = (peer: string, sid: string): string => JSON.stringify([peer, sid]);

export const peerOf = (key: string): unknown => (JSON.parse(key) as unknown[])[0];
