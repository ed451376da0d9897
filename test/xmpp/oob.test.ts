import { expect, it } from 'vitest';
import { outOfBand } from '../../src/xmpp/oob.ts';
import { FakeSession } from '../support/fake-session.ts';

it('answers a request to fetch with an error (XEP-0066 §2)', async () => {
  const session = new FakeSession();
  outOfBand(session);
  const answer = await session.ask(
    "<iq type='set' id='1' from='a@b/c'><query xmlns='jabber:iq:oob'><url>http://10.0.0.1/</url></query></iq>",
  );
  expect(answer.attrs.type).toBe('error');
  expect(answer.toString()).toContain('not-acceptable');
});
