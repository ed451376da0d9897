import { expect, it, vi } from 'vitest';
import { JID, ROMEO, World } from './support.ts';

const told = (world: World) =>
  world.session
    .take()
    .filter((stanza) => stanza.attrs.xmlns === 'urn:xmpp:csi:0')
    .map((stanza) => stanza.getName());

async function offered() {
  const world = await new World().login();
  world.session.hasStreamFeature = (name: string) => name === 'csi';
  return world;
}

it('the server is not told that nobody looks unless the user wants that: notifications would come late', async () => {
  const world = await offered();
  world.client.setAttention(false);
  expect(told(world)).toEqual([]);
});

it('is told once, and at once when somebody looks again (XEP-0352 §3)', async () => {
  const world = await offered();
  world.client.settings.set('save-traffic', 'on');
  world.client.setAttention(false);
  world.client.setAttention(false);
  world.client.setAttention(true);
  expect(told(world)).toEqual(['inactive', 'active']);
});

it('is told again by a new stream, which begins active (XEP-0352 §5.2)', async () => {
  const world = await offered();
  world.client.settings.set('save-traffic', 'on');
  world.client.setAttention(false);
  told(world);
  world.session.drop();
  world.session.renew();
  expect(told(world)).toEqual(['inactive']);
  world.client.settings.set('save-traffic', 'off');
  expect(told(world)).toEqual(['active']);
});

it('the idle time that contacts may ask for begins anew whenever the user types (XEP-0012 §4)', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const world = await new World({ roster: `<item jid='${ROMEO}' subscription='both'/>` }).login();
    const idle = async () => {
      const query = `<query xmlns='jabber:iq:last'/>`;
      const answer = await world.session.ask(
        `<iq type='get' id='q' from='${ROMEO}/x' to='${JID}'>${query}</iq>`,
      );
      return answer.getChild('query')?.attrs.seconds;
    };
    vi.setSystemTime(Date.now() + 90_000);
    expect(await idle()).toBe('90');
    world.client.touched();
    vi.setSystemTime(Date.now() + 2000);
    expect(await idle()).toBe('2');
  } finally {
    vi.useRealTimers();
  }
});
