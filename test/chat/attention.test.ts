import { expect, it } from 'vitest';
import { World } from './support.ts';

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
