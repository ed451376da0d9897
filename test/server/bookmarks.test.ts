/** Bookmarks on two devices of one account, as the server keeps them (XEP-0402, else XEP-0048 in XEP-0049). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Device } from '../support/device.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let desk: Device;
let phone: Device;
const room = (name: string) => `${name}@${server.rooms}`;

beforeAll(async () => {
  server = await startServer(undefined, { users: [{ name: 'juliet', password: 'secret' }] });
  desk = await new Device(server, 'juliet', 'desk').come();
  phone = await new Device(server, 'juliet', 'phone').come();
});
afterAll(async () => {
  await Promise.all([desk?.end(), phone?.end()]);
  await server?.stop();
});

const isIn = (device: Device, name: string) => () => device.client.rooms.get(room(name))?.joined === true;
const isOut = (device: Device, name: string) => () => device.client.rooms.get(room(name)) === undefined;

it('a room that one device keeps is entered by the other, and left when it is dropped (XEP-0402 §4)', async () => {
  await desk.client.rooms.join(room('orchard'), { nick: 'Juliet', keep: true });
  await phone.until(isIn(phone, 'orchard'));
  expect(phone.client.rooms.get(room('orchard'))?.nick).toBe('Juliet');
  await desk.client.rooms.leave(room('orchard'));
  await phone.until(isOut(phone, 'orchard'));
});

it('what was kept while the other was away is there at its next log-in, several rooms too', async () => {
  await phone.leave();
  for (const name of ['hall', 'crypt', 'tomb']) await desk.client.rooms.join(room(name), { keep: true });
  desk.client.settings.set(`mute:${room('hall')}`, 'mentions');
  // Both in order: what the next one reads was written before.
  await desk.leave();
  await phone.come();
  for (const name of ['hall', 'crypt', 'tomb']) await phone.until(isIn(phone, name));
  if (server.kind === 'prosody') expect(phone.client.settings.get(`mute:${room('hall')}`)).toBe('mentions');
  await desk.come();
  await desk.until(isIn(desk, 'tomb'));
  expect([...desk.problems, ...phone.problems]).toEqual([]);
});
