/** Two sessions without a network that reach each other: what one writes, the other receives. */
import { StanzaError } from '../../src/xmpp/errors.ts';
import { type Element, elements } from '../../src/xmpp/stanza.ts';
import { FakeSession } from './fake-session.ts';

export interface Wire {
  readonly alice: FakeSession;
  readonly bob: FakeSession;
  /** may change or swallow (`undefined`) what goes from one to the other */
  between: (stanza: Element, from: FakeSession) => Element | undefined;
}

export function wiredSessions(alice = 'alice@example.org/a', bob = 'bob@example.org/b'): Wire {
  const wire: Wire = {
    alice: new FakeSession(alice),
    bob: new FakeSession(bob),
    between: (stanza) => stanza,
  };
  const connect = (from: FakeSession, to: FakeSession) => {
    from.on('sent', (sent) => {
      if (sent.attrs.to !== to.jid && sent.attrs.to !== to.account) return;
      const stanza = wire.between(sent, from);
      if (stanza !== undefined) void deliver(stanza, from, to);
    });
  };
  connect(wire.alice, wire.bob);
  connect(wire.bob, wire.alice);
  return wire;
}

async function deliver(stanza: Element, from: FakeSession, to: FakeSession): Promise<void> {
  const before = stanza.attrs;
  stanza.attrs = { ...before, from: from.jid, xmlns: 'jabber:client' };
  const xml = stanza.toString();
  stanza.attrs = before;
  if (stanza.getName() !== 'iq') return to.receive(xml);
  if (stanza.attrs.type !== 'get' && stanza.attrs.type !== 'set') return;
  const answer = await to.ask(xml);
  try {
    from.answer(stanza, elements(answer).find((node) => node.getName() === 'error') ?? elements(answer)[0]);
  } catch (error) {
    // The one who asked has given up meanwhile.
    if (error instanceof StanzaError || !/no open request/.test(String(error))) throw error;
  }
}
