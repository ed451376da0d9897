import { describe, expect, it } from 'vitest';
import { x } from '../../../src/xmpp/stanza.ts';
import { connected, fake } from './support.ts';

describe('what goes out', () => {
  it('never holds a character that would end the stream (XML 1.0 §2.2, RFC 6120 §11.1)', async () => {
    const { session, peer } = await connected(await fake());
    const got = peer.stanza((stanza) => stanza.attrs.id === '1');
    session.send(
      x('presence', { id: '1', to: 'a\u0007b' }, x('status', {}, 'a\u0000b\u001b[2Jc\uffffd😀\ttab')),
    );
    const stanza = await got;
    expect(stanza.attrs.to).toBe('a\ufffdb');
    expect(stanza.getChildText('status')).toBe('a\ufffdb\ufffd[2Jc\ufffdd😀\ttab');
  });
});
